"""What a loop remembers of its last rounds: the newest arrays, and the Hessian that they tell of."""

import torch
from torch import Tensor


def newest(kept: Tensor, x: Tensor, rank: int = 1) -> Tensor:
    """x in front of the kept arrays, without the oldest.  number[..., m, n], number[..., n] -> number[..., m, n]

    The last `rank` axes are one array.
    """
    axis = -rank - 1
    older = kept.narrow(axis, 0, kept.shape[axis] - 1)
    new = x.unsqueeze(axis)
    batch = torch.broadcast_shapes(older.shape[:axis], new.shape[:axis])
    return torch.cat([new.expand(*batch, *new.shape[axis:]), older.expand(*batch, *older.shape[axis:])], axis)


def two_loop_direction(steps, changes, slope, rank=1):
    """H · slope, H the inverse Hessian that steps of x and changes of the gradient along them tell.  -> number[..., n]

    steps, changes: the newest first, number[..., m, n].  A pair along which the gradient does not grow tells nothing and is left out,
    so that H is positive and as large as the newest that is left says; while there is none, it is 1.  Of several unknowns all are tuples, rank as well.
    Source: Nocedal, Updating quasi-Newton matrices with limited storage (1980).
    """
    if isinstance(slope, Tensor):
        return two_loop_direction((steps,), (changes,), (slope,), (rank,))[0]
    unbound = [zip(*(a.unbind(-r - 1) for a, r in zip(kept, rank, strict=True)), strict=True) for kept in (steps, changes)]
    pairs = list(zip(*unbound, strict=True))
    product = lambda a, b: sum(real_product(p, q, r) for p, q, r in zip(a, b, rank, strict=True))
    products, sizes = [product(s, y) for s, y in pairs], [product(y, y) for _, y in pairs]
    grows = [p > 1e-10 * (product(s, s) * q).sqrt() for (s, _), p, q in zip(pairs, products, sizes, strict=True)]
    inverses = [torch.where(g, 1 / torch.where(g, p, 1), 0) for g, p in zip(grows, products, strict=True)]
    shares = []
    for (s, y), inverse in zip(pairs, inverses, strict=True):
        shares.append(inverse * product(s, slope))
        slope = moved(slope, -shares[-1], y, rank)
    scale = torch.ones_like(products[0])
    for g, p, q in reversed(list(zip(grows, products, sizes, strict=True))):
        scale = torch.where(g, p / torch.where(g, q, 1), scale)
    slope = tuple(scale[(...,) + (None,) * r] * p for p, r in zip(slope, rank, strict=True))
    for (s, y), inverse, share in reversed(list(zip(pairs, inverses, shares, strict=True))):
        slope = moved(slope, share - inverse * product(y, slope), s, rank)
    return slope


def moved(a, t: Tensor, b, rank):
    """a + t b of several arrays, with one t a sample."""
    return tuple(p + t[(...,) + (None,) * r] * q for p, q, r in zip(a, b, rank, strict=True))


def real_product(a: Tensor, b: Tensor, rank: int) -> Tensor:
    """Re⟨a, b⟩ over the last `rank` axes.  number[..., n] each -> real[...]"""
    products = (a.conj() * b).real
    return products.sum(tuple(range(-rank, 0))) if rank else products


def inner_products(kept: Tensor, rank: int = 1) -> Tensor:
    """Re⟨a, b⟩ of every two of the kept arrays.  number[..., m, n] -> real[..., m, m]"""
    flat = kept.flatten(-rank) if rank else kept.unsqueeze(-1)
    return (flat.conj() @ flat.mT).real


def inner_products_with(kept: Tensor, x: Tensor, rank: int = 1) -> Tensor:
    """Re⟨a, x⟩ of the kept arrays.  number[..., m, n], number[..., n] -> real[..., m]"""
    flat, one = (kept.flatten(-rank), x.flatten(-rank)) if rank else (kept.unsqueeze(-1), x.unsqueeze(-1))
    return (flat.conj() @ one.unsqueeze(-1)).squeeze(-1).real


def lengths(kept: Tensor, rank: int = 1) -> Tensor:
    """‖a‖² of the kept arrays.  number[..., m, n] -> real[..., m]"""
    squares = kept.abs().square()
    return squares.sum(tuple(range(-rank, 0))) if rank else squares


def least_squares_shares(steps: Tensor, products: Tensor, along: Tensor) -> Tensor:
    """The w for which Σ wⱼ yⱼ is nearest to r, of which ⟨yⱼ, yₖ⟩ and ⟨yⱼ, r⟩ are given, as far as precision tells.  -> real[..., m]

    steps: ‖sⱼ‖² of the steps that led to the yⱼ; one of length 0 takes no part.  Each yⱼ counts relative to the lengths of itself and its
    step, and a hundred roundings of that are added to the diagonal, which bounds every ‖wⱼ sⱼ‖ by a multiple of ‖r‖.
    real[..., m], real[..., m, m], real[..., m]
    Source: Fu, Zhang, Boyd, Anderson accelerated Douglas–Rachford splitting (2020).
    """
    told = steps > 0
    scale = torch.where(told, (steps + products.diagonal(dim1=-2, dim2=-1)).clamp(min=torch.finfo(steps.dtype).tiny).rsqrt(), 0)
    system = scale[..., :, None] * products * scale[..., None, :]
    system = system + 100 * torch.finfo(steps.dtype).eps * torch.eye(steps.shape[-1], dtype=steps.dtype, device=steps.device)
    return scale * torch.linalg.solve_ex(system, scale * along)[0]


def combined(kept: Tensor, weights: Tensor, rank: int = 1) -> Tensor:
    """Σ wⱼ aⱼ of the kept arrays.  number[..., m, n], real[..., m] -> number[..., n]"""
    shape = kept.shape[kept.ndim - rank :]
    flat = kept.flatten(-rank) if rank else kept.unsqueeze(-1)
    return (weights.to(kept.dtype).unsqueeze(-2) @ flat).squeeze(-2).unflatten(-1, shape) if rank else (weights * kept).sum(-1)
