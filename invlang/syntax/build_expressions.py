"""The nodes of expressions and spaces, one function per rule of the grammar: from a rule's children to its node."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.source import Span
from invlang.syntax import tree
from invlang.syntax.token import Token
from invlang.syntax.words import FIELDS, SUPERSCRIPTS, spelt_out

Children = list[Any]


def span_of(children: Children) -> Span:
    present = [c for c in children if c is not None]
    return present[0].span.to(present[-1].span) if len(present) > 1 else present[0].span


def nodes(children: Children) -> list[Any]:
    """The children that are nodes."""
    return [c for c in children if c is not None and type(c) is not Token]


def names(children: Children) -> tuple[tree.Name, ...]:
    """The children that are bare names."""
    return tuple(name([c]) for c in children if type(c) is Token and c.type == "NAME")


# ---- expressions


def name(c: Children) -> tree.Name:
    return tree.Name(spelt_out(c[0].text), span=c[0].span)


def number(c: Children) -> tree.Number:
    """A malformed number, which was reported, is what its first digits say."""
    digits = _NUMBER.match(c[0].text)
    return tree.Number(digits.group() if digits else "1", span=c[0].span)


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def text(c: Children) -> tree.Text:
    quoted = c[0].text
    return tree.Text(quoted[1:-1] if len(quoted) > 1 and quoted[-1] in "\"'" else quoted[1:], span=c[0].span)


def binary(c: Children) -> tree.Binary:
    return tree.Binary(plain_sign(c[1]), c[0], c[2], span=c[0].span.to(c[2].span))


def plain_sign(token: Token) -> str:
    """An operator as the keyboard writes it."""
    return _PLAIN.get(token.text, token.text)


_PLAIN: dict[str, str] = {"∘": "@", "⊙": "*", "·": "*", "⋅": "*", "×": "*", "−": "-", "**": "^", "≠": "!=", "≤": "<=", "≥": ">="}


def comparison(c: Children) -> tree.Comparison:
    return tree.Comparison(plain_sign(c[1]), c[0], c[2], span=c[0].span.to(c[2].span))


def negate(c: Children) -> tree.Negate:
    return tree.Negate(c[1], span=span_of(c))


def call(c: Children) -> tree.Call:
    return tree.Call(c[0], tuple(nodes(c[1])), span=c[0].span.to(spread_over(c[1])))


def attribute(c: Children) -> tree.Attribute:
    return tree.Attribute(c[0], name(c[2:]), span=span_of(c))


def adjoint(c: Children) -> tree.Attribute:
    return tree.Attribute(c[0], tree.Name("H", span=c[1].span), span=span_of(c))


def superscript(c: Children) -> tree.Binary:
    digits = c[1].text.translate(SUPERSCRIPTS)
    exponent: tree.Expression = tree.Number(digits.lstrip("-"), span=c[1].span)
    if digits.startswith("-"):
        exponent = tree.Negate(exponent, span=c[1].span)
    return tree.Binary("^", c[0], exponent, span=span_of(c))


def norm(c: Children) -> tree.Call:
    function = tree.Name(_NORMS.get(c[2].text, "norm2"), span=c[2].span)
    return tree.Call(function, (positional(c[1]),), span=span_of(c))


_NORMS = {"‖": "norm2", "‖₁": "norm1", "‖₂": "norm2", "‖∞": "norminf", "‖²": "sq", "‖₂²": "sq"}


def list_of(c: Children) -> tree.ListOf:
    return tree.ListOf(tuple(nodes(c)), span=span_of(c))


def parenthesised(c: Children) -> tree.Expression:
    return replace(c[1], span=span_of(c))


def splat(c: Children) -> tree.Splat:
    return tree.Splat(name(c), span=span_of(c))


def function(c: Children) -> tree.Lambda:
    return tree.Lambda(name(c), c[2], span=span_of(c))


def conditional(c: Children) -> tree.Conditional:
    return tree.Conditional(as_test(c[2]), c[0], c[4], span=span_of(c))


def as_test(node: tree.Expression) -> tree.Comparison:
    """A choice that is yes or no stands for itself: `if centred` is `if centred == true`."""
    if isinstance(node, tree.Comparison):
        return node
    return tree.Comparison("==", node, tree.Name("true", span=node.span), span=node.span)


def where(c: Children) -> tree.Where:
    return tree.Where(c[0], tuple(nodes(c[1])), span=c[0].span.to(spread_over(c[1])))


def binding(c: Children) -> tree.Binding:
    return tree.Binding(name(c), c[2], span=span_of(c))


def named(c: Children) -> tree.Argument:
    return tree.Argument(name(c), c[2], span=span_of(c))


def positional(value: Any) -> tree.Argument:
    return value if isinstance(value, tree.Argument) else tree.Argument(None, value, span=value.span)


def children(c: Children) -> Children:
    """The children themselves, for a rule whose parent makes the node."""
    return [child for child in c if child is not None]


def arguments(c: Children) -> Children:
    return [child if type(child) is Token else positional(child) for child in c if child is not None]


def spread_over(part: Children) -> Span:
    return part[0].span.to(part[-1].span)


# ---- spaces and parameters


def space(c: Children) -> tree.Space:
    return tree.Space(name(c), tuple(nodes(c[1:])), span=span_of(c))


def product(c: Children) -> tree.Spaces:
    return tree.Spaces(tuple(nodes(c)), span=span_of(c))


def any_axes(c: Children) -> tree.Ellipsis_:
    return tree.Ellipsis_(span=c[0].span)


def signature(c: Children) -> tree.Signature | tree.Space | tree.Spaces:
    return c[1] if c[3] is None else tree.Signature(c[1], c[3], span=c[1].span.to(c[3].span))


def traits(c: Children) -> tree.Traits:
    return tree.Traits(names(c), span=span_of(c))


def choices(c: Children) -> tree.Choices:
    array = next((n for n in c if isinstance(n, tree.Space)), None)
    return tree.Choices(names(c), array, span=span_of(c))


def parameter(c: Children) -> tree.Parameter:
    kind = c[3]
    if isinstance(kind, tree.Space) and kind.span == kind.field.span and kind.field.text not in FIELDS:
        kind = tree.Traits((kind.field,), span=kind.span)
    return tree.Parameter(name(c), kind, c[5], c[1] is not None, span=span_of(c))


ACTIONS: dict[str, Callable[[Children], Any]] = {
    action.__name__: action
    for action in (
        name, number, text, binary, comparison, negate, call, attribute, adjoint, superscript, norm, list_of, parenthesised,
        splat, function, conditional, where, binding, named, arguments, space, product, any_axes, signature, traits, choices,
        parameter,
    )
} | {"where_part": children, "parameters": children}  # fmt: skip
