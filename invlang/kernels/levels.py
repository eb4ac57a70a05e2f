"""Kernels that draw numbers and matrices: noise levels, dense random projections, random signs and phases."""

import torch
from torch import Tensor


def random_level(
    sizes: tuple[int, ...], like: Tensor, low: float, high: float, generator: torch.Generator | None = None
) -> Tensor:
    """A number, even between low and high, for each entry.  -> real[sizes]"""
    draws = torch.rand(sizes, generator=generator, dtype=torch.float64)
    return (low + (high - low) * draws).to(like.device, like.real.dtype)


def gaussian_matrix(
    sizes: tuple[int, ...], like: Tensor, field: str = "real", generator: torch.Generator | None = None
) -> Tensor:
    """Independent normal entries of variance 1/m, of a complex number in both parts together.  -> number[..., m, n]"""
    if field == "complex":
        parts = torch.randn(*sizes, 2, generator=generator, dtype=torch.float64) / (2 * sizes[-2]) ** 0.5
        return torch.view_as_complex(parts.to(like.device, like.real.dtype))
    draws = torch.randn(sizes, generator=generator, dtype=torch.float64) / sizes[-2] ** 0.5
    return draws.to(like.device, like.real.dtype)


def independent_signs(sizes: tuple[int, ...], like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent ±1 with equal chances.  -> real[sizes]"""
    signs = 1 - 2 * (torch.rand(sizes, generator=generator, dtype=torch.float64) < 0.5).double()
    return signs.to(like.device, like.real.dtype)


def independent_phases(sizes: tuple[int, ...], like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Independent complex numbers of modulus 1, every angle alike.  -> complex[sizes]"""
    angle = 2 * torch.pi * torch.rand(sizes, generator=generator, dtype=torch.float64)
    angle = angle.to(like.device, like.real.dtype)
    return torch.polar(torch.ones_like(angle), angle)
