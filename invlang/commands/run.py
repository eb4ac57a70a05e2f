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
from invlang.commands.sweeps import sweep_of
from invlang.data.files import DataError, read_array
from invlang.errors import InvError
from invlang.graph.program import Program
from invlang.model import Model, bind
from invlang.outcome import as_data, write_outcome
from invlang.plan.module import Planned
from invlang.progress import metrics_table, progress_bar
from invlang.report import Part
from invlang.results import table
from invlang.run import Outcome, chosen
from invlang.run import run as run_program
from invlang.spelling import closest
from invlang.sweep import sentences, shown, swept
from invlang.sweep_pictures import sweep_part


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
    program, planned = checked(given, options)
    model, numbers = loaded(program, given, options, planned)
    sweep = sweep_of(options)
    only = [n for item in options.only for n in item.split(",") if n]
    if program.estimators and not chosen(program, only):
        raise Stop("; ".join(f"`{e.name}` needs {e.not_yet}, which is not there yet" for e in program.estimators))
    if not program.estimators and not program.simulated and not program.pictures:
        raise Stop(f"{program.source.name} has nothing to run: add `reconstruct tv {{ minimize … }}`")
    folder = out_folder(options.output, given, several)
    require_writable(folder)
    if sweep is not None:
        return run_sweep(model, numbers, given, options, only, folder, *sweep)
    outcome = run_program(model, (given.folder, *allowed(options)), options.seed, only, numbers, options.quiet)
    outcome = replace(outcome, settings=settings_said(options))
    for warning in outcome.warnings:
        say(warning, options)
    write(folder, outcome, model)
    if not options.json:
        metrics_table(table(outcome))
    say(f"report: {folder / 'report.html'}", options)
    return as_data(outcome)


def settings_said(options: Namespace) -> dict[str, str]:
    return {"seed": str(options.seed), "precision": options.dtype, "device": options.device or "cpu"}


def write(folder: Path, outcome: Outcome, model: Model, *parts: Part) -> None:
    try:
        write_outcome(folder, outcome, model._instances.compiled, parts)
    except OSError as error:
        raise Stop(f"`{folder}` cannot be written: {because(error)}") from None


def run_sweep(
    model: Model, numbers: dict[str, dict[str, Any]], given: Input, options: Namespace, only: list[str], folder: Path, name: str,
    values: list[float],
) -> dict[str, Any]:  # fmt: skip
    """The program for each value of a number, and what came out best."""
    program, folders = model.program, (given.folder, *allowed(options))
    of_model = name in {*(p.name for p in program.parameters), *(d.name for d in program.dims)}
    takers = [] if of_model else takers_of(model, name)
    if not of_model and not takers:
        raise nothing_of_that_name("sweep", name, model)
    names = [n for n in chosen(program, only) if of_model or n in takers]
    if not names:
        raise Stop(f"--sweep {name}: {' and '.join(only)} {'have' if len(only) > 1 else 'has'} no such number", 2)
    with progress_bar(name, len(values), options.quiet) as advance:

        def run_for(value: float) -> Outcome:
            if of_model:
                said = Namespace(**{**vars(options), "set": [*options.set, f"{name}={value}"]})
                outcome = run_program(loaded(program, given, said)[0], folders, options.seed, names, numbers, quiet=True)
            else:
                own = {n: {**numbers[n], **({name.rpartition(".")[2]: value} if n in takers else {})} for n in numbers}
                outcome = run_program(model, folders, options.seed, names, own, quiet=True)
            advance(1, f"{name} = {value:.3g}")
            return replace(outcome, settings=settings_said(options))

        sweep = swept(name, values, names, of_model, run_for)
    outcome = shown(sweep)
    for line in (*outcome.warnings, *sentences(sweep)):
        say(line, options)
    part = sweep_part(sweep)
    write(folder, outcome, model, part)
    if not options.json:
        metrics_table(part.rows)
    say(f"report: {folder / 'report.html'}", options)
    return as_data(outcome, (part,))


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


def loaded(
    program: Program, given: Input, options: Namespace, planned: Planned | None = None
) -> tuple[Model, dict[str, dict[str, Any]]]:
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
    model = bind(program, arguments, options.dtype, options.device, options.seed, options.level, folders, planned)
    return model, numbers_of_estimators(model, for_estimators)


def array_of(text: str) -> Any:
    """The user names the file on the command line, so it may lie anywhere."""
    path = Path(text)
    try:
        return read_array(path.name, [path.resolve().parent])
    except DataError as error:
        raise Stop(str(error)) from None


def numbers_by_estimator(model: Model) -> dict[str, list[str]]:
    """The numbers that each estimator takes."""
    taken = {n: inspect.signature(model._instances.estimator_class(n)).parameters for n in model.estimators}
    return {n: [p for p in parameters if p != "model"] for n, parameters in taken.items()}


def takers_of(model: Model, name: str) -> list[str]:
    """The estimators that a name is for: tv.iterations is of one, iterations of every one that has it."""
    estimator, dot, parameter = name.rpartition(".")
    return [n for n, known in numbers_by_estimator(model).items() if parameter in known and (not dot or n == estimator)]


def nothing_of_that_name(option: str, name: str, model: Model) -> Stop:
    """What can be set instead; a sweep is of numbers only."""
    program, parameters = model.program, numbers_by_estimator(model)
    own = [*(p.name for p in program.parameters), *(d.name for d in program.dims)]
    own += [g.known.name for g in program.givens] if option == "set" else []
    each = [f"{n}.{p}" for n, ps in parameters.items() for p in ps]
    known = [*sorted(own), *each, *sorted({p for ps in parameters.values() for p in ps})]
    close = closest(name, known)
    says = f"; did you mean `{close}`?" if close else f"; these can: {', '.join(known)}"
    return Stop(f"--{option} {name}: nothing of that name can be {'set' if option == 'set' else 'swept'}{says}", 2)


def numbers_of_estimators(model: Model, wanted: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """tv.iterations is of one estimator, iterations of every one that has it.  Raises Stop for a name that nobody has."""
    found: dict[str, dict[str, Any]] = {n: {} for n in numbers_by_estimator(model)}
    for name, value in wanted.items():
        parameter = name.rpartition(".")[2]
        takers = takers_of(model, name)
        if not takers:
            raise nothing_of_that_name("set", name, model)
        for taker in takers:
            found[taker][parameter] = value
    return found
