"""What some library claims and is false: for each such trap the row or the test that shows it is never claimed here."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

import invlang
from invlang.errors import InvError
from tests import test_rules_of_goals as goals
from tests.rule_equations import CENTRED, COMPLEX, FOURIER, GRAMS, NON_UNIFORM, NORMAL_FORM, REAL, gram
from tests.test_rules_in_use import USES

# ---- what stands elsewhere


def unequal(left: str, right: str) -> bool:
    """A row says that these are two operators, and is run with their matrices by test_rules."""
    return (left, right, False) in {(e.left, e.right, e.holds) for e in (*NORMAL_FORM, *GRAMS)}


def equal(left: str, right: str) -> bool:
    return (left, right, True) in {(e.left, e.right, e.holds) for e in (*NORMAL_FORM, *GRAMS)}


def untold(space: str, text: str, name: str) -> bool:
    """A row says that the fact is not claimed, and is run with the matrix by test_rules_of_goals."""
    return any(row[1:4] == (space, text, name) and row[4] is not True for row in goals.FACTS)


def steep(text: str, constant: float) -> bool:
    return ("P10", text, constant) in goals.STEEP


def used(text: str, law: str) -> bool:
    return any(row[2:] == (text, law, True) for row in USES)


def bounded(text: str) -> bool:
    """A row says that only a bound of the norm is told."""
    return ("P08", REAL, text, False) in goals.NORMS


def stands(place: str) -> bool:
    """A test of this name is there: file.test."""
    file, name = place.split(".")
    tree = ast.parse((Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8"))
    return name in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


BY_CHANCE = stands("test_random_operators.test_every_claimed_fact_holds")
TRAPS = {
    "the Gram of a convolution that gives only what it sees whole is Toeplitz": [
        unequal(gram("Blur(h, boundary = valid)"), gram("Blur(h)")),
        untold(REAL, gram("Blur(h, boundary = valid)"), "circulant"),
    ],
    "the Gram of a convolution of the image's size, with zeros around it, is Toeplitz": [
        unequal(gram("Blur(h, boundary = zero)"), gram("Blur(h)"))
    ],
    "an asymmetric kernel with reflecting border is diagonal in the cosine transform": [
        untold(REAL, "Cosine(H, W) @ Blur(h, boundary = reflect) @ Cosine(H, W).H", "diagonal"),
        untold(REAL, gram("Blur(h, boundary = reflect)"), "diagonal"),
    ],
    "the Gram of D F is diagonal": [unequal(gram(f"Diagonal(d) @ {FOURIER}"), "Diagonal(d * d)")],
    "shifts are their own inverse, at odd sizes too": [
        unequal(CENTRED, f"Shift(H, W, offset = [2, 2]) @ {FOURIER} @ Shift(H, W, offset = [2, 2])")
    ],
    "−P is positive where P is": [
        untold(COMPLEX, "-1 * Identity()", "positive"),
        untold(REAL, f"-1 * {gram('Blur(h)')}", "positive"),
        untold(REAL, f"{gram('Blur(h)')} - 0.1 * Identity()", "positive"),
    ],
    "2 U is unitary where U is": [untold(COMPLEX, f"2 * {FOURIER}", "unitary")],
    "the adjoint of an isometry is an isometry": [
        untold(COMPLEX, "Real", "isometry"),
        untold(REAL, "Crop(W, size = 3)", "isometry"),
    ],
    "a product of positive operators is positive": [untold(REAL, f"{gram('Blur(h)')} @ {gram('Diagonal(d)')}", "positive")],
    "the diagonal of (c A)ᴴ (c A) has c²": [
        equal(gram(f"G * {FOURIER}"), "Diagonal(abs2(G))"),
        unequal(gram(f"G * {FOURIER}"), "Diagonal(G * G)"),
    ],
    "|s| L is the Lipschitz constant of the gradient of f(s ·)": [steep("sq(3 * x)", 18.0)],
    "a quadratic perturbation leaves the Lipschitz constant, a linear one changes it": [
        steep("sq(x) + 0.5 * sq(x)", 3.0),
        steep("sq(x) + inner(d, x)", 2.0),
    ],
    "the Gram of a surjective map is positive definite": [untold(REAL, gram("Crop(W, size = 3)"), "injective")],
    "what is nearly zero is zero, what is nearly one is one": [
        unequal("Blur(h) + 1e-9 * Diagonal(d)", "Blur(h)"),
        unequal("(1 + 5e-6) * Blur(h)", "Blur(h)"),
        untold(COMPLEX, f"(1 + 5e-6) * {FOURIER}", "unitary"),
        stands("test_traps.test_a_small_weight_and_data_of_mean_zero_count"),
    ],
    "f(β (x − b)) moves by b": [stands("test_rules_of_programs.test_q02_q03_scales_and_offsets_keep_their_places")],
    "a merged quadratic's constant has no weights": [
        stands("test_rules_of_programs.test_q04_quadratics_of_one_map_keep_their_weights")
    ],
    "operators are equal if their names are": [unequal("2 * Blur(h) + 3 * Blur(k)", "5 * Blur(h)")],
    "a diagonal that stretches loses its shape under adjoint and scaling": [
        equal("(2 * Diagonal(v)).H @ Diagonal(u)", "Diagonal(2 * v * u)")
    ],
    "a Toeplitz Gram is lost by scaling and weighing": [
        used(gram("2 * " + NON_UNIFORM), "NonUniformFourier"),
        used(gram(NON_UNIFORM, "Diagonal(q)"), "NonUniformFourier"),
    ],
    "the power method on a map that is not normal gives its norm": [
        bounded("Blur(h) @ Diagonal(d)"),
        stands("test_traps.test_the_norm_of_a_map_is_not_its_largest_eigenvalue"),
    ],
    "the steps of a primal-dual method are bound by ‖K‖": [
        stands("test_traps.test_the_steps_of_a_primal_dual_method_are_bound_by_the_square")
    ],
    "isotropic total variation is taken component by component": [
        stands("test_traps.test_isotropic_total_variation_takes_lengths")
    ],
    "an inverse outlives its matrix": [stands("test_known_defects.test_an_inverse_follows_what_it_is_the_inverse_of")],
    "what the user says of an array is taken on trust": [stands("test_traps.test_what_is_said_of_an_array_is_looked_at")],
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_has_rows_that_show_it_is_never_claimed(trap: str) -> None:
    assert BY_CHANCE and TRAPS[trap] and all(TRAPS[trap])


# ---- what stands nowhere else

Y = torch.linspace(-1, 1, 6, dtype=torch.float64)


def test_a_small_weight_and_data_of_mean_zero_count() -> None:
    text = "unknown x : real[6]\ndata y ~ Normal(x, sigma = 1)\nreconstruct r {{ minimize fidelity(y) + {} * norm1(x) }}\n"
    small, none = (invlang.loads(text.format(w), dtype="float64").r for w in ("1e-9", "0"))
    cost = [float(m.objective(Y, Y)) for m in (small, none)]
    assert Y.sum().abs() < 1e-12 and torch.equal(none(Y), Y)
    assert cost[0] - cost[1] == pytest.approx(1e-9 * float(Y.abs().sum()), rel=1e-6)
    torch.testing.assert_close(small(Y), Y - 1e-9 * Y.sign(), atol=1e-14, rtol=0)


def test_the_norm_of_a_map_is_not_its_largest_eigenvalue() -> None:
    """A nilpotent matrix: its only eigenvalue is 0."""
    text = "dim N = 4\ngiven b : real[N, N]\nunknown x : real[N]\nlet A = Dense(b, axis = N)\ndata y ~ Normal(A @ x, sigma = 1)\n"
    b = torch.diag(torch.tensor([3.0, 1.0, 2.0], dtype=torch.float64), 1)
    assert np.abs(np.linalg.eigvals(b.numpy())).max() == 0
    assert 3 - 1e-12 <= float(invlang.loads(text, dtype="float64", b=b).A.norm) <= 3.1


def test_the_steps_of_a_primal_dual_method_are_bound_by_the_square() -> None:
    """K = 10 ∇, whose norm is far from 1: with ‖K‖ for ‖K‖² the step would be 28 times too long, and nothing would converge."""
    text = "unknown x : real[6, 5]\ndata y ~ Normal(x, sigma = 1)\nreconstruct r {{ minimize fidelity(y) + norm1({} * Gradient() @ x) by {} }}\n"
    y = torch.randn(6, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    costs = []
    for by in ("PDHG(iterations = 3000)", "ADMM(iterations = 3000)"):
        r = invlang.loads(text.format(10, by), dtype="float64").r
        costs.append(float(r.objective(r(y), y)))
    assert costs[0] == pytest.approx(costs[1], rel=1e-6)


def test_isotropic_total_variation_takes_lengths() -> None:
    text = "unknown x : real[6, 5]\ndata y ~ Normal(x, sigma = 1)\nreconstruct r {{ minimize fidelity(y) + TV(x, isotropic = {}) }}\n"
    x = torch.randn(6, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    down, right = torch.diff(x, dim=0, append=x[-1:]), torch.diff(x, dim=1, append=x[:, -1:])
    for isotropic, wanted in (("true", torch.hypot(down, right).sum()), ("false", down.abs().sum() + right.abs().sum())):
        found = invlang.loads(text.format(isotropic), dtype="float64").r.objective(x, x)
        torch.testing.assert_close(found, wanted)


def test_what_is_said_of_an_array_is_looked_at() -> None:
    """Signs that are none, lines that are elsewhere."""
    text = "unknown x : complex[4, 6]\ngiven {} \ndata y ~ Normal(Diagonal(s) @ Fourier() @ x, sigma = 1)\n"
    for said, array in (
        ("s : real[4, 6] ~ RandomSigns()", 2 * torch.ones(4, 6)),
        ("s : binary[1, 6] = RegularMask(factor = 2)", torch.ones(1, 6)),
    ):
        with pytest.raises(InvError, match="declared as"):
            invlang.loads(text.format(said), s=array)
