"""Kernels that draw random fields on the generator's device and move them to the data's; without one, torch's own serves."""

import torch
from torch import Tensor


def poisson(mean: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent Poisson counts with that mean ≥ 0.  real[...] -> real[...]"""
    source = mean if generator is None else mean.to(generator.device)
    return torch.poisson(source, generator).to(mean.device)


def standard_normal(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent normal numbers, variance 1, for complex data 1 per real component.  number[...] -> number[...]"""
    device = like.device if generator is None else generator.device
    if like.is_complex():
        parts = torch.randn(*like.shape, 2, generator=generator, dtype=like.real.dtype, device=device)
        return torch.view_as_complex(parts).to(like.device)
    return torch.randn(like.shape, generator=generator, dtype=like.dtype, device=device).to(like.device)


def laplace(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent Laplace numbers of scale 1 (variance 2), per real component; always finite.  number[...] -> number[...]"""
    device = like.device if generator is None else generator.device
    count = 2 if like.is_complex() else 1
    uniform = torch.rand(2, *like.shape, count, generator=generator, dtype=like.real.dtype, device=device)
    first, second = torch.log1p(-uniform).unbind()  # the difference of two exponential variables
    draws = (second - first).to(like.device)
    return torch.view_as_complex(draws) if like.is_complex() else draws.squeeze(-1)
