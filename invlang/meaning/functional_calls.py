"""Calling a functional that an equation defines: its body with the arguments in place of the parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.spaces import Product
from invlang.meaning.arguments import Evaluate, Given, bind, check_words, refuse_missing, told_at_call
from invlang.meaning.curves import as_curve
from invlang.meaning.meanings import Affine, Array, Curve, Declared, Later, Mapped, Terms, describe
from invlang.meaning.mistakes import ComplexOrder, NotAFunctional, NotExpected, Refused, WrongSpace, is_in_library
from invlang.meaning.numbers import as_array
from invlang.meaning.operator_calls import default_of
from invlang.meaning.parameters import check_scalar
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import Misfit, Names, axes_of_pattern, axes_text, fit
from invlang.source import Span
from invlang.syntax import tree


def call_functional_definition(
    declared: Declared, arguments: tuple[Given, ...], span: Span, scope: Scope, evaluate: Evaluate
) -> Any:
    """What the body of a functional means with these arguments; a mistake inside the library is told at this call."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition)
    bound = bind(definition, arguments, span)
    refuse_missing(definition, bound, span)
    check_words(definition, bound, scope)
    if any(isinstance(g.meaning, Later) for g in bound.values()):
        return next(g.meaning for g in bound.values() if isinstance(g.meaning, Later))
    try:
        return body_of(declared, definition, bound, span, scope, evaluate)
    except Refused as refused:
        raise told_at_call(refused, definition, bound, span) from None


def body_of(
    declared: Declared, definition: tree.Definition, bound: dict[str, Given], span: Span, scope: Scope, evaluate: Evaluate
) -> Any:
    name = definition.name.text
    names: Names = {}
    for parameter in definition.parameters:
        text = parameter.name.text
        if text in bound:
            names[text] = fitted(definition, parameter, bound[text], names)
        else:
            names[text] = default_of(parameter, declared.scope.called_from(scope, names), evaluate)
    assert definition.body is not None, name
    result = evaluate(definition.body, declared.scope.called_from(scope, names))
    if isinstance(result, Terms):
        return Terms(tuple(replace(t, label=name, span=span) for t in result.terms))
    if isinstance(result, Later):
        return result
    if definition.keyword == "functional" and not (isinstance(result, Array) and arithmetic.is_scalar(result.value)):
        place = span if is_in_library(definition.span) else definition.body.span
        raise Refused(NotAFunctional(place, describe(result), f"`{name}` should end in a sum or a norm"))
    return result


def fitted(definition: tree.Definition, parameter: tree.Parameter, given: Given, names: Names) -> Any:
    """An argument whose space is fitted to the parameter's, so that the body can speak of its axes."""
    kind, meaning, called = parameter.kind, given.meaning, definition.name.text
    if not isinstance(kind, tree.Space):
        return meaning
    if not kind.axes:
        check_scalar(called, parameter, given)
        return as_array(meaning)
    if isinstance(meaning, Mapped):
        meaning = as_curve(meaning)
    if not isinstance(meaning, Array | Affine | Curve) or isinstance(meaning.space, Product):
        raise Refused(
            NotExpected(given.span, describe(meaning), f"an array {kind.span.text} as `{parameter.name.text}` of `{called}`")
        )
    try:
        labelled = fit(kind, meaning.space, names)
    except Misfit as misfit:
        if kind.field.text == "real" and meaning.space.field == "complex":
            raise Refused(ComplexOrder(given.span, f"`{called}`")) from None
        takes, _ = axes_of_pattern(kind, names)
        what = shown(given.span)
        rows = ((f"{what} is", axes_text(meaning.space)), (f"{called} takes", takes))
        raise Refused(
            WrongSpace(
                given.span,
                f"what `{called}` is given",
                kind.span.text,
                str(meaning.space),
                (str(misfit),),
                rows,
                causes=given.causes,
            )
        ) from None
    return replace(meaning, space=labelled)


def shown(span: Span) -> str:
    return span.text if len(span.text) <= 20 else "it"
