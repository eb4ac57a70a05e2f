"""Why an algorithm of the library was not taken: what it lacks in every way to give out its roles, or how much slower it is; what would help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from invlang.derivation import Entry, Item, Note, Section
from invlang.explain import algorithm as section_of
from invlang.explain import as_many_times, roles_in_words
from invlang.graph.functionals import Term
from invlang.graph.program import EstimatorOf, OptionOf, Program
from invlang.meaning import library
from invlang.plan.as_run import with_cost
from invlang.plan.attempt import Chosen, attempt, passed_through
from invlang.plan.choose import gentler
from invlang.plan.contracts import Contract, contract_of
from invlang.plan.fitting import Groups, lacks, may_be_empty, ways_to_fit
from invlang.plan.inner import with_inner
from invlang.plan.misfits import Misfit, Obstacle
from invlang.plan.mistakes import WORD
from invlang.plan.module import Planned
from invlang.plan.options import finders
from invlang.syntax import tree

NEAREST = 4  # ways to give out the roles that are shown


def algorithms() -> dict[str, tree.Algorithm]:
    """Those of the library that solve or are options, by name."""
    found = ((n, library.definition(n)) for n, e in library.entries().items() if e.keyword == "algorithm")
    return {n: a for n, a in found if isinstance(a, tree.Algorithm)}


def why_algorithm(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None, name: str) -> tuple[Section, ...]:
    """What became of an algorithm in one estimator."""
    declared = algorithms()[name]
    contract = contract_of(declared)
    about = [Note(shape(contract))]
    if chosen is None:
        text = f"{wanted.name} is calculated from its formula: there is no objective, and so nothing to choose"
        return (Section(f"The algorithm {name}", (*about, Note(text))),)
    taken = name == chosen.contract.name or name in [o.contract.name for o in chosen.options]
    if taken:
        return (Section(f"The algorithm {name}", (*about, Note("it was taken"))), section_of(planned, wanted, chosen))
    program, begun = with_inner(planned.program, wanted)
    if is_option(declared):
        return (Section(f"The option {name}", (*about, *asked_for(name, chosen, begun, program))),)
    found = attempt(contract, begun, program, (), begun.options)
    items = [*about, *outcome(contract, found, chosen, program)]
    if isinstance(found, Misfit):
        items += helping(contract, found, begun, program)
        rows = tuple(roles_tried(contract, begun))
        return (
            Section(f"The algorithm {name}", tuple(items)),
            *([Section("The nearest ways to give out its roles", rows)] if rows else []),
        )
    return (Section(f"The algorithm {name}", tuple(items)),)


def shape(contract: Contract) -> str:
    """FISTA (Beck, Teboulle 2009) solves f(x) + g(x): f smooth and convex; g proximable and convex"""
    parts = [f"{s.role}({f'{s.through} x' if s.through else 'x'})" for s in contract.slots]
    absent = ", or absent" * (len(contract.slots) > 1)
    traits = [f"{s.role} {' and '.join(s.traits)}{absent * may_be_empty(s)}" for s in contract.slots if s.traits]
    text = f"{contract.name} ({contract.reference}) solves {' + '.join(parts)}"
    return f"{text}: {'; '.join(traits)}" if traits else text


def is_option(declared: tree.Algorithm) -> bool:
    return any(f.name.text == "option" for f in declared.facts)


def is_named(contract: Contract) -> bool:
    """Whether it is for who asks for it by name."""
    return any(f.name.text == "named" for f in contract.algorithm.facts)


def asked_for(name: str, chosen: Chosen, wanted: EstimatorOf, program: Program) -> Iterator[Item]:
    """That an option is there where it is asked for, and whether it can be."""
    yield Note("an option wraps the rounds of an algorithm, and is there only where it is asked for")
    options = (*wanted.options, OptionOf(name, (), wanted.span))
    found = attempt(chosen.contract, wanted, program, wanted.algorithm_arguments, options)
    if isinstance(found, Chosen):
        yield Note(f"it fits: `by {', '.join([chosen.contract.name, *(o.name for o in options)])}`")
    else:
        yield Note(found.because if isinstance(found, Misfit) else found.headline())


# ---- whether it fits, and at which price


def outcome(contract: Contract, found: object, chosen: Chosen, program: Program) -> Iterator[Item]:
    name, other = contract.name, chosen.contract.name
    if isinstance(found, Misfit):
        yield Note(f"it does not fit: {found.because}")
        return
    if not isinstance(found, Chosen):
        yield Note(f"it does not fit together with {', '.join(o.contract.name for o in chosen.options)}")
        return
    yield Note(f"it fits: {roles_in_words(found)}")
    here, there = with_cost(found, program), with_cost(chosen, program)
    yield Note(f"predicted {as_many_times(here.cost / there.cost)}: about {here.effort} against {there.effort} of {other}")
    if chosen.asked:
        yield Note(f"the program asks for {other}: `by {name}` takes it instead")
    elif is_named(contract):
        yield Note(f"the compiler leaves it to who asks for it: `by {name}`")
    else:
        yield Note(f"`by {name}` takes it nevertheless")


# ---- what would help, found out by trying


def helping(contract: Contract, misfit: Misfit, wanted: EstimatorOf, program: Program) -> Iterator[Item]:
    """What lets it fit: an option, less of a promise, another form of a term, one term less."""
    for option in finders(contract):
        one = OptionOf(option, (), wanted.span)
        if misfit.obstacle is Obstacle.NO_STEP and isinstance(
            attempt(contract, wanted, program, (), (one, *wanted.options)), Chosen
        ):
            yield Note(f"with {option} it fits, which finds the step on the way: `by {contract.name}, {option}`")
    if not wanted.nonconvex and isinstance(attempt(contract, replace(wanted, nonconvex=True), program, ()), Chosen):
        yield Note(WORD)
    for term in one_too_many(contract, wanted, program):
        yield Note(f"without {called(term)} it would fit")
    if "no gradient everywhere" in misfit.because:
        smoother = gentler(wanted)
        if smoother is not None:
            yield Note(smoother)


def one_too_many(contract: Contract, wanted: EstimatorOf, program: Program) -> Iterator[Term]:
    """The terms of which one may be left out so that it fits."""
    for term in wanted.terms if len(wanted.terms) > 1 else ():
        fewer = replace(wanted, terms=tuple(t for t in wanted.terms if t is not term))
        if isinstance(attempt(contract, fewer, program, ()), Chosen):
            yield term


def called(term: Term) -> str:
    return term.label or term.text


def roles_tried(contract: Contract, wanted: EstimatorOf) -> Iterator[Item]:
    """The ways to give out the roles that come nearest, and what each fails by."""
    terms = tuple(map(passed_through, wanted.terms)) if wanted.nonconvex else wanted.terms
    tried = [(groups, f.because) for groups, f in ways_to_fit(contract, terms) if isinstance(f, Misfit)]
    for groups, because in sorted(tried, key=lambda way: obstacles(way[0]))[:NEAREST]:
        yield Entry(given_out(groups), because)


def obstacles(groups: Groups) -> int:
    """How many terms lack what their role asks of each."""
    return sum(any(lacks(t, trait, s) for trait in s.traits) for s, terms in groups.items() for t in terms)


def given_out(groups: Groups) -> str:
    """f = fidelity(y), box; g = TV"""
    return "; ".join(f"{s.role} = {', '.join(map(called, terms)) or '0'}" for s, terms in groups.items())
