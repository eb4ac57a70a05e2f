"""Instruments for a linear operator: singular values, condition, Picard's ratios, impulse response, range and null space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from invlang.graph.spaces import Space
from invlang.handles import Operator
from invlang.seeds import stream

DENSE = 1600  # of how many unknowns every singular value is worked out
LEADING, EXTRA, POWERS = 60, 20, 8
INVERSE_ROUNDS = 30


@dataclass(frozen=True)
class Spectrum:
    """values: singular values, falling;  left: their left singular vectors, as rows;  whole: all of them, not the leading ones alone."""

    values: Tensor
    left: Tensor
    whole: bool


def zeros_of(operator: Operator) -> Tensor:
    """The zero of an operator's unknown, which is one array."""
    zeros = operator.zeros()
    assert isinstance(zeros, Tensor)
    return zeros


def spectrum(operator: Operator, seed: int = 0) -> Spectrum:
    """All singular values of a small operator from its matrix; the leading ones of a large one by a randomised range finder.

    A real unknown has real singular vectors, of data that are complex as pairs of real numbers.  [Halko, Martinsson, Tropp 2011]
    """
    zeros = zeros_of(operator)
    count = zeros.numel()
    if count <= DENSE:
        units = torch.eye(count, dtype=zeros.dtype).reshape(-1, *zeros.shape)
        matrix = as_rows(operator(units), zeros).mT
        u, s, _ = torch.linalg.svd(matrix, full_matrices=False)
        return Spectrum(s, u.mH, True)
    generator = stream(seed, "directions of a range finder")
    drawn = torch.randn(LEADING + EXTRA, *zeros.shape, generator=generator, dtype=zeros.dtype)
    basis = orthonormal(drawn.flatten(1))
    for _ in range(POWERS):
        basis = orthonormal(operator.gram(basis.reshape(drawn.shape)).flatten(1))
    image = as_rows(operator(basis.reshape(drawn.shape)), zeros)
    u, s, _ = torch.linalg.svd(image.mT, full_matrices=False)
    return Spectrum(s[:LEADING], u.mH[:LEADING], False)


def as_rows(images: Tensor, like: Tensor) -> Tensor:
    """One row for each image; of a real unknown complex images as pairs of real numbers."""
    if images.is_complex() and not like.is_complex():
        images = torch.view_as_real(images)
    return images.flatten(1)


def orthonormal(rows: Tensor) -> Tensor:
    return torch.linalg.qr(rows.mT)[0].mT


@dataclass(frozen=True)
class Condition:
    """largest, least: singular values;  exact: whether least is known, or is only not below the true one."""

    largest: float
    least: float
    exact: bool

    @property
    def number(self) -> float:
        return self.largest / self.least if self.least > 0 else float("inf")


def condition(operator: Operator, seed: int = 0) -> Condition:
    """The largest and the least singular value on the unknowns: from all of them, or by inverse iteration on a large operator."""
    zeros = zeros_of(operator)
    if zeros.numel() <= DENSE:
        values = spectrum(operator).values
        wide = values.numel() < zeros.numel()
        noise = float(values[0]) * torch.finfo(values.dtype).eps * max(zeros.numel(), 1)
        least = 0.0 if wide or float(values[-1]) <= noise else float(values[-1])
        return Condition(float(values[0]), least, True)
    largest = operator.norm
    v = torch.randn(zeros.shape, generator=stream(seed, "start of an inverse iteration"), dtype=zeros.dtype)
    for _ in range(INVERSE_ROUNDS):
        v = operator.solve(v / v.norm(), 1e-10 * largest**2)
    least = float(operator(v / v.norm()).norm())
    return Condition(largest, 0.0 if least < 1e-7 * largest else least, False)


@dataclass(frozen=True)
class Picard:
    """By singular value: how much of the data lies along it, and that divided by it.  Where the ratio rises, noise is amplified."""

    values: Tensor
    parts: Tensor

    @property
    def ratios(self) -> Tensor:
        return self.parts / self.values.clamp(min=torch.finfo(self.values.dtype).tiny)


def picard(operator: Operator, y: Tensor, seed: int = 0) -> Picard:
    """|uᵢᴴ y| and |uᵢᴴ y| / σᵢ.  [Hansen 1990]"""
    found = spectrum(operator, seed)
    row = as_rows(y[None].to(operator(zeros_of(operator)).dtype), zeros_of(operator))[0]
    return Picard(found.values, (found.left @ row.to(found.left.dtype)).abs())


def responses(operator: Operator) -> tuple[Tensor, Tensor]:
    """A e and Aᴴ A e for e = 1 in the middle of the unknown, 0 elsewhere."""
    impulse = zeros_of(operator)
    impulse[tuple(n // 2 for n in impulse.shape)] = 1
    return operator(impulse), operator.gram(impulse)


def split(operator: Operator, x: Any) -> tuple[Tensor, Tensor]:
    """x = A⁺ A x + what A does not see."""
    seen = operator.pinv(operator(x))
    return seen, x - seen


def is_plain(operator: Operator) -> bool:
    """Whether unknown and data are one array each."""
    return isinstance(operator._named.domain, Space) and isinstance(operator._named.codomain, Space)
