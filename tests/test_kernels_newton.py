"""Tests of the proximal map by Newton's method: against slow minimisers, at extremes, differentiable, without host synchronisation."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_captured, assert_gradient
from scipy.special import wrightomega

from invlang.kernels.newton import newton_prox
from invlang.kernels.special import bessel_ratio, bessel_ratio_slope, log_bessel

GRID = torch.tensor([-300.0, -4.0, -0.1, 0.0, 0.3, 1.0, 2.5, 40.0, 700.0], dtype=torch.float64)


def fisher_tippett(y, l=3.0):
    return lambda z: (l * (z - y + torch.exp(y - z)), l * (1 - torch.exp(y - z)), l * torch.exp(y - z))


def gamma(y, l=3.0):
    return lambda z: (l * (z.log() + y / z), l * (1 / z - y / z**2), l * (2 * y / z**3 - 1 / z**2))


def rician(y, s=0.7):
    def term(z):
        value, slope = z**2 / (2 * s**2) - log_bessel(z * y / s**2), z / s**2 - y / s**2 * bessel_ratio(z * y / s**2)
        return value, slope, 1 / s**2 - (y / s**2) ** 2 * bessel_ratio_slope(z * y / s**2)

    return term


@pytest.mark.parametrize("step", [1e-3, 1.0, 50.0])
def test_a_steep_convex_term_has_the_closed_form_of_wrights_function(step):
    v, y = torch.meshgrid(GRID, GRID.clamp(-20, 40), indexing="ij")
    found = newton_prox(fisher_tippett(y), v, step, y, y)
    shift = v - 3 * step
    expected = shift + torch.from_numpy(wrightomega(np.log(3 * step) + (y - shift).numpy()).real)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("step", [1e-3, 0.2, 3.0, 100.0])
@pytest.mark.parametrize("make", [gamma, rician])
def test_a_term_that_is_not_convex_has_the_minimum_of_a_fine_grid(make, step):
    v, y = (
        t.reshape(-1) for t in torch.meshgrid(GRID.clamp(-4, 40), torch.tensor([0.05, 0.4, 1.0, 6.0]).double(), indexing="ij")
    )
    found = newton_prox(make(y), v, step, y if make is gamma else 0, y, floor=0.0, convex=False)
    z = torch.linspace(1e-4, 1, 40_001, dtype=torch.float64)[:, None] ** 2 * torch.maximum(v, y).clamp(min=0.1)
    values = lambda z: step * make(y)(z)[0] + (z - v) ** 2 / 2
    assert (values(found.clamp(min=1e-12)) <= values(z).amin(0) + 1e-6).all()


def test_it_never_leaves_the_bracket_nor_the_domain():
    v = torch.tensor([-5.0, 0.0, 1e-30, 1e30])
    found = newton_prox(gamma(torch.tensor(1.0)), v, 0.1, 1.0, 1.0, floor=0.0, convex=False)
    assert found.isfinite().all() and (found >= 0).all()


def test_it_is_differentiable_by_the_implicit_function_theorem():
    v, y, step = GRID[3:7].clone(), GRID[3:7].flip(0).clone(), torch.tensor(0.4, dtype=torch.float64)
    assert_gradient(lambda v, y, step: newton_prox(fisher_tippett(y), v, step, y, y), v, y, step)


def test_single_precision_and_capture():
    v, y = torch.linspace(-3, 3, 50), torch.linspace(2, -2, 50)
    double = newton_prox(fisher_tippett(y.double()), v.double(), 0.3, y.double(), y.double())
    torch.testing.assert_close(newton_prox(fisher_tippett(y), v, 0.3, y, y).double(), double, rtol=1e-5, atol=1e-5)
    assert_captured(lambda v, y: newton_prox(fisher_tippett(y), v, 0.3, y, y), v, y)
