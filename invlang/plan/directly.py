"""What is calculated in another way than it is written, because that takes less time: small convolutions and transforms, directly.

A window of a convolution that nothing from around the border reaches needs no transforms where the kernel has few taps, and of a
transform with few samples the product with its matrix is soonest done. Where it does need transforms, their lengths are made of small
primes. What a scanner reads is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sympy

from invlang.graph.arithmetic import conj, multiply, number
from invlang.graph.operators import Leaf
from invlang.graph.spaces import Axis, Size, Space, known_size, size
from invlang.graph.values import Apply, Call, Known, Pointwise, Random, Value, Variable, operands_of
from invlang.meaning.primitives import primitive_named, text_of
from invlang.rules.composition import over_axes
from invlang.rules.derivative import rebuilt
from invlang.rules.facts import claims
from invlang.rules.traits import is_real

FEW_TAPS = 36  # take less time than a pair of real Fourier transforms
SMALL_PRIMES = (2, 3, 5, 7, 11, 13)
FEW_SAMPLES = 128  # along an axis: their matrix takes less time than a fast transform


def directly(value: Value, done: dict[Value, Value]) -> Value:
    """The value with what is small calculated directly.  done: what was rewritten already."""
    if value not in done:
        again = rebuilt(value, lambda v: directly(v, done))
        done[value] = (
            by_signs(again) or tap_by_tap(again) or at_good_lengths(again) or by_matrices(again) or by_places(again) or again
        )
    return done[value]


# ---- convolutions


@dataclass(frozen=True)
class Circular:
    """A circular convolution of real images with a real kernel, Real Fᴴ diag(ĥ) F Complex x, or with conj(ĥ) its adjoint.  outwards, inwards:
    the factors on both sides of the diagonal, each with its transform first."""

    spectrum: Call
    outwards: tuple[Leaf, Leaf]
    inwards: tuple[Leaf, Leaf]
    image: Value


def shown(value: Value) -> tuple[Leaf, Circular, bool] | None:
    """C (h * x), where the window C shows what h makes of x alone, and whether it is the adjoint of that: C, and the convolution."""
    if not isinstance(value, Apply):
        return None
    if claims(value.leaf, "window") and claims(value.leaf, "coisometry") and not value.leaf.adjoint:
        found = circular(value.operand, turned=False)
        if found is not None and shows_inside(value.leaf, found.spectrum):
            return value.leaf, found, False
    found = circular(value, turned=True)
    if found is not None and isinstance(found.image, Apply) and shows_inside(found.image.leaf.flipped, found.spectrum):
        return found.image.leaf.flipped, found, True
    return None


def tap_by_tap(value: Value) -> Value | None:
    """The same where h has few taps, without transforms."""
    found = shown(value)
    if found is None or not has_few_taps(found[1].spectrum):
        return None
    window, convolution, turned = found
    h, image = convolution.spectrum, convolution.image
    if turned:
        assert isinstance(image, Apply)
        return Apply(inside(h, value.space, image.operand.space).flipped, image.operand)
    return Apply(inside(h, image.space, value.space), image)


def at_good_lengths(value: Value) -> Value | None:
    """The same by transforms of good lengths, with zeros behind the image that the window does not see."""
    found = shown(value)
    if found is None:
        return None
    window, convolution, turned = found
    axes = taps_of(convolution.spectrum)[0]
    lengths = tuple(n for a in axes if (n := known_size(window.of.axes[a].size)) is not None)
    good = tuple(map(good_length, lengths))
    if len(lengths) < len(axes) or good == lengths:
        return None
    before = value.space if turned else convolution.image.space
    wide = with_lengths(before, axes, good)
    more = tuple(g - n for g, n in zip(good, lengths, strict=True))
    arguments = (("axes", axes), ("before", (0,) * len(axes)), ("after", more), ("mode", "zero"), ("size", good))
    room, whole = Leaf(primitive_named("Pad"), arguments, before, wide), replace(window, of=wide)
    if turned:
        assert isinstance(convolution.image, Apply)
        return Apply(room.flipped, at_length(convolution, wide, Apply(whole.flipped, convolution.image.operand), conj))
    return Apply(whole, at_length(convolution, wide, with_room(room, convolution.image), lambda v: v))


def with_room(room: Leaf, image: Value) -> Value:
    """Zeros behind an image, together with those that it has around it."""
    if isinstance(image, Apply) and claims(image.leaf, "window") and claims(image.leaf, "isometry") and not image.leaf.adjoint:
        first = dict(image.leaf.arguments)
        if first["axes"] == room.argument("axes"):
            after = tuple(a + b for a, b in zip(first["after"], room.argument("after"), strict=True))
            arguments = {**first, "after": after, "size": room.argument("size")}
            return Apply(replace(image.leaf, arguments=tuple(arguments.items()), to=room.to), image.operand)
    return Apply(room, image)


def at_length(convolution: Circular, wide: Space, image: Value, seen: Callable[[Value], Value]) -> Value:
    """The convolution of images of another size."""
    spectrum, axes = convolution.spectrum, taps_of(convolution.spectrum)[0]
    sizes = tuple(int(wide.axes[a].size) for a in axes)
    options = tuple((n, sizes if n == "sizes" else v) for n, v in spectrum.options)
    spectrum = replace(spectrum, options=options, of=with_lengths(spectrum.of, axes, sizes))
    (forward, embedding), (back, real) = convolution.inwards, convolution.outwards
    on = lambda leaf: replace(leaf, of=wide.over(leaf.of.field), to=wide.over(leaf.to.field))
    return Apply(on(real), Apply(on(back), multiply(seen(spectrum), Apply(on(forward), Apply(on(embedding), image)))))


def with_lengths(space: Space, axes: tuple[int, ...], lengths: tuple[int, ...]) -> Space:
    """The space with other sizes along some axes."""
    new = {a: Axis(size(n)) for a, n in zip(axes, lengths, strict=True)}
    return Space(space.field, tuple(new.get(i - space.rank, a) for i, a in enumerate(space.axes)))


def good_length(n: int) -> int:
    """The least even number from n on that is made of small primes, and n where it is: others take several times as long to transform."""
    if is_smooth(n):
        return n
    return next(m for m in range(n + n % 2, 2 * n + 2, 2) if is_smooth(m))


def is_smooth(n: int) -> bool:
    for prime in SMALL_PRIMES:
        while n % prime == 0:
            n //= prime
    return n == 1


def circular(value: Value, turned: bool) -> Circular | None:
    """A circular convolution of real images along the last axes; turned: its adjoint."""
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
                if isinstance(found, Call) and is_of_real_kernel(found):
                    return Circular(found, (back, real), (forward, embedding), image)
    return None


def conjugate_of(value: Value) -> Value | None:
    return value.operands[0] if isinstance(value, Pointwise) and value.function == "conj" else None


def is_of_real_kernel(value: Call) -> bool:
    """Whether it is the spectrum of a real kernel along the last axes."""
    if value.function != "spectrum" or not is_real(value.operands[0]):
        return False
    axes, _ = taps_of(value)
    return axes == tuple(range(-len(axes), 0))


def has_few_taps(spectrum: Call) -> bool:
    count = 1
    for n in taps_of(spectrum)[1]:
        count *= known_size(n) or FEW_TAPS + 1
    return count <= FEW_TAPS


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
    turned = Call("blur", "kernel_turned", (h,), (("axes", axes),), h.space)
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


def by_signs(value: Value) -> Value | None:
    """A shift by half of an even axis behind a transform along it as signs before it, and one in front as signs behind.

    T F x = F (s ⊙ x) and F T x = s ⊙ F x with s_j = (−1)^j, so that T F T x = (−1)^(n/2) s ⊙ F (s ⊙ x); the signs meet what else weighs.
    """
    match value:
        case Apply(shift, Apply(transform, inner)) if is_half_turn(shift, transform):
            signs = signs_along(shift)
        case _:
            return None
    if isinstance(inner, Apply) and is_half_turn(inner.leaf, transform) and inner.leaf.argument("axes") == shift.argument("axes"):
        halves = sum(int(shift.of.axes[a].size) // 2 for a in shift.argument("axes"))
        return multiply(number((-1) ** halves), signs, Apply(transform, multiply(signs, inner.operand)))
    return Apply(transform, multiply(signs, inner))


def is_half_turn(shift: Leaf, transform: Leaf) -> bool:
    """Whether a shift moves axes of a Fourier transform by half their even lengths."""
    if not (claims(shift, "translation") and claims(transform, "spectral")):
        return False
    pairs = tuple(zip(shift.argument("axes"), shift.argument("offset"), strict=True))
    lengths = {a: known_size(shift.of.axes[a].size) for a, _ in pairs}
    return all(a in transform.argument("axes") and (n := lengths[a]) and (2 * o - n) % (2 * n) == 0 for a, o in pairs)


def signs_along(shift: Leaf) -> Value:
    """(−1)^j along the axes that a shift moves."""
    axes = shift.argument("axes")
    lengths = {a: int(shift.of.axes[a].size) for a in axes}
    sizes = tuple(lengths.get(a, 1) for a in range(min(axes), 0))
    return Call("fourier", "signs", (), (("sizes", sizes),), Space("real", tuple(Axis(size(n)) for n in sizes)))


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
