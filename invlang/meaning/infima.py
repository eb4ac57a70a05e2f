"""`infimum(w -> E, start)`: the least value of functionals over an array w, which is found together with the unknown."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.functionals import Term
from invlang.graph.several import placed, selector, spread_over
from invlang.graph.spaces import Product, Space, numeric, parts_of
from invlang.graph.values import Bundle, Value, Variable
from invlang.meaning.arguments import Evaluate
from invlang.meaning.curves import as_curve
from invlang.meaning.meanings import Affine, Array, Curve, Function, Terms, describe
from invlang.meaning.mistakes import NotAFunctional, NotExpected, Refused, WrongArgument
from invlang.meaning.scope import Scope, Unknown
from invlang.syntax import tree


def build_infimum(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Terms:
    """Terms of the unknown and of w, an array that begins as `start`, over which the sum is least."""
    if len(node.arguments) != 2 or any(a.name is not None for a in node.arguments):
        says = "`infimum` takes a function and what its array begins with, such as `infimum(w -> TV(x - w) + sq(w), x / 2)`"
        raise Refused(WrongArgument(node.span, says))
    written, first = node.arguments[0].value, node.arguments[1].value
    function, start = evaluate(written, scope), evaluate(first, scope)
    if not isinstance(function, Function):
        raise Refused(NotExpected(written.span, describe(function), "a function, such as `w -> TV(x - w) + sq(w)`"))
    if not isinstance(start, Array | Affine | Curve) or not isinstance(start.space, Space):
        raise Refused(NotExpected(first.span, describe(start), "an array to begin with"))
    outer = scope.unknown
    if outer is None or outer.inner:
        raise Refused(NotExpected(node.span, "`infimum` here", "`infimum` among the terms of an objective, not in another one"))
    name = function.definition.parameter.text
    inner = Variable(unused(name, outer, scope), numeric(start.space))
    joint = Unknown(Product((*parts_of(outer.space), inner.space)), Bundle((*each_of(outer.variable), inner)), (inner,))
    spaces = parts_of(joint.space)
    free = Affine(selector(spaces, len(spaces) - 1), None, start.space, joint.variable)
    body = evaluate(function.definition.body, function.scope.inner({name: free}).with_unknown(joint))
    if not isinstance(body, Terms):
        raise Refused(NotAFunctional(function.definition.body.span, describe(body)))
    begun = ((inner, as_curve(start).value),)
    return Terms(tuple(replace(t, operator=spread_over(t.operator, joint.space), inner=begun) for t in body.terms))


def unused(name: str, outer: Unknown, scope: Scope) -> str:
    """A name for an array that no unknown and no other such array of the objective has."""
    scope.effort.arrays += 1
    numbered = name if scope.effort.arrays == 1 else f"{name}{scope.effort.arrays}"
    return numbered if all(v.name != numbered for v in each_of(outer.variable)) else f"{numbered}_inner"  # type: ignore[attr-defined]


def each_of(value: Value) -> tuple[Value, ...]:
    return value.parts if isinstance(value, Bundle) else (value,)


def gathered(terms: tuple[Term, ...], unknown: Unknown) -> tuple[tuple[Term, ...], tuple[tuple[Variable, Value], ...]]:
    """All terms of one objective as terms of the unknowns and of all arrays that it is minimised over, and those arrays."""
    inner = tuple(dict.fromkeys(v for t in terms for v in t.inner))
    own = parts_of(unknown.space)
    spaces = (*own, *(v.space for v, _ in inner))
    if not inner:
        return terms, ()
    where = lambda t: (*range(len(own)), *(len(own) + inner.index(v) for v in t.inner))
    return tuple(replace(t, operator=placed(t.operator, where(t), spaces), inner=inner) for t in terms), inner
