"""What is calculated in another way than it is written, because that takes less time: small convolutions and transforms, directly.

A window of a convolution that nothing from around the border reaches needs no transforms where the kernel has few taps, and of a
transform with few samples the product with its matrix is soonest done. What a scanner reads is worked out once.
"""

from __future__ import annotations

from typing import Any

import sympy

from invlang.graph.operators import Leaf
from invlang.graph.spaces import Axis, Size, Space, known_size
from invlang.graph.values import Apply, Call, Known, Pointwise, Random, Value, Variable, operands_of
from invlang.meaning.primitives import primitive_named, text_of
from invlang.rules.composition import over_axes
from invlang.rules.derivative import rebuilt
from invlang.rules.facts import claims
from invlang.rules.traits import is_real

FEW_TAPS = 36  # take less time than a pair of real Fourier transforms
FEW_SAMPLES = 128  # along an axis: their matrix takes less time than a fast transform


def directly(value: Value, done: dict[Value, Value]) -> Value:
    """The value with what is small calculated directly.  done: what was rewritten already."""
    if value not in done:
        again = rebuilt(value, lambda v: directly(v, done))
        done[value] = tap_by_tap(again) or by_matrices(again) or by_places(again) or again
    return done[value]


# ---- convolutions


def tap_by_tap(value: Value) -> Value | None:
    """C Re Fᴴ diag(ĥ) F x, where the window C shows what h makes of x alone; and the adjoint of that."""
    if not isinstance(value, Apply):
        return None
    if claims(value.leaf, "window") and claims(value.leaf, "coisometry") and not value.leaf.adjoint:
        found = circular(value.operand, turned=False)
        if found is not None and shows_inside(value.leaf, found[0]):
            h, image = found
            return Apply(inside(h, image.space, value.space), image)
    found = circular(value, turned=True)
    if found is not None and isinstance(found[1], Apply) and shows_inside(found[1].leaf.flipped, found[0]):
        h, padded = found
        return Apply(inside(h, value.space, padded.operand.space).flipped, padded.operand)  # type: ignore[attr-defined]
    return None


def circular(value: Value, turned: bool) -> tuple[Call, Value] | None:
    """The spectrum of h and x of a circular convolution h * x of real images; turned: of its adjoint."""
    match value:
        case Apply(real, Apply(back, Pointwise("multiply", (_, _) as factors))):
            pass
        case _:
            return None
    if not (claims(real, "embedding") and real.adjoint and claims(back, "spectral") and back.adjoint):
        return None
    for spectrum, transformed in (factors, factors[::-1]):
        match transformed:
            case Apply(forward, Apply(embedding, image)) if forward is back.flipped and embedding is real.flipped:
                found = conjugate_of(spectrum) if turned else spectrum
                if isinstance(found, Call) and is_small(found):
                    return found, image
    return None


def conjugate_of(value: Value) -> Value | None:
    return value.operands[0] if isinstance(value, Pointwise) and value.function == "conj" else None


def is_small(value: Call) -> bool:
    """Whether it is the spectrum of a real kernel with few taps along the last axes."""
    if value.function != "spectrum" or not is_real(value.operands[0]):
        return False
    axes, taps = taps_of(value)
    count = 1
    for n in taps:
        count *= known_size(n) or FEW_TAPS + 1
    return axes == tuple(range(-len(axes), 0)) and count <= FEW_TAPS


def taps_of(spectrum: Call) -> tuple[tuple[int, ...], tuple[Size, ...]]:
    axes = dict(spectrum.options)["axes"]
    return axes, spectrum.operands[0].space.sizes[-len(axes) :]


def shows_inside(window: Leaf, spectrum: Call) -> bool:
    """Whether a window shows exactly the samples of a circular convolution that nothing reaches around the border."""
    axes, taps = taps_of(spectrum)
    if not (claims(window, "window") and claims(window, "coisometry") and window.argument("axes") == axes):
        return False
    starts = zip(window.argument("start"), taps, strict=True)
    sizes = zip((window.of.axes[a].size for a in axes), (window.to.axes[a].size for a in axes), taps, strict=True)
    return all(s == t - 1 - t // 2 for s, t in starts) and all((n - t + 1 - m) == 0 for n, m, t in sizes)


def inside(spectrum: Call, of: Space, to: Space) -> Leaf:
    h, axes = spectrum.operands[0], taps_of(spectrum)[0]
    turned = Call("blur", "turned", (h,), (("axes", axes),), h.space)
    return Leaf(primitive_named("ConvolveInside"), (("h", h), ("axes", axes), ("turned", turned)), of, to)


# ---- transforms


def by_matrices(value: Value) -> Value | None:
    """A transform along axes of few samples as the product with its matrix, one axis after the other; along others as it is."""
    if not (isinstance(value, Apply) and claims(value.leaf, "separable")):
        return None
    leaf, image = value.leaf, value.operand
    name, axes = text_of(leaf.primitive.definition, "matrix"), leaf.argument("axes")
    few = [a for a in axes if (known_size(leaf.of.axes[a].size) or FEW_SAMPLES + 1) <= FEW_SAMPLES]
    if name is None or not few:
        return None
    for axis in few:
        image = Apply(matrix_along(leaf, name, axis), image)
    left = tuple(a for a in axes if a not in few)
    return Apply(over_axes(leaf, left), image) if left else image


def matrix_along(leaf: Leaf, name: str, axis: int) -> Leaf:
    """The transform along one axis as a matrix of numbers."""
    n = leaf.of.axes[axis].size
    matrix = Call(leaf.primitive.stem, name, (), (("size", known_size(n)),), Space("real", (Axis(n), Axis(n))))
    return Leaf(primitive_named("Dense"), (("matrix", matrix), ("axis", axis)), leaf.of, leaf.to, leaf.adjoint)


# ---- scanners


def by_places(value: Value) -> Value | None:
    """A scanner that is known before there is an image, with the places that it reads and their weights."""
    if not isinstance(value, Apply):
        return None
    leaf, definition = value.leaf, value.leaf.primitive.definition
    index, weights = text_of(definition, "index"), text_of(definition, "weights")
    arrays = tuple(v for _, v in leaf.arguments if isinstance(v, Value))
    if index is None or weights is None or "index" in dict(leaf.arguments) or not all(map(is_known_before, arrays)):
        return None
    sizes, flags = (
        tuple(leaf.of.sizes[a] for a in leaf.argument("axes")),
        ((n, v) for n, v in leaf.arguments if isinstance(v, bool)),
    )
    options: tuple[tuple[str, Any], ...] = (("size", leaf.argument("size")), ("sizes", sizes), *flags)
    rows, each = rows_of_places(leaf)
    table = lambda function, kind: Call(leaf.primitive.stem, function, arrays, options, Space(kind, (Axis(rows), Axis(each))))
    tables = (("index", table(index, "integer")), ("weights", table(weights, "real")))
    return Apply(Leaf(leaf.primitive, (*leaf.arguments, *tables), leaf.of, leaf.to, leaf.adjoint), value.operand)


def rows_of_places(leaf: Leaf) -> tuple[Size, Size]:
    """How many places are read for, rays or else samples of the image, and how often for each of them."""
    sizes, size_of_data = tuple(leaf.of.sizes[a] for a in leaf.argument("axes")), leaf.argument("size")
    along_rays = claims(leaf, "viewwise")
    each = sympy.Max(*sizes) if along_rays else size_of_data[0]
    return sympy.Mul(*(size_of_data if along_rays else sizes)), 2 ** (len(sizes) - 1) * each


def is_known_before(value: Value) -> bool:
    """Whether a value is made of the model's arrays alone."""
    if isinstance(value, Variable | Random) or (isinstance(value, Known) and value.origin != "given"):
        return False
    return all(map(is_known_before, operands_of(value)))
