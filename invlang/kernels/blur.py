"""Kernels of convolutions, tap by tap: for kernels with few taps."""

import torch
from torch import Tensor


def convolve_inside(x: Tensor, h: Tensor, axes: tuple[int, ...], turned: Tensor | None = None) -> Tensor:
    """h * x where h lies inside x along the last `axes`.  number[..., n], number[..., taps] -> number[..., n − taps + 1]

    Leading axes of h are kernels of their own, each for the images there.  turned: h the other way round, where that is known.
    """
    return correlate(x, h.flip(axes) if turned is None else turned, axes)


def kernel_turned(h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """h the other way round along `axes`.  number[..., taps] -> number[..., taps]"""
    return h.flip(axes)


def convolve_inside_adjoint(y: Tensor, h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The adjoint: y with zeros around it, and h the other way round.  number[..., n − taps + 1] -> number[..., n]"""
    margins = [taps - 1 for taps in reversed(h.shape[-len(axes) :]) for _ in range(2)]
    return correlate(torch.nn.functional.pad(y, margins), h.conj(), axes)


def correlate(x: Tensor, h: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Σ_j h[j] x[i + j].  Few small images by torch's convolution, others one tap after the other, which needs no copies of them."""
    k = len(axes)
    if k <= 3 and x.numel() <= 2**15:
        return correlate_by_groups(x, h, k)
    moved = [x]
    for axis, taps in zip(axes, h.shape[-k:], strict=True):
        moved = [one for view in moved for one in view.unfold(axis, taps, 1).unbind(-1)]
    weights = h.flatten(-k)[(..., *(None,) * k)].unbind(-1 - k)
    y = moved[0] * weights[0]
    for view, weight in zip(moved[1:], weights[1:], strict=True):
        y = y.addcmul_(view, weight)
    return y


def correlate_by_groups(x: Tensor, h: Tensor, k: int) -> Tensor:
    """The same along the last k axes, each image a channel with a kernel of its own."""
    convolution = (torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d)[k - 1]
    lead = x.shape[:-k]
    if h.ndim > k:
        lead = torch.broadcast_shapes(lead, h.shape[:-k])
        x, h = x.expand(*lead, *x.shape[-k:]), h.expand(*lead, *h.shape[-k:])
    images = x.reshape(1, -1, *x.shape[-k:])
    count = images.shape[1]
    found = convolution(images, h.reshape(-1, 1, *h.shape[-k:]).expand(count, *(-1,) * (k + 1)), groups=count)
    return found.reshape(*lead, *found.shape[2:])
