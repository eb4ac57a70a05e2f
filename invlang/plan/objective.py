"""The value of an objective at a point."""

from __future__ import annotations

from invlang.graph.apply import apply
from invlang.graph.arithmetic import ZERO, add, multiply
from invlang.graph.functionals import SmoothAtom, Term
from invlang.graph.values import Value
from invlang.rules.atoms import declared_formula
from invlang.rules.derivative import substitute
from invlang.rules.proximal import normal


def objective_value(terms: tuple[Term, ...], point: Value, level: int = 2) -> Value:
    """Σ weight · f(A x + c); a constraint counts as 0 (its solutions keep to it)."""
    parts = [multiply(t.weight, term_value(t, point, level)) for t in terms if not t.atom.has("indicator")]
    return add(*parts) if parts else ZERO


def term_value(term: Term, point: Value, level: int) -> Value:
    if isinstance(term.atom, SmoothAtom):
        return substitute(term.atom.value, term.atom.variable, apply(normal(term.operator, level), point))
    inner = apply(normal(term.operator, level), point)
    inner = inner if term.offset is None else add(inner, term.offset)
    return declared_formula(term.atom, "value", None, inner)
