"""The last pass over the values of a module, when all are known: what is calculated in fewer steps than it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invlang.graph.values import Value
from invlang.plan.basis import in_its_basis
from invlang.plan.directly import directly
from invlang.plan.meeting import met
from invlang.plan.scales import scaling
from invlang.plan.spectra import Halving
from invlang.plan.steps import Estimator, Implicit, ModelModule, State

Rewrite = Callable[[Value], Value]


def polished(module: ModelModule) -> ModelModule:
    """The same module without transforms that undo each other, with small ones calculated directly, its rounds without what does not
    change, and half spectra of real images."""
    half, done, direct = Halving(), dict[Value, Value](), dict[Value, Value]()
    undone = lambda value: directly(met(value, done), direct)
    once = lambda value: half.rewrite(undone(value))
    return replace(
        module,
        functions=tuple(replace(f, result=once(f.result)) for f in module.functions),
        estimators=tuple(polished_estimator(e, undone, half.rewrite) for e in module.estimators),
        names=tuple((once(v), n) for v, n in module.names),
    )


def polished_estimator(estimator: Estimator, undone: Rewrite, half: Rewrite) -> Estimator:
    scaled = scaling([undone(s.next) for s in estimator.states])
    once = lambda value: half(scaled(undone(value)))
    shorter = replace(
        estimator,
        states=tuple(State(s.variable, once(s.start), once(s.next)) for s in estimator.states),
        result=once(estimator.result),
        objective=None if estimator.objective is None else once(estimator.objective),
        stopping=None if estimator.stopping is None else replace(estimator.stopping, value=once(estimator.stopping.value)),
        implicit=estimator.implicit and Implicit(estimator.implicit.value and once(estimator.implicit.value)),
        names=tuple((once(v), n) for v, n in estimator.names),
    )
    return in_its_basis(shorter)
