"""Several unknowns in turn: what PALM finds, that it never rises, and what a step is."""

from __future__ import annotations

import re

import pytest
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


@pytest.mark.parametrize(
    "mean, fits",
    [("u * v", True), ("u * exp(-1 * v)", False), ("u^2 * v", False), ("3 * u + u * v", True), ("abs(u) * v", False)],
)
def test_squares_are_linear_in_each_unknown_alone_or_refused(mean: str, fits: bool) -> None:
    """The curvature at a point bounds how steep the slope gets only where the slope is affine."""
    text = TEXT.replace("Normal(u * v", f"Normal({mean}").replace("ROUNDS", "5")
    if fits:
        invlang.loads(text)
        return
    with pytest.raises(invlang.InvError, match="no square of what is linear in each unknown alone"):
        invlang.loads(text)


def test_an_unknown_that_no_square_sees_goes_where_its_own_term_is_least() -> None:
    text = TEXT.replace(" + 2 * sq(v - 1 * mean_one)", "").replace("Normal(u * v", "Normal(u").replace("ROUNDS", "5")
    text = text.replace("+ 2 * sq(v) ", "").replace("norm1(u) ", "norm1(u) + norm1(v - 0.7) ")
    u, v = invlang.loads(text, dtype="float64").r(problem(1)[1])
    assert u.isfinite().all() and (v - 0.7).abs().max() < 1e-9 and v.shape == (2, 1, 5)


def test_what_an_unknown_is_called_does_not_matter() -> None:
    """Nor that `v` is what a direction is called in the paper."""
    _, y = problem(1)
    texts = [re.sub(r"\bu\b", a, re.sub(r"\bv\b", b, TEXT.replace("ROUNDS", "7"))) for a, b in (("u", "v"), ("p", "q"))]
    one, other = (invlang.loads(t, dtype="float64").r(y) for t in texts)
    for a, b in zip(one, other, strict=True):
        torch.testing.assert_close(a, b)
