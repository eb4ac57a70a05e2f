"""Choosing a number of an objective from the data alone, by a rule: of each sample of a batch its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from invlang.noise import NoiseLaw
from invlang.seeds import samples_of, streams

DECADES = 3.0  # how far around the first guess is looked
EXACT = 512  # of how many data a linear estimate's trace is worked out entry by entry
GOLDEN = (5**0.5 - 1) / 2
TINY = 1e-30

Arrays = tuple[Tensor, ...]


@dataclass(frozen=True)
class Data:
    """One measurement.  y : number[..., n₁, …], of which `rank` axes are one sample's."""

    law: NoiseLaw
    y: Tensor
    rank: int

    @property
    def batch(self) -> tuple[int, ...]:
        return tuple(self.y.shape[: self.y.ndim - self.rank])

    @property
    def count(self) -> int:
        """How many real numbers the data of a sample are."""
        return self.y[(0,) * len(self.batch)].numel() * (2 if self.y.is_complex() else 1)

    def summed(self, array: Tensor) -> Tensor:
        return array.flatten(-self.rank).sum(-1) if self.rank else array

    def misfit(self, mean: Tensor) -> Tensor:
        return self.summed((mean - self.y).abs().square())

    def over_noise(self, mean: Tensor) -> Tensor:
        """The misfit over what the noise law explains."""
        return self.misfit(mean) / self.law.discrepancy(mean).clamp(min=TINY)


@dataclass(frozen=True)
class Problem:
    """solve(ys, weight): the estimate;  predict(x): the means of the data;  penalty(x): what the weight stands before, one a sample.

    is_linear: whether the estimate is an affine function of the data.
    """

    solve: Callable[[Arrays, Tensor], Any]
    predict: Callable[[Any], Arrays]
    penalty: Callable[[Any], Tensor]
    data: tuple[Data, ...]
    is_linear: bool

    @property
    def ys(self) -> Arrays:
        return tuple(d.y for d in self.data)

    @property
    def count(self) -> int:
        return sum(d.count for d in self.data)

    def through(self, ys: Arrays, weight: Tensor) -> Arrays:
        """What the estimate predicts of the data."""
        return self.predict(self.solve(ys, weight))

    def misfit(self, means: Arrays) -> Tensor:
        """‖y − mean‖²;  of several measurements each over its noise, so that they can be added."""
        if len(self.data) == 1:
            return self.data[0].misfit(means[0])
        return self.over_noise(means)

    def over_noise(self, means: Arrays) -> Tensor:
        """Σ |y − mean|² over the variance on average, which is near the number of the data for a truth."""
        return sum((d.count * d.over_noise(m) for d, m in zip(self.data, means, strict=True)), torch.zeros(()).to(means[0].real))

    def replaced(self, index: int, y: Tensor) -> Arrays:
        """The data with another measurement in the place of one."""
        return tuple(y if i == index else d.y for i, d in enumerate(self.data))


@dataclass(frozen=True)
class Choice:
    """What a rule chose: value, one a sample;  curve: (number, score) of the first sample, by number;  target: the score that is
    wanted, None where it is the least."""

    name: str
    rule: str
    value: Tensor
    curve: tuple[tuple[float, float], ...]
    target: float | None = None


def choose(name: str, rule: str, problem: Problem) -> Choice:
    """The number of that name by that rule."""
    with torch.no_grad():
        seen: list[tuple[Tensor, Tensor]] = []
        middle = first_guess(problem)
        if rule == "discrepancy":
            found = where_zero(lambda t: noted(t, over_noise(problem, t), seen), middle)
        elif rule == "lcurve":
            found = at_corner(problem, middle, seen)
        else:
            score = gcv if rule == "gcv" else risk
            found = least(lambda t: noted(t, score(problem, t), seen), middle)
    first = lambda v: float(v.flatten()[0])
    curve = sorted((10 ** first(t), first(s)) for t, s in seen)
    return Choice(name, rule, 10**found, tuple(curve), 1.0 if rule == "discrepancy" else None)


def noted(t: Tensor, score: Tensor, seen: list[tuple[Tensor, Tensor]]) -> Tensor:
    seen.append((t, score))
    return score


def first_guess(problem: Problem) -> Tensor:
    """log₁₀ of the weight with which the prior of the estimate is half the number of data, as the fidelity of a truth is."""
    weight = torch.ones(problem.data[0].batch).to(problem.ys[0].real)
    for _ in range(2):
        penalty = problem.penalty(problem.solve(problem.ys, weight))
        usual = problem.count / 2 / penalty.clamp(min=TINY)
        weight = torch.where(usual.isfinite() & (penalty > 0), usual, weight).clamp(1e-8, 1e8)
    return weight.log10()


# ---- scores


def over_noise(problem: Problem, t: Tensor) -> Tensor:
    """The root of the misfit over what noise explains."""
    return (problem.over_noise(problem.through(problem.ys, 10**t)) / problem.count).sqrt()


def risk(problem: Problem, t: Tensor) -> Tensor:
    """Stein's estimate of the mean squared error of what is predicted;  of several measurements each over its noise."""
    total = torch.zeros_like(t)
    for i, data in enumerate(problem.data):
        error = data.law.sure(partial(predicted, problem, t, i), data.y)
        if len(problem.data) > 1:
            mean = problem.through(problem.ys, 10**t)[i]
            error = error * data.count**2 / data.law.discrepancy(mean).clamp(min=TINY)
        total = total + error
    return total


def predicted(problem: Problem, t: Tensor, index: int, y: Tensor) -> Tensor:
    """What the estimate predicts of one measurement, were its data y."""
    return problem.through(problem.replaced(index, y), 10**t)[index]


def gcv(problem: Problem, t: Tensor) -> Tensor:
    """n ‖y − A x‖² / (n − trace of ∂(A x)/∂y)²"""
    means = problem.through(problem.ys, 10**t)
    traces = torch.stack([trace(problem, t, i, mean).expand_as(t) for i, mean in enumerate(means)])
    left = (problem.count - traces.sum(0)).clamp(min=1e-6 * problem.count)
    return problem.count * problem.misfit(means) / left.square()


def trace(problem: Problem, t: Tensor, index: int, mean: Tensor) -> Tensor:
    """The trace of ∂(A x)/∂y of one measurement: entry by entry of few data that the estimate is linear in, else along random signs."""
    data, y = problem.data[index], problem.ys[index]
    if problem.is_linear and not data.batch and not y.is_complex() and y.numel() <= EXACT:
        units = torch.eye(y.numel(), dtype=y.dtype, device=y.device).reshape(-1, *y.shape)
        others = tuple(v.expand(y.numel(), *v.shape) for v in problem.replaced(index, y))
        ys = tuple(y + units if i == index else v for i, v in enumerate(others))
        return ((problem.through(ys, (10**t).expand(y.numel()))[index] - mean) * units).sum()
    signs = random_signs(y, data.rank)
    step = 1.0 if problem.is_linear else torch.finfo(mean.real.dtype).eps ** (1 / 3) * max(float(y.abs().amax()), 1e-6)
    moved = predicted(problem, t, index, y + step * signs)
    return data.summed((signs.conj() * (moved - mean)).real) / step


def random_signs(y: Tensor, rank: int) -> Tensor:
    """Independent ±1, of complex data ±1 ± i, each sample from a stream of its own."""
    batch = tuple(y.shape[: y.ndim - rank])
    own = y.shape[y.ndim - rank :]
    parts = (2, *own) if y.is_complex() else own
    flat = flattened(streams(0, "probe of a chosen number", 0, samples_of(0, batch)))
    drawn = torch.stack([torch.randint(0, 2, parts, generator=g) for g in flat]).to(y.real.dtype) * 2 - 1
    drawn = drawn.reshape(*batch, *parts).to(y.device)
    return torch.complex(*drawn.unbind(len(batch))) if y.is_complex() else drawn


def flattened(nested: Any) -> list[Any]:
    return [g for inner in nested for g in flattened(inner)] if isinstance(nested, list) else [nested]


# ---- searches over t = log₁₀ of the number


def where_zero(score: Callable[[Tensor], Tensor], middle: Tensor) -> Tensor:
    """Where a rising score reaches 1: bracketed from decade to decade, at most six away, then halved."""
    rising = score(middle) < 1
    step = torch.where(rising, 1.0, -1.0).to(middle)
    inner, outer = middle, middle
    crossed = torch.zeros_like(rising)
    for _ in range(6):
        if bool(crossed.all()):
            break
        inner, outer = torch.where(crossed, inner, outer), torch.where(crossed, outer, outer + step)
        crossed = crossed | ((score(outer) < 1) != rising)
    low, high = torch.minimum(inner, outer), torch.maximum(inner, outer)
    for _ in range(8):
        half = (low + high) / 2
        small = score(half) < 1
        low, high = torch.where(small, half, low), torch.where(small, high, half)
    return (low + high) / 2


def least(score: Callable[[Tensor], Tensor], middle: Tensor) -> Tensor:
    """The least of a score over three decades on both sides: the best of a grid, then golden sections around it."""
    grid = [middle + offset for offset in torch.arange(-DECADES, DECADES + 0.25, 0.5).tolist()]
    scores = torch.stack([score(t) for t in grid])
    best = torch.stack(grid).gather(0, scores.argmin(0, keepdim=True))[0]
    low, high = best - 0.5, best + 0.5
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    fa, fb = score(a), score(b)
    for _ in range(6):
        left = fa < fb
        low, high = torch.where(left, low, a), torch.where(left, b, high)
        kept, f = torch.where(left, a, b), torch.where(left, fa, fb)
        new = torch.where(left, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        fresh = score(new)
        a, b = torch.where(left, new, kept), torch.where(left, kept, new)
        fa, fb = torch.where(left, fresh, f), torch.where(left, f, fresh)
    return torch.where(fa < fb, a, b)


def at_corner(problem: Problem, middle: Tensor, seen: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Where the curve (log misfit, log prior) turns most."""
    offsets = torch.arange(-DECADES, DECADES + 0.1, 0.25).tolist()
    grid = torch.stack([middle + offset for offset in offsets])
    found = [problem.solve(problem.ys, 10**t) for t in grid]
    u = torch.stack([problem.misfit(problem.predict(x)).clamp(min=TINY).log10() for x in found])
    v = torch.stack([problem.penalty(x).clamp(min=TINY).log10() for x in found])
    du, dv = (w[2:] - w[:-2] for w in (u, v))
    ddu, ddv = (4 * (w[2:] - 2 * w[1:-1] + w[:-2]) for w in (u, v))
    turn = (du * ddv - dv * ddu) / (du.square() + dv.square()).clamp(min=TINY).pow(1.5)
    seen += zip(grid[1:-1], -turn, strict=True)
    return grid[1:-1].gather(0, turn.argmax(0, keepdim=True))[0]
