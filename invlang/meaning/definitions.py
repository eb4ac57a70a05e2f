"""Reading definitions, and checking each on the images that its signature describes."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import Axis, Space, dim
from invlang.graph.values import Known
from invlang.meaning.arguments import Given
from invlang.meaning.draft import Draft
from invlang.meaning.expressions import evaluate
from invlang.meaning.functional_calls import call_functional_definition
from invlang.meaning.meanings import Affine, Array, AxisRef, Broken, Declared, Flag, SizeList, TextOf, Word
from invlang.meaning.mistakes import DeclaredTwice, DefinedByItself, NotExpected, Refused, is_in_library, plural
from invlang.meaning.operator_calls import call_operator
from invlang.meaning.primitives import formula
from invlang.meaning.scope import Unknown
from invlang.meaning.shapes import Misfit, size_of
from invlang.syntax import tree

TAKES = {"fidelity": 1, "stabilise": 1, "unstabilise": 1, "part": 2, "tweedie": 2}


def read_definition(draft: Draft, statement: tree.Definition | tree.Algorithm) -> None:
    check_parameters(draft, statement)
    declared = Declared(statement, draft.snapshot, "user")
    if isinstance(statement, tree.Definition):
        if statement.keyword == "noise":
            check_law(statement)
            draft.declare(statement.name, declared)
            return
        if statement.keyword == "primitive" or statement.body is None:
            hint = "write an equation after `=`" if statement.body is None else None
            what = "a `primitive` of your own" if statement.keyword == "primitive" else "a definition without an equation"
            raise Refused(NotExpected(statement.name.span, what, "an operator or a functional with its equation", hint))
        check_body(draft, declared, statement)
    draft.declare(statement.name, declared)


def check_law(statement: tree.Definition) -> None:
    """A noise law has a mean, a draw, and formulas with the parameters that they take; what they say is checked where it is used."""
    name = statement.name
    if not statement.parameters or not isinstance(statement.parameters[0].kind, tree.Space):
        hint = f"write `noise {name.text}(mean : real[...], …)`"
        raise Refused(NotExpected(name.span, "a noise law without a mean", "a law whose first parameter is its mean", hint))
    if formula(statement, "sample") is None:
        hint = "add a clause such as `has sample = mean + sigma * randn(mean)`"
        raise Refused(NotExpected(name.span, "a noise law without a draw", "a law with `has sample = …`", hint))
    for has in statement.formulas:
        wanted = TAKES.get(has.name.text, 0)
        if len(has.parameters) != wanted:
            count = f"{plural(len(has.parameters), 'parameter')}"
            raise Refused(NotExpected(has.name.span, f"`{has.name.text}` with {count}", f"{plural(wanted, 'parameter')}"))


def check_parameters(draft: Draft, statement: tree.Definition | tree.Algorithm) -> None:
    seen: dict[str, Any] = {}
    for parameter in statement.parameters:
        name = parameter.name
        if name.text in seen:
            raise Refused(DeclaredTwice(name.span, name.text, causes=((seen[name.text], "declared here first"),)))
        seen[name.text] = name.span
    body = getattr(statement, "body", None)
    if not isinstance(body, tuple) and body is not None and statement.name.text not in draft.names:
        place = own_use(body, statement.name.text)
        if place is not None:
            raise Refused(DefinedByItself(place, statement.name.text))


def own_use(node: Any, name: str) -> Any:
    """Where a definition calls itself, or None."""
    if isinstance(node, tree.Name):
        return node.span if node.text == name else None
    if isinstance(node, tree.Argument):
        return own_use(node.value, name)
    values = node if isinstance(node, tuple) else vars(node).values() if isinstance(node, tree.Node) else ()
    return next((found for v in values if (found := own_use(v, name)) is not None), None)


def check_body(draft: Draft, declared: Declared, definition: tree.Definition) -> None:
    """Tries the definition on images as general as its signature allows; says what is wrong with its own text."""
    names: dict[str, Any] = {}
    given = []
    for parameter in definition.parameters:
        meaning = example_of(parameter, names)
        if parameter.default is None and not parameter.variadic:
            given.append(Given(parameter.name.text, meaning, parameter.name.span))
    scope = draft.scope
    try:
        if definition.keyword == "operator":
            check_operator(declared, definition, tuple(given), names, draft)
        elif definition.parameters and all(isinstance(g.meaning, Affine | Array) for g in given):
            unknown = next((g.meaning for g in given if isinstance(g.meaning, Affine)), None)
            inside = scope.with_unknown(Unknown(unknown.space, unknown.variable) if unknown else None)
            call_functional_definition(declared, tuple(given), definition.name.span, inside, evaluate)
    except Refused as refused:
        mistake = refused.mistake
        if mistake is not None and mistake.span != definition.name.span and not is_in_library(mistake.span):
            raise


def check_operator(
    declared: Declared, definition: tree.Definition, given: tuple[Given, ...], names: dict[str, Any], draft: Draft
) -> None:
    signature = definition.signature
    domain = signature.domain if isinstance(signature, tree.Signature) else signature
    if not isinstance(domain, tree.Space) or any(isinstance(g.meaning, Broken) for g in given):
        return
    space = general_space(domain, names)
    if space is None:
        return
    template = call_operator(declared, given, definition.name.span, evaluate, draft.scope)
    if template.is_linear:
        template.on(space, definition.name.span)


def example_of(parameter: tree.Parameter, names: dict[str, Any]) -> Any:
    """Something that a parameter may be, as general as its kind allows."""
    kind, name = parameter.kind, parameter.name.text
    match kind:
        case tree.Space(tree.Name("integer"), ()):
            names[name] = AxisRef(f"{name}°", dim(f"{name}°"))
            return names[name]
        case tree.Space(tree.Name("text"), ()):
            return TextOf("db4")
        case tree.Space(tree.Name("boolean"), ()):
            return Flag(False)
        case tree.Space(tree.Name("integer"), _):
            return SizeList((dim(f"{name}°"),))
        case tree.Space():
            space = general_space(kind, names)
            return Broken() if space is None else Array(Known(f"{name}°", space, "given"), space)
        case tree.Choices(choice):
            return Word(choice[0].text)
    return Broken()


def general_space(pattern: tree.Space, names: dict[str, Any]) -> Space | None:
    """A space of that pattern, with a size of its own for each axis."""
    axes = []
    for wanted in pattern.axes:
        if isinstance(wanted, tree.Ellipsis_):
            continue
        if isinstance(wanted, tree.Splat):
            return None
        if isinstance(wanted, tree.Name) and wanted.text not in names:
            names[wanted.text] = AxisRef(wanted.text, dim(f"{wanted.text}°"))
        try:
            expression = size_of(wanted, names)
        except Misfit:
            return None
        if expression is None:
            return None
        axes.append(Axis(expression, wanted.text if isinstance(wanted, tree.Name) else None))
    return Space("real" if pattern.field.text == "number" else pattern.field.text, tuple(axes))
