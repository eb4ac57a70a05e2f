"""Arithmetic with numbers that are written down and with sizes."""

from __future__ import annotations

import math
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.spaces import Space
from invlang.graph.values import Number, SizeValue
from invlang.meaning.meanings import Array, AxisList, AxisRef, SizeList
from invlang.meaning.mistakes import Refused, TooLarge, WrongArgument, WrongDomain, WrongSize, plural, shortened
from invlang.meaning.shapes import Misfit, calculate, size_from
from invlang.syntax import tree


def number_of(meaning: Any) -> int | float | None:
    """A number that is written down, or None."""
    if isinstance(meaning, Array) and isinstance(meaning.value, Number) and not isinstance(meaning.value.value, complex):
        return meaning.value.value
    return None


def arithmetic_of_numbers(node: tree.Binary, a: int | float, b: int | float) -> Array:
    try:
        result = number_arithmetic(node.operator, a, b)
    except ZeroDivisionError:
        raise Refused(WrongDomain(node.span, "this divides by zero", "")) from None
    except OverflowError:
        raise Refused(TooLarge(node.span, "this number")) from None
    if isinstance(result, complex) or math.isnan(result):
        raise Refused(WrongDomain(node.span, "this has no value among the real numbers", ""))
    return Array(arithmetic.number(result), Space("real"))


def number_arithmetic(operator: str, a: int | float, b: int | float) -> Any:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a // b if isinstance(a, int) and isinstance(b, int) and b and a % b == 0 else a / b
        case "//":
            return a // b
    small = isinstance(a, int) and isinstance(b, int) and 0 <= b <= 64 and abs(a) < 10**6
    return a**b if small else float(a) ** b


def is_size(meaning: Any) -> bool:
    return isinstance(meaning, AxisList | SizeList) or size_from(meaning) is not None


def size_arithmetic(node: tree.Binary, left: Any, right: Any) -> Any:
    lists = [m for m in (left, right) if isinstance(m, AxisList | SizeList)]
    try:
        if lists:
            return list_arithmetic(node, left, right, max(len(sizes_in(m)) for m in lists))
        result = calculate(node.operator, size_from(left), size_from(right))  # type: ignore[arg-type]
    except Misfit as misfit:
        raise Refused(WrongSize(node.span, f"`{shortened(node.span.text)}`", str(misfit))) from None
    if result.is_Integer and isinstance(left, Array) and isinstance(right, Array):
        return Array(Number(int(result)), Space("real"))
    return Array(SizeValue(result), Space("integer"))


def list_arithmetic(node: tree.Binary, left: Any, right: Any, count: int) -> SizeList:
    a, b = (sizes_in(m) if isinstance(m, AxisList | SizeList) else (size_from(m),) * count for m in (left, right))
    if len(a) != len(b):
        what = f"{plural(len(a), 'number')} and {plural(len(b), 'number')} do not go together: one is wanted for each axis"
        raise Refused(WrongArgument(node.span, what))
    return SizeList(tuple(calculate(node.operator, p, q) for p, q in zip(a, b, strict=True)))  # type: ignore[arg-type]


def sizes_in(meaning: AxisList | SizeList) -> tuple[Any, ...]:
    return tuple(a.size for a in meaning.axes) if isinstance(meaning, AxisList) else meaning.sizes


def as_array(meaning: Any) -> Any:
    """A size used as a number."""
    return Array(SizeValue(meaning.size), Space("integer")) if isinstance(meaning, AxisRef) else meaning
