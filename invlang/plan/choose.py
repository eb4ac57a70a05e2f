"""Choosing an algorithm: the one asked for, if it fits, or the best of those that do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.functionals import Term
from invlang.graph.program import EstimatorOf, OptionOf, Program
from invlang.meaning import library
from invlang.plan.as_run import with_cost
from invlang.plan.attempt import Chosen, Runner, attempt, within_bounds
from invlang.plan.contracts import Contract, contract_of, contracts
from invlang.plan.eliminate import eliminated
from invlang.plan.existence import surely_endless
from invlang.plan.lower import run
from invlang.plan.misfits import Misfit, Obstacle
from invlang.plan.mistakes import WORD, CannotTake, DoesNotFitObjective, FallsWithoutEnd, NothingFits, NothingTakes, StepOutside
from invlang.plan.options import finders, with_options
from invlang.plan.settling import begun_at
from invlang.syntax import tree

INSTANT = 1e-6  # seconds: what takes less is done at once


def choose(wanted: EstimatorOf, program: Program, level: int = 2) -> Chosen | Any:
    """The algorithm for an estimator, or the mistake that says why there is none.

    The choice and its numbers do not depend on the level; only how the steps are written down does.
    """
    if (endless := surely_endless(wanted.terms)) is not None:
        return falls_without_end(*endless, wanted, program)
    best = asked_for(wanted, program) if wanted.algorithm is not None else with_fewer_unknowns(wanted, program)
    return best if level or not isinstance(best, Chosen) else as_written(best)


def falls_without_end(term: Term, index: int, wanted: EstimatorOf, program: Program) -> FallsWithoutEnd:
    unknown = program.unknowns[index]
    causes = ((unknown.span, f"`{unknown.name}` can be any {unknown.space}"),)
    return FallsWithoutEnd(term.span or wanted.span, term.text, unknown.name, causes=causes)


def with_fewer_unknowns(wanted: EstimatorOf, program: Program) -> Chosen | Any:
    """The cheapest way, over all unknowns or over those that are left when one is found in closed form for any value of the others."""
    joint = cheapest(wanted, program)
    left = eliminated(wanted, program)
    if left is None:
        return joint
    fewer = cheapest(left.wanted, left.program)
    if not isinstance(fewer, Chosen) or (isinstance(joint, Chosen) and joint.cost <= fewer.cost):
        return joint
    return replace(fewer, result=left.completed(fewer.result), left_out=left)


def as_written(chosen: Chosen) -> Chosen:
    """The same algorithm with the same numbers, its steps not simplified: what -O0 runs."""
    loop, record = run(chosen.contract.algorithm, chosen.env, chosen.start, 0)
    loop = with_options(loop, chosen.contract, chosen.env, chosen.options, record)
    if chosen.settling is not None:
        loop = begun_at(chosen.start, chosen.settling.point, loop)
    result = within_bounds(loop.result, chosen.terms)
    result = result if chosen.left_out is None else chosen.left_out.completed(result)
    return replace(chosen, loop=loop, record=record, result=result)


def cheapest(wanted: EstimatorOf, program: Program) -> Chosen | Any:
    """The one that is predicted to be the fastest of all that fit; where nobody knows a step, one that finds it on the way."""
    found = attempts(wanted, program)
    if not chosen_of(found):
        stepless = [c for c, r in found if isinstance(r, Misfit) and r.obstacle is Obstacle.NO_STEP]
        found = [(c, r) for c, r in found if c not in stepless] + with_finders(wanted, program, stepless)
    misfits = tuple(r for _, r in found if isinstance(r, Misfit))
    candidates = by_cost(chosen_of(found), program)
    if candidates:
        best, others = candidates[0], candidates[1:]
        runners = tuple(Runner(c.contract.name, max(c.cost, INSTANT) / max(best.cost, INSTANT)) for c in others)
        return replace(best, runners=runners, misfits=misfits)
    if not wanted.options:
        return NothingFits(wanted.span, misfits, remedy(wanted, program))
    wrong = next((r for _, r in found if isinstance(r, StepOutside)), None)
    return wrong or nothing_takes(wanted, program, found)


def attempts(wanted: EstimatorOf, program: Program) -> list[tuple[Contract, Any]]:
    """Every algorithm that the compiler may choose, written down for the objective with the options asked for, or why not."""
    return [(c, attempt(c, wanted, program, (), wanted.options)) for c in contracts()]


def with_finders(wanted: EstimatorOf, program: Program, stepless: list[Contract]) -> list[tuple[Contract, Any]]:
    """Algorithms whose step nobody knows, each with the option that finds it."""
    options = ((c, OptionOf(name, (), wanted.span)) for c in stepless for name in finders(c))
    return [(c, attempt(c, wanted, program, (), (option, *wanted.options))) for c, option in options]


def chosen_of(found: list[tuple[Contract, Any]]) -> list[Chosen]:
    """Those that fit."""
    return [r for _, r in found if isinstance(r, Chosen)]


def by_cost(fitting: list[Chosen], program: Program) -> list[Chosen]:
    """The one that is predicted to be the fastest first; of those without rounds, which are exact, the first of the library."""
    return sorted((with_cost(c, program) for c in fitting), key=lambda c: 0.0 if c.loop.direct else c.cost)


def nothing_takes(wanted: EstimatorOf, program: Program, found: list[tuple[Contract, Any]]) -> Any:
    """Why options that stand alone wrap nothing that solves the objective."""
    plain = attempts(replace(wanted, options=()), program)
    fitting = tuple(c.contract.name for c in by_cost(chosen_of(plain), program))
    if not fitting:
        return NothingFits(wanted.span, tuple(r for _, r in plain if isinstance(r, Misfit)), remedy(wanted, program))
    reasons = [r for c, r in found if c.name in fitting and isinstance(r, CannotTake)]
    between = next((r for r in reasons if r.behind is not None), None)
    first = reasons[0]
    return between or NothingTakes(first.span, first.option, first.trait, fitting, first.others)


def remedy(wanted: EstimatorOf, program: Program) -> str | None:
    """What lets an algorithm fit, found out by trying: less of a promise, another sign, a prior that has a gradient."""
    if not wanted.nonconvex and isinstance(cheapest(replace(wanted, nonconvex=True), program), Chosen):
        return WORD
    if any(t.is_reversed for t in wanted.terms):
        return "is the minus meant? what is to be small is added"
    return gentler(wanted)


def gentler(wanted: EstimatorOf) -> str | None:
    """What to write in place of the first prior without a gradient."""
    blunt = next((t for t in wanted.terms if t.source == "prior" and not t.atom.has("smooth")), None)
    if blunt is None:
        return None
    return f"in place of {blunt.label or blunt.text} take what has a gradient everywhere, as `TV_smooth` and `Huber` have"


def asked_for(wanted: EstimatorOf, program: Program) -> Chosen | Any:
    assert wanted.algorithm is not None and wanted.algorithm_span is not None
    algorithm = library.definition(wanted.algorithm)
    assert isinstance(algorithm, tree.Algorithm)
    contract = contract_of(algorithm)
    result = attempt(contract, wanted, program, wanted.algorithm_arguments, wanted.options)
    if isinstance(result, Misfit):
        fitting = by_cost(chosen_of(attempts(replace(wanted, options=()), program)), program)
        nearest = fitting[0].contract.name if fitting else None
        finder = next(iter(finders(contract)), None)
        return DoesNotFitObjective(wanted.algorithm_span, wanted.algorithm, result.because, result.obstacle, nearest, finder)
    return result
