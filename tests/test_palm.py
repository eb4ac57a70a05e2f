"""Several unknowns in turn: what PALM finds, that it never rises, and what a step is."""

from __future__ import annotations

import torch

import invlang

TEXT = """
dim H = 4, W = 5
unknown u : real[H, W] in [0, 3]
unknown v : real[1, W] in [0.5, 1.5]
data    y ~ Normal(u * v, sigma = 0.5)
reconstruct r { minimize fidelity(y) + 0.3 * sq(u) + 2 * sq(v - 1 * mean_one) + 0.1 * norm1(u)  by PALM(iterations = ROUNDS) nonconvex start u = y, v = 1 }
""".replace(" - 1 * mean_one", "")


def problem(rounds: int) -> tuple[invlang.model.Model, torch.Tensor]:
    y = 2 * torch.rand(2, 4, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return invlang.loads(TEXT.replace("ROUNDS", str(rounds)), dtype="float64"), y


def test_it_ends_where_no_proximal_gradient_step_moves_it() -> None:
    model, y = problem(400)
    points = [x.clone().requires_grad_(True) for x in model.r(y)]
    u, v = points
    smooth = 2 * (u * v - y).square().sum() + 0.3 * u.square().sum() + 2 * v.square().sum()
    slopes = torch.autograd.grad(smooth, points)
    shrunk = (u - slopes[0]) - 0.1
    assert (u - shrunk.clamp(0, 3)).abs().max() < 1e-8
    assert (v - (v - slopes[1]).clamp(0.5, 1.5)).abs().max() < 1e-8


def test_the_objective_never_rises_and_samples_do_not_see_each_other() -> None:
    model, y = problem(30)
    values: list[torch.Tensor] = []
    together = model.r(y, watch=lambda k, x: values.append(model.r.objective(*x, y)))
    assert all(bool((after <= before + 1e-12).all()) for before, after in zip(values, values[1:], strict=False))
    for i, one in enumerate(y):
        for found, alone in zip(together, model.r(one), strict=True):
            torch.testing.assert_close(found[i], alone)


def test_the_unknowns_take_turns() -> None:
    """The second unknown's step is at the first one's new value."""
    model, y = problem(1)
    u, v = model.r(y[0])
    least = lambda t: 4 * (t * t).max()
    begin = y[0].clamp(0, 3)
    one = torch.ones(1, 5, dtype=torch.float64)
    step = 1 / (1.1 * 1.02 * (least(one) + 0.6))
    expected = (begin - step * (4 * (begin * one - y[0]) * one + 0.6 * begin) - 0.1 * step).clamp(0, 3)
    torch.testing.assert_close(u, expected, atol=1e-2, rtol=1e-2)
    assert not torch.equal(v, one)
