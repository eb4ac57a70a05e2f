"""Tests of special functions: against SciPy, at the edges, on plain numbers, and their derivatives."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_captured, assert_gradient
from scipy import special, stats

from invlang.kernels.special import (
    bessel_ratio,
    bessel_ratio_slope,
    digamma,
    log_bessel,
    mixture_fidelity,
    mixture_slope,
    rice_variance,
    trigamma,
)

POINTS = torch.tensor([-3.0, 0.0, 1e-5, 0.3, 2.0, 30.0, 5000.0], dtype=torch.float64)


def test_the_logarithm_of_the_bessel_function_is_finite_and_right():
    x = POINTS.numpy()
    torch.testing.assert_close(log_bessel(POINTS), torch.from_numpy(np.log(special.i0e(x)) + abs(x)))
    torch.testing.assert_close(bessel_ratio(POINTS), torch.from_numpy(special.i1e(x) / special.i0e(x)))


def test_each_is_the_derivative_of_the_one_before():
    x = POINTS.clone().requires_grad_()
    torch.testing.assert_close(torch.autograd.grad(log_bessel(x).sum(), x)[0], bessel_ratio(POINTS))
    h = 1e-5
    slope = (bessel_ratio(POINTS + h) - bessel_ratio(POINTS - h)) / (2 * h)
    torch.testing.assert_close(bessel_ratio_slope(POINTS), slope, atol=1e-9, rtol=1e-4)
    assert_gradient(bessel_ratio, POINTS[3:5])


@pytest.mark.parametrize("ours, theirs", [(digamma, special.digamma), (trigamma, lambda v: special.polygamma(1, v))])
def test_polygamma_functions_of_numbers_and_of_tensors(ours, theirs):
    assert ours(2.5) == pytest.approx(float(theirs(2.5)), rel=1e-8)
    torch.testing.assert_close(ours(POINTS[3:]), torch.from_numpy(theirs(POINTS[3:].numpy())), rtol=1e-8, atol=0)


def test_the_variance_of_a_modulus():
    mean = torch.tensor([0.0, 0.1, 1.0, 5.0, 9.9, 10.1, 12.0, 1e4], dtype=torch.float64)
    expected = torch.tensor([stats.rice.var(float(m) / 0.5, scale=0.5) for m in mean[:-1]], dtype=torch.float64)
    torch.testing.assert_close(rice_variance(mean[:-1], 0.5), expected, rtol=1e-4, atol=0)
    assert float(rice_variance(mean[-1:], 0.5)) == pytest.approx(0.25)


def test_they_are_captured():
    for kernel in (log_bessel, bessel_ratio, bessel_ratio_slope, digamma, trigamma, lambda x: rice_variance(x, 0.1)):
        assert_captured(kernel, POINTS[3:].float())


def test_a_mixture_over_deviations_has_its_gradient_and_is_captured():
    x = POINTS[1:5].reshape(2, 2)
    assert_gradient(lambda x: mixture_fidelity(x, 0.1, 0.7, 1), x)
    leaf = x.clone().requires_grad_()
    slope = torch.autograd.grad(mixture_fidelity(leaf, 0.1, 0.7, 1).sum(), leaf)[0]
    torch.testing.assert_close(slope, x * mixture_slope(x, 0.1, 0.7, 1)[:, None])
    assert_captured(lambda x: mixture_fidelity(x, 0.1, 0.7, 1), x)
