"""Kernels that widen an image beyond its border and cut it, along any axes, with exact adjoints.

Modes: zero; circular (the other side); reflect (a mirror in the border sample, which is not repeated); replicate (that sample).
"""

import torch
from torch import Tensor


def pad(x: Tensor, axes: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...], mode: str) -> Tensor:
    """x with `before` and `after` more samples along each of `axes`.  number[..., n] -> number[..., before + n + after]"""
    for axis, left, right in zip(axes, before, after, strict=True):
        if mode == "zero":
            head, tail = torch.zeros_like(x.narrow(axis, 0, 1)), torch.zeros_like(x.narrow(axis, 0, 1))
            widths = [-1] * x.ndim
            widths[axis] = left
            head = head.expand(widths)
            widths[axis] = right
            tail = tail.expand(widths)
        else:
            index = border_index(x.shape[axis], left, right, mode, x.device)
            head, tail = x.index_select(axis, index[:left]), x.index_select(axis, index[left:])
        x = torch.cat((head, x, tail), axis)
    return x


def pad_adjoint(y: Tensor, axes: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...], mode: str) -> Tensor:
    """Each border sample added to the sample it was copied from.  number[..., before + n + after] -> number[..., n]"""
    for axis, left, right in zip(axes, before, after, strict=True):
        n = y.shape[axis] - left - right
        inside = y.narrow(axis, left, n)
        if mode != "zero":
            border = torch.cat((y.narrow(axis, 0, left), y.narrow(axis, left + n, right)), axis)
            inside = inside.index_add(axis, border_index(n, left, right, mode, y.device), border)
        y = inside
    return y


def border_index(size: int, before: int, after: int, mode: str, device: torch.device) -> Tensor:
    """Which samples the border's samples are copies of, those before and then those after.  -> integer[before + after]"""
    position = torch.cat((torch.arange(-before, 0, device=device), torch.arange(size, size + after, device=device)))
    if mode == "circular":
        return position % size
    if mode == "reflect":
        last = size - 1
        return last - (position % max(2 * last, 1) - last).abs()
    if mode == "replicate":
        return position.clamp(0, size - 1)
    raise ValueError(f"a border is zero, circular, reflect or replicate, not {mode!r}")


def crop(x: Tensor, axes: tuple[int, ...], start: tuple[int, ...], size: tuple[int, ...]) -> Tensor:
    """`size` samples from `start` on along each of `axes`.  number[..., domain] -> number[..., size]"""
    for axis, first, count in zip(axes, start, size, strict=True):
        x = x.narrow(axis, first, count)
    return x


def crop_adjoint(
    y: Tensor, axes: tuple[int, ...], start: tuple[int, ...], size: tuple[int, ...], domain: tuple[int, ...]
) -> Tensor:
    """y in a field of zeros.  number[..., size] -> number[..., domain]"""
    shape = list(y.shape)
    for axis, count in zip(axes, domain, strict=True):
        shape[axis] = count
    x = y.new_zeros(shape)
    crop(x, axes, start, size).copy_(y)
    return x
