"""Kernels that widen an image beyond its border and cut it, along any axes, with exact adjoints.

Modes: zero; circular (the other side); reflect (a mirror in the border sample, which is not repeated); replicate (that sample).
"""

import torch
from torch import Tensor


def pad(x: Tensor, axes: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...], mode: str) -> Tensor:
    """x with `before` and `after` more samples along each of `axes`.  number[..., n] -> number[..., before + n + after]"""
    if mode == "zero":
        return torch.nn.functional.pad(x, border_widths(axes, before, after))
    short = axes in ((-1,), (-2, -1), (-3, -2, -1)) and mode in ("circular", "reflect", "replicate")
    for axis, left, right in zip(axes, before, after, strict=True):
        short = short and copies_once(x.shape[axis], left, right)
    if short:  # by torch's own, which copies a sample once, along the last axes, three at most
        images = x.reshape(-1, 1, *x.shape[axes[0] :])
        padded = torch.nn.functional.pad(images, border_widths(axes, before, after), mode)
        return padded.reshape(*x.shape[: axes[0]], *padded.shape[2:])
    for axis, left, right in zip(axes, before, after, strict=True):
        index = border_index(x.shape[axis], left, right, mode, x.device)
        x = torch.cat((x.index_select(axis, index[:left]), x, x.index_select(axis, index[left:])), axis)
    return x


def border_widths(axes: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> list[int]:
    """The widths of borders as torch wants them: before and after the last axis, then the one in front of it, and so on."""
    widths = [0] * (-2 * min(axes))
    for axis, left, right in zip(axes, before, after, strict=True):
        widths[-2 * axis - 2], widths[-2 * axis - 1] = left, right
    return widths


def pad_adjoint(y: Tensor, axes: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...], mode: str) -> Tensor:
    """Each border sample added to the sample it was copied from.  number[..., before + n + after] -> number[..., n]"""
    for axis, left, right in zip(axes, before, after, strict=True):
        n = y.shape[axis] - left - right
        inside = y.narrow(axis, left, n)
        if mode != "zero":
            head, tail = y.narrow(axis, 0, left), y.narrow(axis, left + n, right)
            if copies_once(n, left, right):
                inside = inside.clone()
                add_copies(inside, head, tail, axis, mode)
            else:
                index = border_index(n, left, right, mode, y.device)
                inside = inside.index_add(axis, index, torch.cat((head, tail), axis))
        y = inside
    return y


def add_copies(x: Tensor, head: Tensor, tail: Tensor, axis: int, mode: str) -> None:
    """Borders before and behind, added to the samples that they are copies of."""
    n, left, right = x.shape[axis], head.shape[axis], tail.shape[axis]
    if mode == "replicate":
        x.narrow(axis, 0, 1).add_(head.sum(axis, keepdim=True))
        x.narrow(axis, n - 1, 1).add_(tail.sum(axis, keepdim=True))
    elif mode == "reflect":
        x.narrow(axis, 1, left).add_(head.flip(axis))
        x.narrow(axis, n - 1 - right, right).add_(tail.flip(axis))
    elif mode == "circular":
        x.narrow(axis, n - left, left).add_(head)
        x.narrow(axis, 0, right).add_(tail)
    else:
        raise ValueError(f"a border is zero, circular, reflect or replicate, not {mode!r}")


def copies_once(size: int, before: int, after: int) -> bool:
    """Whether each sample has at most one copy on each side of the image, under every mode."""
    return max(before, after) < size


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
