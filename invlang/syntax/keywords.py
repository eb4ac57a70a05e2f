"""Which names of a statement are keywords, by where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from invlang.spelling import closest
from invlang.syntax import mistakes_statements as wrong
from invlang.syntax.lexer import ends_a_value
from invlang.syntax.lines import Statement
from invlang.syntax.token import Token
from invlang.syntax.words import AFTER_A_VALUE, BLOCKS, CLAUSES, DEFINITIONS, FLAGS, OBJECTIVES, RESERVED

_ALL_CLAUSES = frozenset(word for words in CLAUSES.values() for word in words)


@dataclass
class _Walk:
    """Where typing stands: the words before each open brace, and how many other brackets are open."""

    statement: Statement
    blocks: list[str] = field(default_factory=list)
    brackets: int = 0
    clause: str = ""


def type_keywords(statement: Statement) -> None:
    """Types the NAME tokens that are keywords where they stand.  The first token is typed already."""
    tokens, walk = statement.tokens, _Walk(statement)
    head = tokens[0].text
    has_clauses = head in BLOCKS
    walk.clause = head
    for i in range(1, len(tokens)):
        token = tokens[i]
        if token.type == "LBRACE":
            walk.blocks.append(walk.clause)
        elif token.type == "RBRACE" and walk.blocks:
            walk.blocks.pop()
        elif token.type in ("LPAR", "LSQB"):
            walk.brackets += 1
        elif token.type in ("RPAR", "RSQB"):
            walk.brackets -= 1
        elif token.type == "NAME":
            tokens[i] = _typed(walk, i, has_clauses)


def _typed(walk: _Walk, i: int, has_clauses: bool) -> Token:
    tokens = walk.statement.tokens
    token, before = tokens[i], tokens[i - 1]
    text, head = token.text, tokens[0].text
    if has_clauses and walk.blocks and not walk.brackets and _may_begin_clause(before):
        return _clause_word(walk, token, before)
    if text in RESERVED and before.type != "DOT":
        return _as(token, text.upper())
    if text in AFTER_A_VALUE and ends_a_value(before):
        return _as(token, text.upper())
    if text == "when" and before.type == "CLAUSE" and before.text == "stop":
        return _as(token, "WHEN")
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if head == "use" and text == "python" and i == 1 and following and following.type == "TEXT":
        return _as(token, "PYTHON")
    if head == "primitive" and i == 1 and (*DEFINITIONS, "network").count(text) and following and following.type == "NAME":
        return _as(token, text.upper())
    if head == "algorithm" and text == "repeat" and following and following.type == "LBRACE":
        return _as(token, "REPEAT")
    return token


def _may_begin_clause(before: Token) -> bool:
    return before.type in ("LBRACE", "NEWLINE", *map(str.upper, FLAGS)) or (ends_a_value(before) and before.type != "ELLIPSIS")


def _clause_word(walk: _Walk, token: Token, before: Token) -> Token:
    """A name where only a clause can begin: that clause's word, whether or not it is spelt right."""
    text, block = token.text, walk.blocks[-1]
    at_start = before.type in ("LBRACE", "NEWLINE", "RBRACE")
    if not at_start and (text in ("from", "over", "per") or text in RESERVED and text != "by"):
        return _as(token, text.upper())
    known = (*(OBJECTIVES if block == "reconstruct" else ()), *CLAUSES.get(block, ()))
    if text not in known:
        meant = closest(text, known)
        if not meant and not at_start and not token.first:
            return token
        if meant and text not in _ALL_CLAUSES:
            walk.statement.mistakes.append(wrong.MisspeltWord(token.span, meant))
            text = meant
        else:
            walk.statement.mistakes.append(wrong.UnknownClause(token.span, block))
    walk.clause = text
    return Token(text.upper() if text in (*OBJECTIVES, *FLAGS) else "CLAUSE", text, token.span, token.first)


def _as(token: Token, type: str) -> Token:
    return Token(type, token.text, token.span, token.first)
