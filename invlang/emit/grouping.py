"""Regrouping sums and products so that what is known earlier is put together earlier: a · b · x as (a · b) · x."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from invlang.emit.stages import is_setup, variables_of
from invlang.graph.values import (
    Aligned,
    Apply,
    Bundle,
    Call,
    Iterative,
    Number,
    Pointwise,
    Random,
    Reduce,
    Value,
    inside,
)


def with_operands(value: Value, operands: tuple[Value, ...]) -> Value:
    """The same node over other operands (of an Apply the first alone, of an Iterative the body first)."""
    match value:
        case Pointwise():
            return Pointwise(value.function, operands)
        case Call() | Random():
            return replace(value, operands=operands)
        case Apply() | Reduce() | Aligned():
            return replace(value, operand=operands[0])
        case Iterative():
            return replace(value, body=operands[0], operands=operands[1:])
        case Bundle():
            return Bundle(operands)
    return value


def main_operands(value: Value) -> tuple[Value, ...]:
    match value:
        case Pointwise() | Call() | Random():
            return value.operands
        case Apply() | Reduce() | Aligned():
            return (value.operand,)
        case Iterative():
            return (value.body, *value.operands)
        case Bundle():
            return value.parts
    return ()


def regroup(value: Value, early: Callable[[Value], bool], memory: dict[Value, Value]) -> Value:
    """The value with what `early` names put together in every sum and product of three operands or more."""
    if value not in memory:
        old = main_operands(value)
        new = tuple(regroup(o, early, memory) for o in old)
        value_ = value if new == old else with_operands(value, new)
        memory[value] = grouped(value_, early)
    return memory[value]


def grouped(value: Value, early: Callable[[Value], bool]) -> Value:
    if not isinstance(value, Pointwise) or value.function not in ("add", "multiply") or len(value.operands) < 3:
        return value
    minus = value.operands[:1] if isinstance(value.operands[0], Number) and value.operands[0].value == -1 else ()
    first = [o for o in value.operands[len(minus) :] if early(o)]
    if len(first) < 2 or not any(o.space.rank for o in first):
        return value
    rest = [o for o in value.operands[len(minus) :] if not early(o)]
    if not rest:
        return value
    return Pointwise(value.function, (*minus, Pointwise(value.function, tuple(first)), *rest))


def signs_out(value: Value, memory: dict[Value, Value]) -> Value:
    """The value with the minus sign of a factor −c / b in front of its product, where sums show it."""
    if value not in memory:
        old = main_operands(value)
        new = tuple(signs_out(o, memory) for o in old)
        memory[value] = sign_out(value if new == old else with_operands(value, new))
    return memory[value]


def sign_out(value: Value) -> Value:
    if not isinstance(value, Pointwise) or value.function != "multiply":
        return value
    factors = [unsigned(o) for o in value.operands]
    if all(f is o for f, o in zip(factors, value.operands, strict=True)):
        return value
    odd = sum(f is not o for f, o in zip(factors, value.operands, strict=True)) % 2
    left = tuple(f for f in factors if not (isinstance(f, Number) and f.value == 1))
    product = left[0] if len(left) == 1 else Pointwise("multiply", left)
    return Pointwise("multiply", (Number(-1), product)) if odd else product


def unsigned(value: Value) -> Value:
    """−c as c, −c / b as c / b, anything else as it is."""
    if isinstance(value, Number) and not isinstance(value.value, complex) and value.value < 0:
        return Number(-value.value)
    if isinstance(value, Pointwise) and value.function == "multiply" and len(value.operands) == 2:
        first, rest = value.operands
        return rest if isinstance(first, Number) and first.value == -1 else value
    if isinstance(value, Pointwise) and value.function == "divide":
        top = unsigned(value.operands[0])
        return value if top is value.operands[0] else Pointwise("divide", (top, value.operands[1]))
    return value


def is_setup_array(value: Value) -> bool:
    return value.space.rank > 0 and is_setup(value)


def is_invariant(value: Value) -> bool:
    """Does no iterate change it, within a stage of the loop?"""
    return all(v.settled for v in variables_of(value))  # type: ignore[attr-defined]


def share_sums(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Where all operands of one sum (or product) are among those of a longer one, the longer one is made of it."""
    found: dict[Value, None] = {}
    for value in values:
        found.update(dict.fromkeys(v for v in inside(value) if is_flat(v)))
    memory: dict[Value, Value] = {}
    return tuple(shared(v, tuple(found), memory) for v in values)


def is_flat(value: Value) -> bool:
    return isinstance(value, Pointwise) and value.function in ("add", "multiply")


def shared(value: Value, sums: tuple[Value, ...], memory: dict[Value, Value]) -> Value:
    if value not in memory:
        split = taken_out(value, sums)
        old = main_operands(split)
        new = tuple(shared(o, sums, memory) for o in old)
        memory[value] = split if new == old else with_operands(split, new)
    return memory[value]


def taken_out(value: Value, sums: tuple[Value, ...]) -> Value:
    """The value with the longest other sum inside it as one operand, at the place of its first term."""
    if not isinstance(value, Pointwise) or not is_flat(value) or len(value.operands) < 3:
        return value
    own = Counter(value.operands)
    smaller = [s for s in sums if is_part_of(s, value, own)]
    if not smaller:
        return value
    part = max(smaller, key=lambda s: len(s.operands))  # type: ignore[attr-defined]
    rest = list(value.operands)
    for operand in part.operands:  # type: ignore[attr-defined]
        rest.remove(operand)
    place = min(value.operands.index(o) for o in part.operands)  # type: ignore[attr-defined]
    place = min(place, len(rest))
    return Pointwise(value.function, (*rest[:place], part, *rest[place:]))


def is_part_of(part: Value, value: Pointwise, own: Counter[Value]) -> bool:
    same = isinstance(part, Pointwise) and part.function == value.function and len(part.operands) < len(value.operands)
    if not same or not any(o.space.rank for o in part.operands):  # type: ignore[attr-defined]
        return False
    return not Counter(part.operands) - own  # type: ignore[attr-defined]
