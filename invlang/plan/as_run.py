"""An algorithm as it will run, before anything is written out: what its rounds and its beginning calculate, and how long that takes."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.program import Program
from invlang.graph.values import Value
from invlang.plan.attempt import Chosen
from invlang.plan.carrying import carried
from invlang.plan.device import CPU, seconds, typical_sizes, zoom_of
from invlang.plan.meeting import met
from invlang.plan.polish import polished_estimator
from invlang.plan.spectra import Halving
from invlang.plan.steps import Estimator, State
from invlang.plan.turns import tabled
from invlang.plan.work import Tally, work_of, work_of_round


def with_cost(chosen: Chosen, program: Program) -> Chosen:
    """The algorithm with the seconds that it is predicted to take on a CPU core, images being large."""
    sizes = typical_sizes(program)
    per_round = seconds(work_as_run(as_run(chosen)), CPU, sizes, zoom_of(program, sizes))
    return replace(chosen, cost=chosen.rounds * per_round)


def work_as_run(loop: Estimator) -> Tally:
    """The work of a round; where the result is direct, of that."""
    return work_of_round(s.next for s in loop.states) if loop.states else work_of([loop.result])


def as_run(chosen: Chosen) -> Estimator:
    """The loop with half spectra, without transforms that undo each other."""
    loop = Estimator(
        name="",
        title="",
        doc=(),
        parameters=(),
        data=(),
        states=tuple(State(s.variable, s.start, s.next) for s in chosen.loop.states),
        result=chosen.loop.result,
        iterations=chosen.iterations,
        unknown=chosen.start,
        settling=chosen.settling,
        visits=chosen.visits,
    )
    half, done = Halving(), dict[Value, Value]()
    return polished_estimator(carried(tabled(loop)), lambda value: met(value, done), half.rewrite)
