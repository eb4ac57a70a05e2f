"""Finding where a law nearly applied: with one fact more, or without what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from invlang.graph.operators import Compose, Operator, Sum, children_of
from invlang.graph.questions import Question, listening
from invlang.rules.composition import product
from invlang.rules.law import Factors, Law


@dataclass(frozen=True)
class Miss:
    """A place where most of a law's pattern is there.

    factors: the neighbouring factors, or the one term, that it would rewrite.  lacking: the fact with which it would.
    between: the factors between the first and the last ones, or the term of a sum, without which it would.
    """

    factors: Factors
    lacking: Question | None = None
    between: Factors = ()


def misses(law: Law, term: Operator) -> Iterator[Miss]:
    """The places of a term where a law does not apply and nearly does."""
    for inner in terms_in(term):
        for factors in places(law, inner):
            lacking = fact_lacking(law, factors)
            if lacking is not None:
                yield Miss(factors, lacking)
        yield from in_the_way(law, inner)


def terms_in(term: Operator) -> Iterator[Operator]:
    yield term
    for child in children_of(term):
        yield from terms_in(child)


def places(law: Law, term: Operator) -> Iterator[Factors]:
    """Where a law looks: at the term itself, or at each row of neighbours of a product."""
    if law.width == 0:
        yield (term,)
    elif isinstance(term, Compose):
        for i in range(len(term.factors) - law.width + 1):
            yield term.factors[i : i + law.width]


def places_where(law: Law, term: Operator) -> Iterator[Factors]:
    """The places of a term where a law does apply."""
    for inner in terms_in(term):
        yield from (factors for factors in places(law, inner) if applies(law, factors))


def applies(law: Law, factors: Factors) -> bool:
    found = law.rewrite(*factors)
    return found is not None and found is not factors[0]


# ---- a fact that is lacking


def fact_lacking(law: Law, factors: Factors) -> Question | None:
    """The fact with which a law would apply; None where it does, or where no single fact helps.

    Of facts that do alike the one that was asked for last is taken: it is what the others are made of.
    """
    known, unanswered = tried(law, factors)
    if known:
        return None
    return next((q for q in reversed(unanswered) if tried(law, factors, q)[0]), None)


def tried(law: Law, factors: Factors, *supposed: Question) -> tuple[bool, dict[Question, None]]:
    """Whether a law applies where some facts are supposed, and what is not known then."""
    with listening(frozenset(supposed)) as listener:
        return applies(law, factors), listener.unanswered


# ---- what stands in the way


def in_the_way(law: Law, term: Operator) -> Iterator[Miss]:
    """Places where a law would apply if some factors, which map a space to itself, or one term of a sum were not there."""
    match term:
        case Compose(factors) if law.width:
            for i in range(len(factors)):
                found = nearest_gap(law, factors[i:])
                if found is not None:
                    yield found
        case Sum(terms) if not law.width and len(terms) > 2 and not applies(law, (term,)):
            for k, (_, left_out) in enumerate(terms):
                if applies(law, (Sum(terms[:k] + terms[k + 1 :]),)):
                    yield Miss((term,), between=(left_out,))


def nearest_gap(law: Law, factors: Factors) -> Miss | None:
    """The fewest factors behind the first ones that keep a law from applying to the first and what follows."""
    for gap in range(1, len(factors) - law.width + 1):
        whole = factors[: law.width + gap]
        for k in range(1, law.width):
            between, around = whole[k : k + gap], (*whole[:k], *whole[k + gap :])
            if product(between, None).domain == product(between, None).codomain and applies(law, around):
                return Miss(whole, between=between)
    return None
