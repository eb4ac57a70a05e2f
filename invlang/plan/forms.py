"""Taking maps off terms: an operator as it is, or in another form, a mask left with the term."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.arithmetic import is_binary
from invlang.graph.functionals import Term
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Stack
from invlang.meaning.laws import forms_of
from invlang.plan.roles import Block
from invlang.rules.simplify import simplify


def peel(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], Operator]:
    """K and what is left: each term's operator becomes a block of K, the term acts on that block."""
    operators = tuple(simplify(t.operator) for t in terms)
    peeled = tuple(
        replace(t, operator=Block(Identity(k.codomain), i, k)) for i, (t, k) in enumerate(zip(terms, operators, strict=True))
    )
    return peeled, operators[0] if len(operators) == 1 else Stack(operators)


def reshaped(term: Term) -> tuple[Term, ...]:
    """The term with its operator in its other forms, a mask moved from the map into the term."""
    operator = simplify(term.operator)
    factors = operator.factors if isinstance(operator, Compose) else (operator,)
    found = []
    if isinstance(factors[0], Leaf):
        for form in forms_of(factors[0].primitive):
            built = form.rewrite((factors[0],))
            if built is not None:
                whole = Compose((built, *factors[1:])) if len(factors) > 1 else built
                found.append(replace(term, operator=whole))
    return tuple(found)


def peel_forms(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], Operator]:
    """Like peel, but a diagonal at the front of a map stays with the term."""
    peeled, operators = [], []
    for i, term in enumerate(terms):
        operator = simplify(term.operator)
        inner: Operator = Identity(operator.codomain)
        if isinstance(operator, Compose) and isinstance(operator.factors[0], Diagonal) and is_binary(operator.factors[0].value):
            inner = operator.factors[0]
            rest = operator.factors[1:]
            operator = rest[0] if len(rest) == 1 else Compose(rest)
        peeled.append(replace(term, operator=Block(inner, i, operator)))
        operators.append(operator)
    return tuple(peeled), operators[0] if len(operators) == 1 else Stack(tuple(operators))
