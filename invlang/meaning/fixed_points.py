"""`fixed_point(v -> E, start)`: the array that a function of arrays gives back as it is."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import numeric
from invlang.graph.values import Iterative, Variable
from invlang.meaning.arguments import Evaluate
from invlang.meaning.curves import as_curve, variables_in
from invlang.meaning.meanings import Array, Curve, Function, describe
from invlang.meaning.mistakes import NotExpected, Refused, WrongArgument, WrongSpace
from invlang.meaning.numbers import as_array, number_of
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import axes_text
from invlang.syntax import tree


def build_fixed_point(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Array | Curve:
    """The array v with v = E after `rounds`, from `start`; its derivatives are those of the solution, whatever the rounds."""
    named = {a.name.text: a.value for a in node.arguments if a.name is not None}
    if len(node.arguments) - len(named) != 2 or set(named) - {"rounds"}:
        says = "`fixed_point` takes a function and a start, such as `fixed_point(v -> b + G @ (f * v), b, rounds = 40)`"
        raise Refused(WrongArgument(node.span, says))
    written, first = node.arguments[0].value, node.arguments[1].value
    function, start = evaluate(written, scope), as_curve(as_array(evaluate(first, scope)))
    if not isinstance(function, Function):
        raise Refused(NotExpected(written.span, describe(function), "a function, such as `v -> b + G @ (f * v)`"))
    if not isinstance(start, Curve):
        raise Refused(NotExpected(first.span, describe(start), "an array to begin with"))
    unknown = Variable(function.definition.parameter.text, numeric(start.space))
    inner = function.scope.inner({function.definition.parameter.text: Curve(unknown, start.space)})
    body = as_curve(as_array(evaluate(function.definition.body, inner)))
    if not isinstance(body, Curve):
        raise Refused(NotExpected(function.definition.body.span, describe(body), "an array"))
    if numeric(body.space) != numeric(start.space):
        rows = (("the start is", axes_text(start.space)), ("the function gives", axes_text(body.space)))
        raise Refused(WrongSpace(function.definition.body.span, "what is repeated", str(start.space), str(body.space), (), rows))
    rounds = (("iterations", count_in(named.get("rounds"), scope, evaluate)), ("rank", start.space.rank))
    value = Iterative("fixed_point", unknown, body.value, (start.value,), rounds, unknown.of)
    is_known = not (variables_in(value) - {unknown})
    return Array(value, start.space) if is_known else Curve(value, start.space)


def count_in(written: Any, scope: Scope, evaluate: Evaluate) -> int:
    """How many rounds: a whole number above 0."""
    if written is None:
        return 30
    number = number_of(as_array(evaluate(written, scope)))
    if not isinstance(number, int) or number < 1:
        raise Refused(NotExpected(written.span, written.span.text, "a whole number of rounds, at least 1"))
    return number
