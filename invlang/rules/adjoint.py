"""Adjoints move to the leaves."""

from __future__ import annotations

from collections.abc import Callable

from invlang.graph.arithmetic import ONE, conj
from invlang.graph.operators import (
    Adjoint,
    BlockDiagonal,
    Compose,
    Diagonal,
    Identity,
    Inverse,
    Leaf,
    Operator,
    PseudoInverse,
    Row,
    Stack,
    Sum,
    Zero,
)
from invlang.graph.values import Value
from invlang.rules.facts import is_real_linear
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_real


@law("adjoint-of-product", "adjoint of a product")
def adjoint_of_product(term: Operator) -> Operator | None:
    if isinstance(term, Adjoint) and isinstance(term.of, Compose):
        return Compose(tuple(map(adjoint, reversed(term.of.factors))))
    return None


@law("adjoint-of-sum", "adjoint of a sum")
def adjoint_of_sum(term: Operator) -> Operator | None:
    if isinstance(term, Adjoint) and isinstance(term.of, Sum):
        return Sum(tuple(adjoint_of_multiple(c, t) for c, t in term.of.terms))
    return None


def adjoint_of_multiple(c: Value, operator: Operator) -> tuple[Value, Operator]:
    """(c A)ᴴ = c̄ Aᴴ; a complex c stays to the right of an Aᴴ that is linear over the real numbers only."""
    if is_real(c) or not is_real_linear(operator):
        return conj(c), adjoint(operator)
    return ONE, Compose((adjoint(operator), Sum(((conj(c), Identity(operator.codomain)),))))


@law("adjoint-of-stack", "adjoint of a stack")
def adjoint_of_blocks(term: Operator) -> Operator | None:
    match term:
        case Adjoint(Stack(parts)):
            return Row(tuple(map(adjoint, parts)))
        case Adjoint(Row(parts)):
            return Stack(tuple(map(adjoint, parts)))
        case Adjoint(BlockDiagonal(parts)):
            return BlockDiagonal(tuple(map(adjoint, parts)))
        case Adjoint(Inverse(inner)):
            return Inverse(adjoint(inner))
        case Adjoint(PseudoInverse(inner)):
            return PseudoInverse(adjoint(inner))
    return None


def adjoint(operator: Operator) -> Operator:
    """Aᴴ, worked out at once where A is a leaf."""
    match operator:
        case Identity():
            return operator
        case Zero(from_, to):
            return Zero(to, from_)
        case Diagonal(value, space):
            return Diagonal(conj(value), space)
        case Leaf():
            return operator if "self_adjoint" in operator.primitive.facts else operator.flipped
        case Adjoint(inner):
            return inner
    return Adjoint(operator)


def from_either_side(rewrite: Callable[..., Factors | None], *factors: Operator) -> Factors | None:
    """What a rewriting makes of the factors, or the adjoint of what it makes of their adjoints: L R = X says Rᴴ Lᴴ = Xᴴ."""
    found = rewrite(*factors)
    if found is not None:
        return found
    flipped = rewrite(*map(adjoint, reversed(factors)))
    return None if flipped is None else tuple(map(adjoint, reversed(flipped)))


@law("adjoint-of-leaf", "adjoint of a primitive")
def adjoint_of_leaf(term: Operator) -> Operator | None:
    return adjoint(term.of) if isinstance(term, Adjoint) else None


LAWS = (adjoint_of_product, adjoint_of_sum, adjoint_of_blocks, adjoint_of_leaf)
