"""Arrays that belong to non-uniform Fourier transforms: the spectrum of their Grams."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from invlang.graph.spaces import Axis, Space, known_size, size
from invlang.graph.values import Call, Value
from invlang.meaning.meanings import Array, AxisRef
from invlang.meaning.mistakes import NotExpected, Refused
from invlang.source import Span


def toeplitz_spectrum(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """s such that Nᴴ diag(w) N is Fᴴ diag(s) F on a grid twice as large, where the weights w are given or 1."""
    axes = [a for a in arguments if isinstance(a, AxisRef)]
    weights = next((a.value for a in arguments if isinstance(a, Array)), None)
    points = keywords.get("points")
    if not isinstance(points, Array):
        raise Refused(NotExpected(span, "no points", "the points of the transform"))
    own, more = points.space.axes[:-2], weights.space.axes[:-1] if weights is not None else ()
    leading = tuple(a if a.size != 1 else b for a, b in zip_longest(own[::-1], more[::-1], fillvalue=Axis(size(1))))[::-1]
    field = "real" if weights is None else weights.space.field
    space = Space(field, (*leading, *(Axis(size(2) * a.size, a.label) for a in axes)))
    operands: tuple[Value, ...] = (points.value,) if weights is None else (points.value, weights)
    sizes = tuple(n if (n := known_size(a.size)) is not None else a.size for a in axes)
    options: tuple[tuple[str, Any], ...] = (("sizes", sizes), ("extra", max(len(more) - len(own), 0)))
    options += (("own", len(own)),) if own else ()
    return Array(Call("nonuniform", "toeplitz_spectrum", operands, options, space), space)


BUILDERS = {"toeplitz_spectrum": toeplitz_spectrum}
