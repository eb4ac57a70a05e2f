"""A slow and sure minimiser in double precision: every term on the dual side, so that no closed form is trusted.

Over-relaxed primal–dual splitting [Condat 2013; Vũ 2013]: minimise box(x) + F(K x) with K = (A, R), R = ∇, the wavelets, or
(x, w) ↦ (∇x − w, ℰw) for TGV; steps satisfy tau (s_A ‖A‖² + s_R ‖R‖²) ≤ 1 and the relaxation stays below 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from priors import SECOND, gradient, gradient_adjoint, inverse_wavelet, strain, strain_adjoint, to_balls, wavelet
from problems import Problem, double
from torch import Tensor


@dataclass(frozen=True)
class Regulariser:
    """A prior as a norm of R z: z is the image, or for TGV (3, …), the image and its slopes."""

    analysis: Callable[[Tensor], Tensor]
    synthesis: Callable[[Tensor], Tensor]
    norm2: float
    project: Callable[[Tensor, float], Tensor]  # dual vectors into the balls of a weight
    trust: float  # how fast its dual goes, by experience


def slopes(z: Tensor) -> Tensor:
    return torch.cat((gradient(z[0]) - z[1:], strain(z[1:])))


def slopes_adjoint(p: Tensor) -> Tensor:
    return torch.cat((gradient_adjoint(p[:2])[None], strain_adjoint(p[2:]) - p[:2]))


REGULARISERS = {
    "tv": Regulariser(gradient, gradient_adjoint, 8.0, to_balls, 1.0),
    "wavelet": Regulariser(wavelet, inverse_wavelet, 1.0, lambda p, weight: p / (p.abs() / weight).clamp(min=1), 0.1),
    "tgv": Regulariser(
        slopes, slopes_adjoint, 12.0, lambda p, w: torch.cat((to_balls(p[:2], w), to_balls(p[2:], SECOND * w))), 1.0
    ),
}


def minimise(problem: Problem, iterations: int, relaxation: float = 1.9) -> Tensor:
    """A minimiser of the problem's objective, double precision, of the shape of the truth."""
    R, weight = REGULARISERS[problem.prior], problem.weight
    y = problem.y.to(double(problem.y.dtype))
    x = lifted(problem, problem.adjoint(y) / problem.norm2)
    p, q = torch.zeros_like(R.analysis(x)), torch.zeros_like(y)
    step_r = weight / (R.trust * typical(R.analysis(lifted(problem, problem.truth.to(y.dtype)))))
    step_a = R.trust * precision(problem)
    tau = 1 / (step_a * problem.norm2 + step_r * R.norm2)
    for _ in range(iterations):
        ahead = x - tau * (R.synthesis(p) + lifted(problem, problem.adjoint(q)))
        if problem.box is not None:
            image_of(problem, ahead).clamp_(*problem.box)
        reflected = 2 * ahead - x
        p_next = R.project(p + step_r * R.analysis(reflected), weight)
        q_next = data_dual(problem, q + step_a * problem.forward(image_of(problem, reflected)), y, step_a)
        x = x + relaxation * (ahead - x)
        p = p + relaxation * (p_next - p)
        q = q + relaxation * (q_next - q)
    return image_of(problem, ahead)


def lifted(problem: Problem, x: Tensor) -> Tensor:
    """The image as the algorithm has it: with slopes, which are zero, for TGV."""
    return torch.stack((x, torch.zeros_like(x), torch.zeros_like(x))) if problem.prior == "tgv" else x


def image_of(problem: Problem, z: Tensor) -> Tensor:
    """The image in what the algorithm has."""
    return z[0] if problem.prior == "tgv" else z


def precision(problem: Problem) -> float:
    """How strongly the data term bends, about."""
    gain = getattr(problem, "gain", None)
    return 1 / problem.sigma**2 if gain is None else 1 / (gain * float(problem.y.mean()))


def data_dual(problem: Problem, q: Tensor, y: Tensor, step: float) -> Tensor:
    """The prox of the data term's conjugate, of step `step`, at q."""
    gain = getattr(problem, "gain", None)
    if gain is None:
        return (q - step * y) / (1 + step * problem.sigma**2)
    v = q + step * problem.background  # of counts, by Moreau: q − step prox of the divergence at q / step
    return v - (v - 1 / gain + ((v - 1 / gain).square() + 4 * step * y / gain).sqrt()) / 2


def typical(coefficients: Tensor) -> float:
    return float(coefficients.abs().square().mean().sqrt())
