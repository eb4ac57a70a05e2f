"""Arrays that say where a scanner's rays lie: its views, how many rays there are, how far its cells are apart."""

from __future__ import annotations

from functools import partial
from typing import Any

import sympy

from invlang.graph.spaces import SCALAR, Axis, Size, Space, floor_divide, known_size, size
from invlang.graph.values import Call, Number, SizeValue, Value
from invlang.meaning.meanings import Array, AxisRef, SizeList, Word
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


def number_in(argument: Any, span: Span) -> Value:
    """A length in samples, or another number."""
    found = as_array(argument)
    if not isinstance(found, Array):
        raise Refused(WrongDomain(span, "what stands where a number is wanted is not known", "it is a number, a given or a dim"))
    return found.value


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
    return SizeList(sizes, labels)  # type: ignore[arg-type]


def of_a_parallel_beam(function: str, arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """parallel_views(angles): real[A, 3, 2], parallel_cameras(angles): real[A, 2, 3]"""
    return views_of(function, arguments[0], (), ())


def of_a_source(function: str, arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """fan_views(angles, source, detector, spacing, H, W), and the same of a cone that turns in the plane of H and W."""
    angles, *numbers = arguments[:4]
    sizes = plain_sizes(image_sizes(arguments[4:]))
    operands = tuple(number_in(n, span) for n in numbers)
    check_outside(operands[0], sizes, span)
    check_positive("spacing", "the cells of the detector are no distance apart", operands[2], span)
    return views_of(function, angles, operands, (("sizes", sizes),))


SHAPES = {
    "parallel_views": (3, 2),
    "parallel_cameras": (2, 3),
    "fan_views": (3, 2),
    "fan_cameras": (2, 3),
    "cone_views": (4, 3),
    "cone_cameras": (3, 4),
}


def views_of(function: str, angles: Array, numbers: tuple[Value, ...], options: tuple[tuple[str, Any], ...]) -> Array:
    space = Space("real", (*angles.space.axes, *(Axis(size(n)) for n in SHAPES[function])))
    return Array(Call("scanners", function, (angles.value, *numbers), options, space), space)


def fan_spacing(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """fan_spacing(source, detector, detectors, H, W)"""
    source, detector = (number_in(a, span) for a in arguments[:2])
    cells = cells_in(arguments[2], span)
    sizes = plain_sizes(image_sizes(arguments[3:]))
    check_outside(source, sizes, span)
    check_positive("detector", "the detector is on the side of the source", detector, span)
    options = (("cells", cells), ("sizes", sizes))
    return Array(Call("scanners", "fan_spacing", (source, detector), options, SCALAR), SCALAR)


def ray_weights(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """ray_weights(source, detector, spacing, cells…)"""
    operands = tuple(number_in(n, span) for n in arguments[:3])
    cells = tuple(cells_in(c, span) for c in arguments[3:])
    space = Space("real", tuple(Axis(whole_number(c, span)) for c in arguments[3:]))
    return Array(Call("scanners", "ray_weights", operands, (("cells", cells),), space), space)


def ramp_taps(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """ramp_taps(D, window)"""
    cells, window = arguments
    length = whole_number(cells, span)
    assert isinstance(window, Word)
    space = Space("real", (Axis(2 * length - 1),))
    return Array(Call("scanners", "ramp_taps", (), (("cells", cells_in(cells, span)), ("window", window.text)), space), space)


def delays(function: str, arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """plane_wave_delays(angles, speed, H, W): real[A, H W], receiver_delays(elements, speed, H, W): real[E, H W]"""
    places, speed = arguments[0], number_in(arguments[1], span)
    check_positive("speed", "sound does not get anywhere", speed, span)
    sizes = image_sizes(arguments[2:])
    space = Space("real", (*places.space.axes, Axis(sympy.Mul(*sizes))))
    return Array(Call("scanners", function, (places.value, speed), (("sizes", plain_sizes(sizes)),), space), space)


def cells_in(meaning: Any, span: Span) -> Any:
    return plain_sizes((whole_number(meaning, span),))[0]


def check_positive(name: str, what: str, value: Value, span: Span) -> None:
    """Refuses a length that is zero or below, where it is known."""
    if isinstance(value, Number) and not complex(value.value).real > 0:
        raise Refused(WrongDomain(span, f"{what}: `{name}` is {value.value}", f"`{name}` is above 0"))


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
    **{name: partial(of_a_parallel_beam, name) for name in SHAPES if name.startswith("parallel")},
    **{name: partial(of_a_source, name) for name in SHAPES if not name.startswith("parallel")},
    "fan_spacing": fan_spacing,
    **{name: partial(delays, name) for name in ("plane_wave_delays", "receiver_delays")},
    "ray_weights": ray_weights,
    "ramp_taps": ramp_taps,
}
