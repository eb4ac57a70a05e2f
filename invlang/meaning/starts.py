"""The clause `start`: where an algorithm begins, for one unknown or for several by name."""

from __future__ import annotations

from invlang.graph.program import UnknownOf
from invlang.graph.spaces import stretch
from invlang.graph.values import Value
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import Array, describe
from invlang.meaning.mistakes import NotExpected, Refused, WrongArgument
from invlang.meaning.numbers import as_array
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.syntax import tree


def first_iterate(clause: tree.Clause, scope: Scope, unknowns: tuple[UnknownOf, ...]) -> tuple[Value | None, ...]:
    """`start EXPRESSION`, or `start x = EXPRESSION, h = EXPRESSION`: a value for each unknown that is named."""
    found: dict[str, Value] = {}
    names = tuple(u.name for u in unknowns)
    for argument in clause.arguments:
        if argument.name is None and (len(unknowns) > 1 or len(clause.arguments) > 1):
            what = "say of which unknown this is the start" if len(unknowns) > 1 else "`start` takes one expression"
            raise Refused(WrongArgument(argument.span, what, ", ".join(f"{n} = …" for n in names)))
        name = argument.name.text if argument.name is not None else names[0]
        if name not in names or name in found:
            what = f"`{name}` has two starts" if name in found else f"there is no unknown `{name}`"
            raise Refused(WrongArgument(argument.span, what, ", ".join(names), nearest(name, names)))
        found[name] = fitting(argument, scope, next(u for u in unknowns if u.name == name))
    return tuple(found.get(n) for n in names)


def fitting(argument: tree.Argument, scope: Scope, unknown: UnknownOf) -> Value:
    """The value of an expression of the data that stretches to the unknown."""
    meaning = as_array(evaluate(argument.value, scope))
    wanted = f"an array of data and known quantities as large as `{unknown.name}`, or a number"
    if not isinstance(meaning, Array):
        raise Refused(NotExpected(argument.value.span, describe(meaning), wanted))
    axes = getattr(meaning.space, "axes", None)
    stretched = stretch(unknown.space.axes, axes) if axes is not None else None
    if stretched is None or tuple(a.size for a in stretched) != unknown.space.sizes:
        raise Refused(NotExpected(argument.value.span, describe(meaning), wanted))
    if meaning.space.field == "complex" and unknown.space.field != "complex":
        hint = "`real(…)` takes the real part, `abs(…)` the modulus"
        raise Refused(NotExpected(argument.value.span, "complex numbers", f"real numbers: `{unknown.name}` is real", hint))
    return meaning.value
