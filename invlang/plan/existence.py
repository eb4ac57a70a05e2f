"""Whether an objective has a least value: a linear term falls without end wherever nothing else rises faster.

Squares of an injective map outgrow every linear term, and so does staying within a bounded set; an interval that is open on one side
does where the linear term rises towards that side.  What grows no faster itself, as norms and TV do, limits a linear term for small
weights only, which nobody knows beforehand; that the least value exists is a condition of the promise then.
Source: Rockafellar, Convex Analysis (1970), theorems 8.4 and 27.1: a convex function attains its least value where no direction of
recession leads down.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from invlang.graph.arithmetic import is_nonnegative, is_positive, negate
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, Operator, Row, Zero
from invlang.graph.values import Value
from invlang.plan.gradient import gram
from invlang.rules.parts import acts_on
from invlang.rules.proximal import is_box
from invlang.rules.simplify import simplify
from invlang.rules.theorems import fact, has_no_entry_below_zero


def not_held(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Linear terms that nothing is known to keep from falling without end."""
    linear = tuple(t for t in terms if t.atom.has("linear"))
    if not linear or are_squares_of_all(terms):
        return ()
    return tuple(t for t in linear if not all(any(holds(o, t, *seen) for o in terms) for seen in seen_by(t)))


def are_squares_of_all(terms: tuple[Term, ...]) -> bool:
    """Whether the squares together see every image."""
    hessian = gram(tuple(t for t in terms if t.atom.has("quadratic") and is_positive(t.weight)), 2)
    return hessian is not None and is_injective(hessian)


def surely_endless(terms: tuple[Term, ...]) -> tuple[Term, int] | None:
    """A linear term that alone sees an unknown, and which: where it certainly has a slope, the objective has no least value."""
    for term in (t for t in not_held(terms) if sign_of(t) and is_positive(constants(t))):
        others = [simplify(t.operator) for t in terms if t is not term]
        for i, map_of_it in seen_by(term):
            if is_injective(Adjoint(map_of_it)) and not any(acts_on(other, i) for other in others):
                return term, i
    return None


def seen_by(term: Term) -> list[tuple[int, Operator]]:
    """The unknowns that a term sees, and its map of each."""
    operator = simplify(term.operator)
    parts = operator.parts if isinstance(operator, Row) else (operator,)
    return [(i, p) for i, p in enumerate(parts) if not isinstance(p, Zero)]


def is_injective(operator: Operator) -> bool:
    return fact(operator, "injective").holds is True


def constants(linear: Term) -> Value:
    """c of Re⟨c, A x⟩"""
    assert isinstance(linear.atom, Atom)
    return linear.atom.argument("c")


def sign_of(term: Term) -> int:
    """The sign of its weight, 0 where it is not known."""
    return 1 if is_positive(term.weight) else -1 if is_positive(negate(term.weight)) else 0


def holds(term: Term, linear: Term, index: int, seen: Operator) -> bool:
    """Whether a term certainly keeps a linear one from falling without end along one unknown, of which the linear one sees `seen`."""
    limit = on_unknown(term)
    if limit is not None:
        return limit[0] == index and is_within(limit[1], linear, seen)
    limits = term.atom.has("indicator") and term.atom.has("normalisable")
    grows = term.atom.has("quadratic") and is_positive(term.weight)
    mine = seen_by(term)
    return (limits or grows) and len(mine) == 1 and mine[0][0] == index and is_injective(mine[0][1])


def on_unknown(term: Term) -> tuple[int, Term] | None:
    """Which unknown an interval is for, and the interval as a term of that unknown alone."""
    mine = seen_by(term)
    alone = replace(term, operator=mine[0][1]) if len(mine) == 1 else term
    return (mine[0][0], alone) if len(mine) == 1 and is_interval(alone) else None


def is_interval(term: Term) -> bool:
    return isinstance(term.atom, Atom) and is_box(term) and term.offset is None and "lower" in dict(term.atom.arguments)


def is_within(interval: Term, linear: Term, seen: Operator) -> bool:
    """Whether an interval is closed on each side, or on the side to which the linear term falls."""
    assert isinstance(interval.atom, Atom)
    low, high = (isfinite(float(interval.atom.argument(n).value)) for n in ("lower", "upper"))
    if low and high:
        return True
    rising = is_nonnegative(constants(linear)) and has_no_entry_below_zero(seen)
    return rising and (low if sign_of(linear) > 0 else high and sign_of(linear) < 0)
