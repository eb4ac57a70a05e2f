"""Kernels of the discrete gradient, forward differences along the trailing axes.

Boundary neumann: the last difference is zero; circular: the sample after the last is the first; dirichlet: the image is zero beyond
its border, which makes one difference more than there are samples along each axis.
"""

import torch
from torch import Tensor


def gradient(x: Tensor, axes: tuple[int, ...], boundary: str) -> Tensor:
    """∇x: the next sample minus this one, along each of `axes`.  number[..., n₁, …, nₖ] -> number[..., k, n₁, …, nₖ]

    dirichlet: number[..., k, n₁ + 1, …, nₖ + 1], what goes around the border with one zero in front of each axis.
    """
    k = len(axes)
    if boundary == "dirichlet":
        for axis in axes:
            x = torch.nn.functional.pad(x, (0, 0) * (-1 - axis) + (1, 0))
        return gradient(x, axes, "circular")
    g = x.new_empty(*x.shape[:-k], k, *x.shape[-k:])
    for i, axis in enumerate(axes):
        last = x.shape[axis] - 1
        ahead = g.select(-k - 1, i)
        ahead.narrow(axis, 0, last).copy_(x.narrow(axis, 1, last))
        ahead.narrow(axis, last, 1).copy_(x.narrow(axis, 0 if boundary == "circular" else last, 1))
    return g.sub_(x.unsqueeze(-k - 1))


def gradient_adjoint(g: Tensor, axes: tuple[int, ...], boundary: str) -> Tensor:
    """∇ᴴg, minus the divergence, with backward differences.  number[..., k, n₁, …, nₖ] -> number[..., n₁, …, nₖ]

    dirichlet: number[..., k, n₁ + 1, …, nₖ + 1] -> number[..., n₁, …, nₖ]
    """
    k = len(axes)
    if boundary == "dirichlet":
        wide = gradient_adjoint(g, axes, "circular")
        for axis in axes:
            wide = wide.narrow(axis, 1, wide.shape[axis] - 1)
        return wide
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
        if boundary != "dirichlet":
            first_sees, last_sees = (last, 0) if boundary == "circular" else (0, last)
            y.narrow(axis, 0, 1).sub_(x.narrow(axis, first_sees, 1))
            y.narrow(axis, last, 1).sub_(x.narrow(axis, last_sees, 1))
    return y


def laplacian_eigenvalues(sizes: tuple[int, ...], boundary: str, like: Tensor, axes: tuple[int, ...] = ()) -> Tensor:
    """The eigenvalues of ∇ᴴ∇: in the Fourier basis if circular, the cosine basis if neumann, the sine basis if dirichlet.  -> real[n₁, …, nₖ]

    axes: where they stand from the end, among others that are 1 in `sizes`; without them all are meant.
    """
    total = torch.zeros((), dtype=like.real.dtype, device=like.device)
    for axis in axes or range(-len(sizes), 0):
        n = sizes[axis]
        k = torch.arange(n, dtype=total.dtype, device=total.device)
        angle = torch.pi * (k / n if boundary == "circular" else k / (2 * n) if boundary == "neumann" else (k + 1) / (2 * n + 2))
        values = 4 * angle.sin().square()  # 2 − 2 cos(2 angle), without cancellation
        total = total + values.reshape((-1,) + (1,) * (-1 - axis))
    return total


def symmetric_gradient(w: Tensor, axes: tuple[int, ...]) -> Tensor:
    """∂ᵢwᵢ, and (∂ⱼwᵢ + ∂ᵢwⱼ) / √2 for i < j, by backward differences: the length is Frobenius' norm of the symmetric matrix.

    Where a forward difference that ends at the border has no sample beside it, ∂ᵢwᵢ is zero.  number[..., k, n₁, …] -> number[..., k (k + 1) / 2, n₁, …]
    """
    k = len(axes)
    part = [w.select(-k - 1, i) for i in range(k)]
    found = []
    for i in range(k):
        for j in range(i, k):
            if i == j:
                found.append(backward_difference(part[i], axes[i], True))
            else:
                both = backward_difference(part[i], axes[j], False) + backward_difference(part[j], axes[i], False)
                found.append(both * 0.5**0.5)
    return torch.stack(found, -k - 1)


def symmetric_gradient_adjoint(e: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The adjoint of `symmetric_gradient`.  number[..., k (k + 1) / 2, n₁, …] -> number[..., k, n₁, …]"""
    k = len(axes)
    part = iter(e.unbind(-k - 1))
    found = [torch.zeros_like(e.select(-k - 1, 0)) for _ in range(k)]
    for i in range(k):
        for j in range(i, k):
            one = next(part)
            if i == j:
                found[i] = found[i] + backward_difference_adjoint(one, axes[i], True)
            else:
                found[i] = found[i] + backward_difference_adjoint(one, axes[j], False) * 0.5**0.5
                found[j] = found[j] + backward_difference_adjoint(one, axes[i], False) * 0.5**0.5
    return torch.stack(found, -k - 1)


def backward_difference(x: Tensor, axis: int, inside: bool) -> Tensor:
    """This sample minus the one before, zero at the first; with `inside` also at the last.  number[..., n] -> number[..., n]"""
    n = x.shape[axis]
    steps = x.narrow(axis, 1, n - 1) - x.narrow(axis, 0, n - 1)
    if inside:
        steps = steps.narrow(axis, 0, max(n - 2, 0))
    first, last = x.narrow(axis, 0, 1), x.narrow(axis, 0, 1 if inside and n > 1 else 0)
    return torch.cat((torch.zeros_like(first), steps, torch.zeros_like(last)), axis)


def backward_difference_adjoint(d: Tensor, axis: int, inside: bool) -> Tensor:
    """The adjoint of `backward_difference`.  number[..., n] -> number[..., n]"""
    n = d.shape[axis]
    used = d.narrow(axis, 1, max(n - 2, 0) if inside else n - 1)
    x = torch.zeros_like(d)
    x.narrow(axis, 1, used.shape[axis]).add_(used)
    x.narrow(axis, 0, used.shape[axis]).sub_(used)
    return x
