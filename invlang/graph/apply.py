"""Applying an operator to a value: the operator's structure becomes a graph of values."""

from __future__ import annotations

from typing import assert_never

from invlang.graph.arithmetic import add, literal_factor, multiply, number
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
from invlang.graph.spaces import Product, Space, parts_of
from invlang.graph.values import Applied, Apply, Bundle, Call, Iterative, Value, variable


def apply(operator: Operator, value: Value, iterations: int = 50) -> Value:
    """operator · value.  An inverse that no rule worked out is solved by that many conjugate-gradient steps."""
    literal, rest = literal_factor(value)
    if literal != 1 and not isinstance(literal, complex):
        return multiply(number(literal), apply(operator, rest, iterations))
    match operator:
        case Identity():
            return value
        case Zero():
            like = value.parts[0] if isinstance(value, Bundle) else stretched_to(value, operator.domain)
            zeros = tuple(Call("arrays", "zeros", (like,), (("space", p),), p) for p in parts_of(operator.codomain))
            return zeros[0] if len(zeros) == 1 else Bundle(zeros)
        case Leaf():
            return Apply(operator, stretched_to(value, operator.domain))
        case Diagonal():
            return multiply(operator.value, value)
        case Compose():
            for factor in reversed(operator.factors):
                value = apply(factor, value, iterations)
            return value
        case Sum():
            return add(*(multiply(c, apply(t, value, iterations)) for c, t in operator.terms))
        case Stack():
            return Bundle(tuple(apply(p, value, iterations) for p in operator.parts))
        case Row():
            pairs = list(zip(operator.parts, components(value), strict=True))
            terms = [(p, v) for p, v in pairs if not isinstance(p, Zero)] or pairs[:1]
            return add(*(apply(p, v, iterations) for p, v in terms))
        case BlockDiagonal():
            return Bundle(tuple(apply(p, v, iterations) for p, v in zip(operator.parts, components(value), strict=True)))
        case Inverse():
            return solve_iteratively(operator.of, stretched_to(value, operator.domain), iterations)
        case Adjoint():
            raise AssertionError("adjoints are pushed to the leaves before an operator is applied")
        case PseudoInverse():
            raise AssertionError("pseudo-inverses are worked out by the rules before an operator is applied")
    assert_never(operator)  # type: ignore[arg-type]


def stretched_to(value: Value, space: Space | Product) -> Value:
    """An array of fewer or shorter axes, a number included, repeated over all of a space; the parts of a bundle each over theirs."""
    if isinstance(value, Bundle):
        return Bundle(tuple(stretched_to(p, s) for p, s in zip(value.parts, parts_of(space), strict=True)))
    if isinstance(space, Product) or isinstance(value.space, Product) or value.space.sizes == space.sizes:
        return value
    full = space.over(value.space.field)
    return Call("arrays", "full", (value,), (("space", full),), full)


def applied(operator: Operator, value: Value) -> Value:
    """operator · value, not worked out: the plan simplifies the operator first.  One value for each part of a product."""
    codomain = operator.codomain
    if not isinstance(codomain, Product):
        return Applied(operator, value)
    spaces = codomain.parts
    picks = (Row(tuple(Identity(s) if i == j else Zero(s, spaces[i]) for j, s in enumerate(spaces))) for i in range(len(spaces)))
    return Bundle(tuple(Applied(Compose((pick, operator)), value) for pick in picks))


def components(value: Value) -> tuple[Value, ...]:
    """The parts of a value of several spaces."""
    if isinstance(value, Bundle):
        return value.parts
    spaces = parts_of(value.space)
    return tuple(Call("iterative", "component", (value,), (("index", i),), s) for i, s in enumerate(spaces))


def solve_iteratively(operator: Operator, right: Value, iterations: int) -> Value:
    """operator⁻¹ right by conjugate gradients, for a self-adjoint positive operator."""
    probe = variable("v", operator.domain)
    body = apply(operator, probe, iterations)
    found = Iterative("conjugate_gradient", probe, body, (right,), (("iterations", iterations),), right.space)  # type: ignore[arg-type]
    return Bundle(components(found)) if isinstance(right, Bundle) else found
