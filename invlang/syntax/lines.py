"""Tokens to statements: where lines and brackets end, and which words are keywords there."""

from __future__ import annotations

from dataclasses import dataclass, field

from invlang.source import Span
from invlang.spelling import closest
from invlang.syntax import mistakes_python as python
from invlang.syntax import mistakes_statements as statements
from invlang.syntax import mistakes_structure as structure
from invlang.syntax.lexer import ends_a_value
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.token import Token
from invlang.syntax.words import BLOCKS, CLAUSES, OBJECTIVES, RESERVED, STATEMENTS

OPENS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSES = {closing: opening for opening, closing in OPENS.items()}
OPERATORS = frozenset(("PLUS", "MINUS", "TIMES", "SLASH", "FLOOR", "CIRCUMFLEX", "COMPOSE", "DOT"))
CONTINUES = OPERATORS | {
    "EQUAL", "COLON", "TILDE", "LBRACE", "RBRACE", "RPAR", "RSQB", "COMMA", "ARROW", "VBAR", "DOUBLE_EQUAL", "NOT_EQUAL",
    "LESSTHAN", "MORETHAN", "LESS_EQUAL", "GREATER_EQUAL", "ADJOINT", "SUPERSCRIPT",
}  # fmt: skip
_CLAUSE_WORDS = frozenset((*OBJECTIVES, *(word for words in CLAUSES.values() for word in words)))
_CONTINUING_WORDS = frozenset((*RESERVED, "over", "from"))


@dataclass
class Statement:
    """The tokens of one statement, with NEWLINE between the lines inside braces; mistakes: what is known to be wrong with it."""

    tokens: list[Token] = field(default_factory=list)
    mistakes: list[SyntaxMistake] = field(default_factory=list)


@dataclass
class _Splitter:
    """Where splitting stands: the statements so far, the open brackets of the last one."""

    tokens: list[Token]
    done: list[Statement] = field(default_factory=list)
    current: Statement = field(default_factory=Statement)
    open: list[Token] = field(default_factory=list)


def split(tokens: list[Token]) -> list[Statement]:
    """The statements of a program, in order.

    A line that begins with a statement's keyword and a name begins a statement, even where brackets are still open:
    they are reported and closed, so that a forgotten one never swallows the rest of the file.
    """
    work = _Splitter(tokens)
    for i, token in enumerate(tokens):
        if token.first and work.current.tokens:
            _begin_line(work, i, token)
        _take(work, token)
    _finish(work)
    return work.done


def _begin_line(work: _Splitter, i: int, token: Token) -> None:
    if work.open and work.open[-1].type != "LBRACE" and token.type == "NAME" and _never_closes(work, i):
        _close_up_to_brace(work)
    last = work.current.tokens[-1]
    if begins_statement(work.tokens, i) or (not work.open and token.text in STATEMENTS and _is_alone(work.tokens, i)):
        _finish(work)
    elif work.open and work.open[-1].type == "LBRACE" and _begins_part(work, i):
        _add_newline(work, last.span)
    elif (not work.open or work.open[-1].type == "LBRACE") and _is_complete(last) and not _goes_on(token):
        if work.open:
            _add_newline(work, last.span)
        else:
            _finish(work)


def _begins_part(work: _Splitter, i: int) -> bool:
    """Whether a line inside braces surely begins a step (`x = …`) or a clause (`epochs 20`), even after an unfinished line."""
    if work.tokens[i].type != "NAME" or _is_alone(work.tokens, i):
        return False
    following = work.tokens[i + 1].type
    if work.current.tokens[0].text not in BLOCKS:
        return following == "EQUAL"
    return work.tokens[i].text in _CLAUSE_WORDS and following in ("NAME", "NUMBER", "TEXT", "LBRACE")


def _never_closes(work: _Splitter, i: int) -> bool:
    """Whether a line inside braces, at token i, follows a value in a bracket that nothing closes before the braces do."""
    if not ends_a_value(work.current.tokens[-1]) or not any(opening.type == "LBRACE" for opening in work.open):
        return False
    waiting, braces = 0, 0
    for opening in reversed(work.open):
        if opening.type == "LBRACE":
            break
        waiting += 1
    for j in range(i, len(work.tokens)):
        kind = work.tokens[j].type
        braces += (kind == "LBRACE") - (kind == "RBRACE")
        waiting += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
        if braces < 0 or (work.tokens[j].first and begins_statement(work.tokens, j)):
            break
    return waiting > 0


def _close_up_to_brace(work: _Splitter) -> None:
    last = work.current.tokens[-1].span
    work.current.mistakes.append(structure.Unclosed(_last_character(last), work.open[-1].span))
    while work.open[-1].type != "LBRACE":
        _close(work, Span(last.source, last.end, last.end))


def _last_character(span: Span) -> Span:
    return Span(span.source, max(span.start, span.end - 1), span.end)


def _is_alone(tokens: list[Token], i: int) -> bool:
    return i + 1 == len(tokens) or tokens[i + 1].first


def begins_statement(tokens: list[Token], i: int) -> bool:
    """Whether the statement keyword at i is followed by a name on its line, as nothing inside brackets ever is."""
    if tokens[i].text not in STATEMENTS or i + 1 == len(tokens) or tokens[i + 1].first:
        return False
    following = tokens[i + 1]
    return (following.type == "NAME" and following.text not in RESERVED) or (tokens[i].text == "use" and following.type == "TEXT")


def _is_complete(last: Token) -> bool:
    return ends_a_value(last) and last.text not in RESERVED or last.type in ("NEWLINE", "DOCSTRING")


def _goes_on(token: Token) -> bool:
    return token.type in CONTINUES or token.text in _CONTINUING_WORDS


def _add_newline(work: _Splitter, span: Span) -> None:
    if work.current.tokens[-1].type not in ("NEWLINE", "LBRACE"):
        work.current.tokens.append(Token("NEWLINE", "", Span(span.source, span.end, span.end)))


def _take(work: _Splitter, token: Token) -> None:
    tokens = work.current.tokens
    if token.type == "SEMICOLON" and work.open and work.open[-1].type == "LBRACE":
        _add_newline(work, token.span)
        return
    if token.type in OPENS:
        work.open.append(token)
    elif token.type in CLOSES:
        if not any(opening.type == CLOSES[token.type] for opening in work.open):
            work.current.mistakes.append(structure.ClosesNothing(token.span))
            return
        if work.open[-1].type != CLOSES[token.type]:
            work.current.mistakes.append(structure.Unclosed(token.span, work.open[-1].span))
        while work.open[-1].type != CLOSES[token.type]:
            _close(work, token.span)
        work.open.pop()
        if tokens[-1].type == "NEWLINE":
            tokens.pop()
    tokens.append(token)


def _close(work: _Splitter, span: Span) -> None:
    """Puts in the bracket that was forgotten."""
    if work.current.tokens[-1].type == "NEWLINE":
        work.current.tokens.pop()
    work.current.tokens.append(Token(OPENS[work.open.pop().type], "", Span(span.source, span.start, span.start)))


def _finish(work: _Splitter) -> None:
    """Ends the current statement, after closing what is still open."""
    if work.open:
        last = work.current.tokens[-1].span
        end = Span(last.source, last.end, last.end)
        work.current.mistakes.append(structure.Unclosed(_last_character(last), work.open[-1].span))
        while work.open:
            _close(work, end)
    if work.current.tokens:
        work.done.append(work.current)
    work.current = Statement()


def name_keyword(statement: Statement) -> bool:
    """Types the first token as its keyword, a misspelt one too; False where it begins no statement."""
    first = statement.tokens[0]
    following = statement.tokens[1] if len(statement.tokens) > 1 else None
    if first.type == "NAME" and first.text in STATEMENTS:
        statement.tokens[0] = Token(first.text.upper(), first.text, first.span, True)
        return True
    named = following is not None and not following.first and following.type in ("NAME", "TEXT")
    if first.type == "NAME" and first.text in python.STATEMENTS and (named or following is None or following.type == "LPAR"):
        statement.mistakes.append(python.PythonStatement(first.span))
        return False
    meant = closest(first.text, STATEMENTS) if named and first.type == "NAME" else None
    if meant:
        statement.mistakes.append(statements.MisspeltWord(first.span, meant))
        statement.tokens[0] = Token(meant.upper(), meant, first.span, True)
        return True
    statement.mistakes.append(statements.NotAStatement(first.span, following.text if following and not following.first else ""))
    return False
