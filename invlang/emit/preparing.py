"""An estimator's loop before it is written: the states that matter, and what no iterate changes apart from the rest."""

from __future__ import annotations

from dataclasses import replace

from invlang.emit.functions import joined
from invlang.emit.fusing import fuse, gather
from invlang.emit.grouping import is_invariant, is_setup_array, regroup, share_sums, signs_out
from invlang.emit.stages import kind_of, parts, variables_of
from invlang.emit.updates import live_states
from invlang.graph.values import Bundle, Value
from invlang.plan.steps import Estimator, Implicit, State, Stopping

Loop = tuple[tuple[State, ...], Value, Stopping | None, Implicit | None]


def prepared(estimator: Estimator) -> Loop:
    """The states that matter, one array each, with what no iterate changes grouped together; the result; what ends the
    loop; how the result is differentiated where not round by round."""
    flat = [
        State(v, s, n)
        for state in estimator.states
        for v, s, n in zip(parts(state.variable), parts(state.start), parts(state.next), strict=True)
    ]
    live = live_states(tuple(flat), kept_alive(estimator), variables_of)
    early: dict[Value, Value] = {}
    signs: dict[Value, Value] = {}
    setup: dict[Value, Value] = {}
    met: dict[Value, Value] = {}

    def fixed(value: Value) -> Value:
        return regroup(value, is_setup_array, setup)

    starts = [fixed(s.start) for s in live]
    nexts = share_sums(tuple(regroup(signs_out(fixed(gather(s.next, met)), signs), is_invariant, early) for s in live))
    nexts = fuse(nexts, number_kinds(live))
    states = tuple(replace(s, start=a, next=b) for s, a, b in zip(live, starts, nexts, strict=True))

    def alike(value: Value) -> Value:
        return regroup(signs_out(fixed(gather(value, met)), signs), is_invariant, early)

    test, implicit = estimator.stopping, estimator.implicit
    stopping = test and replace(test, value=alike(test.value))
    return states, fixed(estimator.result), stopping, implicit and Implicit(implicit.value and alike(implicit.value))


def kept_alive(estimator: Estimator) -> Value:
    """What the loop is run for: its result, the iterate that its numbers are read off, what ends it."""
    iterates = () if estimator.settling is None else parts(estimator.settling.iterate)
    tested = () if estimator.stopping is None else (estimator.stopping.value,)
    return Bundle((*parts(estimator.result), *iterates, *tested))


def number_kinds(states: tuple[State, ...]) -> dict[Value, str]:
    """Which scalar iterates are Python numbers, whatever the round."""
    kinds = {s.variable: kind_of(s.start, {}) for s in states if s.variable.space.rank == 0}
    for _ in states:
        kinds = {s.variable: joined([kinds[s.variable], kind_of(s.next, kinds)]) for s in states if s.variable in kinds}
    return kinds
