"""A proximal map without a closed form, found entry by entry by Newton's method inside a bracket; no host synchronisation."""

import torch
from torch import Tensor


def newton_prox(
    term, v: Tensor, step, least, most, floor: float = -torch.inf, convex: bool = True, iterations: int = 32
) -> Tensor:
    """argmin over z ≥ floor of step · f(z) + ½ (z − v)², entry by entry.  real[...] -> real[...]

    term: z → f(z), f′(z), f″(z).  f falls below `least` and rises above `most`, so that the answer lies between them and v.
    Where f is not convex this is a local minimum: the better one of those that are reached from below, from within and from above.
    Differentiable in all that it is made of, by the implicit function theorem.
    """
    with torch.no_grad():
        least, most = (torch.as_tensor(bound, dtype=v.dtype, device=v.device) for bound in (least, most))
        low, high = torch.minimum(v, least).clamp(min=floor), torch.maximum(v, most).clamp(min=floor)
        if convex:
            reach = (step * term(v)[1]).abs().nan_to_num(torch.inf)
            low, high = torch.maximum(low, v - reach), torch.minimum(high, torch.maximum(low, v + reach))
            z = bracketed_root(term, v, step, low, high, (low + high) / 2, iterations)
        else:
            starts = torch.stack([low + share * (high - low) for share in (0.001, 0.5, 0.999)])
            roots = bracketed_root(term, v, step, low, high, starts, iterations)
            values = (step * term(roots)[0] + (roots - v).square() / 2).nan_to_num(torch.inf)
            z = roots.gather(0, values.argmin(0, keepdim=True)).squeeze(0)
    _, slope, curvature = term(z)
    bend = 1 + step * curvature
    last = (z - v + step * slope) / torch.where(bend > 0, bend, 1)
    usable = (bend > 0) & (last.detach().abs() <= 1e-3 * (high - low) + torch.finfo(v.dtype).eps * z.abs())
    return z - torch.where(usable, last, 0)


def bracketed_root(term, v: Tensor, step, low: Tensor, high: Tensor, z: Tensor, iterations: int) -> Tensor:
    """Where z − v + step · f′(z) goes from below 0 to above, between low and high, from z.  real[...] -> real[...]

    Newton's step as long as it stays in the bracket and is less than half of the one before; else the bracket is halved.
    """
    before, rounding = high - low, 8 * torch.finfo(z.dtype).eps
    for _ in range(iterations):
        _, slope, curvature = term(z)
        push, bend = step * slope, 1 + step * curvature
        excess = z - v + push
        high, low = torch.where(excess > 0, z, high), torch.where(excess > 0, low, z)
        newton = z - excess / bend
        noise = rounding * (z.abs() + (v.abs() + push.abs()) / bend.abs())
        small = (newton - z).abs() <= torch.maximum(before.abs() / 2, noise)
        following = torch.where(small & (newton >= low) & (newton <= high), newton, (low + high) / 2)
        before, z = following - z, following
    return z
