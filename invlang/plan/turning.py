"""Several unknowns in turn: a sum of terms as a function of one of them, the others as they are."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.apply import apply
from invlang.graph.arithmetic import add
from invlang.graph.functionals import SmoothAtom, Term
from invlang.graph.operators import Identity, Row, Zero
from invlang.graph.spaces import SCALAR, Space
from invlang.graph.values import Bundle, Iterative, Value, variable
from invlang.plan.linearised import gauss_newton, is_bent
from invlang.plan.roles import DoesNotFit
from invlang.rules.derivative import depends, substitute
from invlang.rules.proximal import normal

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
    """The largest eigenvalue of the Gauss–Newton matrix at a point: of squares of what is linear in it, how curved they are."""
    assert isinstance(at.space, Space)
    bent = next((t for t in terms if is_bent(t)), None)
    if bent is not None:
        raise DoesNotFit(
            f"{bent.label or bent.text} is no square of what is linear in each unknown alone, so that its curvature at a point bounds no step"
        )
    probe = variable("v", at.space)
    body = gauss_newton(terms, at, probe, level)
    options = (("iterations", ROUNDS), ("rank", at.space.rank))
    return Iterative("largest_curvature", probe, body, (at,), options, SCALAR)  # type: ignore[arg-type]
