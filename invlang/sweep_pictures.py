"""A sweep as pictures: its curve, and a contact sheet of what each value gave."""

from __future__ import annotations

import math
from io import BytesIO

from invlang.curves import Figure
from invlang.outcome import as_picture, range_of, words
from invlang.plot import Panel, side_by_side
from invlang.plot_lines import Chart, chart_png
from invlang.report import Part
from invlang.sweep import Sweep, sentences, show_value, sweep_as_data, sweep_table

MOST = 14


def sweep_part(sweep: Sweep) -> Part:
    """The section of a report: the curve, where a truth is known, a contact sheet for each estimator, the table."""
    figures = [("sweep", curve_of(sweep)), *((f"sheet_{name}", contact_sheet(sweep, name)) for name in sweep.swept)]
    drawn = tuple((file, *figure) for file, figure in figures if figure is not None)
    return Part("Sweep", tuple(sweep_table(sweep)), drawn, tuple(sentences(sweep)), sweep_as_data(sweep))


def curve_of(sweep: Sweep) -> Figure | None:
    curves: dict[str, tuple[tuple[float, ...], list[float]]] = {}
    marks = {}
    for name in sweep.swept:
        heights = [sweep.metrics(name, i).get("psnr", math.nan) for i in range(len(sweep.values))]
        if not any(map(math.isfinite, heights)):
            continue
        curves[name], best = (sweep.values, heights), sweep.best(name)
        if best is not None:
            marks[show_value(sweep.values[best])] = (sweep.values[best], heights[best])
    if not curves:
        return None
    chart = Chart(curves, f"PSNR in dB by {sweep.name}", sweep.name, log_x=sweep.is_wide, marks=marks)
    return chart_png(chart), f"PSNR by {sweep.name}"


def contact_sheet(sweep: Sweep, estimator: str) -> Figure | None:
    """The truth and the first image's reconstruction for each value, at most fourteen of them, evenly taken."""
    count = len(sweep.values)
    kept = range(count) if count <= MOST else sorted({round(i * (count - 1) / (MOST - 1)) for i in range(MOST)})
    case = sweep.outcomes[0].cases[0]
    unknown = next(iter(sweep.found(estimator, 0)[0].x))
    scale = range_of(case, unknown)
    truth = [("truth", as_picture(case.truth[unknown], scale), "")] if unknown in case.truth else []
    panels: list[Panel] = list(truth)
    for i in kept:
        found = sweep.found(estimator, i)[0]
        if min(found.x[unknown].ndim, found.x[unknown].shape[-2] if found.x[unknown].ndim > 1 else 1) < 2:
            return None
        title = f"{sweep.name} = {show_value(sweep.values[i])}{'  ← best' if i == sweep.best(estimator) else ''}"
        caption = words(found.metrics.get(unknown, {}), sweep.outcomes[0].metrics)
        panels.append((title, as_picture(found.x[unknown], scale), caption))
    buffer = BytesIO()
    side_by_side(panels, buffer)
    return buffer.getvalue(), f"{estimator} for each {sweep.name}"
