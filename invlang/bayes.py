"""Which estimate of a posterior an objective is: the most probable image, for which prior, and whether it is the mean as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from invlang.graph.arithmetic import is_positive
from invlang.graph.functionals import SmoothAtom, Term
from invlang.graph.operators import Diagonal, Leaf, Operator, Sum, children_of
from invlang.graph.program import EstimatorOf, Measurement, Program
from invlang.graph.values import Known, Value
from invlang.plan.gradient import gram
from invlang.plan.module import known_in
from invlang.rules.theorems import fact


@dataclass(frozen=True)
class Posterior:
    """p(unknown | data) ∝ exp(−objective).  data: the measurements that it is given;  prior: the terms of −log of the prior.

    proper: the prior is a density for sure;  normal: the posterior is a normal law, whose mean is where it is largest.
    """

    data: tuple[Measurement, ...]
    prior: tuple[Term, ...]
    proper: bool
    normal: bool


def posterior_of(program: Program, wanted: EstimatorOf) -> Posterior | str | None:
    """The posterior, or why there is none in words; None where the objective speaks of no likelihood."""
    energies = tuple(t for t in wanted.terms if t.source != "constraint")
    fits = tuple(t for t in energies if t.source == "data")
    prior = tuple(t for t in energies if t.source != "data")
    if not fits:
        return None
    because = refused(program, wanted, fits, prior)
    if because is not None:
        return because
    data = tuple(m for m in program.measurements if any(t.label == f"fidelity({m.name})" for t in fits))
    bounded = any(t.source == "constraint" for t in wanted.terms)
    return Posterior(data, prior, is_proper(program, prior), not bounded and is_normal(energies))


def refused(program: Program, wanted: EstimatorOf, fits: tuple[Term, ...], prior: tuple[Term, ...]) -> str | None:
    labels = [t.label for t in fits]
    for term in fits:
        if term.text != term.label or labels.count(term.label) > 1:
            return f"{term.text if term.text != term.label else term.label + ', twice,'} is not −log p of their law"
    for m in program.measurements:
        if f"fidelity({m.name})" in labels and any(claim == "approximate" for claim, _ in m.claims):
            return f"the fidelity of {m.law} is not quite −log p"
    for term in prior:
        if any(k.origin == "data" for v in values_of(term) for k in known_in(v) if isinstance(k, Known)):
            return f"{term.text} speaks of the data beside their law"
    return f"the data choose {wanted.choice.name}" if wanted.choice is not None else None


def values_of(term: Term) -> Iterator[Value]:
    """Every value that a term is made of."""
    yield term.weight
    if term.offset is not None:
        yield term.offset
    if isinstance(term.atom, SmoothAtom):
        yield term.atom.value
    else:
        yield from (v for _, v in term.atom.arguments if isinstance(v, Value))
    yield from values_in(term.operator)


def values_in(operator: Operator) -> Iterator[Value]:
    match operator:
        case Leaf():
            yield from operator.arrays
        case Diagonal(value):
            yield value
        case Sum(terms):
            yield from (c for c, _ in terms)
    for child in children_of(operator):
        yield from values_in(child)


def is_proper(program: Program, prior: tuple[Term, ...]) -> bool:
    """Whether exp(−prior) certainly has a finite integral: over bounded intervals, or by a term that says so of every image."""
    if not all(is_bounded_below(t) for t in prior):
        return False
    if all(u.interval is not None and all(map(isfinite, u.interval)) for u in program.unknowns):
        return True
    return any(
        t.atom.has("normalisable") and is_positive(t.weight) and fact(t.operator, "injective").holds is True for t in prior
    )


def is_bounded_below(term: Term) -> bool:
    return is_positive(term.weight) and any(term.atom.has(f) for f in ("normalisable", "norm", "quadratic", "indicator"))


def is_normal(terms: tuple[Term, ...]) -> bool:
    """Whether exp(−terms) is certainly a normal law: squares with a positive definite sum, and linear terms."""
    squares = tuple(t for t in terms if t.atom.has("quadratic") and is_positive(t.weight))
    if any(t not in squares and not t.atom.has("linear") for t in terms):
        return False
    hessian = gram(squares, 2)
    definite = hessian is not None and fact(hessian, "injective").holds is True
    return definite or any(fact(t.operator, "injective").holds is True for t in squares)
