"""A sweep: a program run for several values of one number, and which value was best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from invlang.results import mean_of
from invlang.run import Found, Outcome
from invlang.tables import Row

RANGE = 20.0  # from which ratio of its ends on values are drawn on a logarithmic axis


@dataclass(frozen=True)
class Sweep:
    """name: of the number;  values: in ascending order;  outcomes: one for each value;  swept: the estimators that it changes;
    of_model: whether it changes the measurement too, as sigma does."""

    name: str
    values: tuple[float, ...]
    outcomes: tuple[Outcome, ...]
    swept: tuple[str, ...]
    of_model: bool = False

    def found(self, estimator: str, i: int) -> tuple[Found, ...]:
        """What an estimator gave of each image, for the i-th value."""
        return tuple(f for c in self.outcomes[i].cases for f in c.found if f.name == estimator)

    def metrics(self, estimator: str, i: int) -> dict[str, float]:
        """Means over images and unknowns; nothing where no truth is known."""
        told = [m for f in self.found(estimator, i) for m in f.metrics.values()]
        return mean_of(told) if told else {}

    def best(self, estimator: str) -> int | None:
        """Which value gave the highest PSNR; None where the truth is not known, and where each value has other data."""
        if self.of_model:
            return None
        heights = [self.metrics(estimator, i).get("psnr", math.nan) for i in range(len(self.values))]
        known = [i for i, h in enumerate(heights) if math.isfinite(h)]
        return max(known, key=lambda i: heights[i]) if known else None

    @property
    def is_wide(self) -> bool:
        """Whether the values are read better on a logarithmic axis."""
        return self.values[0] > 0 and self.values[-1] / self.values[0] > RANGE


def swept(name: str, values: Sequence[float], made: Sequence[str], of_model: bool, run: Callable[[float], Outcome]) -> Sweep:
    """Runs the program for each value, in ascending order."""
    ordered = tuple(sorted(dict.fromkeys(values)))
    return Sweep(name, ordered, tuple(map(run, ordered)), tuple(made), of_model)


def shown(sweep: Sweep) -> Outcome:
    """The outcome that pictures are shown of: each estimator at its best value, or at the middle one where no truth is known."""
    chosen = {n: index if (index := sweep.best(n)) is not None else len(sweep.values) // 2 for n in sweep.swept}
    first = sweep.outcomes[chosen[sweep.swept[0]]]
    if sweep.of_model:
        return first
    cases = []
    for i, case in enumerate(first.cases):
        own = [sweep.outcomes[chosen[f.name]].cases[i].found[k] if f.name in chosen else f for k, f in enumerate(case.found)]
        cases.append(replace(case, found=tuple(own)))
    return replace(first, cases=tuple(cases))


def sweep_table(sweep: Sweep) -> list[Row]:
    """A row for each estimator and value; the best is marked."""
    rows: list[Row] = []
    for name in sweep.swept:
        best = sweep.best(name)
        for i, value in enumerate(sweep.values):
            found = sweep.found(name, i)
            seconds = sum(f.seconds for f in found) / len(found)
            row: dict[str, Any] = {"": name, sweep.name: show_value(value), **sweep.metrics(name, i)}
            row |= {"rounds": max(f.rounds for f in found) or None, "seconds": round(seconds, 3)}
            rows.append(row | ({"best": "←" if i == best else ""} if best is not None else {}))
    return rows


def show_value(value: float) -> str:
    """
    >>> show_value(0.00031622776), show_value(20), show_value(3162.2)
    ('0.000316', '20', '3162')
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def sentences(sweep: Sweep) -> list[str]:
    """What came out, a sentence for each estimator; where the best value is one of the ends, that it may lie beyond."""
    lines = []
    for name in sweep.swept:
        best = sweep.best(name)
        if best is None:
            why = f"{sweep.name} changes the data as well" if sweep.of_model else "no truth is known"
            lines.append(f"{name}: {why}, so that no value is called the best")
            continue
        edge = len(sweep.values) > 1 and best in (0, len(sweep.values) - 1)
        told = f"{name}: best {sweep.name} = {show_value(sweep.values[best])}, {sweep.metrics(name, best)['psnr']:.2f} dB"
        lines.append(f"{told}{', at the end of the sweep' if edge else ''}")
    return lines


def sweep_as_data(sweep: Sweep) -> dict[str, Any]:
    """The sweep as JSON takes it."""
    estimators = {}
    for name in sweep.swept:
        best = sweep.best(name)
        each = [sweep.metrics(name, i) for i in range(len(sweep.values))]
        keys = dict.fromkeys(k for m in each for k in m)
        estimators[name] = {
            "metrics": {k: [m[k] if math.isfinite(m[k]) else None for m in each] for k in keys},
            "rounds": [max(f.rounds for f in sweep.found(name, i)) for i in range(len(sweep.values))],
            "best": None if best is None else sweep.values[best],
        }
    return {"name": sweep.name, "values": list(sweep.values), "estimators": estimators}
