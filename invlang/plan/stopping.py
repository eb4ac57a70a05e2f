"""When an estimator ends before its last round: what is measured, and against what it is compared."""

from __future__ import annotations

from math import prod

from sympy import Integer

from invlang.graph.apply import apply
from invlang.graph.arithmetic import add, divide, multiply, number, pointwise
from invlang.graph.program import EstimatorOf, Measurement, Program
from invlang.graph.values import SizeValue, Value, known_inside, variable
from invlang.plan.attempt import Chosen
from invlang.plan.certificate import TINY, relative_gap
from invlang.plan.maps import put
from invlang.plan.mistakes import CannotStop
from invlang.plan.noise import parts, parts_in, real_and_filled, summed, worked_out
from invlang.plan.objective import objective_value
from invlang.plan.products import each, reduced
from invlang.plan.steps import Stopping
from invlang.rules.proximal import normal

EVERY = 10


def stopping_of(wanted: EstimatorOf, program: Program, chosen: Chosen, level: int) -> Stopping | CannotStop | None:
    """The test of an estimator's loop, None where none is asked for or nothing is repeated."""
    if wanted.stop is None or chosen.loop.direct:
        return None
    assert chosen.settling is None or chosen.settling.rounds < EVERY, "a test leaves the last stage of a loop only"
    seen: tuple[Value, ...] = ()
    value: Value | str
    match wanted.stop.quantity:
        case "change":
            value, seen = change(chosen.result)
        case "gap":
            value = relative_gap(chosen, level)
        case _:
            value = discrepancy(wanted, program, chosen.result, level)
    if isinstance(value, str):
        return CannotStop(wanted.stop.span, wanted.stop.quantity, value)
    return Stopping(wanted.stop.quantity, value, wanted.stop.tolerance, EVERY, seen)


def change(x: Value) -> tuple[Value, tuple[Value, ...]]:
    """‖x − what it was at the last look‖ / ‖x‖"""
    seen = variable("seen", x.space)
    moved = reduced("sum", each("abs2", each("subtract", x, seen)))
    size = pointwise("maximum", reduced("sum", each("abs2", x)), TINY)
    return pointwise("sqrt", divide(moved, size)), parts(seen)


def discrepancy(wanted: EstimatorOf, program: Program, x: Value, level: int) -> Value | str:
    """The root of ‖y − A x‖² over what it is on average for the truth; of several measurements of the mean of these ratios."""
    speaks_of = known_inside([objective_value(tuple(t for t in wanted.terms if t.source == "data"), x, level)])
    read = [m for m in program.measurements if speaks_of & set(parts(m.value))]
    if not read:
        return "the objective has no `fidelity(…)`, so that no noise law says how far data are from their mean"
    ratios = []
    for measurement in read:
        expected = noise_in(measurement, predicted(measurement, program, x, level))
        if isinstance(expected, str):
            return expected
        misfit = each("abs2", each("subtract", predicted(measurement, program, x, level), measurement.value))
        ratios.append(divide(reduced("sum", misfit), pointwise("maximum", expected, TINY)))
    return pointwise("sqrt", multiply(number(1 / len(ratios)), add(*ratios)))


def predicted(measurement: Measurement, program: Program, x: Value, level: int) -> Value:
    """The mean of the data for that x."""
    if measurement.operator is None:
        return put(measurement.mean, dict(zip(parts(program.variable), parts(x), strict=True)))
    mean = apply(normal(measurement.operator, level), x)
    return mean if measurement.offset is None else each("add", mean, measurement.offset)


def noise_in(measurement: Measurement, mean: Value) -> Value | str:
    """What ‖y − mean‖² is on average."""
    forms = worked_out(measurement.forms()) if measurement.forms is not None else None
    if forms is None or "variance" not in forms.formulas:
        return f"{measurement.law} says no variance, so that nothing tells how far `{measurement.name}` is from its mean"
    spread = put(forms.formulas["variance"], dict(zip(forms.mean, parts(mean), strict=True)))
    return add(*(multiply(parts_in(m), total(v, m)) for v, m in zip(parts(spread), parts(mean), strict=True)))


def total(spread: Value, mean: Value) -> Value:
    """The sum of a variance over all entries of a mean; of one that all entries share, that many times it."""
    if spread.space.rank:
        return summed(real_and_filled(spread, mean))
    return multiply(SizeValue(prod(mean.space.sizes, start=Integer(1))), pointwise("real", spread))
