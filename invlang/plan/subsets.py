"""Ordered subsets: an operator, and a sum over its data, restricted to the part whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.arithmetic import add, number
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import BlockDiagonal, Compose, Leaf, Operator, Stack, children_of
from invlang.graph.spaces import Axis, Space
from invlang.graph.values import Apply, Number, SizeValue, Value
from invlang.meaning.primitives import primitive_named
from invlang.rules.simplify import simplify


def subset_of(operator: Operator, of: Any, turn: Value) -> Leaf | None:
    """The choice of part `turn` (from 0, round and round) of the data, along the first axis where an operator of fewer data is left.

    None where there is no such axis.  of: into how many parts.
    """
    if isinstance(operator.codomain, Space):
        for axis in range(-operator.codomain.rank, 0):
            chosen = subset_along(operator.codomain, axis, of, add(turn, number(1)))
            if chosen is not None and not is_read(simplify(Compose((chosen, operator))), chosen):
                return chosen
    return None


def subset_along(space: Space, axis: int, of: Any, part: Value) -> Leaf | None:
    """None where the parts are not all of one size."""
    size: Any = space.axes[axis].size
    count = size / of
    if size.is_Integer and not count.is_Integer:
        return None
    to = Space(space.field, tuple(Axis(count) if a is space.axes[axis] else a for a in space.axes))
    arguments = (("axes", (axis,)), ("of", of), ("part", part), ("size", (count,)))
    return Leaf(primitive_named("Subset"), arguments, space, to)


def is_read(operator: Operator, chosen: Leaf) -> bool:
    """Whether all data are worked out before some are chosen."""
    same = isinstance(operator, Leaf) and operator.primitive is chosen.primitive
    return same or any(is_read(c, chosen) for c in children_of(operator))


def largest_count(operator: Operator) -> Any:
    """Into how many parts of one entry each the data fall, along the axis that subsets are taken of; None where there is none."""
    if isinstance(operator.codomain, Space):
        for axis in operator.codomain.axes:
            found = subset_of(operator, axis.size, number(0))
            if found is not None:
                return found.of.axes[found.argument("axes")[0]].size
    return None


def together(operators: tuple[Operator, ...], choices: tuple[Operator, ...]) -> tuple[Operator, Operator]:
    """The choice from all blocks of a stack, and the stack of what is left of them."""
    fewer = tuple(simplify(Compose((s, k))) for s, k in zip(choices, operators, strict=True))
    return (choices[0], fewer[0]) if len(choices) == 1 else (BlockDiagonal(choices), Stack(fewer))


def restricted(term: Term, chosen: Leaf, operator: Operator) -> Term:
    """The term of the chosen data alone, of what `operator` gives."""
    assert isinstance(term.atom, Atom)
    arguments = tuple((n, restricted_value(v, chosen) if isinstance(v, Value) else v) for n, v in term.atom.arguments)
    offset = None if term.offset is None else restricted_value(term.offset, chosen)
    return replace(term, atom=replace(term.atom, arguments=arguments, space=chosen.to), operator=operator, offset=offset)


def restricted_value(value: Value, chosen: Leaf) -> Value:
    """The chosen entries of an array that lies beside the data; what does not change along the axis stays."""
    (axis,) = chosen.argument("axes")
    if -axis > value.space.rank or value.space.axes[axis].size == 1:
        return value
    (count,) = chosen.argument("size")
    position = value.space.rank + axis
    axes = (*value.space.axes[:position], Axis(count), *value.space.axes[position + 1 :])
    own = Space(value.space.field, value.space.axes)
    return Apply(Leaf(chosen.primitive, chosen.arguments, own, Space(value.space.field, axes)), value)


def count_in(value: Value) -> Any:
    """A number of parts as a size."""
    assert isinstance(value, Number | SizeValue)
    return value.expression if isinstance(value, SizeValue) else value.value
