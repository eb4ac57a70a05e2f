"""Arrays that the equations of cameras are made of: orders of patterns, masks of places, filters before pixels are left out."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import Axis, Space, numeric, size
from invlang.graph.values import Call, SizeValue, Table
from invlang.meaning.arrays import Builder, array_in, axes_in, trailing, whole
from invlang.meaning.meanings import Array, Word
from invlang.meaning.mistakes import NotExpected, Refused
from invlang.source import Span


def size_of_axes(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """How many samples the axes have together."""
    total = size(1)
    for axis in axes_in(arguments):
        total = total * axis.size
    return Array(SizeValue(total), Space("integer"))


def transpose(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """A matrix with rows for columns; nothing is conjugated."""
    matrix = array_in(arguments, span)
    if matrix.space.rank != 2:
        raise Refused(NotExpected(span, f"an array {matrix.space}", "a matrix"))
    space = Space(matrix.space.field, matrix.space.axes[::-1])
    return Array(Call("dense", "transpose", (matrix.value,), (), numeric(space)), space)


def hadamard_order(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """Which patterns a single-pixel camera shows, as flat indices of the Hadamard transform."""
    axes = axes_in(arguments)
    _, _, sizes = trailing(axes, "integer")
    count, ordering = whole(keywords["count"], span), keywords["ordering"].text
    total = size_of_axes(axes, {}, span).value.expression  # type: ignore[attr-defined]
    if total.is_Integer and count > total:
        raise Refused(NotExpected(span, f"{count} patterns", f"at most {total}, one for each pixel"))
    space = Space("integer", (Axis(size(count)),))
    options = (("sizes", sizes), ("ordering", ordering), ("count", count))
    return Array(Call("hadamard", "hadamard_order", (), options, space), space)


def mask_of(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """1 at the places that an index names, 0 elsewhere."""
    index = array_in(arguments, span)
    space, _, sizes = trailing(axes_in(arguments), "binary")
    return Array(Call("selection", "mask_of", (index.value,), (("sizes", sizes),), space), space)


def antialiasing(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The filter of that name before every factor-th sample is kept, along as many axes as are named."""
    kind = next(a.text for a in arguments if isinstance(a, Word))
    factor, rank = whole(keywords["factor"], span), len(axes_in(arguments))
    taps = {"gaussian": 2 * int(factor / 0.3 + 1) + 1, "bilinear": 2 * factor}.get(kind, 4 * factor)
    space = Space("real", (Axis(size(taps)),) * rank)
    options = (("kind", kind), ("factor", factor), ("rank", rank))
    return Array(Call("resampling", "antialiasing", (), options, space), space)


def mean_weights(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """1/n for each of the n entries of an axis."""
    count = axes_in(arguments)[0].size
    if not count.is_Integer:
        raise Refused(NotExpected(span, f"{count} colours", "a number of colours that is written down"))
    table = Table((1 / int(count),) * int(count), "flat")
    return Array(table, table.space)


BUILDERS: dict[str, Builder] = {
    "size_of": size_of_axes,
    "transpose": transpose,
    "hadamard_order": hadamard_order,
    "mask_of": mask_of,
    "antialiasing": antialiasing,
    "mean_weights": mean_weights,
}
