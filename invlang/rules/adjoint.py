"""Adjoints move to the leaves."""

from __future__ import annotations

from invlang.graph.arithmetic import conj
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
from invlang.rules.facts import is_self_adjoint
from invlang.rules.law import law


@law("adjoint-of-adjoint", "an adjoint taken twice")
def adjoint_of_adjoint(term: Operator) -> Operator | None:
    return term.of.of if isinstance(term, Adjoint) and isinstance(term.of, Adjoint) else None


@law("adjoint-of-product", "adjoint of a product")
def adjoint_of_product(term: Operator) -> Operator | None:
    if isinstance(term, Adjoint) and isinstance(term.of, Compose):
        return Compose(tuple(map(adjoint, reversed(term.of.factors))))
    return None


@law("adjoint-of-sum", "adjoint of a sum")
def adjoint_of_sum(term: Operator) -> Operator | None:
    if isinstance(term, Adjoint) and isinstance(term.of, Sum):
        return Sum(tuple((conj(c), adjoint(t)) for c, t in term.of.terms))
    return None


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
        case Inverse(inner) if is_self_adjoint(inner):
            return operator
    return Adjoint(operator)


@law("adjoint-of-leaf", "adjoint of a primitive")
def adjoint_of_leaf(term: Operator) -> Operator | None:
    if isinstance(term, Adjoint) and not isinstance(adjoint(term.of), Adjoint):
        return adjoint(term.of)
    return None


LAWS = (adjoint_of_adjoint, adjoint_of_product, adjoint_of_sum, adjoint_of_blocks, adjoint_of_leaf)
