"""Draw results: PNG files, pictures side by side, convergence curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from PIL import Image

INK, QUIET, RULE = "#1c2330", "#6b7484", "#e4e7ec"
CURVE_COLOURS = ("#2f6fdb", "#d9622b", "#2a9d6f", "#8a5bd1", "#c23b6b", "#7a6a2f")
Panel = tuple[str, np.ndarray, str]
Target = str | Path | BinaryIO


def as_bytes(array: np.ndarray, low: float | None = 0.0, high: float | None = 1.0) -> np.ndarray:
    """`array` as 8-bit pixels, [H, W] or [H, W, 3]: values are clipped to [low, high], None meaning the array's own extreme.

    Takes [H, W], [1, H, W], [3, H, W]; any other leading axes are tiled into one gray picture; complex values show
    their magnitude; what is not finite shows as low.  Raises ValueError below two axes.

    >>> as_bytes(np.array([[0.0, 0.5, 2.0]])).tolist()
    [[0, 128, 255]]
    """
    values = np.abs(array) if np.iscomplexobj(array) else np.asarray(array, dtype=np.float64)
    if values.ndim < 2:
        raise ValueError("a picture needs at least two axes")
    finite = values[np.isfinite(values)]
    low = float(finite.min(initial=math.inf)) if low is None and finite.size else low or 0.0
    high = float(finite.max(initial=-math.inf)) if high is None and finite.size else 1.0 if high is None else high
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / (high - low or 1.0)
    pixels = np.round(255 * np.clip(scaled, 0, 1)).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[0] == 3:
        return np.moveaxis(pixels, 0, -1)
    return tile(pixels.reshape(-1, *pixels.shape[-2:]))


def tile(planes: np.ndarray) -> np.ndarray:
    """[N, H, W] laid out as one [rows H, columns W], about as wide as high; empty places are black."""
    number, height, width = planes.shape
    columns = math.ceil(math.sqrt(number * height / width)) if number > 1 else 1
    rows = math.ceil(number / columns)
    sheet = np.zeros((rows * columns, height, width), planes.dtype)
    sheet[:number] = planes
    return sheet.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def save_png(array: np.ndarray, path: Target, low: float | None = 0.0, high: float | None = 1.0) -> None:
    """Writes `array` as a PNG, one pixel per value; the range and the shapes are those of `as_bytes`."""
    Image.fromarray(as_bytes(array, low, high)).save(path, format="PNG", optimize=True)


def png_bytes(array: np.ndarray, low: float | None = 0.0, high: float | None = 1.0) -> bytes:
    """The bytes of the PNG that `save_png` would write."""
    buffer = BytesIO()
    save_png(array, buffer, low, high)
    return buffer.getvalue()


def side_by_side(panels: Sequence[Panel], path: Target, low: float | None = 0.0, high: float | None = 1.0) -> None:
    """Writes a figure of (title, picture, caption) panels, all on one grey scale; at most five in a row."""
    if not panels:
        raise ValueError("there is no picture to show")
    columns = len(panels) if len(panels) <= 5 else math.ceil(len(panels) / math.ceil(len(panels) / 5))
    rows = math.ceil(len(panels) / columns)
    tallest = max(p[1].shape[-2] / p[1].shape[-1] for p in panels)
    side, title, caption, gap = 2.5, 0.26, 0.24, 0.12
    cell = side * min(tallest, 1.6) + title + caption
    figure = new_figure(columns * (side + gap) + gap, rows * cell + gap)
    wide, high_inches = figure.get_size_inches()
    for index, (name, array, remark) in enumerate(panels):
        row, column = divmod(index, columns)
        left, bottom = gap + column * (side + gap), high_inches - (row + 1) * cell + caption
        place = (left / wide, bottom / high_inches, side / wide, (cell - title - caption) / high_inches)
        draw_panel(figure.add_axes(place), name, as_bytes(array, low, high), remark)
    save_figure(figure, path)


def draw_panel(axes: Axes, name: str, pixels: np.ndarray, remark: str) -> None:
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="auto")
    axes.set_axis_off()
    axes.set_anchor("NW")
    write(axes, name, (0, 1), (0, 4), va="bottom", size=9, color=INK, weight="bold")
    write(axes, remark, (0, 0), (0, -4), va="top", size=8, color=QUIET)


def write(axes: Axes, text: str, place: tuple[float, float], points: tuple[float, float], **style: Any) -> None:
    """Plain text at a fraction of the axes, moved by some points; `$` in it is no mathematics."""
    axes.annotate(text.replace("$", r"\$"), place, points, "axes fraction", "offset points", ha="left", **style)


def convergence(curves: Mapping[str, Sequence[float]], path: Target, optimum: Mapping[str, float] | None = None) -> None:
    """Writes the relative suboptimality (f_k − f*) / |f*| of each curve of objective values, on a log scale.

    f* is taken from `optimum` where it is given, else it is the lowest value of the curve.  A name that ends in .svg
    gives SVG, else PNG.
    """
    figure = new_figure(6.4, 3.4)
    axes = figure.add_axes((0.11, 0.17, 0.70, 0.71))
    ends = []
    for index, (name, values) in enumerate(curves.items()):
        colour = CURVE_COLOURS[index % len(CURVE_COLOURS)]
        rounds, gaps = suboptimality(values, (optimum or {}).get(name))
        if not gaps.size:
            continue
        axes.plot(rounds, gaps, color=colour, linewidth=1.8, solid_capstyle="round")
        ends.append((float(rounds[-1]), float(gaps[-1]), name, colour))
    style_convergence(axes, "its optimum" if optimum else "the lowest value reached")
    label_ends(figure, axes, ends)
    save_figure(figure, path)


def suboptimality(values: Sequence[float], optimum: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(k, (f_k − f*) / |f*|) where that is positive and finite, as two arrays."""
    curve = np.asarray(values, dtype=np.float64)
    finite = curve[np.isfinite(curve)]
    if not finite.size:
        return np.empty(0), np.empty(0)
    best = float(finite.min()) if optimum is None else optimum
    gaps = (curve - best) / (abs(best) or 1.0)
    shown = np.isfinite(gaps) & (gaps > 1e-16)
    return np.flatnonzero(shown), gaps[shown]


def style_convergence(axes: Axes, floor: str) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlim(left=0)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.tick_params(colors=QUIET, length=0, labelsize=9)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel("iteration", color=QUIET, size=9)
    axes.set_title(f"objective above {floor}, relative", loc="left", color=INK, size=10, weight="bold", pad=10)


def label_ends(figure: Figure, axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Names beside the curves' ends instead of a legend, moved apart where they would touch."""
    figure.canvas.draw()
    height = axes.get_window_extent().height
    spot = math.inf
    for end, gap, name, colour in sorted(ends, key=lambda e: -e[1]):
        own = float(axes.transAxes.inverted().transform(axes.transData.transform((end, gap)))[1])
        spot = min(own, spot - 14 * figure.dpi / 72 / height)
        write(axes, name, (1.0, spot), (8, 0), va="center", size=9, color=colour, weight="bold")


def new_figure(wide: float, high: float) -> Figure:
    figure = Figure(figsize=(wide, high), dpi=160, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: Target) -> None:
    kind = "svg" if isinstance(path, (str, Path)) and str(path).endswith(".svg") else "png"
    figure.savefig(path, format=kind, metadata={"Date": None} if kind == "svg" else {"Software": None})
