"""Text to tree, with every syntax mistake at once."""

from __future__ import annotations

from dataclasses import fields, replace

from invlang.diagnostics import Diagnostic, Mistakes
from invlang.source import Source, Span
from invlang.syntax import tree
from invlang.syntax.build import ACTIONS, Misbuilt
from invlang.syntax.diagnose import explain, mend
from invlang.syntax.driver import Unreadable, run
from invlang.syntax.keywords import type_keywords
from invlang.syntax.lexer import Scan, scan
from invlang.syntax.lines import Statement, name_keyword, split
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.mistakes_characters import UnterminatedText
from invlang.syntax.mistakes_statements import LateDescription, MisspeltWord, UnknownClause
from invlang.syntax.mistakes_structure import TooDeep, Unclosed, Unexpected, UnfinishedLine
from invlang.syntax.tables import load_tables
from invlang.syntax.token import Token

DEEPEST = 100


def parse(source: Source) -> tuple[tree.Program, list[Diagnostic]]:
    """The tree of a program and everything that is wrong with its syntax.  Never raises.

    A statement with a mistake in it is left out of the tree where it cannot be mended; all others are in it.
    """
    program, mistakes = read(source)
    return program, [mistake.diagnostic() for mistake in mistakes]


def read(source: Source) -> tuple[tree.Program, list[SyntaxMistake]]:
    """As parse, with the mistakes as they were found, in the order of their places."""
    scanned = scan(source)
    mistakes = list(scanned.mistakes)
    doc: str | None = None
    found: list[tree.Statement] = []
    lost: list[str] = []
    docs = _docs_by_last_line(scanned)
    for index, statement in enumerate(split(scanned.tokens)):
        first = statement.tokens[0]
        if first.type == "DOCSTRING":
            mistakes += statement.mistakes
            if index == 0:
                doc = _unindented(first.text)
            else:
                mistakes.append(LateDescription(first.span))
            continue
        node = _read_statement(statement, scanned.mistakes)
        mistakes += statement.mistakes
        if node is None:
            lost += [t.text for t in statement.tokens[:2] if t.type == "NAME"]
        else:
            found.append(_with_doc(node, docs.get(first.span.line - 1)))
    comments = tuple(c for c in scanned.comments if not (c.own_line and c.text.startswith("##")))
    whole = Span(source, 0, len(source.text))
    mistakes = [m for m in mistakes if not _is_swallowed(m, scanned.mistakes)]
    mistakes.sort(key=lambda m: (m.span.start, m.span.end))
    return tree.Program(doc, tuple(found), comments, tuple(lost), span=whole), mistakes


def parse_expression(source: Source) -> tree.Expression:
    """The tree of one expression, `where` included.  Raises Mistakes."""
    scanned = scan(source)
    statement = Statement([Token("NEWLINE", "", Span(source, 0, 0)), *scanned.tokens])
    type_keywords(statement)
    mistakes = list(scanned.mistakes)
    tokens = [*statement.tokens[1:], _end_of(statement.tokens)]
    try:
        if not mistakes:
            return _shallow(run(load_tables(), tokens, "formula", ACTIONS), tokens)
    except Unreadable as problem:
        mistakes.append(explain(tokens, problem.index, problem.expected, "expression"))
    except Misbuilt as problem:
        mistakes.append(problem.mistake)
    raise Mistakes([mistake.diagnostic() for mistake in mistakes])


def _read_statement(statement: Statement, scanned: list[SyntaxMistake]) -> tree.Statement | None:
    """The statement's node; what is wrong with it is added to its mistakes, unless something in it was wrong before."""
    if not name_keyword(statement):
        return None
    type_keywords(statement)
    start, end = statement.tokens[0].span.start, statement.tokens[-1].span.end
    known = [m for m in (*statement.mistakes, *scanned) if start <= m.span.start < end or m in statement.mistakes]
    tokens = [*statement.tokens, _end_of(statement.tokens)]
    found: list[SyntaxMistake] = []
    node = _read_mending(tokens, found)
    statement.mistakes += [m for m in found if not any(_follows_from(m, earlier) for earlier in known)]
    return node


def _is_swallowed(mistake: SyntaxMistake, scanned: list[SyntaxMistake]) -> bool:
    """Whether the closing bracket that is missed stands inside a text without an end."""
    if not isinstance(mistake, Unclosed):
        return False
    return any(isinstance(m, UnterminatedText) and mistake.opening.start < m.span.start <= mistake.span.end for m in scanned)


def _follows_from(mistake: SyntaxMistake, earlier: SyntaxMistake) -> bool:
    """Whether a mistake is probably only the echo of another: it comes after it on the same line, or inside the same bracket."""
    if isinstance(earlier, MisspeltWord | UnknownClause):
        return isinstance(mistake, Unexpected | UnfinishedLine) and mistake.span.line == earlier.span.line
    begin = min(label.span.start for label in earlier.diagnostic().labels)
    return mistake.span.start >= begin and mistake.span.line <= earlier.span.source.line_of(earlier.span.end)


def _read_mending(tokens: list[Token], found: list[SyntaxMistake]) -> tree.Statement | None:
    """Reads a statement; where it cannot be read the mistake is reported and mended, or the line inside its braces left out,
    and the rest read again."""
    head = tokens[0].text
    for _ in range(len(tokens)):
        try:
            return _shallow(run(load_tables(), tokens, "statement", ACTIONS), tokens)
        except Unreadable as problem:
            mistake = explain(tokens, problem.index, problem.expected, head)
            found.append(mistake)
            mended = mend(tokens, problem.index, mistake) or _without_line(tokens, problem.index)
            if mended is None:
                return None
            tokens = mended
        except Misbuilt as problem:
            if not found:
                found.append(problem.mistake)
            return None
    return None


def _without_line(tokens: list[Token], index: int) -> list[Token] | None:
    line = _line_around(tokens, index)
    return None if line is None else tokens[: line[0]] + tokens[line[1] :]


def _line_around(tokens: list[Token], index: int) -> tuple[int, int] | None:
    """The stretch of tokens between the line ends around a place inside braces; None outside braces or across them."""
    start = index
    while start > 0 and tokens[start - 1].type not in ("NEWLINE", "LBRACE", "RBRACE"):
        start -= 1
    end = index
    while end < len(tokens) and tokens[end].type not in ("NEWLINE", "LBRACE", "RBRACE", "$END"):
        end += 1
    if start == 0 or end == start or tokens[start - 1].type == "RBRACE" or tokens[end].type in ("LBRACE", "$END"):
        return None
    if tokens[end].type == "NEWLINE":
        return start, end + 1
    return (start - 1, end) if tokens[start - 1].type == "NEWLINE" else (start, end)


def _end_of(tokens: list[Token]) -> Token:
    last = tokens[-1].span
    return Token("$END", "", Span(last.source, last.end, last.end))


def _shallow(node, tokens: list[Token]):
    """The node itself; Misbuilt where it is nested so deeply that no walk over it would be safe."""
    if len(tokens) <= DEEPEST:
        return node
    level = [node]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return node
    raise Misbuilt(TooDeep(tokens[0].span))


def _children(node: tree.Node) -> list[tree.Node]:
    found = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tree.Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, tree.Node)]
    return found


def _docs_by_last_line(scanned: Scan) -> dict[int, str]:
    """The texts of the `##` lines, by the number of the last line of each run of them."""
    found: dict[int, str] = {}
    for comment in scanned.comments:
        if comment.own_line and comment.text.startswith("##"):
            line = comment.span.line
            text = comment.text.lstrip("#").removeprefix(" ").rstrip()
            above = found.pop(line - 1, None)
            found[line] = text if above is None else f"{above}\n{text}"
    return found


def _with_doc(node: tree.Statement, doc: str | None) -> tree.Statement:
    return replace(node, doc=doc) if doc is not None and hasattr(node, "doc") else node


def _unindented(quoted: str) -> str:
    """The text between three quotes, without the indentation that its lines share."""
    lines = quoted.removeprefix('"""').removesuffix('"""').split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    return "\n".join([lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])]).strip()
