"""Linear operators: a small algebra over primitives.  Data only; `rules` simplifies, `plan` writes steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from invlang.graph.declarations import Primitive
from invlang.graph.interning import Interned
from invlang.graph.spaces import AnySpace, Product, Space
from invlang.graph.values import Value


@dataclass(frozen=True, eq=False)
class Operator(metaclass=Interned):
    """The base of all kinds below: a linear map domain → codomain, with the real inner product on both."""

    @property
    def domain(self) -> AnySpace:
        raise AssertionError(type(self))

    @property
    def codomain(self) -> AnySpace:
        raise AssertionError(type(self))


@dataclass(frozen=True, eq=False)
class Identity(Operator):
    space: AnySpace

    @property
    def domain(self) -> AnySpace:
        return self.space

    codomain = domain


@dataclass(frozen=True, eq=False)
class Zero(Operator):
    from_: AnySpace
    to: AnySpace

    @property
    def domain(self) -> AnySpace:
        return self.from_

    @property
    def codomain(self) -> AnySpace:
        return self.to


@dataclass(frozen=True, eq=False)
class Leaf(Operator):
    """A primitive with its arguments, or its adjoint.

    arguments: (name, value) in the declaration's order; a value is an axes tuple of negative positions, a sympy size or a tuple of
    them, a string, a boolean, or a Value (an array).  of, to: domain and codomain of the primitive itself, not adjoint.
    """

    primitive: Primitive
    arguments: tuple[tuple[str, Any], ...]
    of: Space
    to: Space
    adjoint: bool = False

    @property
    def domain(self) -> Space:
        return self.to if self.adjoint else self.of

    @property
    def codomain(self) -> Space:
        return self.of if self.adjoint else self.to

    @cached_property
    def arrays(self) -> tuple[Value, ...]:
        return tuple(v for _, v in self.arguments if isinstance(v, Value))

    def argument(self, name: str) -> Any:
        return dict(self.arguments)[name]

    @property
    def flipped(self) -> Leaf:
        return Leaf(self.primitive, self.arguments, self.of, self.to, not self.adjoint)


@dataclass(frozen=True, eq=False)
class Diagonal(Operator):
    """x ↦ d ⊙ x, d stretched to the space."""

    value: Value
    space: Space

    @property
    def domain(self) -> Space:
        return self.space

    codomain = domain


@dataclass(frozen=True, eq=False)
class Compose(Operator):
    """factors[0] ∘ factors[1] ∘ …: the last is applied first."""

    factors: tuple[Operator, ...]

    @property
    def domain(self) -> AnySpace:
        return self.factors[-1].domain

    @property
    def codomain(self) -> AnySpace:
        return self.factors[0].codomain


@dataclass(frozen=True, eq=False)
class Sum(Operator):
    """Σ coefficient · operator; the coefficients are scalar values."""

    terms: tuple[tuple[Value, Operator], ...]

    @property
    def domain(self) -> AnySpace:
        return self.terms[0][1].domain

    @property
    def codomain(self) -> AnySpace:
        return self.terms[0][1].codomain


@dataclass(frozen=True, eq=False)
class Stack(Operator):
    """x ↦ (A₁ x, A₂ x, …)"""

    parts: tuple[Operator, ...]

    @property
    def domain(self) -> AnySpace:
        return self.parts[0].domain

    @cached_property
    def codomain(self) -> Product:  # type: ignore[override]
        return Product(tuple(p.codomain for p in self.parts))  # type: ignore[misc]


@dataclass(frozen=True, eq=False)
class Row(Operator):
    """(x₁, x₂, …) ↦ A₁ x₁ + A₂ x₂ + …"""

    parts: tuple[Operator, ...]

    @cached_property
    def domain(self) -> Product:  # type: ignore[override]
        return Product(tuple(p.domain for p in self.parts))  # type: ignore[misc]

    @property
    def codomain(self) -> AnySpace:
        return self.parts[0].codomain


@dataclass(frozen=True, eq=False)
class BlockDiagonal(Operator):
    """(x₁, x₂, …) ↦ (A₁ x₁, A₂ x₂, …)"""

    parts: tuple[Operator, ...]

    @cached_property
    def domain(self) -> Product:  # type: ignore[override]
        return Product(tuple(p.domain for p in self.parts))  # type: ignore[misc]

    @cached_property
    def codomain(self) -> Product:  # type: ignore[override]
        return Product(tuple(p.codomain for p in self.parts))  # type: ignore[misc]


@dataclass(frozen=True, eq=False)
class Adjoint(Operator):
    """Aᴴ not yet worked out; rules push it to the leaves."""

    of: Operator

    @property
    def domain(self) -> AnySpace:
        return self.of.codomain

    @property
    def codomain(self) -> AnySpace:
        return self.of.domain


@dataclass(frozen=True, eq=False)
class Inverse(Operator):
    """A⁻¹ not yet worked out; what no rule inverts is solved by conjugate gradients."""

    of: Operator

    @property
    def domain(self) -> AnySpace:
        return self.of.codomain

    @property
    def codomain(self) -> AnySpace:
        return self.of.domain


@dataclass(frozen=True, eq=False)
class PseudoInverse(Operator):
    """A⁺ not yet worked out: b ↦ the least-squares solution of smallest norm."""

    of: Operator

    @property
    def domain(self) -> AnySpace:
        return self.of.codomain

    @property
    def codomain(self) -> AnySpace:
        return self.of.domain


def children_of(operator: Operator) -> tuple[Operator, ...]:
    match operator:
        case Compose():
            return operator.factors
        case Sum():
            return tuple(t for _, t in operator.terms)
        case Stack() | Row() | BlockDiagonal():
            return operator.parts
        case Adjoint() | Inverse() | PseudoInverse():
            return (operator.of,)
        case _:
            return ()


def with_children(operator: Operator, children: tuple[Operator, ...]) -> Operator:
    """The same construct around other children."""
    match operator:
        case Compose():
            return Compose(children)
        case Sum():
            return Sum(tuple((c, t) for (c, _), t in zip(operator.terms, children, strict=True)))
        case Stack() | Row() | BlockDiagonal():
            return type(operator)(children)
        case Adjoint() | Inverse() | PseudoInverse():
            return type(operator)(children[0])
        case _:
            return operator


def values_in(operator: Operator) -> Iterator[Value]:
    """The values that an operator is made with: entries of diagonals, coefficients of sums, arrays of primitives."""
    waiting, seen = [operator], set()
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        waiting += children_of(found)
        match found:
            case Leaf():
                yield from found.arrays
            case Diagonal(value):
                yield value
            case Sum(terms):
                yield from (c for c, _ in terms)
