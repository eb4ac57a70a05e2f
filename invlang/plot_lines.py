"""Draw curves over numbers: what a test measured, a sweep, singular values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from invlang.plot import CURVE_COLOURS, INK, QUIET, RULE, label_ends, new_figure, save_figure

Points = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Chart:
    """curves: (x, y) by name;  title: what y is;  along: what x is;  log_x, log_y: which axes are logarithmic.

    marks: points that are shown as such, by what is written beside them;  levels: dashed heights of the curves, by name.
    """

    curves: Mapping[str, Points]
    title: str
    along: str
    log_x: bool = False
    log_y: bool = False
    marks: Mapping[str, tuple[float, float]] | None = None
    levels: Mapping[str, float] | None = None


def chart_png(chart: Chart) -> bytes:
    """The chart as the bytes of a PNG."""
    figure = new_figure(6.4, 3.4)
    axes = figure.add_axes((0.11, 0.17, 0.70, 0.71))
    axes.set_xscale("log" if chart.log_x else "linear")
    axes.set_yscale("log" if chart.log_y else "linear")
    ends = []
    for index, (name, (x, y)) in enumerate(chart.curves.items()):
        colour = CURVE_COLOURS[index % len(CURVE_COLOURS)]
        shown = [(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(b) and (b > 0 or not chart.log_y)]
        if not shown:
            continue
        dots = "o" if len(shown) <= 40 else ""
        axes.plot(*zip(*shown, strict=True), color=colour, linewidth=1.8, marker=dots, markersize=3.5, solid_capstyle="round")
        level = (chart.levels or {}).get(name)
        if level is not None and (level > 0 or not chart.log_y):
            axes.axhline(level, color=colour, linewidth=0.9, linestyle=(0, (4, 3)))
        ends.append((*shown[-1], name, colour))
    for text, (a, b) in (chart.marks or {}).items():
        axes.plot([a], [b], marker="o", markersize=9, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.4)
        axes.annotate(text.replace("$", r"\$"), (a, b), (0, 11), "data", "offset points", ha="center", size=8.5, color=INK)
    style(axes, chart)
    label_ends(figure, axes, ends)
    buffer = BytesIO()
    save_figure(figure, buffer)
    return buffer.getvalue()


def style(axes: Axes, chart: Chart) -> None:
    """Quiet axes, few ticks, a heading at the left."""
    if chart.log_y:
        axes.yaxis.set_major_locator(LogLocator(numticks=7))
        axes.yaxis.set_minor_locator(NullLocator())
    if chart.log_x:
        axes.xaxis.set_major_locator(LogLocator(numticks=9))
        axes.xaxis.set_minor_locator(NullLocator())
    elif all(float(v).is_integer() for x, _ in chart.curves.values() for v in x):
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    low, high = axes.get_ylim()
    if not chart.log_y and np.isfinite([low, high]).all():
        axes.set_ylim(low, high + 0.12 * (high - low))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.tick_params(colors=QUIET, length=0, labelsize=9)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(chart.along, color=QUIET, size=9)
    axes.set_title(chart.title, loc="left", color=INK, size=10, weight="bold", pad=10)
