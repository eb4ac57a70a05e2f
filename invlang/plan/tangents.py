"""How far functionals lie above their tangents, and how they curve along a direction: what the length of a step is told by."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.arithmetic import add, divide, multiply, number, pointwise, subtract
from invlang.graph.functionals import Term
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Call, Value
from invlang.plan.gradient import gradient
from invlang.plan.objective import objective_value
from invlang.plan.products import each, inner_of, reduced
from invlang.rules.proximal import is_quadratic

TINY = number(1e-30)
SHORT = 1e-3
ROUNDINGS = 8  # how many times the spacing of numbers a sum of many of them is exact to


def rise(terms: tuple[Term, ...], touching: Value, point: Value, level: int) -> Value:
    """f(n) − f(p) − ⟨∇f(p), n − p⟩ of a tangent at p and a point n.

    Of squares w ‖A (n − p)‖², which is exact however near they are; of others no more than rounding lets one tell for sure.
    """
    away = each("subtract", point, touching)
    squares = tuple(replace(t, offset=None) for t in terms if t.atom.has("quadratic"))
    rest = tuple(t for t in terms if not is_quadratic(t))
    exact = objective_value(squares, away, level)
    if not rest:
        return exact
    before, after = (objective_value(rest, v, level) for v in (touching, point))
    sizes = add(pointwise("abs", before), pointwise("abs", after))
    return add(
        exact,
        subtract(subtract(after, before), inner_of(gradient(rest, touching, level), away)),
        multiply(number(-1), rounding(sizes)),
    )


def rounding(value: Value) -> Value:
    """How much of a sum that is as large as that may be rounding."""
    return multiply(number(ROUNDINGS), Call("samples", "rounding_of", (pointwise("abs", value),), (), SCALAR))


def cauchy_step(terms: tuple[Term, ...], point: Value, level: int) -> Value:
    """‖g‖² / ⟨g, H g⟩ with the gradient g and the Hessian H at a point: the step that is best along g, never shorter than 1 / L."""
    slope = gradient(terms, point, level)
    bend = curvature_along(terms, point, slope, level)
    return divide(squared(slope), pointwise("maximum", pointwise("abs", bend), TINY))


def curvature_along(terms: tuple[Term, ...], point: Value, slope: Value, level: int) -> Value:
    """⟨g, H g⟩ with the gradient g and the Hessian H at a point: exact of squares, of others from the gradient a short way downhill."""
    squares = tuple(replace(t, offset=None) for t in terms if t.atom.has("quadratic"))
    rest = tuple(t for t in terms if not is_quadratic(t))
    exact = multiply(number(2), objective_value(squares, slope, level))
    if not rest:
        return exact
    way = short_way(rest, point, slope, level)
    there = each("subtract", point, each("multiply", way, slope))
    change = each("subtract", gradient(rest, point, level), gradient(rest, there, level))
    return add(exact, divide(inner_of(slope, change), way))


def short_way(terms: tuple[Term, ...], point: Value, slope: Value, level: int) -> Value:
    """How many gradients a thousandth of the point is, or of the way to where the value would be 0."""
    length = squared(slope)
    lengths = pointwise("sqrt", divide(squared(point), pointwise("maximum", length, TINY)))
    to_zero = divide(pointwise("abs", objective_value(terms, point, level)), pointwise("maximum", length, TINY))
    return pointwise("maximum", multiply(number(SHORT), add(lengths, to_zero)), TINY)


def squared(value: Value) -> Value:
    return reduced("sum", each("abs2", value))
