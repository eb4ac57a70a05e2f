"""Calls: of definitions, noise laws, functions of arrays, and words of later versions."""

from __future__ import annotations

from functools import partial
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.operators import Compose
from invlang.graph.spaces import SCALAR, Product, Space
from invlang.meaning import functions
from invlang.meaning.arguments import (
    Evaluate,
    Given,
    arguments_of,
    bind,
    own_words,
    parameter_list,
    refuse_missing,
)
from invlang.meaning.calculation import stretched
from invlang.meaning.constructs import BUILDERS
from invlang.meaning.curves import as_curve
from invlang.meaning.functional_calls import call_functional_definition
from invlang.meaning.functionals import call_functional, reduce_unknown
from invlang.meaning.generators import calculated_later, call_generator
from invlang.meaning.later import ALGORITHMS, TAKES, call_later
from invlang.meaning.meanings import (
    Affine,
    Array,
    Broken,
    Curve,
    Declared,
    Function,
    Later,
    LawCall,
    Mapped,
    SizeList,
    Template,
    Unsized,
    describe,
)
from invlang.meaning.mistakes import (
    ComplexOrder,
    DeclaredBelow,
    NotExpected,
    OperatorCalled,
    PythonFunction,
    Refused,
    UnknownName,
    WrongArgument,
    is_in_library,
    shortened,
)
from invlang.meaning.numbers import as_array
from invlang.meaning.operator_calls import call_operator, default_of
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.meaning.templates import real_part
from invlang.source import Span
from invlang.syntax import tree

PYTHON = frozenset(
    "eval exec open compile getattr setattr globals locals print len range input import type __import__ map filter zip list dict "
    "int float str super vars dir".split()
)


def call(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    """What a call means."""
    if not isinstance(node.function, tree.Name):
        return call_meaning(evaluate(node.function, scope), node, scope, evaluate)
    name = node.function.text
    meaning = scope.find(name)
    if meaning is None or (name in BUILDERS and isinstance(meaning, Declared) and meaning.stem != "user"):
        return call_builtin(name, node, scope, evaluate)
    return call_meaning(meaning, node, scope, evaluate)


def call_meaning(meaning: Any, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    """A call of something that a name, or a longer expression, stands for."""
    match meaning:
        case Broken():
            raise Refused(None)
        case Declared():
            return call_declared(meaning, node, scope, evaluate)
        case Function():
            return call_function(meaning, node, scope, evaluate)
        case Later():
            arguments_of(node, scope, evaluate)
            return meaning
        case Template():
            applied = " @ ".join((node.function.span.text, *(grouped(a.value) for a in node.arguments[:1])))
            raise Refused(OperatorCalled(node.span, shortened(node.function.span.text), applied))
    text = shortened(node.function.span.text)
    hint = f"to multiply, write `{text} * …`" if isinstance(meaning, Array | Affine | Curve) else None
    raise Refused(NotExpected(node.function.span, f"{describe(meaning)} called `{text}`", "a function or an operator", hint))


def grouped(node: Any) -> str:
    return f"({node.span.text})" if isinstance(node, tree.Binary | tree.Negate) else node.span.text


def call_function(function: Function, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    given = arguments_of(node, scope, evaluate, words=False)
    if len(given) != 1 or given[0].name is not None:
        raise Refused(WrongArgument(node.span, "this function takes one argument"))
    return evaluate(function.definition.body, function.scope.inner({function.definition.parameter.text: given[0].meaning}))


def call_declared(declared: Declared, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    """A call of a definition of the library or of the file."""
    definition = declared.definition
    if isinstance(definition, tree.Algorithm):
        hint = f"an algorithm follows `by`: `by {definition.name.text}(…)`"
        raise Refused(NotExpected(node.span, f"the algorithm `{definition.name.text}`", "an expression", hint))
    if definition.keyword == "noise":
        return law_call(declared, node, scope, evaluate)
    given = arguments_of(node, scope, evaluate, own=own_words(definition))
    if definition.keyword == "primitive" and definition.of == "functional":
        return call_functional(declared, given, node.span, scope, evaluate)
    if "generator" in (definition.keyword, definition.of):
        return call_generator(declared, given, node.span, scope, evaluate)
    if definition.keyword == "functional":
        return call_functional_definition(declared, given, node.span, scope, evaluate)
    if definition.signature is None and definition.body is not None and any(is_unknown(g.meaning) for g in given):
        return call_functional_definition(declared, given, node.span, scope, evaluate)
    for argument in given:
        refuse_unknown(argument, definition)
    if is_of_data(definition, given):
        result = call_functional_definition(declared, given, node.span, scope, evaluate)
        if isinstance(result, Array):
            return result
    return call_operator(declared, given, node.span, evaluate, scope)


def is_of_data(definition: tree.Definition, given: tuple[Given, ...]) -> bool:
    """Whether a definition without a space may be a calculation with data: all that it is given are arrays and numbers."""
    calculates = definition.signature is None and definition.body is not None
    return calculates and any(g.meaning.space != SCALAR for g in given if isinstance(g.meaning, Array))


def is_unknown(meaning: Any) -> bool:
    return isinstance(meaning, Affine | Curve | Mapped)


def refuse_unknown(argument: Given, definition: tree.Definition) -> None:
    """An operator is made from what is known, and applied with `@` to what is not."""
    if isinstance(argument.meaning, Affine | Curve | Mapped):
        made = f"{definition.name.text}(…)" if definition.parameters else definition.name.text
        hint = f"an operator is applied with `@`: `{made} @ {argument.span.text}`"
        raise Refused(
            NotExpected(argument.span, f"{describe(argument.meaning)} that depends on the unknown", "something known", hint)
        )


def law_call(declared: Declared, node: tree.Call, scope: Scope, evaluate: Evaluate) -> LawCall:
    """A noise law with its mean and its parameters."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition)
    bound = bind(definition, arguments_of(node, scope, evaluate, words=False), node.span)
    mean_name = definition.parameters[0].name.text
    if mean_name not in bound:
        what = f"`{definition.name.text}` needs its mean first, such as `{definition.name.text}(A @ x, …)`"
        raise Refused(WrongArgument(node.span, what, parameter_list(definition)))
    refuse_missing(definition, bound, node.span)
    parameters = []
    for parameter in definition.parameters[1:]:
        name = parameter.name.text
        given = bound.get(name)
        parameters.append((name, given.meaning if given else default_of(parameter, declared.scope, evaluate)))
    return LawCall(definition, bound[mean_name].meaning, tuple(parameters), declared.scope)


def call_builtin(name: str, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    """A call of a name that nothing declares: a construct of the language, a function of arrays, a word of later versions."""
    if name in BUILDERS:
        return BUILDERS[name](node, scope, evaluate)
    if name in functions.ALL:
        given = arguments_of(node, scope, evaluate)
        positional = [as_array(g.meaning) for g in given if g.name is None]
        keywords = {g.name: g for g in given if g.name is not None}
        return functions_of(name, positional, keywords, node.span, scope)
    if name in TAKES:
        return call_later(name, arguments_of(node, scope, evaluate))
    raise Refused(unknown_function(name, node, scope))


def unknown_function(name: str, node: tree.Call, scope: Scope) -> Any:
    span = node.function.span
    declared = scope.place_of(name)
    if declared is not None:
        return DeclaredBelow(span, name, declared, causes=((declared, "declared here"),))
    if name in PYTHON:
        return PythonFunction(span, name)
    if name in ALGORITHMS:
        return NotExpected(span, f"the algorithm `{name}`", "an expression", f"an algorithm follows `by`: `by {name}(…)`")
    if name in ("load", "image", "images"):
        hint = f"give it a name above, `given m : real[H, W] = {shortened(node.span.text)}`, and write `m` here"
        return NotExpected(node.span, f"the file of `{name}`", "an expression", hint)
    known = [*scope.known_names(), *functions.POINTWISE, *functions.REDUCTIONS, *BUILDERS, *TAKES]
    return UnknownName(span, name, "function or operator", nearest(name, [k for k in known if k.isidentifier()]))


# ---- functions of arrays


def functions_of(name: str, positional: list[Any], keywords: dict[Any, Given], span: Span, scope: Scope) -> Any:
    """A function of arrays: of known ones at once, of what depends on the unknown as a step to a functional."""
    for meaning in positional:
        if isinstance(meaning, Later):
            return meaning
    functions.check_arity(name, len(positional), span)
    if any(isinstance(m, Unsized) for m in positional):
        return calculated_later(positional, lambda *inner: functions_of(name, list(inner), keywords, span, scope), span)
    if name in functions.REDUCTIONS:
        axes = functions.axes_argument(keywords, positional[0], span)
        refuse_keywords(name, keywords)
        if isinstance(positional[0], Array) and isinstance(positional[0].space, Space):
            return functions.reduce_array(name, positional[0], axes)
        return reduce_unknown(name, positional[0], axes, span, scope)
    refuse_keywords(name, keywords)
    if name in functions.KERNELS and any(isinstance(m, SizeList) for m in positional):
        return functions.along_axes(name, positional)
    for meaning in positional:
        if not isinstance(meaning, Array | Affine | Curve | Mapped):
            hint = f"apply it to an array: `{name}(A @ x)`" if isinstance(meaning, Template) else None
            raise Refused(NotExpected(span, describe(meaning), f"an array for `{name}`", hint))
        if isinstance(meaning.space, Product) and not is_in_library(span):
            raise Refused(NotExpected(span, f"data of several parts {meaning.space}", f"one array for `{name}`"))
    if name in functions.ORDERED and any(functions.is_complex_meaning(m) for m in positional):
        raise Refused(ComplexOrder(span, f"`{name}`"))
    if all(isinstance(m, Array) for m in positional):
        return functions.pointwise_array(name, positional, partial(stretched, node=span))
    return function_of_unknown(name, positional, span)


def refuse_keywords(name: str, keywords: dict[Any, Given]) -> None:
    for word in keywords.values():
        raise Refused(WrongArgument(word.name_span or word.span, f"`{name}` has no argument called `{word.name}`"))


def function_of_unknown(name: str, positional: list[Any], span: Span) -> Any:
    first = positional[0]
    if name == "real" and isinstance(first, Affine):
        if first.space.field != "complex":
            return first
        space = first.space.over("real")
        offset = None if first.offset is None else arithmetic.pointwise("real", first.offset)
        return Affine(Compose((real_part(space), first.operator)), offset, space, first.variable)
    if name in ("abs", "abs2") and isinstance(first, Affine | Curve):
        return Mapped(name, first, (), first.space.over("real"))
    curves = [as_curve(m) for m in positional]
    space = curves[0].space
    for c in curves[1:]:
        space = stretched(space, c.space, span)
    value = functions.pointwise_value(name, [c.value for c in curves])
    return Curve(value, Space(value.space.field, space.axes))


def function_as_map(name: str, span: Span, scope: Scope) -> Template:
    """abs2 @ A: a function of arrays as a map."""

    def refuse(*_: Any) -> Any:
        raise Refused(NotExpected(span, f"the map `{name}`, which is not linear", "a linear operator"))

    return Template(name, refuse, refuse, lambda argument, place: functions_of(name, [argument], {}, place, scope))
