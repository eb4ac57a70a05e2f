"""What meets its inverse in the values of a round: F (c Fᴴ z + v) = c z + F v is one transform fewer, √(v²) = v for v > 0."""

from __future__ import annotations

from invlang.graph.arithmetic import add, divide, is_positive, multiply, pointwise
from invlang.graph.operators import Leaf
from invlang.graph.values import Apply, Number, Pointwise, Value
from invlang.plan.work import PASS, passes_of
from invlang.rules.derivative import rebuilt
from invlang.rules.facts import claims
from invlang.rules.traits import is_hermitian, is_real


def met(value: Value, done: dict[Value, Value]) -> Value:
    """The value without transforms that undo each other, and without roots of squares.  done: what was rewritten already."""
    if value not in done:
        again = rebuilt(value, lambda v: met(v, done))
        found = root(again.operands[0]) if isinstance(again, Pointwise) and again.function == "sqrt" else None
        done[value] = undone(again) if found is None else found
    return done[value]


def undone(value: Value) -> Value:
    """U v, where parts of v are Uᴴ z: those parts as c z, and U of the rest."""
    if isinstance(value, Apply) and claims(value.leaf, "embedding") and value.leaf.adjoint:
        return real_part(value, value.operand)
    if not (isinstance(value, Apply) and claims(value.leaf, "unitary") and passes_of(value.leaf) > PASS):
        return value
    image: Value = value.operand
    embedding: Leaf | None = None
    if isinstance(image, Apply) and claims(image.leaf, "embedding") and not image.leaf.adjoint:
        embedding, image = image.leaf, image.operand
    parts = image.operands if isinstance(image, Pointwise) and image.function == "add" else (image,)
    known = [spectrum_of(part, value.leaf, embedding) for part in parts]
    found = [z for z in known if z is not None]
    if not found:
        return value
    left = [part for part, z in zip(parts, known, strict=True) if z is None]
    if not left:
        return add(*found)
    rest = add(*left)
    if rest.space.sizes != image.space.sizes:  # a number, or an image of fewer axes, that is spread by the sum
        return value
    return add(*found, Apply(value.leaf, rest if embedding is None else Apply(embedding, rest)))


def real_part(value: Apply, image: Value) -> Value:
    """Re (u + c w) = Re u + c w for real c and w."""
    parts = image.operands if isinstance(image, Pointwise) and image.function == "add" else ()
    known = {part: real for part in parts if (real := as_real(part, value.leaf)) is not None}
    left = [part for part in parts if part not in known]
    if not known or any(part.space.sizes != image.space.sizes for part in parts):
        return value
    return add(*known.values(), *([Apply(value.leaf, add(*left))] if left else []))


def as_real(part: Value, leaf: Leaf) -> Value | None:
    """c w of c w as a complex image."""
    factors = part.operands if isinstance(part, Pointwise) and part.function == "multiply" else (part,)
    images = [f for f in factors if isinstance(f, Apply) and f.leaf == leaf.flipped]
    others = [f for f in factors if f not in images]
    return multiply(*others, images[0].operand) if len(images) == 1 and all(map(is_real, others)) else None


def spectrum_of(part: Value, transform: Leaf, embedding: Leaf | None) -> Value | None:
    """c z of c Uᴴ z; of the real part of c Uᴴ z where that is real by itself; None of anything else."""
    factors = part.operands if isinstance(part, Pointwise) and part.function == "multiply" else (part,)
    scales = [f for f in factors if not f.space.rank]
    arrays = [f for f in factors if f.space.rank]
    if len(arrays) != 1 or (embedding is not None and not all(map(is_real, scales))):
        return None
    image = arrays[0]
    if embedding is not None:
        if not (isinstance(image, Apply) and image.leaf == embedding.flipped):
            return None
        image = image.operand
    if not (isinstance(image, Apply) and image.leaf == transform.flipped):
        return None
    if embedding is not None and not is_hermitian(image.operand, transform.argument("axes")):
        return None
    return multiply(*scales, image.operand)


def root(value: Value) -> Value | None:
    """√(v²) = v for v > 0, and √(a / v²) = √a / v; None of anything else."""
    match value:
        case Pointwise("power", (base, Number(2))) if is_positive(base):
            return base
        case Pointwise("divide", (top, bottom)) if (below := root(bottom)) is not None:
            return divide(pointwise("sqrt", top), below)
    return None
