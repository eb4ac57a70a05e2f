"""Operators on some of several arrays as operators on all of them."""

from __future__ import annotations

from invlang.graph.operators import Compose, Identity, Operator, Row, Stack, Sum, Zero
from invlang.graph.spaces import AnySpace, Space, parts_of


def selector(spaces: tuple[Space, ...], i: int) -> Operator:
    """The i-th of several arrays, as an operator on all of them."""
    if len(spaces) == 1:
        return Identity(spaces[0])
    return Row(tuple(Identity(s) if j == i else Zero(s, spaces[i]) for j, s in enumerate(spaces)))


def spread_over(operator: Operator, joint: AnySpace) -> Operator:
    """An operator on the first of several arrays as one on all of them."""
    if operator.domain == joint:
        return operator
    return placed(operator, tuple(range(len(parts_of(operator.domain)))), parts_of(joint))


def placed(operator: Operator, positions: tuple[int, ...], spaces: tuple[Space, ...]) -> Operator:
    """An operator on some of several arrays as one on all of them.  positions: where those it acts on stand."""
    match operator:
        case Row(parts):
            at = dict(zip(positions, parts, strict=True))
            return Row(tuple(at.get(i, Zero(s, operator.codomain)) for i, s in enumerate(spaces)))
        case Compose(factors):
            return Compose((*factors[:-1], placed(factors[-1], positions, spaces)))
        case Sum(terms):
            return Sum(tuple((c, placed(t, positions, spaces)) for c, t in terms))
        case Stack(parts):
            return Stack(tuple(placed(p, positions, spaces) for p in parts))
    chosen = tuple(selector(spaces, i) for i in positions)
    if isinstance(operator, Identity):
        return chosen[0] if len(chosen) == 1 else Stack(chosen)
    return Compose((operator, chosen[0] if len(chosen) == 1 else Stack(chosen)))
