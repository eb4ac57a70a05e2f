"""Objectives that no algorithm solves as it was asked, and what is said: each file in mistakes/planning has its messages beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

import invlang.plan.mistakes
from invlang.diagnostics import Diagnostic, render
from invlang.pipeline import check
from invlang.plan.misfits import Obstacle
from invlang.plan.mistakes import DoesNotFitObjective
from invlang.source import Source, Span

FOLDER = Path(__file__).parent / "mistakes" / "planning"
WORDS = (
    "L0 is not convex, so that there may be minima that are not the lowest",
    "it has no known Lipschitz constant",
    "it is something else",
)
WRONG = sorted(FOLDER.glob("*.inv"))


def diagnose(path: Path) -> list[Diagnostic]:
    return list(check(Source(path.name, path.read_text(encoding="utf-8")), FOLDER).diagnostics)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_what_is_said(path: Path, update_golden: bool) -> None:
    said = render(diagnose(path))
    golden = path.with_suffix(".txt")
    if update_golden:
        golden.write_text(said, encoding="utf-8")
    assert said and said == golden.read_text(encoding="utf-8")


def test_each_kind_of_mistake_has_a_wrong_program() -> None:
    kinds = {c.code for c in vars(invlang.plan.mistakes).values() if isinstance(c, type) and getattr(c, "page", "")}
    assert not kinds - {d.code for path in WRONG for d in diagnose(path)}


def test_no_golden_file_without_its_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in WRONG}


@pytest.mark.parametrize("obstacle", Obstacle)
def test_what_to_write_instead_follows_from_the_kind_of_obstacle_and_not_from_words(obstacle: Obstacle) -> None:
    span = Span(Source("a.inv", "x"), 0, 1)
    asked = {DoesNotFitObjective(span, "GD", words, obstacle, None).help() for words in WORDS}
    assert len(asked) == 1
    assert (asked == {None}) == (obstacle is Obstacle.OTHER)
