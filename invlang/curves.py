"""The curves of a run: objectives, what tests measured, what rules looked at; a PNG each."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

from invlang.plot import convergence
from invlang.plot_lines import Chart, chart_png
from invlang.run import Case

Figure = tuple[bytes, str]
SCORES = {
    "discrepancy": "misfit over what noise explains",
    "gcv": "generalised cross-validation",
    "lcurve": "curvature of the L-curve, turned round",
    "sure": "Stein's estimate of the mean squared error",
}


def write_all_curves(place: Path, case: Case) -> tuple[Figure, ...]:
    """(PNG, what it shows) of every curve of an image, each also a file."""
    return (*write_curves(place, case), *write_tests(place, case), *write_choices(place, case))


def write_curves(place: Path, case: Case) -> tuple[Figure, ...]:
    """The objective of each estimator by round, over the lowest value that it reached."""
    curves = {f.name: f.curve for f in case.found if sum(math.isfinite(v) for v in f.curve) > 2}
    if not curves:
        return ()
    buffer = BytesIO()
    convergence(curves, buffer)
    (place / "convergence.png").write_bytes(buffer.getvalue())
    return ((buffer.getvalue(), "objective above its optimum for each iteration"),)


def write_tests(place: Path, case: Case) -> tuple[Figure, ...]:
    """What the tests of `stop when …` measured by round, with what was asked for; one picture for each quantity."""
    ended = {f.name: f.ended for f in case.found if f.ended is not None}
    figures = []
    for quantity in dict.fromkeys(e.quantity for e in ended.values()):
        alike = {n: e for n, e in ended.items() if e.quantity == quantity}
        curves = {n: ([k for k, _ in e.tests], [v for _, v in e.tests]) for n, e in alike.items()}
        levels = {n: e.tolerance for n, e in alike.items()}
        png = chart_png(Chart(curves, f"{quantity}, and what was asked for", "iteration", log_y=True, levels=levels))
        (place / f"{quantity}.png").write_bytes(png)
        figures.append((png, f"{quantity} by iteration"))
    return tuple(figures)


def write_choices(place: Path, case: Case) -> tuple[Figure, ...]:
    """What a rule looked at to choose a number, one picture for each estimator."""
    figures = []
    for found in case.found:
        if found.chosen is None:
            continue
        choice, value = found.chosen, float(found.chosen.value.flatten()[0])
        places, scores = [p for p, _ in choice.curve], [s for _, s in choice.curve]
        height = scores[min(range(len(places)), key=lambda i: abs(math.log(places[i] / value)))]
        marks = {f"{choice.name} = {value:.3g}": (value, height)}
        target = {found.name: choice.target} if choice.target is not None else {}
        is_wide = min(scores) > 0 and max(scores) > 30 * min(scores)
        chart = Chart({found.name: (places, scores)}, SCORES[choice.rule], choice.name, True, is_wide, marks, target)
        png = chart_png(chart)
        (place / f"{found.name}_{choice.name}.png").write_bytes(png)
        figures.append((png, f"how {choice.rule} chose the {choice.name} of {found.name}"))
    return tuple(figures)
