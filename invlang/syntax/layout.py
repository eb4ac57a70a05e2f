"""Where the words of a right program stand: spaces between them, indentation, aligned columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from invlang.diagnostics import columns
from invlang.source import Source
from invlang.syntax.align import Line, align
from invlang.syntax.keywords import type_keywords
from invlang.syntax.lexer import Scan, ends_a_value, scan
from invlang.syntax.lines import CLOSES, OPENS, name_keyword, split
from invlang.syntax.token import Token
from invlang.syntax.tree import Comment

STEP = 2
SIGNATURE = 7  # a signature on a line of its own stands further in than the equation below it
CLAUSES = ("CLAUSE", "MINIMIZE", "SAMPLE", "ESTIMATE")


@dataclass
class _Layout:
    """The lines so far; the open brackets, each with the indentation of its line and how much further
    in its own lines stand (more where something follows it on its line); comments that wait for their
    line; the last word."""

    source: Source
    begins: set[int]
    lines: list[Line] = field(default_factory=list)
    open: list[tuple[str, int, int]] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    last: Token | None = None


def lay_out(source: Source) -> str:
    """The text of a right program in its canonical layout, ending with a line's end."""
    scanned = scan(source)
    tokens, begins = _typed(scanned)
    layout = _Layout(source, begins)
    for line in _source_lines(source, tokens, scanned.comments):
        _place(layout, line)
    layout.lines += layout.waiting
    _drop_blanks_at_brackets(layout.lines)
    align(layout.lines)
    text = "\n".join(piece for line in layout.lines for piece in ([""] if line.blank_before else []) + [line.text()])
    return text.strip("\n") + "\n" if text.strip() else ""


def _typed(scanned: Scan) -> tuple[list[Token], set[int]]:
    """All tokens, with the types that statements give them, and where lines of the program (not of the file) begin."""
    types: dict[int, str] = {}
    begins: set[int] = set()
    for statement in split(scanned.tokens):
        if statement.tokens[0].type != "DOCSTRING":
            name_keyword(statement)
            type_keywords(statement)
        before = "NEWLINE"
        for token in statement.tokens:
            if token.type != "NEWLINE":
                types[token.span.start] = token.type
                if before in ("NEWLINE", "LBRACE") or token.type in CLAUSES:
                    begins.add(token.span.start)
            before = token.type
    return [Token(types.get(t.span.start, t.type), t.text, t.span, t.first) for t in scanned.tokens], begins


def _source_lines(source: Source, tokens: list[Token], comments: tuple[Comment, ...] | list[Comment]) -> list[Line]:
    """The lines of the file that hold something."""
    items = [(t.span.start, t) for t in tokens] + [(c.span.start, c) for c in comments]
    lines, last = [], 0
    for _, group in groupby(sorted(items, key=lambda item: item[0]), key=_line_counter()):
        parts = [item for _, item in group]
        first, end = parts[0].span, parts[-1].span
        comment = parts[-1] if isinstance(parts[-1], Comment) else None
        code = [part for part in parts if isinstance(part, Token)]
        blank = bool(last) and first.line > last + 1
        place = columns(source.text[source.line_starts[end.line - 1] : end.start]) if comment and code else 0
        lines.append(Line(code, _tidy(comment), place, blank, source))
        last = source.line_of(max(end.start, end.end - 1))
    return lines


def _line_counter():
    """Numbers the lines that tokens and comments stand on: one more at each that is the first on its line."""
    count = 0

    def number(item: tuple[int, Token | Comment]) -> int:
        nonlocal count
        part = item[1]
        count += part.first if isinstance(part, Token) else part.own_line
        return count

    return number


def _tidy(comment: Comment | None) -> str | None:
    """A comment with a space after its signs."""
    if comment is None:
        return None
    text = comment.text.rstrip()
    signs = text[: len(text) - len(text.lstrip("#"))]
    rest = text[len(signs) :]
    return text if not rest or rest[0] in " !" else f"{signs} {rest}"


def _place(layout: _Layout, line: Line) -> None:
    """Gives a line its indentation and the spaces between its words."""
    if not line.tokens:
        line.indent = _inner_indent(layout)
        layout.waiting.append(line)
        return
    first = line.tokens[0]
    line.indent = _indent(layout, first)
    line.begins = first.span.start in layout.begins
    closes = first.type in CLOSES
    for comment in layout.waiting:
        comment.indent = _inner_indent(layout) if closes else line.indent
    layout.lines += [*layout.waiting, line]
    layout.waiting = []
    line.gaps = _gaps(layout, line.tokens)
    layout.last = line.tokens[-1]
    for token in line.tokens:
        if token.type in OPENS:
            layout.open.append((token.type, line.indent, STEP if token is line.tokens[-1] else 2 * STEP))
        elif token.type in CLOSES and layout.open:
            layout.open.pop()


def _inner_indent(layout: _Layout) -> int:
    """Where a line that begins something stands."""
    if layout.open and layout.open[-1][0] != "LBRACE":
        return layout.open[-1][1] + layout.open[-1][2]
    return STEP * len(layout.open)


def _indent(layout: _Layout, first: Token) -> int:
    if first.type in CLOSES and layout.open:
        kind, indent, _ = layout.open[-1]
        return STEP * (len(layout.open) - 1) if kind == "LBRACE" else indent
    inner = _inner_indent(layout)
    if first.span.start in layout.begins or first.type == "LBRACE" or (layout.open and layout.open[-1][::2] == ("LPAR", STEP)):
        return inner
    if not (layout.open and layout.open[-1][0] != "LBRACE"):
        inner += SIGNATURE if first.type == "COLON" else STEP
    return max(inner, _written_indent(first))  # the author may put what goes on further to the right


def _written_indent(first: Token) -> int:
    """The column where the author put the first word of a line."""
    text, start = first.span.source.text, first.span.start
    return columns(text[text.rfind("\n", 0, start) + 1 : start])


def _gaps(layout: _Layout, tokens: list[Token]) -> list[str]:
    """The space before each token of a line."""
    gaps, in_facts, depth = [""], False, 0
    is_sign = tokens[0].type == "MINUS" and not ends_a_value(layout.last)
    for before, token in zip(tokens, tokens[1:], strict=False):
        in_facts = (in_facts or before.type == "IS") and before.type not in ("LAW", "EXAMPLE", "HAS", "EQUAL", "LBRACE")
        depth += (before.type == "LPAR") - (before.type == "RPAR")
        gaps.append(_gap(layout, before, token, in_facts and depth == 0, is_sign))
        is_sign = token.type == "MINUS" and not ends_a_value(before)
    return gaps


def _gap(layout: _Layout, before: Token, token: Token, in_facts: bool, after_sign: bool) -> str:
    kinds = (before.type, token.type)
    if token.type in CLAUSES and before.type not in ("LBRACE", "SEMICOLON"):
        return " " * min(3, max(2, token.span.start - before.span.end))
    if token.type == "WHERE" or before.type == "SEMICOLON":
        return " " * min(2, max(1, token.span.start - before.span.end))
    if kinds == ("NUMBER", "DOT"):
        return " "
    if token.type in _TIGHT_BEFORE or before.type in _TIGHT_AFTER or "CIRCUMFLEX" in kinds or after_sign:
        return ""
    if token.type in ("LPAR", "LSQB", "ELLIPSIS") and ends_a_value(before):
        return ""
    if in_facts and "MINUS" in kinds:
        return ""
    return " "


_TIGHT_BEFORE = frozenset(("COMMA", "RPAR", "RSQB", "ADJOINT", "SUPERSCRIPT", "DOT", "SEMICOLON", "NORM_CLOSE"))
_TIGHT_AFTER = frozenset(("LPAR", "LSQB", "DOT", "NORM_OPEN"))


def _drop_blanks_at_brackets(lines: list[Line]) -> None:
    """No empty line after an opening bracket or before a closing one."""
    for above, line in zip(lines, lines[1:], strict=False):
        opens = bool(above.tokens) and above.tokens[-1].type in OPENS
        closes = bool(line.tokens) and line.tokens[0].type in CLOSES
        if opens or closes:
            line.blank_before = False
