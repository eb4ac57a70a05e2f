"""Set a derivation as HTML with MathML: a fragment for the report, or a page of its own."""

from __future__ import annotations

from html import escape
from itertools import groupby

from typing_extensions import assert_never

from invlang.derivation import Derivation, Entry, Line, Mathematics, Note, Section, Table, as_formula
from invlang.mathematics import reads_as_words, split_prose, to_mathml
from invlang.page import html_page


def derivation_page(derivation: Derivation) -> str:
    """A whole page that needs no network."""
    return html_page(derivation.title, f"<main><h1>{escape(derivation.title)}</h1>{derivation_html(derivation)}</main>")


def derivation_html(derivation: Derivation, level: int = 2) -> str:
    """The sections as a fragment; `level` is that of their headings (2 gives h2)."""
    sections = "".join(section_html(n, section, level) for n, section in enumerate(derivation.sections, 1))
    return f'<div class="derivation">{sections}</div>'


def section_html(number: int, section: Section, level: int) -> str:
    heading = f'<h{level}><span class="number">{number}</span>{escape(section.heading)}</h{level}>'
    groups = "".join(group_html(kind, tuple(items)) for kind, items in groupby(section.items, type))
    return f"<section>{heading}{groups}</section>"


def group_html(kind: type, items: tuple) -> str:
    if kind is Line:
        return f'<div class="lines">{"".join(map(line_html, items))}</div>'
    if kind is Note:
        return "".join(map(note_html, items))
    if kind is Entry:
        return f"<dl>{''.join(map(entry_html, items))}</dl>"
    if kind is Table:
        return "".join(map(table_html, items))
    assert_never(kind)


def line_html(line: Line) -> str:
    """One row: left, relation and right, reason, place; the page's style lays them in columns, or below each other."""
    left = mathematics(line.left)
    right = f"{relation_html(line.relation)}{mathematics(line.right)}" if line.relation else mathematics(line.right)
    whole = "" if right or line.left is None else " whole"
    because = f'<span class="because">{prose(line.because)}</span>' if line.because else "<span></span>"
    place = f'<span class="place">{escape(line.place)}</span>' if line.place else "<span></span>"
    cells = f'<span class="left{whole}">{left}</span>' + ("" if whole else f'<span class="right">{right}</span>')
    return f'<div class="line{indent(line.indent)}">{cells}{because}{place}</div>'


def relation_html(relation: str) -> str:
    return f'<span class="relation">{escape(relation)}</span>'


def mathematics(content: Mathematics | None) -> str:
    """Formulas as MathML; a line that is a sentence stays one."""
    if content is None or content == "":
        return ""
    return prose(content) if isinstance(content, str) and reads_as_words(content) else to_mathml(as_formula(content))


def note_html(note: Note) -> str:
    word = f'<span class="word">{escape(note.word)}</span> ' if note.word else ""
    place = f' <span class="place">{escape(note.place)}</span>' if note.place else ""
    return f'<p class="note{indent(note.indent)}"><span>{word}{prose(note.text)}</span>{place}</p>'


def entry_html(entry: Entry) -> str:
    return f"<div><dt>{escape(entry.name)}</dt><dd>{prose(entry.text)}</dd></div>"


def table_html(table: Table) -> str:
    head = "".join(f"<th>{prose(cell)}</th>" for cell in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{prose(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def indent(steps: int) -> str:
    return f" in{min(steps, 3)}" if steps > 0 else ""


def prose(text: str) -> str:
    """A sentence; the mathematics in it is set as mathematics."""
    return "".join(escape(piece) if isinstance(piece, str) else to_mathml(piece) for piece in split_prose(text))
