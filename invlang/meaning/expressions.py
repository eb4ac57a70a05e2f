"""From the tree of an expression to its meaning."""

from __future__ import annotations

from functools import partial
from typing import Any

import sympy

from invlang.graph.spaces import Space
from invlang.graph.values import Number
from invlang.meaning import functions
from invlang.meaning.arguments import CONSTANTS, declarations_in, is_bare
from invlang.meaning.calculation import calculated, scaled
from invlang.meaning.calls import PYTHON, call, function_as_map
from invlang.meaning.combinators import adjoint, compose
from invlang.meaning.constructs import BUILDERS
from invlang.meaning.curves import as_curve
from invlang.meaning.generators import calculated_later, call_generator, is_generator
from invlang.meaning.later import ALGORITHMS, TAKES
from invlang.meaning.meanings import (
    Affine,
    Array,
    AxisList,
    AxisRef,
    Broken,
    Curve,
    Declared,
    Flag,
    Function,
    Interval,
    Items,
    Later,
    Mapped,
    SizeList,
    Template,
    TextOf,
    Unsized,
    Word,
    describe,
)
from invlang.meaning.mistakes import (
    DeclaredBelow,
    EmptyInterval,
    NotExpected,
    PythonFunction,
    Refused,
    TooLarge,
    UnknownName,
    shortened,
)
from invlang.meaning.operator_calls import call_operator
from invlang.meaning.repairs import Written, applying
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import size_from
from invlang.meaning.synonyms import nearest
from invlang.meaning.templates import apply_template, scalar
from invlang.source import Span
from invlang.syntax import tree


def evaluate(node: Any, scope: Scope) -> Any:
    """What an expression means in a scope.  Refused carries the mistake where it means nothing."""
    scope.effort.left -= 1
    if scope.effort.left < 0:
        raise Refused(TooLarge(node.span))
    match node:
        case tree.Name(text):
            return named(text, node.span, scope)
        case tree.Number(text):
            return Array(Number(literal(text)), Space("real"))
        case tree.Text(text):
            return TextOf(text)
        case tree.Negate(operand):
            return scaled(Number(-1), evaluate(operand, scope), node.span)
        case tree.Binary():
            return binary(node, scope)
        case tree.Attribute():
            return attribute(node, scope)
        case tree.Call():
            return call(node, scope, evaluate)
        case tree.ListOf(items):
            return list_of(items, scope)
        case tree.Lambda():
            return Function(node, scope)
        case tree.Where(body, bindings):
            for binding in bindings:
                scope = scope.inner({binding.name.text: evaluate(binding.value, scope)})
            return evaluate(body, scope)
        case tree.Conditional(test, then, otherwise):
            return evaluate(then if holds(test, scope) else otherwise, scope)
        case tree.Splat(name):
            return named(name.text, name.span, scope)
    raise Refused(NotExpected(node.span, "a comparison", "an expression"))


def literal(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 300 else float(text)


def named(name: str, span: Span, scope: Scope) -> Any:
    """What a name means."""
    meaning = scope.find(name)
    if isinstance(meaning, Broken):
        raise Refused(None)
    if meaning is not None:
        return meaning
    if name in CONSTANTS:
        return Array(Number(CONSTANTS[name]), Space("real"))
    if name in ("true", "false"):
        return Flag(name == "true")
    declared = scope.place_of(name)
    if declared is not None:
        raise Refused(DeclaredBelow(span, name, declared, causes=((declared, "declared here"),)))
    if name in functions.ALL or name in BUILDERS:
        return Word(name)
    if name in TAKES:
        return Later(name)
    raise Refused(unknown_name(name, span, scope))


def unknown_name(name: str, span: Span, scope: Scope) -> Any:
    if name in PYTHON:
        return PythonFunction(span, name)
    if name in ALGORITHMS:
        return NotExpected(span, f"the algorithm `{name}`", "an expression", f"an algorithm follows `by`: `by {name}(…)`")
    known = [*scope.known_names(), *functions.POINTWISE, *functions.REDUCTIONS, *BUILDERS, *CONSTANTS, "true", "false"]
    hint = f"declare it above: `given {name} : real = 1`, and another kind or space where it has one"
    return UnknownName(span, name, close=nearest(name, [k for k in known if k.isidentifier()]), hint=hint)


def holds(test: tree.Comparison, scope: Scope) -> bool:
    left, right = (comparable(side, scope) for side in (test.left, test.right))
    if isinstance(left, sympy.Expr) and isinstance(right, sympy.Expr):
        known = compared(test.operator, left - right)
        if known is None:
            wanted = "a comparison that is known when the program is compiled"
            raise Refused(NotExpected(test.span, "sizes that are not known yet", wanted))
        return known
    if test.operator not in ("==", "!="):
        raise Refused(NotExpected(test.span, f"`{test.operator}` between words", "`==` or `!=`"))
    return (left == right) == (test.operator == "==")


def compared(operator: str, difference: sympy.Expr) -> bool | None:
    return {
        "==": difference.is_zero,
        "!=": None if difference.is_zero is None else not difference.is_zero,
        "<": difference.is_negative,
        "<=": difference.is_nonpositive,
        ">": difference.is_positive,
        ">=": difference.is_nonnegative,
    }[operator]


def comparable(node: Any, scope: Scope) -> Any:
    """A choice's word, a flag or a size; an array that stands instead of a word is like no word."""
    if isinstance(node, tree.Name) and (is_bare(node.text, scope) or isinstance(scope.find(node.text), Declared)):
        return node.text
    meaning = evaluate(node, scope)
    match meaning:
        case Array(_, Space(axes=axes)) if axes:
            return ""
        case Word(text) | TextOf(text):
            return text
        case Flag(value):
            return "true" if value else "false"
    expression = size_from(meaning)
    if expression is None:
        raise Refused(NotExpected(node.span, describe(meaning), "a choice or a size"))
    return expression


# ---- composing and applying


def binary(node: tree.Binary, scope: Scope) -> Any:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    left, right = (as_map(m, n.span, scope) for m, n in ((left, node.left), (right, node.right)))
    if node.operator == "@":
        return at(left, right, node, scope)
    left, right = (called(m, n, scope) for m, n in ((left, node.left), (right, node.right)))
    if isinstance(left, Unsized) or isinstance(right, Unsized):
        return calculated_later([left, right], partial(calculated, node), node.span)
    return calculated(node, left, right)


def as_map(meaning: Any, span: Span, scope: Scope) -> Any:
    """The name of a function of arrays beside an operator is a map."""
    if isinstance(meaning, Word) and meaning.text in functions.POINTWISE:
        return function_as_map(meaning.text, span, scope)
    return meaning


def called(meaning: Any, node: Any, scope: Scope) -> Any:
    """A definition of an operator that stands without brackets is called without arguments."""
    if is_generator(meaning):
        return call_generator(meaning, (), node.span, scope, evaluate)
    if isinstance(meaning, Declared) and getattr(meaning.definition, "keyword", "") in ("operator", "primitive"):
        return call_operator(meaning, (), node.span, evaluate, scope)
    return meaning


def at(left: Any, right: Any, node: tree.Binary, scope: Scope) -> Any:
    """left @ right"""
    if (
        isinstance(left, Array)
        and isinstance(left.space, Space)
        and not left.space.rank
        and isinstance(right, Template | Declared)
    ):
        left = scalar(left.value)
    left, right = called(left, node.left, scope), called(right, node.right, scope)
    for side in (left, right):
        if isinstance(side, Later):
            return side
    if not isinstance(left, Template):
        raise Refused(not_an_operator(left, right, node))
    written = Written(node.left, node.right, node.span, partial(declarations_in, scope=scope))
    if isinstance(right, Template):
        return compose(left, right, written)
    if isinstance(right, Mapped):
        right = as_curve(right)
    if not isinstance(right, Array | Affine | Curve):
        raise Refused(NotExpected(node.right.span, describe(right), "an operator or an array on the right of `@`"))
    try:
        return apply_template(left, right, node.span)
    except Refused as refused:
        raise applying(refused, left, right.space, written) from None


def not_an_operator(left: Any, right: Any, node: tree.Binary) -> NotExpected:
    hint = None
    if isinstance(left, Array | Affine | Curve) and isinstance(right, Template):
        hint = f"the operator stands on the left: `{shortened(node.right.span.text)} @ {shortened(node.left.span.text)}`"
    elif isinstance(left, Array) and isinstance(right, Array | Affine | Curve):
        is_matrix = isinstance(left.space, Space) and left.space.rank == 2 and left.space.sizes != right.space.sizes
        made = f"Dense({node.left.span.text}, axis = …)" if is_matrix else f"Diagonal({shortened(node.left.span.text)})"
        hint = f"arrays are multiplied element by element with `*`; as an operator write `{made} @`"
    return NotExpected(node.left.span, describe(left), "an operator on the left of `@`", hint)


# ---- names with dots, lists


def attribute(node: tree.Attribute, scope: Scope) -> Any:
    """A.H, and the names of a file that `use … as` brings."""
    inner = evaluate(node.object, scope)
    name = node.name.text
    if isinstance(inner, Later):
        return inner
    if isinstance(inner, Scope):
        return from_file(inner, node)
    if name in ("H", "T"):
        inner = as_map(called(inner, node.object, scope), node.object.span, scope)
    if name == "H" and isinstance(inner, Template):
        return adjoint(inner, node.span, scope.hints, f"`{shortened(node.object.span.text)}`")
    if name == "H" and isinstance(inner, Array | Affine | Curve | Mapped):
        hint = "the conjugate of an array is `conj(…)`"
        raise Refused(NotExpected(node.object.span, describe(inner), "an operator before `.H`", hint))
    hint = "the adjoint is written `A.H`" if name in ("T", "h", "adjoint", "transpose", "conj", "t", "dagger") else None
    wanted = "`.H` after an operator" if isinstance(inner, Template | Declared) else f"nothing after {describe(inner)}"
    raise Refused(NotExpected(node.name.span, f"`.{name}`", wanted, hint))


def from_file(inner: Scope, node: tree.Attribute) -> Any:
    name = node.name.text
    meaning = inner.names.get(name)
    if isinstance(meaning, Broken):
        raise Refused(None)
    if meaning is None:
        names = [n for n in inner.names if n.isidentifier()]
        raise Refused(UnknownName(node.name.span, name, f"name in `{node.object.span.text}`", nearest(name, names), tuple(names)))
    return meaning


def list_of(items: tuple[Any, ...], scope: Scope) -> Any:
    """[a, b]: sizes in a row, names of axes, or any other list."""
    meanings = [Word(i.text) if isinstance(i, tree.Name) and is_bare(i.text, scope) else evaluate(i, scope) for i in items]
    sizes = [size_from(m) for m in meanings]
    if not meanings or any(s is None for s in sizes) or not all(isinstance(m, Array | AxisRef) for m in meanings):
        return Items(tuple(meanings))
    if all(isinstance(m, AxisRef) for m in meanings):
        return AxisList(tuple(meanings))
    return SizeList(tuple(sizes))  # type: ignore[arg-type]


def interval(node: Any, scope: Scope) -> Interval:
    """[lower, upper] as a constraint."""
    if isinstance(node, tree.ListOf) and len(node.items) == 2:
        ends = [evaluate(i, scope) for i in node.items]
        values = [e.value.value if isinstance(e, Array) and isinstance(e.value, Number) else None for e in ends]
        if None not in values:
            lower, upper = (float(v) for v in values)  # type: ignore[arg-type]
            if lower > upper:
                raise Refused(EmptyInterval(node.span, *(i.span.text for i in node.items)))
            return Interval(lower, upper)
    positive = isinstance(node, tree.Name) and node.text.startswith(("pos", "nonneg"))
    hint = "`in [0, inf]` says that nothing is below 0" if positive else None
    raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`", "an interval such as [0, 1] or [0, inf]", hint))
