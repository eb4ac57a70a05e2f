"""Kernels of the discrete gradient, forward differences along the trailing axes.

Boundary neumann: the last difference is zero; circular: the sample after the last is the first.
"""

import torch
from torch import Tensor


def gradient(x: Tensor, axes: tuple[int, ...], boundary: str) -> Tensor:
    """∇x: the next sample minus this one, along each of `axes`.  number[..., n₁, …, nₖ] -> number[..., k, n₁, …, nₖ]"""
    k = len(axes)
    g = x.new_empty(*x.shape[:-k], k, *x.shape[-k:])
    for i, axis in enumerate(axes):
        last = x.shape[axis] - 1
        ahead = g.select(-k - 1, i)
        ahead.narrow(axis, 0, last).copy_(x.narrow(axis, 1, last))
        ahead.narrow(axis, last, 1).copy_(x.narrow(axis, 0 if boundary == "circular" else last, 1))
    return g.sub_(x.unsqueeze(-k - 1))


def gradient_adjoint(g: Tensor, axes: tuple[int, ...], boundary: str) -> Tensor:
    """∇ᴴg, minus the divergence, with backward differences.  number[..., k, n₁, …, nₖ] -> number[..., n₁, …, nₖ]"""
    k = len(axes)
    x = -g.select(-k - 1, 0)
    for i, axis in enumerate(axes):
        p = g.select(-k - 1, i)
        last = p.shape[axis] - 1
        if i:
            x.sub_(p)
        x.narrow(axis, 1, last).add_(p.narrow(axis, 0, last))
        x.narrow(axis, 0 if boundary == "circular" else last, 1).add_(p.narrow(axis, last, 1))
    return x


def gradient_gram(x: Tensor, axes: tuple[int, ...], boundary: str) -> Tensor:
    """∇ᴴ∇x, minus the Laplacian: each sample minus its neighbours.  number[..., n₁, …, nₖ] -> number[..., n₁, …, nₖ]"""
    y = 2 * len(axes) * x
    for axis in axes:
        last = x.shape[axis] - 1
        y.narrow(axis, 1, last).sub_(x.narrow(axis, 0, last))
        y.narrow(axis, 0, last).sub_(x.narrow(axis, 1, last))
        first_sees, last_sees = (last, 0) if boundary == "circular" else (0, last)
        y.narrow(axis, 0, 1).sub_(x.narrow(axis, first_sees, 1))
        y.narrow(axis, last, 1).sub_(x.narrow(axis, last_sees, 1))
    return y


def laplacian_eigenvalues(sizes: tuple[int, ...], boundary: str, like: Tensor) -> Tensor:
    """The eigenvalues of ∇ᴴ∇: in the Fourier basis if circular, in the cosine basis if neumann.  -> real[n₁, …, nₖ]"""
    total = torch.zeros((), dtype=like.real.dtype, device=like.device)
    for i, n in enumerate(sizes):
        k = torch.arange(n, dtype=total.dtype, device=total.device)
        angle = torch.pi * k / (n if boundary == "circular" else 2 * n)
        values = 4 * angle.sin().square()  # 2 − 2 cos(2 angle), without cancellation
        total = total + values.reshape((-1,) + (1,) * (len(sizes) - 1 - i))
    return total
