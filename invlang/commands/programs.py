"""Programs as commands work on them: checked, with what the command line gives them."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from invlang.commands.inputs import Input
from invlang.commands.output import in_colour, width
from invlang.commands.stop import Stop
from invlang.diagnostics import Diagnostic, as_json, render
from invlang.graph.program import Program
from invlang.pipeline import check
from invlang.plan.module import Planned


def allowed(options: Namespace) -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in options.allow_read)


def checked(
    given: Input, options: Namespace, placed: Callable[[Diagnostic], Diagnostic] | None = None
) -> tuple[Program, Planned]:
    """The program and how it would run, its warnings shown.  Raises Stop when it has mistakes, after showing them.

    placed: a message at the place where the user wrote what it is about, if that is not the program.
    """
    found = check(given.source, given.folder, allowed(options), options.allow_python)
    show(found.diagnostics if placed is None else map(placed, found.diagnostics), options)
    if found.program is None or found.planned is None or has_errors(found.diagnostics):
        raise Stop("", shown=True)
    return found.program, found.planned


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.severity == "error" for d in diagnostics)


def show(diagnostics: Iterable[Diagnostic], options: Namespace) -> None:
    """Messages for people on standard error; with --json for machines on standard output."""
    diagnostics = tuple(diagnostics)
    if getattr(options, "json", False) and diagnostics:
        print(json.dumps({"diagnostics": as_json(diagnostics)}, indent=2, ensure_ascii=False))
        return
    sys.stderr.write(render(diagnostics, in_colour(sys.stderr), width()))


def settings(options: Namespace) -> dict[str, str]:
    """--set name=value, as written.  Raises Stop where it is not of that form."""
    found = {}
    for item in options.set:
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise Stop(f"--set wants name=value, as in --set sigma=0.05; `{item}` is not of that form", 2)
        found[name.strip()] = value.strip()
    return found


def as_number(text: str, name: str) -> Any:
    """
    >>> as_number("3", "H"), as_number("1e-2", "sigma")
    (3, 0.01)
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise Stop(f"--set {name}={text}: `{text}` is no number", 2)
