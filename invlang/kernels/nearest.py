"""Kernels of the circulant that is nearest to an operator."""

import torch
from torch import Tensor


def seen_through(t: Tensor, weights: Tensor, axes: tuple[int, ...], ranks: tuple[int, int]) -> Tensor:
    """The diagonal of F Dᴴ Fᴴ diag(t) F D Fᴴ for D = diag(weights): Σ_j t[j] |ŵ[j − k]|² / n².  real[..., n], number[..., n] -> real[..., n]

    ranks: of t and of the weights without their batch.
    """
    batch = t.ndim - ranks[0]
    t = t.reshape(*t.shape[:batch], *(1,) * (ranks[1] - ranks[0]), *t.shape[batch:])
    sizes = torch.broadcast_shapes(t.shape, weights.shape)
    power = torch.fft.fftn(weights.expand(sizes), dim=axes, norm="forward").abs().square()
    spectra = torch.fft.fftn(t.expand(sizes), dim=axes) * torch.fft.fftn(power, dim=axes).conj()
    return torch.fft.ifftn(spectra, dim=axes).real


def toeplitz_mean(t: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The spectrum of T. Chan's circulant of the first samples of Fᴴ diag(t) F.  real[..., N] -> real[..., n]

    Along each axis the circulant's entry k is the mean of the Toeplitz matrix's diagonals k and k − n, over all their places. [Chan 1988]
    """
    c = torch.fft.ifftn(t, dim=axes)
    for axis, n in zip(axes, sizes, strict=True):
        k = torch.arange(n, device=t.device)
        share = (k.to(t.dtype) / n).reshape((-1,) + (1,) * (-axis - 1))
        c = (1 - share) * c.index_select(axis, k) + share * c.index_select(axis, (k - n) % c.shape[axis])
    return torch.fft.fftn(c, dim=axes).real


def inverse_root(d: Tensor, axes: tuple[int, ...]) -> Tensor:
    """1 / √d, of entries not below 10⁻⁶ of the largest.  real[..., n] -> real[..., n]"""
    return d.clamp(min=1e-6 * d.amax(axes, keepdim=True)).rsqrt()
