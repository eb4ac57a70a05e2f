"""What a loop remembers of its last rounds: the newest of arrays, of all that it carries, and what they tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invlang.graph.apply import components
from invlang.graph.arithmetic import add
from invlang.graph.spaces import Axis, Space
from invlang.graph.spaces import size as size_of
from invlang.graph.values import Bundle, Call, Number, Value
from invlang.plan.products import inner_of, parts
from invlang.plan.roles import Carried


def of_arrays(make: Callable[..., Value], *operands: Any) -> Any:
    """make(…) of every array of values that are carried, or of several parts."""
    first = operands[0]
    if isinstance(first, Carried):
        return Carried(tuple(of_arrays(make, *row) for row in zip(*(o.values for o in operands), strict=True)))
    if isinstance(first, Bundle):
        return Bundle(tuple(make(*row) for row in zip(*map(parts, operands), strict=True)))
    return make(*operands)


def arrays_of(value: Any) -> tuple[Value, ...]:
    return tuple(p for v in value.values for p in parts(v)) if isinstance(value, Carried) else parts(value)


def recent(x: Any, count: Value) -> Any:
    """Room for the newest arrays like x, along an axis of their own in front of its; zeros at first."""
    assert isinstance(count, Number)

    def room(one: Value) -> Value:
        assert isinstance(one.space, Space)
        space = Space(one.space.field, (Axis(size_of(int(count.value.real))), *one.space.axes))
        return Call("arrays", "zeros", (one,), (("space", space),), space)

    return of_arrays(room, x)


def newest(kept: Any, x: Any) -> Any:
    """The kept arrays with a new one in front, without the oldest."""
    return of_arrays(lambda k, v: Call("memory", "newest", (k, v), (("rank", v.space.rank),), k.space), kept, x)


def two_loop(steps: Value, changes: Value, slope: Value) -> Value:
    """What the inverse of the Hessian, as the kept steps and changes of the gradient tell it, makes of a gradient."""
    ranks = tuple(p.space.rank for p in parts(slope))
    several = isinstance(slope, Bundle)
    options = (("rank", ranks if several else ranks[0]),)
    found = Call("memory", "two_loop_direction", (steps, changes, slope), options, slope.space)
    return Bundle(components(found)) if several else found


def shares(steps: Any, changes: Any, moved: Any) -> Value:
    """The w for which Σ wⱼ changeⱼ is nearest to what was moved, of kept steps and of how much they changed the move."""
    rows = tuple(zip(*map(arrays_of, (steps, changes, moved)), strict=True))
    (count, *_) = rows[0][0].space.axes
    line, square = Space("real", (count,)), Space("real", (count, count))
    lengths = add(*(Call("memory", "lengths", (s,), (("rank", v.space.rank),), line) for s, _, v in rows))
    products = add(*(Call("memory", "inner_products", (y,), (("rank", v.space.rank),), square) for _, y, v in rows))
    along = add(*(Call("memory", "inner_products_with", (y, v), (("rank", v.space.rank),), line) for _, y, v in rows))
    return Call("memory", "least_squares_shares", (lengths, products, along), (), line)


def combined(kept: Any, weights: Value) -> Any:
    """Σ wⱼ of the kept arrays."""

    def one(array: Value) -> Value:
        assert isinstance(array.space, Space)
        space = Space(array.space.field, array.space.axes[1:])
        return Call("memory", "combined", (array, weights), (("rank", space.rank),), space)

    return of_arrays(one, kept)


def inner_of_carried(a: Any, b: Any) -> Value:
    """Re⟨a, b⟩, of all that is carried together."""
    return add(*(inner_of(p, q) for p, q in zip(arrays_of(a), arrays_of(b), strict=True)))
