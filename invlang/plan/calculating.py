"""Sums, products and quotients of what an algorithm's text speaks of: values, functionals in roles, energies, all that is carried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.arithmetic import add, divide, multiply
from invlang.graph.values import Bundle, Value
from invlang.plan.roles import Carried, Energy, Free, Role
from invlang.plan.vocabulary import is_nothing


def divided(a: Value, b: Value) -> Value:
    if isinstance(b, Bundle):
        tops = a.parts if isinstance(a, Bundle) else (a,) * len(b.parts)
        return Bundle(tuple(divide(p, q) for p, q in zip(tops, b.parts, strict=True)))
    return divide(a, b)


def plus(left: Any, right: Any) -> Any:
    if isinstance(left, Carried) and isinstance(right, Carried):
        return Carried(tuple(a if is_nothing(b) else plus(a, b) for a, b in zip(left.values, right.values, strict=True)))
    if isinstance(left, Energy) and isinstance(right, Energy):
        return Energy(left.terms + right.terms)
    if isinstance(left, Free) and isinstance(right, Value):
        return replace(left, offset=right if left.offset is None else add(left.offset, right))
    if isinstance(left, Value) and isinstance(right, Bundle) and not isinstance(left, Bundle):
        return Bundle(tuple(add(left, p) for p in right.parts))
    return add(left, right)


def times(left: Any, right: Any) -> Any:
    match left, right:
        case Value(), Carried(values):
            return Carried(tuple(v if is_nothing(v) else times(left, v) for v in values))
        case Value(), Role():
            return replace(right, scale=times(left, right.scale))
        case Value(), Energy(terms):
            factors = left.parts if isinstance(left, Bundle) else (left,) * len(terms)
            return Energy(tuple(replace(t, weight=multiply(f, t.weight)) for f, t in zip(factors, terms, strict=True)))
        case Bundle(a), Bundle(b):
            return Bundle(tuple(multiply(p, q) for p, q in zip(a, b, strict=True)))
        case Energy(), Value():
            return times(right, left)
    return multiply(left, right)
