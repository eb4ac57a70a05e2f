"""Operators that speak of one axis by name: copies along it, sums over it, matrices along it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invlang.graph.operators import Compose, Leaf, Operator
from invlang.graph.spaces import AnySpace, Axis, Product, Space, numeric, show_size, size
from invlang.graph.values import Number, Table, Value
from invlang.meaning.meanings import Array, AxisList, AxisRef, Broken, Items, SizeList, Template, describe
from invlang.meaning.mistakes import (
    AmbiguousAxis,
    AxisIsThere,
    DoNotMeet,
    NoSuchAxis,
    NotExpected,
    Refused,
    SpaceNotKnown,
    WrongArgument,
    is_in_library,
    plural,
)
from invlang.meaning.primitives import primitive_named
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import axes_text
from invlang.meaning.synonyms import nearest
from invlang.meaning.templates import embed
from invlang.source import Span
from invlang.syntax import tree

Evaluate = Callable[[Any, Scope], Any]


def axis_argument(node: tree.Call, scope: Scope) -> tuple[str, Any]:
    """The first argument: the label of an axis and, where its name is declared, its size."""
    if not node.arguments or not isinstance(node.arguments[0].value, tree.Name) or node.arguments[0].name is not None:
        raise Refused(WrongArgument(node.span, f"`{node.function.span.text}` wants the name of an axis first"))
    name = node.arguments[0].value.text
    meaning = scope.find(name)
    if isinstance(meaning, AxisRef):
        return meaning.label, meaning.size
    if isinstance(meaning, Broken):
        raise Refused(None)
    return name, None


def one(space: AnySpace, name: str, place: Span) -> Space:
    if isinstance(space, Product):
        raise Refused(NotExpected(place, f"data of several parts {space}", f"one array for `{name}`"))
    return numeric(space)


def repeat_leaf(space: Space, axis: int, count: Any, adjoint: bool = False) -> tuple[Leaf, Space]:
    """The copies of an image along a new axis; `space` is the one without the axis.  Gives the leaf and the space with it."""
    axes = list(space.axes)
    position = len(axes) + 1 + axis
    axes.insert(position, count)
    big = Space(space.field, tuple(axes))
    arguments = (("axis", axis), ("count", count.size))
    return Leaf(primitive_named("Repeat"), arguments, space, big, adjoint), big


def axis_before(node: tree.Call, scope: Scope) -> str | None:
    """The label of the axis that a new one goes in front of: `before = H`."""
    given = next((a.value for a in node.arguments if a.name is not None and a.name.text == "before"), None)
    if given is None:
        return None
    found = scope.find(given.text) if isinstance(given, tree.Name) else None
    if isinstance(found, AxisList):
        if not found.axes:
            raise Refused(WrongArgument(node.span, "it acts along no axis here: an array that it is given has too few axes"))
        return found.axes[0].label
    if not isinstance(found, AxisRef):
        raise Refused(NotExpected(given.span, given.span.text, "the name of an axis"))
    return found.label


def only_axis(node: tree.Call, scope: Scope, options: tuple[str, ...] = ()) -> tuple[str, Any]:
    if len([a for a in node.arguments if a.name is None or a.name.text not in options]) != 1:
        raise Refused(WrongArgument(node.span, f"`{node.function.span.text}` takes the name of one axis"))
    return axis_argument(node, scope)


def build_repeat(node: tree.Call, scope: Scope) -> Template:
    """Repeat(C): copies along a new first axis C;  Repeat(C, before = H): along a new axis C in front of H."""
    label, length = only_axis(node, scope, ("before",))
    next_axis = axis_before(node, scope)
    if length is None:
        raise Refused(WrongArgument(node.span, f"`Repeat` copies along a new axis, and nothing says how long `{label}` is"))

    def on(space: AnySpace, place: Span) -> tuple[Operator, AnySpace]:
        flat = one(space, "Repeat", place)
        refuse_second(label, flat, node, place)
        where = -flat.rank if next_axis is None else position(flat, next_axis, node.span)
        return repeat_leaf(flat, where - 1, Axis(length, label))

    def on_codomain(space: AnySpace, place: Span) -> tuple[Operator, AnySpace]:
        flat = one(space, "Repeat", place)
        where = 0 if next_axis is None else flat.rank + position(flat, next_axis, node.span) - 1
        if not flat.rank or where < 0 or flat.axes[where].size != length:
            raise Refused(DoNotMeet(place, None, "`Repeat`", axes_text(flat), (show_size(length), "…")))
        single = Space(flat.field, flat.axes[:where] + flat.axes[where + 1 :])
        leaf, _ = repeat_leaf(single, where - flat.rank, Axis(length, label))
        return leaf, single

    return Template("Repeat", on, on_codomain)


def build_sum(node: tree.Call, scope: Scope) -> Template:
    """Sum(C): the sum over the axis C."""
    label, length = only_axis(node, scope)

    def on(space: AnySpace, place: Span) -> tuple[Operator, AnySpace]:
        flat = one(space, "Sum", place)
        axis = position(flat, label, node.span)
        rest = Space(flat.field, tuple(a for i, a in enumerate(flat.axes, -flat.rank) if i != axis))
        leaf, _ = repeat_leaf(rest, axis, flat.axes[axis], adjoint=True)
        return leaf, rest

    def on_codomain(space: AnySpace, place: Span) -> tuple[Operator, AnySpace]:
        flat = one(space, "Sum", place)
        if length is None:
            raise Refused(SpaceNotKnown(node.span, "`Sum`"))
        refuse_second(label, flat, node, place)
        leaf, big = repeat_leaf(flat, -(flat.rank + 1), Axis(length, label), adjoint=True)
        return leaf, big

    return Template("Sum", on, on_codomain)


def refuse_second(label: str, space: Space, node: tree.Call, place: Span) -> None:
    """A new axis has a name of its own."""
    if space.named(label):
        hint = f"to add up along it, write `Sum({label})` without `.H`" if node.span.text.startswith("Sum") else None
        raise Refused(AxisIsThere(node.span, label, str(space), hint, causes=((place, "here"),)))


def position(space: Space, label: str, place: Span) -> int:
    """The axis of that label; in the library `colour` also means the third axis from the end."""
    found = space.named(label)
    if len(found) == 1:
        return found[0]
    if label == "colour" and space.rank >= 3 and is_in_library(place):
        return -3
    has = tuple(a.name for a in space.axes if a.name)
    raise Refused(
        AmbiguousAxis(place, label, str(space)) if found else NoSuchAxis(place, label, str(space), has, nearest(label, has))
    )


def build_weigh(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    """Weigh(C, w): Σ_c w_c x_c, an axis of size 1 in place of C."""
    if len(node.arguments) != 2 or any(a.name is not None for a in node.arguments):
        raise Refused(WrongArgument(node.span, "`Weigh` takes the name of an axis, and one weight for each of its entries"))
    label, _ = axis_argument(node, scope)
    weights = vector(evaluate(node.arguments[1].value, scope), node.arguments[1].span)
    matrix = row_matrix(weights)
    return along_axis("Weigh", label, matrix, node.arguments[1].span)


def vector(meaning: Any, span: Span) -> Value:
    if isinstance(meaning, SizeList) and all(s.is_Integer for s in meaning.sizes):
        return Table(tuple(float(s) for s in meaning.sizes), "weights")
    if isinstance(meaning, Items) and all(isinstance(i, Array) and isinstance(i.value, Number) for i in meaning.items):
        return Table(tuple(float(i.value.value) for i in meaning.items), "weights")
    if isinstance(meaning, Array) and isinstance(meaning.space, Space) and meaning.space.rank == 1:
        return meaning.value
    raise Refused(NotExpected(span, describe(meaning), "one weight for each entry of the axis"))


def row_matrix(weights: Value) -> Array:
    """real[n] as a matrix real[1, n]."""
    n = weights.space.axes[0]
    space = Space(weights.space.field, (Axis(size(1)), n))
    return Array(weights, space)


def build_dense(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    """Dense(M) on the last axis, Dense(M, axis = C) on the axis named."""
    positional = [a for a in node.arguments if a.name is None]
    keywords = {a.name.text: a for a in node.arguments if a.name is not None}
    if len(positional) != 1 or set(keywords) - {"axis"}:
        raise Refused(WrongArgument(node.span, "`Dense` takes a matrix, and the axis it acts along", "matrix, axis"))
    meaning = evaluate(positional[0].value, scope)
    if not isinstance(meaning, Array) or not isinstance(meaning.space, Space) or meaning.space.rank != 2:
        raise Refused(NotExpected(positional[0].span, describe(meaning), "a matrix, such as `given M : real[m, n]`"))
    label = None
    if "axis" in keywords:
        value = keywords["axis"].value
        if not isinstance(value, tree.Name):
            raise Refused(NotExpected(value.span, value.span.text, "the name of an axis"))
        found = scope.find(value.text)
        label = found.label if isinstance(found, AxisRef) else value.text
    return along_axis("Dense", label, meaning, positional[0].span)


def other_axis(name: str, span: Span, wanted: Any, space: Space) -> str | None:
    """The axis that has the matrix's size, where it is not the last."""
    fits = [a.name for a in space.axes if a.size == wanted and a.name]
    return f"`{name}({span.text}, axis = {fits[0]})` acts on the axis {fits[0]}, which has that size" if len(fits) == 1 else None


def along_axis(name: str, label: str | None, matrix: Array, span: Span) -> Template:
    rows, columns = matrix.space.axes
    weights = rows.size == 1 and columns.size.is_Integer
    what = f"it has {plural(int(columns.size), 'weight')}" if weights else f"`{span.text}` is a matrix {matrix.space}"

    def each(forward: bool) -> Callable[[AnySpace, Span], tuple[Operator, AnySpace]]:
        wanted, other = (columns, rows) if forward else (rows, columns)

        def on(space: AnySpace, place: Span) -> tuple[Operator, AnySpace]:
            flat = one(space, name, place)
            axis = -1 if label is None else position(flat, label, span)
            if not flat.rank or flat.axes[axis].size != wanted.size:
                takes = ("…", show_size(wanted.size)) + ("…",) * (-axis - 1)
                hint = other_axis(name, span, wanted.size, flat) if label is None else None
                raise Refused(DoNotMeet(place, None, f"`{name}`", axes_text(flat), takes, (what,), hint))
            axes = list(flat.axes)
            axes[axis] = Axis(other.size, label if flat.axes[axis].name is None else flat.axes[axis].name)
            lifts = matrix.space.field == "complex" and flat.field != "complex"
            start = flat.over("complex") if lifts else flat
            result = Space(start.field, tuple(axes))
            arguments = (("matrix", matrix.value), ("axis", axis))
            of, to = (start, result) if forward else (result, start)
            leaf = Leaf(primitive_named("Dense"), arguments, of, to)
            return (Compose((leaf, embed(flat))) if lifts and forward else leaf), result

        return on

    return Template(name, each(True), each(False))
