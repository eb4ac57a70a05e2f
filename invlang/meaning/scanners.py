"""Arrays that say where a scanner's rays lie: its views, how many rays there are, how far its cells are apart."""

from __future__ import annotations

from typing import Any

import sympy

from invlang.graph.spaces import SCALAR, Axis, Size, Space, floor_divide, known_size, size
from invlang.graph.values import Call, Number, SizeValue, Value
from invlang.meaning.meanings import Array, AxisRef, SizeList
from invlang.meaning.mistakes import Refused, WrongDomain
from invlang.meaning.numbers import as_array
from invlang.meaning.shapes import size_from
from invlang.source import Span

ROOT_OF_TWO = (47321, 33461)  # a convergent of √2: ⌊√2 n⌋ is right for every n below the second number


def image_sizes(arguments: list[Any]) -> tuple[Size, ...]:
    """The sizes of the image's axes, which stand last."""
    return tuple(s for a in arguments if isinstance(a, AxisRef) and (s := size_from(a)) is not None)


def plain_sizes(sizes: tuple[Size, ...]) -> tuple[Any, ...]:
    return tuple(s if known_size(s) is None else known_size(s) for s in sizes)


def whole_number(argument: Any, span: Span) -> Size:
    """How many: a number that is known before anything runs, or the size of an axis."""
    found = size_from(argument)
    if found is None:
        raise Refused(WrongDomain(span, "how many views or cells there are is not known", "it is a whole number or a dim"))
    return found


def diagonal(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """⌈√2 n⌉ for the longest axis of n samples: as many cells, one sample apart, see all of the image from everywhere."""
    top, bottom = ROOT_OF_TWO
    return Array(SizeValue(floor_divide(top * sympy.Max(*image_sizes(arguments)), size(bottom)) + 1), Space("integer"))


def longest(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The samples along the longest axis."""
    return Array(SizeValue(sympy.Max(*image_sizes(arguments))), Space("integer"))


def shortest(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The samples along the shortest axis: as many cells see the disk, or the ball, in the image."""
    return Array(SizeValue(sympy.Min(*image_sizes(arguments))), Space("integer"))


def rays(arguments: list[Any], keywords: dict[str, Any], span: Span) -> SizeList:
    """How many views there are, and how many cells along each axis of the detector."""
    sizes = tuple(whole_number(a, span) for a in arguments)
    labels = tuple(a.label if isinstance(a, AxisRef) else None for a in arguments)
    return SizeList(sizes, labels)


def parallel_views(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    return views_of("parallel_views", arguments[0], (), (), 2)


def fan_views(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """fan_views(angles, source, detector, spacing, H, W)"""
    angles, *numbers = arguments[:4]
    sizes = plain_sizes(image_sizes(arguments[4:]))
    operands = tuple(as_array(n).value for n in numbers)
    check_outside(operands[0], sizes, span)
    return views_of("fan_views", angles, operands, (("sizes", sizes),), 2)


def views_of(function: str, angles: Array, numbers: tuple[Value, ...], options: tuple[tuple[str, Any], ...], rank: int) -> Array:
    axes = (*angles.space.axes, Axis(size(rank + 1)), Axis(size(rank)))
    space = Space("real", axes)
    return Array(Call("tomography", function, (angles.value, *numbers), options, space), space)


def fan_spacing(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """fan_spacing(source, detector, detectors, H, W)"""
    source, detector = (as_array(a).value for a in arguments[:2])
    cells = plain_sizes((whole_number(arguments[2], span),))[0]
    sizes = plain_sizes(image_sizes(arguments[3:]))
    check_outside(source, sizes, span)
    options = (("cells", cells), ("sizes", sizes))
    return Array(Call("tomography", "fan_spacing", (source, detector), options, SCALAR), SCALAR)


def check_outside(source: Value, sizes: tuple[Any, ...], span: Span) -> None:
    """Refuses a source that is inside of the image at some angle, where that is known."""
    distance = source.value if isinstance(source, Number) else getattr(source, "expression", None)
    if not isinstance(distance, int | float | sympy.Integer) or not all(isinstance(s, int) for s in sizes):
        return
    corner = sum(s**2 for s in sizes) ** 0.5 / 2
    if not float(distance) > corner:
        what = (
            f"the source turns through the image: it is {float(distance):g} samples from its middle, and a corner is {corner:.1f}"
        )
        raise Refused(WrongDomain(span, what, f"`source` is above {corner:.1f} for an image of {' × '.join(map(str, sizes))}"))


BUILDERS = {
    "diagonal": diagonal,
    "longest": longest,
    "shortest": shortest,
    "rays": rays,
    "parallel_views": parallel_views,
    "fan_views": fan_views,
    "fan_spacing": fan_spacing,
}
