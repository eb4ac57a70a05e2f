"""Sums of squares of what is not linear in x: their Jacobian at a point, and systems with it."""

from __future__ import annotations

from invlang.graph.apply import apply, components
from invlang.graph.arithmetic import add, multiply, number
from invlang.graph.functionals import SmoothAtom, Term
from invlang.graph.operators import Adjoint, Compose, Sum
from invlang.graph.values import Bundle, Iterative, Number, Pointwise, Reduce, Value, variable
from invlang.plan.gradient import gram
from invlang.rules.derivative import depends, filled, pulled_back, put
from invlang.rules.facts import scaled_identity
from invlang.rules.forwards import pushed_forward
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify

ROUNDS = 30


def residual_of(term: Term) -> tuple[Value, Value] | None:
    """w and r of a term w ‖r(x)‖² that is written as an expression of the atom's variable; None where it is no such square."""
    if not isinstance(term.atom, SmoothAtom):
        return None
    value, weight = term.atom.value, term.weight
    if isinstance(value, Pointwise) and value.function == "multiply":
        numbers = [o for o in value.operands if not isinstance(o, Reduce)]
        sums = [o for o in value.operands if isinstance(o, Reduce)]
        if len(sums) != 1 or any(o.space.rank for o in numbers):
            return None
        value, weight = sums[0], multiply(weight, *numbers)
    if not isinstance(value, Reduce) or value.function != "sum" or value.space.rank:
        return None
    match value.operand:
        case Pointwise("power", (r, Number(2))) | Pointwise("abs2", (r,)):
            return weight, r
    return None


def is_bent(term: Term) -> bool:
    """Whether the residual of a square is not affine in the atom's variable: its slope along a direction is not the same everywhere."""
    found = residual_of(term)
    if found is None or not isinstance(term.atom, SmoothAtom):
        return False
    points = listed(term.atom.variable)
    slope = pushed_forward(found[1], points, directions(term.atom.variable))
    return any(depends(slope, p) for p in points)


def stiffness(terms: tuple[Term, ...], level: int) -> Value | None:
    """c, where Σ 2 w Aᴴ A = c I for terms w ‖|A x| − a‖²: such a sum lies below a parabola of that curvature, whatever the phases."""
    found = []
    for term in terms:
        residual = residual_of(term)
        if residual is None or not isinstance(term.atom, SmoothAtom) or term.atom.within is None:
            return None
        forward = Compose((term.atom.within, term.operator))
        found.append((multiply(number(2), residual[0]), Compose((Adjoint(forward), forward))))
    alone = [scaled_identity(simplify(gram)) for _, gram in found]
    if None not in alone:
        return add(*(multiply(w, a) for (w, _), a in zip(found, alone, strict=True)))  # type: ignore[arg-type]
    return scaled_identity(simplify(Sum(tuple(found))))


def gauss_newton(terms: tuple[Term, ...], at: Value, along: Value, level: int) -> Value:
    """Σ 2 w Jᵀ J v with the Jacobian J of each residual at a point; of a quadratic term its Hessian."""
    hessian = gram(terms, level)
    parts = [] if hessian is None else [apply(hessian, along)]
    for term in terms:
        found = residual_of(term)
        if found is not None and isinstance(term.atom, SmoothAtom):
            operator, inner = normal(term.operator, level), term.atom.variable
            point, tangent = apply(operator, at), apply(operator, along)
            ways = directions(inner)
            image = filled(pushed_forward(found[1], listed(inner), ways), found[1])
            shares = tuple(filled(pulled_back(found[1], u, image), u) for u in listed(inner))
            placed = dict(zip((*listed(inner), *ways), (*listed(point), *listed(tangent)), strict=True))
            moved = put(shares[0] if len(shares) == 1 else Bundle(shares), placed, {})
            back = apply(normal(Adjoint(term.operator), level), moved)
            parts.append(multiply(number(2), found[0], back))
    return add(*parts)


def directions(inner: Value) -> tuple[Value, ...]:
    """One for each variable, by a name that no unknown of a program can have: an unknown `v` is not its own direction."""
    return tuple(variable(f"along {i}", p.space) for i, p in enumerate(listed(inner)))


def listed(value: Value) -> tuple[Value, ...]:
    return value.parts if isinstance(value, Bundle) else (value,)


def damped_solution(terms: tuple[Term, ...], at: Value, damping: Value, right: Value, level: int) -> Value:
    """(G + m)⁻¹ b with the Gauss–Newton matrix G at a point, by conjugate gradients."""
    probe = variable("v", right.space)
    body = add(gauss_newton(terms, at, probe, level), multiply(damping, probe))
    found = Iterative("conjugate_gradient", probe, body, (right,), (("iterations", ROUNDS),), right.space)  # type: ignore[arg-type]
    return Bundle(components(found)) if isinstance(right, Bundle) else found
