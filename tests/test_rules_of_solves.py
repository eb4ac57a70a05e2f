"""Solves, inverses and preconditioners, by the rule that knows them: what is found in closed form, and what must not be."""

from __future__ import annotations

import numpy as np
import pytest

from invlang.graph.arithmetic import number
from invlang.graph.operators import Operator
from invlang.graph.spaces import AnySpace, is_complex
from invlang.rules import inverse, nearest
from invlang.rules.inverse import Refusal
from invlang.rules.simplify import simplify
from tests.matrices import matrix
from tests.rule_equations import CENTRED, COLOURS, COMPLEX, FOURIER, NON_UNIFORM, REAL, gram
from tests.test_random_operators import close
from tests.test_rules import operator_of

WEIGHTS, SHIFT, EXACT = (1.6, 2.5), 0.3, 1e-10

# ---- the operators of a sum of squares and a multiple of the identity, and how it is inverted

CLOSED, WOODBURY, ITERATED = "closed form", "Woodbury", "conjugate gradients"
SOLVES = [
    ("G20", REAL, ("Blur(h)", "Gradient(H, W, boundary = circular)"), CLOSED),
    ("G20", REAL, ("Diagonal(d)", "Diagonal(m)"), CLOSED),
    ("G20", REAL, ("Gradient(H, W)", "Identity()"), CLOSED),
    ("G20", REAL, ("Gradient(H, W, boundary = dirichlet)", "Identity()"), CLOSED),
    ("G20", REAL, ("Blur(h)", "Gradient(H, W)"), ITERATED),
    ("G20", REAL, ("Blur(h)", "Gradient(H, W, boundary = dirichlet)"), ITERATED),
    ("G20", REAL, ("Blur(h)", "Diagonal(d)"), ITERATED),
    ("G21", COMPLEX, (f"Diagonal(m) @ {CENTRED}",), CLOSED),
    ("G21", COMPLEX, (f"Diagonal(m) @ {FOURIER} @ Diagonal(s) @ Repeat(C)",), ITERATED),
    ("G22", REAL, ("Crop(W, size = 3) @ Shift(W, offset = [1])",), WOODBURY),
    ("G22", REAL, ("Crop(W, size = 3) @ Diagonal(d) @ Cosine(W)",), WOODBURY),
    ("G22", REAL, ("Crop(W, size = 3) @ Blur(h)",), ITERATED),
    ("G48", REAL, ("Blur(h, boundary = valid)", "Identity()"), ITERATED),
    ("G23", REAL, ("Crop(W, size = 3) @ Cosine(W)", "Identity()"), WOODBURY),
    ("G23", REAL, ("Crop(W, size = 3) @ Blur(h)",), ITERATED),
    ("G24", "real[W, H]", ("Downsample(H, factor = 2) @ Blur(r)",), WOODBURY),
    ("G24", "real[W, H]", ("Downsample(H, factor = 2) @ Blur(r, boundary = reflect)",), ITERATED),
    ("G25", REAL, ("Cosine(W) @ Diagonal(v)",), CLOSED),
    ("G25", REAL, ("Diagonal(v) @ Cosine(W) @ Diagonal(d)",), ITERATED),
    ("N18", REAL, ("Diagonal(v) @ Dense(b, axis = W)", "Identity()"), CLOSED),
    ("N18", REAL, ("Dense(b, axis = W) @ Diagonal(v)", "Dense(f, axis = H)"), CLOSED),
    ("N18", REAL, ("Diagonal(u) @ Dense(f, axis = H) @ Diagonal(u)",), CLOSED),
    ("N18", REAL, ("Diagonal(d) @ Dense(b, axis = W)",), ITERATED),
    ("N18", REAL, ("Dense(b, axis = W) @ Diagonal(d)",), ITERATED),
    ("N18", REAL, ("Dense(b, axis = W) @ Diagonal(u)", "Dense(f, axis = H)"), ITERATED),
    ("N18", REAL, ("Dense(b, axis = W) @ Crop(H, size = 2) @ Dense(b, axis = W)",), ITERATED),
    ("N18", REAL, ("Dense(a, axis = W) @ Diagonal(u) @ Cosine(H)",), CLOSED),
    ("G29", REAL, ("Dense(a, axis = W)",), WOODBURY),
    ("G29", REAL, ("Dense(b, axis = W)",), CLOSED),
    ("G29", REAL, ("Dense(a, axis = W)", "Dense(b, axis = W)"), ITERATED),
    ("G31", REAL, ("Blur(h, boundary = valid)",), ITERATED),
    ("G31", REAL, ("Blur(h)",), CLOSED),
]
# the same without a multiple of the identity: of what may be singular the pseudo-inverse
UNSHIFTED = [
    ("G22", "real[W, H]", ("Downsample(H, factor = 2)",), CLOSED),
    ("G22", REAL, ("Identity()", "Crop(W, size = 3) @ Diagonal(d) @ Cosine(W)"), WOODBURY),
    ("G22", REAL, ("Crop(W, size = 3)", "Blur(h)"), ITERATED),
    ("G22", "real[W, H]", ("Downsample(H, factor = 2)", "Crop(W, size = 3) @ Cosine(W)"), ITERATED),
]


def is_solved_wrong(operators: tuple[Operator, ...], shift: float | None, how: str, values: dict, known: dict) -> bool:
    """Whether a solve goes another way, or is not the inverse that the dense matrices have."""
    solved = inverse.solve(tuple(zip(map(number, WEIGHTS), operators, strict=False)), None if shift is None else number(shift))
    if solved.how != how:
        return True
    dense = [matrix(o, values, known) for o in operators]
    whole = sum(w * m.T @ m for w, m in zip(WEIGHTS, dense, strict=False)) + (shift or 0) * np.eye(dense[0].shape[1])
    return how != ITERATED and not close(matrix(solved.operator, values, known), np.linalg.pinv(whole, hermitian=True))


@pytest.mark.parametrize("shift", [SHIFT, None])
def test_a_solve_is_closed_where_it_can_be(shift: float | None) -> None:
    for _, space, texts, how in UNSHIFTED if shift is None else SOLVES:
        operators, values = operators_of(space, texts)
        assert not is_solved_wrong(operators, shift, how, values, {}), texts


def operators_of(space: str, texts: tuple[str, ...]) -> tuple[tuple[Operator, ...], dict]:
    operators, values = zip(*(operator_of(space, t) for t in texts), strict=True)
    return operators, {k: v for more in values for k, v in more.items()}


# ---- operators, whether they are known to be invertible, and whether an inverse is found

INVERSES = [
    ("G20", COMPLEX, "Diagonal(e)", True, True),
    ("G20", COMPLEX, FOURIER, True, True),
    ("G20", COMPLEX, f"{FOURIER} @ Cosine(H, W)", True, True),
    ("G20", COMPLEX, f"{FOURIER}.H @ Diagonal(e) @ Cosine(H, W)", True, True),
    ("G20", COMPLEX, f"{FOURIER} @ Diagonal(e) @ Dense(i, axis = W) @ Diagonal(e)", True, True),
    ("G20", COMPLEX, f"{FOURIER} @ Diagonal(e) @ Dense(i, axis = W)", True, True),
    ("G20", COMPLEX, f"Dense(i, axis = W) @ Diagonal(e) @ {FOURIER}", True, True),
    ("G20", REAL, "Real @ Dense(i, axis = W) @ Complex", True, False),
    ("G20", COMPLEX, "Complex @ Dense(b, axis = W) @ Real", True, False),
    ("G20", COMPLEX, gram(f"Diagonal(m) @ {FOURIER}"), False, True),
    ("G29", REAL, "Dense(b, axis = W)", True, True),
    ("G29", REAL, "Dense(a, axis = W)", True, False),
    ("G29", REAL, "Dense(b, axis = W)", False, False),
    ("G29", REAL, "Diagonal(m) @ Dense(b, axis = W)", False, False),
    ("G29", REAL, "Diagonal(d) @ Crop(W, size = 3).H @ Crop(W, size = 3)", True, False),
]


def is_inverted_wrong(operator: Operator, certain: bool, closed: bool, values: dict, known: dict) -> bool:
    found = inverse.invert(simplify(operator), certain)
    if isinstance(found, Refusal) or not closed:
        return closed == isinstance(found, Refusal)
    return not close(matrix(found[0], values, known), np.linalg.pinv(matrix(operator, values, known)))


@pytest.mark.parametrize("rule, space, text, certain, closed", INVERSES)
def test_an_inverse_is_an_inverse(rule: str, space: str, text: str, certain: bool, closed: bool) -> None:
    operator, values = operator_of(space, text)
    assert not is_inverted_wrong(operator, certain, closed, values, {})


# ---- preconditioners: operators, and how far the spectrum of their circulant may be off; None where there is none

FLOOR = " + 0.3 * Identity()"
MASKED, BLURRED = "Diagonal(m) @ Blur(h)", f"{FOURIER}.H @ Diagonal(e) @ {FOURIER}"
CROOKED, CROOKED_SPECTRUM = (
    f"Diagonal(e) @ {left} @ Diagonal(d) @ {right} @ Dense(i, axis = W)"
    for left, right in ((f"{FOURIER}.H", FOURIER), (FOURIER, f"{FOURIER}.H"))
)


def in_two_orders(text: str) -> tuple[str, str]:
    """A + Aᴴ and Aᴴ + A: self-adjoint, of terms that are not."""
    return f"{text} + ({text}).H", f"({text}).H + {text}"


NEAREST = [
    ("G30", REAL, gram(MASKED) + FLOOR, EXACT),
    ("G30", REAL, "2.5 * " + gram(MASKED), EXACT),
    ("G30", REAL, gram(f"Stack(3 * {MASKED}, 0.5 * Diagonal(d) @ Blur(k))") + FLOOR, EXACT),
    ("G30", REAL, gram("Crop(W, size = 3) @ Blur(h)") + FLOOR, EXACT),
    ("G30", REAL, gram("Blur(h) @ Pad(H, W, before = [1, 1], after = [0, 2])") + FLOOR, EXACT),
    ("G30", REAL, gram("Blur(h, boundary = zero)") + FLOOR, 0.5),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {BLURRED}"), EXACT),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {FOURIER} @ Diagonal(s) @ Repeat(C)"), EXACT),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {FOURIER} @ (3 * Diagonal(s)) @ Repeat(C)") + FLOOR, EXACT),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {CENTRED} @ Diagonal(s) @ Repeat(C)") + FLOOR, EXACT),
    ("G30", COMPLEX, gram(f"{NON_UNIFORM} @ Diagonal(s) @ Repeat(C)") + FLOOR, 0.5),
    ("G30", REAL, gram("Blur(h) @ Diagonal(s) @ Repeat(C) @ Complex") + FLOOR, EXACT),
    ("G30", REAL, gram(f"Diagonal(m) @ {FOURIER} @ Diagonal(s) @ Repeat(C) @ Complex") + FLOOR, EXACT),
    ("G30", COLOURS, gram("Weigh(C, w) @ Diagonal(s) @ Blur(h)") + FLOOR, EXACT),
    ("G30", COLOURS, gram("Dense(D, axis = C) @ Diagonal(s) @ Blur(h)") + FLOOR, EXACT),
    ("G30", COMPLEX, gram(NON_UNIFORM) + FLOOR, None),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {FOURIER} @ Diagonal(e)") + FLOOR, None),
    ("G30", COMPLEX, gram(f"Diagonal(d) @ {FOURIER}.H") + FLOOR, None),
    ("G30", COMPLEX, gram("Diagonal(s) @ Fourier(C, H, W) @ Repeat(C)") + FLOOR, None),
    ("G30", COMPLEX, gram(f"Stack(Diagonal(d) @ Fourier(W), Diagonal(m) @ Fourier(H), {BLURRED})") + FLOOR, None),
    ("G30", COMPLEX, gram(f"Diagonal(m) @ {BLURRED} @ {FOURIER} @ {FOURIER}") + FLOOR, None),
    *(("G30", COMPLEX, text, None) for text in (*in_two_orders(CROOKED), *in_two_orders(f"{FOURIER}.H @ {CROOKED_SPECTRUM} @ {FOURIER}"))),
    ("G30", COMPLEX, gram(f"Stack(Dense(b, axis = W) @ Diagonal(s) @ Repeat(C), {BLURRED})"), None),
    ("G30", COLOURS, gram(f"Diagonal(m) @ {FOURIER} @ Repeat(C).H") + FLOOR, None),
    ("G30", COLOURS, f"{gram('Crop(C, size = 1)')} + {gram('Blur(h)')}", None),
    ("G30", REAL, gram(f"{MASKED} @ Dense(b, axis = W)") + FLOOR, None),
    ("G30", REAL, gram("Diagonal(v) @ Blur(h)") + FLOOR, None),
    ("G30", REAL, gram("Blur(h) @ Diagonal(m)") + FLOOR, None),
    ("G30", REAL, gram("Gradient(H) @ Diagonal(m)") + FLOOR, None),
]  # fmt: skip


def is_preconditioned_wrong(operator: Operator, off: float | None, values: dict, known: dict) -> bool:
    """Whether L is not Fᴴ d^(−½) F for the diagonal d of F X Fᴴ, or what is left is not L X L."""
    forward = simplify(operator)
    found = nearest.preconditioned(forward)
    if found is None or off is None:
        return (off is None) != (found is None)
    whole, half, between = (matrix(o, values, known) for o in (forward, *found))
    X, L = (complexified(m, forward.domain) for m in (whole, half))
    F = transform(*(int(s) for s in forward.domain.sizes))  # type: ignore[union-attr]
    wanted, given = (np.einsum("ij, jk, ik -> i", F, M, F.conj()).real for M in (X, np.linalg.inv(L @ L)))
    circulant = (F.conj().T / np.sqrt(given)) @ F
    far = np.abs(given - wanted).max() > off * wanted.max()
    return far or not close(L, circulant) or not close(half @ whole @ half, between)


def transform(*sizes: int) -> np.ndarray:
    """The orthonormal Fourier transform over the last two axes, as a matrix."""
    units = np.eye(int(np.prod(sizes))).reshape(-1, *sizes)
    return np.fft.fft2(units, norm="ortho").reshape(len(units), -1).T


def complexified(found: np.ndarray, space: AnySpace) -> np.ndarray:
    """The matrix on complex vectors of a map's part that is linear over the complex numbers."""
    if not is_complex(space):
        return found
    return (found[::2, ::2] + found[1::2, 1::2] + 1j * (found[1::2, ::2] - found[::2, 1::2])) / 2


@pytest.mark.parametrize("rule, space, text, off", NEAREST)
def test_a_preconditioner_is_the_nearest_circulant(rule: str, space: str, text: str, off: float | None) -> None:
    operator, values = operator_of(space, text)
    assert not is_preconditioned_wrong(operator, off, values, {})
