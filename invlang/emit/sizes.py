"""Sizes as Python text: sympy formulas over the dims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from invlang.emit.text import ATOM, Text, call, literal, product, quotient, raised, total

Dim = Callable[[sympy.Symbol], str]


def size_text(expression: Any, dim: Dim) -> Text:
    """The formula; dim gives the spelling of each symbol.  floor(a / b) becomes a // b, ceiling(a / b) becomes -(-a // b)."""
    if isinstance(expression, sympy.Symbol):
        return Text(dim(expression))
    if isinstance(expression, sympy.Integer):
        return literal(int(expression))
    if isinstance(expression, sympy.Float):
        return literal(float(expression))
    if isinstance(expression, sympy.floor | sympy.ceiling):
        return whole_quotient(expression, dim)
    if isinstance(expression, sympy.Add):
        terms: Any = expression.as_ordered_terms()
        ordered = sorted(terms, key=lambda t: t.is_number)
        return total([size_text(t, dim) for t in ordered])
    if isinstance(expression, sympy.Mul | sympy.Rational):
        return product_text(expression, dim)
    if isinstance(expression, sympy.Pow):
        return raised(size_text(expression.base, dim), size_text(expression.exp, dim))
    if isinstance(expression, sympy.Mod):
        left, right = (size_text(a, dim) for a in expression.args)
        return Text(f"{left.within(6)} % {right.within(ATOM)}", 6)
    if isinstance(expression, sympy.Max | sympy.Min):
        name = "max" if isinstance(expression, sympy.Max) else "min"
        return call(name, *(size_text(a, dim).source for a in sorted(expression.args, key=str)))
    raise AssertionError(f"a size that Python text cannot say: {expression!r}")


def product_text(expression: Any, dim: Dim) -> Text:
    top, bottom = expression.as_numer_denom()
    if bottom != 1:
        return quotient(size_text(top, dim), size_text(bottom, dim))
    sign, *factors = expression.as_ordered_factors()
    if sign == -1:  # −⌊n / 2⌋ is -(n // 2), which is not -n // 2 for an odd n
        return Text(f"-{product([size_text(f, dim) for f in factors]).within(ATOM)}", 7)
    return product([size_text(f, dim) for f in expression.as_ordered_factors()])


def whole_quotient(expression: Any, dim: Dim) -> Text:
    inside: Any = sympy.together(expression.args[0])
    top, bottom = inside.as_numer_denom()
    below = size_text(bottom, dim).within(8)
    if isinstance(expression, sympy.floor):
        return Text(f"{size_text(top, dim).within(6)} // {below}", 6)
    return Text(f"-(-{size_text(top, dim).within(8)} // {below})", 7)


def plain_text(value: object, dim: Dim) -> str:
    """An argument that is no array: a literal, a size, or a tuple of them."""
    if isinstance(value, tuple | list):
        items = [plain_text(v, dim) for v in value]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if isinstance(value, sympy.Basic):
        return size_text(value, dim).source
    return literal(value).source
