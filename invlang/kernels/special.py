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


def mixture_fidelity(x: Tensor, low, high, rank: int) -> Tensor:
    """−log of the mean over σ ~ U(low, high) of the density of n ~ N(0, σ²) at x, without (2π)^(n/2).  number[..., n] -> real[...]

    The last `rank` axes are one sample with one σ, at least high / 1000.  Simpson's rule in log σ, around the likeliest σ, where all but about e⁻⁴⁰ of the integral lies.
    """
    logs, _, weight = mixture_terms(x, low, high, rank)
    total = logs.logsumexp(0) + weight - torch.log(torch.as_tensor(high - low, dtype=weight.dtype, device=x.device))
    return -total.reshape(total.shape[: total.ndim - rank])


def mixture_slope(x: Tensor, low, high, rank: int) -> Tensor:
    """The mean of 1 / σ² given x: the gradient of `mixture_fidelity` is that times x.  number[..., n] -> real[...]"""
    logs, sigma, _ = mixture_terms(x, low, high, rank)
    found = (logs.softmax(0) / sigma.square()).sum(0)
    return found.reshape(found.shape[: found.ndim - rank])


def mixture_terms(x: Tensor, low, high, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    """The logarithms of Simpson's terms, their σ, the logarithm of the width.  number[..., n] -> real[257, ..., 1] twice, real[..., 1]"""
    axes = tuple(range(-rank, 0))
    power = (x.abs().square() if x.is_complex() else x.square()).sum(axes, keepdim=True)
    count = x[(0,) * (x.ndim - rank)].numel() * (2 if x.is_complex() else 1)
    lowest, highest = (torch.as_tensor(bound, dtype=power.dtype, device=x.device) for bound in (low, high))
    with torch.no_grad():
        lowest = torch.maximum(lowest, highest / 1000)
        best = torch.minimum(torch.maximum((power / count).sqrt(), lowest), highest)
        steep = (power / best.square() - count + 1).abs().clamp(min=1e-30)
        reach = torch.minimum(40 / steep, torch.full_like(steep, 6.5 / count**0.5 + 40 / count))
        first, last = torch.maximum(best.log() - reach, lowest.log()), torch.minimum(best.log() + reach, highest.log())
        nodes = torch.arange(257, dtype=power.dtype, device=x.device).reshape(-1, *(1,) * power.ndim)
        weights = (2 + 2 * (nodes % 2)) / 768
        weights = torch.where((nodes == 0) | (nodes == 256), weights / 2, weights)
        t = first + (last - first) * nodes / 256
    return (1 - count) * t - power / 2 * (-2 * t).exp() + weights.log(), t.exp(), (last - first).log()
