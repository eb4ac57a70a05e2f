"""Kernels that move each channel by its own number of samples."""

import torch
from torch import Tensor


def shear(x: Tensor, axes: tuple[int, int], step: int = 1) -> Tensor:
    """Entry c of the first axis moved circularly by c · step samples along the second.  number[..., c, ..., n] -> the same"""
    channels, moved = axes
    count, n = x.shape[channels], x.shape[moved]
    shape = [1] * -channels
    shape[channels], shape[moved] = count, n
    c, i = torch.arange(count, device=x.device)[:, None], torch.arange(n, device=x.device)
    source = ((i - step * c) % n).reshape(shape)
    return torch.take_along_dim(x, source.reshape((1,) * (x.ndim - len(shape)) + tuple(shape)), x.ndim + moved)


def shear_adjoint(y: Tensor, axes: tuple[int, int], step: int = 1) -> Tensor:
    """Each channel moved back, which is also the inverse.  number[..., c, ..., n] -> the same"""
    return shear(y, axes, -step)
