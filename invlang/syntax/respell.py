"""One spelling of a program to the other: `A.H @ x` and `Aᴴ ∘ x`, sigma and σ.  Only signs and names change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from invlang.source import Source
from invlang.syntax import tree
from invlang.syntax.lexer import scan
from invlang.syntax.parse import parse
from invlang.syntax.show import COMPARISONS, NORMS, is_operator_like, print_name
from invlang.syntax.token import Token
from invlang.syntax.words import SUPERSCRIPTS, spelt_out

_ASCII = {
    "COMPOSE": "@", "TIMES": "*", "MINUS": "-", "ARROW": "->", "ELLIPSIS": "...", "NOT_EQUAL": "!=", "LESS_EQUAL": "<=",
    "GREATER_EQUAL": ">=",
}  # fmt: skip
_POSTFIX = ("LPAR", "DOT", "ADJOINT", "SUPERSCRIPT", "CIRCUMFLEX")
_TO_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NORM_NAMES = {sign: name for name, sign in NORMS.items()} | {"‖₂": "norm2", "‖₂²": "sq"}


def respell_ascii(source: Source) -> str:
    """The program in letters and signs that every keyboard has."""
    program, _ = parse(source)
    tokens = scan(source).tokens
    edits = {t.span.start: (t.span.end, text) for t in tokens if (text := _ascii(t)) is not None}
    follows = {t.span.start: after.type for t, after in zip(tokens, tokens[1:], strict=False)}
    openings: list[Token] = []
    for token in tokens:
        if token.type == "NORM_OPEN":
            openings.append(token)
        elif token.type == "NORM_CLOSE" and openings:
            opening = openings.pop()
            edits[opening.span.start] = (opening.span.end, _NORM_NAMES[token.text] + "(")
    raised = {t.span.start for t in tokens if t.type == "SUPERSCRIPT"}
    wrapped: dict[int, int] = {}
    for node in walk(program):
        if isinstance(node, tree.Binary) and node.operator == "^" and follows.get(node.right.span.start) in _POSTFIX:
            if node.right.span.start in raised and not node.span.text.startswith("("):
                wrapped[node.span.start] = wrapped.get(node.span.start, 0) + 1
                end, text = edits[node.right.span.start]
                edits[node.right.span.start] = (end, text + ")")
    for start, count in wrapped.items():
        end, text = edits.get(start, (start, ""))
        edits[start] = (end, "(" * count + text)
    return _edited(source.text, edits)


def _ascii(token: Token) -> str | None:
    """What a sign or name is in ASCII, None where nothing changes.  Openings of norms are seen to elsewhere."""
    if token.text.isascii() and token.type != "NORM_CLOSE":
        return None
    match token.type:
        case "NAME":
            return spelt_out(token.text)
        case "ADJOINT":
            return ".H"
        case "SUPERSCRIPT":
            return "^" + token.text.translate(SUPERSCRIPTS)
        case "NORM_CLOSE":
            return ")"
        case _:
            return _ASCII.get(token.type)


def respell_unicode(source: Source) -> str:
    """The program in the signs of mathematics."""
    program, _ = parse(source)
    tokens = scan(source).tokens
    edits: dict[int, tuple[int, str]] = {}
    for i, token in enumerate(tokens):
        if token.type == "NAME" and tokens[i - 1].text != "use":
            edits[token.span.start] = (token.span.end, print_name(token.text, "unicode"))
        elif token.type == "ARROW":
            edits[token.span.start] = (token.span.end, "→")
        elif token.text in COMPARISONS:
            edits[token.span.start] = (token.span.end, COMPARISONS[token.text])
    at = {token.span.start: i for i, token in enumerate(tokens)}
    for node in walk(program):
        match node:
            case tree.Binary(operator="@") if is_operator_like(node.right):
                sign = tokens[at[node.right.span.start] - 1].span
                edits[sign.start] = (sign.end, "∘")
            case tree.Binary(operator="^") if re.fullmatch(r"-?[0-9]+", node.right.span.text):
                _raise_exponent(node, tokens, at, edits)
            case tree.Attribute(name=tree.Name(text="H")) if node.name.span.text == "H":
                dot = tokens[at[node.name.span.start] - 1].span
                edits[dot.start] = (node.name.span.end, "ᴴ")
            case tree.Call(function=tree.Name(text=name)) if name in NORMS:
                _bar(node, name, tokens, at, edits)
    return _edited(source.text, edits)


def _raise_exponent(node: tree.Binary, tokens: list[Token], at: dict[int, int], edits: dict[int, tuple[int, str]]) -> None:
    """`x^2` to `x²`, unless the base is a norm, which would take the exponent as its own."""
    sign = tokens[at[node.right.span.start] - 1]
    base = node.left.span.text
    is_norm = isinstance(node.left, tree.Call) and isinstance(node.left.function, tree.Name) and node.left.function.text in NORMS
    if sign.type == "CIRCUMFLEX" and not (is_norm and not base.startswith("(")) and not base.endswith(tuple("²‖₁₂∞")):
        edits[sign.span.start] = (node.right.span.end, node.right.span.text.translate(_TO_SUPERSCRIPT))


def _bar(node: tree.Call, name: str, tokens: list[Token], at: dict[int, int], edits: dict[int, tuple[int, str]]) -> None:
    """`sq(r)` to `‖r‖²`, where it has one argument without a norm inside, and no exponent of its own."""
    if len(node.arguments) != 1 or node.arguments[0].name is not None or isinstance(node.arguments[0].value, tree.Splat):
        return
    inner = node.arguments[0].span
    start = at.get(node.span.start)
    if start is None or tokens[start].text != name or tokens[start + 1].type != "LPAR":
        return
    closing = next(i for i, token in enumerate(tokens) if token.span.start >= inner.end and token.type != "COMMA")
    after = tokens[closing + 1] if closing + 1 < len(tokens) else None
    if _has_norm(node.arguments[0]) or (after and after.type in ("SUPERSCRIPT", "CIRCUMFLEX", "LPAR")):
        return
    edits[node.span.start] = (tokens[start + 1].span.end, "‖")
    edits[inner.end] = (tokens[closing].span.end, NORMS[name])


def _has_norm(node: tree.Node) -> bool:
    inner = [n for n in walk(node) if isinstance(n, tree.Call)]
    return any(isinstance(n.function, tree.Name) and n.function.text in NORMS for n in inner)


def walk(node: tree.Node) -> Iterator[tree.Node]:
    """A node and all nodes below it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        for field in fields(here):
            value = getattr(here, field.name)
            if isinstance(value, tree.Node):
                waiting.append(value)
            elif isinstance(value, tuple):
                waiting += [item for item in value if isinstance(item, tree.Node)]


def _edited(text: str, edits: dict[int, tuple[int, str]]) -> str:
    """The text with each stretch [start, end) replaced; a stretch inside an earlier one is left to it.

    Where a sign becomes letters it gets a space, so that it does not grow together with its neighbour: `xᴴif` is `x.H if`.
    """
    result, done = "", 0
    for start, (end, replacement) in sorted(edits.items()):
        if start >= done:
            result = _joined(_joined(result, text[done:start]), replacement)
            done = end
    return _joined(result, text[done:])


def _joined(left: str, right: str) -> str:
    begins_alike = right[:1].isalnum() or (right[:1] == "." and left[-1:].isdigit())
    grow_together = left[-1:].isalnum() and left[-1:].isascii() and begins_alike and right[:1].isascii()
    return f"{left} {right}" if grow_together else left + right
