"""Kernels of ptychography: patches of an image and their way back, a disk as a probe, a grid of places."""

import torch
from torch import Tensor


def patches(x: Tensor, at: Tensor, axes: tuple[int, ...], size: tuple[int, ...]) -> Tensor:
    """`size` samples of `axes` from each place on, around the border.  number[..., n₁, …, nₖ], integer[S, k] -> number[..., S, p₁, …, pₖ]"""
    k = len(axes)
    last = tuple(range(-k, 0))
    index = patch_index(at, size, tuple(x.shape[a] for a in axes))
    found = x.movedim(axes, last).flatten(-k).index_select(-1, index.flatten()).unflatten(-1, index.shape)
    return found.movedim(-k - 1, 0).movedim(last, axes).movedim(0, -k - 1)


def patches_adjoint(y: Tensor, at: Tensor, axes: tuple[int, ...], size: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """Every patch added where it came from.  number[..., S, p₁, …, pₖ], integer[S, k] -> number[..., n₁, …, nₖ]"""
    k = len(axes)
    last = tuple(range(-k, 0))
    index = patch_index(at, size, sizes)
    found = y.movedim(-k - 1, 0).movedim(axes, last).movedim(0, -k - 1).flatten(-k - 1)
    field = y.new_zeros(*found.shape[:-1], torch.Size(sizes).numel())
    return field.index_add(-1, index.flatten(), found).unflatten(-1, sizes).movedim(last, axes)


def patch_index(at: Tensor, size: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """Where the samples of the patches lie in the flattened axes.  integer[S, k] -> integer[S, p₁, …, pₖ]"""
    at = at.long()
    index = at.new_zeros(len(at))
    for i, (length, n) in enumerate(zip(size, sizes, strict=True)):
        along = (at[:, i, None] + torch.arange(length, device=at.device)) % n
        index = index[..., None] * n + along.reshape(-1, *(1,) * i, length)
    return index


def build_probe(sizes: tuple[int, int], like: Tensor, radius: float = 10.0) -> Tensor:
    """A disk: 1 less than `radius` samples from index ⌊n / 2⌋, 0 beyond.  -> complex[p, q]"""
    rows, columns = (torch.arange(n, dtype=like.real.dtype, device=like.device) - n // 2 for n in sizes)
    inside = torch.hypot(rows[:, None], columns[None, :]) < radius
    return inside.to(like.real.dtype) + 0j


def overlapping_shifts(sizes: tuple[int, int], like: Tensor, size: int, overlap: float = 0.6) -> Tensor:
    """√n × √n places (1 − overlap) size apart, rounded, from 0 on.  -> integer[n, 2]"""
    end = (round(sizes[0] ** 0.5) - 1) * (1 - overlap) * size
    return generate_shifts(sizes, like, end, end)


def generate_shifts(sizes: tuple[int, int], like: Tensor, height: float, width: float) -> Tensor:
    """√n × √n places spread evenly over 0 … height and 0 … width, both ends included, rounded.  -> integer[n, 2]"""
    side = round(sizes[0] ** 0.5)
    if side * side != sizes[0]:
        raise ValueError(f"a square grid of places has 1, 4, 9, 16, … of them, and {sizes[0]} are wanted")
    rows = torch.linspace(0, height, side, dtype=torch.float64, device=like.device).round()
    columns = torch.linspace(0, width, side, dtype=torch.float64, device=like.device).round()
    return torch.cartesian_prod(rows, columns).long().reshape(-1, 2)
