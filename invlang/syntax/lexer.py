"""Text to tokens, with the mistakes that single characters can make.  Never gives up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from invlang.source import Source, Span
from invlang.syntax import mistakes_characters as wrong
from invlang.syntax import mistakes_python as python
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.tables import load_tables
from invlang.syntax.token import Token
from invlang.syntax.tree import Comment
from invlang.syntax.words import RESERVED, STATEMENTS

SPACES = " \t\r\f\v\u00a0\u2002\u2003\u2007\u2009\u200a\u200b\u202f\u3000\ufeff"
_NUMBER_TAIL = re.compile(r"(?:\.(?!\.)|[A-Za-z0-9_\u0370-\u03ff]|(?<=[eE])[+-](?=\d))+")
_NUMBER_LIKE = re.compile(r"0[xXbBoO]\w*|[0-9.]+[eE][0-9]*")
_QUOTED = re.compile(r"'[^'\n]*'")
_FRACTION = re.compile(r"\.\d[\w.]*")
_WORD = re.compile(r"\w+")
_ENDS_A_VALUE = frozenset(
    ("NAME", "NUMBER", "TEXT", "RPAR", "RSQB", "RBRACE", "ADJOINT", "SUPERSCRIPT", "NORM_CLOSE", "ELLIPSIS")
)


@dataclass
class Scan:
    """What a text holds.  tokens: words and signs in order; comments: every `#`, docs `##` too."""

    source: Source
    tokens: list[Token] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    mistakes: list[SyntaxMistake] = field(default_factory=list)
    norms: int = 0  # how many `‖` are open


def ends_a_value(token: Token | None) -> bool:
    return token is not None and token.type in _ENDS_A_VALUE


@cache
def _pattern() -> re.Pattern[str]:
    """One regular expression of all terminals but words: what may hold other signs first, then the longest signs."""
    signs = {name: pattern for name, pattern in load_tables().terminals.items() if not re.fullmatch(r"[a-z]+", pattern)}
    signs |= {"SPACE": f"[{SPACES}]+", "LINE": r"\n", "OPEN": '"""', "POWER": r"\*\*", "NORM": signs["NORM_CLOSE"]}
    first = ("SPACE", "LINE", "COMMENT", "DOCSTRING", "OPEN", "TEXT", "NUMBER", "NAME", "SUPERSCRIPT")
    rest = signs.keys() - {*first, "CLAUSE", "NORM_OPEN", "NORM_CLOSE"}
    order = (*first, *sorted(rest, key=lambda name: (-_longest(signs[name]), name)))
    return re.compile("|".join([*(f"(?P<{name}>{signs[name]})" for name in order), r"(?P<OTHER>.)"]))


def _longest(pattern: str) -> int:
    """How many characters the longest spelling of a sign has."""
    return max(len(spelling) for spelling in pattern.replace("\\", "").removeprefix("(?:").removesuffix(")").split("|"))


def scan(source: Source) -> Scan:
    """All tokens and comments of a text, and what is wrong with its characters."""
    result, text, pattern = Scan(source), source.text, _pattern()
    at, first = 0, True
    while at < len(text):
        match = pattern.match(text, at)
        assert match is not None
        kind, end = match.lastgroup, match.end()
        if kind == "LINE":
            first = True
        elif kind == "COMMENT":
            result.comments.append(Comment(Span(source, at, end), match.group(), first))
        elif kind != "SPACE":
            end = _take(result, str(kind), at, end, first)
            first = False
        at = end
    return result


def _take(result: Scan, kind: str, at: int, end: int, first: bool) -> int:
    """Appends the token that stands at [at, end), after mending what is wrong with it; gives where to go on."""
    source = result.source
    if kind in _MENDED:
        kind, end = _MENDED[kind](result, at, end)
    elif kind == "NAME":
        if first and source.text[at:end] in STATEMENTS:
            result.norms = 0
        if source.text.startswith("__", at):
            result.mistakes.append(python.DunderName(Span(source, at, end)))
    if kind:
        result.tokens.append(Token(kind, source.text[at:end], Span(source, at, end), first))
    return end


def _take_number(result: Scan, at: int, end: int) -> tuple[str, int]:
    tail = _NUMBER_TAIL.match(result.source.text, end)
    if tail is None:
        return "NUMBER", end
    span = Span(result.source, at, tail.end())
    digits = re.match(r"[0-9]+(\.[0-9]+)?", span.text)
    rest = span.text[digits.end() :] if digits else ""
    is_name = re.fullmatch(r"[^\W\d_]\w*", rest) and not _NUMBER_LIKE.fullmatch(span.text)
    result.mistakes.append(wrong.NameBeginsWithDigit(span) if is_name else wrong.MalformedNumber(span))
    return "NUMBER", span.end


def _take_power(result: Scan, at: int, end: int) -> tuple[str, int]:
    result.mistakes.append(python.DoubleStar(Span(result.source, at, end)))
    return "CIRCUMFLEX", end


def _take_norm(result: Scan, at: int, end: int) -> tuple[str, int]:
    """`‖` closes an open one after a value, and opens one anywhere else."""
    before = result.tokens[-1] if result.tokens else None
    if result.norms and before is not None and ends_a_value(before) and before.text not in RESERVED:
        result.norms -= 1
        return "NORM_CLOSE", end
    result.norms += 1
    return "NORM_OPEN", at + 1


def _take_other(result: Scan, at: int, end: int) -> tuple[str, int]:
    source, text = result.source, result.source.text
    if text[at] == '"':
        stop = text.find("\n", at)
        return _unterminated(result, at, len(text) if stop < 0 else stop)
    quoted = _QUOTED.match(text, at)
    if quoted:
        result.mistakes.append(wrong.SingleQuotes(Span(source, at, quoted.end())))
        return "TEXT", quoted.end()
    word = _WORD.match(text, at)
    before = result.tokens[-1] if result.tokens else None
    if word and before and before.type == "NAME" and before.span.end == at:
        before.span = Span(source, before.span.start, word.end())
        before.text = before.span.text
        result.mistakes.append(wrong.UnknownCharacter(before.span))
        return "", word.end()
    end = word.end() if word else end
    while not word and text.startswith(text[at], end):
        end += 1
    result.mistakes.append(wrong.UnknownCharacter(Span(source, at, end)))
    return ("NAME" if word else ""), end


def _unterminated(result: Scan, at: int, end: int) -> tuple[str, int]:
    result.mistakes.append(wrong.UnterminatedText(Span(result.source, at, end)))
    return ("DOCSTRING" if result.source.text.startswith('"""', at) else "TEXT"), end


def _take_open_docstring(result: Scan, at: int, end: int) -> tuple[str, int]:
    return _unterminated(result, at, _end_of_open_docstring(result.source.text, at))


def _end_of_open_docstring(text: str, at: int) -> int:
    """The end of the line before the next one that begins a statement."""
    begins = re.compile(rf"\n(?={'|'.join(STATEMENTS)}\b)[a-z]+[ \t]+\w")
    match = begins.search(text, at)
    return match.start() if match else len(text)


def _take_dot(result: Scan, at: int, end: int) -> tuple[str, int]:
    """A dot before a name; before digits it is a fraction without its zero."""
    match = _FRACTION.match(result.source.text, at)
    if match is None:
        return "DOT", end
    result.mistakes.append(wrong.MalformedNumber(Span(result.source, at, match.end())))
    return "NUMBER", match.end()


_MENDED = {
    "OTHER": _take_other,
    "NUMBER": _take_number,
    "POWER": _take_power,
    "NORM": _take_norm,
    "DOT": _take_dot,
    "OPEN": _take_open_docstring,
}
