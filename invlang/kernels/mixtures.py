"""Kernels of a mixture of Gaussians: its energy, the slope of it, and the mean of what it draws, given that with noise.

The vectors are the columns of x.  One is drawn from component k with probability w_k, and then from N(μ_k, Σ_k), Σ_k = V_k diag(λ_k) V_kᵀ.
"""

import torch
from torch import Tensor


def mixture_energy(x: Tensor, weights: Tensor, means: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    """−log Σ_k w_k N(x; μ_k, Σ_k).  real[..., n, m], real[K], real[K, n], λ real[K, n, 1], V real[K, n, n] -> real[..., 1, m]"""
    return -mixture_scores(x, weights, means, values, vectors, 0.0).logsumexp(-2, keepdim=True)


def mixture_gradient(x: Tensor, weights: Tensor, means: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    """The gradient of `mixture_energy`: Σ_k γ_k Σ_k⁻¹ (x − μ_k), with γ_k how likely component k is.  real[..., n, m] -> real[..., n, m]"""
    shares = mixture_scores(x, weights, means, values, vectors, 0.0).softmax(-2)
    total = torch.zeros_like(x)
    for k, (mean, spread, basis) in enumerate(zip(means, values, vectors, strict=True)):
        slope = basis @ (basis.mT @ (x - mean[:, None]) / spread)
        total = torch.addcmul(total, shares[..., k : k + 1, :], slope)
    return total


def mixture_mean(x: Tensor, noise: Tensor | float, weights: Tensor, means: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    """The mean of z given x = z + n with n normal of variance `noise`: Σ_k γ_k (μ_k + Σ_k (Σ_k + noise)⁻¹ (x − μ_k)).

    γ_k is how likely it is that z is of component k, given x.  real[..., n, m] -> real[..., n, m]
    """
    shares = mixture_scores(x, weights, means, values, vectors, noise).softmax(-2)
    total = torch.zeros_like(x)
    for k, (mean, spread, basis) in enumerate(zip(means, values, vectors, strict=True)):
        kept = basis.mT @ (x - mean[:, None]) * (spread / (spread + noise))
        total = torch.addcmul(total, shares[..., k : k + 1, :], basis @ kept + mean[:, None])
    return total


def mixture_scores(x: Tensor, weights: Tensor, means: Tensor, values: Tensor, vectors: Tensor, noise: Tensor | float) -> Tensor:
    """log w_k N(x; μ_k, Σ_k + noise) of each component.  real[..., n, m] -> real[..., K, m]"""
    found = []
    for weight, mean, spread, basis in zip(weights, means, values, vectors, strict=True):
        wide = spread + noise
        far = (basis.mT @ (x - mean[:, None])).square() / wide + (2 * torch.pi * wide).log()
        found.append(weight.log() - far.sum(-2) / 2)
    return torch.stack(found, -2)


def eigenvalues(covariances: Tensor) -> Tensor:
    """Those of each covariance, ascending, none below rounding of the largest.  real[K, n, n] -> real[K, n, 1]"""
    found = torch.linalg.eigvalsh(covariances)
    return found.clamp(min=torch.finfo(found.dtype).eps * found.amax()).unsqueeze(-1)


def eigenvectors(covariances: Tensor) -> Tensor:
    """Those of each covariance, one a column, in the order of `eigenvalues`.  real[K, n, n] -> real[K, n, n]"""
    return torch.linalg.eigh(covariances)[1]
