"""Sums, products and functions of entries of values of one part or of several."""

from __future__ import annotations

from invlang.graph.arithmetic import add, multiply, pointwise
from invlang.graph.values import Bundle, Reduce, Value


def parts(value: Value) -> tuple[Value, ...]:
    """The parts of a value of several, or the value itself."""
    return value.parts if isinstance(value, Bundle) else (value,)


def each(function: str, *values: Value) -> Value:
    """A function of entries, of each part."""
    bundles = [v for v in values if isinstance(v, Bundle)]
    if not bundles:
        return pointwise(function, *values)
    columns = [v.parts if isinstance(v, Bundle) else (v,) * len(bundles[0].parts) for v in values]
    return Bundle(tuple(pointwise(function, *row) for row in zip(*columns, strict=True)))


def reduced(function: str, value: Value) -> Value:
    """A sum, a mean or a norm of all entries of all parts."""
    if isinstance(value, Bundle):
        return add(*(reduced(function, p) for p in value.parts))
    return Reduce(function, value, tuple(range(-value.space.rank, 0))) if value.space.rank else value


def inner_of(a: Value, b: Value) -> Value:
    """Re⟨a, b⟩, of all parts together"""
    return reduced("sum", each("real", multiply(each("conj", a), b)))
