"""Kernels of ptychography: patches of an image and their way back, a disk as a probe, a grid of places."""

import torch
from torch import Tensor


def patches(x: Tensor, at: Tensor, axes: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """`size` samples from each place on, around the border.  number[..., H, W], integer[S, 2] -> number[..., S, p, q]"""
    index = patch_index(at, size, (x.shape[-2], x.shape[-1]))
    return x.flatten(-2).index_select(-1, index.flatten()).unflatten(-1, index.shape)


def patches_adjoint(y: Tensor, at: Tensor, axes: tuple[int, int], size: tuple[int, int], sizes: tuple[int, int]) -> Tensor:
    """Every patch added where it came from.  number[..., S, p, q], integer[S, 2] -> number[..., H, W]"""
    index = patch_index(at, size, sizes)
    field = y.new_zeros(*y.shape[:-3], sizes[0] * sizes[1])
    return field.index_add(-1, index.flatten(), y.flatten(-3)).unflatten(-1, sizes)


def patch_index(at: Tensor, size: tuple[int, int], sizes: tuple[int, int]) -> Tensor:
    """Where the samples of the patches lie in the flattened image.  integer[S, 2] -> integer[S, p, q]"""
    at = at.long()
    rows = (at[:, 0, None] + torch.arange(size[0], device=at.device)) % sizes[0]
    columns = (at[:, 1, None] + torch.arange(size[1], device=at.device)) % sizes[1]
    return rows[:, :, None] * sizes[1] + columns[:, None, :]


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
