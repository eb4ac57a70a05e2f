"""Kernels that repeat an image along a new axis, and sum an axis out."""

from torch import Tensor


def repeat(x: Tensor, axis: int, count: int) -> Tensor:
    """x `count` times along a new axis, at position `axis` of the result, as a view.  number[..., n] -> number[..., count, n]"""
    before = x.ndim + 1 + axis
    return x.unsqueeze(axis).expand(*x.shape[:before], count, *x.shape[before:])


def repeat_adjoint(y: Tensor, axis: int, count: int) -> Tensor:
    """The sum over the axis, which has length `count`.  number[..., count, n] -> number[..., n]"""
    return y.sum(axis)


def entry(x: Tensor, axis: int, index: int) -> Tensor:
    """One entry along an axis, as a view.  number[..., n, ...] -> number[..., ...]"""
    return x.select(axis, index)
