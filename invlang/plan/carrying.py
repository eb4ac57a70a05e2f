"""What is read off an iterate when a stage of the loop begins, and worked out of it in every round anyway, is kept between rounds."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.spaces import Product
from invlang.graph.values import Apply, Bundle, Call, Value, Variable, inside
from invlang.plan.products import parts
from invlang.plan.steps import Estimator, Settling, State
from invlang.rules.derivative import put, substitute


def carried(estimator: Estimator) -> Estimator:
    """The estimator with K @ x as a state of its own, where its numbers are read off K @ x and a round ends with working it out."""
    settling, stopping = estimator.settling, estimator.stopping
    moved = None if settling is None else next((s for s in estimator.states if s.variable == settling.iterate), None)
    if settling is None or moved is None:
        return estimator
    kept = worked_out_anyway(estimator, settling.point, moved.next)
    names = [f"Kx{i or ''}" for i in range(len(kept))]
    points = [Variable(n, v.space, settled=True) for v, n in zip(kept, names, strict=True)]
    by_point: dict[Value, Value] = dict(zip(kept, points, strict=True))
    memory: dict[Value, Value] = {}
    new = [
        State(Variable(n, v.space), substitute(v, settling.point, moved.start), substitute(v, settling.point, moved.next))
        for v, n in zip(kept, names, strict=True)
    ]
    states = [State(s.variable, s.start, put(s.next, by_point, memory)) for s in (*estimator.states, *new)]
    return replace(
        estimator,
        states=tuple(states),
        result=put(estimator.result, by_point, memory),
        stopping=stopping and replace(stopping, value=put(stopping.value, by_point, memory)),
        names=tuple((put(v, by_point, memory), n) for v, n in estimator.names),
        comments=tuple((put(v, by_point, memory), c) for v, c in estimator.comments),
        settling=Settling(
            Bundle((*parts(settling.iterate), *(s.variable for s in new))),
            Bundle((*parts(settling.point), *points)),
            settling.rounds,
        ),
    )


def worked_out_anyway(estimator: Estimator, point: Value, ahead: Value) -> tuple[Value, ...]:
    """The largest maps of the point alone that every round works out of the next iterate."""
    known = inside(*(s.next for s in estimator.states))
    fits: dict[Value, bool] = {}

    def fit(value: Value) -> bool:
        if value not in fits:
            is_map = isinstance(value, Apply | Call) and not isinstance(value.space, Product) and is_of(value, set(parts(point)))
            fits[value] = is_map and substitute(value, point, ahead) in known
        return fits[value]

    return tuple(v for v in inside(*(s.next for s in estimator.states), stop=fit) if fit(v))


def is_of(value: Value, variables: set[Value]) -> bool:
    """Is it made of these variables, and of no others?"""
    found = {v for v in inside(value) if isinstance(v, Variable)}
    return bool(found) and found <= variables
