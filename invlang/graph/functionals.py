"""Objectives: sums of weighted primitive functionals of affine maps of the unknown.  Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from invlang.graph.arithmetic import is_positive, negate
from invlang.graph.declarations import FunctionalPrimitive
from invlang.graph.operators import Operator
from invlang.graph.spaces import AnySpace
from invlang.graph.values import Value
from invlang.source import Span


@dataclass(frozen=True)
class Atom:
    """A primitive functional with its arguments.  arguments: (name, Value | axes tuple | number…) in the declaration's order."""

    primitive: FunctionalPrimitive
    arguments: tuple[tuple[str, Any], ...]
    space: AnySpace

    def has(self, fact: str) -> bool:
        return fact in self.primitive.facts

    def argument(self, name: str) -> Any:
        return dict(self.arguments)[name]


@dataclass(frozen=True)
class SmoothAtom:
    """A functional written as an expression that no primitive names.  value: a scalar in terms of `variable`, or of its parts.

    within: the linear map A, where the expression is w ‖|A x| − a‖².
    """

    variable: Value
    value: Value
    space: AnySpace
    smooth: bool
    within: Operator | None = None

    def has(self, fact: str) -> bool:
        return fact == "smooth" and self.smooth


@dataclass(frozen=True)
class Term:
    """weight · atom(operator x + offset).

    text: the term as the user wrote it.  source: "data", "prior" or "constraint".  label: a short name, such as TV.
    inner: arrays that the term is minimised over, which the operator acts on after the unknowns, and where each begins.
    """

    weight: Value
    atom: Atom | SmoothAtom
    operator: Operator
    offset: Value | None = None
    text: str = field(default="", compare=False)
    source: str = field(default="prior", compare=False)
    label: str = field(default="", compare=False)
    span: Span | None = field(default=None, compare=False, repr=False)
    inner: tuple[Any, ...] = ()

    @property
    def is_reversed(self) -> bool:
        """Whether its weight is surely below zero: minus a convex functional is not convex, unless it is linear."""
        return not self.atom.has("linear") and is_positive(negate(self.weight))

    @property
    def is_convex(self) -> bool:
        return self.atom.has("convex") and not self.is_reversed
