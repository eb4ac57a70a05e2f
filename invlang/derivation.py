"""A derivation as data: sections of formula lines, notes, entries and tables.  Printers are beside it."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.mathematics import Formula, read_formula, to_unicode

Mathematics = Formula | str


@dataclass(frozen=True)
class Line:
    """left relation right, and why it holds.  Without a left, it goes on from the line above; without a relation it is one
    formula.  A str is mathematics in Unicode.  place: where in the user's file or the library it comes from."""

    left: Mathematics | None
    relation: str = ""
    right: Mathematics | None = None
    because: str = ""
    place: str | None = None
    indent: int = 0


@dataclass(frozen=True)
class Note:
    """A sentence; `word` ("because", "and") leads it."""

    text: str
    word: str = ""
    place: str | None = None
    indent: int = 0


@dataclass(frozen=True)
class Entry:
    """A name and what is said of it, as in a list of what was not taken."""

    name: str
    text: str
    indent: int = 0


@dataclass(frozen=True)
class Table:
    """Rows of words and numbers under a heading; the first cell of `columns` says what the table is about."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Item = Line | Note | Entry | Table


@dataclass(frozen=True)
class Section:
    heading: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """title: what is derived ("deblur.inv · tv").  sections: numbered from 1 when printed."""

    title: str
    sections: tuple[Section, ...] = ()


def as_text(mathematics: Mathematics | None) -> str:
    """One line of Unicode.

    >>> as_text("Aᴴ A")
    'Aᴴ A'
    """
    return mathematics if isinstance(mathematics, str) else "" if mathematics is None else to_unicode(mathematics)


def as_formula(mathematics: Mathematics) -> Formula:
    """The tree, read from Unicode where it is a str."""
    return read_formula(mathematics) if isinstance(mathematics, str) else mathematics
