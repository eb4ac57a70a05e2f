"""Functions of the module: arguments in the place of variables, and maps with their derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from invlang.graph.program import NamedMap
from invlang.graph.spaces import AnySpace, Product
from invlang.graph.values import Bundle, Iterative, Known, Value, operands_of
from invlang.meaning.curves import has_derivative
from invlang.plan.steps import Function
from invlang.rules.derivative import filled, pulled_back
from invlang.rules.forwards import pushed_forward


def argument(name: str, space: AnySpace) -> tuple[Known, ...]:
    if isinstance(space, Product):
        return tuple(Known(f"{name}{i + 1}", p, "argument") for i, p in enumerate(space.parts))
    return (Known(name, space, "argument"),)


def value_of(arguments: tuple[Known, ...]) -> Value:
    return arguments[0] if len(arguments) == 1 else Bundle(arguments)


def put(value: Value, replaced: Mapping[Any, Value]) -> Value:
    """The value with others in place of some."""
    if value in replaced:
        return replaced[value]
    if not operands_of(value):
        return value
    match value:
        case Bundle(parts):
            return Bundle(tuple(put(p, replaced) for p in parts))
        case Iterative():
            return replace(value, body=put(value.body, replaced), operands=tuple(put(o, replaced) for o in value.operands))
    if hasattr(value, "operands"):
        return replace(value, operands=tuple(put(o, replaced) for o in value.operands))  # type: ignore[call-arg,attr-defined]
    return replace(value, operand=put(value.operand, replaced))  # type: ignore[call-arg,attr-defined]


def functions_of_map(named: NamedMap) -> list[Function]:
    """P, P_jvp(x, v) = J(x) v and P_vjp(x, w) = J(x)ᵀ w, where every part of the map has a derivative."""
    x, v = argument("x", named.domain), argument("v", named.domain)
    w = argument("w", named.codomain)
    at = dict(zip(named.variables, x, strict=True))
    functions = [Function(named.name, x, put(named.value, at))]
    if not has_derivative(named.value):
        return functions
    forward = filled_parts(pushed_forward(named.value, named.variables, v), named.value)
    back = tuple(filled(pulled_back(named.value, u, value_of(w)), u) for u in named.variables)
    backward = back[0] if len(back) == 1 else Bundle(back)
    return [
        *functions,
        Function(f"{named.name}_jvp", (*x, *v), put(forward, at), doc="The Jacobian at x times v."),
        Function(f"{named.name}_vjp", (*x, *w), put(backward, at), doc="The transposed Jacobian at x times w, for Re⟨·, ·⟩."),
    ]


def filled_parts(value: Value, like: Value) -> Value:
    if isinstance(like, Bundle):
        return Bundle(tuple(filled(v, p) for v, p in zip(value.parts, like.parts, strict=True)))  # type: ignore[attr-defined]
    return filled(value, like)
