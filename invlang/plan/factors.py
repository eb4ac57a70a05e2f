"""Transforms without a factor: the 1/√n of a transform and that of the inverse one around it meet in the 1/n of the plain inverse."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.spaces import Space, known_size
from invlang.graph.values import Apply, Call, Pointwise, Value
from invlang.plan.work import PASS, passes_of
from invlang.rules.facts import claims

Axes = tuple[int, ...]
LINEAR = ("half_fold", "half_fold_adjoint")
INVERSES = {
    "half_fourier": "half_fourier_inverse",
    "plain_half_fourier": "plain_half_fourier_inverse",
    "plain_fourier": "plain_fourier_inverse",
}


def inverse_half(half: Value, axes: Axes, sizes: tuple[object, ...], space: Space) -> Call:
    """The real image with that half spectrum."""
    plain = without_factor(half, axes, tuple(space.axes[a].size for a in axes), {})
    function = "half_fourier_inverse" if plain is None else "plain_half_fourier_inverse"
    return Call("fourier", function, (half if plain is None else plain,), (("axes", axes), ("sizes", sizes)), space)


def inverse_whole(value: Apply) -> Value:
    """Fᴴ around a spectrum of the same size, both without their factors where that is all there is to it."""
    if not (claims(value.leaf, "spectral") and value.leaf.adjoint):
        return value
    axes, space = value.leaf.argument("axes"), value.leaf.of
    plain = without_factor(value.operand, axes, tuple(space.axes[a].size for a in axes), {})
    return value if plain is None else Call("fourier", "plain_fourier_inverse", (plain,), (("axes", axes),), value.space)


def without_factor(value: Value, axes: Axes, sizes: tuple[object, ...], done: dict[Value, Value | None]) -> Value | None:
    """√n times the value, where it is made linearly of transforms of that size and of nothing else; None where it is not."""
    if value not in done:
        done[value] = unscaled(value, axes, sizes, done)
    return done[value]


def unscaled(value: Value, axes: Axes, sizes: tuple[object, ...], done: dict[Value, Value | None]) -> Value | None:
    match value:
        case Call(function="half_fourier", operands=(x,)) if dict(value.options)["axes"] == axes:
            same = tuple(x.space.axes[a].size for a in axes) == sizes
            return replace(value, function="plain_half_fourier") if same else None
        case Call(function=function, operands=(inner,)) if function in LINEAR:
            plain = without_factor(inner, axes, sizes, done)
            return None if plain is None else replace(value, operands=(plain,))
        case Apply(leaf, x) if claims(leaf, "spectral") and not leaf.adjoint and leaf.argument("axes") == axes:
            same = tuple(x.space.axes[a].size for a in axes) == sizes
            return Call("fourier", "plain_fourier", (x,), (("axes", axes),), value.space) if same else None
        case Apply(leaf, x) if claims(leaf, "copies"):
            plain = without_factor(x, axes, sizes, done)
            return None if plain is None else Apply(leaf, plain)
        case Pointwise("add", operands):
            parts = [without_factor(o, axes, sizes, done) for o in operands]
            return None if None in parts else Pointwise("add", tuple(parts))  # type: ignore[arg-type]
        case Pointwise("multiply", operands):
            parts = [without_factor(o, axes, sizes, done) for o in operands]
            if sum(p is not None for p in parts) != 1:
                return None
            return Pointwise("multiply", tuple(o if p is None else p for o, p in zip(operands, parts, strict=True)))
        case Pointwise("divide", (top, bottom)):
            plain = without_factor(top, axes, sizes, done)
            return None if plain is None else Pointwise("divide", (plain, bottom))
    return None


def inverted(transform: Apply | Call, value: Value) -> Apply | Call | None:
    """The inverse of a transform around a value, where the transform has one that costs as much; None of anything else."""
    if isinstance(transform, Apply):
        costly = claims(transform.leaf, "unitary") and passes_of(transform.leaf) > PASS
        return Apply(transform.leaf.flipped, value) if costly else None
    if transform.function not in INVERSES:
        return None
    axes, space = dict(transform.options)["axes"], transform.operands[0].space
    sizes = () if transform.function == "plain_fourier" else (("sizes", tuple(as_number(space.axes[a].size) for a in axes)),)
    return Call("fourier", INVERSES[transform.function], (value,), (("axes", axes), *sizes), space)


def is_linear(call: Call) -> bool:
    return call.function in (*LINEAR, *INVERSES, *INVERSES.values())


def image_of(transform: Apply | Call) -> Value:
    """What a transform is applied to."""
    return transform.operand if isinstance(transform, Apply) else transform.operands[0]


def as_number(expression: object) -> object:
    known = known_size(expression)  # type: ignore[arg-type]
    return known if known is not None else expression
