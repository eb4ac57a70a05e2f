"""Why a law was not used: where it was, where it nearly was and what was lacking there, what another law did first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from invlang.derivation import Entry, Item, Line, Note, Section
from invlang.explain_forms import BOOKKEEPING, unbracketed
from invlang.graph.operators import Adjoint, Compose, Leaf, Operator
from invlang.graph.program import EstimatorOf
from invlang.graph.questions import Question
from invlang.graph.show import show
from invlang.graph.values import Value
from invlang.lettering import Letters, in_letters, value_in_letters
from invlang.plan.attempt import Chosen
from invlang.plan.module import Planned
from invlang.rules.facts import CLAIMS
from invlang.rules.inverse import WAYS, Solved
from invlang.rules.known_laws import known_laws
from invlang.rules.law import Derivation, Law
from invlang.rules.misses import Miss, misses, places_where
from invlang.rules.simplify import derive
from invlang.rules.theorems import NAMES, fact

FEW = 6  # places of one kind that are shown


@dataclass(frozen=True)
class Work:
    """A derivation that the compiler made for an estimator.  of: what it rewrites, as the reader knows it;  letters: short names of its numbers."""

    of: str
    chain: Derivation
    letters: Letters = ()

    def shown(self, operator: Operator) -> str:
        return show(in_letters(operator, self.letters)) or "I"


def why_law(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None, name: str) -> tuple[Section, ...]:
    """What became of a law, or of a way to invert, in one estimator."""
    if name in WAYS:
        found = tuple(dict.fromkeys(ways(chosen, name)))
        return Section(f"The way {name}", (Note(WAYS[name]),)), Section("Where it was taken", found)
    laws, work = known_laws()[name], tuple(dict.fromkeys(works(planned, wanted, chosen)))
    used = list(uses(work, name))
    sections = [Section(f"The law {name}", tuple(said(laws)))]
    sections.append(Section("Where it was used", cut(used, "places") or (Note("nowhere"),)))
    near = once(line for law in laws for w in work for line in nearly(law, w))
    if near:
        sections.append(Section("Where it nearly applied", cut(near, "places")))
    elif not used:
        first = once(line for law in laws for w in work for line in overtaken(law, w))
        none = Note("nowhere: its pattern lacks more than one fact, or more than what stands in between")
        sections.append(
            Section("Where another came first" if first else "Where it nearly applied", cut(first, "places") or (none,))
        )
    return tuple(sections)


def once(lines: Iterable[Line]) -> list[Line]:
    """Each formula with one and the same reason once, where it was first met."""
    found: dict[tuple[object, str], Line] = {}
    for line in lines:
        found.setdefault((line.left, line.because), line)
    return list(found.values())


def said(laws: tuple[Law, ...]) -> Iterator[Item]:
    for law in laws:
        yield Note(law.because)
        if law.statement and law.statement != law.because:
            yield Note(law.statement, indent=1)


def cut(items: Sequence[Item], what: str) -> tuple[Item, ...]:
    """The first of many."""
    rest = len(items) - FEW
    return tuple(items) if rest <= 0 else (*items[:FEW], Note(f"and {rest} more {what}"))


def laws_used(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None) -> Section:
    """The laws behind an estimator by name, in the order in which they were met, and where."""
    places: dict[str, dict[str, None]] = {}
    because: dict[str, str] = {}
    for work in works(planned, wanted, chosen):
        for step in work.chain.steps:
            if step.law not in BOOKKEEPING:
                places.setdefault(step.law, {})[work.of] = None
                because.setdefault(step.law, step.because)
    return Section("Which laws were used", tuple(Entry(n, f"{because[n]}, in {', '.join(of)}") for n, of in places.items()))


# ---- what was worked out


def works(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None) -> Iterator[Work]:
    """The derivations that led to an estimator: its operators and their Grams, the maps of its terms, the systems that are solved."""
    for operator in planned.operators:
        name = operator.named.name
        yield Work(name, derive(operator.named.operator))
        yield Work(f"{name}ᴴ {name}", derive(Compose((Adjoint(operator.forward), operator.forward))))
    for term in wanted.terms:
        yield Work(term.label or "a term", derive(term.operator))
    for solved, letters in solves(chosen):
        yield Work("a linear system", solved.derivation, letters)


def solves(chosen: Chosen | None) -> Iterator[tuple[Solved, Letters]]:
    """The linear systems of an algorithm, and short names of its numbers."""
    if chosen is not None:
        yield from ((s, tuple(chosen.names)) for s in chosen.record.solves)


# ---- where it was used


def uses(work: Iterable[Work], name: str) -> Iterator[Line]:
    """Every step of that name, each equation once."""
    seen: set[tuple[str, str]] = set()
    for w in work:
        for step in w.chain.steps:
            before, after = w.shown(step.before), w.shown(step.after)
            if step.law == name and (before, after) not in seen:
                seen.add((before, after))
                alike = Line(before, because="becomes what is written alike: axes and fields are not shown", place=f"in {w.of}")
                yield alike if before == after else Line(before, "=", after, place=f"in {w.of}")


def ways(chosen: Chosen | None, name: str) -> Iterator[Item]:
    """What became of each inverse: taken that way, or why not."""
    systems = list(solves(chosen))
    if not systems:
        yield Note("nowhere: the algorithm solves no linear system")
    for solved, letters in systems:
        inverse = f"({unbracketed(in_letters(solved.forward, letters))})⁻¹"
        if name in (step.law for step in solved.derivation.steps):
            yield Line(inverse, because=f"so: {solved.because}")
        else:
            yield Line(inverse, because=f"{'otherwise' if solved.is_closed else 'by conjugate gradients'}: {solved.because}")


# ---- where it nearly was


def nearly(law: Law, work: Work) -> Iterator[Line]:
    """The near misses in what a derivation ends with."""
    for miss in sorted(misses(law, result_of(work)), key=lambda miss: len(miss.between)):
        because = lacking(miss, work)
        if because:
            yield Line(shown_factors(miss.factors, work), because=because, place=f"in {work.of}")


def result_of(work: Work) -> Operator:
    """The normal form; of an inverse that of what is inverted."""
    steps = [s for s in work.chain.steps if s.law not in WAYS]
    return steps[-1].after if steps else work.chain.start


def lacking(miss: Miss, work: Work) -> str:
    """What kept the law from its place, as a sentence; empty where that cannot be shown."""
    if miss.lacking is not None:
        return refuted(miss.lacking) or miss.lacking.lacking(lambda thing: renamed(thing, work))
    between = shown_factors(miss.between, work)
    if len(miss.factors) == 1:
        return f"without {between} it would be"
    first, last = work.shown(miss.factors[0]), work.shown(miss.factors[-1])
    visible = all(show(f) for f in (miss.factors[0], miss.factors[-1], *miss.between))
    return f"{between} stands between {first} and {last}" if visible else ""


def refuted(question: Question) -> str | None:
    """That a primitive certainly does not do what it would have to, and why."""
    match question:
        case Question("claims", (Leaf() as leaf, str(name))) if name in NAMES and fact(leaf, name).holds is False:
            whose, does = CLAIMS[name]
            return f"{whose.format(show(leaf))} does not {does}: {fact(leaf, name).because}"
    return None


def renamed(thing: Any, work: Work) -> Any:
    """What a question is about, with its numbers by their letters."""
    match thing:
        case Operator():
            return in_letters(thing, work.letters)
        case Value():
            return value_in_letters(thing, work.letters)
    return thing


def shown_factors(factors: tuple[Operator, ...], work: Work) -> str:
    if len(factors) == 1:
        return unbracketed(in_letters(factors[0], work.letters))
    return work.shown(Compose(factors))


def overtaken(law: Law, work: Work) -> Iterator[Line]:
    """Places on the way where the law applied, and another one was used."""
    for step in work.chain.steps:
        for factors in places_where(law, step.before):
            because = f"{step.because} (`{step.law}`) came first"
            yield Line(shown_factors(factors, work), because=because, place=f"in {work.of}")
