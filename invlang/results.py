"""The table of a run."""

from __future__ import annotations

from collections.abc import Sequence

from invlang.run import Case, Outcome
from invlang.tables import Row


def table(outcome: Outcome) -> list[Row]:
    """A row for what was measured and for each estimator, means over the images.  Columns: the metrics, rounds, seconds."""
    cases = outcome.cases
    rows: list[Row] = []
    several = len(cases[0].truth) > 1
    for unknown in cases[0].naive:
        if cases[0].naive_metrics:
            means = mean_of([c.naive_metrics[unknown] for c in cases])
            rows.append({"": cases[0].naive_word, **means, "rounds": None, "seconds": None})
    for i, found in enumerate(cases[0].found):
        seconds = sum(c.found[i].seconds for c in cases) / len(cases)
        rounds = max(c.found[i].rounds for c in cases)
        for unknown in found.metrics or {"": {}}:
            title = f"{found.name} · {unknown}" if several else found.name
            means = mean_of([c.found[i].metrics.get(unknown, {}) for c in cases])
            rows.append(
                {
                    "": title,
                    **means,
                    **choices(cases, i),
                    **last_tests(cases, i),
                    "rounds": rounds or None,
                    "seconds": round(seconds, 3),
                }
            )
    return rows


def choices(cases: Sequence[Case], i: int) -> dict[str, float]:
    """The number that a rule chose for an estimator, the mean over the images."""
    chosen = [c.found[i].chosen for c in cases]
    values = [float(choice.value.double().mean()) for choice in chosen if choice is not None]
    return {choice.name: sum(values) / len(values) for choice in chosen[:1] if choice is not None}


def last_tests(cases: Sequence[Case], i: int) -> dict[str, float]:
    """What the tests of an estimator measured last, the largest of all images; nothing where no test ends it."""
    ended = [c.found[i].ended for c in cases]
    return {e.quantity: max(o.value for o in ended if o is not None) for e in ended[:1] if e is not None}


def mean_of(several: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(s[name] for s in several) / len(several) for name in several[0]}
