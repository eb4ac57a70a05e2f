"""Kernels that keep some samples and fill what is missing with zeros."""

import torch
from torch import Tensor


def sample(x: Tensor, index: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The entries `index` of the trailing axes, flattened.  number[..., n₁, …, nₖ], integer[m] -> number[..., m]"""
    return x.flatten(-len(axes)).index_select(-1, index)


def sample_adjoint(y: Tensor, index: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """Each entry put back (added, where `index` repeats) in a field of zeros.  number[..., m] -> number[..., n₁, …, nₖ]"""
    field = y.new_zeros(*y.shape[:-1], *sizes).flatten(-len(axes))
    return field.index_add(-1, index, y).unflatten(-1, sizes)


def sample_index(mask: Tensor) -> Tensor:
    """Where the flattened mask is not zero, for set-up only: its size depends on the data.  number[n₁, …, nₖ] -> integer[m]"""
    return mask.flatten().nonzero().squeeze(-1)


def downsample(x: Tensor, axes: tuple[int, ...], factor: int) -> Tensor:
    """Samples 0, factor, 2 factor, … along each of `axes`, as a view.  number[..., n] -> number[..., ⌈n / factor⌉]"""
    kept = tuple(slice(None, None, factor) if axis in axes else slice(None) for axis in range(min(axes), 0))
    return x[(..., *kept)]


def downsample_adjoint(y: Tensor, axes: tuple[int, ...], factor: int, sizes: tuple[int, ...]) -> Tensor:
    """y with zeros between its samples.  number[..., ⌈n / factor⌉] -> number[..., n]"""
    shape = list(y.shape)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    x = y.new_zeros(shape)
    downsample(x, axes, factor).copy_(y)
    return x


def subset(x: Tensor, axes: tuple[int, ...], of: int, part: int) -> Tensor:
    """Samples part − 1, part − 1 + of, … along each of `axes`, as a view; parts are counted round and round.

    number[..., n] -> number[..., n / of]
    """
    first = (part - 1) % of
    kept = tuple(slice(first, None, of) if axis in axes else slice(None) for axis in range(min(axes), 0))
    return x[(..., *kept)]


def subset_adjoint(y: Tensor, axes: tuple[int, ...], of: int, part: int, sizes: tuple[int, ...]) -> Tensor:
    """y where `subset` takes it from, in zeros.  number[..., n / of] -> number[..., n]"""
    shape = list(y.shape)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    x = y.new_zeros(shape)
    subset(x, axes, of, part).copy_(y)
    return x


def comb(axes: tuple[int, ...], sizes: tuple[int, ...], factor: int, like: Tensor) -> Tensor:
    """1 where `downsample` keeps the sample, 0 elsewhere; length 1 between and behind `axes`.  -> real[n₁, …, nₖ]"""
    shape = [1] * -min(axes)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    mask = torch.zeros(shape, dtype=like.real.dtype, device=like.device)
    downsample(mask, axes, factor).fill_(1)
    return mask


def mask_of(index: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """1 at the flat places that `index` names, 0 elsewhere.  integer[m] -> real[n₁, …, nₖ]"""
    count = 1
    for size in sizes:
        count *= size
    mask = torch.zeros(count, dtype=torch.get_default_dtype(), device=index.device)
    return mask.index_fill(0, index, 1).reshape(sizes)


def all_patches(x: Tensor, axes: tuple[int, ...], size: tuple[int, ...], every: int) -> Tensor:
    """`size` samples from every `every`-th place on, around the border.  number[..., n₁, …, nₖ] -> number[..., p₁ ⋯ pₖ, m₁, …, mₖ]"""
    k = len(axes)
    places = [x.dim() + axis for axis in axes]
    for place, length in zip(places, size, strict=True):
        n = x.shape[place]
        x = x.index_select(place, torch.arange(n + length - every, device=x.device) % n)
    for place, length in zip(places, size, strict=True):
        x = x.unfold(place, length, every)
    return x.flatten(-k).movedim(-1, -k - 1)


def all_patches_adjoint(y: Tensor, axes: tuple[int, ...], size: tuple[int, ...], every: int) -> Tensor:
    """Every patch added where it came from.  number[..., p₁ ⋯ pₖ, m₁, …, mₖ] -> number[..., n₁, …, nₖ]"""
    y = y.movedim(-len(axes) - 1, 0).unflatten(0, size)
    for axis, length in zip(axes, size, strict=True):
        y = gathered_along(y, axis, length, every)
    return y


def gathered_along(parts: Tensor, axis: int, length: int, every: int) -> Tensor:
    """Part a added to samples a, a + every, … along an axis, around the border.  number[length, ..., m, ...] -> number[..., every m, ...]"""
    shape = list(parts.shape[1:])
    n = shape[axis] * every
    shape[axis] = n + length - every
    wide = parts.new_zeros(shape)
    for offset, part in enumerate(parts):
        wide.narrow(axis, offset, n - every + 1).unfold(axis, 1, every).squeeze(-1).add_(part)
    around = torch.arange(shape[axis], device=parts.device) % n
    shape[axis] = n
    return parts.new_zeros(shape).index_add(axis, around, wide)
