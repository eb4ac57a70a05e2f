"""Laws that only one kind of operator needs: where a derivation uses them, and where it must not."""

from __future__ import annotations

import pytest

from invlang.rules.simplify import derive
from tests.matrices import matrix
from tests.rule_equations import COLOURS, COMPLEX, FOURIER, NON_UNIFORM, REAL, gram
from tests.test_random_operators import close
from tests.test_rules import operator_of


def between(transform: str, lines: str) -> str:
    """Coils' weights before and behind the lines of a spectrum."""
    return f"Diagonal(e) @ ({transform}).H @ {lines} @ {transform} @ Diagonal(e)"


SCANNER = "Tomography(V, detectors = 4)"
PATCHES, ROWS, PIECES = (
    f"Patches({w}, wrap)" for w in ("H, W, at = X, size = [2, 1]", "H, at = Y, size = [2]", "W, at = Y, size = [2]")
)
USES = [
    ("G08", COMPLEX, gram(NON_UNIFORM), "NonUniformFourier", True),
    ("G08", COMPLEX, gram(NON_UNIFORM, "Diagonal(q)"), "NonUniformFourier", True),
    ("G08", COMPLEX, gram("2 * " + NON_UNIFORM), "NonUniformFourier", True),
    ("G08", COMPLEX, "NonUniformFourier(points = t).H @ NonUniformFourier(points = p)", "NonUniformFourier", False),
    ("G10", COLOURS, f"{gram('Weigh(C, w)')} @ Diagonal(s) @ {gram('Weigh(C, w)')}", "one-row", True),
    ("G10", COLOURS, f"{gram('Weigh(C, w)')} @ {gram('Weigh(C, w)')}", "length-of-row", True),
    ("G10", REAL, f"{gram('Dense(a, axis = W)')} @ Diagonal(d) @ {gram('Dense(a, axis = W)')}", "one-row", False),
    ("G10", REAL, f"{gram('Dense(a, axis = W)')} @ {gram('Dense(a, axis = W)')}", "length-of-row", False),
    ("S04", REAL, f"Real @ {gram(FOURIER, 'Diagonal(e)')} @ Complex", "real-spectrum", True),
    ("S04", REAL, f"Real @ {gram(FOURIER, 'Diagonal(spectrum(h, H, W))')} @ Complex", "real-spectrum", False),
    ("N17", REAL, "Dense(b, axis = W) @ Dense(g, axis = W)", "matrices-multiply", True),
    ("N17", REAL, "Dense(a, axis = W).H @ Dense(c, axis = W)", "matrices-multiply", False),
    ("N17", REAL, "Dense(f, axis = H) @ Dense(g, axis = W)", "matrices-multiply", False),
    ("N21", REAL, f"Downsample(H, factor = 2) @ {SCANNER}", "fewer-views", True),
    ("N21", REAL, f"{SCANNER}.H @ {gram('Downsample(H, factor = 2)')} @ Cosine(H) @ {SCANNER}", "fewer-views", True),
    ("N21", REAL, f"Crop(H, size = 2, start = 1) @ {SCANNER}", "fewer-views", True),
    ("N21", REAL, f"Cosine(H) @ {SCANNER}", "fewer-views", False),
    ("N21", REAL, f"Downsample(factor = 2) @ {SCANNER}", "fewer-views", False),
    ("N21", REAL, f"Pad(H, before = 1, after = 0) @ {SCANNER}", "fewer-views", False),
    ("N21", REAL, f"Fold(H, factor = 2) @ {SCANNER}", "fewer-views", False),
    ("N21", REAL, f"Downsample(H, factor = 2) @ Diagonal(N) @ {SCANNER}", "fewer-weighed-views", True),
    (
        "N21",
        REAL,
        f"{SCANNER}.H @ Diagonal(N) @ {gram('Downsample(H, factor = 2)')} @ Cosine(H) @ {SCANNER}",
        "fewer-weighed-views",
        True,
    ),
    ("N21", REAL, f"Downsample(H, factor = 2) @ Cosine(H) @ {SCANNER}", "fewer-weighed-views", False),
    ("N21", REAL, f"Fold(H, factor = 2) @ Diagonal(N) @ {SCANNER}", "fewer-weighed-views", False),
    ("N21", REAL, "Downsample(H, factor = 2) @ Dense(f, axis = H) @ Blur(h)", "fewer-rows", True),
    ("N21", REAL, f"Dense(f, axis = H).H @ {gram('Downsample(H, factor = 2)')} @ Cosine(H)", "fewer-rows", True),
    ("N21", REAL, "Dense(f, axis = H) @ Downsample(H, factor = 2).H @ Downsample(H, factor = 2)", "fewer-rows", False),
    ("G10", COMPLEX, between("Fourier(W, centred)", "Diagonal(L)"), "regular-lines", True),
    ("G10", COMPLEX, between("Fourier(W)", "Diagonal(L)"), "regular-lines", False),
    ("G10", COMPLEX, between("Fourier(W)", "Diagonal(M)"), "regular-lines", False),
    (
        "G10",
        COMPLEX,
        between("Cosine(W)", "Shift(W, offset = [-2]) @ Diagonal(L) @ Shift(W, offset = [2])"),
        "regular-lines",
        False,
    ),
    (
        "G10",
        COMPLEX,
        between("Fourier(W).H", "Shift(W, offset = [-2]) @ Diagonal(L) @ Shift(W, offset = [2])"),
        "regular-lines",
        False,
    ),
    (
        "G10",
        COMPLEX,
        "Diagonal(e) @ Cosine(W).H @ Shift(W, offset = [-2]) @ Diagonal(L) @ Shift(W, offset = [2]) @ Fourier(W) @ Diagonal(e)",
        "regular-lines",
        False,
    ),
    ("G10", COMPLEX, f"Fourier(H).H @ {between('Fourier(W, centred)', 'Diagonal(L)')} @ Fourier(H)", "regular-lines", True),
    ("G10", COMPLEX, gram("Diagonal(L) @ Fourier(W, centred) @ Diagonal(s) @ Repeat(C)"), "groups-of-copies", True),
    ("G10", COMPLEX, f"Repeat(C).H @ {FOURIER} @ Repeat(C)", "groups-of-copies", False),
    ("G10", COMPLEX, f"Repeat(C).H @ {between('Fourier(W, centred)', 'Diagonal(L)')} @ Repeat(C)", "groups-of-copies", False),
    ("G10", COMPLEX, "Repeat(C).H @ Fourier(C) @ Repeat(C)", "groups-of-copies", False),
    ("N11", COMPLEX, "Shift(W, offset = [1]) @ Fourier(W).H @ Diagonal(v) @ Fourier(W)", "shift-past-circulant", True),
    ("N11", REAL, "Shift(W, offset = [1]) @ Cosine(W).H @ Diagonal(d) @ Cosine(W)", "shift-past-circulant", False),
    ("N12", COMPLEX, "Shift(W, offset = [1]) @ Repeat(C)", "shift-past-copies", True),
    ("N12", COMPLEX, "Shift(C, offset = [1]) @ Repeat(C)", "shift-past-copies", False),
    ("N12", COMPLEX, "Shift(C, H, offset = [1, 1]) @ Repeat(C)", "shift-past-copies", False),
    ("G14", REAL, gram(PATCHES), "read-often", True),
    ("G14", REAL, gram(PIECES), "read-often", True),
    ("G14", REAL, gram(ROWS), "read-often", False),
    ("G14", REAL, gram(PATCHES, "Diagonal(Z)"), "read-diagonal", True),
    (
        "G14",
        COMPLEX,
        "Patches(W, at = Y, size = [2], wrap).H @ Fourier(W) @ Patches(W, at = Y, size = [2], wrap)",
        "read-diagonal",
        False,
    ),
    ("G11", REAL, "Dense(a, axis = W) @ Dense(a, axis = W).H @ Dense(a, axis = W)", "singular-vectors", True),
    ("G11", REAL, "Dense(a, axis = W).H @ Dense(a, axis = W)", "singular-vectors", False),
    ("G11", "real[H, E]", gram("Dense(B, axis = E)"), "singular-vectors", True),
    ("G11", "real[H, E]", gram("Dense(K, axis = E)"), "singular-vectors", False),
]


@pytest.mark.parametrize("rule, space, text, law, used", USES)
def test_a_law_is_used_where_it_pays(rule: str, space: str, text: str, law: str, used: bool) -> None:
    operator, values = operator_of(space, text)
    derivation = derive(operator)
    assert (law in {s.law for s in derivation.steps}) == used
    assert "E" in space or close(matrix(derivation.result, values), matrix(operator, values), 1e-9)
