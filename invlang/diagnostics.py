"""One kind of message, whoever has something to say; how a terminal and a machine read it."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from invlang.source import Span


@dataclass(frozen=True)
class Label:
    """A remark at a place; the primary one is where the mistake is, the others say what caused it."""

    span: Span
    text: str = ""
    primary: bool = False


@dataclass(frozen=True)
class Fix:
    """A replacement of text that `check --fix` may apply, if the result checks."""

    span: Span
    replacement: str


@dataclass(frozen=True)
class Diagnostic:
    """code: stable, `E0301`.  headline: one line in the user's words.  labels: the first primary one gives the place.
    notes: lines under the picture.  help: what to try."""

    code: str
    headline: str
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    severity: str = "error"

    @property
    def place(self) -> Span | None:
        """Where the mistake is: the first primary label's place, or the first label's."""
        return next((label.span for label in sorted(self.labels, key=lambda label: not label.primary)), None)


class Mistakes(Exception):
    """A stage could not go on; carries every diagnostic that it found."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]):
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.headline for d in self.diagnostics))


def render(diagnostics: Iterable[Diagnostic], colour: bool = False, width: int = 100) -> str:
    """All messages as a terminal shows them, sorted by place, each once; "" where there is none.

    colour: whether to use terminal colours; width: columns, beyond which the program's own lines are cut with `…`.
    """
    paint = _paint if colour else _plain
    blocks = [_Picture(d, paint, max(width, 40)).text() for d in in_order(diagnostics)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict]:
    """The same messages as plain data: lines and columns count from 1, ends are exclusive."""
    return [_as_dict(d) for d in in_order(diagnostics)]


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file and place, each once; those without a place come last."""
    found: dict[tuple, Diagnostic] = {}
    for d in diagnostics:
        place = d.place
        where = (1, "", 0, 0) if place is None else (0, place.source.name, place.start, place.end)
        found.setdefault((where, d.code, d.headline), d)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _as_dict(d: Diagnostic) -> dict:
    place = d.place
    return {
        "code": d.code,
        "severity": d.severity,
        "headline": d.headline,
        **(_place_as_dict(place) if place else dict.fromkeys(("file", "line", "column", "end_line", "end_column"))),
        "labels": [{**_place_as_dict(label.span), "text": label.text, "primary": label.primary} for label in d.labels],
        "notes": list(d.notes),
        "help": d.help,
        "fix": None if d.fix is None else {**_place_as_dict(d.fix.span), "replacement": d.fix.replacement},
    }


def _place_as_dict(span: Span) -> dict:
    source = span.source
    return {
        "file": source.name,
        "line": span.line,
        "column": span.column,
        "end_line": source.line_of(span.end),
        "end_column": source.column_of(span.end),
    }


# ---- the picture of one message

_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36", "gutter": "1;34", "cause": "1;34", "bold": "1", "help": "1;32"}


def _paint(role: str, text: str) -> str:
    return f"\x1b[{_COLOURS.get(role, '1')}m{text}\x1b[0m" if text else ""


def _plain(role: str, text: str) -> str:
    return text


@dataclass
class _Picture:
    """The lines of one message: headline, places with their lines of the program, notes, help."""

    diagnostic: Diagnostic
    paint: Callable[[str, str], str]
    width: int

    def text(self) -> str:
        d = self.diagnostic
        self.digits = max((len(str(label.span.line)) for label in d.labels), default=1)
        code = f"{d.severity}[{d.code}]" if d.code else d.severity
        lines = [self.paint(d.severity, code) + self.paint("bold", f": {d.headline}")]
        for number, labels in enumerate(_by_source(d)):
            lines += self._file(labels, is_first=number == 0)
        margin = " " * (self.digits + 3)
        for note in d.notes:
            first, *rest = _wrapped(note, self.width - len(margin))
            lines += [f"{self._gutter('', '=')} {first}", *(margin + line for line in rest)]
        if d.help:
            first, *rest = _wrapped(d.help, self.width - len(margin) - 6)
            lines += [f"{margin}{self.paint('help', 'help:')} {first}", *(f"{margin}      {line}" for line in rest)]
        return "\n".join(line.rstrip() for line in lines)

    def _gutter(self, number: str, sign: str = "|") -> str:
        return self.paint("gutter", f"{number:>{self.digits}} {sign}")

    def _file(self, labels: list[Label], is_first: bool) -> list[str]:
        place = next((label.span for label in labels if label.primary), labels[0].span)
        arrow = "-->" if is_first else ":::"
        head = f"{' ' * self.digits}{self.paint('gutter', arrow)} {place.source.name}:{place.line}:{place.column}"
        lines = [head, self._gutter("")]
        shown: int | None = None
        for label in sorted(labels, key=lambda label: (label.span.start, not label.primary)):
            if label.span.line != shown:
                shown = label.span.line
                lines.append(f"{self._gutter(str(shown))}   {self._cut(label.span)[0]}")
            lines += self._underline(label)
        return lines

    def _underline(self, label: Label) -> list[str]:
        """The row of signs under a place, and what is said about it: beside them, or below where it has several lines."""
        _, before, marked = self._cut(label.span)
        role = self.diagnostic.severity if label.primary else "cause"
        signs = self.paint(role, ("^" if label.primary else "-") * max(1, marked))
        row = f"{self._gutter('')}   {' ' * before}{signs}"
        if "\n" not in label.text:
            return [f"{row} {self.paint(role, label.text)}" if label.text else row]
        return [row, *(f"{self._gutter('')}     {line}" for line in label.text.split("\n"))]

    def _cut(self, span: Span) -> tuple[str, int, int]:
        """The line that a place begins in, as far as it fits; the columns before the place, and those of the place itself."""
        source, line = span.source, span.line
        raw = source.line_text(line)
        start = min(span.start - source.line_starts[line - 1], len(raw))
        end = max(start, min(span.end - source.line_starts[line - 1], len(raw)))
        room = self.width - self.digits - 6
        first = 0
        if columns(raw) > room:
            first = _first_shown(raw, start, end, room)
        cut = "…" if first else ""
        text = cut + spread(raw[first:])
        if columns(text) > room:
            text = _clipped(text, room - 1) + "…"
        before = columns(cut + spread(raw[first:start]))
        marked = min(columns(spread(raw[first:end])) + len(cut) - before, max(1, room - before))
        return text, before, marked


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, the longer ones broken between words."""
    return [piece for line in text.split("\n") for piece in (textwrap.wrap(line, width) if columns(line) > width else [line])]


def _by_source(d: Diagnostic) -> list[list[Label]]:
    """The labels of each file, the primary one's first."""
    groups: dict[str, list[Label]] = {}
    for label in sorted(d.labels, key=lambda label: not label.primary):
        groups.setdefault(label.span.source.name, []).append(label)
    return list(groups.values())


def _first_shown(raw: str, start: int, end: int, room: int) -> int:
    """Where a long line is cut at its left, so that the place and something before it are seen."""
    if columns(spread(raw[:end])) < room:
        return 0
    return max(0, start - max(8, (room - (end - start)) // 2))


def _clipped(text: str, room: int) -> str:
    """As much of a text as fits in so many columns."""
    while columns(text) > room:
        text = text[: max(0, min(len(text) - 1, room))]
    return text


def spread(text: str) -> str:
    """Text with its tabs as spaces and without signs that would move the cursor."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _SPREAD.get(c, "" if unicodedata.category(c) == "Cf" else " ") for c in text)


_SPREAD = {"\t": "    "}


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters take two, combining signs none."""
    if text.isascii():
        return len(text) + 3 * text.count("\t")
    return sum(_column_count(c) for c in text)


def _column_count(c: str) -> int:
    if c == "\t":
        return 4
    if unicodedata.combining(c) or unicodedata.category(c) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
