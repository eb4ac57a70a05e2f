"""What a rule that chooses a number asks of an estimator and its model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from invlang.choosing import Data, Problem
from invlang.emit.names import python_name
from invlang.noise import NoiseLaw


def problem_of(estimator: Any, ys: Sequence[Any], numbers: dict[str, Any]) -> Problem:
    """The estimate, what it predicts and what the number stands before, as functions, for these data."""
    spec, instances = estimator._spec, estimator._instances
    measurements, unknowns, name = estimator._read, instances.program.unknowns, spec.choice.name
    tensors, _ = estimator._prepared([(m.name, m.space, y) for m, y in zip(measurements, ys, strict=True)])
    other = type(estimator)(instances.placed(*estimator._pinned), spec, estimator._settings)

    def predict(x: Any) -> tuple[Tensor, ...]:
        named = [(u.name, u.space, v) for u, v in zip(unknowns, parts(x), strict=True)]
        inputs, model = estimator._prepared(named)
        return tuple(getattr(model, python_name(f"mean_of_{m.name}"))(*inputs) for m in measurements)

    def penalty(x: Any) -> Tensor:
        one, two = (estimator.objective(*parts(x), *tensors, **{**numbers, name: v}) for v in (1.0, 2.0))
        return two - one

    def solve(ys: tuple[Tensor, ...], value: Tensor) -> Any:
        return other(*ys, **{**numbers, name: value})

    is_linear = all(t.atom.has("quadratic") for t in spec.terms)
    data = tuple(Data(NoiseLaw(instances, m), y, m.space.rank) for m, y in zip(measurements, tensors, strict=True))
    return Problem(solve, predict, penalty, data, is_linear)


def parts(x: Any) -> tuple[Tensor, ...]:
    return x if isinstance(x, tuple) else (x,)
