"""The library that ships with the language: where it lies, what it declares, and its definitions on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import invlang
from invlang.source import Source
from invlang.syntax import tree
from invlang.syntax.parse import parse

HEADING = re.compile(
    r"^(?P<keyword>primitive functional|primitive generator|primitive|operator|functional|algorithm|noise|generator|network)\s+(?P<name>\w+)",
    re.M,
)

GALLERY = "gallery"


@dataclass(frozen=True)
class Entry:
    """One definition in the library's text.  stem: the name of its file;  family: the folder."""

    name: str
    keyword: str
    path: Path
    start: int
    end: int

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def family(self) -> str:
        return self.path.parent.name

    @property
    def is_generator(self) -> bool:
        return self.keyword.endswith("generator")


@cache
def folder() -> Path:
    """The folder stdlib/, beside the package in a checkout and inside it in a wheel."""
    home = Path(invlang.__file__).parent
    inside, beside = home / "stdlib", home.parent / "stdlib"
    return inside if inside.is_dir() else beside


@cache
def source_of(path: Path) -> Source:
    return Source(f"stdlib/{path.relative_to(folder()).as_posix()}", path.read_text(encoding="utf-8"))


@cache
def entries() -> dict[str, Entry]:
    """Every definition of the library by name, in the order of files.

    A generator that shares its name with something else is found as `~Name`: it stands after the `~` of a `given`.
    """
    listed = list(headings_in(folder()))
    taken = {e.name for e in listed if not e.is_generator}
    found: dict[str, Entry] = {}
    for entry in listed:
        key = f"~{entry.name}" if entry.is_generator and entry.name in taken else entry.name
        assert key not in found, f"{entry.name} is declared twice in the library"
        found[key] = entry
    return found


def key_of(entry: Entry) -> str:
    """The name by which an entry is found."""
    shared = f"~{entry.name}"
    return shared if entries().get(shared) == entry else entry.name


def headings_in(place: Path) -> Iterator[Entry]:
    for path in sorted(p for p in place.rglob("*.inv") if p.parent.name != GALLERY):
        text = source_of(path).text
        headings = list(HEADING.finditer(text))
        starts = [doc_start(text, h.start()) for h in headings]
        for heading, start, end in zip(headings, starts, [*starts[1:], len(text)], strict=True):
            yield Entry(heading["name"], heading["keyword"], path, start, end)


@cache
def gallery() -> dict[str, Path]:
    """The programs that show a definition at work, by its name: whole programs, of which nothing is imported."""
    return {path.stem: path for path in sorted((folder() / GALLERY).glob("*.inv"))}


def doc_start(text: str, position: int) -> int:
    """Where the ## lines above a definition begin."""
    while position > 0:
        previous = text.rfind("\n", 0, position - 1) + 1
        if not text.startswith("##", previous):
            return position
        position = previous
    return position


@cache
def definition(name: str) -> tree.Definition | tree.Algorithm | tree.Network | None:
    """The definition of that name, parsed when first asked for."""
    entry = entries().get(name)
    if entry is None:
        return None
    whole = source_of(entry.path)
    lines_above = "\n" * whole.text.count("\n", 0, entry.start)
    program, mistakes = parse(Source(whole.name, lines_above + whole.text[entry.start : entry.end]))
    assert not mistakes, f"{entry.path.name}: {[d.headline for d in mistakes]}"
    assert len(program.statements) == 1, f"{entry.path.name}: {name}"
    return program.statements[0]  # type: ignore[return-value]


@cache
def modules() -> tuple[str, ...]:
    """What `use` may name: the library's files and folders."""
    return tuple(sorted({e.stem for e in entries().values()} | {e.family for e in entries().values()}))
