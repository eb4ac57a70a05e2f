"""What a rule that chooses a number asks of an estimator and its model."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from invlang.choosing import Problem
from invlang.emit.names import python_name
from invlang.noise import NoiseLaw


def problem_of(estimator: Any, y: Any, numbers: dict[str, Any]) -> Problem:
    """The estimate, what it predicts and what the number stands before, as functions, for these data."""
    spec, instances = estimator._spec, estimator._instances
    (measurement,), (unknown,), name = estimator._read, instances.program.unknowns, spec.choice.name
    (data,), _ = estimator._prepared([(measurement.name, measurement.space, y)])
    other = type(estimator)(instances.placed(*estimator._pinned), spec, estimator._settings)

    def predict(x: Tensor) -> Tensor:
        (x,), model = estimator._prepared([(unknown.name, unknown.space, x)])
        return getattr(model, python_name(f"mean_of_{measurement.name}"))(x)

    def penalty(x: Tensor) -> Tensor:
        one, two = (estimator.objective(x, data, **{**numbers, name: v}) for v in (1.0, 2.0))
        return two - one

    def solve(y: Tensor, value: Tensor) -> Tensor:
        return other(y, **{**numbers, name: value})

    is_linear = all(t.atom.has("quadratic") for t in spec.terms)
    return Problem(solve, predict, penalty, NoiseLaw(instances, measurement), data, measurement.space.rank, is_linear)
