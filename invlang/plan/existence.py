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
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Identity
from invlang.plan.gradient import gram
from invlang.rules.parts import acts_on, part_of
from invlang.rules.proximal import is_box
from invlang.rules.simplify import simplify
from invlang.rules.theorems import fact, has_no_entry_below_zero


def not_held(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Linear terms that nothing is known to keep from falling without end."""
    linear = tuple(t for t in terms if t.atom.has("linear"))
    if not linear or are_squares_of_all(terms):
        return ()
    return tuple(t for t in linear if not any(holds(other, t) for other in terms))


def are_squares_of_all(terms: tuple[Term, ...]) -> bool:
    """Whether the squares together see every image."""
    hessian = gram(tuple(t for t in terms if t.atom.has("quadratic") and is_positive(t.weight)), 2)
    return hessian is not None and fact(hessian, "injective").holds is True


def surely_endless(terms: tuple[Term, ...], unknowns: int) -> tuple[Term, int] | None:
    """A linear term that alone sees an unknown, and which: with a weight that is not zero the objective has no least value."""
    for term in filter(is_surely_sloped, not_held(terms)):
        mine, others = simplify(term.operator), [simplify(t.operator) for t in terms if t is not term]
        for i in range(unknowns):
            if acts_on(mine, i) and not any(acts_on(other, i) for other in others):
                return term, i
    return None


def is_surely_sloped(term: Term) -> bool:
    return isinstance(term.atom, Atom) and is_positive(term.atom.argument("c")) and bool(sign_of(term))


def sign_of(term: Term) -> int:
    """The sign of its weight, where it is known."""
    return 1 if is_positive(term.weight) else -1 if is_positive(negate(term.weight)) else 0


def holds(term: Term, linear: Term) -> bool:
    """Whether a term certainly keeps a linear one from falling without end, on all that the linear one sees."""
    limit = on_unknown(term)
    if limit is not None:
        index, alone = limit
        return is_of_part(linear, index) and is_within(alone, linear)
    limits = term.atom.has("indicator") and term.atom.has("normalisable")
    grows = term.atom.has("quadratic") and is_positive(term.weight)
    if not (limits or grows):
        return False
    owned = part_of(simplify(term.operator))
    if owned is None:
        return fact(term.operator, "injective").holds is True
    return is_of_part(linear, owned[0]) and fact(owned[1], "injective").holds is True


def on_unknown(term: Term) -> tuple[int, Term] | None:
    """Which unknown an interval is for, and the interval as a term of that unknown alone."""
    if not isinstance(term.atom, Atom):
        return None
    owned = part_of(simplify(term.operator))
    alone = replace(term, operator=owned[1]) if owned is not None and isinstance(owned[1], Identity) else term
    return (owned[0] if owned is not None else 0, alone) if is_interval(alone) else None


def is_interval(term: Term) -> bool:
    return not isinstance(term.atom, SmoothAtom) and is_box(term) and term.offset is None and "lower" in dict(term.atom.arguments)


def is_of_part(linear: Term, index: int) -> bool:
    """Whether a linear term sees one unknown only, and that one."""
    owned = part_of(simplify(linear.operator))
    return owned is None and index == 0 or owned is not None and owned[0] == index


def is_within(interval: Term, linear: Term) -> bool:
    """Whether an interval is closed on each side, or on the side to which the linear term falls."""
    assert isinstance(interval.atom, Atom)
    low, high = (isfinite(float(interval.atom.argument(n).value)) for n in ("lower", "upper"))
    if low and high:
        return True
    owned = part_of(simplify(linear.operator))
    seen = simplify(linear.operator) if owned is None else owned[1]
    rising = isinstance(linear.atom, Atom) and is_nonnegative(linear.atom.argument("c")) and has_no_entry_below_zero(seen)
    return rising and (low if sign_of(linear) > 0 else high and sign_of(linear) < 0)
