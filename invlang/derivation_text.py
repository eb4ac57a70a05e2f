"""Print a derivation in a terminal: formula, reason and place in columns."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from unicodedata import combining, east_asian_width

from typing_extensions import assert_never

from invlang.derivation import Derivation, Entry, Line, Note, Section, Table, as_text

MARGIN = 5
WIDEST_FORMULA = 60


def derivation_text(derivation: Derivation, width: int = 120) -> str:
    """The derivation as plain text, ending in a line end; long reasons are wrapped to `width` columns."""
    sections = [section_text(number, section, width) for number, section in enumerate(derivation.sections, 1)]
    return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in sections) + "\n"


def section_text(number: int, section: Section, width: int) -> list[str]:
    heading = f"{number}  {section.heading}"
    if section.items and isinstance(section.items[0], Table):
        first, *rest = table_lines(section.items[0], heading)
        return [first, *rest, *items_text(section.items[1:], width)]
    return [heading, *items_text(section.items, width)]


def items_text(items: tuple, width: int) -> list[str]:
    """Neighbours of one kind are set together, so that their columns meet."""
    lines: list[str] = []
    for kind, group in groupby(items, type):
        if kind is Line:
            lines += formula_lines(tuple(group), width)
        elif kind is Note:
            lines += note_lines(tuple(group), width)
        elif kind is Entry:
            lines += entry_lines(tuple(group), width)
        elif kind is Table:
            for table in group:
                lines += table_lines(table, "")
        else:
            assert_never(kind)
    return lines


def formula_lines(lines: tuple[Line, ...], width: int) -> list[str]:
    """Relations of one chain stand below each other; reasons share a column, places another one at the right."""
    formulas = aligned_formulas(lines)
    reasoned = [columns(f) for f, line in zip(formulas, lines, strict=True) if line.because and columns(f) <= WIDEST_FORMULA]
    reason_at = max(reasoned, default=0) + 6
    place_at = width - max((columns(line.place) for line in lines if line.place), default=0)
    out: list[str] = []
    for text, line in zip(formulas, lines, strict=True):
        room = (place_at - 2 if line.place else width) - reason_at
        reasons = wrap(line.because, max(24, room)) or [""]
        if columns(text) + 2 > reason_at and line.because:
            out.append(text)
            text = ""
        for position, reason in enumerate(reasons):
            row = pad(text if position == 0 else "", reason_at) + reason if reason else text
            last = position == 0 and line.place
            out.append(pad(row.rstrip(), max(place_at, columns(row.rstrip()) + 2)) + line.place if last and line.place else row)
    return out


def aligned_formulas(lines: tuple[Line, ...]) -> list[str]:
    """`left relation right` of each line; a line without a left has its relation below the one above."""
    texts, relation_at = [], 0
    for line in lines:
        start = " " * (MARGIN + 2 * line.indent)
        if line.left is not None:
            start += as_text(line.left)
            relation_at = columns(start) + 1
        if line.relation:
            start = f"{pad(start, relation_at)}{line.relation} {as_text(line.right)}"
        elif line.right is not None:
            start = f"{start} {as_text(line.right)}" if start.strip() else start + as_text(line.right)
        texts.append(start)
    return texts


def note_lines(notes: tuple[Note, ...], width: int) -> list[str]:
    lead = max((columns(note.word) + 2 for note in notes if note.word), default=0)
    place_at = width - max((columns(note.place) for note in notes if note.place), default=0)
    out: list[str] = []
    for note in notes:
        start = " " * (MARGIN + 2 * note.indent) + (pad(note.word, lead) if note.word else "")
        room = (place_at - 2 if note.place else width) - columns(start)
        for position, text in enumerate(wrap(note.text, max(24, room), break_long_words=False) or [""]):
            row = (start if position == 0 else " " * columns(start)) + text
            out.append(pad(row, place_at) + note.place if note.place and position == 0 else row)
    return out


def entry_lines(entries: tuple[Entry, ...], width: int) -> list[str]:
    text_at = MARGIN + max(2 * e.indent + columns(e.name) for e in entries) + 4
    out: list[str] = []
    for entry in entries:
        start = " " * (MARGIN + 2 * entry.indent) + entry.name
        for position, text in enumerate(wrap(entry.text, max(24, width - text_at)) or [""]):
            out.append(pad(start if position == 0 else "", text_at) + text)
    return out


def table_lines(table: Table, heading: str) -> list[str]:
    """The table with `heading`, and what it is about, in front of its column names; numbers stand at the right."""
    title = ", ".join(part for part in (heading, table.columns[0]) if part) if heading else " " * MARGIN + table.columns[0]
    first = max(columns(title), *(MARGIN + columns(row[0]) for row in table.rows)) if table.rows else columns(title)
    rows = [(title, *table.columns[1:]), *((" " * MARGIN + row[0], *row[1:]) for row in table.rows)]
    widths = [max(map(columns, column)) for column in list(zip(*rows, strict=True))[1:]]
    return [pad(row[0], first) + "".join("    " + before(c, w) for c, w in zip(row[1:], widths, strict=True)) for row in rows]


def columns(text: str) -> int:
    """How many columns of a terminal the text takes.

    >>> columns("ĥ̄ ²")
    3
    """
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def before(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
