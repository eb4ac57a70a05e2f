"""Run a program: measure or simulate, reconstruct by every estimator, compare with the truth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from invlang.choosing import Choice
from invlang.ended import Ended
from invlang.errors import mistake
from invlang.graph.operators import Compose, Identity
from invlang.graph.program import Program
from invlang.graph.spaces import Space
from invlang.handles import Estimator
from invlang.instances import suggestion
from invlang.meaning.generators import is_random
from invlang.model import Model
from invlang.progress import Advance, progress_bar
from invlang.reading import read_one
from invlang.scores import peak_of, scores
from invlang.sizes import Shape, learn
from invlang.truths import truths, working_dtype

POINTS = 40


@dataclass(frozen=True)
class Found:
    """What one estimator gave.  x: by unknown;  curve: the objective by round, NaN where it was not looked at;  ended: how its
    `stop when …` came out;  chosen: the number that a rule chose."""

    name: str
    x: dict[str, np.ndarray]
    seconds: float
    rounds: int
    curve: tuple[float, ...] = ()
    objective: float | None = None
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    ended: Ended | None = None
    chosen: Choice | None = None


@dataclass(frozen=True)
class Case:
    """One image: its truth (by unknown, empty where nobody knows), its data, what was found.

    given: kernels and masks that the program makes, by name;  drawn: the names of those that are drawn for this image.
    """

    title: str
    truth: dict[str, np.ndarray]
    data: dict[str, Any]
    naive: dict[str, np.ndarray]
    naive_word: str
    naive_metrics: dict[str, dict[str, float]]
    found: tuple[Found, ...]
    peak: dict[str, float]
    given: dict[str, np.ndarray] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A whole run.  metrics: their names, in the order in which they are shown;  warnings: sentences."""

    program: Program
    cases: tuple[Case, ...]
    metrics: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)


def run(
    model: Model, folders: Sequence[Path], seed: int = 0, only: Sequence[str] = (),
    settings: dict[str, dict[str, Any]] | None = None, quiet: bool = True,
) -> Outcome:  # fmt: skip
    """Reconstructs every image of the program with every estimator, or with those in `only`.

    folders: where its files may lie.  settings: numbers of estimators by name.  Raises InvError.
    """
    program = model.program
    names = chosen(program, only)
    metrics = tuple(dict.fromkeys(m for e in program.evaluations for m in e.metrics)) or ("psnr", "ssim")
    numbers = {n: (settings or {}).get(n, {}) for n in names}
    try:
        pictures = truths(model, folders)
        cases = tuple(
            run_case(sized(model, x).draw(sample=i), t, x, seed, numbers, folders, metrics, quiet)
            for i, (t, x) in enumerate(pictures)
        )
    except torch.OutOfMemoryError:
        raise mistake(f"there is not enough memory on the device for {program.source.name}", help="--device cpu") from None
    return Outcome(program, cases, metrics, (*not_yet(program), *not_finite(cases), *not_converged(cases)))


def chosen(program: Program, only: Sequence[str]) -> list[str]:
    known = [e.name for e in program.estimators]
    for wrong in (n for n in only if n not in known):
        raise mistake(f"there is no estimator `{wrong}` in {program.source.name}", help=suggestion(wrong, known))
    return [e.name for e in program.estimators if not e.not_yet and (not only or e.name in only)]


def not_yet(program: Program) -> list[str]:
    """A line for each thing that the language says and the compiler cannot run yet."""
    lines = [f"`{e.name}` was left out: {e.not_yet} is not there yet" for e in program.estimators if e.not_yet]
    spans = [e.span for e in program.estimators if e.not_yet]
    lines += [f"line {s.line}: {words} is not there yet" for s, words in program.not_yet if not any(inside(s, e) for e in spans)]
    return lines


def not_finite(cases: Sequence[Case]) -> list[str]:
    """A line for each estimator that lost its numbers on the way."""
    lost = {f.name for c in cases for f in c.found for x in f.x.values() if not np.isfinite(x).all()}
    return [f"`{name}` gave values that are not finite; try --dtype float64, or a smaller step" for name in sorted(lost)]


def not_converged(cases: Sequence[Case]) -> list[str]:
    """A line for each estimator that made its last round without reaching what `stop when` asks for."""
    lines = {}
    for case in cases:
        for found in case.found:
            if found.ended is not None and not found.ended.converged:
                lines[found.name] = f"`{found.name}` {found.ended}; --set {found.name}.iterations=… lets it go on"
    return list(lines.values())


def inside(span: Any, other: Any) -> bool:
    return span.source == other.source and span.start <= other.start <= span.end


# ---- truths and data


def measured(model: Model, truth: dict[str, Tensor], seed: int, folders: Sequence[Path]) -> dict[str, Any]:
    """The data: what was observed, and simulated where nothing was."""
    program = model.program
    files = dict(program.observed)
    data: dict[str, Any] = {}
    if truth and any(m.name not in files for m in program.measurements):
        data = model.simulate(seed=seed, **truth)
    for m in program.measurements:
        if m.name in files:
            assert isinstance(m.space, Space), "observed data of several parts are declared one by one"
            array = read_one(files[m.name], m.name, m.space, model._instances.sizes, folders)
            data[m.name] = torch.from_numpy(array).to(working_dtype(model, array))
    return {m.name: data[m.name] for m in program.measurements}


# ---- one image


def sized(model: Model, truth: dict[str, Tensor]) -> Model:
    """The model for images of the truth's size: the data alone need not tell it."""
    shapes = [Shape(u.name, u.space, tuple(truth[u.name].shape), u.span) for u in model.program.unknowns if u.name in truth]
    return Model(model._instances.with_sizes(learn(model._instances.sizes, shapes)))


def run_case(
    model: Model, title: str, truth: dict[str, Tensor], seed: int, numbers: dict[str, dict[str, Any]], folders: Sequence[Path],
    metrics: Sequence[str], quiet: bool,
) -> Case:  # fmt: skip
    with torch.no_grad():
        data = measured(model, truth, seed, folders)
        estimators = {n: model[n].with_numbers(**own) for n, own in numbers.items()}
        peaks = {u.name: peak_of(u.interval, truth[u.name]) for u in model.program.unknowns if u.name in truth}
        naive, word = naive_estimate(model, data, truth)
        found = tuple(estimate(e, name, model, data, truth, metrics, peaks, quiet) for name, e in estimators.items())
    compared = {n: scores(x, truth[n], peaks[n], metrics) for n, x in naive.items() if n in truth}
    shown = {n: tuple(map(as_numpy, v)) if isinstance(v, tuple) else as_numpy(v) for n, v in data.items()}
    plain = {n: as_numpy(x) for n, x in naive.items()}
    made = [g for g in model.program.givens if g.default is not None and g.known.of.rank > 1 and g.known.of.field != "integer"]
    given = {g.known.name: as_numpy(model.given(g.known.name)) for g in made}
    drawn = tuple(g.known.name for g in made if g.default is not None and is_random(g.default))
    return Case(title, {n: as_numpy(x) for n, x in truth.items()}, shown, plain, word, compared, found, peaks, given, drawn)


def estimate(
    estimator: Estimator, name: str, model: Model, data: dict[str, Any], truth: dict[str, Tensor], metrics: Sequence[str],
    peaks: dict[str, float], quiet: bool,
) -> Found:  # fmt: skip
    unknowns = [u.name for u in model.program.unknowns]
    rounds = estimator.rounds
    with progress_bar(name, rounds or None, quiet) as advance:
        watcher = Watcher(estimator, data, rounds, advance)
        start = time.perf_counter()
        result = estimator(data, **({"watch": watcher} if rounds else {}))
        seconds = time.perf_counter() - start - watcher.spent
    parts = dict(zip(unknowns, result if isinstance(result, tuple) else (result,), strict=True))
    compared = {n: scores(x, truth[n], peaks[n], metrics) for n, x in parts.items() if n in truth}
    last = next((v for v in reversed(watcher.curve) if math.isfinite(v)), None)
    arrays = {n: as_numpy(x) for n, x in parts.items()}
    ended = estimator.ended
    return Found(
        name, arrays, seconds, ended.rounds if ended else rounds, tuple(watcher.curve), last, compared, ended, estimator.chosen
    )


class Watcher:
    """Looks at the objective in some rounds, moves the bar on, and knows how long that took."""

    def __init__(self, estimator: Estimator, data: dict[str, Any], rounds: int, advance: Advance):
        self.estimator, self.data, self.advance = estimator, data, advance
        self.every, self.last, self.spent = max(1, rounds // POINTS), rounds - 1, 0.0
        self.curve: list[float] = []

    def __call__(self, k: int, x: Any) -> None:
        start = time.perf_counter()
        value, note = math.nan, ""
        if (k % self.every == 0 or k == self.last or k < 5) and self.estimator.has_objective:
            parts = x if isinstance(x, tuple) else (x,)
            value = float(self.estimator.objective(*parts, self.data).sum())
            note = f"objective {value:.5g}"
        self.curve.append(value)
        self.advance(1, note)
        self.spent += time.perf_counter() - start


def naive_estimate(model: Model, data: dict[str, Any], truth: dict[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """What one has without an estimator: the data themselves where they are a real image like the unknown, else c Aᴴ y."""
    program = model.program
    if len(program.unknowns) != 1 or len(program.measurements) != 1:
        return {}, ""
    unknown, measurement = program.unknowns[0], program.measurements[0]
    y = data[measurement.name]
    if measurement.space == unknown.space and unknown.space.field == "real":
        return {unknown.name: y}, measurement.name
    named = next((o for o in program.operators if factors(o.operator) == factors(measurement.operator)), None)
    if named is None or measurement.offset is not None:
        return {}, ""
    operator: Callable[..., Any] = model[named.name]
    back = operator.H(y)  # type: ignore[attr-defined]
    return {unknown.name: back * fit(operator(back), y)}, f"{named.name}ᴴ {measurement.name}"


def factors(operator: Any) -> tuple[Any, ...]:
    """The factors of a product, inner products opened and identities left out."""
    if isinstance(operator, Compose):
        return tuple(f for factor in operator.factors for f in factors(factor))
    return () if isinstance(operator, Identity) else (operator,)


def fit(image: Any, y: Any) -> float:
    """The factor c that makes c · image nearest to y."""
    pairs = list(zip(image, y, strict=True)) if isinstance(image, tuple) else [(image, y)]
    energy = sum(float(p.abs().square().sum()) for p, _ in pairs)
    return sum(float((p.conj() * q).real.sum()) for p, q in pairs) / energy if energy else 1.0


def as_numpy(x: Tensor) -> np.ndarray:
    return x.detach().resolve_conj().cpu().numpy()
