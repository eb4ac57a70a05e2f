"""Kernels for numbers that may be one for all samples (a Python number) or one per sample (a tensor [batch])."""

import math

import torch
from torch import Tensor


def per_sample(value: Tensor | float, rank: int) -> Tensor | float:
    """One number per sample, shaped to meet arrays of that rank.  real[batch] -> real[batch, 1, …]; plain numbers pass."""
    return value.reshape(*value.shape, *(1,) * rank) if isinstance(value, Tensor) and value.ndim else value


def lerp_complex(start: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """start + weight · (end − start), both parts of each number as real ones: torch.lerp is slow for complex numbers."""
    start, end = torch.view_as_real(start.resolve_conj()), torch.view_as_real(end.resolve_conj())
    weight = weight.unsqueeze(-1) if isinstance(weight, Tensor) and weight.ndim else weight
    return torch.view_as_complex(torch.lerp(start, end, weight))


def add_scaled(start: Tensor, amount: Tensor | float, step: Tensor) -> Tensor:
    """start + amount · step, in one pass over memory."""
    if isinstance(amount, Tensor):
        return torch.addcmul(start, amount, step)
    return torch.add(start, step, alpha=amount)


def rounding_of(size: Tensor) -> Tensor:
    """How far apart the numbers of a size are: what of it rounding may change.  real[...] -> real[...]"""
    return torch.finfo(size.dtype).eps * size


def as_numbers(array: Tensor, like: Tensor | None = None) -> Tensor:
    """A mask or counts as numbers to calculate with, as precise as `like`; what is floating point already passes."""
    known = array.is_floating_point() or array.is_complex()
    return array if known else array.to(torch.get_default_dtype() if like is None else like.real.dtype)


def with_complex(change):
    """A module's change of type, such that complex arrays follow: .to(torch.float64) makes them complex128."""

    def both(t: Tensor) -> Tensor:
        if not t.is_complex():
            return change(t)
        return torch.view_as_complex(change(torch.view_as_real(t.resolve_conj())))

    return both


def of_number(function, value: Tensor | float) -> Tensor | float:
    """function(value), in double precision and as a Python number if value is one."""
    return function(value) if isinstance(value, Tensor) else getattr(math, function.__name__)(value)


def sign_of(value: Tensor | float) -> Tensor | float:
    """−1, 0 or 1."""
    return value.sgn() if isinstance(value, Tensor) else (value > 0) - (value < 0)


def maximum_of(a: Tensor | float, b: Tensor | float) -> Tensor | float:
    """The larger, number by number."""
    if isinstance(a, Tensor):
        return a.clamp(min=b)
    return b.clamp(min=a) if isinstance(b, Tensor) else max(a, b)


def minimum_of(a: Tensor | float, b: Tensor | float) -> Tensor | float:
    """The smaller, number by number."""
    if isinstance(a, Tensor):
        return a.clamp(max=b)
    return b.clamp(max=a) if isinstance(b, Tensor) else min(a, b)
