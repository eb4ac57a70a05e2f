"""Kernels that compare an image with the truth, one number per sample of the leading axes."""

import torch
from torch import Tensor


def psnr(x: Tensor, truth: Tensor, peak: float = 1.0, rank: int = 3) -> Tensor:
    """10 log₁₀(peak² / mean |x − truth|²) over the last `rank` axes, in dB.  number[..., C, H, W] -> real[...]"""
    error = (x - truth).abs().square().mean(tuple(range(-rank, 0)))
    return 10 * torch.log10(peak**2 / error)


def ssim(x: Tensor, truth: Tensor, peak: float = 1.0, rank: int = 3) -> Tensor:
    """The mean structural similarity over the last `rank` axes; of magnitudes if complex.  number[..., C, H, W] -> real[...]

    Gaussian window, 11 × 11, σ = 1.5 samples, over the last two axes, only where it lies inside the image (in a smaller image the
    largest odd window that does). Population variances, K₁ = 0.01, K₂ = 0.03. Source: Wang, Bovik, Sheikh, Simoncelli (2004).
    """
    if x.is_complex() or truth.is_complex():
        x, truth = x.abs(), truth.abs()
    x, truth = torch.broadcast_tensors(x, truth)
    moments = torch.stack((x, truth, x * x, truth * truth, x * truth))
    a, b, aa, bb, ab = gaussian_window(gaussian_window(moments, -1), -2).unbind()
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    similarity = (2 * a * b + c1) * (2 * (ab - a * b) + c2)
    similarity = similarity / ((a * a + b * b + c1) * (aa - a * a + bb - b * b + c2))
    return similarity.mean(tuple(range(-rank, 0)))


def gaussian_window(x: Tensor, axis: int) -> Tensor:
    """Weighted means of 11 samples along one axis, Gaussian, σ = 1.5, inside the image.  real[..., n] -> real[..., n - 10]"""
    radius = min(5, (x.shape[axis] - 1) // 2)
    inside = x.shape[axis] - 2 * radius
    weights = [2.718281828459045 ** (-(k**2) / 4.5) for k in range(-radius, radius + 1)]
    mean = torch.zeros_like(x.narrow(axis, 0, inside))
    for k, w in enumerate(weights):
        mean = mean + w / sum(weights) * x.narrow(axis, k, inside)
    return mean
