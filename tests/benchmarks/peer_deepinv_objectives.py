"""The problems in deepinv with steps of 1 / ‖K‖: `PDCP` for TV and for boxes, the data term's prox its own; `FISTA` for wavelets without a box.

A prior of ours holds TV or wavelets and the box, all on the dual side. The maps that deepinv does not share are given as functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import deepinv
import torch
from deepinv.optim import FISTA, PDCP
from deepinv.optim.data_fidelity import L2
from deepinv.optim.prior import Prior
from further_problems import CountingProblem
from peer_deepinv import PyWaveletsPrior, channels, from_channels, physics
from priors import to_balls
from problems import Problem
from splitting import Split
from torch import Tensor

OURS = ("blur", "inpainting", "super_resolution")  # kinds of which deepinv has the same map


class NormAndBox(Prior):
    """Weighted lengths of vectors, and a box: of the flat (R x, x)."""

    def __init__(self, problem: Problem, length: int, weight: float, count: int):
        super().__init__()
        self.explicit_prior, self.problem, self.length, self.weight, self.count = True, problem, length, weight, count

    def fn(self, x: Tensor, *args, **kwargs) -> Tensor:
        return self.weight * x[0, : self.count].view(self.length, -1).square().sum(0).sqrt().sum().reshape(1)

    def prox(self, x: Tensor, *args, gamma: float = 1.0, **kwargs) -> Tensor:
        p = x[0, : self.count].view(self.length, -1)
        return torch.cat(((p - to_balls(p, float(gamma) * self.weight)).flatten(), x[0, self.count :].clamp(*self.problem.box)))[
            None
        ]


def solver(problem: Problem) -> Callable[[int], Tensor] | None:
    """None where it cannot: its TGV is another one, and its Poisson likelihood has no prox beside a blur."""
    if problem.prior == "tgv" or isinstance(problem, CountingProblem):
        return None
    operator = physics(problem) if problem.kind in OURS else given(problem)
    method = sparse if problem.box is None else boxed

    def run(iterations: int) -> Tensor:
        with torch.no_grad():
            x = from_channels(method(problem, iterations)(data_channels(problem), operator), problem)
        return x if problem.box is None else x.clamp(*problem.box)

    return run


def data_channels(problem: Problem) -> Tensor:
    return channels(problem.y) if problem.kind in OURS else torch.view_as_real(problem.y) if problem.y.is_complex() else problem.y


def given(problem: Problem):
    def forward(x: Tensor, **kwargs) -> Tensor:
        y = problem.forward(from_channels(x, problem))
        return torch.view_as_real(y) if y.is_complex() else y

    def adjoint(y: Tensor, **kwargs) -> Tensor:
        return channels(problem.adjoint(torch.view_as_complex(y.contiguous()) if problem.y.is_complex() else y))

    return deepinv.physics.LinearPhysics(A=forward, A_adjoint=adjoint, img_size=tuple(channels(problem.truth).shape[1:]))


def sparse(problem: Problem, iterations: int) -> FISTA:
    fidelity = L2(sigma=problem.sigma * math.sqrt(problem.weight))
    step = problem.sigma**2 * problem.weight / problem.norm2
    return FISTA(data_fidelity=fidelity, prior=PyWaveletsPrior(True), stepsize=step, max_iter=iterations, early_stop=False)


def boxed(problem: Problem, iterations: int) -> PDCP:
    split = Split(problem)
    count = split.dual.numel()

    def both(x: Tensor) -> Tensor:
        return torch.cat((split.R.analysis(x[0]).flatten(), x.flatten()))[None]

    def both_adjoint(p: Tensor) -> Tensor:
        return (split.R.synthesis(p[0, :count].view_as(split.dual)) + p[0, count:].view_as(split.start))[None]

    def start(y: Tensor, operator) -> dict:
        return {"est": (split.start[None], split.start[None], torch.zeros_like(both(split.start[None])))}

    step = 0.99 / math.sqrt(split.R.norm2 + 1)
    return PDCP(
        K=both,
        K_adjoint=both_adjoint,
        data_fidelity=L2(sigma=1.0),
        prior=NormAndBox(problem, *split.blocks[0], count),
        stepsize=step,
        stepsize_dual=step,
        g_first=True,
        custom_init=start,
        max_iter=iterations,
    )
