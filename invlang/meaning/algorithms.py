"""The algorithm after `by`: its name and its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.program import OptionOf
from invlang.meaning import library
from invlang.meaning.arguments import choices
from invlang.meaning.expressions import evaluate
from invlang.meaning.later import ALGORITHMS
from invlang.meaning.meanings import Array, Declared, Word, describe
from invlang.meaning.mistakes import (
    DeclaredBelow,
    NotExpected,
    Refused,
    UnknownChoice,
    UnknownName,
    WrongArgument,
    shortened,
)
from invlang.meaning.numbers import as_array, number_of
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.source import Span
from invlang.syntax import tree


def algorithm_of(clause: tree.Clause, scope: Scope) -> tuple[str | None, tuple[tuple[str, Any], ...], Span]:
    """The algorithm after `by`, and its arguments as plain numbers or values; None where an option stands alone."""
    node = clause.arguments[0].value if clause.arguments else None
    name_node = node.function if isinstance(node, tree.Call) else node
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    if not isinstance(name_node, tree.Name) or clause.arguments[0].name is not None:
        hint = "such as `by FISTA(iterations = 200)`"
        raise Refused(NotExpected(clause.span, f"`{shortened(clause.span.text)}`", "an algorithm after `by`", hint))
    name = name_node.text
    found = scope.find(name)
    if isinstance(found, Declared) and isinstance(found.definition, tree.Algorithm):
        if is_option(found.definition):
            return None, (), clause.span
        given = tuple(algorithm_argument(a, name, own_arguments(found.definition), scope) for a in arguments)
        return name, no_doubles(given, node), clause.span
    if name in ALGORITHMS:
        names = dict.fromkeys((*ALGORITHMS[name], "iterations"), ())
        return name, tuple(algorithm_argument(a, name, names, scope) for a in arguments), clause.span
    raise Refused(unknown_algorithm(name_node, scope))


def is_option(algorithm: tree.Algorithm) -> bool:
    """Whether it wraps another algorithm's rounds, and solves nothing by itself."""
    return any(f.name.text == "option" for f in algorithm.facts)


def options_of(clause: tree.Clause, scope: Scope) -> tuple[OptionOf, ...]:
    """What stands behind the algorithm, or alone: `by FISTA, AdaptiveRestart`, `by AdaptiveRestart`."""
    behind = 0 if algorithm_of(clause, scope)[0] is None else 1
    found = tuple(option_of(a, scope) for a in clause.arguments[behind:])
    for i, option in enumerate(found):
        if option.name in (o.name for o in found[:i]):
            raise Refused(WrongArgument(option.span, f"`{option.name}` is said twice"))
    return found


def option_of(argument: tree.Argument, scope: Scope) -> OptionOf:
    node = argument.value
    name = node.function if isinstance(node, tree.Call) else node
    if not isinstance(name, tree.Name) or argument.name is not None:
        hint = "such as `by FISTA(iterations = 200), AdaptiveRestart`"
        raise Refused(NotExpected(argument.span, f"`{shortened(argument.span.text)}`", "an option behind the algorithm", hint))
    found = scope.find(name.text)
    if not isinstance(found, Declared) or not isinstance(found.definition, tree.Algorithm) or not is_option(found.definition):
        known = tuple(n for n, e in library.entries().items() if e.keyword == "algorithm" and is_option(library.definition(n)))  # type: ignore[arg-type]
        raise Refused(UnknownName(name.span, name.text, "option", nearest(name.text, known), known))
    names = {n: words for n, words in own_arguments(found.definition).items() if n != "iterations"}
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    given = tuple(algorithm_argument(a, name.text, names, scope) for a in arguments)
    return OptionOf(name.text, no_doubles(given, node), argument.span)


def unknown_algorithm(node: tree.Name, scope: Scope) -> Any:
    place = scope.place_of(node.text)
    if scope.find(node.text) is None and place is not None:
        return DeclaredBelow(node.span, node.text, place, causes=((place, "declared here"),))
    declared = ((n, library.definition(n)) for n, e in library.entries().items() if e.keyword == "algorithm")
    known = tuple(n for n, d in declared if isinstance(d, tree.Algorithm) and not is_option(d))
    return UnknownName(node.span, node.text, "algorithm", nearest(node.text, [*known, *ALGORITHMS]), known)


def own_arguments(algorithm: tree.Algorithm) -> dict[str, tuple[str, ...]]:
    """The arguments that an algorithm takes: the words that each is one of, none where it is a number."""
    return {**{p.name.text: choices(p) for p in algorithm.parameters if p.default is not None}, "iterations": ()}


def no_doubles(given: tuple[tuple[str, Any], ...], node: Any) -> tuple[tuple[str, Any], ...]:
    names = [n for n, _ in given]
    for i, argument in enumerate(names):
        if argument in names[:i]:
            raise Refused(WrongArgument(node.arguments[i].span, f"`{argument}` is given twice"))
    return given


def algorithm_argument(
    argument: tree.Argument, called: str, names: Mapping[str, tuple[str, ...]], scope: Scope
) -> tuple[str, Any]:
    """An argument and its value, a number or a word.  names: those that there are, as of `own_arguments`."""
    if argument.name is None:
        raise Refused(WrongArgument(argument.span, f"arguments of `{called}` are given by name", ", ".join(names)))
    name = argument.name.text
    if name not in names:
        what = f"`{called}` has no argument called `{name}`"
        raise Refused(WrongArgument(argument.name.span, what, ", ".join(names), nearest(name, names)))
    if names[name]:
        return name, (word_among(argument.value, name, names[name]), argument.span)
    meaning = as_array(evaluate(argument.value, scope))
    if name == "iterations":
        count = number_of(meaning)
        if not isinstance(count, int) or count < 1:
            found = describe(meaning) if count is None else f"{count}"
            raise Refused(NotExpected(argument.value.span, found, "a whole number above 0 as `iterations`"))
    if isinstance(meaning, Array) and arithmetic.is_scalar(meaning.value):
        return name, (meaning.value, argument.span)
    raise Refused(NotExpected(argument.value.span, describe(meaning), f"a number as `{name}`"))


def word_among(node: Any, name: str, words: tuple[str, ...]) -> Word:
    """A word that is one of the choices of an argument.  Raises Refused."""
    found = node.text if isinstance(node, tree.Name | tree.Text) else shortened(node.span.text)
    if not isinstance(node, tree.Name) or found not in words:
        raise Refused(UnknownChoice(node.span, found, name, words, nearest(found, words)))
    return Word(found)
