"""invlang run: measure or simulate, reconstruct, compare; a table, and a folder with pictures and the report."""

from __future__ import annotations

import inspect
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from invlang.commands.inputs import Input, read_input
from invlang.commands.output import say
from invlang.commands.programs import allowed, as_number, checked, settings, show
from invlang.commands.stop import Stop, because
from invlang.data.files import DataError, read_array
from invlang.errors import InvError
from invlang.graph.program import Program
from invlang.model import Model, bind
from invlang.outcome import as_data, write_outcome
from invlang.progress import metrics_table
from invlang.run import chosen, table
from invlang.run import run as run_program
from invlang.spelling import closest


def run(options: Namespace) -> int:
    inputs = read_input(options.files)
    results = []
    for number, given in enumerate(inputs):
        if len(inputs) > 1 and not options.json:
            print(f"{'' if number == 0 else chr(10)}{given.source.name}")
        try:
            results.append(run_one(given, options, len(inputs) > 1))
        except InvError as error:
            show(error.diagnostics, options)
            raise Stop("", shown=True) from None
    if options.json:
        print(json.dumps(results if len(inputs) > 1 else results[0], indent=2, ensure_ascii=False))
    return 0


def run_one(given: Input, options: Namespace, several: bool) -> dict[str, Any]:
    program = checked(given, options)
    model, numbers = loaded(program, given, options)
    only = [n for item in options.only for n in item.split(",") if n]
    if program.estimators and not chosen(program, only):
        raise Stop("; ".join(f"`{e.name}` needs {e.not_yet}, which is not there yet" for e in program.estimators))
    if not program.estimators and not program.simulated and not program.pictures:
        raise Stop(f"{program.source.name} has nothing to run: add `reconstruct tv {{ minimize … }}`")
    folder = out_folder(options.output, given, several)
    require_writable(folder)
    outcome = run_program(model, (given.folder, *allowed(options)), options.seed, only, numbers, options.quiet)
    said = {"seed": str(options.seed), "precision": options.dtype, "device": options.device or "cpu"}
    outcome = replace(outcome, settings=said)
    for warning in outcome.warnings:
        say(warning, options)
    try:
        write_outcome(folder, outcome, model._instances.compiled)
    except OSError as error:
        raise Stop(f"`{folder}` cannot be written: {because(error)}") from None
    if not options.json:
        metrics_table(table(outcome))
    say(f"report: {folder / 'report.html'}", options)
    return as_data(outcome)


def out_folder(output: str | None, given: Input, several: bool) -> Path:
    """-o as it is for one program, with a folder inside for each of several; else beside the caller."""
    if output is None:
        return Path(f"{given.stem}-out")
    return Path(output) / given.stem if several else Path(output)


def require_writable(folder: Path) -> None:
    """Says before a long run, not after it, that the results cannot be kept."""
    if folder.exists() and not folder.is_dir():
        raise Stop(f"`{folder}` is a file; the results need a folder")
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".invlang-probe"
        probe.touch()
        probe.unlink()
        if is_new:
            folder.rmdir()
    except OSError as error:
        raise Stop(f"`{folder}` cannot be written: {because(error)}") from None


# ---- --set


def loaded(program: Program, given: Input, options: Namespace) -> tuple[Model, dict[str, dict[str, Any]]]:
    """The program with what --set gives it, and numbers of estimators by name."""
    folders = (given.folder, *allowed(options))
    arguments: dict[str, Any] = {}
    for_estimators: dict[str, dict[str, Any]] = {}
    arrays = {g.known.name for g in program.givens}
    own = {*arrays, *(p.name for p in program.parameters), *(d.name for d in program.dims)}
    for name, text in settings(options).items():
        if name in own:
            arguments[name] = array_of(text) if name in arrays else as_number(text, name)
        else:
            for_estimators[name] = as_number(text, name)
    model = bind(program, arguments, options.dtype, options.device, options.seed, options.level, folders)
    return model, numbers_of_estimators(model, for_estimators, sorted(own))


def array_of(text: str) -> Any:
    """The user names the file on the command line, so it may lie anywhere."""
    path = Path(text)
    try:
        return read_array(path.name, [path.resolve().parent])
    except DataError as error:
        raise Stop(str(error)) from None


def numbers_of_estimators(model: Model, wanted: dict[str, Any], own: list[str]) -> dict[str, dict[str, Any]]:
    """tv.iterations is of one estimator, iterations of every one that has it.  Raises Stop for a name that nobody has."""
    parameters = {
        n: [p for p in inspect.signature(model._instances.estimator_class(n)).parameters if p != "model"]
        for n in model.estimators
    }
    found: dict[str, dict[str, Any]] = {n: {} for n in parameters}
    for name, value in wanted.items():
        estimator, dot, parameter = name.rpartition(".")
        takers = [n for n, known in parameters.items() if parameter in known and (not dot or n == estimator)]
        if not takers:
            known = [
                *own,
                *(f"{n}.{p}" for n, ps in parameters.items() for p in ps),
                *{p for ps in parameters.values() for p in ps},
            ]
            close = closest(name, known)
            raise Stop(
                f"--set {name}: nothing of that name can be set"
                + (f"; did you mean `{close}`?" if close else f"; these can: {', '.join(known)}")
            )
        for taker in takers:
            found[taker][parameter] = value
    return found
