"""Kernels of special functions and their derivatives, each for tensors and for plain numbers."""

import torch
from torch import Tensor


def log_bessel(x: Tensor | float) -> Tensor | float:
    """log I₀(x), the modified Bessel function of order 0; for large x it grows like |x|.  real[...] -> real[...]"""
    z = torch.as_tensor(x)
    found = torch.special.i0e(z).log() + z.abs()
    return found if isinstance(x, Tensor) else float(found)


def bessel_ratio(x: Tensor | float) -> Tensor | float:
    """I₁(x) / I₀(x), the derivative of log I₀: from −1 to 1.  real[...] -> real[...]"""
    z = torch.as_tensor(x)
    found = torch.special.i1e(z) / torch.special.i0e(z)
    return found if isinstance(x, Tensor) else float(found)


def bessel_ratio_slope(x: Tensor | float) -> Tensor | float:
    """The derivative of I₁ / I₀: 1 − r / x − r² with r the ratio, and ½ at 0.  real[...] -> real[...]"""
    z = torch.as_tensor(x)
    ratio = torch.special.i1e(z) / torch.special.i0e(z)
    small = z.abs() < 1e-3
    found = torch.where(small, 0.5 - 3 / 16 * z.square(), 1 - ratio / torch.where(small, 1, z) - ratio.square())
    return found if isinstance(x, Tensor) else float(found)


def digamma(x: Tensor | float) -> Tensor | float:
    """ψ(x), the derivative of log Γ.  real[...] -> real[...]"""
    return torch.digamma(x) if isinstance(x, Tensor) else float(torch.digamma(torch.tensor(x, dtype=torch.float64)))


def trigamma(x: Tensor | float) -> Tensor | float:
    """ψ′(x), the variance of the logarithm of a Gamma variable of shape x.  real[...] -> real[...]"""
    found = torch.special.polygamma(1, x if isinstance(x, Tensor) else torch.tensor(x, dtype=torch.float64))
    return found if isinstance(x, Tensor) else float(found)


def rice_variance(mean: Tensor, sigma: Tensor | float) -> Tensor:
    """The variance of |mean + σ n| with n complex normal, 1 in both parts; σ² where the mean is large.  real[...] -> real[...]"""
    t = (mean / sigma).square() / 4
    average = ((1 + 2 * t) * torch.special.i0e(t) + 2 * t * torch.special.i1e(t)) * (torch.pi / 2) ** 0.5
    exact = 4 * t + 2 - average.square()
    asymptotic = 1 - 1 / (8 * t.clamp(min=1)) - 1 / (32 * t.clamp(min=1).square())
    return torch.where(t < 25, exact, asymptotic) * sigma**2
