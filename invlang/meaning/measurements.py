"""Measurements: `data y ~ law(mean, …)`, the space of y, its law's numbers, and how to draw it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from invlang.graph.program import Measurement
from invlang.graph.spaces import Product, Space, is_complex, numeric
from invlang.graph.values import Bundle, Call, Known, Number, Pointwise, Random, Value
from invlang.meaning import library
from invlang.meaning.arguments import declarations_in
from invlang.meaning.calculation import stretched
from invlang.meaning.constructs import law_names
from invlang.meaning.curves import as_curve
from invlang.meaning.domains import check_number, check_together, claimed, claims_of
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import Affine, Array, Curve, Declared, Later, LawCall, Mapped, describe
from invlang.meaning.mistakes import DeclaredBelow, NotALaw, NotExpected, Refused, WrongField, is_in_library, shortened
from invlang.meaning.noise import forms_of
from invlang.meaning.numbers import as_array
from invlang.meaning.primitives import formula
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.source import Span
from invlang.syntax import tree

Read = tuple[Measurement, Array, LawCall, list[Known]]


def read(statement: tree.Data, scope: Scope, taken: frozenset[str]) -> Read | Later:
    """What a `data` statement says; also the meaning of its name, its law, and the numbers a caller may change.

    taken: names that such a number may not have.
    """
    law = law_of(statement.law, scope)
    mean = as_curve(law.mean) if isinstance(law.mean, Mapped) else as_array(law.mean)
    if isinstance(mean, Later):
        return mean
    mean_span = argument_span(statement.law, 0)
    if not isinstance(mean, Array | Affine | Curve):
        raise Refused(NotExpected(mean_span, describe(mean), "an array as the mean, such as `A @ x`"))
    check_mean(law, mean, statement.law, scope)
    space = mean.space if isinstance(mean.space, Product) else numeric(mean.space)
    name = statement.name.text
    law, parameters = with_parameters(law, name, taken, statement, space)
    value = data_value(name, space, law)
    if not is_in_library(law.definition.span):
        forms_of(law, space)  # a law of the user's: whatever is wrong with it is told now
    mean_value = as_curve(mean).value
    measurement = Measurement(
        name=name,
        space=space,
        value=value,
        law=law.definition.name.text,
        operator=mean.operator if isinstance(mean, Affine) else None,
        offset=mean.offset if isinstance(mean, Affine) else None,
        mean=mean_value,
        sample=named_draws(sample_of(law, mean_value, space), name),
        parameters=tuple((n, p.value) for n, p in law.parameters),
        claims=claims_of(law),
        forms=partial(forms_of, law, space),
        span=statement.name.span,
    )
    return measurement, Array(value, space), replace(law, mean=mean), parameters


def argument_span(node: Any, position: int) -> Span:
    """Where the argument of a call stands, or the call itself."""
    positional = [a for a in node.arguments if a.name is None] if isinstance(node, tree.Call) else []
    return positional[position].value.span if position < len(positional) else node.span


def law_of(node: Any, scope: Scope) -> LawCall:
    """The noise law after `~`."""
    laws = tuple(n for n, e in library.entries().items() if e.keyword == "noise")
    function = node.function if isinstance(node, tree.Call) else node
    if isinstance(function, tree.Name) and scope.find(function.text) is None:
        place = scope.place_of(function.text)
        if place is not None:
            raise Refused(DeclaredBelow(function.span, function.text, place, causes=((place, "declared here"),)))
        raise Refused(NotALaw(function.span, function.text, laws, nearest(function.text, laws)))
    meaning = evaluate(node, scope)
    if isinstance(meaning, LawCall):
        return meaning
    text = shortened(node.span.text)
    if isinstance(meaning, Declared) and getattr(meaning.definition, "keyword", "") == "noise":
        hint = f"give it its mean: `{text}(A @ x)`"
        raise Refused(NotExpected(node.span, f"the law `{text}` without its mean", "a noise law with its mean", hint))
    hint = f"say the noise too: `Normal({text}, sigma = 0.02)`" if isinstance(meaning, Array | Affine | Curve | Mapped) else None
    raise Refused(NotALaw(node.span, text, laws, hint=hint))


def check_mean(law: LawCall, mean: Any, node: Any, scope: Scope) -> None:
    """A law of real data has a real mean."""
    span = argument_span(node, 0)
    kind = law.definition.parameters[0].kind
    if isinstance(kind, tree.Space) and kind.field.text == "real" and is_complex(mean.space):
        name, text = law.definition.name.text, shortened(span.text, 24)
        causes = mean_causes(node, scope)
        hint = f"`{name}` noise belongs to real data: measure `abs2({text})` or `abs({text})`, or use `Normal`"
        raise Refused(WrongField(span, f"`{name}`", "real", "complex", hint, causes=causes))


def mean_causes(node: Any, scope: Scope) -> tuple[tuple[Span, str], ...]:
    """Where the factors of the mean are declared."""
    mean = node.arguments[0].value
    factors = [mean.left, mean.right] if isinstance(mean, tree.Binary) else [mean]
    return tuple(cause for factor in factors for cause in declarations_in(factor, scope))[:2]


def with_parameters(
    law: LawCall, data: str, taken: frozenset[str], statement: tree.Data, space: Any
) -> tuple[LawCall, list[Known]]:
    """The numbers of a law become parameters that a caller may change: sigma, or sigma_y where that is taken."""
    known: list[Known] = []
    parameters: list[tuple[str, Any]] = []
    numbers: dict[str, Any] = {}
    for name, given in law.parameters:
        span = parameter_span(statement.law, name, law)
        meaning = checked_parameter(name, as_array(given), span, law, space)
        value = meaning.value
        if isinstance(value, Number):
            traits = frozenset(f for f in ("positive", "nonnegative") if name in claimed(law, f))
            own = name if name not in taken else f"{name}_{data}"
            parameter = Known(own, Space("real"), "parameter", value.value, traits)  # type: ignore[arg-type]
            known.append(parameter)
            meaning = Array(parameter, Space("real"))
        numbers[name] = value.value if isinstance(value, Number) else getattr(value, "default", None)
        if numbers[name] is not None:
            check_number(law, name, numbers[name], span)
        parameters.append((name, meaning))
    check_together(law, numbers, statement.law.span)
    return replace(law, parameters=tuple(parameters)), known


def parameter_span(node: Any, name: str, law: LawCall) -> Span:
    assert isinstance(node, tree.Call)
    found = next((a.value.span for a in node.arguments if a.name is not None and a.name.text == name), None)
    position = [p.name.text for p in law.definition.parameters].index(name)
    return found or argument_span(node, position)


def checked_parameter(name: str, meaning: Any, span: Span, law: LawCall, space: Any) -> Array:
    """A number, or an array that stretches to the data."""
    if not isinstance(meaning, Array) or not isinstance(meaning.space, Space) or meaning.space.field == "complex":
        raise Refused(NotExpected(span, describe(meaning), f"a number as `{name}` of `{law.definition.name.text}`"))
    for part in space.parts if isinstance(space, Product) else (space,):
        if meaning.space.rank and stretched(part, meaning.space, span).axes != part.axes:
            raise Refused(NotExpected(span, describe(meaning), f"a number, or an array of the data's size {part}"))
    return meaning


def data_value(name: str, space: Any, law: LawCall) -> Value:
    """The data as known values: one array, or one for each part of a stack."""
    has = formula(law.definition, "fidelity")
    own = has.parameters[0].text if has is not None and has.parameters else "y"
    traits = frozenset({"nonnegative"}) if own in claimed(law, "nonnegative") else frozenset()
    if isinstance(space, Product):
        return Bundle(tuple(Known(f"{name}{i + 1}", p, "data", None, traits) for i, p in enumerate(space.parts)))
    return Known(name, space, "data", None, traits)


def sample_of(law: LawCall, mean: Value, space: Any) -> Value:
    """A draw from the law around a mean."""
    has = formula(law.definition, "sample")
    assert has is not None, law.definition.name.text
    if isinstance(mean, Bundle):
        return Bundle(tuple(sample_of(law, m, p) for m, p in zip(mean.parts, space.parts, strict=True)))
    own = law.definition.parameters[0].name.text
    drawn = evaluate(has.value, law.scope.inner({**law_names(law), own: Array(mean, space)})).value
    if own in claimed(law, "nonnegative"):
        return Call("functionals", "where_nonnegative", (drawn, mean), (), space)
    return drawn


def named_draws(value: Value, name: str) -> Value:
    """The sample with draws of its own: two measurements of one mean do not share their noise."""
    if isinstance(value, Random):
        return replace(value, stream=f"{value.stream} of {name}")
    if isinstance(value, Pointwise):
        return Pointwise(value.function, tuple(named_draws(o, name) for o in value.operands))
    if isinstance(value, Call):
        return replace(value, operands=tuple(named_draws(o, name) for o in value.operands))
    if isinstance(value, Bundle):
        return Bundle(tuple(named_draws(p, f"{name}, part {i + 1}") for i, p in enumerate(value.parts)))
    return value
