"""Kernels of convolutions, tap by tap: for kernels with few taps."""

import torch
from torch import Tensor


def convolve_inside(x: Tensor, h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """h * x where h lies inside x along the last `axes`.  number[..., n], number[..., taps] -> number[..., n − taps + 1]

    Leading axes of h are kernels of their own, each for the images there.
    """
    return correlate(x, h.flip(axes), axes)


def convolve_inside_adjoint(y: Tensor, h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The adjoint: y with zeros around it, and h the other way round.  number[..., n − taps + 1] -> number[..., n]"""
    margins = [taps - 1 for taps in reversed(h.shape[-len(axes) :]) for _ in range(2)]
    return correlate(torch.nn.functional.pad(y, margins), h.conj(), axes)


def correlate(x: Tensor, h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Σ_j h[j] x[i + j]: one row, the taps, times a matrix with a moved image for each of them."""
    k = len(axes)
    for axis, taps in zip(axes, h.shape[-k:], strict=True):
        x = x.unfold(axis, taps, 1).movedim(-1, 0)
    moved = x.permute(*range(k, x.ndim - k), *range(k - 1, -1, -1), *range(x.ndim - k, x.ndim))
    sizes = moved.shape[-k:]
    return (h.flatten(-k).unsqueeze(-2) @ moved.flatten(-k).flatten(-k - 1, -2)).squeeze(-2).unflatten(-1, sizes)
