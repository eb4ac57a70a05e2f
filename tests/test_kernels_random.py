"""Tests of the random kernels: moments, types, and one seed giving one draw."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_captured

from invlang.kernels.random import laplace, poisson, standard_normal


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("law, variance, fourth", [(standard_normal, 1, 3), (laplace, 2, 24)])
def test_each_real_component_has_the_moments_of_its_law(dtype, law, variance, fourth):
    x = law(torch.empty(400, 500, dtype=dtype), seeded())
    assert x.dtype == dtype and x.shape == (400, 500)
    if law is laplace and x.is_complex():  # density ∝ exp(−|z|): the modulus is a Gamma variable of shape 2
        variance, fourth = 3, 45
    for part in (x.real, x.imag) if x.is_complex() else (x,):
        assert abs(part.mean()) < 0.02
        assert part.var() == pytest.approx(variance, rel=0.02)
        assert (part**4).mean() == pytest.approx(fourth, rel=0.08)
    if x.is_complex():
        assert abs((x.real * x.imag).mean()) < 0.02


def test_poisson_counts_have_their_mean_and_variance():
    mean = torch.tensor([0.0, 0.5, 40.0]).reshape(3, 1).expand(3, 100_000)
    x = poisson(mean, seeded())
    torch.testing.assert_close(x.mean(1), mean[:, 0], rtol=0.02, atol=0)
    torch.testing.assert_close(x.var(1), mean[:, 0], rtol=0.02, atol=0)
    assert torch.equal(x, x.round()) and x.dtype == torch.float32


def test_a_seed_fixes_the_draw():
    like = torch.ones(5, 6)
    for law in (standard_normal, laplace, poisson):
        assert torch.equal(law(like, seeded(3)), law(like, seeded(3)))
        assert not torch.equal(law(like, seeded(3)), law(like, seeded(4)))
        assert law(like).shape == like.shape
        assert law(torch.ones(()), seeded()).shape == ()


def test_they_are_captured():
    for law in (standard_normal, laplace, poisson):
        torch.compiler.reset()
        assert torch.compile(law, fullgraph=True, backend="eager")(torch.ones(3, 4)).shape == (3, 4)
    assert_captured(lambda x: standard_normal(x).shape[0] + x, torch.ones(2))
