"""What estimates take out of data: one of several parts, the place of a peak."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import Axis, Product, Space, size
from invlang.graph.values import Bundle, Call
from invlang.meaning.meanings import Array, describe
from invlang.meaning.mistakes import NotExpected, Refused
from invlang.meaning.numbers import number_of
from invlang.source import Span


def part(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """part(y, n): the n-th of the arrays that data of several parts are, from 1 on."""
    whole = arguments[0] if arguments else None
    if not isinstance(whole, Array) or not isinstance(whole.space, Product) or not isinstance(whole.value, Bundle):
        raise Refused(NotExpected(span, describe(whole) if whole else "nothing", "data of several parts, as in `part(y, 1)`"))
    number, count = number_of(arguments[1]) if len(arguments) == 2 else None, len(whole.space.parts)
    if not isinstance(number, int) or not 1 <= number <= count:
        found = "no number" if number is None else f"part {number}"
        raise Refused(NotExpected(span, found, f"a part of the data, from 1 to {count}"))
    return Array(whole.value.parts[number - 1], whole.space.parts[number - 1])


def peak(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """peak(c): where counts along the first of three axes are largest, real[1, H, W]"""
    counts = arguments[0]
    space = Space("real", (*counts.space.axes[:-3], Axis(size(1)), *counts.space.axes[-2:]))
    return Array(Call("peaks", "peak", (counts.value,), (), space), space)


BUILDERS = {"part": part, "peak": peak}
