"""Kernels of priors for few large entries: thresholds that no convex function has, and projections that a largest entry needs."""

import torch
from torch import Tensor


def hard_threshold(x: Tensor, t) -> Tensor:
    """Entries with ½ |x|² > t, and 0 elsewhere: prox of t · (1 where x ≠ 0).  number[...] -> number[...]"""
    kept = x.abs().square() > 2 * t
    return torch.where(kept, x, 0)


def is_present(x: Tensor) -> Tensor:
    """1 where x ≠ 0, and 0 elsewhere.  number[...] -> real[...]"""
    return x.abs().sign()


def log_threshold(x: Tensor, t, epsilon) -> Tensor:
    """argmin over z of t log(1 + |z| / ε) + ½ |z − x|², entry by entry.  number[...] -> number[...]

    The larger root of (z − |x|) (z + ε) + t = 0, where there is one and it is better than 0.
    """
    length = x.abs()
    square = (length + epsilon).square() - 4 * t
    z = ((length - epsilon + square.clamp(min=torch.finfo(length.dtype).tiny).sqrt()) / 2).clamp(min=0)
    gain = length.square() / 2 - t * (1 + z / epsilon).log() - (z - length).square() / 2
    kept = (square > 0) & (z > 0) & (gain > 0)
    return x * torch.where(kept, z / torch.where(kept, length, 1), 0)


def power_threshold(x: Tensor, t, p) -> Tensor:
    """argmin over z of t |z|ᵖ + ½ |z − x|² for 0 < p < 1, entry by entry.  number[...] -> number[...]

    0 below a threshold, above it the larger root of z − |x| + t p zᵖ⁻¹, by Newton's method from above, where that function is
    convex; its last step carries the derivative. [Zuo, Meng, Zhang, Feng, Zhang 2013]
    """
    length = x.abs()
    t, p = (torch.as_tensor(v, dtype=length.dtype, device=length.device) for v in (t, p))
    least = (2 * t * (1 - p)).clamp(min=torch.finfo(length.dtype).tiny) ** (1 / (2 - p))
    kept = length > least + t * p * least ** (p - 1)
    length = torch.where(kept, length, 1)
    step = lambda z: (z - length + t * p * z ** (p - 1)) / torch.where(kept, 1 + t * p * (p - 1) * z ** (p - 2), 1)
    with torch.no_grad():
        z = length
        for _ in range(7):
            z = z - torch.where(kept, step(z), 0)
    z = z - torch.where(kept, step(z), 0)
    return x * torch.where(kept, z / length, 0)


def project_to_l1_ball(x: Tensor, radius, rank: int) -> Tensor:
    """The nearest array whose entries' lengths add up to `radius` at most, over the last `rank` axes.  number[...] -> number[...]

    Every entry is shortened by t = max over k of (the sum of the k largest lengths − radius) / k, where that is above 0.
    """
    axes = tuple(range(-rank, 0))
    sums = x.abs().flatten(-rank).sort(-1, descending=True).values.cumsum(-1)
    counts = torch.arange(1, sums.shape[-1] + 1, dtype=sums.dtype, device=sums.device)
    radius = radius.flatten(-rank) if isinstance(radius, Tensor) and radius.ndim else radius
    cut = ((sums - radius) / counts).amax(-1).clamp(min=0)
    cut = cut.reshape(*cut.shape, *(1,) * len(axes))
    length = x.abs().clamp(min=torch.finfo(sums.dtype).tiny)
    return x * (1 - cut / length).clamp(min=0)
