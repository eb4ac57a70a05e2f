"""Kernels of proximal maps, projections and pointwise fidelities; thresholds and radii are numbers or tensors that broadcast."""

import torch
from torch import Tensor


def soft_threshold(x: Tensor, t) -> Tensor:
    """Each entry shortened by t, to zero at most: prox of t |·|.  number[...] -> number[...]"""
    cut = cut_short(x, t)
    return x - cut


def cut_short(x: Tensor, t) -> Tensor:
    """Each entry shortened to length t at most.  number[...] -> number[...]"""
    if x.is_complex():
        return project_to_balls(x, t, ())
    return x.clamp(min=-t).clamp(max=t)  # one clamp between two tensors is far slower


def group_soft_threshold(x: Tensor, t, axis: int | tuple[int, ...]) -> Tensor:
    """Each vector along `axis` shortened by t, to zero at most: prox of t ‖·‖₂₁.  number[..., k, ...] -> number[..., k, ...]"""
    length = group_norm(x, axis)
    return x * (1 - t / length.clamp(min=t))


def project_to_balls(p: Tensor, radius, axis: int | tuple[int, ...]) -> Tensor:
    """Each vector along `axis` shortened to length `radius` at most.  number[..., k, ...] -> number[..., k, ...]"""
    square, kind = radius * radius, radius.dtype if isinstance(radius, Tensor) else p.dtype
    least = torch.finfo(kind).tiny
    square = square.clamp(min=least) if isinstance(square, Tensor) else max(square, least)
    return p * (radius * sum_of_squares(p, axis).clamp(min=square).rsqrt())


def group_norm(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """The 2-norm along `axis`, kept with length 1; never quite zero: it divides and has a gradient.  -> real[..., 1, ...]"""
    power = group_power(x, axis)
    return power.sqrt()


def group_power(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """The sum of |x|² along `axis`, kept with length 1, never quite zero.  number[..., k, ...] -> real[..., 1, ...]"""
    total = sum_of_squares(x, axis)
    return total.clamp(min=torch.finfo(total.dtype).tiny)


def sum_of_squares(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    """The sum of |x|² along `axis`, kept with length 1; along none, |x|².  number[..., k, ...] -> real[..., 1, ...]"""
    axes = (axis,) if isinstance(axis, int) else axis
    few = len(axes) < 2 and all(x.shape[a] <= 4 for a in axes)  # a few planes are added faster one by one
    planes = x.split(1, axes[0]) if few and axes else (x,)
    parts = [part for plane in planes for part in ((plane.real, plane.imag) if x.is_complex() else (plane,))]
    total = parts[0].square()
    for part in parts[1:]:
        total = torch.addcmul(total, part, part)
    return total if few else total.sum(axes, keepdim=True)


def project_to_simplex(x: Tensor, total, axis: int | tuple[int, ...]) -> Tensor:
    """The nearest vectors along `axis` without negative entries whose sum is `total` > 0.  real[..., k, ...] -> real[..., k, ...]

    (x − t)₊ with t = max over k of (the sum of the k largest − total) / k.
    """
    axes = (axis,) if isinstance(axis, int) else axis
    last = tuple(range(-len(axes), 0))
    moved = x.movedim(axes, last)
    total = total.flatten(-len(axes)) if isinstance(total, Tensor) and total.ndim else total
    sums = moved.flatten(-len(axes)).sort(-1, descending=True).values.cumsum(-1)
    counts = torch.arange(1, sums.shape[-1] + 1, dtype=x.dtype, device=x.device)
    threshold = ((sums - total) / counts).amax(-1)
    return (moved - threshold.reshape(*threshold.shape, *(1,) * len(axes))).clamp(min=0).movedim(last, axes)


def simplex_fidelity(x: Tensor, total, axis: int | tuple[int, ...]) -> Tensor:
    """0 where the vectors along `axis` are at least 0 and add up to `total`, infinite elsewhere.  real[..., k, ...] -> real[..., 1, ...]"""
    nearest = project_to_simplex(x, total, axis)
    away = (x - nearest).abs().amax(axis, keepdim=True)
    return torch.where(away <= 100 * torch.finfo(x.dtype).eps * nearest.amax(axis, keepdim=True), 0.0, torch.inf).to(x.dtype)


def singular_values(x: Tensor) -> Tensor:
    """The singular values of the matrices in the last two axes.  number[..., m, n] -> real[..., min(m, n), 1]"""
    return torch.linalg.svdvals(x).unsqueeze(-1)


def singular_threshold(x: Tensor, t) -> Tensor:
    """Each singular value shortened by t, to zero at most: prox of t ‖·‖⁎.  number[..., m, n] -> number[..., m, n]

    Its derivative is that of the map of matrices, which exists where singular values are equal; that of their vectors does not.
    """
    u, s, vh = torch.linalg.svd(x.detach(), full_matrices=False)
    shortened = (s.unsqueeze(-2) - t).clamp(min=0)
    value = (u * shortened) @ vh
    return value + singular_change(x - x.detach(), u, s, vh, shortened.detach().squeeze(-2)) if x.requires_grad else value


def singular_change(d: Tensor, u: Tensor, s: Tensor, vh: Tensor, f: Tensor) -> Tensor:
    """How U f Vᴴ moves where U s Vᴴ moves by d, for f = f(s) piecewise linear and odd.  number[..., m, n] -> number[..., m, n]

    Differences of f over differences of s between singular values, between them and their mirror images −s, and between them and 0.
    """
    kind, tiny = d.dtype, torch.finfo(s.dtype).tiny
    inner = u.mH @ d @ vh.mH
    across, mirrored = s.unsqueeze(-1) - s.unsqueeze(-2), (s.unsqueeze(-1) + s.unsqueeze(-2)).clamp(min=tiny)
    apart = across.abs() > 1e-6 * s.amax(-1, keepdim=True).unsqueeze(-1)
    slope = (f > 0).to(s.dtype)
    same = (slope.unsqueeze(-1) + slope.unsqueeze(-2)) / 2
    even = torch.where(apart, (f.unsqueeze(-1) - f.unsqueeze(-2)) / torch.where(apart, across, 1), same).to(kind)
    odd = ((f.unsqueeze(-1) + f.unsqueeze(-2)) / mirrored).to(kind)
    moved = even * (inner + inner.mH) / 2 + odd * (inner - inner.mH) / 2
    share = (f / s.clamp(min=tiny)).unsqueeze(-2).to(kind)
    left, right = d @ vh.mH - u @ inner, u.mH @ d - inner @ vh
    return (u @ moved + left * share) @ vh + (u * share) @ right


def magnitude(x: Tensor) -> Tensor:
    """|x|, never quite zero, so that it divides and has a gradient.  complex[...] -> real[...]"""
    power = x.real.square() + x.imag.square()
    return power.clamp(min=torch.finfo(power.dtype).tiny).sqrt()


def poisson_prox(x: Tensor, step: Tensor | float, y: Tensor, background: Tensor | float = 0.0) -> Tensor:
    """argmin over z of step · (z + b − y log(z + b)) + ½ (z − x)², with b = background, y ≥ 0.  real[...] -> real[...]

    The positive root w = z + b of w² − (x + b − step) w − step · y = 0, without cancellation; y = 0 gives max(x + b − step, 0).
    """
    d = x + background - step
    product = step * y if isinstance(y, Tensor) else torch.full_like(d, step * y)
    d, product = torch.broadcast_tensors(d, product)
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


def entropy_fidelity(x: Tensor, reference: Tensor | float) -> Tensor:
    """x log(x / reference) − x + reference, infinite where x < 0.  real[...] -> real[...]"""
    entropy = torch.xlogy(x, x.clamp(min=0) / reference) - x + reference
    return torch.where(x < 0, torch.inf, entropy)


def entropy_prox(x: Tensor, step: Tensor | float, reference: Tensor | float) -> Tensor:
    """argmin over z of step · (z log(z / reference) − z) + ½ (z − x)²: z = step · w with w + log w = x / step + log(reference / step).

    w is Lambert's function of the exponential of the right side, by Newton's method, whose last step carries the derivative.
    """
    u = x / step + torch.as_tensor(reference / step, dtype=x.dtype, device=x.device).log()
    tiny = torch.finfo(x.dtype).tiny
    with torch.no_grad():
        w = torch.where(u > 1, u - u.clamp(min=1).log(), u.clamp(max=1).exp()).clamp(min=tiny)
        for _ in range(4):
            w = (w * (1 + u - w.log()) / (1 + w)).clamp(min=tiny)
    return step * w * (1 + u - w.log()).clamp(min=0) / (1 + w)


def burg_fidelity(x: Tensor) -> Tensor:
    """−log x, infinite where x ≤ 0.  real[...] -> real[...]"""
    above = x > 0
    return torch.where(above, -torch.where(above, x, 1).log(), torch.inf)


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
