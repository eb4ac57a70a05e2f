"""From the token where reading stopped to the mistake that was probably made."""

from __future__ import annotations

from collections.abc import Sequence

from invlang.source import Span
from invlang.syntax import mistakes_python as python
from invlang.syntax import mistakes_statements as statements
from invlang.syntax import mistakes_structure as structure
from invlang.syntax.lexer import ends_a_value
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.token import Token
from invlang.syntax.words import RESERVED

_BEGINS_A_VALUE = ("NAME", "NUMBER", "TEXT", "LPAR", "LSQB", "NORM_OPEN")
_SIGNS = {"EQUAL": "=", "TILDE": "~", "COLON": ":"}
_TYPES = {"=": "EQUAL", "~": "TILDE", ":": "COLON", "==": "DOUBLE_EQUAL"}
_SAYS = {"reconstruct": "minimize …", "evaluate": "metrics psnr, ssim"}
_DEFINING = ("EQUAL", "TILDE", "COLON", "DOUBLE_EQUAL")
_SHOWN = {
    "COMMA": "`,`", "EQUAL": "`=`", "COLON": "`:`", "TILDE": "`~`", "LBRACE": "`{`", "RBRACE": "`}`", "RPAR": "`)`",
    "RSQB": "`]`", "ARROW": "`->`", "ELSE": "`else`", "FROM": "`from`", "SOLVES": "`solves`", "$END": "the end of the line",
    "NORM_CLOSE": "`‖`",
    "TEXT": "a text", "LPAR": "`(`", "CLAUSE": "a clause word",
}  # fmt: skip


def explain(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake:
    """The mistake at tokens[index], which cannot follow; head: the statement's keyword."""
    before = tokens[index - 1] if index else None
    for kind in (_foreign, _space, _wrong_sign, _reserved, _bracket, _missing_sign, _unfinished):
        mistake = kind(tokens, index, expected, head)
        if mistake:
            return mistake
    return structure.Unexpected(_visible(tokens, index), _in_words(expected, before), _hint(tokens, index, expected, head))


def mend(tokens: list[Token], index: int, mistake: SyntaxMistake) -> list[Token] | None:
    """The tokens as they were probably meant, so that reading can go on; None where that is not known."""
    token = tokens[index]
    put = Span(token.span.source, token.span.start, token.span.start)
    if isinstance(mistake, structure.MissingComma):
        return [*tokens[:index], Token("COMMA", "", put), *tokens[index:]]
    if isinstance(mistake, structure.MissingEquals):
        return [*tokens[:index], Token(_TYPES[mistake.sign], "", put), *tokens[index:]]
    if isinstance(mistake, structure.WrongSign):
        return [*tokens[:index], Token(_TYPES[mistake.expected], token.text, token.span), *tokens[index + 1 :]]
    if isinstance(mistake, statements.ReservedName):
        return [*tokens[:index], Token("NAME", token.text, token.span), *tokens[index + 1 :]]
    if isinstance(mistake, python.Subscript | structure.SpaceOfData):
        return [*tokens[:index], *(t for t in tokens[index:] if t.span.start >= mistake.span.end)]
    return None


def _foreign(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    """Habits from Python."""
    token, before = tokens[index], tokens[index - 1]
    if token.type == "NAME" and before.text == "lambda":
        return python.PythonLambda(before.span)
    if token.type == "COLON" and _is_after_lambda(tokens, index):
        return python.PythonLambda(tokens[index - 1].span)
    if token.text in ("and", "or") and token.type == "NAME":
        return python.PythonLogic(token.span)
    if before.text == "not" and before.type == "NAME" and token.type in _BEGINS_A_VALUE:
        return python.PythonLogic(before.span)
    if token.type == "LSQB" and ends_a_value(before) and before.type != "NUMBER":
        return python.Subscript(_to_closing(tokens, index))
    return None


def _is_after_lambda(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index - 1].text == "lambda" and tokens[index - 1].type == "NAME" and index > 2


def _space(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    """A space where none is said, or none where one is."""
    token, name = tokens[index], tokens[index - 1]
    law = next((t for t in tokens[index:] if t.type == "TILDE"), None)
    if head == "data" and token.type == "COLON" and law is not None and "TILDE" in expected:
        return structure.SpaceOfData(token.span.to(tokens[tokens.index(law) - 1].span), name.text)
    if head == "given" and token.type == "EQUAL" and "COLON" in expected and index == 2:
        return structure.GivenWithoutSpace(token.span, name.text)
    return None


def _wrong_sign(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    """= where ~ was wanted, == where = was, and so on."""
    token = tokens[index]
    wanted = [sign for sign in _SIGNS if sign in expected]
    if token.type in _DEFINING and wanted:
        best = "COLON" if head in ("given", "unknown") and "COLON" in wanted else wanted[0]
        return structure.WrongSign(token.span, _SIGNS[best], head)
    if token.type == "EQUAL" and "DOUBLE_EQUAL" in expected and any(t.type == "IF" for t in tokens[max(0, index - 4) : index]):
        return structure.WrongSign(token.span, "==", "if")
    return None


def _reserved(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    token = tokens[index]
    if token.text in RESERVED and "NAME" in expected and not ends_a_value(tokens[index - 1]):
        return statements.ReservedName(token.span)
    return None


def _bracket(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    """Two values side by side inside brackets."""
    token, before = tokens[index], tokens[index - 1]
    opening = _innermost_opening(tokens, index)
    if opening is None or "COMMA" not in expected:
        return None
    if token.type in _BEGINS_A_VALUE and ends_a_value(before):
        return structure.MissingComma(token.span, before.span, opening.span)
    return None


def _missing_sign(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    """A name followed by its meaning without a sign between them; a case without its else."""
    token, before = tokens[index], tokens[index - 1]
    if "ELSE" in expected and "EQUAL" not in expected and token.type in ("$END", "RPAR", "COMMA", "RBRACE", "NEWLINE", "RSQB"):
        condition = [t for t in tokens[:index] if t.type == "IF"]
        return structure.MissingElse(condition[-1].span) if condition else None
    wanted = [sign for sign in ("TILDE", "EQUAL", "COLON") if sign in expected]
    alone = expected <= {"EQUAL", "TILDE", "COLON", "COMMA", "LPAR", "ARROW"} | {"IS", "LAW", "EXAMPLE", "HAS"}
    if wanted and alone and before.type == "NAME" and (token.type in _BEGINS_A_VALUE or token.text in RESERVED):
        sign = "COLON" if "COLON" in wanted and head in ("given", "unknown") else wanted[0]
        return structure.MissingEquals(token.span, before.span, _SIGNS[sign])
    return None


def _unfinished(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> SyntaxMistake | None:
    token = tokens[index]
    if token.type not in ("$END", "NEWLINE") or "$END" in expected:
        return None
    words = _in_words(expected, tokens[index - 1])
    return structure.UnfinishedLine(tokens[index - 1].span, " or ".join(words) if words else "something")


def _visible(tokens: Sequence[Token], index: int) -> Span:
    """The token's place, or that of the one before where it has no text."""
    return tokens[index].span if tokens[index].text else tokens[max(0, index - 1)].span


def _innermost_opening(tokens: Sequence[Token], index: int) -> Token | None:
    depth = 0
    for token in reversed(tokens[:index]):
        if token.type in ("RPAR", "RSQB", "RBRACE"):
            depth += 1
        elif token.type in ("LPAR", "LSQB", "LBRACE"):
            if depth == 0:
                return token
            depth -= 1
    return None


def _to_closing(tokens: Sequence[Token], index: int) -> Span:
    depth = 0
    for token in tokens[index:]:
        depth += (token.type == "LSQB") - (token.type == "RSQB")
        if depth == 0:
            return tokens[index].span.to(token.span)
    return tokens[index].span


def _in_words(expected: frozenset[str], before: Token | None) -> tuple[str, ...]:
    """What could follow, at most four things, as a person would say them."""
    if {"NAME", "NUMBER", "LPAR"} <= expected:
        return ("a value",)
    shown = ["a name"] if "NAME" in expected else []
    if "PLUS" in expected:
        shown.append("an operator")
        expected = expected - {"LPAR", "ARROW"}
    shown += [text for kind, text in _SHOWN.items() if kind in expected]
    if "MINIMIZE" in expected and "NEWLINE" not in expected:
        shown.append("`minimize`")
    return tuple(shown[:4])


def _hint(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> str | None:
    token, before = tokens[index], tokens[index - 1] if index else None
    if token.type == "SEMICOLON":
        return "one statement stands on a line; `;` separates only inside braces"
    if token.type == "EQUAL" and before is not None and before.type == "CLAUSE":
        return f"what `{before.text}` says follows it directly: `{before.text} …`"
    if token.type == "EQUAL" and before is not None and before.type in ("PLUS", "MINUS", "TIMES", "SLASH"):
        return f"write `x = x {before.text} …`"
    if head == "unknown" and token.text in (">=", "≥", ">", "<=", "≤", "<"):
        return "what its values lie between is written `in [0, 1]`, or `in [0, inf]` where only the lower bound is known"
    if token.type == "COMMA" and head == "unknown":
        return "an interval stands in square brackets: `in [0, 1]`"
    if token.type == "ARROW" and head in ("let", "operator", "functional"):
        return "a function of a value is written `v -> f(v)`, a signature follows a colon"
    if before is not None and before.type == "NUMBER" and token.type == "NAME" and head != "dim":
        return f"a product is written with `*`: `{before.text} * {token.text}`"
    if head in ("reconstruct", "evaluate") and "LBRACE" in expected:
        return f"what `{head}` says stands in braces: `{head} {tokens[1].text} {{ {_SAYS[head]} }}`"
    if token.type in _BEGINS_A_VALUE and ends_a_value(before):
        return "between two values stands an operator, such as `+`, `*` or `@`"
    if token.text in ("using", "with", "via") and head == "reconstruct":
        return "the algorithm is named by `by`"
    if token.type == "VBAR":
        return "an absolute value is `abs(x)`, a norm `norm1(x)` or `norm2(x)`; `|` separates the choices of a parameter"
    return None
