"""Tests of thresholds without convexity: each is the best point of a line of candidates, differentiable, and exactly zero below."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_captured, assert_gradient, draw

from invlang.kernels import thresholds as p

STEPS = (1e-3, 0.3, 4.0)
PRIORS = {
    "count": (p.hard_threshold, lambda z: (z != 0).to(z.real.dtype)),
    "root": (lambda x, t: p.power_threshold(x, t, 0.5), lambda z: z.abs().sqrt()),
    "power": (lambda x, t: p.power_threshold(x, t, 0.9), lambda z: z.abs() ** 0.9),
    "logarithm": (lambda x, t: p.log_threshold(x, t, 0.2), lambda z: (1 + z.abs() / 0.2).log()),
}


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("t", STEPS)
@pytest.mark.parametrize("name", PRIORS)
def test_no_candidate_is_better(dtype, t, name):
    prox, value = PRIORS[name]
    x = 2 * draw((40,), dtype)
    x[0] = 0
    found = prox(x, t)
    energy = lambda z: t * value(z) + (z - x).abs().square() / 2
    tolerance = 1e-5 if x.real.dtype == torch.float32 else 1e-10
    shares = torch.linspace(0, 1.1, 2201, dtype=x.real.dtype).reshape(-1, 1)
    assert (energy(found) <= energy(shares * x).amin(0) + tolerance).all()
    assert found.dtype == dtype and found[0] == 0
    one_each = torch.full((40,), t, dtype=x.real.dtype)
    torch.testing.assert_close(prox(x, one_each), found)


@pytest.mark.parametrize("name", PRIORS)
def test_gradients_and_capture(name):
    prox, _ = PRIORS[name]
    for dtype in (torch.float64, torch.complex128):
        assert_gradient(prox, 3 * draw((9,), dtype), torch.tensor(0.4, dtype=torch.float64))
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.grad(prox(x, 0.5).sum(), x)[0].isfinite().all()
    assert_captured(lambda x: prox(x, 0.5), draw((9,)))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("radius", [0.2, 3.0, 1e4])
def test_the_nearest_point_whose_lengths_add_up(dtype, radius):
    """All that is above zero was shortened by one amount, all else was shorter; nothing moves inside."""
    x = draw((2, 4, 5), dtype)
    found = p.project_to_l1_ball(x, radius, 2)
    total, cut = found.abs().sum((-2, -1)), x.abs() - found.abs()
    torch.testing.assert_close(total, x.abs().sum((-2, -1)).clamp(max=radius))
    most = cut.amax((-2, -1), keepdim=True)
    torch.testing.assert_close(torch.where(found.abs() > 0, cut, most), most.expand_as(cut))
    torch.testing.assert_close(found * x.abs(), x * found.abs())
    radii = torch.tensor([radius, 2.0], dtype=x.real.dtype).reshape(2, 1, 1)
    torch.testing.assert_close(p.project_to_l1_ball(x, radii, 2)[1], p.project_to_l1_ball(x[1], 2.0, 2))
