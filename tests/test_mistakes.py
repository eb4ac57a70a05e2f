"""Wrong programs and what is said about them: each file in mistakes/syntax has its messages beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.diagnostics import render
from invlang.source import Source
from invlang.syntax.mistakes import ALL, PAGES
from invlang.syntax.parse import parse, read

FOLDER = Path(__file__).parent / "mistakes" / "syntax"
WRONG = sorted(FOLDER.glob("*.inv"))


def source_of(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_what_is_said(path: Path, update_golden: bool) -> None:
    _, diagnostics = parse(source_of(path))
    said = render(diagnostics)
    golden = path.with_suffix(".txt")
    if update_golden:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_there_are_enough() -> None:
    assert len(WRONG) >= 30


def test_each_kind_of_mistake_has_a_wrong_program() -> None:
    made = {type(mistake) for path in WRONG for mistake in read(source_of(path))[1]}
    assert not set(ALL) - made


def test_each_kind_of_mistake_has_its_own_code_and_page() -> None:
    assert len(PAGES) == len(ALL)
    for kind in ALL:
        assert kind.code.startswith("E01") and len(kind.page.split("\n")) >= 3, kind
        assert kind.page.split("\n")[1] == "", kind


def test_no_golden_file_without_its_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in WRONG}


def test_fixes_mend() -> None:
    """What a fix replaces is never the same mistake again."""
    for path in WRONG:
        source = source_of(path)
        for diagnostic in parse(source)[1]:
            if diagnostic.fix is None:
                continue
            start, end = diagnostic.fix.span.start, diagnostic.fix.span.end
            mended = source.text[:start] + diagnostic.fix.replacement + source.text[end:]
            again = parse(Source(path.name, mended))[1]
            assert not [d for d in again if d.code == diagnostic.code and d.place.start == start], (path, diagnostic)
