"""Several unknowns in turn: a sum of terms as a function of one of them, the others as they are."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.apply import apply
from invlang.graph.arithmetic import add, divide, number, pointwise
from invlang.graph.functionals import SmoothAtom, Term
from invlang.graph.operators import Identity, Row, Zero
from invlang.graph.spaces import SCALAR, Space
from invlang.graph.values import Bundle, Call, Iterative, Reduce, Value, Variable, variable
from invlang.plan.linearised import gauss_newton, is_bent
from invlang.plan.roles import DoesNotFit
from invlang.rules.derivative import depends, pulled_back, substitute
from invlang.rules.parts import part_of
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify

ROUNDS = 20


def seen_by(terms: tuple[Term, ...], index: int, point: Bundle, level: int) -> tuple[Term, ...]:
    """The terms that one unknown is in, as terms of that unknown alone."""
    found = (seen_in(t, index, point, level) for t in terms)
    return tuple(t for t in found if t is not None)


def seen_in(term: Term, index: int, point: Bundle, level: int) -> Term | None:
    if isinstance(term.atom, SmoothAtom):
        return written_of_one(term, term.atom, index, point)
    operator = normal(term.operator, level)
    assert isinstance(operator, Row), term.text
    if isinstance(operator.parts[index], Zero):
        return None
    others = [
        apply(a, x)
        for i, (a, x) in enumerate(zip(operator.parts, point.parts, strict=True))
        if i != index and not isinstance(a, Zero)
    ]
    moved = [*others, *([] if term.offset is None else [term.offset])]
    return replace(term, operator=operator.parts[index], offset=add(*moved) if moved else None)


def written_of_one(term: Term, atom: SmoothAtom, index: int, point: Bundle) -> Term | None:
    """An expression of all unknowns with values in the place of all but one."""
    assert isinstance(atom.variable, Bundle) and isinstance(term.operator, Identity), term.text
    own = atom.variable.parts[index]
    if not depends(atom.value, own):
        return None
    value = atom.value
    for i, (inner, now) in enumerate(zip(atom.variable.parts, point.parts, strict=True)):
        value = value if i == index else substitute(value, inner, now)
    return replace(term, atom=replace(atom, variable=own, value=value, space=own.space), operator=Identity(own.space))


def curvature(terms: tuple[Term, ...], at: Value, level: int) -> Value:
    """The largest eigenvalue of the Gauss–Newton matrix at a point."""
    assert isinstance(at.space, Space)
    probe = variable("v", at.space)
    body = gauss_newton(terms, at, probe, level)
    options = (("iterations", ROUNDS), ("rank", at.space.rank))
    return Iterative("largest_curvature", probe, body, (at,), options, SCALAR)  # type: ignore[arg-type]


def parabola(terms: tuple[Term, ...], at: Value, level: int) -> Value:
    """The curvature of a parabola that lies above squares of what is linear and touches them at a point.

    Raises DoesNotFit where something else is squared: its curvature at a point bounds no step.
    """
    bent = next((t for t in terms if is_bent(t)), None)
    if bent is not None:
        raise DoesNotFit(
            f"{bent.label or bent.text} is no square of what is linear in each unknown alone, so that its curvature at a point bounds no step"
        )
    return curvature(terms, at, level)


def alone(term: Term) -> Term:
    """A term of one of several unknowns as one of that unknown."""
    found = part_of(simplify(term.operator))
    return term if found is None else replace(term, operator=found[1])


def counted(term: Term) -> tuple[Value, Value] | None:
    """The mean and the counts of a Poisson likelihood that is written as an expression of the unknowns; None of anything else."""
    value = term.atom.value if isinstance(term.atom, SmoothAtom) else None
    match value:
        case Reduce("sum", Call(_, "poisson_fidelity", (mean, y))):
            return mean, y
    return None


def em_ratio_of_expression(term: Term, point: Value) -> Value:
    """Jᵀ (y / m) / Jᵀ 1 for counts y with a mean m that is linear in the point, J: what expectation maximisation multiplies by."""
    found = counted(term)
    assert found is not None and isinstance(term.atom, SmoothAtom)
    (mean, y), own = found, term.atom.variable
    assert isinstance(own, Variable)
    ones = Call("arrays", "ones", (y,), (("space", y.space),), y.space)
    tiny = number(1e-12)
    sensitivity = pulled_back(mean, own, ones)
    if depends(sensitivity, own):
        raise DoesNotFit(f"the mean of {term.label or term.text} is not linear in each unknown alone")
    back = pulled_back(mean, own, divide(y, pointwise("maximum", mean, tiny)))
    return substitute(divide(back, pointwise("maximum", sensitivity, tiny)), own, point)
