"""Arrays that only a term of an objective is minimised over: more unknowns for the algorithm, and none of the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.program import EstimatorOf, Measurement, Program, UnknownOf
from invlang.graph.several import spread_over
from invlang.graph.spaces import Product, parts_of
from invlang.graph.values import Bundle, Value


def with_inner(program: Program, wanted: EstimatorOf) -> tuple[Program, EstimatorOf]:
    """The program as if the arrays were unknowns of it, and the estimator whose start says nothing of them."""
    if not wanted.inner:
        return program, wanted
    more = tuple(UnknownOf(v.name, v.space, None, wanted.span) for v, _ in wanted.inner)
    whole = program.variable.parts if isinstance(program.variable, Bundle) else (program.variable,)
    joint = Bundle((*whole, *(v for v, _ in wanted.inner)))
    space = Product((*parts_of(program.variable.space), *(v.space for v, _ in wanted.inner)))
    widened = replace(
        program,
        unknowns=(*program.unknowns, *more),
        variable=joint,
        measurements=tuple(seen_by(m, space) for m in program.measurements),
    )
    start = (*wanted.start, *(None for _ in more)) if wanted.start else ()
    return widened, replace(wanted, start=start)


def seen_by(measurement: Measurement, space: Any) -> Measurement:
    """The measurement, which does not see the arrays."""
    if measurement.operator is None:
        return measurement
    return replace(measurement, operator=spread_over(measurement.operator, space))


def without_inner(result: Value, count: int) -> Value:
    """The unknowns alone.  count: how many of them the program has."""
    assert isinstance(result, Bundle)
    return result.parts[0] if count == 1 else Bundle(result.parts[:count])
