"""Write what a run found: metrics, pictures, curves, the report, in one folder."""

from __future__ import annotations

import json
import math
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import invlang
from invlang.choosing import Choice
from invlang.curves import Figure, write_all_curves
from invlang.derivation_html import derivation_html
from invlang.draw import to_svg_pair
from invlang.ended import Ended
from invlang.explain import explain
from invlang.picture_of import program_graph
from invlang.pipeline import Compiled
from invlang.plot import Panel, as_bytes, png_bytes, side_by_side
from invlang.report import Part, Report, write_report
from invlang.results import table
from invlang.run import Case, Outcome
from invlang.tables import table_text

SHOWN_CASES = 4
DECADES = 4
THINNEST = 50


def write_outcome(folder: Path, outcome: Outcome, compiled: Compiled, parts: tuple[Part, ...] = ()) -> list[str]:
    """Fills the folder; gives the files' names.  Old files of the same names are replaced, each as a whole.

    parts: what else was found, such as a sweep.
    """
    with filled(folder) as place:
        pictures = write_pictures(place, outcome)
        (place / "table.txt").write_text(table_text(table(outcome)), encoding="utf-8")
        (place / "metrics.json").write_text(
            json.dumps(as_data(outcome, parts), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (place / "module.py").write_text(compiled.text, encoding="utf-8")
        curves = write_all_curves(place, outcome.cases[0])
        for file, png, _ in (figure for part in parts for figure in part.figures):
            (place / f"{file}.png").write_bytes(png)
        write_report(place / "report.html", report_of(outcome, compiled, pictures, curves, parts))
        names = sorted(p.name for p in place.iterdir())
    return names


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A folder to write into; its files move to `folder` when all are there, and nothing stays behind when something fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield place
        folder.mkdir(exist_ok=True)
        for file in place.iterdir():
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(place, ignore_errors=True)


# ---- pictures

Picture = tuple[str, bytes, str]


def write_pictures(place: Path, outcome: Outcome) -> list[Picture]:
    """A PNG of every array that is a picture, and all of them side by side; (title, PNG, caption) for the report."""
    pictures: list[Picture] = []
    for number, case in enumerate(outcome.cases[:SHOWN_CASES]):
        several = len(outcome.cases) > 1
        prefix = f"{case.title}-" if several else ""
        panels = panels_of(case, outcome.metrics)
        for file, panel in panels:
            png = png_bytes(panel[1])
            (place / f"{prefix}{file}.png").write_bytes(png)
            title = f"{case.title} · {panel[0]}" if several else panel[0]
            pictures.append((title, png, panel[2]))
        if panels and number == 0:
            side_by_side([panel for _, panel in panels], place / "side_by_side.png")
    return pictures


def panels_of(case: Case, metrics: tuple[str, ...], given: Iterable[str] | None = None) -> list[tuple[str, Panel]]:
    """(file name, panel) of the truth, what was drawn, the data and each reconstruction, all values brought to [0, 1].

    given: the names of the known quantities that are shown; those that were drawn, where None is said.
    """
    panels: list[tuple[str, Panel]] = []
    several = len(case.truth or case.found[0].x) > 1 if case.found else False
    scale = {n: range_of(case, n) for n in {**case.truth, **(case.found[0].x if case.found else {})}}
    for name, x in case.truth.items():
        add(panels, "truth" + f"_{name}" * several, ("truth" + f" {name}" * several, as_picture(x, scale[name]), ""))
    for name in case.drawn if given is None else given:
        add(panels, f"given_{name}", (name, picture_of_given(case.given[name]), ""))
    for name, y in case.data.items():
        for i, part in enumerate(y if isinstance(y, tuple) else (y,)):
            label = f"{name}{i + 1}" if isinstance(y, tuple) else name
            add(panels, f"data_{label}", data_panel(case, label, part, metrics, scale))
    for name, x in case.naive.items():
        if case.naive_word not in case.data:
            caption = words(case.naive_metrics.get(name, {}), metrics)
            add(panels, "naive", (case.naive_word, as_picture(x, scale[name]), caption))
    for found in case.found:
        for name, x in found.x.items():
            caption = words(found.metrics.get(name, {}), metrics)
            add(
                panels,
                found.name + f"_{name}" * several,
                (found.name + f" · {name}" * several, as_picture(x, scale[name]), caption),
            )
    return panels


def add(panels: list[tuple[str, Panel]], file: str, panel: Panel) -> None:
    """Only what is a picture: two axes at least, more than a few lines of many pixels, no table of places."""
    if panel[1].ndim >= 2 and min(panel[1].shape[-2:]) > max(2, max(panel[1].shape[-2:]) // THINNEST):
        panels.append((file, panel))


def picture_of_given(array: np.ndarray) -> np.ndarray:
    """A kernel or a mask, 0 black and its largest value white; a row of lines as high as it is wide; of mere phases their angle."""
    values = np.abs(array) if np.iscomplexobj(array) else np.asarray(array, dtype=np.float64)
    if np.iscomplexobj(array) and np.ptp(values) <= 1e-6 * values.max():
        values = np.angle(array) + np.pi
    if values.shape[-2] == 1:
        values = np.repeat(values, values.shape[-1], -2)
    low, high = min(0.0, float(values.min())), float(values.max())
    return np.full(values.shape[-2:], 0.5) if np.ptp(values) == 0 else one_gray((values - low) / (high - low))


def data_panel(case: Case, label: str, y: np.ndarray, metrics: tuple[str, ...], scale: dict[str, tuple[float, float]]) -> Panel:
    """Data that are an image like the unknown are on its scale; a spectrum shows the logarithm of its magnitude."""
    if case.naive_word == label:
        name = next(iter(case.naive))
        return label, as_picture(y, scale[name]), words(case.naive_metrics.get(name, {}), metrics)
    if np.iscomplexobj(y):
        magnitude = np.abs(y)
        peak = float(magnitude.max()) or 1.0
        return label, one_gray(1 + np.log10(np.maximum(magnitude / peak, 10.0**-DECADES)) / DECADES), "logarithm of the magnitude"
    low, high = float(min(0.0, np.nanmin(y))), float(np.nanmax(y)) or 1.0
    return label, as_picture(y, (low, high)), ""


def range_of(case: Case, name: str) -> tuple[float, float]:
    """The values that are black and white for an unknown, the same for its truth and all its reconstructions."""
    arrays = [case.truth[name]] if name in case.truth else [f.x[name] for f in case.found]
    if name in case.peak and all(not np.iscomplexobj(a) and a.min() >= 0 for a in arrays):
        return 0.0, case.peak[name]
    shown = [np.abs(a) if np.iscomplexobj(a) else a for a in arrays]
    return min(0.0, *(float(a.min()) for a in shown)), max(float(a.max()) for a in shown) or 1.0


def as_picture(x: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    values = np.abs(x) if np.iscomplexobj(x) else np.asarray(x, dtype=np.float64)
    if values.ndim > 3:
        values = values[(0,) * (values.ndim - 3)]
    scaled = (values - scale[0]) / (scale[1] - scale[0] or 1.0)
    return (
        np.clip(np.nan_to_num(scaled), 0, 1)
        if scaled.ndim < 3 or scaled.shape[0] == 3
        else one_gray(np.clip(np.nan_to_num(scaled), 0, 1))
    )


def one_gray(planes: np.ndarray) -> np.ndarray:
    """Any number of planes as one gray picture; three coils are no colours."""
    if planes.ndim <= 2:
        return planes
    rows = planes.reshape(-1, *planes.shape[-2:])
    return as_bytes(np.concatenate([rows, np.zeros_like(rows[:1])]) if len(rows) == 3 else rows) / 255.0


def words(metrics: dict[str, float], shown: tuple[str, ...]) -> str:
    """
    >>> words({"psnr": 28.134, "ssim": 0.8}, ("psnr", "ssim"))
    '28.1 dB, SSIM 0.80'
    """
    out = []
    for name in shown:
        if name in metrics and math.isfinite(metrics[name]):
            value = metrics[name]
            out.append(
                f"{value:.1f} dB"
                if name == "psnr"
                else f"{name.upper()} {value:.2f}"
                if name == "ssim"
                else f"{name.upper()} {value:.3g}"
            )
    return ", ".join(out)


# ---- metrics and the report


def as_data(outcome: Outcome, parts: tuple[Part, ...] = ()) -> dict[str, Any]:
    """Everything but the pictures, as JSON takes it."""
    return {
        "program": outcome.program.source.name,
        "settings": outcome.settings,
        "metrics": list(outcome.metrics),
        "images": [
            {
                "image": case.title,
                "measured": {"what": case.naive_word, "metrics": case.naive_metrics},
                "estimators": {
                    f.name: {
                        "metrics": f.metrics, "objective": finite(f.objective), "rounds": f.rounds,
                        "seconds": round(f.seconds, 4), **ended_as_data(f.ended), **choice_as_data(f.chosen),
                        "curve": [[k, v] for k, v in enumerate(f.curve) if math.isfinite(v)],
                    }
                    for f in case.found
                },
            }
            for case in outcome.cases
        ],
        "warnings": list(outcome.warnings),
        **{part.title.lower(): part.data for part in parts if part.data}, "versions": versions(),
    }  # fmt: skip


def choice_as_data(choice: Choice | None) -> dict[str, Any]:
    if choice is None:
        return {}
    value, curve = float(choice.value.double().mean()), [[t, finite(s)] for t, s in choice.curve]
    return {"chosen": {"name": choice.name, "rule": choice.rule, "value": value, "curve": curve}}


def ended_as_data(ended: Ended | None) -> dict[str, Any]:
    if ended is None:
        return {}
    tests = [[k, finite(v)] for k, v in ended.tests]
    return {"stop": {"quantity": ended.quantity, "tolerance": ended.tolerance, "converged": ended.converged, "tests": tests}}


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def report_of(
    outcome: Outcome, compiled: Compiled, pictures: list[Picture], curves: tuple[Figure, ...], parts: tuple[Part, ...] = ()
) -> Report:
    program, planned = outcome.program, compiled.planned
    graph = to_svg_pair(program_graph(program, planned, False), program_graph(program, planned, True))
    derivations = tuple((f.name, derivation_html(explain(program, planned, f.name), 3)) for f in outcome.cases[0].found)
    return Report(
        title=Path(program.source.name).stem, doc=program.doc, program_text=program.source.text, metrics=tuple(table(outcome)),
        pictures=tuple(pictures), curves=curves, derivations=derivations, graph_svg=graph,
        versions={**versions(), **outcome.settings}, warnings=outcome.warnings, parts=parts,
    )  # fmt: skip


def versions() -> dict[str, str]:
    found = {"invlang": invlang.__version__, "Python": platform.python_version()}
    for package in ("torch", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
