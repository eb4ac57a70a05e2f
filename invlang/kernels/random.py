"""Kernels that draw random fields on the generator's device and move them to the data's; without one, torch's own serves.

A list of generators has one for each sample: the leading axes of a batch, together, are as many.
"""

import torch
from torch import Tensor


def drawn(draw, generator: torch.Generator | list | None, *fields: Tensor) -> Tensor:
    """draw(generator, *fields), which is as large as the first field.

    From several generators each sample by itself, and in double precision, so that it is the same in every precision.
    """
    place = fields[0].device
    if isinstance(generator, list):
        rows = [field.expand(fields[0].shape).reshape(len(generator), -1).double() for field in fields]
        parts = [drawn(draw, own, *row) for own, *row in zip(generator, *rows, strict=True)]
        return torch.stack(parts).reshape(fields[0].shape).to(fields[0].dtype)
    if generator is not None:
        fields = tuple(field.to(generator.device) for field in fields)
    return draw(generator, *fields).to(place)


def poisson(mean: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent Poisson counts with that mean; NaN where the mean is below 0.  real[...] -> real[...]"""
    counts = drawn(lambda own, m: torch.poisson(m, own), generator, mean.clamp(min=0).nan_to_num(0.0))
    return torch.where(mean >= 0, counts, torch.nan)


def binomial(count: Tensor, share: Tensor | float, generator: torch.Generator | list | None = None) -> Tensor:
    """How many of `count` things each kept with probability `share` are kept.  real[...] -> real[...]"""
    chance = torch.as_tensor(share, dtype=count.dtype, device=count.device).expand_as(count)
    return drawn(lambda own, n, p: torch.binomial(n, p, own), generator, count, chance)


def standard_gamma(like: Tensor, shape: Tensor | float, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent Gamma numbers of that shape and scale 1: mean and variance are the shape.  real[...] -> real[...]"""
    shapes = torch.as_tensor(shape, dtype=like.dtype, device=like.device).expand(like.shape)
    return drawn(lambda own, a: torch._standard_gamma(a.contiguous(), own), generator, shapes)


def standard_beta(
    like: Tensor, first: Tensor | float, second: Tensor | float, generator: torch.Generator | list | None = None
) -> Tensor:
    """Independent Beta(first, second) numbers between 0 and 1: a Gamma variable's share of two.  real[...] -> real[...]"""
    a = standard_gamma(like, first, generator)
    return a / (a + standard_gamma(like, second, generator))


def uniform(like: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent numbers between 0 and 1.  real[...] -> real[...]"""
    return drawn(lambda own, x: torch.rand(x.shape, generator=own, dtype=x.dtype, device=x.device), generator, like.real)


def uniform_per_sample(like: Tensor, rank: int, generator: torch.Generator | list | None = None) -> Tensor:
    """One number between 0 and 1 for each sample; the last `rank` axes are one sample.  number[..., n] -> real[...]"""
    one = torch.empty(like.shape[: like.ndim - rank], dtype=like.real.dtype, device=like.device)
    return uniform(one, generator)


def random_signs(like: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent ±1 with equal chances, in both parts of a complex number.  number[...] -> number[...]"""
    parts = torch.view_as_real(like.resolve_conj()) if like.is_complex() else like
    chance = uniform(parts, generator)
    signs = torch.where(chance < 0.5, -torch.ones_like(chance), 1)
    return torch.view_as_complex(signs) if like.is_complex() else signs


def complex_normal(like: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent complex numbers, both parts normal with variance 1.  real[...] -> complex[...]"""
    parts = torch.empty(*like.shape, 2, dtype=like.real.dtype, device=like.device)
    return torch.view_as_complex(standard_normal(parts, generator))


def standard_normal(like: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent normal numbers, variance 1, for complex data 1 per real component.  number[...] -> number[...]"""
    if like.is_complex():
        return complex_normal(like.real, generator)
    return drawn(lambda own, x: torch.randn(x.shape, generator=own, dtype=x.dtype, device=x.device), generator, like)


def laplace(like: Tensor, generator: torch.Generator | list | None = None) -> Tensor:
    """Independent numbers of density ∝ exp(−|z|), always finite: variance 2, for complex data 3 in both parts.

    A real one is the difference of two exponential variables; a complex one has the sum of two as its modulus, and any angle.
    number[...] -> number[...]
    """
    count = 3 if like.is_complex() else 2
    draws = uniform(torch.empty(*like.shape, count, dtype=like.real.dtype, device=like.device), generator)
    first, second = torch.log1p(-draws[..., :2]).unbind(-1)
    return torch.polar(-first - second, 2 * torch.pi * draws[..., 2]) if like.is_complex() else second - first


def salt_and_pepper(
    x: Tensor, pepper: Tensor | float, salt: Tensor | float, generator: torch.Generator | list | None = None
) -> Tensor:
    """x, but 0 with probability `pepper` and 1 with probability `salt`, each entry by itself.  real[...] -> real[...]"""
    chance = uniform(x, generator)
    return torch.where(chance < pepper, 0, torch.where(chance >= 1 - torch.as_tensor(salt), 1, x))
