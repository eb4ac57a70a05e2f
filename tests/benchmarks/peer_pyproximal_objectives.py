"""The problems in PyLops and pyproximal: `PrimalDual` with tau = mu = 0.99 / ‖K‖, since it has no rule of its own."""

from __future__ import annotations

from collections.abc import Callable

import pylops
import pyproximal
from further_problems import CountingProblem
from problems import Problem
from pyproximal.optimization.primaldual import PrimalDual
from splitting import Split
from torch import Tensor


def solver(problem: Problem) -> Callable[[int], Tensor] | None:
    """None where it cannot: it has no prox of the Kullback–Leibler divergence."""
    if isinstance(problem, CountingProblem):
        return None
    split = Split(problem)
    size, data, prior = split.start.numel(), problem.y.numel(), split.dual.numel()
    A = pylops.FunctionOperator(split.data, split.data_adjoint, data, size, dtype=split.dtype)
    R = pylops.FunctionOperator(split.prior, split.prior_adjoint, prior, size, dtype=split.dtype)
    norms = [
        pyproximal.L1(sigma=weight) if length == 1 else pyproximal.L21(ndim=length, sigma=weight)
        for length, weight in split.blocks
    ]
    pixels = problem.truth.numel()
    fidelity = pyproximal.L2(b=problem.y.numpy().ravel())
    g = pyproximal.VStack([fidelity, *norms], nn=[data, *(length * pixels for length, _ in split.blocks)])
    f = pyproximal.L2(sigma=0.0) if problem.box is None else pyproximal.Box(*split.bounds())

    def run(iterations: int) -> Tensor:
        step = 0.99 / split.norm()
        start = split.start.numpy().ravel().copy()
        return split.image(PrimalDual(f, g, pylops.VStack([A, R]), x0=start, tau=step, mu=step, niter=iterations))

    return run
