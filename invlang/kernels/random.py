"""Kernels that draw random fields on the generator's device and move them to the data's; without one, torch's own serves."""

import torch
from torch import Tensor


def poisson(mean: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent Poisson counts with that mean; NaN where the mean is below 0.  real[...] -> real[...]"""
    source = mean if generator is None else mean.to(generator.device)
    counts = torch.poisson(source.clamp(min=0).nan_to_num(0.0), generator)
    return torch.where(source >= 0, counts, torch.nan).to(mean.device)


def binomial(count: Tensor, share: Tensor | float, generator: torch.Generator | None = None) -> Tensor:
    """How many of `count` things each kept with probability `share` are kept.  real[...] -> real[...]"""
    source = count if generator is None else count.to(generator.device)
    chance = torch.as_tensor(share, dtype=source.dtype, device=source.device).expand_as(source)
    return torch.binomial(source, chance, generator).to(count.device)


def standard_gamma(like: Tensor, shape: Tensor | float, generator: torch.Generator | None = None) -> Tensor:
    """Independent Gamma numbers of that shape and scale 1: mean and variance are the shape.  real[...] -> real[...]"""
    device = like.device if generator is None else generator.device
    shapes = torch.as_tensor(shape, dtype=like.dtype, device=device).expand(like.shape)
    return torch._standard_gamma(shapes.contiguous(), generator).to(like.device)


def standard_beta(
    like: Tensor, first: Tensor | float, second: Tensor | float, generator: torch.Generator | None = None
) -> Tensor:
    """Independent Beta(first, second) numbers between 0 and 1: a Gamma variable's share of two.  real[...] -> real[...]"""
    a = standard_gamma(like, first, generator)
    return a / (a + standard_gamma(like, second, generator))


def uniform(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent numbers between 0 and 1.  real[...] -> real[...]"""
    device = like.device if generator is None else generator.device
    return torch.rand(like.shape, generator=generator, dtype=like.real.dtype, device=device).to(like.device)


def uniform_per_sample(like: Tensor, rank: int, generator: torch.Generator | None = None) -> Tensor:
    """One number between 0 and 1 for each sample; the last `rank` axes are one sample.  number[..., n] -> real[...]"""
    device = like.device if generator is None else generator.device
    batch = like.shape[: like.ndim - rank]
    return torch.rand(batch, generator=generator, dtype=like.real.dtype, device=device).to(like.device)


def random_signs(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent ±1 with equal chances, in both parts of a complex number.  number[...] -> number[...]"""
    device = like.device if generator is None else generator.device
    shape = (*like.shape, 2) if like.is_complex() else like.shape
    signs = torch.randint(0, 2, shape, generator=generator, dtype=like.real.dtype, device=device) * 2 - 1
    return (torch.view_as_complex(signs) if like.is_complex() else signs).to(like.device)


def complex_normal(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent complex numbers, both parts normal with variance 1.  real[...] -> complex[...]"""
    device = like.device if generator is None else generator.device
    parts = torch.randn(*like.shape, 2, generator=generator, dtype=like.real.dtype, device=device)
    return torch.view_as_complex(parts).to(like.device)


def standard_normal(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent normal numbers, variance 1, for complex data 1 per real component.  number[...] -> number[...]"""
    device = like.device if generator is None else generator.device
    if like.is_complex():
        parts = torch.randn(*like.shape, 2, generator=generator, dtype=like.real.dtype, device=device)
        return torch.view_as_complex(parts).to(like.device)
    return torch.randn(like.shape, generator=generator, dtype=like.dtype, device=device).to(like.device)


def laplace(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent numbers of density ∝ exp(−|z|), always finite: variance 2, for complex data 3 in both parts.

    A real one is the difference of two exponential variables; a complex one has the sum of two as its modulus, and any angle.
    number[...] -> number[...]
    """
    device = like.device if generator is None else generator.device
    count = 3 if like.is_complex() else 2
    draws = torch.rand(count, *like.shape, generator=generator, dtype=like.real.dtype, device=device)
    first, second = torch.log1p(-draws[:2]).unbind()
    if like.is_complex():
        return torch.polar(-first - second, 2 * torch.pi * draws[2]).to(like.device)
    return (second - first).to(like.device)


def salt_and_pepper(x: Tensor, pepper: Tensor | float, salt: Tensor | float, generator: torch.Generator | None = None) -> Tensor:
    """x, but 0 with probability `pepper` and 1 with probability `salt`, each entry by itself.  real[...] -> real[...]"""
    chance = uniform(x, generator)
    return torch.where(chance < pepper, 0, torch.where(chance >= 1 - torch.as_tensor(salt), 1, x))
