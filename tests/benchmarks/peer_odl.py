"""The problems in ODL: its `pdhg` with the step sizes that it chooses by itself, every term but the box on the dual side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import odl
from further_problems import CountingProblem
from odl import functionals
from problems import Problem
from splitting import Split
from torch import Tensor


class Map(odl.Operator):
    """A linear map of flat arrays; its range may be a product of `count` equal spaces."""

    def __init__(self, domain, range, call: Callable, adjoint: Callable):
        super().__init__(domain, range, linear=True)
        self.forward, self.backward = call, adjoint

    def _call(self, x):
        return self.range.element(as_parts(self.forward(as_array(x)), self.range))

    @property
    def adjoint(self):
        return Map(self.range, self.domain, self.backward, self.forward)


def as_array(x) -> np.ndarray:
    return np.concatenate([part.data for part in x]) if isinstance(x.space, odl.ProductSpace) else x.data


def as_parts(x: np.ndarray, space):
    return list(x.reshape(len(space), -1)) if isinstance(space, odl.ProductSpace) else x


def solver(problem: Problem) -> Callable[[int], Tensor]:
    split = Split(problem)
    field = odl.cn if problem.y.is_complex() else odl.rn

    def flat(size: int):
        return field(size, dtype=str(split.dtype))

    X, Y = flat(split.start.numel()), flat(problem.y.numel())
    maps, terms = [Map(X, Y, split.data, split.data_adjoint)], [data_term(problem, Y)]
    offset, pixels = 0, problem.truth.numel()
    for length, weight in split.blocks:
        part = slice(offset * pixels, (offset + length) * pixels)
        space = flat(pixels) if length == 1 else odl.ProductSpace(flat(pixels), length)
        maps.append(Map(X, space, *restricted(split, part)))
        terms.append(weight * (functionals.L1Norm(space) if length == 1 else functionals.GroupL1Norm(space, 2)))
        offset += length
    L, g = odl.BroadcastOperator(*maps), functionals.SeparableSum(*terms)
    f = functionals.ZeroFunctional(X) if problem.box is None else functionals.IndicatorBox(X, *map(X.element, split.bounds()))

    def run(iterations: int) -> Tensor:
        tau, sigma = odl.solvers.pdhg_stepsize(split.norm())
        x = X.element(split.start.numpy().ravel().copy())
        odl.solvers.pdhg(x, f, g, L, iterations, tau=tau, sigma=sigma)
        return split.image(x.data)

    return run


def restricted(split: Split, part: slice) -> tuple[Callable, Callable]:
    """A block of R and its adjoint."""

    def adjoint(p: np.ndarray) -> np.ndarray:
        whole = np.zeros(split.dual.numel(), split.dtype)
        whole[part] = p
        return split.prior_adjoint(whole)

    return lambda x: split.prior(x)[part], adjoint


def data_term(problem: Problem, Y):
    y = problem.y.numpy().ravel()
    if isinstance(problem, CountingProblem):
        divergence = functionals.KullbackLeibler(Y, prior=Y.element(y))
        return divergence.translated(Y.element(np.full_like(y, -problem.background)))
    return 0.5 * functionals.L2NormSquared(Y).translated(Y.element(y))
