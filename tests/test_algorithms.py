"""Algorithms that a program asks for by name, on problems of their templates: they end where a minimiser is, or say how near."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from counting import at_most

import invlang
from invlang.pipeline import check
from invlang.source import Source

HEAD = """
dim H = 6, W = 7
unknown x : FIELD[H, W]BOX
given   h : real[3, 3]
let     A = Blur(h, boundary = circular)
data    y ~ LAW
reconstruct r { minimize OBJECTIVE by ALGORITHM }
"""
LEAST_SQUARES = "fidelity(y) + 30 * sq(x)"
CASES = {
    "Landweber": (LEAST_SQUARES, ""),
    "Nesterov": (LEAST_SQUARES, ""),
    "CG": (LEAST_SQUARES, ""),
    "GD": (LEAST_SQUARES, ""),
    "MINRES": (LEAST_SQUARES, ""),
    "LSQR": (LEAST_SQUARES, ""),
    "BiCGStab": (LEAST_SQUARES, ""),
    "PGD": ("fidelity(y) + 30 * sq(x) + 4 * norm1(x)", ""),
    "FISTA": ("fidelity(y) + 30 * sq(x) + 4 * norm1(x)", ""),
    "DRS": ("0.5 * sq(x - y) + 0.1 * sq(x - 0.2) + 0.2 * norm1(x)", ""),
    "DavisYin": ("fidelity(y) + 30 * sq(x) + 4 * norm1(x)", " in [0, 0.7]"),
    "ADMM": ("fidelity(y) + 30 * sq(x) + 4 * TV(x)", " in [0, 0.7]"),
    "PDHG": ("30 * sq(x - y) + 4 * TV(x)", " in [0, 0.7]"),
    "CondatVu": ("fidelity(y) + 30 * sq(x) + 4 * TV(x)", " in [0, 0.7]"),
    "PD3O": ("fidelity(y) + 30 * sq(x) + 4 * TV(x)", " in [0, 0.7]"),
    "LorisVerhoeven": ("fidelity(y) + 30 * sq(x) + 4 * TV(x)", ""),
}


def program(objective: str, algorithm: str, box: str = "", law: str = "Normal(A @ x, sigma = 0.1)", field: str = "real") -> str:
    words = {"FIELD": field, "BOX": box, "LAW": law, "OBJECTIVE": objective, "ALGORITHM": algorithm}
    text = HEAD
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def problem(text: str) -> tuple[invlang.model.Model, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    kernel = torch.rand(3, 3, generator=generator, dtype=torch.float64) / 4.5
    model = invlang.loads(text, h=kernel, dtype="float64")
    truth = torch.zeros(6, 7, dtype=torch.float64)
    truth[1:4, 2:5], truth[4:, :2] = 1.0, 0.4
    return model, model.simulate(truth, seed=0)["y"]


def moved_by_a_step(x: torch.Tensor, y: torch.Tensor, objective: str, box: str) -> float:
    """How far another algorithm, begun at x, still goes in many rounds: 0 at a minimiser."""
    other = "ADMM(iterations = 3000)" if "TV" in objective else "PGD(iterations = 2000)"
    model, _ = problem(program(objective, other, box))
    return float((model.r(y) - x).abs().max())


@pytest.mark.parametrize("name", CASES)
def test_where_it_ends_is_the_minimiser_that_another_algorithm_finds(name: str) -> None:
    objective, box = CASES[name]
    model, y = problem(
        program(objective, f"{name}(iterations = {60 if name in ('CG', 'MINRES', 'LSQR', 'BiCGStab') else 6000})", box)
    )
    assert moved_by_a_step(model.r(y), y, objective, box) < 1e-8


@pytest.mark.parametrize("field", ["real", "complex"])
def test_half_quadratic_splitting_comes_as_near_as_its_penalty_is_large(field: str) -> None:
    objective = "fidelity(y) + 30 * sq(x) + 4 * TV(x)"
    law = "Normal(A @ x, sigma = 0.1)"
    exact, y = problem(program(objective, "ADMM(iterations = 2000)", field=field, law=law))
    least = float(exact.r.objective(exact.r(y), y))
    away = []
    for rounds in (20, 60, 120):
        near, _ = problem(program(objective, f"HQS(iterations = {rounds})", field=field, law=law))
        away.append(float(near.r.objective(near.r(y), y)) / least - 1)
    assert away[0] > away[1] > away[2] > 0 and away[2] < 2e-3


def test_richardson_lucy_is_mlem() -> None:
    law, box = "Poisson(50 * (A @ x) + 1)", " in [0, inf]"
    models = [problem(program("fidelity(y)", f"{name}(iterations = 40)", box, law)) for name in ("RichardsonLucy", "MLEM")]
    (one, y), (other, _) = models
    torch.testing.assert_close(one.r(y), other.r(y))


def test_an_algorithm_for_who_asks_for_it_is_not_chosen() -> None:
    text = program("fidelity(y) + 30 * sq(x) + 4 * TV(x)", "PD3O()").replace(" by PD3O()", "")
    assert not any(name in problem(text)[0].explain() for name in ("PD3O", "LorisVerhoeven", "HQS"))


@pytest.mark.parametrize("wrong", ["DRS(relax = 2)", "PD3O(step = 1)", "Landweber(step = 10)", "HQS(growth = 0.5)"])
def test_numbers_outside_the_region_are_refused(wrong: str) -> None:
    objective = "30 * sq(x - y)" if "Landweber" in wrong else "30 * sq(x - y) + 4 * norm1(x)"
    with pytest.raises(invlang.InvError, match="converges"):
        problem(program(objective, wrong))


def test_minimal_residuals_never_rise_also_where_the_objective_is_flat() -> None:
    text = program("fidelity(y)", "MINRES(iterations = 25)")
    text = text.replace("W = 7", "W = 8").replace("Blur(h", "Downsample(H, W, factor = 2) @ Blur(h")
    draw = torch.Generator().manual_seed(5)
    h, y = (torch.rand(*size, dtype=torch.float64, generator=draw) for size in ((3, 3), (3, 4)))
    model, slopes = invlang.loads(text, h=h / h.sum()), []
    model.r(y, watch=lambda k, x: slopes.append(float(model.A.H(model.A(x) - y).norm())))
    assert all(after <= before * (1 + 1e-9) + 1e-12 for before, after in zip(slopes, slopes[1:], strict=False))
    assert slopes[-1] < 1e-8 * slopes[0]


def test_an_algorithm_of_many_terms_is_found_soon() -> None:
    """Terms that could play the same roles play one together, and what is known of a value is worked out once."""
    objective = " + ".join(["norm2(x)", "TV(x)", "sq(x - y)"] * 13)
    with at_most(2_000_000):
        found = check(Source("many.inv", program(objective, "").replace("by  }", "}")), Path())
    assert found.diagnostics == ()
