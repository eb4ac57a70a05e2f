"""Equations between operators, by the rule that knows them: what the simplifier has to find, and what it must not claim.

holds: whether both sides are one operator.  An equation that does not hold is the rule without its side condition.
"""

from __future__ import annotations

from dataclasses import dataclass

REAL, COMPLEX, COLOURS = "real[H, W]", "complex[H, W]", "complex[C, H, W]"
GIVENS = {
    "h": "real[3, 3]",
    "k": "real[2, 3]",
    "d": "real[H, W]",
    "e": "complex[H, W]",
    "m": "binary[H, W]",
    "n": "binary[1, W]",
    "v": "real[W]",
    "a": "real[2, W]",
    "b": "real[W, W]",
    "g": "real[W, W]",
    "f": "real[H, H]",
    "s": "complex[C, H, W]",
    "c": "real[2, W]",
    "r": "real[3]",
    "p": "real[9, 2]",
    "q": "real[9]",
    "t": "real[9, 2]",
    "i": "complex[W, W]",
    "j": "real",
    "l": "real[5, 1]",
    "o": "real[1, W]",
    "u": "real[H, 1]",
    "w": "real[C]",
    "z": "real[H, 8]",
    "K": "real[E // 2, E]",
    "B": "real[3 * E, E]",
}


@dataclass(frozen=True)
class Equation:
    """left = right on a space, or left ≠ right."""

    rule: str
    holds: bool
    space: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.left} {'=' if self.holds else '≠'} {self.right}"


def equations(rule: str, space: str, *pairs: tuple[str, str, str]) -> list[Equation]:
    """(left, "=" or "≠", right) …, about one rule."""
    return [Equation(rule, sign == "=", space, left, right) for left, sign, right in pairs]


def gram(operator: str, weight: str = "") -> str:
    return f"({operator}).H @ {weight and weight + ' @ '}({operator})"


def real_part_first(*operators: str) -> tuple[tuple[str, str, str], ...]:
    """That A does not keep real images real, so that taking the real part behind it is not for nothing."""
    return tuple((f"Complex @ Real @ ({a}) @ Complex @ Real", "≠", f"({a}) @ Complex @ Real") for a in operators)


FOURIER, CENTRED = "Fourier(H, W)", "Fourier(H, W, centred)"
NON_UNIFORM = "NonUniformFourier(points = p)"

NORMAL_FORM = [
    *equations("N01", REAL,
        ("(Blur(h) @ Diagonal(d)) @ Blur(k)", "=", "Blur(h) @ (Diagonal(d) @ Blur(k))"),
        ("(Identity() + Diagonal(d)) + Blur(h)", "=", "Identity() + (Diagonal(d) + Blur(h))"),
        ("Blur(h) @ Diagonal(d)", "≠", "Diagonal(d) @ Blur(h)")),
    *equations("N02", REAL,
        ("Identity() @ Blur(h) + 0 * Diagonal(d)", "=", "Blur(h)"),
        ("Blur(h) @ (0 * Diagonal(d))", "=", "0 * Identity()"),
        ("Stack(Blur(h), 0 * Identity())", "≠", "0 * Stack(Blur(h), Identity())"),
        ("Blur(h) + 1e-9 * Diagonal(d)", "≠", "Blur(h)"),
        ("(1 + 5e-6) * Blur(h)", "≠", "Blur(h)")),
    *equations("N03", COMPLEX,
        ("(Blur(h) @ Diagonal(e)).H", "=", "Diagonal(e).H @ Blur(h).H"),
        ("(Blur(h) + 2 * Diagonal(e)).H", "=", "Blur(h).H + 2 * Diagonal(e).H"),
        ("(Diagonal(e).H).H", "=", "Diagonal(e)"),
        (gram("Stack(Blur(h), Diagonal(e))"), "=", "Row(Blur(h).H, Diagonal(e).H) @ Stack(Blur(h), Diagonal(e))"),
        ("(Blur(h) @ Diagonal(e)).H", "≠", "Blur(h).H @ Diagonal(e).H")),
    *equations("N04", COMPLEX,
        ("Diagonal(e).H", "=", "Diagonal(conj(e))"),
        ("Shift(W, offset = [1]).H", "=", "Shift(W, offset = [-1])"),
        ("Blur(h).H", "=", "Fourier(H, W).H @ Diagonal(conj(spectrum(h, H, W))) @ Fourier(H, W)"),
        ("Diagonal(e).H", "≠", "Diagonal(e)"),
        ("Blur(h).H", "≠", "Blur(h)")),
    *equations("N05", REAL,
        ("Dense(f, axis = H) @ (2 * Dense(a, axis = W))", "=", "2 * Dense(f, axis = H) @ Dense(a, axis = W)"),
        ("Dense(f, axis = H) @ (-1 * (Crop(W, size = 4) @ (3 * Cosine(H))))", "=", "-3 * Dense(f, axis = H) @ Crop(W, size = 4) @ Cosine(H)"),
        (gram("2 * Blur(h)"), "≠", "2 * " + gram("Blur(h)"))),
    *equations("N06", REAL,
        ("Diagonal(d) @ Diagonal(m)", "=", "Diagonal(d * m)"),
        ("Diagonal(m) @ Diagonal(m)", "=", "Diagonal(m)"),
        ("Diagonal(d) @ Diagonal(v)", "=", "Diagonal(d * v)"),
        ("Diagonal(d) @ Diagonal(d)", "≠", "Diagonal(d)")),
    *equations("N07", COMPLEX,
        (gram(FOURIER), "=", "Identity()"),
        (f"{CENTRED} @ {CENTRED}.H", "=", "Identity()"),
        (gram("Cosine(H, W)"), "=", "Identity()"),
        (f"{CENTRED}.H @ {FOURIER}", "≠", "Identity()"),
        ("Fourier(H).H @ Fourier(W)", "≠", "Identity()")),
    *equations("N08", REAL,
        ("Crop(W, size = 3) @ Crop(W, size = 3).H @ Crop(W, size = 3)", "=", "Crop(W, size = 3)"),
        ("Downsample(H, factor = 2) @ Downsample(H, factor = 2).H @ Downsample(H, factor = 2)", "=", "Downsample(H, factor = 2)"),
        (gram("Pad(W, before = 1, after = 2)"), "=", "Identity()"),
        (gram("Crop(W, size = 3)"), "≠", "Identity()"),
        (gram("Pad(W, before = 1, after = 2, mode = reflect)"), "≠", "Identity()")),
    *equations("N09", REAL,
        ("Shift(W, offset = [1]) @ Shift(W, offset = [2])", "=", "Shift(W, offset = [3])"),
        ("Shift(H, offset = [1]) @ Shift(W, offset = [2])", "=", "Shift(H, W, offset = [1, 2])"),
        ("Shift(W, offset = [2]) @ Shift(W, offset = [3])", "=", "Identity()"),
        ("Shift(W, offset = [6])", "=", "Shift(W, offset = [1])"),
        ("Shift(W, offset = [6]).H", "=", "Shift(W, offset = [-1])"),
        ("Shift(W, offset = [1]) @ Diagonal(comb(W, factor = 2))", "≠", "Diagonal(comb(W, factor = 2)) @ Shift(W, offset = [1])"),
        ("Shift(H, offset = [1]) @ Diagonal(v)", "=", "Diagonal(v) @ Shift(H, offset = [1])"),
        ("Shift(W, offset = [2]) @ Shift(W, offset = [2])", "≠", "Identity()"),
        ("Shift(W, offset = [1]) @ Diagonal(v)", "≠", "Diagonal(v) @ Shift(W, offset = [1])")),
    *equations("N10", COMPLEX,
        ("Fourier(H) @ Fourier(W)", "=", FOURIER),
        ("Cosine(W) @ Cosine(H)", "=", "Cosine(H, W)"),
        ("Fourier(W) @ Fourier(W)", "≠", "Fourier(W)"),
        ("Fourier(H) @ Cosine(W)", "≠", FOURIER)),
    *equations("N11", COMPLEX,
        (CENTRED, "=", f"Shift(H, W, offset = [2, 2]) @ {FOURIER} @ Shift(H, W, offset = [-2, -2])"),
        (gram(CENTRED, "Diagonal(m)"), "=", gram(FOURIER, "Shift(H, W, offset = [-2, -2]) @ Diagonal(m) @ Shift(H, W, offset = [2, 2])")),
        (CENTRED, "≠", f"Shift(H, W, offset = [2, 2]) @ {FOURIER} @ Shift(H, W, offset = [2, 2])")),
    *equations("N11", REAL,
        (f"Real @ {gram('Diagonal(m) @ ' + CENTRED)} @ Complex", "=",
         f"Real @ {gram(FOURIER, 'Shift(H, W, offset = [-2, -2]) @ Diagonal(m) @ Shift(H, W, offset = [2, 2])')} @ Complex")),
    *equations("N12", COMPLEX,
        ("Blur(h) @ Shift(H, W, offset = [1, 2])", "=",
         f"{FOURIER}.H @ Diagonal(spectrum(h, H, W) * modulation(H, W, offset = [1, 2])) @ {FOURIER}"),
        ("Fourier(W).H @ Diagonal(e) @ Fourier(W) @ Shift(H, offset = [1])", "≠", "Shift(H, offset = [1]) @ Fourier(W).H @ Diagonal(e) @ Fourier(W)"),
        ("Fourier(W) @ Diagonal(e) @ Fourier(W).H @ Shift(W, offset = [1])", "≠",
         "Fourier(W) @ Diagonal(e * modulation(H, W, offset = [0, 1])) @ Fourier(W).H"),
        ("Fourier(W) @ Diagonal(e) @ Fourier(W).H + Shift(W, offset = [1])", "≠",
         "Fourier(W) @ Diagonal(e + modulation(H, W, offset = [0, 1])) @ Fourier(W).H"),
        ("Fourier(W).H @ Diagonal(e) @ Fourier(W) + Shift(H, W, offset = [1, 1])", "≠",
         "Fourier(W).H @ Diagonal(e + modulation(H, W, offset = [1, 1])) @ Fourier(W)"),
        (f"{FOURIER} @ Shift(H, W, offset = [1, 2]) @ {FOURIER}.H", "=", "Diagonal(modulation(H, W, offset = [1, 2]))"),
        ("Fourier(W) @ Shift(W, offset = [1])", "≠", "Shift(W, offset = [1]) @ Fourier(W)"),
        ("Fourier(W) @ Shift(H, offset = [1]) @ Fourier(W).H", "≠", "Diagonal(modulation(H, W, offset = [1, 0]))")),
    *equations("N13", COMPLEX,
        ("Blur(h) @ Blur(k)", "=", f"{FOURIER}.H @ Diagonal(spectrum(h, H, W) * spectrum(k, H, W)) @ {FOURIER}"),
        ("Blur(h) + Blur(k)", "=", f"{FOURIER}.H @ Diagonal(spectrum(h, H, W) + spectrum(k, H, W)) @ {FOURIER}"),
        ("Blur(h) @ Shift(W, offset = [1])", "=", "Shift(W, offset = [1]) @ Blur(h)"),
        ("Shift(H, W, offset = [1, 2]) @ Fourier(W).H @ Diagonal(e) @ Fourier(W)", "≠",
         "Fourier(W).H @ Diagonal(e) @ Fourier(W) @ Shift(H, W, offset = [1, 2])"),
        ("Blur(h, boundary = zero) @ Blur(k, boundary = zero)", "≠", "Blur(k, boundary = zero) @ Blur(h, boundary = zero)")),
    *equations("N14", COMPLEX,
        (f"{FOURIER} @ Blur(h) @ {FOURIER}.H", "=", "Diagonal(spectrum(h, H, W))"),
        ("Fourier(W) @ Blur(h) @ Fourier(W).H", "≠", "Diagonal(spectrum(h, H, W))")),
    *equations("N15", REAL,
        ("Row(Blur(h), Diagonal(d)) @ Stack(Diagonal(m), Blur(k))", "=", "Blur(h) @ Diagonal(m) + Diagonal(d) @ Blur(k)"),
        ("Row(Blur(h), Diagonal(d)) @ Stack(Diagonal(m), Blur(k))", "≠", "Blur(h) @ Blur(k) + Diagonal(d) @ Diagonal(m)")),
    *equations("N16", REAL,
        ("Dense(f, axis = H) @ Dense(a, axis = W)", "=", "Dense(a, axis = W) @ Dense(f, axis = H)"),
        ("Dense(b, axis = W) @ (Dense(f, axis = H) + Diagonal(d))", "≠", "(Dense(f, axis = H) + Diagonal(d)) @ Dense(b, axis = W)"),
        ("Dense(b, axis = W) @ (Dense(f, axis = H) @ Diagonal(d) + Identity())", "≠",
         "(Dense(f, axis = H) @ Diagonal(d) + Identity()) @ Dense(b, axis = W)"),
        ("Dense(b, axis = W) @ Dense(g, axis = W)", "≠", "Dense(g, axis = W) @ Dense(b, axis = W)")),
    *equations("N20", COMPLEX,
        ("Complex @ Real @ Diagonal(d)", "=", "Diagonal(d) @ Complex @ Real"),
        ("Complex @ (Real @ Complex) @ Real", "=", "Complex @ Real"),
        ("Real @ Blur(h) @ Complex @ Real", "=", "Real @ Blur(h)"),
        ("Complex @ Real @ (Blur(h) @ Dense(b, axis = W) + 2 * Diagonal(d)) @ Complex @ Real", "=",
         "(Blur(h) @ Dense(b, axis = W) + 2 * Diagonal(d)) @ Complex @ Real"),
        ("Real @ Diagonal(e) @ Complex @ Real", "≠", "Real @ Diagonal(e)"),
        *real_part_first(
            "Dense(b, axis = W) + Dense(i, axis = W)",
            "Dense(i, axis = W) + Dense(b, axis = W)",
            "Fourier(W).H @ Diagonal(laplacian(H, W, circular)) @ Fourier(H)",
            "Fourier(W).H @ Diagonal(laplacian(H, W, circular)) @ Fourier(W) @ Diagonal(laplacian(H, W, circular)) @ Fourier(H)",
            f"{FOURIER}.H @ Diagonal(spectrum(e, H, W)) @ {FOURIER}",
            f"{FOURIER}.H @ Diagonal(e * spectrum(h, H, W)) @ {FOURIER}",
            f"{FOURIER}.H @ Diagonal(v * spectrum(h, H, W)) @ {FOURIER}",
            "Fourier(W).H @ Diagonal(spectrum(h, H, W)) @ Fourier(W)",
            "Fourier(W).H @ Diagonal(modulation(H, W, offset = [1, 2])) @ Fourier(W)"),
        ("Complex @ Real", "≠", "Identity()"),
        ("Complex @ Real @ Diagonal(e)", "≠", "Diagonal(e) @ Complex @ Real")),
    *equations("N21", REAL,
        ("Crop(W, size = 2, start = 1) @ Crop(W, size = 4, start = 1)", "=", "Crop(W, size = 2, start = 2)"),
        ("Pad(W, before = 1, after = 0) @ Pad(W, before = 0, after = 2)", "=", "Pad(W, before = 1, after = 2)"),
        ("Pad(W, before = 1, after = 0, mode = reflect) @ Pad(W, before = 1, after = 0)", "≠", "Pad(W, before = 2, after = 0)"),
        ("Crop(W, size = 4) @ Shift(W, offset = [1])", "≠", "Crop(W, size = 4, start = 1)")),
    *equations("N22", REAL,
        ("2 * Blur(h) + 3 * Blur(h)", "=", "5 * Blur(h)"),
        ("Diagonal(d) + Blur(h) - Diagonal(d)", "=", "Blur(h)"),
        ("2 * Blur(h) + 3 * Blur(k)", "≠", "5 * Blur(h)")),
    *equations("N23", REAL,
        ("Crop(W, size = 3) @ Blur(h) + Crop(W, size = 3) @ Diagonal(d)", "=", "Crop(W, size = 3) @ (Blur(h) + Diagonal(d))"),
        ("Diagonal(d) @ Blur(h) + Crop(W, size = 5) @ Blur(h)", "=", "(Diagonal(d) + Crop(W, size = 5)) @ Blur(h)"),
        ("Row(Identity(), Identity()) @ Stack(Diagonal(d) @ Blur(h), Diagonal(m) @ Blur(h))", "=", "(Diagonal(d) + Diagonal(m)) @ Blur(h)"),
        ("Diagonal(d) @ Blur(h) + Blur(h) @ Diagonal(m)", "≠", "(Diagonal(d) + Diagonal(m)) @ Blur(h)")),
]  # fmt: skip

GRAMS = [
    *equations("G01", REAL,
        (gram("Blur(h) @ Pad(W, before = 1, after = 0)"), "=", "Pad(W, before = 1, after = 0).H @ Blur(h).H @ Blur(h) @ Pad(W, before = 1, after = 0)"),
        (gram("Diagonal(d) @ Blur(h)"), "≠", "Blur(h).H @ Blur(h) @ Diagonal(d * d)")),
    *equations("G02", COMPLEX,
        (gram(f"{FOURIER} @ Diagonal(e)"), "=", "Diagonal(conj(e) * e)"),
        (gram("Pad(W, before = 1, after = 1) @ Blur(h)"), "=", gram("Blur(h)")),
        (gram("Crop(W, size = 3) @ Diagonal(e)"), "≠", "Diagonal(conj(e) * e)")),
    *equations("G03", COMPLEX,
        (gram(f"Diagonal(m) @ {FOURIER}"), "=", f"{FOURIER}.H @ Diagonal(m) @ {FOURIER}"),
        (gram(f"Diagonal(n) @ {FOURIER}"), "=", "Fourier(W).H @ Diagonal(n) @ Fourier(W)"),
        (gram(f"Diagonal(d) @ {FOURIER}"), "≠", f"{FOURIER}.H @ Diagonal(d) @ {FOURIER}"),
        (gram(f"Diagonal(m) @ {FOURIER}"), "≠", "Fourier(W).H @ Diagonal(m) @ Fourier(W)")),
    *equations("G04", COMPLEX,
        (gram("2 * Blur(h)"), "=", f"{FOURIER}.H @ Diagonal(4 * conj(spectrum(h, H, W)) * spectrum(h, H, W)) @ {FOURIER}"),
        (gram("Blur(h)", "Diagonal(d)"), "≠", gram("Blur(h)") + " @ Diagonal(d)")),
    *equations("G05", REAL,
        (gram("Stack(Blur(h), Diagonal(d))"), "=", f"{gram('Blur(h)')} + {gram('Diagonal(d)')}"),
        (gram("Stack(Blur(h), Diagonal(d))"), "≠", gram("Blur(h) + Diagonal(d)"))),
    *equations("G06", REAL,
        (gram("Dense(f, axis = H) @ Dense(b, axis = W)"), "=", f"{gram('Dense(f, axis = H)')} @ {gram('Dense(b, axis = W)')}"),
        (gram("Dense(g, axis = W) @ Dense(b, axis = W)"), "≠", f"{gram('Dense(g, axis = W)')} @ {gram('Dense(b, axis = W)')}")),
    *equations("G07", REAL,
        ("Crop(W, size = 3).H @ Diagonal(u) @ Crop(W, size = 3)", "≠", "Diagonal(u)"),
        ("Pad(H, W, before = [1, 1], after = [0, 0]).H @ Diagonal(l) @ Pad(H, W, before = [1, 1], after = [0, 0])", "≠", "Diagonal(u)")),
    *equations("G07", "real[W, H]",
        (gram("Downsample(H, factor = 2)"), "=", "Diagonal(comb(H, factor = 2))"),
        (gram("Downsample(H, factor = 2)"), "≠", "Identity()")),
    *equations("G09", REAL,
        (gram("Blur(h) @ Pad(W, before = 0, after = 2)"), "=", "Pad(W, before = 0, after = 2).H @ " + gram("Blur(h)") + " @ Pad(W, before = 0, after = 2)"),
        (gram("Blur(h, boundary = valid)"), "≠", gram("Blur(h)")),
        (gram("Blur(h, boundary = zero)"), "≠", gram("Blur(h)"))),
    *equations("G10", COMPLEX,
        (gram(f"{FOURIER} @ Diagonal(s) @ Repeat(C)"), "=", gram("Diagonal(s) @ Repeat(C)")),
        (gram(f"Diagonal(m) @ {FOURIER} @ Diagonal(s) @ Repeat(C)"), "≠", gram("Diagonal(s) @ Repeat(C)"))),
    *equations("G12", COMPLEX,
        (gram("Gradient(H, W, boundary = circular)"), "=", f"{FOURIER}.H @ Diagonal(laplacian(H, W, circular)) @ {FOURIER}"),
        (gram("Gradient(H, W)"), "=", "Cosine(H, W).H @ Diagonal(laplacian(H, W, neumann)) @ Cosine(H, W)"),
        (gram("Gradient(H, W)"), "≠", f"{FOURIER}.H @ Diagonal(laplacian(H, W, circular)) @ {FOURIER}")),
    *equations("G13", COMPLEX,
        (gram("Blur(h) + Identity()"), "=", f"{FOURIER}.H @ Diagonal(conj(spectrum(h, H, W) + 1) * (spectrum(h, H, W) + 1)) @ {FOURIER}"),
        (gram("Blur(h) + Identity()"), "≠", gram("Blur(h)") + " + Identity()")),
]  # fmt: skip
