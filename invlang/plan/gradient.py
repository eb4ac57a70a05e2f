"""Gradients: of quadratics by their Gram, of other smooth terms by the chain rule on the graph of values."""

from __future__ import annotations

from invlang.graph.apply import apply
from invlang.graph.arithmetic import add, multiply, number
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Adjoint, Compose, Operator, Sum
from invlang.graph.values import Iterative, Value, inside
from invlang.plan.roles import DoesNotFit
from invlang.rules.atoms import gradient_of_atom
from invlang.rules.derivative import depends, gradient_of_value, substitute
from invlang.rules.proximal import constant_gradient, normal
from invlang.rules.simplify import only_adjoints, simplify


def gram(terms: tuple[Term, ...], level: int) -> Operator | None:
    """The Hessian of the quadratic terms: 2 Σ wᵢ AᵢᴴAᵢ, simplified; None where no term is quadratic."""
    squares = [
        (multiply(number(2), t.weight), Compose((Adjoint(t.operator), t.operator))) for t in terms if t.atom.has("quadratic")
    ]
    if not squares:
        return None
    total = Sum(tuple(squares))
    return simplify(total) if level else only_adjoints(total)


def gradient(terms: tuple[Term, ...], point: Value, level: int = 2) -> Value:
    """∇ Σ terms at a point: G x − b for the quadratic ones, with b calculated once."""
    parts: list[Value] = []
    hessian = gram(terms, level)
    if hessian is not None:
        parts.append(apply(hessian, point))
    for term in terms:
        constant = constant_gradient(term, level) if term.atom.has("quadratic") or term.atom.has("linear") else None
        if constant is not None:
            parts.append(constant)
        elif isinstance(term.atom, SmoothAtom):
            parts.append(multiply(term.weight, slope(term, term.atom, point, level)))
        elif isinstance(term.atom, Atom) and not term.atom.has("quadratic"):
            parts.append(chain(term, term.atom, point, level))
    return add(*parts)


def slope(term: Term, atom: SmoothAtom, point: Value, level: int) -> Value:
    """The gradient of an expression, where it is written of one of several unknowns with zeros for the others.

    Raises DoesNotFit where the plan had to put a loop for what the program says: a pseudo-inverse without a closed form.
    """
    if any(is_unknown_loop(v, atom.variable) for v in inside(atom.value)):
        raise DoesNotFit(f"{term.label or term.text} reads a pseudo-inverse that has no closed form, and so no gradient")
    inner = apply(normal(term.operator, level), point)
    found = substitute(gradient_of_value(atom.value, atom.variable), atom.variable, inner)
    return apply(normal(Adjoint(term.operator), level), found)


def is_unknown_loop(value: Value, point: Value) -> bool:
    """Whether it is worked out of the point in rounds of which no derivative is known."""
    return isinstance(value, Iterative) and value.function != "fixed_point" and depends(value, point)


def chain(term: Term, atom: Atom, point: Value, level: int) -> Value:
    """w Aᴴ f′(A x + c)"""
    inner = apply(normal(term.operator, level), point)
    inner = inner if term.offset is None else add(inner, term.offset)
    back = normal(Adjoint(term.operator), level)
    return multiply(term.weight, apply(back, gradient_of_atom(atom, inner)))
