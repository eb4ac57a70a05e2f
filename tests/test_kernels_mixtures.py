"""Tests of the kernels of Gaussian mixtures against torch's own distributions, and of all patches against loops."""

import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from invlang.kernels.mixtures import eigenvalues, eigenvectors, mixture_energy, mixture_gradient, mixture_mean
from invlang.kernels.selection import all_patches, all_patches_adjoint


def mixture(k=3, n=4):
    factors = draw((k, n, n + 2), seed=1)
    return torch.softmax(draw((k,), seed=2), 0), draw((k, n), seed=3), factors @ factors.mT / n + 0.1 * torch.eye(n)


def arrays(weights, means, covariances):
    return weights, means, eigenvalues(covariances), eigenvectors(covariances)


def energy(x, weights, means, covariances):
    """Of the columns of x, by torch's distributions."""
    law = MixtureSameFamily(Categorical(weights), MultivariateNormal(means, covariances))
    return -law.log_prob(x.mT).unsqueeze(-2)


def test_the_energy_is_minus_the_logarithm_of_the_density_and_has_that_gradient():
    given, x = mixture(), draw((2, 4, 5)).requires_grad_()
    value = energy(x, *given)
    torch.testing.assert_close(mixture_energy(x, *arrays(*given)), value)
    (slope,) = torch.autograd.grad(value.sum(), x)
    torch.testing.assert_close(mixture_gradient(x.detach(), *arrays(*given)), slope)


@pytest.mark.parametrize("noise", [0.01, 0.3, 20.0])
def test_the_mean_under_noise_is_that_of_tweedies_formula(noise):
    """E[z | z + n] = x + noise · ∇ log p(x) for the density p of what is seen, whose covariances are wider by the noise."""
    (weights, means, covariances), x = mixture(), draw((4, 6)).requires_grad_()
    value = energy(x, weights, means, covariances + noise * torch.eye(4))
    (slope,) = torch.autograd.grad(value.sum(), x)
    found = mixture_mean(x.detach(), noise, *arrays(weights, means, covariances))
    torch.testing.assert_close(found, x.detach() - noise * slope)
    each = torch.tensor([noise, 0.5], dtype=torch.float64)[:, None, None]
    both = mixture_mean(x.detach().expand(2, 4, 6), each, *arrays(weights, means, covariances))
    torch.testing.assert_close(both[0], found)


def test_far_away_and_nearly_flat_components_stay_finite():
    weights, means, covariances = mixture()
    covariances = covariances.clone()
    covariances[0] = torch.ones(4, 4, dtype=torch.float64)  # of rank 1
    x = 1e4 * draw((4, 3))
    for found in (mixture_energy, mixture_gradient):
        assert torch.isfinite(found(x, *arrays(weights, means, covariances))).all()
    assert torch.isfinite(mixture_mean(x, 0.1, *arrays(weights, means, covariances))).all()


def test_gradients_and_capture():
    weights, means, covariances = mixture(2, 3)
    parts, x = arrays(weights, means, covariances), draw((3, 2))
    assert_gradient(
        lambda x, w, m, c: mixture_mean(x, 0.2, w, m, eigenvalues(c + c.mT), eigenvectors(c + c.mT)),
        x,
        weights,
        means,
        covariances,
    )
    assert_gradient(lambda x: mixture_gradient(x, *parts), x)
    assert_captured(lambda x: mixture_mean(x, 0.2, *parts) + mixture_energy(x, *parts), x)


@pytest.mark.parametrize(
    ("sizes", "size", "every"), [((5,), (3,), 1), ((4, 6), (2, 4), 2), ((3, 2), (5, 1), 1), ((2, 3, 4), (2, 1, 2), 1)]
)
def test_all_patches_are_windows_around_the_border(sizes, size, every):
    x, axes = draw((2, *sizes)), tuple(range(-len(sizes), 0))
    found = all_patches(x, axes, size, every)
    places = tuple(n // every for n in sizes)
    assert found.shape == (2, torch.tensor(size).prod(), *places)
    for place in torch.cartesian_prod(*map(torch.arange, places)).reshape(-1, len(sizes)):
        rolled = x.roll([-int(p) * every for p in place], axes)
        wide = rolled
        for axis, length in zip(axes, size, strict=True):
            wide = wide.index_select(axis, torch.arange(length) % x.shape[axis])
        torch.testing.assert_close(found[(..., *map(int, place))], wide.flatten(1))


@pytest.mark.parametrize("every", [1, 2])
def test_adjoint_of_all_patches(every):
    forward, adjoint = (
        (lambda x: all_patches(x, (-2, -1), (4, 2), every)),
        (lambda y: all_patches_adjoint(y, (-2, -1), (4, 2), every)),
    )
    assert_adjoint_everywhere(forward, adjoint, (4, 6), (torch.float32, torch.float64, torch.complex128))
    x = draw((4, 6))
    torch.testing.assert_close(adjoint(forward(x)), 8 / every**2 * x)
