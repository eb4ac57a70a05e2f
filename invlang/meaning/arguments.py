"""Arguments meet parameters: which gets which, bare words, choices, and where a mistake in a definition is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from invlang.meaning.meanings import Array, AxisList, AxisRef, Declared, Flag, Template, TextOf, Word
from invlang.meaning.mistakes import Refused, UnknownChoice, UnknownName, WrongArgument, is_in_library, shortened
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.source import Span
from invlang.syntax import tree

Evaluate = Callable[[Any, Scope], Any]
FLAGS = ("true", "false")
CONSTANTS = {"inf": float("inf"), "pi": 3.141592653589793}


@dataclass(frozen=True)
class Given:
    """An argument of a call, evaluated.  A bare name that means nothing by itself arrives as a Word.

    span: where its value stands;  name_span: where its name does;  causes: where what it names is declared.
    """

    name: str | None
    meaning: Any
    span: Span
    name_span: Span | None = None
    causes: tuple[tuple[Span, str], ...] = ()

    @property
    def whole(self) -> Span:
        return self.name_span.to(self.span) if self.name_span else self.span


def arguments_of(
    node: tree.Call, scope: Scope, evaluate: Evaluate, words: bool = True, own: frozenset[str] = frozenset()
) -> tuple[Given, ...]:
    """The arguments of a call.  words: whether a bare name that means nothing is a word rather than a mistake.

    own: words that the callee gives a meaning, whatever the program calls so.
    """
    given = []
    for argument in node.arguments:
        value = argument.value
        name, place = (argument.name.text, argument.name.span) if argument.name else (None, None)
        bare = words and isinstance(value, tree.Name) and (is_bare(value.text, scope) or is_own(value.text, own, scope))
        meaning = Word(value.text) if bare else evaluate(value, scope)
        given.append(Given(name, meaning, value.span, place, declarations_in(value, scope)))
    return tuple(given)


def own_words(definition: tree.Definition | tree.Algorithm) -> frozenset[str]:
    """The flags and choices of a definition."""
    flags = {p.name.text for p in definition.parameters if is_boolean(p)}
    return frozenset(flags.union(*(choices(p) for p in definition.parameters)))


def is_own(name: str, own: frozenset[str], scope: Scope) -> bool:
    return name in own and not isinstance(scope.find(name), Flag | Word)


def is_bare(name: str, scope: Scope) -> bool:
    return (
        name not in CONSTANTS and name not in ("true", "false") and means_no_value(name, scope) and scope.place_of(name) is None
    )


def means_no_value(name: str, scope: Scope) -> bool:
    """Whether a name is free to be a word: nothing declares it, or only a noise law, which is no argument of anything."""
    meaning = scope.find(name)
    return meaning is None or getattr(getattr(meaning, "definition", None), "keyword", "") == "noise"


def declarations_in(node: Any, scope: Scope) -> tuple[tuple[Span, str], ...]:
    """Where the names of an expression are declared, for messages: at most two."""
    names = [node] if isinstance(node, tree.Name) else []
    if isinstance(node, tree.Call):
        names = [a.value for a in node.arguments if isinstance(a.value, tree.Name)]
    elif isinstance(node, tree.Attribute | tree.Negate):
        return declarations_in(node.object if isinstance(node, tree.Attribute) else node.operand, scope)
    known = [n for n in names if not (isinstance(m := scope.find(n.text), Template) and m.causes)]
    places = [(p, f"`{n.text}` is declared here") for n in known if (p := scope.place_of(n.text)) is not None]
    return tuple(places[:2])


def bind(definition: tree.Definition | tree.Algorithm, arguments: tuple[Given, ...], span: Span) -> dict[str, Given]:
    """Which parameter gets which argument; missing ones stay out, what does not fit is refused."""
    parameters = {p.name.text: p for p in definition.parameters}
    bound: dict[str, Given] = {}
    variadic = next((p for p in definition.parameters if p.variadic), None)
    axes: list[AxisRef] = []
    waiting = [p.name.text for p in definition.parameters if not p.variadic]
    for i, argument in enumerate(arguments):
        name = argument.name
        if name is None:
            refuse_behind_named(definition, argument, arguments[:i], parameters)
            if variadic is not None and isinstance(argument.meaning, AxisRef | AxisList):
                axes += argument.meaning.axes if isinstance(argument.meaning, AxisList) else (argument.meaning,)
                continue
            name = flag_name(argument, parameters) or next((n for n in waiting if n not in bound), None)
        if name is None or name not in parameters or parameters[name].variadic:
            raise Refused(too_many_or_unknown(definition, argument, name))
        if name in bound:
            takes = f"{', '.join(p.name.text for p in definition.parameters)}, in this order or by name"
            first = ((bound[name].whole, f"this is `{name}` already"),)
            raise Refused(WrongArgument(argument.whole, f"`{name}` is given twice", takes, causes=first))
        meaning = argument.meaning
        if argument.name is None and meaning == Word(name):
            meaning = Flag(True)
        if isinstance(meaning, Declared) and argument.span.text in choices(parameters[name]):
            meaning = Word(argument.span.text)
        bound[name] = replace(argument, name=name, meaning=meaning)
    if variadic is not None and axes:
        refuse_repeated(axes, span)
        bound[variadic.name.text] = Given(None, AxisList(tuple(axes)), span)
    return bound


def refuse_behind_named(
    definition: tree.Definition | tree.Algorithm,
    argument: Given,
    before: tuple[Given, ...],
    parameters: Mapping[str, tree.Parameter],
) -> None:
    """What goes by its place stands in front of what has a name; flags and choices go by their word, and stand anywhere."""
    named = next((b for b in before if b.name is not None and b.name_span is not None), None)
    if named is None or is_in_library(argument.span) or flag_name(argument, parameters) is not None:
        return
    what = f"`{shortened(argument.span.text)}` has no name and stands behind an argument that has one"
    takes = f"{parameter_list(definition)}, first those that go by their place and then those by name"
    assert named.name_span is not None
    raise Refused(WrongArgument(argument.span, what, takes, causes=((named.name_span, "named from here on"),)))


def refuse_repeated(axes: list[AxisRef], span: Span) -> None:
    labels = [a.label for a in axes]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None and not is_in_library(span):
        raise Refused(WrongArgument(span, f"the axis `{twice}` is named twice"))


def flag_name(argument: Given, parameters: Mapping[str, tree.Parameter]) -> str | None:
    """A bare word that is the name of a boolean parameter, or a choice of one, finds its parameter."""
    if not isinstance(argument.meaning, Word):
        return None
    word = argument.meaning.text
    if word in parameters and is_boolean(parameters[word]):
        return word
    return next((n for n, p in parameters.items() if word in choices(p)), None)


def is_boolean(parameter: tree.Parameter) -> bool:
    default = parameter.default
    kind = parameter.kind
    names = (
        [kind.field.text]
        if isinstance(kind, tree.Space)
        else [n.text for n in kind.names]
        if isinstance(kind, tree.Traits)
        else []
    )
    return "boolean" in names or isinstance(default, tree.Name) and default.text in ("true", "false")


def choices(parameter: tree.Parameter) -> tuple[str, ...]:
    return tuple(n.text for n in parameter.kind.names) if isinstance(parameter.kind, tree.Choices) else ()


def is_array_instead(parameter: tree.Parameter, meaning: Any) -> bool:
    """An array where a parameter takes a word or an array."""
    return isinstance(parameter.kind, tree.Choices) and parameter.kind.array is not None and isinstance(meaning, Array)


def too_many_or_unknown(definition: Any, argument: Given, name: str | None) -> WrongArgument:
    called = definition.name.text
    names = tuple(p.name.text for p in definition.parameters if not p.variadic)
    takes = parameter_list(definition)
    if argument.name is None or name is None:
        what = f"`{called}` takes no arguments" if not takes else f"`{called}` has no place for this argument"
        return WrongArgument(argument.whole, what, takes)
    return WrongArgument(
        argument.name_span or argument.span, f"`{called}` has no argument called `{name}`", takes, nearest(name, names)
    )


def parameter_list(definition: tree.Definition | tree.Algorithm) -> str:
    """The parameters for a message; `axes...` stands for names of axes."""
    return ", ".join("axes by name" if p.variadic else p.name.text for p in definition.parameters)


def refuse_missing(definition: tree.Definition, bound: Mapping[str, Given], span: Span) -> None:
    for p in definition.parameters:
        if not p.variadic and p.default is None and p.name.text not in bound:
            what = f"`{definition.name.text}` needs its argument `{p.name.text}`"
            raise Refused(WrongArgument(span, what, parameter_list(definition)))


def check_words(definition: tree.Definition, bound: Mapping[str, Given], scope: Scope) -> None:
    """A word is one of a parameter's choices; elsewhere a bare word is a name that nobody declared."""
    for parameter in definition.parameters:
        given = bound.get(parameter.name.text)
        if given is None or is_in_library(given.span):
            continue
        meaning = given.meaning
        if is_boolean(parameter) and not isinstance(meaning, Flag):
            found = shortened(given.span.text)
            raise Refused(UnknownChoice(given.span, found, parameter.name.text, FLAGS, nearest(found, FLAGS)))
        is_word = bool(choices(parameter)) or takes_words(parameter) or is_text(parameter)
        if isinstance(meaning, Word) and not is_word:
            raise Refused(unknown_word(meaning.text, given, definition, scope))
    check_choices(definition, bound)


def check_choices(definition: tree.Definition, bound: Mapping[str, Given]) -> None:
    for parameter in definition.parameters:
        given, words = bound.get(parameter.name.text), choices(parameter)
        if given is None or not words or is_array_instead(parameter, given.meaning):
            continue
        found = given.meaning.text if isinstance(given.meaning, Word | TextOf) else shortened(given.span.text)
        if not isinstance(given.meaning, Word) or found not in words:
            raise Refused(UnknownChoice(given.span, found, parameter.name.text, words, nearest(found, words)))


def is_text(parameter: tree.Parameter) -> bool:
    return isinstance(parameter.kind, tree.Space) and parameter.kind.field.text == "text"


def takes_words(parameter: tree.Parameter) -> bool:
    """Whether a bare word may stand there: a choice handed on, or the label of an axis."""
    default = parameter.default
    has_word = isinstance(default, tree.Name) and default.text not in ("true", "false", "inf")
    return parameter.kind is None and (has_word or parameter.name.text == "axis") or parameter.name.text in ("axis", "gradient")


def unknown_word(word: str, given: Given, definition: tree.Definition, scope: Scope) -> UnknownName:
    words = {p.name.text for p in definition.parameters if is_boolean(p)} | {w for p in definition.parameters for w in choices(p)}
    return UnknownName(given.span, word, close=nearest(word, [*words, *scope.known_names()]))


def told_at_call(refused: Refused, definition: Any, bound: Mapping[str, Given], call: Span, aside: str = "") -> Refused:
    """A mistake found inside a definition of the library is told at the user's call, at the argument that it is about."""
    mistake = refused.mistake
    if mistake is None or is_in_library(call) or not is_in_library(mistake.span):
        return refused
    words = set(re.findall(r"\w+", mistake.span.text))
    blamed = [g.span for n, g in bound.items() if n in words and not is_in_library(g.span)]
    return Refused(mistake.moved_to(blamed[0] if len(blamed) == 1 else call, aside))
