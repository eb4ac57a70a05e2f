"""Generators: kernels, masks, pictures and random laws, declared in the library or in the file, that wait for their space."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from invlang.graph.spaces import Space, known_size, numeric
from invlang.graph.values import Call, Number, Random, Value, operands_of
from invlang.meaning.arguments import Evaluate, Given, bind, check_words, refuse_missing, told_at_call
from invlang.meaning.domains import check_claims, claims_in
from invlang.meaning.meanings import (
    Array,
    AxisList,
    AxisRef,
    Declared,
    Flag,
    Items,
    SizeList,
    TextOf,
    Unsized,
    Word,
    describe,
)
from invlang.meaning.mistakes import NotExpected, Refused, WrongSpace
from invlang.meaning.numbers import number_of
from invlang.meaning.operator_calls import default_of
from invlang.meaning.parameters import fit_parameter
from invlang.meaning.primitives import snake, text_of
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import Misfit, Names, axes_of_pattern, axes_text, fit, size_from
from invlang.source import Span
from invlang.syntax import tree

FIELDS = ("binary", "integer", "real", "complex")


def call_generator(declared: Declared, given: tuple[Given, ...], span: Span, scope: Scope, evaluate: Evaluate) -> Unsized:
    """A generator with its arguments, waiting for the space of what it is given to."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition)
    bound = bind(definition, given, span)
    refuse_missing(definition, bound, span)
    check_words(definition, bound, scope)
    names: Names = {}
    for parameter in definition.parameters:
        name = parameter.name.text
        inner = declared.scope.called_from(scope, names)
        try:
            names[name] = bound[name].meaning if name in bound else default_of(parameter, inner, evaluate)
        except Refused as refused:  # a default that is calculated from what was given
            raise told_at_call(refused, definition, bound, span) from None
    build = primitive_value if definition.body is None else partial(equation_value, evaluate=evaluate, caller=scope)

    def on(space: Space, place: Span, stream: str) -> Value:
        try:
            axes = axes_in(definition, space, span)
            check_arrays(definition, bound, axes, span)
            inside = {**axes, **names}
            check_claims(definition, numbers_in(inside), {n: g.span for n, g in bound.items()}, span)
            return build(declared, space, stream, inside, span)
        except Refused as refused:
            raise told_at_call(refused, definition, bound, span) from None

    return Unsized(definition.name.text, on)


def axes_in(definition: tree.Definition, space: Space, span: Span) -> Names:
    """What the signature's axes are in that space.  Refuses a space that the generator cannot fill."""
    pattern, names = definition.signature, Names()
    if not isinstance(pattern, tree.Space):
        return names
    name, wanted = f"`{definition.name.text}`", pattern.field.text
    if wanted in FIELDS and space.field in FIELDS and FIELDS.index(space.field) < FIELDS.index(wanted):
        raise Refused(NotExpected(span, f"{name}, which gives {wanted} numbers", f"a value for {space}"))
    if pattern.axes and not space.rank:
        raise Refused(NotExpected(span, f"{name}, an array", f"a value for {space}, which is one number"))
    try:
        fit(pattern, space.over("real"), names)
    except Misfit as misfit:
        takes, _ = axes_of_pattern(pattern, names)
        rows = (("it is given to", axes_text(space)), (f"{definition.name.text} gives", takes))
        raise Refused(WrongSpace(span, f"what {name} fills", str(pattern.span.text), str(space), (str(misfit),), rows)) from None
    return names


def check_arrays(definition: tree.Definition, bound: dict[str, Given], axes: Names, span: Span) -> None:
    """Refuses arrays whose axes are not those that the signature says; the axes that they alone name are added."""
    for parameter in definition.parameters:
        given = bound.get(parameter.name.text)
        if given is not None and isinstance(parameter.kind, tree.Space) and isinstance(given.meaning, Array):
            fit_parameter(definition.name.text, parameter, given, axes, span)


def numbers_in(names: Names) -> dict[str, Any]:
    """The numbers among parameters and axes: written down, or sizes that are known."""
    found = {n: known_size(m.size) if isinstance(m, AxisRef) else number_of(m) for n, m in names.items()}
    lists = {n: list_in(m) for n, m in names.items() if isinstance(m, SizeList | Items)}
    return {n: v for n, v in {**found, **lists}.items() if v is not None}


def list_in(meaning: SizeList | Items) -> tuple[Any, ...] | None:
    if isinstance(meaning, SizeList):
        return tuple(known_size(s) for s in meaning.sizes)
    return tuple(i.text if isinstance(i, Word) else number_of(i) for i in meaning.items)


def primitive_value(declared: Declared, space: Space, stream: str, names: Names, span: Span) -> Value:
    """A call of the kernel of the generator's name; a draw, unless the generator says that it is fixed."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition)
    sizes = tuple(known_size(s) if known_size(s) is not None else s for s in space.sizes)
    options: list[tuple[str, Any]] = [("sizes", sizes)]
    operands: list[Value] = []
    for parameter in definition.parameters:
        meaning = names[parameter.name.text]
        if isinstance(meaning, Array) and not isinstance(meaning.value, Number) and meaning.space.rank:
            operands.append(meaning.value)
        else:
            options.append((parameter.name.text, plain(meaning, span)))
    if isinstance(definition.signature, tree.Space) and definition.signature.field.text == "number":
        options.append(("field", "complex" if space.field == "complex" else "real"))
    kernel = text_of(definition, "kernel") or snake(definition.name.text)
    if any(f.name.text == "fixed" for f in definition.facts):
        return Call(
            declared.stem, kernel, tuple(operands), tuple(options), space, asked(definition, names), traits_of(definition, names)
        )
    return Random(kernel, stream, (), space, tuple(options), asked(definition, names), traits_of(definition, names))


def traits_of(definition: tree.Definition, names: Names) -> frozenset[str]:
    """What a generator claims of the entries that it makes: `is unimodular`, and `is spaced(factor)` as "spaced 3"."""
    numbers = numbers_in(names)
    counted = [n for fact, parameters in claims_in(definition) if fact == "spaced" for n in parameters if n in numbers]
    plain = {"unimodular"} & {f.name.text for f in definition.facts}
    return frozenset(plain) | {f"spaced {numbers[n]}" for n in counted}


def asked(definition: tree.Definition, names: Names) -> tuple[tree.Definition, tuple[tuple[str, Any], ...]] | None:
    """What the claims of a generator are about, where sizes among it are not known yet."""
    known = numbers_in(names)
    sizes = {n: size_from(m) for n, m in names.items() if n not in known}
    later = {n: s for n, s in sizes.items() if s is not None}
    return (definition, (*known.items(), *later.items())) if later and definition.facts else None


def plain(meaning: Any, span: Span) -> Any:
    """An argument as the kernel takes it: a number, a size, a word, or a row of them."""
    match meaning:
        case Array(value) if number_of(meaning) is not None:
            return value.value  # type: ignore[attr-defined]
        case AxisRef(size=size):
            return known_size(size) if known_size(size) is not None else size
        case Array(value) if hasattr(value, "expression"):
            return value.expression
        case Word(text) | TextOf(text):
            return text
        case Flag(value):
            return value
        case SizeList(sizes):
            return tuple(known_size(s) if known_size(s) is not None else s for s in sizes)
        case Items(items) | AxisList(items):
            return tuple(plain(item, span) for item in items)
    raise Refused(NotExpected(span, describe(meaning), "numbers that are written down, or words"))


def equation_value(
    declared: Declared, space: Space, stream: str, names: Names, span: Span, evaluate: Evaluate, caller: Scope
) -> Value:
    """What the body of a generator says, in that space."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition) and definition.body is not None
    scope = after_tilde(declared.scope.called_from(caller, names))
    return value_in(evaluate(definition.body, scope), space, definition.body.span, stream)


def value_in(meaning: Any, space: Space, place: Span, stream: str) -> Value:
    """A meaning as a value of that space.  Refuses what is none."""
    if isinstance(meaning, Unsized):
        return meaning.on(space, place, stream)
    if isinstance(meaning, Array) and isinstance(meaning.space, Space) and meaning.space.sizes == space.sizes:
        return meaning.value
    raise Refused(NotExpected(place, describe(meaning), f"a kernel, a mask or a random law for {space}"))


def calculated_later(meanings: list[Any], calculate: Callable[..., Any], place: Span) -> Unsized:
    """Arithmetic of things that wait for their space: done once they have it.  Each draw has a stream of its own."""

    def on(space: Space, outer: Span, stream: str) -> Value:
        several = sum(isinstance(m, Unsized) for m in meanings) > 1
        inner = [
            Array(m.on(space, place, f"{stream}.{i}" if several else stream), numeric(space)) if isinstance(m, Unsized) else m
            for i, m in enumerate(meanings, start=1)
        ]
        return value_in(calculate(*inner), space, place, stream)

    return Unsized("this expression", on)


def is_random(value: Value) -> bool:
    """Whether a value is a draw, or made of one."""
    return isinstance(value, Random) or any(map(is_random, operands_of(value)))


def after_tilde(scope: Scope) -> Scope:
    """The same scope where a law may stand: a library's name that two things share is the generator's."""
    library = scope.library_scope()
    shared = {n.removeprefix("~"): n for n in library.known_names() if n.startswith("~")}
    own = {n: library.find(key) for n, key in shared.items() if from_library(scope.find(n))}
    return scope.inner(own) if own else scope


def is_generator(meaning: Any) -> bool:
    """Whether a name stands for a generator that is not called yet."""
    definition = getattr(meaning, "definition", None)
    return "generator" in (getattr(definition, "keyword", ""), getattr(definition, "of", ""))


def from_library(meaning: Any) -> bool:
    return isinstance(meaning, Declared) and meaning.stem != "user"


__all__ = ["after_tilde", "calculated_later", "call_generator", "is_generator", "is_random", "value_in"]
