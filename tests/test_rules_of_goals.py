"""Facts, norms and slopes, by the rule that knows them: what is told of them, and what must not be told."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from invlang.graph.operators import Adjoint, Compose, Diagonal, Operator
from invlang.plan.magnitudes import lipschitz
from invlang.plan.resolve import resolve
from invlang.rules import norms, traits
from invlang.rules.simplify import simplify
from invlang.rules.theorems import fact, has_no_entry_below_zero
from tests.matrices import Calculator, matrix
from tests.random_operators import Sample
from tests.rule_equations import COMPLEX, FOURIER, REAL, gram
from tests.test_random_operators import TRUE, close, same
from tests.test_rules import operator_of
from tests.test_rules_of_proxes import terms_of

YES, NO, UNKNOWN = True, False, None
FACTS = [
    ("P01", COMPLEX, FOURIER, "unitary", YES),
    ("P01", REAL, "Crop(W, size = 3)", "coisometry", YES),
    ("P01", REAL, "Crop(W, size = 3)", "isometry", NO),
    ("P01", COMPLEX, "Diagonal(exp(e))", "positive", UNKNOWN),
    ("P01", "real[H, E]", "Crop(E, size = 3)", "injective", UNKNOWN),
    ("P02", COMPLEX, f"{FOURIER} @ Cosine(H)", "unitary", YES),
    ("P02", COMPLEX, gram(f"Diagonal(m) @ {FOURIER}"), "diagonal", YES),
    ("P02", COMPLEX, f"Diagonal(m) @ {FOURIER}", "unitary", UNKNOWN),
    ("P02", COMPLEX, f"{FOURIER}.H @ Diagonal(d) @ {FOURIER} @ Cosine(H, W)", "diagonal", UNKNOWN),
    ("P02", REAL, gram("Diagonal(v) @ Gradient(H, W, boundary = circular)"), "diagonal", UNKNOWN),
    ("P02", REAL, f"{gram('Blur(h)')} @ {gram('Diagonal(d)')}", "positive", UNKNOWN),
    ("P03", COMPLEX, "2 * Identity()", "positive", YES),
    ("P03", COMPLEX, "-1 * Identity()", "positive", NO),
    ("P03", COMPLEX, f"-1 * {FOURIER}", "unitary", YES),
    ("P03", COMPLEX, f"2 * {FOURIER}", "unitary", NO),
    ("P03", COMPLEX, f"(1 + 5e-6) * {FOURIER}", "unitary", NO),
    ("P03", REAL, f"-1 * {gram('Blur(h)')}", "positive", UNKNOWN),
    ("P03", REAL, "j * Identity()", "positive", UNKNOWN),
    ("P03", COMPLEX, "G * Identity()", "positive", UNKNOWN),
    ("P03", REAL, "j * Identity()", "isometry", UNKNOWN),
    ("P04", REAL, "Complex", "isometry", YES),
    ("P04", COMPLEX, "Real", "coisometry", YES),
    ("P04", COMPLEX, "Real", "isometry", NO),
    ("P05", REAL, gram("Blur(h)") + " + 0.1 * Identity()", "injective", YES),
    ("P05", REAL, gram("Blur(h)") + " - 0.1 * Identity()", "positive", UNKNOWN),
    ("P05", REAL, "Dense(b, axis = W) + Dense(b, axis = W).H", "self-adjoint", YES),
    ("P05", REAL, "Dense(b, axis = W) + Dense(g, axis = W).H", "self-adjoint", UNKNOWN),
    ("P05", REAL, gram("Crop(W, size = 3) @ Blur(h)") + " + 2 * Identity()", "injective", YES),
    ("P05", REAL, gram("Crop(W, size = 3) @ Blur(h)") + " + abs2(j) * Identity()", "injective", UNKNOWN),
    ("P06", REAL, "Stack(Blur(h), Identity())", "injective", YES),
    ("P06", REAL, gram("Stack(Blur(h), Gradient(H, W, boundary = circular))"), "circulant", YES),
    ("P06", REAL, gram("Stack(Blur(h), Diagonal(d))"), "circulant", UNKNOWN),
    ("P07", REAL, gram("Blur(h)"), "self-adjoint", YES),
    ("P07", REAL, gram("Blur(h)"), "positive", YES),
    ("P07", REAL, gram("Crop(W, size = 3)"), "injective", UNKNOWN),
    ("P12", COMPLEX, "Blur(h)", "circulant", YES),
    ("P12", COMPLEX, gram(f"Fourier(W) @ {FOURIER}", "Diagonal(e)"), "circulant", UNKNOWN),
    ("P12", COMPLEX, gram("Cosine(H, W)", "Diagonal(e)"), "circulant", UNKNOWN),
    ("P12", COMPLEX, "Complex @ Real", "self-adjoint", YES),
    ("P12", COMPLEX, "Complex @ Real", "tight", UNKNOWN),
    ("G04", COMPLEX, gram("2 * Blur(h)"), "circulant", YES),
    ("G04", COMPLEX, gram("Blur(h)", "Diagonal(d)"), "circulant", UNKNOWN),
    ("G07", REAL, gram("Pad(W, before = 1, after = 2)", "Diagonal(z)"), "diagonal", YES),
    ("G09", REAL, gram("Blur(h, boundary = valid)"), "circulant", UNKNOWN),
    ("G12", REAL, gram("Blur(h, boundary = reflect)"), "diagonal", UNKNOWN),
    ("G12", REAL, "Cosine(H, W) @ Blur(h, boundary = reflect) @ Cosine(H, W).H", "diagonal", UNKNOWN),
    ("G11", REAL, "Dense(a, axis = W) @ Dense(a, axis = W).H @ Crop(W, size = 2)", "self-adjoint", NO),
]


@pytest.mark.parametrize("rule, space, text, name, holds", FACTS)
def test_a_fact_is_told_and_true(rule: str, space: str, text: str, name: str, holds: bool | None) -> None:
    operator, values = operator_of(space, text)
    told = fact(operator, name)
    assert told.holds is holds, told
    if holds is not None and operator.domain == operator.codomain:
        found = matrix(operator, values)
        assert TRUE[name](close if holds else same, found, operator, told, Sample(operator, values)) == holds


BASES = [
    ("P02", REAL, "Blur(h)", "in the basis F"),
    ("P02", REAL, gram("Diagonal(d) @ Cosine(H, W)"), "in the basis C₂"),
    ("P02", REAL, "2 * Diagonal(d)", "pixel by pixel"),
]


@pytest.mark.parametrize("rule, space, text, basis", BASES)
def test_a_basis_is_named(rule: str, space: str, text: str, basis: str) -> None:
    assert fact(operator_of(space, text)[0], "diagonal").because == basis


# exact: whether the norm itself is told, not only a bound
NORMS = [
    ("P08", REAL, "Diagonal(d)", True),
    ("P08", REAL, "-2 * Blur(h)", True),
    ("P08", REAL, "Gradient(H, W)", True),
    ("P08", REAL, "Gradient(H, W, boundary = circular)", True),
    ("P08", COMPLEX, "Fourier(H) @ Diagonal(e)", True),
    ("P08", COMPLEX, "Diagonal(s) @ Repeat(C)", True),
    ("P08", REAL, "Crop(W, size = 3)", True),
    ("P08", REAL, "Blur(h, boundary = valid)", False),
    ("P08", REAL, "Crop(W, size = 3) @ Diagonal(d)", True),
    ("P08", REAL, "Blur(h) @ Diagonal(d)", False),
    ("P08", REAL, "Cosine(H) @ Tomography(V, detectors = 4)", False),
    ("P08", REAL, "Gradient(H, W) @ Blur(h)", False),
    ("P08", REAL, f"Real @ {FOURIER}.H @ Diagonal(e) @ Fourier(W) @ Complex", False),
    ("P05", REAL, f"{gram('Blur(h)')} + {gram('Gradient(H, W, boundary = circular)')}", True),
    ("P06", REAL, "Stack(Blur(h), Gradient(H, W, boundary = circular))", True),
    ("P06", REAL, "Stack(Blur(h), Diagonal(d))", False),
]


@pytest.mark.parametrize("rule, space, text, exact", NORMS)
def test_a_norm_is_never_too_small_and_exact_where_it_says_so(rule: str, space: str, text: str, exact: bool) -> None:
    operator, values = operator_of(space, text)
    told = norms.norm_of(operator)
    assert told is not None and told[1] == exact
    true, said = np.linalg.norm(matrix(operator, values), 2), float(Calculator(values, {}).of(told[0])) ** 0.5
    assert said >= true - 1e-10
    assert not exact or abs(said - true) < 1e-10


# ---- bounds, in parts of a product

COILS = "Diagonal(m) @ Fourier(H) @ Diagonal(s) @ Repeat(C)"
BOUNDS = [
    ("P08", COMPLEX, COILS, 1.6, True),
    ("P08", COMPLEX, f"{COILS} @ Diagonal(e)", 1.8, True),
    ("P08", REAL, "Blur(h) @ Diagonal(d)", 2.0, True),
    ("P08", REAL, "Diagonal(d) @ Blur(h) @ Diagonal(abs2(d))", 3.6, True),
    ("P08", REAL, "Gradient(H, W) @ Blur(h)", 1.9, False),
    ("P08", COMPLEX, "Diagonal(s) @ Repeat(C)", 1.0, False),
    ("P08", REAL, "Blur(h) @ Dense(b, axis = W) @ Blur(h)", None, False),
    ("P08", REAL, "Dense(b, axis = W) @ Blur(h)", None, False),
]
"""How many times ‖A‖² the bound may be, and whether the bound of AᴴA by its ends is the same; None where nothing is known."""


def is_bounded_wrong(operator: Operator, values: dict, most: float | None, by_ends: bool) -> bool:
    """Whether a bound is too small, or so large that steps become short, or of other ends than it was."""
    true, told = np.linalg.norm(matrix(operator, values), 2) ** 2, norms.norm_of(operator)
    ends = norms.largest_by_ends(simplify(Compose((Adjoint(operator), operator))))
    if most is None or told is None:
        return told is not None or most is not None or ends is not None
    said = [float(Calculator(values, {}).of(v)) / true for v in (told[0], ends) if v is not None]
    return (
        (ends is not None) != by_ends
        or any(not 1 - 1e-10 <= s <= most + 1e-10 for s in said)
        or said[0] != pytest.approx(said[-1])
    )


@pytest.mark.parametrize("rule, space, text, most, by_ends", BOUNDS)
def test_what_a_product_adds_up_is_added_up_before_the_largest_is_taken(rule, space, text, most, by_ends) -> None:
    assert not is_bounded_wrong(*operator_of(space, text), most, by_ends)


# ---- images without entries below zero

SHIFTED = "Shift(W, offset = [1])"
NONNEGATIVE = [
    ("P07", REAL, f"Diagonal(abs2(d)) @ {SHIFTED} + 2 * Shift(H, offset = [1])", True),
    ("P07", REAL, f"Stack({SHIFTED}, Diagonal(m), Tomography(V, detectors = 4))", True),
    ("P07", REAL, f"Diagonal(abs2(d)) - 2 * {SHIFTED}", False),
    ("P07", REAL, "Diagonal(abs2(d)) + 2 * Cosine(W)", False),
    ("P07", REAL, "Cosine(W) - 2 * Cosine(H)", False),
    ("P07", REAL, f"{SHIFTED} @ Diagonal(m) @ Cosine(W)", False),
    ("P07", REAL, f"Stack({SHIFTED}, Diagonal(d))", False),
]


@pytest.mark.parametrize("rule, space, text, holds", NONNEGATIVE)
def test_what_keeps_images_from_going_below_zero_is_told(rule: str, space: str, text: str, holds: bool) -> None:
    operator, values = operator_of(space, text)
    assert has_no_entry_below_zero(simplify(operator)) == holds
    assert (matrix(operator, values).min() >= 0) == holds


# ---- S04: what keeps real images real where it multiplies their spectra

HERMITIAN = [
    ("S04", COMPLEX, "Diagonal(spectrum(h, H, W))", True),
    ("S04", COMPLEX, f"Diagonal({FOURIER} @ Complex @ d)", True),
    ("S04", COMPLEX, f"Diagonal({FOURIER}.H @ Complex @ d)", True),
    ("S04", COMPLEX, f"Diagonal({FOURIER} @ e)", False),
    ("S04", COMPLEX, f'Diagonal({FOURIER} @ Wavelet("haar", levels = 1) @ e)', False),
    ("S04", COMPLEX, "Diagonal(Fourier(W) @ Complex @ d)", False),
    ("S04", COMPLEX, 'Diagonal(Wavelet("haar", levels = 1) @ Complex @ d)', False),
]


def is_claimed_hermitian(operator: Operator) -> bool:
    """Of the values of a diagonal, as they are calculated."""
    assert isinstance(operator, Diagonal)
    return traits.is_hermitian(resolve(operator.value, 2), (-2, -1))


@pytest.mark.parametrize("rule, space, text, holds", HERMITIAN)
def test_a_spectrum_of_real_images_is_told_from_others(rule: str, space: str, text: str, holds: bool) -> None:
    operator, values = operator_of(space, text)
    assert isinstance(operator, Diagonal) and is_claimed_hermitian(operator) == holds
    entries = Calculator(values, {}).of(resolve(operator.value, 2)).expand(4, 5)
    opposite = entries.flip(-2, -1).roll((1, 1), (-2, -1)).conj()
    assert torch.allclose(entries, opposite) == holds


# ---- P10: how steep gradients are

STEEP = [
    ("P10", "sq(x)", 2.0),
    ("P10", "sq(3 * x)", 18.0),
    ("P10", "sq(x) + 0.5 * sq(x)", 3.0),
    ("P10", "sq(x) + inner(d, x)", 2.0),
]


@pytest.mark.parametrize("rule, text, constant", STEEP)
def test_a_lipschitz_constant_is_that_of_the_gradient(rule: str, text: str, constant: float) -> None:
    """Scaling squares, a quadratic adds, a linear term adds nothing."""
    terms, values, _ = terms_of(REAL, text)
    found = lipschitz(terms)
    assert found is not None and float(Calculator(values, {}).of(found)) == pytest.approx(constant)


CONVEX = [
    ("P09", "norm1(Blur(h) @ x - d)", True),
    ("P09", "-1 * norm1(x)", False),
    ("P09", "-1 * inner(d, x)", True),
    ("P09", "sum(abs2(abs2(x) - d))", False),
]


@pytest.mark.parametrize("rule, text, convex", CONVEX)
def test_convexity_is_told_where_it_is_sure(rule: str, text: str, convex: bool) -> None:
    try:
        terms, _, _ = terms_of(REAL, text)
    except AssertionError as refused:
        assert not convex and "convex" in str(refused)
        return
    assert all(t.is_convex for t in terms) == convex
