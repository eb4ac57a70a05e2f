"""Taking maps off terms: an operator as it is, or in another form, a mask left with the term."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.arithmetic import is_binary
from invlang.graph.functionals import Term
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Stack
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Known, variable
from invlang.meaning.laws import forms_of
from invlang.plan.roles import Block
from invlang.rules.inverse import Refusal
from invlang.rules.proximal import prox
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


def binary_front(term: Term) -> int:
    """1 where a map ends with a mask, which stays with its term unless more is asked for; else 0."""
    factors = factors_of(simplify(term.operator))
    return int(len(factors) > 1 and isinstance(factors[0], Diagonal) and is_binary(factors[0].value))


def fronts(term: Term) -> tuple[int, ...]:
    """How many factors at the front of a map may stay with the term, so that it keeps a prox in closed form."""
    factors = factors_of(simplify(term.operator))
    return tuple(n for n in range(len(factors)) if n == binary_front(term) or has_closed_prox(term, factors[:n]))


def has_closed_prox(term: Term, factors: tuple[Operator, ...]) -> bool:
    if not factors:
        return True
    operator = factors[0] if len(factors) == 1 else Compose(factors)
    step = Known("step", SCALAR, "parameter", 1.0, frozenset({"positive"}))
    found = prox((replace(term, operator=operator),), step, variable("v", operator.domain))
    return not isinstance(found, Refusal) and (found.solved is None or found.solved.is_closed)


def factors_of(operator: Operator) -> tuple[Operator, ...]:
    return operator.factors if isinstance(operator, Compose) else (operator,)


def peel_forms(terms: tuple[Term, ...], kept: tuple[int, ...]) -> tuple[tuple[Term, ...], Operator]:
    """Like peel, but so many factors at the front of each map stay with its term."""
    peeled, operators = [], []
    for i, (term, n) in enumerate(zip(terms, kept, strict=True)):
        operator = simplify(term.operator)
        inner: Operator = Identity(operator.codomain)
        if n:
            factors = factors_of(operator)
            inner = factors[0] if n == 1 else Compose(factors[:n])
            operator = factors[n] if n + 1 == len(factors) else Compose(factors[n:])
        peeled.append(replace(term, operator=Block(inner, i, operator)))
        operators.append(operator)
    return tuple(peeled), operators[0] if len(operators) == 1 else Stack(tuple(operators))
