"""Kernels of proximal maps, projections and pointwise fidelities; thresholds and radii are numbers or tensors that broadcast."""

import torch
from torch import Tensor


def soft_threshold(x: Tensor, t) -> Tensor:
    """Each entry shortened by t, to zero at most: prox of t |·|.  number[...] -> number[...]"""
    if x.is_complex():
        return x * (1 - t / magnitude(x).clamp(min=t))
    return x - x.clamp(-t, t)


def group_soft_threshold(x: Tensor, t, axis: int | tuple[int, ...]) -> Tensor:
    """Each vector along `axis` shortened by t, to zero at most: prox of t ‖·‖₂₁.  number[..., k, ...] -> number[..., k, ...]"""
    length = group_norm(x, axis)
    return x * (1 - t / length.clamp(min=t))


def project_to_balls(p: Tensor, radius, axis: int | tuple[int, ...]) -> Tensor:
    """Each vector along `axis` shortened to length `radius` at most.  number[..., k, ...] -> number[..., k, ...]"""
    shortening = radius * group_power(p, axis).rsqrt()
    return p * shortening.clamp(max=1)


def group_norm(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """The 2-norm along `axis`, kept with length 1; never quite zero: it divides and has a gradient.  -> real[..., 1, ...]"""
    power = group_power(x, axis)
    return power.sqrt()


def group_power(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """The sum of |x|² along `axis`, kept with length 1, never quite zero.  number[..., k, ...] -> real[..., 1, ...]"""
    power = x.real.square() + x.imag.square() if x.is_complex() else x.square()
    axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
    if isinstance(axis, int) and power.shape[axis] <= 4:  # a few planes are added faster one by one
        planes = power.split(1, axis)
        total = sum(planes[1:], planes[0])
    else:
        total = power.sum(axis, keepdim=True)
    return total.clamp(min=torch.finfo(total.dtype).tiny)


def magnitude(x: Tensor) -> Tensor:
    """|x|, never quite zero, so that it divides and has a gradient.  complex[...] -> real[...]"""
    power = x.real.square() + x.imag.square()
    return power.clamp(min=torch.finfo(power.dtype).tiny).sqrt()


def poisson_prox(x: Tensor, step: Tensor | float, y: Tensor, background: Tensor | float = 0.0) -> Tensor:
    """argmin over z of step · (z + b − y log(z + b)) + ½ (z − x)², with b = background, y ≥ 0.  real[...] -> real[...]

    The positive root w = z + b of w² − (x + b − step) w − step · y = 0, without cancellation; y = 0 gives max(x + b − step, 0).
    """
    d = x + background - step
    product = (step * y).expand_as(d) if isinstance(y, Tensor) else torch.full_like(d, step * y)
    tiny = torch.finfo(d.dtype).tiny
    larger = (d.abs() + (d.square() + 4 * product).clamp(min=tiny).sqrt()) / 2
    return torch.where(d > 0, larger, product / larger) - background


def poisson_fidelity(mean: Tensor, y: Tensor) -> Tensor:
    """−log p(y | mean) without log y!: mean − y log mean, infinite where mean < 0 or mean = 0 < y.  real[...] -> real[...]"""
    counted = torch.where(y > 0, mean, 1).clamp(min=0)  # y log mean is 0, and so is its gradient, where y = 0
    return torch.where(mean < 0, torch.inf, mean - torch.xlogy(y, counted))


def poisson_slope(mean: Tensor, y: Tensor) -> Tensor:
    """The derivative of `poisson_fidelity` in the mean: 1 − y / mean, and 1 where nothing was counted.  real[...] -> real[...]"""
    counted = y > 0
    return 1 - torch.where(counted, y / torch.where(counted, mean, 1), 0)


def where_nonnegative(values: Tensor, mean: Tensor) -> Tensor:
    """The values where the mean is at least 0, NaN where a law that has no such mean cannot be drawn.  real[...] -> real[...]"""
    return torch.where(mean >= 0, values, torch.nan)


def box_fidelity(x: Tensor, lower: Tensor | float, upper: Tensor | float) -> Tensor:
    """0 where lower ≤ x ≤ upper, infinite elsewhere.  real[...] -> real[...]"""
    inside = (x >= lower) & (x <= upper)
    return torch.where(inside, 0.0, torch.inf).to(x.dtype)


def reciprocal_or_zero(d: Tensor) -> Tensor:
    """1 / d, and 0 where |d| is below the rounding errors of its largest entry: the pseudo-inverse of a diagonal."""
    size = d.abs()
    kept = size > size.amax() * torch.finfo(size.dtype).eps * 10
    return torch.where(kept, 1 / torch.where(kept, d, 1), 0)
