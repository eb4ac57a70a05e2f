"""Kernels that iterate: conjugate gradients, without waiting for another device, and the power method, for set-up; derivatives of what they find."""

import torch
from torch import Tensor


def conjugate_gradient(apply, b, iterations: int, x=None, preconditioner=None, rank=1, singular: bool = False):
    """`iterations` steps towards apply(x) = b, apply Hermitian positive, from x or zero.  number[..., n] -> number[..., n]

    The last `rank` axes are one vector; those before are independent problems. A problem whose residual is down to rounding, ten
    units of it, stays as it is: where apply is singular, nothing comes from its null space; when all of them do, the steps end. For
    several unknowns b, x and rank are tuples, and apply takes and gives one. `preconditioner`, near the inverse of apply, is Hermitian positive too.

    Derivatives are those of the solution, by another solve of 2 · `iterations` steps, whose memory does not grow with the steps;
    where apply may be `singular`, those of the steps.  Source: Hestenes and Stiefel (1952).
    """
    if isinstance(b, Tensor):
        one = (lambda v: (apply(v[0]),)), (b,), iterations, None if x is None else (x,)
        return conjugate_gradient(*one, preconditioner and (lambda r: (preconditioner(r[0]),)), (rank,), singular)[0]
    if singular:
        return conjugate_gradient_of_parts(apply, b, iterations, x, preconditioner, rank)
    with torch.no_grad():
        found = conjugate_gradient_of_parts(apply, b, iterations, x, preconditioner, rank)
    residual = tuple(p - image for p, image in zip(b, apply(found), strict=True)) if torch.is_grad_enabled() else ()
    if not any(part.requires_grad for part in residual):
        return found

    solve = lambda g: conjugate_gradient_of_parts(apply, g, 2 * iterations, None, preconditioner, rank)
    return WithDerivative.apply(solve, found, *residual)


def conjugate_gradient_of_parts(apply, b, iterations: int, x, preconditioner, ranks) -> tuple[Tensor, ...]:
    """Conjugate gradients on tuples of tensors."""
    residual = b if x is None else tuple(part - image for part, image in zip(b, apply(x), strict=True))
    x = tuple(torch.zeros_like(part) for part in b) if x is None else x
    direction = better = residual if preconditioner is None else preconditioner(residual)
    energy = inner_of_parts(residual, better, ranks)
    rounding = (10 * torch.finfo(energy.dtype).eps) ** 2 * energy.detach()
    for k in range(iterations):
        if k % 4 == 3 and energy.device.type == "cpu" and is_all(energy <= rounding):  # elsewhere looking means waiting
            break
        image = apply(direction)
        step = quotient(torch.where(energy > rounding, energy, 0), inner_of_parts(direction, image, ranks))
        x = add_multiple(x, step, direction, ranks)
        residual = add_multiple(residual, -step, image, ranks)
        better = residual if preconditioner is None else preconditioner(residual)
        previous, energy = energy, inner_of_parts(residual, better, ranks)
        direction = add_multiple(better, quotient(energy, previous), direction, ranks)
    return x


def is_all(condition: Tensor) -> bool:
    """Whether it holds everywhere; of a graph that is being captured, which cannot look at numbers, it is not known.  binary[...]"""
    return not torch.compiler.is_compiling() and bool(condition.all())


def component(parts: tuple[Tensor, ...], index: int) -> Tensor:
    """One of several unknowns."""
    return parts[index]


def inner_of_parts(a: tuple[Tensor, ...], b: tuple[Tensor, ...], ranks: tuple[int, ...]) -> Tensor:
    """Re⟨a, b⟩ over the last axes of all parts.  number[..., n] each -> real[...]"""
    total = inner(a[0], b[0], ranks[0])
    for p, q, rank in zip(a[1:], b[1:], ranks[1:], strict=True):
        total = total + inner(p, q, rank)
    return total


def add_multiple(a: tuple[Tensor, ...], t: Tensor, b: tuple[Tensor, ...], ranks: tuple[int, ...]) -> tuple[Tensor, ...]:
    """a + t b, one t per problem.  number[..., n] each, real[...] -> number[..., n] each"""
    return tuple(torch.addcmul(p, t[(...,) + (None,) * rank], q) for p, q, rank in zip(a, b, ranks, strict=True))


def inner(a: Tensor, b: Tensor, rank: int) -> Tensor:
    """Re⟨a, b⟩ over the last `rank` axes.  number[..., n], number[..., n] -> real[...]"""
    a, b = (v.to(torch.promote_types(a.dtype, b.dtype)) for v in (a, b))
    if a.is_complex():
        a, b, rank = torch.view_as_real(a.resolve_conj()), torch.view_as_real(b.resolve_conj()), rank + 1
    a, b = (v.reshape(*v.shape[: v.ndim - rank], -1) for v in (a, b))
    return torch.linalg.vecdot(a, b)


def quotient(a: Tensor, b: Tensor) -> Tensor:
    """a / b where b > 0, and 0 elsewhere, gradients included.  real[...], real[...] -> real[...]"""
    positive = b > 0
    return torch.where(positive, a / torch.where(positive, b, 1), 0)


def leading_vector(apply, start: Tensor, iterations: int = 40, rank: int = 1) -> Tensor:
    """The eigenvector of the largest eigenvalue of apply, Hermitian, of length 1.  number[..., n] -> number[..., n]

    The best one in the span of start, apply(start), … over `iterations` rounds, orthonormal vectors of which are kept; the last `rank`
    axes of `start` are one vector; a start of zero stays. [Lanczos 1950]
    """
    v, basis, images = unit(start, start, rank), [], []
    for _ in range(iterations):
        image = apply(v)
        basis.append(v)
        images.append(image)
        rest = image
        for b in (*basis, *basis):  # twice is enough
            rest = rest - spread(inner(b, rest, rank), rank) * b
        v = unit(rest, image, rank)
    seen = torch.stack([torch.stack([inner(b, a, rank) for a in images], -1) for b in basis], -2)
    empty = torch.stack([inner(b, b, rank) for b in basis], -1) < 0.5
    least = seen[..., :1, 0] - seen[..., :1, 0].abs() - 1  # below what the first vector reaches
    weights = torch.linalg.eigh((seen + seen.mT) / 2 + torch.diag_embed(empty * least)).eigenvectors[..., -1]
    return torch.stack([spread(weights[..., k], rank) * b for k, b in enumerate(basis)]).sum(0)


def fixed_point(apply, start: Tensor, iterations: int = 30, rank: int = 1) -> Tensor:
    """x with apply(x) = x, by Anderson's method from `start`, which keeps all rounds.  number[..., n] -> number[..., n]

    For an affine map it is as fast as GMRES, however far the map takes things; the last `rank` axes are one problem. [Walker, Ni 2011]
    """
    x, before = start, None
    steps, changes = list[Tensor](), list[Tensor]()
    for _ in range(iterations):
        residual = apply(x) - x
        if before is not None:
            step, change = x - before[0], residual - before[1]
            for p, q in (*zip(steps, changes, strict=True),) * 2:  # twice is enough
                share = spread(inner(q, change, rank), rank)
                step, change = step - share * p, change - share * q
            scale = spread(one_over_length(change, residual - before[1], rank), rank)
            steps.append(step * scale)
            changes.append(change * scale)
        before = x, residual
        for p, q in zip(steps, changes, strict=True):
            share = spread(inner(q, residual, rank), rank)
            x, residual = x - share * p, residual - share * q
        x = x + residual
    return x


def at_fixed_point(step, point, rounds: int = 300):
    """The point, with the derivatives of the fixed point of `step` next to it, in all that `step` reads.

    step: takes the parts of the point, and gives them after a round; a point of one part is no tuple, parts that are no
    arrays count as constants.  Of x = s(x, θ) the derivative is (1 − ∂s/∂x)⁻¹ ∂s/∂θ: `rounds` of w ← g + (∂s/∂x)ᵀ w apply the
    inverse's transpose, fewer where w has settled.  They converge as the iteration itself does.
    Source: Christianson, Reverse accumulation and attractive fixed points (1994).
    """
    if isinstance(point, Tensor):
        return at_fixed_point(lambda v: (step(v),), (point,), rounds)[0]
    if not torch.is_grad_enabled():
        return point
    after = step(*point)
    places = [i for i, part in enumerate(point) if isinstance(part, Tensor)]
    if not any(after[i].requires_grad for i in places):
        return point
    arrays = tuple(point[i].detach() for i in places)
    moved = lambda v: tuple(
        step(*(v[places.index(i)] if i in places else part for i, part in enumerate(point)))[i] for i in places
    )
    summed = lambda g: summed_over_rounds(moved, arrays, g, rounds)
    found = iter(WithDerivative.apply(summed, arrays, *(after[i] for i in places)))
    return tuple(next(found) if i in places else part for i, part in enumerate(point))


def summed_over_rounds(step, point: tuple[Tensor, ...], gradients: tuple[Tensor, ...], rounds: int) -> tuple[Tensor, ...]:
    """Σ (Jᵀ)ᵏ of the gradients, J the Jacobian of `step` at the point, until it has settled or for that many rounds."""
    with torch.enable_grad():
        leaves = tuple(part.clone().requires_grad_() for part in point)
        images = step(leaves)
    total = gradients
    for k in range(rounds):
        before = total
        total = tuple(g + p for g, p in zip(gradients, pulled(images, leaves, total), strict=True))
        steps = [(a - b).norm() / (100 * torch.finfo(a.dtype).eps) for a, b in zip(total, before, strict=True)]
        if k % 10 == 9 and all(bool(step <= part.norm()) for step, part in zip(steps, total, strict=True)):
            break
    return total


def at_stationary_point(slope, x, rounds: int = 200, rank=1):
    """x, with the derivatives of the point next to it where `slope`, a gradient, vanishes, in all that slope reads.

    Of ∇E(x, θ) = 0 the derivative is −H⁻¹ ∂∇E/∂θ with the Hessian H, which is applied by differentiating the slope and inverted by
    `rounds` of conjugate gradients.  x of several parts is a tuple, rank too; the last `rank` axes are one problem.
    """
    if isinstance(x, Tensor):
        return at_stationary_point(lambda v: (slope(v[0]),), (x,), rounds, (rank,))[0]
    if not torch.is_grad_enabled():
        return x
    arrays = tuple(part.detach() for part in x)
    residual = slope(arrays)
    if not any(part.requires_grad for part in residual):
        return x
    return WithDerivative.apply(lambda g: solved_with_hessian(slope, arrays, g, rounds, rank), arrays, *residual)


def solved_with_hessian(slope, point: tuple[Tensor, ...], gradients: tuple[Tensor, ...], rounds: int, ranks):
    """−H⁻¹ of the gradients, H the Jacobian of `slope` at the point, by conjugate gradients."""
    with torch.enable_grad():
        slopes = slope(leaves := tuple(part.clone().requires_grad_() for part in point))
    back = lambda v: pulled(slopes, leaves, v)
    return tuple(-w for w in conjugate_gradient_of_parts(back, gradients, rounds, None, None, ranks))


class WithDerivative(torch.autograd.Function):
    """Values that do not change, and pass gradients on to the residuals by a function of all of them; second ones are refused."""

    @staticmethod
    def forward(ctx, pulled_back, values: tuple[Tensor, ...], *residuals: Tensor) -> tuple[Tensor, ...]:
        ctx.pulled_back = pulled_back
        ctx.save_for_backward(*residuals)
        return tuple(v.expand(r.shape).clone() for v, r in zip(values, residuals, strict=True))

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        with torch.no_grad():
            found = ctx.pulled_back(gradients)
        return None, None, *(WithDerivative.apply(refused, found, *ctx.saved_tensors) if torch.is_grad_enabled() else found)


def refused(gradients: tuple[Tensor, ...]):
    """Raises RuntimeError, in words."""
    raise RuntimeError("`implicit` tells first derivatives only; for second ones leave it out: rounds are differentiated then")


def pulled(images: tuple[Tensor, ...], leaves: tuple[Tensor, ...], gradients: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Jᵀ of the gradients, J = ∂images/∂leaves; 0 where nothing depends."""
    pairs = [(image, g) for image, g in zip(images, gradients, strict=True) if image.requires_grad]
    found = torch.autograd.grad([p for p, _ in pairs], leaves, [g for _, g in pairs], retain_graph=True, allow_unused=True)
    return tuple(torch.zeros_like(v) if g is None else g for g, v in zip(found, leaves, strict=True))


def unit(v: Tensor, of: Tensor, rank: int) -> Tensor:
    """v / ‖v‖, and 0 where v is what rounding leaves of a larger vector.  number[..., n], number[..., n] -> number[..., n]"""
    scale = spread(one_over_length(v, of, rank), rank)
    return scale * v


def one_over_length(v: Tensor, of: Tensor, rank: int) -> Tensor:
    """1 / ‖v‖, and 0 where v is what rounding leaves of a larger vector.  number[..., n], number[..., n] -> real[...]"""
    length, whole = (inner(a, a, rank).sqrt() for a in (v, of))
    return quotient((length > 100 * torch.finfo(length.dtype).eps * whole).to(length.dtype), length)


def spread(value: Tensor, rank: int) -> Tensor:
    """One number per sample, shaped to meet arrays of that rank.  real[...] -> real[..., 1, …]"""
    ones = (1,) * rank
    return value.reshape(value.shape + ones)


def power_iteration(
    apply,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: torch.device | str = "cpu",
    iterations: int = 50,
    rank: int | None = None,
    safety: float = 0.01,
) -> Tensor:
    """The largest eigenvalue of apply, Hermitian and positive, times 1 + safety.  -> real[] or, given `rank`, real[...]

    The best Rayleigh quotient among the power method's vectors v, apply v, apply² v … (Lanczos 1950), from one fixed random v. It
    never exceeds the eigenvalue; `safety` allows for what is missing after `iterations` (about 0.1 % for a blur or a gradient of
    512² samples) and is no proof. Axes before the last `rank` are independent problems.
    """
    rank = len(shape) if rank is None else rank
    v = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=dtype).to(device)
    return largest_on_the_way(apply, v, iterations, rank) * (1 + safety)


def largest_on_the_way(apply, v: Tensor, iterations: int, rank: int) -> Tensor:
    """The largest Rayleigh quotient in the span of v, apply(v), … of each problem.  number[..., n] -> real[...]"""
    coupling = inner(v, v, rank).sqrt()
    wide = coupling.shape + (1,) * rank
    v, before, coupling = v / coupling.reshape(wide), torch.zeros_like(v), torch.zeros_like(coupling)
    diagonal, couplings = [], []
    for _ in range(iterations):
        image = apply(v) - coupling.reshape(wide) * before
        diagonal.append(inner(v, image, rank))
        image = image - diagonal[-1].reshape(wide) * v
        coupling = inner(image, image, rank).sqrt()
        couplings.append(coupling)
        before, v = v, image * quotient(torch.ones_like(coupling), coupling).reshape(wide)
    tridiagonal = torch.stack(diagonal, -1).diag_embed() + torch.stack(couplings, -1)[..., :-1].diag_embed(-1)
    return torch.linalg.eigvalsh(tridiagonal)[..., -1]  # which reads the lower half only


def largest_curvature(apply, like: Tensor, iterations: int = 20, rank: int = 1, safety: float = 0.02) -> Tensor:
    """`power_iteration` for vectors shaped like an array, from one v for all samples of its leading axes.  -> real[...]"""
    v = torch.randn(like.shape[like.ndim - rank :], generator=torch.Generator().manual_seed(0), dtype=like.dtype).to(like.device)
    return largest_on_the_way(apply, v.expand(like.shape), iterations, rank) * (1 + safety)


def growth_bound(apply, start: Tensor, rank: int = 2, rounds: int = 3) -> Tensor:
    """An upper bound of the largest eigenvalue of a matrix without negative entries: max (G v) / v for v > 0, v ← G v.

    start: entries above 0, number[..., n];  apply: G.  Each round makes the bound smaller.  Returns real[...].
    Source: Collatz, Einschließungssatz für die charakteristischen Zahlen von Matrizen (1942).
    """
    before = after = start
    for _ in range(rounds):
        before, after = after, apply(after)
    return (after / before.clamp(min=1e-30)).amax(tuple(range(-rank, 0)))
