"""Taking maps off terms: an operator as it is, or in another form, a mask left with the term."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as cartesian

from invlang.graph.arithmetic import is_binary
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Stack
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Bundle, Known, Value, variable
from invlang.meaning.laws import forms_of
from invlang.plan.roles import Block
from invlang.rules.atoms import part_of_atom
from invlang.rules.inverse import Refusal, solve
from invlang.rules.proximal import prox
from invlang.rules.simplify import simplify

MOST_TERMS = 4  # of a sum whose maps are tried with every front

Squares = tuple[tuple[Value, Operator], ...]


def in_parts(term: Term) -> tuple[Term, ...]:
    """One term for each part of a measurement of several parts, where they add up to the term."""
    operator, atom = simplify(term.operator), term.atom
    if not (isinstance(operator, Stack) and isinstance(atom, Atom) and (atom.has("separable") or atom.has("partwise"))):
        return (term,)
    offsets = term.offset.parts if isinstance(term.offset, Bundle) else (term.offset,) * len(operator.parts)
    return tuple(
        replace(term, atom=part_of_atom(atom, i, variable("z", k.codomain)), operator=k, offset=b)
        for i, (k, b) in enumerate(zip(operator.parts, offsets, strict=True))
    )


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
    found = prox((replace(term, operator=operator),), step_symbol(), variable("v", operator.domain))
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


def best_forms(terms: tuple[Term, ...], squares: Squares) -> tuple[tuple[Term, ...], Operator, int]:
    """Peeled terms and K such that (Σ squares + ρ KᴴK)⁻¹ has a closed form, or as they are; and how many inner solves are left.

    First the terms' operators are tried in their forms with a mask at the front of a map left to its term, then with any other
    front that a term takes into its prox.
    """
    forms = [(t, *reshaped(t)) for t in terms]
    fallback: tuple[tuple[Term, ...], Operator] | None = None
    for keeps in (lambda t: (binary_front(t),), fronts):
        if keeps is fronts and len(terms) + len(squares) > MOST_TERMS:
            break  # there are too many ways to try them all
        options = [[(t, n) for t in alike for n in keeps(t)] for alike in forms]
        for choice in cartesian(*options):
            peeled, operator = peel_forms(*zip(*choice, strict=True))
            parts = operator.parts if isinstance(operator, Stack) else (operator,)
            if solve((*squares, *((step_symbol(), k) for k in parts)), None, 2).is_closed:
                return peeled, operator, 0
            fallback = fallback or (peeled, operator)
    assert fallback is not None
    return *fallback, 1


def step_symbol() -> Value:
    return Known("step", SCALAR, "parameter", 1.0, frozenset({"positive"}))


def stacked_parts(operator: Operator) -> tuple[Operator, ...]:
    match operator:
        case Stack(parts):
            return parts
        case Compose((Stack(parts), *rest)):
            tail = Compose(tuple(rest)) if len(rest) > 1 else rest[0]
            return tuple(p if isinstance(tail, Identity) else Compose((p, tail)) for p in parts)
    return (operator,)
