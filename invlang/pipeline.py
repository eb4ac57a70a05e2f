"""The compiler on one screen: parse → elaborate → simplify → plan → emit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from invlang.diagnostics import Diagnostic
from invlang.emit.module import write_module
from invlang.graph.program import Program
from invlang.meaning.elaborate import elaborate
from invlang.plan.module import Planned, plan_program
from invlang.source import Source
from invlang.syntax.parse import parse


@dataclass(frozen=True)
class Checked:
    """A program, or None, and what is to be said of it.  planned: how it would run, where it is right."""

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    planned: Planned | None = None


@dataclass(frozen=True)
class Compiled:
    """planned: the module before it is written, with every derivation;  text: the torch module."""

    planned: Planned
    text: str


def check(source: Source, folder: Path, allowed: tuple[Path, ...] = (), allow_python: bool = False) -> Checked:
    """Reads a program: all mistakes of syntax and meaning at once."""
    tree, syntax = parse(source)
    program, meaning = elaborate(tree, source, folder, allowed, allow_python)
    diagnostics = (*syntax, *(d for d in meaning if not any(is_echo(d, earlier) for earlier in syntax)))
    if program is None or diagnostics:
        return Checked(None, diagnostics)
    planned = plan_program(program, level=2)
    return Checked(program, planned.diagnostics, planned)


def is_echo(said: Diagnostic, earlier: Diagnostic) -> bool:
    """Whether what is said about the meaning is about a place that cannot be read: a text without its end has none."""
    return said.place is not None and earlier.place is not None and said.place.overlaps(earlier.place)


def compile_program(program: Program, level: int = 2, planned: Planned | None = None) -> Compiled:
    """The torch module of a program.  level: 2 simplifies, 0 writes down what the program says.  planned: what `check` found for level 2."""
    if planned is None or level != 2:
        planned = plan_program(program, level)
    return Compiled(planned, write_module(planned.module))
