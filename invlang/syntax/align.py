"""Columns: what stands below each other in lines that follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from invlang.diagnostics import columns
from invlang.source import Source
from invlang.syntax.token import Token
from invlang.syntax.words import DEFINITIONS

DECLARATIONS = ("GIVEN", "UNKNOWN", "LET", "DATA", "OBSERVE", "SIMULATE", "NETWORK")
_CLAUSES = ("CLAUSE", "MINIMIZE", "SAMPLE", "ESTIMATE")


@dataclass
class Line:
    """A line of a file.  gaps: the space before each token; begins: it begins a statement, a clause or a step;
    comment_column: where its comment stood.  Without tokens it is a comment alone."""

    tokens: list[Token]
    comment: str | None
    comment_column: int
    blank_before: bool
    source: Source
    indent: int = 0
    begins: bool = False
    gaps: list[str] = field(default_factory=list)
    comment_gap: int = 2

    def code(self) -> str:
        return " " * self.indent + "".join(gap + token.text for gap, token in zip(self.gaps, self.tokens, strict=True))

    def width(self) -> int:
        return columns(self.code().rpartition("\n")[2])

    def width_before(self, place: int) -> int:
        """How many columns the first tokens take, without the indentation."""
        return columns("".join(gap + token.text for gap, token in zip(self.gaps[:place], self.tokens[:place], strict=True)))

    def text(self) -> str:
        if not self.tokens:
            return " " * self.indent + (self.comment or "")
        return self.code() + (" " * self.comment_gap + self.comment if self.comment else "")


def align(lines: list[Line]) -> None:
    """Widens gaps so that runs of like lines have their parts below each other, comments last."""
    for run in _runs(lines):
        places = [_places(line) for line in run]
        for k in range(min(len(p) for p in places)):
            _align_at(run, [p[k] for p in places], keeps=_kind(run[0]) not in ("clause", "declaration", "step"))
    _align_comments(lines)


def _runs(lines: list[Line]) -> Iterator[list[Line]]:
    """Stretches of lines of one kind; lines that only go on, being further in, do not end one."""
    run: list[Line] = []
    for line in lines:
        if run and not line.blank_before and line.tokens and line.indent > run[0].indent and not line.begins:
            if _kind(line) is None or _kind(line) != _kind(run[0]):
                continue
        if run and (line.blank_before or line.indent != run[0].indent or _kind(line) != _kind(run[0])):
            yield run
            run = []
        if _kind(line) is not None:
            run.append(line)
    if run:
        yield run


def _kind(line: Line) -> str | None:
    """What a line is, where such lines are aligned."""
    types = [token.type for token in line.tokens]
    if not types:
        return None
    if line.begins and types[0] in DECLARATIONS and len(types) > 3:
        return "declaration"
    if line.begins and types[0].lower() in DEFINITIONS and _equation(types) is not None:
        return types[0]
    if types[0] in ("LAW", "EXAMPLE"):
        return "law"
    if line.begins and types[0] in _CLAUSES and len(types) > 1 and not {"LBRACE", "RBRACE", "SEMICOLON"} & set(types):
        return "clause" if sum(kind in _CLAUSES for kind in types) == 1 else None
    if line.begins and types[:2] == ["NAME", "EQUAL"] and not {"SEMICOLON", "LBRACE", "RBRACE"} & set(types):
        return "step"
    return None


def _equation(types: list[str]) -> int | None:
    """Where the equals sign of an equation stands that is all on one line with its head; None where it is not so simple."""
    depth = 0
    for i, kind in enumerate(types):
        depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
        if depth == 0 and kind in ("IS", "LAW", "EXAMPLE", "HAS"):
            return None
        if depth == 0 and kind == "EQUAL":
            return i
    return None


def _places(line: Line) -> list[int]:
    """The tokens of a line that are aligned with those of its neighbours."""
    types = [token.type for token in line.tokens]
    if types[0] in DECLARATIONS:
        return [1, 2]
    equation = _equation(types) if types[0].lower() in DEFINITIONS else None
    return [1] if equation is None else [equation]


def _align_at(run: list[Line], places: list[int], keeps: bool) -> None:
    """Moves one token of each line to the same column: the nearest; with keeps, where they all stood, if that is further."""
    ends = [line.width_before(place) for line, place in zip(run, places, strict=True)]
    column = max(ends) + 1
    if keeps and len(run) > 1:
        stood = {_stood(line, p) for line, p in zip(run, places, strict=True)}
        column = max(column, stood.pop()) if len(stood) == 1 else column
    for line, place, end in zip(run, places, ends, strict=True):
        line.gaps[place] = " " * (column - end)


def _stood(line: Line, place: int) -> int:
    """How many columns after its first token a token of a line stood."""
    return columns(line.source.text[line.tokens[0].span.start : line.tokens[place].span.start])


def _align_comments(lines: list[Line]) -> None:
    """Comments beside code keep their column, where the code leaves room; those of lines that follow each other share one."""
    run: list[Line] = []
    for line in [*lines, None]:
        is_beside = line is not None and bool(line.tokens) and line.comment is not None
        if run and (not is_beside or (line is not None and line.blank_before)):
            column = max(max(other.comment_column, other.width() + 2) for other in run)
            for other in run:
                other.comment_gap = column - other.width()
            run = []
        if line is not None and is_beside:
            run.append(line)
