"""Tests of relative differences: against loops over pairs, their slope, convexity, and how fast the slope changes."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_captured, assert_gradient, draw

from invlang.kernels.neighbours import relative_difference, relative_slope

AXES = ((-1,), (-2, -1))


def by_pairs(x, gamma, epsilon, axes):
    total = 0.0
    for axis in axes:
        for i in np.ndindex(*x.shape):
            j = list(i)
            j[axis] += 1
            if j[axis] < x.shape[axis]:
                a, b = x[i], x[tuple(j)]
                total += (a - b) ** 2 / (a + b + gamma * abs(a - b) + epsilon)
    return total


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("gamma", [0.0, 2.0, 30.0])
def test_every_pair_of_neighbours_counts(axes, gamma):
    x = draw((2, 4, 5)).abs()
    x[0, 1, 2] = 0
    total = relative_difference(x, gamma, 0.1, axes).sum((-2, -1))
    np.testing.assert_allclose(total, [by_pairs(one.numpy(), gamma, 0.1, axes) for one in x], rtol=1e-12)
    value = lambda x: relative_difference(x, gamma, 0.1, axes).sum()
    leaf = x.clone().requires_grad_()
    torch.testing.assert_close(relative_slope(x, gamma, 0.1, axes), torch.autograd.grad(value(leaf), leaf)[0])
    assert_gradient(lambda x: relative_slope(x, gamma, 0.1, axes), x + 0.1)
    assert_captured(lambda x: relative_slope(x, gamma, 0.1, axes), x)
    gammas = torch.tensor([gamma, 1.0], dtype=x.dtype).reshape(2, 1, 1)
    torch.testing.assert_close(relative_slope(x, gammas, 0.1, axes)[1], relative_slope(x[1], 1.0, 0.1, axes))


@pytest.mark.parametrize("gamma", [0.0, 0.3, 2.0])
def test_it_is_convex_and_its_slope_changes_no_faster_than_declared(gamma):
    """⟨∇f(x) − ∇f(z), x − z⟩ lies between 0 and L ‖x − z‖², where samples are large, small, equal and zero."""
    bound = 16 * max(1, 2 / (1 + gamma) ** 2) / 0.1
    slope = lambda x: relative_slope(x, gamma, 0.1, (-2, -1))
    for seed in range(60):
        x = draw((4, 5), seed=seed).clamp(min=0) * 10.0 ** (seed % 5 - 3)
        z = (x + draw((4, 5), seed=seed + 100) * 10.0 ** (seed % 3 - 2)).clamp(min=0)
        product = ((slope(x) - slope(z)) * (x - z)).sum()
        assert 0 <= product <= bound * (x - z).square().sum()
