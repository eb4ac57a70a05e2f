"""The problems as the sums that primal–dual solvers take, box(x) + F(A x) + Σ G(R x), written as their documentation does:
F = ½ ‖A x − y‖² (or the divergence of counts), the weight of the prior in that unit.

Programs that split like this get the same maps, NumPy in and out, so that their solvers and step rules are what is measured.
"""

from __future__ import annotations

import numpy as np
import torch
from further_problems import CountingProblem
from priors import SECOND
from problems import Problem
from reference import REGULARISERS, image_of, lifted
from torch import Tensor


class Split:
    """A problem's pieces for flat arrays of the data's field."""

    def __init__(self, problem: Problem):
        self.problem, self.R = problem, REGULARISERS[problem.prior]
        self.start = lifted(problem, problem.adjoint(problem.y) / problem.norm2)
        self.dual = self.R.analysis(self.start)
        self.dtype = self.start.numpy().dtype
        vectors = {"tv": [(2, 1.0)], "tgv": [(2, 1.0), (3, SECOND)], "wavelet": [(1, 1.0)]}[problem.prior]
        self.unit = problem.gain if isinstance(problem, CountingProblem) else problem.sigma**2
        weight = problem.weight * self.unit
        self.blocks = [(length, weight * share) for length, share in vectors]  # lengths of vectors, what they weigh

    def data(self, x: np.ndarray) -> np.ndarray:
        return self.problem.forward(image_of(self.problem, self.tensor(x))).numpy().ravel()

    def data_adjoint(self, y: np.ndarray) -> np.ndarray:
        return lifted(self.problem, self.problem.adjoint(torch.from_numpy(y).view_as(self.problem.y))).numpy().ravel()

    def prior(self, x: np.ndarray) -> np.ndarray:
        return self.R.analysis(self.tensor(x)).numpy().ravel()

    def prior_adjoint(self, p: np.ndarray) -> np.ndarray:
        return self.R.synthesis(torch.from_numpy(p).view_as(self.dual)).numpy().ravel()

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The box of each entry; the slopes of TGV are free."""
        low, high = (torch.full(self.start.shape, s * torch.inf) for s in (-1, 1))
        if self.problem.box is not None:
            image_of(self.problem, low).fill_(self.problem.box[0])
            image_of(self.problem, high).fill_(self.problem.box[1])
        return low.numpy().ravel(), high.numpy().ravel()

    def tensor(self, x: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(x, self.dtype)).view_as(self.start)

    def image(self, x: np.ndarray) -> Tensor:
        """What a solver found, in the box."""
        found = image_of(self.problem, self.tensor(x))
        return found if self.problem.box is None else found.clamp(*self.problem.box)

    def norm(self, rounds: int = 30) -> float:
        """‖(A, R)‖ by power iteration."""
        x = np.random.default_rng(0).normal(size=self.start.numel()).astype(self.dtype)
        for _ in range(rounds):
            x /= np.linalg.norm(x)
            x = self.data_adjoint(self.data(x)) + self.prior_adjoint(self.prior(x))
        return float(np.linalg.norm(x)) ** 0.5
