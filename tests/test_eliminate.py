"""An unknown that nothing but squares see is left out: the others are found without it, and the optimum is the joint one."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import invlang
from invlang.plan.eliminate import eliminated
from tests.dense import program_of

SEEN = "Normal(Blur(h) @ x + z, sigma = 0.5)"
LINES = "dim H = 4, W = 5\ngiven h : real[3, 3]\nunknown x : real[H, W]{}\nunknown z : real[H, W]{}\ndata y ~ {}\nreconstruct r {{{{ minimize {} {{}} }}}}\n"
H = torch.tensor(np.random.default_rng(0).normal(size=(3, 3)))
Y = torch.tensor(np.random.default_rng(1).normal(size=(4, 5)))


def text(objective: str, law: str = SEEN, x: str = "", z: str = "", by: str = "") -> str:
    return LINES.format(x, z, law, objective).format(by)


def is_left_out(**said: str) -> str | None:
    program = program_of(text(**said))
    found = eliminated(program.estimators[0], program)
    return None if found is None else found.name


SOLVED = [
    ("fidelity(y) + 2 * sq(z) + 0.5 * norm1(x)", "z"),
    ("fidelity(y) + 2 * sq(z) + sq(Gradient(H, W, boundary = circular) @ z) + 0.5 * TV(x)", "z"),
    ("fidelity(y) + 2 * sq(z - 0.3) + 0.5 * TV(x)", "z"),
    ("fidelity(y) + 2 * sq(x + 0.1) + 0.5 * norm1(z)", "x"),
    ("fidelity(y) + 2 * sq(z) + 3 * sq(x - z) + 0.5 * norm1(x)", "z"),
]


@pytest.mark.parametrize("objective, name", SOLVED)
def test_the_optimum_is_that_of_both_together(objective: str, name: str) -> None:
    """Against PDHG, asked for over both unknowns; and the compiler says what it left out."""
    assert is_left_out(objective=objective) == name
    few = invlang.loads(text(objective), dtype="float64", h=H)
    joint = invlang.loads(text(objective, by="by PDHG(iterations = 4000)"), dtype="float64", h=H)
    found, wanted = few.r(Y), joint.r(Y)
    assert re.search(rf"{name} is left out", few.explain())
    assert float(few.r.objective(*found, Y)) == pytest.approx(float(joint.r.objective(*wanted, Y)), rel=1e-6)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, atol=2e-3, rtol=0)


def test_the_best_value_is_that_of_the_normal_equations() -> None:
    """At the x that is found, no other z is better: the gradient with respect to z is 0; each sample of a batch by itself."""
    model = invlang.loads(text("fidelity(y) + 2 * sq(z) + 0.5 * norm1(x)"), dtype="float64", h=H)
    batch = torch.stack([Y, 2 * Y.flip(0)])
    x, z = model.r(batch)
    z = z.detach().requires_grad_()
    model.r.objective(x, z, batch).sum().backward()
    assert z.grad is not None and float(z.grad.abs().max()) < 1e-10
    torch.testing.assert_close(z[0], model.r(Y)[1])


REFUSED = [
    {"objective": "fidelity(y) + 2 * sq(z) + 0.5 * norm1(x)", "z": " in [0, 1]"},  # a constraint is no square
    {"objective": "fidelity(y) + norm1(z) + 0.5 * norm1(x)"},
    {"objective": "fidelity(y) - 0.1 * sq(z) + 0.5 * norm1(x)"},  # not convex in z for sure
    {"objective": "fidelity(y) + 2 * sq(z) + norm1(x)", "law": "Normal(x, sigma = 0.5)"},  # nothing sees both
    {"objective": "fidelity(y) + sq(Gradient(H, W) @ z) + norm1(x)", "law": "Normal(x + Blur(h) @ z, sigma = 0.5)"},
    {"objective": "fidelity(y) + 2 * sq(z) + norm1(x)", "law": "Laplace(x + z, scale = 0.5)"},
]


@pytest.mark.parametrize("said", REFUSED, ids=lambda s: " ".join(s.values()))
def test_what_has_no_closed_form_stays(said: dict[str, str]) -> None:
    assert is_left_out(**said) is None


def test_what_ends_by_itself_keeps_all_its_unknowns() -> None:
    assert is_left_out(objective="fidelity(y) + 2 * sq(z) + norm1(x)", by="stop when change < 1e-4") is None
