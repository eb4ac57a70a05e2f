"""Arrays of waves: what a point sends out over an image, and from an image to places around it."""

from __future__ import annotations

from functools import partial
from typing import Any

from invlang.graph.spaces import Axis, Space
from invlang.graph.values import Call
from invlang.meaning.meanings import Array
from invlang.meaning.mistakes import Refused, WrongDomain
from invlang.meaning.scanners import check_positive, image_sizes, number_in, plain_sizes
from invlang.source import Span

SLOW = "a wave of no length has no direction"


def outgoing_wave(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """outgoing_wave(wavenumber, H, W): complex[2 H − 1, 2 W − 1], centred as a kernel is"""
    number = number_in(arguments[0], span)
    check_positive("wavenumber", SLOW, number, span)
    sizes = image_sizes(arguments[1:])
    space = Space("complex", tuple(Axis(2 * n - 1) for n in sizes))
    return Array(Call("waves", "outgoing_wave", (number,), (("sizes", plain_sizes(sizes)),), space), space)


def around_an_image(function: str, arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """waves_to(places, wavenumber, H, W): complex[E, H W]"""
    places, number = arguments[0], number_in(arguments[1], span)
    check_positive("wavenumber", SLOW, number, span)
    if places.space.axes[-1].size != 2:
        raise Refused(
            WrongDomain(span, f"a place has {places.space.axes[-1].size} numbers", "row and column of each, real[E, 2]")
        )
    sizes = image_sizes(arguments[2:])
    space = Space("complex", (*places.space.axes[:-1], Axis(sizes[0] * sizes[1])))
    return Array(Call("waves", function, (places.value, number), (("sizes", plain_sizes(sizes)),), space), space)


BUILDERS = {"outgoing_wave": outgoing_wave, "waves_to": partial(around_an_image, "waves_to")}
