"""Kernels that make arrays of one value, or lay a reduced one out again."""

import torch
from torch import Tensor


def zeros(like: Tensor, space: tuple[int, ...]) -> Tensor:
    """Zeros of that space, with the batch axes of `like` left to broadcasting.  -> number[space]"""
    return torch.zeros(space, dtype=like.dtype, device=like.device)


def ones(like: Tensor, space: tuple[int, ...]) -> Tensor:
    """Ones of that space.  -> number[space]"""
    return torch.ones(space, dtype=like.dtype, device=like.device)


def spread(value: Tensor, axes: tuple[int, ...], space: tuple[int, ...]) -> Tensor:
    """A value that was reduced over `axes` (ascending), constant along them again.  number[..., rest] -> number[..., space]"""
    for axis in axes:
        value = value.unsqueeze(axis)
    return value.expand(*value.shape[: value.ndim - len(space)], *space)
