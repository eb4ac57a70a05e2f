"""Wrong programs and what is said about them: each file in mistakes/meaning has its messages beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.diagnostics import Diagnostic, render
from invlang.fixes import apply_fix
from invlang.meaning.elaborate import elaborate
from invlang.meaning.mistakes import ALL
from invlang.mistakes import all_pages, page
from invlang.source import Source
from invlang.syntax.parse import parse

FOLDER = Path(__file__).parent / "mistakes" / "meaning"
WRONG = sorted(FOLDER.glob("*.inv"))


def source_of(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


def diagnose(source: Source) -> list[Diagnostic]:
    program, syntax = parse(source)
    return [*syntax, *elaborate(program, source, FOLDER)[1]]


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_what_is_said(path: Path, update_golden: bool) -> None:
    said = render(diagnose(source_of(path)))
    golden = path.with_suffix(".txt")
    if update_golden:
        golden.write_text(said, encoding="utf-8")
    assert said and said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_it_is_told_in_the_users_own_text(path: Path) -> None:
    for diagnostic in diagnose(source_of(path)):
        for label in diagnostic.labels:
            assert not label.span.source.name.startswith("stdlib/"), diagnostic
        told = [diagnostic.headline, *diagnostic.notes, diagnostic.help or "", *(label.text for label in diagnostic.labels)]
        for text in told:
            assert not any(word in text for word in ("invlang.", "object at", "None", "Traceback", "sympy", "°", "Floor")), text


def test_there_are_enough() -> None:
    assert len(WRONG) >= 60


def test_each_kind_of_mistake_has_a_wrong_program() -> None:
    made = {d.code for path in WRONG for d in diagnose(source_of(path))}
    assert not {kind.code for kind in ALL} - made


def test_each_kind_of_mistake_has_its_own_code_and_page() -> None:
    codes = [kind.code for kind in ALL]
    assert len(set(codes)) == len(codes)
    for kind in ALL:
        lines = kind.page.split("\n")
        assert len(lines) >= 5 and lines[1] == "", kind
        assert page(kind.code) == kind.page == all_pages()[kind.code]
    assert page("E9999") is None
    assert all("# wrong" in kind.page and "# right" in kind.page for kind in ALL)


def test_no_golden_file_without_its_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in WRONG}


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_fixes_mend(path: Path) -> None:
    """Each fix that is offered leaves fewer mistakes, and `apply_fix` takes it."""
    source = source_of(path)
    found = diagnose(source)
    for diagnostic in found:
        if diagnostic.fix is not None:
            start, end, text = diagnostic.fix.span.start, diagnostic.fix.span.end, diagnostic.fix.replacement
            mended = source.text[:start] + text + source.text[end:]
            again = diagnose(Source(source.name, mended))
            assert (diagnostic.code, diagnostic.headline) not in [(d.code, d.headline) for d in again if d.place.start == start]
    mended = apply_fix(source, found, diagnose)
    assert len(diagnose(Source(source.name, mended))) < len(found) or mended == source.text
