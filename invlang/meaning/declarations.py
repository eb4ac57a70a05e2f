"""Reading the statements that declare: use, dim, given, unknown, let, definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.graph.program import DimOf, GivenOf, UnknownOf
from invlang.graph.several import selector
from invlang.graph.spaces import AnySpace, Space, dim, known_size, parts_of, size
from invlang.graph.values import Known, Table, Value, known_inside
from invlang.meaning.arguments import declarations_in
from invlang.meaning.combinators import named_as
from invlang.meaning.curves import extent
from invlang.meaning.draft import Draft
from invlang.meaning.expressions import called, evaluate, interval
from invlang.meaning.files import file_of
from invlang.meaning.generators import after_tilde, is_random
from invlang.meaning.meanings import (
    Affine,
    Array,
    AxisRef,
    Broken,
    Built,
    Curve,
    Declared,
    Interval,
    Items,
    Mapped,
    Template,
    Terms,
    Unsized,
    Word,
    describe,
)
from invlang.meaning.mistakes import (
    ComplexOrder,
    DefinedByItself,
    NotExpected,
    Refused,
    TooLarge,
    WrongField,
    WrongSpace,
    shortened,
)
from invlang.meaning.numbers import number_of
from invlang.meaning.shapes import axes_text
from invlang.meaning.written_spaces import space_of, whole_size
from invlang.source import Span
from invlang.syntax import tree

MOST_NODES = 20_000
LAW_WANTED = "a random law after `~`"


# ---- sizes and spaces


def read_dim(draft: Draft, statement: tree.Dim) -> None:
    for item in statement.items:
        try:
            length = None if item.value is None else whole_size(draft, item.value)
        except Refused as refused:
            draft.refuse(refused.mistake)
            draft.declare(item.name, Broken())
            continue
        expression = dim(item.name.text) if length is None else size(length)
        draft.declare(item.name, AxisRef(item.name.text, expression))
        draft.dims.append(DimOf(item.name.text, length, item.name.span))


# ---- known quantities


def read_given(draft: Draft, statement: tree.Given) -> None:
    space = space_of(draft, statement.space)
    default: Value | None = None
    file = None
    written = statement.law or statement.value
    number: float | int | None = None
    if written is not None:
        file = file_of("given", written, draft.folder, draft.allowed) if is_file(written) else None
        if file is None:
            default, number = given_value(draft, written, space, statement)
    origin = "parameter" if number is not None or (not space.rank and default is None and file is None) else "given"
    known = Known(statement.name.text, space, origin, number, getattr(default, "traits", frozenset()))
    if statement.name.text not in draft.places:
        if origin == "parameter":
            draft.parameters[known.name] = known
        else:
            draft.givens.append(GivenOf(known, default, file, statement.doc, statement.name.span))
    draft.declare(statement.name, Array(known, space))


def is_file(node: Any) -> bool:
    return (
        isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text in ("load", "image", "images")
    )


def waiting_value(draft: Draft, node: Any, space: Space, name: str, is_law: bool) -> Value:
    """What a generator gives in a space.  name: of the stream that it is drawn from.  Refuses `=` and `~` where the other belongs."""
    scope = after_tilde(draft.scope) if is_law else draft.scope
    meaning = called(evaluate(node, scope), node, scope)
    if isinstance(meaning, Unsized):
        return unsized_value(node, meaning, space, name, is_law)
    hint = "a value follows `=`" if isinstance(meaning, Array | AxisRef) else None
    wanted = f"{LAW_WANTED}, such as BernoulliMask(keep = 0.5)" if is_law else f"a value for {space}"
    raise Refused(NotExpected(node.span, describe(meaning), wanted, hint))


def given_value(draft: Draft, node: Any, space: Space, statement: tree.Given) -> tuple[Value | None, float | int | None]:
    """The value that a declaration gives: for an array, and for a number."""
    if statement.law is not None:
        return waiting_value(draft, node, space, statement.name.text, True), None
    numbers = literal_numbers(node, draft) if space.rank == 1 and space.field == "real" else None
    if numbers is not None:
        return numbers_in(node, numbers, space, statement), None
    meaning = called(evaluate(node, draft.scope), node, draft.scope)
    if isinstance(meaning, Unsized):
        return unsized_value(node, meaning, space, statement.name.text, False), None
    number = number_of(meaning)
    if number is not None and not space.rank:
        return None, number
    if isinstance(meaning, AxisRef):
        raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`, a size", f"a value for {space}"))
    if isinstance(meaning, Array):
        return array_in(node, meaning, space, statement.name.text, statement.space.span), None
    raise Refused(NotExpected(node.span, describe(meaning), f"a value for {space}"))


def array_in(node: Any, array: Array, space: Space, name: str, declared: Span) -> Value:
    """The value of an expression in the space of what it is for.  name, declared: of that, and where its space is said."""
    if array.space != space.over(array.space.field):
        rows = ((f"{name} is", axes_text(space)), ("the value is", axes_text(array.space)))
        found = str(array.space) if array.space.rank else "a number"
        causes = ((declared, "declared with this space"),)
        what = f"the value of `{name}`"
        raise Refused(WrongSpace(node.span, what, str(space), found, (), rows if array.space.rank else (), causes=causes))
    if array.space.field == "complex" and space.field != "complex":
        hint = f"`real({shortened(node.span.text)})` keeps the real part"
        raise Refused(WrongField(node.span, f"`{name}`", space.field, "complex", hint))
    measured = sorted(k.name for k in known_inside((array.value,)) if k.origin == "data")
    if measured:
        hint = "an expression of data gets its name by `let`, without a space: `let NAME = …`"
        raise Refused(
            NotExpected(node.span, f"`{measured[0]}`, a measurement", "what is known before anything is measured", hint)
        )
    return array.value


def literal_numbers(node: Any, draft: Draft) -> tuple[float, ...] | None:
    """The numbers of [0.3, 0.6, 0.1], or None where it is another expression."""
    found = [number_of(evaluate(item, draft.scope)) for item in node.items] if isinstance(node, tree.ListOf) else [None]
    return None if None in found else tuple(float(n) for n in found if n is not None)


def numbers_in(node: Any, numbers: tuple[float, ...], space: Space, statement: tree.Given) -> Value:
    """A list of numbers as a vector."""
    length = space.axes[0].size
    if known_size(length) not in (None, len(numbers)):
        what, found = f"the value of `{statement.name.text}`", f"real[{len(numbers)}]"
        raise Refused(
            WrongSpace(node.span, what, str(space), found, (), (), causes=((statement.space.span, "declared with this space"),))
        )
    return Table(numbers, statement.name.text)


def unsized_value(node: Any, meaning: Unsized, space: Space, stream: str, is_law: bool) -> Value:
    name = f"`{shortened(node.function.span.text if isinstance(node, tree.Call) else node.span.text)}`"
    value = meaning.on(space, node.span, stream)
    if is_law and not is_random(value):
        raise Refused(NotExpected(node.span, f"{name}, which is not random", LAW_WANTED, "write `=` in place of `~`"))
    if is_random(value) and not is_law:
        hint = "write `~`: a new one is drawn per sample"
        raise Refused(NotExpected(node.span, f"{name}, which is random", "a value after `=`", hint))
    return value


# ---- what is sought


def read_unknown(draft: Draft, statement: tree.Unknown) -> None:
    space, bounds = unknown_space(draft, statement), None
    name = statement.name.text
    if statement.constraint is not None:
        try:
            bounds = bounds_of(draft, statement, space)
        except Refused as refused:
            draft.refuse(refused.mistake)
    if name in draft.places or name not in draft.spaces:
        draft.declare(statement.name, Broken())
        return
    draft.unknowns.append(UnknownOf(name, space, bounds, statement.name.span))
    position = list(draft.spaces).index(name)
    assert draft.unknown is not None
    operator = selector(tuple(draft.spaces.values()), position)
    draft.declare(statement.name, Affine(operator, None, space, draft.unknown.variable))


def unknown_space(draft: Draft, statement: tree.Unknown) -> Space:
    space = space_of(draft, statement.space)
    if space.field in ("binary", "integer"):
        raise Refused(WrongSpace(statement.space.span, "an unknown", "real or complex", space.field))
    return space


def bounds_of(draft: Draft, statement: tree.Unknown, space: Space) -> tuple[float, float]:
    assert statement.constraint is not None
    if space.field == "complex":
        causes = ((statement.space.span, f"`{statement.name.text}` is complex"),)
        raise Refused(ComplexOrder(statement.constraint.span, "this constraint", causes=causes))
    limits: Interval = interval(statement.constraint, draft.scope)
    return limits.lower, limits.upper


# ---- names for expressions


def read_let(draft: Draft, statement: tree.Let) -> None:
    name, value = statement.name.text, statement.value
    if draft.scope.find(name) is None and mentions(value, name):
        raise Refused(DefinedByItself(statement.name.span, name))
    meaning = evaluate(value, draft.scope)
    if isinstance(meaning, Declared) and isinstance(meaning.definition, tree.Definition):
        meaning = evaluate(tree.Call(value, (), span=value.span), draft.scope)
    check_value(draft, meaning, statement)
    number = number_of(meaning)
    if number is not None:
        known = Known(name, Space("real"), "parameter", number)
        if name not in draft.places:
            draft.parameters[known.name] = known
        meaning = Array(known, Space("real"))
    if isinstance(meaning, Template):
        causes = meaning.causes or declarations_in(value, draft.scope)
        meaning = replace(meaning, causes=((value.span, f"`{name}` is this"), *causes)[:3])
        meaning = named_as(meaning, name, remembering(draft, name, meaning.on), recalling(draft, name, meaning))
        if name not in draft.places:
            draft.lets.append((name, statement.name.span))
    draft.declare(statement.name, meaning)


def mentions(node: Any, name: str) -> bool:
    """Whether a tree speaks of a name, other than as the name of an argument or after a dot."""
    if isinstance(node, tree.Name):
        return node.text == name
    if isinstance(node, tree.Argument):
        return mentions(node.value, name)
    if isinstance(node, tree.Attribute):
        return mentions(node.object, name)
    if isinstance(node, tuple):
        return any(mentions(n, name) for n in node)
    return isinstance(node, tree.Node) and any(mentions(v, name) for v in vars(node).values())


def check_value(draft: Draft, meaning: Any, statement: tree.Let) -> None:
    """A `let` names an operator, an array, a number, a functional's value: not a word, and nothing beyond all size."""
    span = statement.value.span
    if isinstance(meaning, Unsized):
        hint = f"it takes its size from a declaration: `given {statement.name.text} : real[9, 9] = …`"
        raise Refused(NotExpected(span, "a kernel or mask of no size", "a value", hint))
    if isinstance(meaning, Word | Items):
        raise Refused(NotExpected(span, describe(meaning), "an operator, an array, a number or a functional"))
    value = meaning.operator if isinstance(meaning, Affine) else meaning.value if isinstance(meaning, Array | Curve) else None
    if isinstance(meaning, Mapped):
        value = meaning.argument.value if isinstance(meaning.argument, Curve) else meaning.argument.operator
    terms = meaning.terms if isinstance(meaning, Terms) else ()
    if value is not None and extent(value) > MOST_NODES or len(terms) > 1000:
        raise Refused(TooLarge(span))


def remembering(draft: Draft, name: str, on: Callable[[AnySpace, Span], Built]) -> Callable[[AnySpace, Span], Built]:
    """The same, built once for each space; the spaces that the operator was used on are remembered."""
    built: dict[tuple[AnySpace, Any], Built] = {}

    def on_space(space: AnySpace, place: Span) -> Built:
        key = (space, tuple(tuple(a.name for a in part.axes) for part in parts_of(space)))
        if key not in built:
            built[key] = on(space, place)
        if space not in draft.uses.setdefault(name, []):
            draft.uses[name].append(space)
        return built[key]

    return on_space


def recalling(draft: Draft, name: str, template: Template) -> Callable[[AnySpace, Span], Built]:
    """Its domain for a codomain: first among the spaces that it was used on."""

    def on_codomain(space: AnySpace, place: Span) -> Built:
        for used in draft.uses.get(name, []):
            operator, out = template.on(used, place)
            if out == space:
                return operator, used
        return template.on_codomain(space, place)

    return on_codomain
