"""Right programs of every kind: no message, and the spaces of their operators, data and estimates."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.graph.program import Program
from invlang.meaning.elaborate import elaborate
from invlang.source import Source
from invlang.syntax.parse import parse

FOLDER = Path(__file__).parent / "programs"
RIGHT = sorted(FOLDER.glob("*.inv"))


def understood(path: Path) -> Program:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    tree, syntax = parse(source)
    program, mistakes = elaborate(tree, source, FOLDER)
    assert program is not None and not syntax and not mistakes, [*syntax, *mistakes]
    return program


def spaces(program: Program) -> str:
    """Every space that was inferred, a line each."""
    lines = [f"let {o.name} : {o.domain} -> {o.codomain}" for o in program.operators]
    for m in program.measurements:
        kind = "affine" if m.operator is not None else "map" if m.mean else ""
        lines.append(f"data {m.name} : {m.space} ~ {m.law}, {kind}")
    for e in program.estimators:
        lines += [f"{e.name} : {t.label} of {t.operator.domain} -> {t.operator.codomain}" for t in e.terms]
        if e.expression is not None:
            lines.append(f"{e.name} : {e.expression.space}")
        if e.not_yet:
            lines.append(f"{e.name} : later, {e.not_yet}")
    lines += [f"parameter {k.name} = {k.default}" for k in program.parameters]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_it_is_understood(path: Path, update_golden: bool) -> None:
    found = spaces(understood(path))
    golden = path.with_suffix(".spaces.txt")
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_there_are_enough() -> None:
    assert len(RIGHT) >= 15


def test_unknowns_further_down_are_part_of_every_term() -> None:
    program = understood(FOLDER / "unknowns_late.inv")
    domains = {t.operator.domain for e in program.estimators for t in e.terms}
    assert len(domains) == 1 and [u.name for u in program.unknowns] == ["x", "z"]


def test_files_of_a_used_file_bring_their_givens() -> None:
    program = understood(FOLDER / "scanner_user.inv")
    assert [g.known.name for g in program.givens] == ["mask"]
