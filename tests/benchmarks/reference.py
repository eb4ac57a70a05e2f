"""A slow and sure minimiser in double precision: every term on the dual side, so that no closed form is trusted.

Over-relaxed primal–dual splitting [Condat 2013; Vũ 2013]: minimise box(x) + F(K x) with K = (A, R), R = ∇ or the
wavelets; steps satisfy tau (s_A ‖A‖² + s_R ‖R‖²) ≤ 1 and the relaxation stays below 2.
"""

from __future__ import annotations

import pywt
import torch
from problems import Problem, double
from torch import Tensor


def minimise(problem: Problem, iterations: int, relaxation: float = 1.9) -> Tensor:
    """A minimiser of the problem's objective, double precision, of the shape of the truth."""
    analysis, synthesis, norm2 = regulariser(problem)
    y = problem.y.to(double(problem.y.dtype))
    variance, weight = problem.sigma**2, problem.weight
    x = problem.adjoint(y)
    p, q = torch.zeros_like(analysis(x)), torch.zeros_like(y)
    trust = 1.0 if problem.prior == "tv" else 0.1
    step_r = weight / (trust * typical(analysis(problem.truth.to(x.dtype))))
    step_a = trust / variance
    tau = 1 / (step_a + step_r * norm2)  # every A here has norm 1
    for _ in range(iterations):
        ahead = x - tau * (synthesis(p) + problem.adjoint(q))
        ahead = ahead if problem.box is None else ahead.clamp(*problem.box)
        reflected = 2 * ahead - x
        p_next = to_balls(p + step_r * analysis(reflected), weight, problem.prior)
        q_next = (q + step_a * (problem.forward(reflected) - y)) / (1 + step_a * variance)
        x = x + relaxation * (ahead - x)
        p = p + relaxation * (p_next - p)
        q = q + relaxation * (q_next - q)
    return ahead


def regulariser(problem: Problem):
    """The analysis operator of the prior, its adjoint, and its squared norm."""
    return (gradient, gradient_adjoint, 8.0) if problem.prior == "tv" else (wavelet, inverse_wavelet, 1.0)


def typical(coefficients: Tensor) -> float:
    return float(coefficients.abs().square().mean().sqrt())


def to_balls(p: Tensor, radius: float, prior: str) -> Tensor:
    length = p.abs().square().sum(0, keepdim=True).sqrt() if prior == "tv" else p.abs()
    return p / (length / radius).clamp(min=1)


def gradient(x: Tensor) -> Tensor:
    g = x.new_zeros(2, *x.shape)
    g[0, ..., :-1, :] = x[..., 1:, :] - x[..., :-1, :]
    g[1, ..., :, :-1] = x[..., :, 1:] - x[..., :, :-1]
    return g


def gradient_adjoint(g: Tensor) -> Tensor:
    x = torch.zeros_like(g[0])
    x[..., 1:, :] += g[0, ..., :-1, :]
    x[..., :-1, :] -= g[0, ..., :-1, :]
    x[..., :, 1:] += g[1, ..., :, :-1]
    x[..., :, :-1] -= g[1, ..., :, :-1]
    return x


def wavelet(x: Tensor, name: str = "db4", levels: int = 3) -> Tensor:
    """All bands of the orthonormal transform in one array of the shape of x."""
    bands = pywt.wavedec2(x.numpy(), name, mode="periodization", level=levels, axes=(-2, -1))
    return torch.from_numpy(pywt.coeffs_to_array(bands, axes=(-2, -1))[0])


def inverse_wavelet(c: Tensor, name: str = "db4", levels: int = 3) -> Tensor:
    shapes = [tuple(size >> level for size in c.shape[-2:]) for level in range(1, levels + 1)]
    array = c.numpy()
    bands = [array[..., : shapes[-1][0], : shapes[-1][1]]]
    for rows, columns in reversed(shapes):
        right, below = slice(columns, 2 * columns), slice(rows, 2 * rows)
        bands.append((array[..., below, :columns], array[..., :rows, right], array[..., below, right]))
    return torch.from_numpy(pywt.waverec2(bands, name, mode="periodization", axes=(-2, -1)))
