"""Arithmetic on meanings: + - * / ^ of numbers, sizes, arrays, what depends on the unknown, operators and functionals."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.functionals import Term
from invlang.graph.operators import Compose, Sum
from invlang.graph.several import spread_over
from invlang.graph.spaces import Product, Space, numeric, parts_of, stretch
from invlang.graph.values import Bundle, Number, SizeValue, Value
from invlang.meaning.combinators import add
from invlang.meaning.curves import as_curve
from invlang.meaning.meanings import (
    Affine,
    Array,
    AxisRef,
    Curve,
    Interval,
    Later,
    Mapped,
    SizeList,
    Template,
    Terms,
    describe,
)
from invlang.meaning.mistakes import (
    DoNotStretch,
    NotAFunctional,
    NotExpected,
    Refused,
    StarBetweenOperators,
    WrongDomain,
    is_in_library,
    shortened,
)
from invlang.meaning.numbers import arithmetic_of_numbers, as_array, is_size, number_of, size_arithmetic
from invlang.meaning.repairs import axes_with_names, axis_remark, hint_for
from invlang.meaning.shapes import axes_text
from invlang.meaning.templates import apply_template, diagonal, embed, identity, misnamed, shifted
from invlang.meaning.weights import weighted
from invlang.source import Span
from invlang.syntax import tree


def calculated(node: tree.Binary, left: Any, right: Any) -> Any:
    """left operator right, for every operator but `@`."""
    numbers = number_of(left), number_of(right)
    if numbers[0] is not None and numbers[1] is not None:
        return arithmetic_of_numbers(node, *numbers)
    if is_size(left) and is_size(right) and node.operator in ("+", "-", "*", "//", "^"):
        return size_arithmetic(node, left, right)
    left, right = as_array(left), as_array(right)
    for side in (left, right):
        if isinstance(side, Later):
            return side
    match node.operator:
        case "+":
            return plus(left, right, node)
        case "-":
            return plus(left, scaled(Number(-1), right, node.right.span), node)
        case "*":
            return times(left, right, node)
        case "/":
            return over(left, right, node)
        case "^":
            return raised(left, right, node)
    raise Refused(
        NotExpected(node.span, f"{describe(left)} and {describe(right)}", f"whole numbers on both sides of `{node.operator}`")
    )


# ---- sums


def plus(left: Any, right: Any, node: tree.Binary) -> Any:
    match left, right:
        case Terms(a), Terms(b):
            return Terms(a + b)
        case (Terms() as terms, Array(value, Space(axes=()))) | (Array(value, Space(axes=())), Terms() as terms) if (
            value is not None
        ):
            return terms
        case (Terms(), _) | (_, Terms()):
            other, place = (right, node.right) if isinstance(left, Terms) else (left, node.left)
            raise Refused(NotAFunctional(place.span, describe(other), hint_for(other, place)))
        case (Template() as a, Array(_, Space(axes=(_, *_))) as b) | (Array(_, Space(axes=(_, *_))) as b, Template() as a):
            return shifted(a, lambda image: plus(image, b, node), node.span)
        case (Template(), _) | (_, Template()):
            parts = [sum_part(m, n) for m, n in ((left, node.left), (right, node.right))]
            return add(parts, node.span, names_of(node))
    left, right = same_kind(left, right)
    match left, right:
        case Array(a, s), Array(b, t):
            space = stretched(s, t, node)
            return Array(arithmetic.add(a, b), space)
        case Affine(), Affine():
            return add_affine(left, right, node)
        case (Affine() as moving, Array() as still) | (Array() as still, Affine() as moving):
            if is_in_library(node.span) and stretches(moving.space, still.space):
                return plus(as_curve(left), as_curve(right), node)
            return moved(moving, still, node)
        case Curve(a, s), Curve(b, t):
            space = stretched(s, t, node)
            return Curve(arithmetic.add(a, b), space)
    wanted = "two arrays, two operators or two functionals to add"
    raise Refused(NotExpected(node.span, f"{describe(left)} and {describe(right)}", wanted))


def names_of(node: tree.Binary) -> tuple[str, str]:
    return f"`{shortened(node.left.span.text)}`", f"`{shortened(node.right.span.text)}`"


def sum_part(meaning: Any, node: Any) -> tuple[Value, Template]:
    if isinstance(meaning, Template):
        return arithmetic.ONE, meaning
    if isinstance(meaning, Array) and arithmetic.is_scalar(meaning.value):
        return meaning.value, identity()
    hint = "an array acts as an operator as `Diagonal(…)`" if isinstance(meaning, Array) else None
    raise Refused(NotExpected(node.span, describe(meaning), "an operator or a number beside the other operator", hint))


def same_kind(left: Any, right: Any) -> tuple[Any, Any]:
    """Known arrays beside unknown ones become offsets or values."""
    left, right = (as_curve(m) if isinstance(m, Mapped) else m for m in (left, right))
    if isinstance(left, Curve) and isinstance(right, Array | Affine):
        return left, as_curve(right)
    if isinstance(right, Curve) and isinstance(left, Array | Affine):
        return as_curve(left), right
    return left, right


def moved(affine: Affine, still: Array, node: tree.Binary) -> Affine:
    """operator · x + offset + still"""
    space = stretched(affine.space, still.space, node)
    if axes_of(space) != axes_of(affine.space):
        raise Refused(do_not_stretch(node, affine.space, still.space))
    if isinstance(space, Space) and space.field == "complex":
        affine = complex_one(affine)
    value = still.value
    if isinstance(affine.space, Product) and not isinstance(value, Bundle):
        value = Bundle((value,) * len(affine.space.parts))
    offset = value if affine.offset is None else arithmetic.add(affine.offset, value)
    return replace(affine, offset=offset, space=space)


def stretches(space: Any, other: Any) -> bool:
    """Whether an array of the space is repeated when it is calculated with another one."""
    axes = stretch(space.axes, other.axes) if isinstance(space, Space) and isinstance(other, Space) else None
    return axes is not None and tuple(a.size for a in axes) != space.sizes


def axes_of(space: Any) -> Any:
    return space if isinstance(space, Product) else space.axes


def add_affine(left: Affine, right: Affine, node: tree.Binary) -> Affine:
    if left.space != right.space:
        stretched(left.space, right.space, node)
        if axes_of(left.space) != axes_of(right.space) or isinstance(left.space, Product):
            raise Refused(do_not_stretch(node, left.space, right.space))
        left, right = complex_one(left), complex_one(right)
    left, right = on_one_space(left, right)
    offsets = [o for o in (left.offset, right.offset) if o is not None]
    total = Sum(tuple((arithmetic.ONE, m.operator) for m in (left, right)))
    return Affine(total, arithmetic.add(*offsets) if offsets else None, left.space, left.variable)


def on_one_space(left: Affine, right: Affine) -> tuple[Affine, Affine]:
    """Both of all arrays that one of them speaks of: an infimum adds one to the unknowns."""
    wider = max((left, right), key=lambda m: len(parts_of(m.operator.domain)))
    spread = (replace(m, operator=spread_over(m.operator, wider.operator.domain), variable=wider.variable) for m in (left, right))
    return tuple(spread)  # type: ignore[return-value]


def complex_one(real: Affine) -> Affine:
    """The same as a complex array, so that it can be added to one."""
    if real.space.field == "complex":
        return real
    return replace(real, operator=Compose((embed(real.space), real.operator)), space=real.space.over("complex"))


def stretched(a: Any, b: Any, node: tree.Binary | Span) -> Any:
    """The space of element-by-element arithmetic.  Raises Refused where the shapes do not fit."""
    if isinstance(a, Product) or isinstance(b, Product):
        if a != b and not (isinstance(a, Space) and not a.rank) and not (isinstance(b, Space) and not b.rank):
            raise Refused(do_not_stretch(node, a, b))
        return a if isinstance(a, Product) else b
    axes = stretch(a.axes, b.axes)
    if axes is None or misnamed(a, b):
        raise Refused(do_not_stretch(node, a, b))
    return Space("complex" if "complex" in (a.field, b.field) else "real", axes)


def do_not_stretch(node: tree.Binary | Span, a: Any, b: Any) -> DoNotStretch:
    names = names_of(node) if isinstance(node, tree.Binary) else ("the first", "the second")
    span = node.span if isinstance(node, tree.Binary) else node
    spaces = isinstance(a, Space) and isinstance(b, Space)
    remarks = (*misnamed(a, b), *axis_remark(a.axes, b.axes, names)) if spaces else ()
    shown = axes_with_names if spaces and misnamed(a, b) else axes_text
    return DoNotStretch(span, shown(a), shown(b), names, remarks)


# ---- products


def scaled(value: Value, meaning: Any, span: Span) -> Any:
    """number · meaning"""
    match meaning:
        case Array(v, space):
            return Array(arithmetic.multiply(value, v), numeric(space) if isinstance(space, Space) else space)
        case AxisRef(size=expression):
            return Array(arithmetic.multiply(value, SizeValue(expression)), Space("integer"))
        case SizeList(sizes) if isinstance(value, Number) and isinstance(value.value, int):
            return SizeList(tuple(value.value * s for s in sizes))
        case Affine(operator, offset, space):
            moved = None if offset is None else arithmetic.multiply(value, offset)
            return Affine(Sum(((value, operator),)), moved, space, meaning.variable)
        case Curve(v, space):
            return Curve(arithmetic.multiply(value, v), space)
        case Mapped():
            return scaled(value, as_curve(meaning), span)
        case Terms(terms):
            return Terms(tuple(weighed(t, value) for t in terms))
        case Template():
            return add([(value, meaning)], span)
        case Interval(lower, upper) if isinstance(value, Number) and value.value == -1:
            return Interval(-upper, -lower)
        case Later():
            return meaning
    raise Refused(NotExpected(span, describe(meaning), "something that can be multiplied by a number"))


def weighed(term: Term, factor: Value) -> Term:
    return replace(term, weight=arithmetic.multiply(factor, term.weight))


def times(left: Any, right: Any, node: tree.Binary) -> Any:
    for number, other in ((left, right), (right, left)):
        if isinstance(number, Array) and arithmetic.is_scalar(number.value):
            return scaled(number.value, other, node.span)
    if isinstance(left, Template) and isinstance(right, Template | Affine | Array | Curve) or isinstance(right, Template):
        raise Refused(StarBetweenOperators(node.span, at=sign_between(node)))
    if isinstance(left, Array) and isinstance(right, Array):
        space = stretched(left.space, right.space, node)
        return Array(arithmetic.multiply(left.value, right.value), space)
    for known, other, written in ((left, right, node.left), (right, left, node.right)):
        if isinstance(known, Array) and isinstance(other, Affine) and isinstance(other.space, Space):
            if axes_of(stretched(left.space, right.space, node)) != other.space.axes:
                raise Refused(do_not_stretch(node, left.space, right.space))
            return apply_template(diagonal(known, written.span), other, node.span)
        inside = weighted(other, known, node.span) if isinstance(known, Array) and isinstance(other, Terms) else None
        if inside is not None:
            return inside
    left, right = as_curve(left), as_curve(right)
    if isinstance(left, Curve) and isinstance(right, Curve):
        space = stretched(left.space, right.space, node)
        return Curve(arithmetic.multiply(left.value, right.value), space)
    raise Refused(NotExpected(node.span, f"{describe(left)} and {describe(right)}", "numbers or arrays to multiply"))


def sign_between(node: tree.Binary) -> Span | None:
    """Where the `*` of a product stands."""
    between = node.left.span.source.text[node.left.span.end : node.right.span.start]
    position = next((i for i, c in enumerate(between) if c in "*⊙"), -1)
    start = node.left.span.end + position
    return Span(node.span.source, start, start + 1) if position >= 0 else None


def over(left: Any, right: Any, node: tree.Binary) -> Any:
    if isinstance(right, Array):
        if number_of(right) == 0:
            raise Refused(WrongDomain(node.right.span, "this divides by zero", ""))
        if isinstance(left, Array):
            space = stretched(left.space, right.space, node)
            return Array(arithmetic.divide(left.value, right.value), space)
        if isinstance(left, Affine | Terms | Template | Curve | Mapped):
            return times(Array(arithmetic.reciprocal(right.value), right.space), left, node)
    left, right = as_curve(left), as_curve(right)
    if isinstance(left, Curve) and isinstance(right, Curve):
        space = stretched(left.space, right.space, node)
        return Curve(arithmetic.divide(left.value, right.value), space)
    raise Refused(NotExpected(node.span, f"{describe(left)} and {describe(right)}", "numbers or arrays to divide"))


def raised(left: Any, right: Any, node: tree.Binary) -> Any:
    exponent = number_of(right)
    if exponent is None or not math.isfinite(exponent):
        raise Refused(NotExpected(node.right.span, describe(right), "a number that is written down as the exponent"))
    if isinstance(left, Array) and isinstance(left.space, Space):
        return Array(arithmetic.power(left.value, exponent), numeric(left.space))
    curve = as_curve(left)
    if isinstance(curve, Curve) and isinstance(curve.space, Space):
        return Curve(arithmetic.power(curve.value, exponent), curve.space)
    raise Refused(NotExpected(node.left.span, describe(left), "a number or an array to take a power of"))
