"""Values: arrays and numbers as the program calculates them, before anything is calculated.

A value is a node of a shared graph.  Stages of a program (set-up, before the loop, in the loop) are read off what a node
depends on; generated code is this graph written out.  Every value is per sample: batch axes are never seen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from invlang.graph.interning import Interned
from invlang.graph.spaces import SCALAR, AnySpace, Axis, Product, Space, numeric, size, stretch

if TYPE_CHECKING:
    from invlang.graph.operators import Leaf, Operator


@dataclass(frozen=True, eq=False)
class Value(metaclass=Interned):
    """The base of all kinds below; `space` says what it is an element of."""

    @property
    def space(self) -> Space:
        raise AssertionError(type(self))


@dataclass(frozen=True, eq=False)
class Number(Value):
    """A literal.  value: int, float or complex, exact as written."""

    value: int | float | complex

    @property
    def space(self) -> Space:
        return Space("complex") if isinstance(self.value, complex) else SCALAR


@dataclass(frozen=True, eq=False)
class SizeValue(Value):
    """A size, or a formula of sizes, as a number."""

    expression: sympy.Expr

    @property
    def space(self) -> Space:
        return Space("integer")


@dataclass(frozen=True, eq=False)
class Known(Value):
    """An array or number that comes from outside.

    origin: "given" (a constructor argument of the model), "parameter" (a number of the model or estimator with a default),
    "data" (a measurement: an argument of the call), "argument" (any other argument of the call).
    traits: what is known of it for sure: "positive", "unimodular" (|entries| = 1), "spaced 3" (every third line, the middle one too), ….
    default: the number a parameter has when the caller gives none.
    """

    name: str
    of: Space
    origin: str
    default: float | int | None = None
    traits: frozenset[str] = frozenset()

    @property
    def space(self) -> Space:
        return numeric(self.of)


@dataclass(frozen=True, eq=False)
class Variable(Value):
    """An iterate, or the bound variable of a function: what changes from round to round.

    settled: an iterate as it was when its stage of the loop began; within the stage it does not change.
    """

    name: str
    of: Space
    settled: bool = False

    @property
    def space(self) -> Space:
        return self.of


@dataclass(frozen=True, eq=False)
class Pointwise(Value):
    """function applied element by element, operands stretched to each other (add, multiply, divide, conj, abs, abs2, …)."""

    function: str
    operands: tuple[Value, ...]

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        axes: tuple[Axis, ...] = ()
        for operand in self.operands:
            stretched = stretch(axes, operand.space.axes)
            assert stretched is not None, f"{self.function} of {[str(o.space) for o in self.operands]}"
            axes = stretched
        return Space(field_of(self.function, [o.space.field for o in self.operands]), axes)


def field_of(function: str, fields: list[str]) -> str:
    if function in ("abs", "abs2", "real", "imag", "angle"):
        return "real"
    return "complex" if "complex" in fields else "real"


@dataclass(frozen=True, eq=False)
class Apply(Value):
    """The kernel of a primitive, forward or adjoint, applied to a value."""

    leaf: Leaf
    operand: Value

    @property
    def space(self) -> Space:
        codomain = self.leaf.codomain
        assert isinstance(codomain, Space)
        return codomain


@dataclass(frozen=True, eq=False)
class Applied(Value):
    """An operator applied to a value, as the program says it; the plan simplifies the operator before it applies it."""

    operator: Operator
    operand: Value

    @property
    def space(self) -> Any:  # type: ignore[override]
        return self.operator.codomain


@dataclass(frozen=True, eq=False)
class Reduce(Value):
    """function (sum, mean, norm2, max, min) over axes (negative positions).  keep: reduced axes stay with size 1."""

    function: str
    operand: Value
    axes: tuple[int, ...]
    keep: bool = False

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        inner = self.operand.space
        left = []
        for position, axis in enumerate(inner.axes, start=-inner.rank):
            if position not in self.axes:
                left.append(axis)
            elif self.keep:
                left.append(Axis(size(1)))
        field = "real" if self.function in ("norm2", "max", "min") else inner.field
        return Space(field, tuple(left))


@dataclass(frozen=True, eq=False)
class Call(Value):
    """A kernel function that is not a linear map: name(operands…, **options) → an element of `of`.

    Options are plain data (ints, strings, tuples, sympy sizes).  Examples: soft_threshold, clamp, fold_mean, whole_of.
    asked: a definition and its numbers by name, where some are sizes that only the arrays tell: what it claims is looked at then.
    traits: what its declaration says of the entries, as of `Known`.
    """

    stem: str
    function: str
    operands: tuple[Value, ...]
    options: tuple[tuple[str, Any], ...]
    of: Space
    asked: tuple[Any, tuple[tuple[str, Any], ...]] | None = None
    traits: frozenset[str] = frozenset()

    @property
    def space(self) -> Space:
        return self.of


@dataclass(frozen=True, eq=False)
class Iterative(Value):
    """A kernel that is handed a function: conjugate_gradient(v -> body, operands…), power_iteration(v -> body).

    variable: the bound variable of the function;  body: its value, in terms of the variable.
    """

    function: str
    variable: Variable
    body: Value
    operands: tuple[Value, ...]
    options: tuple[tuple[str, Any], ...]
    of: Space

    @property
    def space(self) -> Space:
        return self.of


@dataclass(frozen=True, eq=False)
class Table(Value):
    """A vector of literal numbers: a filter's taps, a colour response."""

    numbers: tuple[float, ...]
    name: str

    @property
    def space(self) -> Space:
        return Space("real", (Axis(size(len(self.numbers))),))


@dataclass(frozen=True, eq=False)
class Aligned(Value):
    """A vector laid along one axis of arrays of the given rank: real[C] as real[C, 1, 1].  axis: negative position."""

    operand: Value
    axis: int

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        inner = self.operand.space
        return Space(inner.field, (*inner.axes, *(Axis(size(1)) for _ in range(-self.axis - 1))))


@dataclass(frozen=True, eq=False)
class Random(Value):
    """A draw: standard_normal, cartesian_mask.  stream: its name in the seed; operands: what the law needs; options, asked, traits: as for
    `Call`."""

    law: str
    stream: str
    operands: tuple[Value, ...]
    of: Space
    options: tuple[tuple[str, Any], ...] = ()
    asked: tuple[Any, tuple[tuple[str, Any], ...]] | None = None
    traits: frozenset[str] = frozenset()

    @property
    def space(self) -> Space:
        return self.of


@dataclass(frozen=True, eq=False)
class Bundle(Value):
    """An element of a product space: several values side by side."""

    parts: tuple[Value, ...]

    @cached_property
    def space(self) -> Any:  # type: ignore[override]
        return Product(tuple(p.space for p in self.parts))


def variable(name: str, space: AnySpace, settled: bool = False) -> Value:
    """A fresh variable; one of a product space is a bundle of variables name1, name2, …"""
    if isinstance(space, Product):
        return Bundle(tuple(Variable(f"{name}{i + 1}", p, settled) for i, p in enumerate(space.parts)))
    return Variable(name, space, settled)


def operands_of(value: Value) -> tuple[Value, ...]:
    """The values that a value is made of, its bound body included."""
    match value:
        case Pointwise() | Call() | Random():
            return value.operands
        case Apply():
            return (value.operand, *value.leaf.arrays)
        case Reduce() | Aligned() | Applied():
            return (value.operand,)
        case Iterative():
            return (value.body, *value.operands)
        case Bundle():
            return value.parts
        case _:
            return ()


def inside(*values: Value, stop: Callable[[Value], bool] = lambda value: False) -> dict[Value, None]:
    """The values and all that they are made of, each once and each before its operands; of what `stop` names, no operands."""
    found: dict[Value, None] = {}
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        if value not in found:
            found[value] = None
            waiting += () if stop(value) else reversed(operands_of(value))
    return found


def known_inside(values: Iterable[Value]) -> set[Known]:
    """What from outside some values are made of."""
    return {v for v in inside(*values) if isinstance(v, Known)}
