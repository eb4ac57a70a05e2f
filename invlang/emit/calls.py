"""Values that a method of the model gives: A x in an estimator is written m.A(x)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields

from invlang.emit.stages import has_random, is_setup, variables_of
from invlang.graph.values import Apply, Bundle, Call, Known, Pointwise, Value, inside, operands_of
from invlang.plan.steps import Function

Calls = dict[Value, tuple[Function, tuple[Value, ...]]]


def find_calls(roots: Iterable[Value], functions: Iterable[Function], in_loop: Callable[[Value], bool]) -> Calls:
    """Which values of a graph are a method's result, with the arguments; methods that come first win.

    Only where nothing inside is wanted elsewhere too, and nothing in a loop could have been worked out before it.
    """
    functions = [f for f in functions if is_worth_a_call(f)]
    roots = tuple(roots)
    readers = readers_of(roots)
    found: Calls = {}
    covered: set[Value] = set()
    for value in readers:
        if value in covered or not operands_of(value):
            continue
        for function in functions:
            arguments = match(function, value)
            if arguments is None or not is_private(value, arguments, readers, in_loop):
                continue
            found[value] = (function, arguments)
            covered |= interior(value, arguments) - {value}
            break
    return {v: c for v, c in found.items() if v not in covered}


def readers_of(roots: tuple[Value, ...]) -> dict[Value, set[Value]]:
    """Who reads each value, outer values first."""
    order: dict[Value, None] = {}

    def visit(value: Value) -> None:
        if value not in order:
            for operand in operands_of(value):
                visit(operand)
            order[value] = None

    for root in roots:
        visit(root)
    readers: dict[Value, set[Value]] = {v: set() for v in reversed(order)}
    for value in order:
        for operand in operands_of(value):
            readers[operand].add(value)
    return readers


def is_worth_a_call(function: Function) -> bool:
    """Does the method say more than arithmetic of its arguments?"""
    if isinstance(function.result, Bundle) or has_random(function.result):
        return False
    below = inside(function.result)
    return any(isinstance(v, Apply | Call) for v in below) and bool(function.arguments)


def match(function: Function, value: Value) -> tuple[Value, ...] | None:
    bindings: dict[Value, Value] = {}
    if not matches(function.result, value, set(function.arguments), bindings):
        return None
    if any(a not in bindings for a in function.arguments):
        return None
    return tuple(bindings[a] for a in function.arguments)


def matches(pattern: Value, value: Value, arguments: set[Value], bindings: dict[Value, Value]) -> bool:
    if pattern in arguments:
        if pattern in bindings:
            return bindings[pattern] is value
        if pattern.space.rank != value.space.rank or pattern.space.sizes != value.space.sizes:
            return False
        bindings[pattern] = value
        return True
    if pattern is value:
        read = [v for v in inside(pattern) if v in arguments]
        return all(bindings.setdefault(a, a) is a for a in read)
    if type(pattern) is not type(value) or isinstance(pattern, Known) or not operands_of(pattern):
        return False
    below, against = operands_of(pattern), operands_of(value)
    if len(below) != len(against) or not same_head(pattern, value):
        return False
    return all(matches(p, v, arguments, bindings) for p, v in zip(below, against, strict=True))


def same_head(a: Value, b: Value) -> bool:
    """Are they the same operation, whatever its operands?"""
    if isinstance(a, Pointwise):
        return a.function == b.function  # type: ignore[attr-defined]
    skipped = ("operand", "operands", "body", "parts")
    return all(getattr(a, f.name) == getattr(b, f.name) for f in fields(a) if f.name not in skipped)


def interior(value: Value, arguments: tuple[Value, ...]) -> set[Value]:
    """What the call works out by itself."""
    return {v for v in inside(value, stop=lambda v: v in arguments or is_setup(v)) if v not in arguments and not is_setup(v)}


def is_private(
    value: Value, arguments: tuple[Value, ...], readers: dict[Value, set[Value]], in_loop: Callable[[Value], bool]
) -> bool:
    own = interior(value, arguments)
    if value not in own:
        return False
    if in_loop(value) and any(operands_of(v) and not in_loop(v) for v in own):
        return False
    return all(v is value or isinstance(v, Known) or readers[v] <= own for v in own)


def depends_on_iterates(value: Value) -> bool:
    return bool(variables_of(value))
