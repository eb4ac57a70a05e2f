"""Kernels of priors that compare each sample with its neighbours, relative to how large both are."""

import torch
from torch import Tensor


def relative_difference(x: Tensor, gamma, epsilon, axis: tuple[int, ...]) -> Tensor:
    """(a − b)² / (a + b + γ |a − b| + ε) of each sample a and the next one b along each of `axis`, summed; zero at the end of an axis.

    real[...] -> real[...]
    """
    total = torch.zeros_like(x)
    for one in axis:
        difference, size = pairs_along(x, gamma, epsilon, one)
        total.narrow(one, 0, difference.shape[one]).add_(difference.square() / size)
    return total


def relative_slope(x: Tensor, gamma, epsilon, axis: tuple[int, ...]) -> Tensor:
    """The gradient of the sum of `relative_difference`.  real[...] -> real[...]"""
    total = torch.zeros_like(x)
    for one in axis:
        difference, size = pairs_along(x, gamma, epsilon, one)
        share, count = difference / size, difference.shape[one]
        odd, even = 2 * share - gamma * share * share.abs(), share.square()  # in a − b, and in a + b
        total.narrow(one, 0, count).add_(odd - even)
        total.narrow(one, 1, count).sub_(odd + even)
    return total


def pairs_along(x: Tensor, gamma, epsilon, axis: int) -> tuple[Tensor, Tensor]:
    """a − b and a + b + γ |a − b| + ε of neighbours along an axis; below zero a + b counts as zero.  real[..., n] -> two real[..., n − 1]"""
    first, second = x.narrow(axis, 0, x.shape[axis] - 1), x.narrow(axis, 1, x.shape[axis] - 1)
    difference = first - second
    return difference, (first + second).clamp(min=0) + gamma * difference.abs() + epsilon
