"""invlang spectrum, cond, picard, psf, nullspace: instruments for an operator of a program, with tables and pictures."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from invlang import instruments
from invlang.commands.inputs import Input, read_input
from invlang.commands.output import say
from invlang.commands.programs import allowed, checked, show
from invlang.commands.run import loaded, out_folder, require_writable
from invlang.commands.stop import Stop
from invlang.diagnostics import Diagnostic
from invlang.errors import InvError
from invlang.handles import Operator
from invlang.instances import suggestion
from invlang.model import Model
from invlang.outcome import as_picture, one_gray
from invlang.plot import side_by_side
from invlang.plot_lines import Chart, chart_png
from invlang.progress import metrics_table
from invlang.run import as_numpy, measured, sized
from invlang.source import Source, Span
from invlang.tables import Row
from invlang.trials import small_sizes
from invlang.truths import truths

Made = tuple[list[Row], dict[str, Any]]
OWN = "operator_of_the_instrument"
LINE = f"\nlet {OWN} = "


def run(options: Namespace) -> int:
    options.dtype = "float64"
    (given, *others) = read_input(options.files)
    if others:
        raise Stop(f"{options.command} looks at one program at a time", 2)
    try:
        rows, data = looked_at(given, options)
    except InvError as error:
        show(map(of_the_expression, error.diagnostics), options)
        raise Stop("", shown=True) from None
    if options.json:
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        metrics_table(rows)
    return 0


def looked_at(given: Input, options: Namespace) -> Made:
    folder = out_folder(options.output, given, False)
    require_writable(folder)
    model, truth = sized_model(given, options)
    operator = operator_named(model, options.of)
    folder.mkdir(parents=True, exist_ok=True)
    rows, data, picture = MAKERS[options.command](operator, model, truth, options)
    path = folder / f"{options.command}.png"
    picture(path)
    say(f"picture: {path}", options)
    return rows, {"program": given.source.name, "operator": options.of or operator.name, **data}


def of_the_expression(diagnostic: Diagnostic) -> Diagnostic:
    """A mistake in what --of says, at its place there and not in the line that was put behind the program."""
    return replace(diagnostic, labels=tuple(replace(m, span=in_expression(m.span)) for m in diagnostic.labels))


def in_expression(place: Span) -> Span:
    _, line, expression = place.source.text.partition(LINE)
    first = len(place.source.text) - len(expression)
    if not line or place.start < first:
        return place
    return Span(Source("--of", expression.rstrip()), place.start - first, place.end - first)


def sized_model(given: Input, options: Namespace) -> tuple[Model, dict[str, Any]]:
    """The program for its first picture; without one for small sizes, where nobody says others."""
    if options.of and not options.of.isidentifier():
        given = replace(given, source=Source(given.source.name, f"{given.source.text}{LINE}{options.of}\n"))
    program, planned = checked(given, options, of_the_expression)
    folders = (given.folder, *allowed(options))
    if program.simulated or program.pictures:
        model, _ = loaded(program, given, options, planned)
        _, truth = truths(model, folders)[0]
        return sized(model, truth), truth
    said = {item.partition("=")[0].strip() for item in options.set}
    own = [f"{name}={n}" for name, n in small_sizes(program).items() if name not in said]
    model, _ = loaded(program, given, Namespace(**{**vars(options), "set": [*options.set, *own]}))
    return model, {}


def operator_named(model: Model, wanted: str | None) -> Operator:
    """The operator that is meant: the one named, an expression, or the only one or the first."""
    names = model.operators
    name = OWN if wanted and not wanted.isidentifier() else wanted or (names[0] if names else "")
    if name not in names:
        what = (
            f"there is no operator `{wanted}`; {suggestion(wanted, names)}"
            if wanted
            else "no `let` is an operator: add one, `let A = …`, or write it behind --of"
        )
        raise Stop(what)
    operator: Operator = model[name]
    if not instruments.is_plain(operator):
        raise Stop(f"`{name}` has several parts; instruments look at one unknown array and one array of data")
    return operator


# ---- each instrument: rows, data, and what draws the picture


def spectrum(operator: Operator, model: Model, truth: dict[str, Any], options: Namespace) -> Any:
    found = instruments.spectrum(operator, options.seed)
    values = found.values.tolist()
    kind = "all" if found.whole else "the leading ones, by a randomised range finder"
    rows: list[Row] = [{"": f"σ{i + 1}", "singular value": values[i]} for i in places(len(values))]
    data = {"singular values": values, "whole": found.whole}
    curves = {operator.name if options.of is None else options.of: (range(1, len(values) + 1), values)}
    chart = Chart(curves, f"singular values: {kind}", "index", log_y=min(values) > 0)
    return rows, data, lambda path: path.write_bytes(chart_png(chart))


def places(count: int) -> list[int]:
    """At most twelve indices from first to last, close together at first."""
    return sorted({round((count - 1) * (i / 11) ** 2) for i in range(12)})


def cond(operator: Operator, model: Model, truth: dict[str, Any], options: Namespace) -> Any:
    found = instruments.condition(operator, options.seed)
    sign = "" if found.exact or found.least == 0 else "at least"
    rows: list[Row] = [{"largest": found.largest, "least": found.least, "condition": found.number, "": sign}]
    number = found.number if found.least else None
    data = {"largest": found.largest, "least": found.least, "condition": number, "exact": found.exact}
    curve = instruments.spectrum(operator, options.seed).values.tolist()
    chart = Chart({"σ": (range(1, len(curve) + 1), curve)}, f"condition {found.number:.3g}", "index", log_y=min(curve) > 0)
    return rows, data, lambda path: path.write_bytes(chart_png(chart))


def picard(operator: Operator, model: Model, truth: dict[str, Any], options: Namespace) -> Any:
    if not truth:
        raise Stop("picard looks at data of a known picture: add `simulate x = image(…)`")
    folders = (Path(model.program.source.name).resolve().parent, *allowed(options))
    data = measured(model, truth, options.seed, folders)
    y = next(
        (v for v in data.values() if not isinstance(v, tuple) and v.shape == operator(instruments.zeros_of(operator)).shape), None
    )
    if y is None:
        raise Stop(f"no data are of the size of what `{operator.name}` gives; name their operator with --of")
    found = instruments.picard(operator, y, options.seed)
    s, parts, ratios = (v.tolist() for v in (found.values, found.parts, found.ratios))
    rows: list[Row] = [{"": f"{i + 1}", "σ": s[i], "|uᴴy|": parts[i], "|uᴴy| / σ": ratios[i]} for i in places(len(s))]
    index = range(1, len(s) + 1)
    chart = Chart({"σ": (index, s), "|uᴴy|": (index, parts), "ratio": (index, ratios)}, "Picard's condition", "index", log_y=True)
    return rows, {"values": s, "parts": parts, "ratios": ratios}, lambda path: path.write_bytes(chart_png(chart))


def psf(operator: Operator, model: Model, truth: dict[str, Any], options: Namespace) -> Any:
    there, back = (as_numpy(v) for v in instruments.responses(operator))
    rows: list[Row] = []
    panels = []
    for name, array in (("A e", there), ("Aᴴ A e", back)):
        size = abs(array)
        peak = float(size.max()) or 1.0
        rows.append({"": name, "peak": peak, "sum": float(size.sum()), "entries above half": int((size >= peak / 2).sum())})
        if array.ndim >= 2:
            panels.append((name, one_gray(as_picture(size, (0.0, peak))), f"peak {peak:.3g}"))
    if not panels:
        raise Stop("an impulse response is shown of images, with two axes at least")
    return rows, {"responses": [dict(r) for r in rows]}, lambda path: side_by_side(panels, path)


def nullspace(operator: Operator, model: Model, truth: dict[str, Any], options: Namespace) -> Any:
    x = next((v for v in truth.values() if v.shape == instruments.zeros_of(operator).shape), None)
    if x is None:
        raise Stop("nullspace splits an image: add `simulate x = image(…)`")
    seen, unseen = instruments.split(operator, x.to(instruments.zeros_of(operator).dtype))
    total = float(x.norm()) ** 2 or 1.0
    named = (("x", x), ("A⁺ A x, what the data tell", seen), ("x − A⁺ A x, what they do not tell", unseen))
    rows: list[Row] = [
        {"": n, "share of ‖x‖²": float(v.norm()) ** 2 / total, "‖A ·‖": float(operator(v.to(seen.dtype)).norm())}
        for n, v in named
    ]
    top = float(x.abs().max()) or 1.0
    lowest = 0.0 if seen.is_complex() else min(0.0, *(float(v.min()) for _, v in named))
    panels = [(n.split(",")[0], as_picture(as_numpy(v), (lowest, top)), n.partition(", ")[2]) for n, v in named]
    return rows, {"shares": {str(r[""]): r["share of ‖x‖²"] for r in rows}}, lambda path: side_by_side(panels, path)


MAKERS = {"spectrum": spectrum, "cond": cond, "picard": picard, "psf": psf, "nullspace": nullspace}
