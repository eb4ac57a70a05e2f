"""Functionals times an array of weights, one for each entry: the weight goes inside, where the functional lets it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.functionals import Atom, Term
from invlang.graph.spaces import Space
from invlang.graph.values import Value
from invlang.meaning.meanings import Affine, Array, Terms
from invlang.meaning.mistakes import is_in_library
from invlang.meaning.templates import apply_template, diagonal
from invlang.source import Span


def weighted(terms: Terms, weights: Array, span: Span) -> Terms | None:
    """Σ w f(…), entry by entry; None where the functional is no sum over entries, or a weight may be below 0.

    The laws of the library divide by their scales, which are above 0 or refused when they are passed.
    """
    if not arithmetic.is_nonnegative(weights.value) and not is_in_library(span):
        return None
    found = [weighted_term(t, weights, span) for t in terms.terms]
    return None if None in found else Terms(tuple(t for t in found if t is not None))


def weighted_term(term: Term, weights: Array, span: Span) -> Term | None:
    """w ‖u‖² = ‖√w u‖², w |u| = |w u|, and w among the arguments of a functional that takes weights."""
    atom = term.atom
    if not isinstance(atom, Atom):
        return None
    if atom.has("quadratic"):
        return moved_inside(term, arithmetic.pointwise("sqrt", weights.value), weights, span)
    if atom.has("norm") and atom.has("separable"):
        return moved_inside(term, weights.value, weights, span)
    if "weight" not in dict(atom.arguments):
        return None
    together = tuple((n, arithmetic.multiply(v, weights.value) if n == "weight" else v) for n, v in atom.arguments)
    return replace(term, atom=replace(atom, arguments=together))


def moved_inside(term: Term, factor: Value, weights: Array, span: Span) -> Term | None:
    space: Any = term.operator.codomain
    if not isinstance(space, Space):
        return None
    inside = Affine(term.operator, term.offset, space, factor)
    moved = apply_template(diagonal(Array(factor, weights.space), span), inside, span)
    return replace(term, operator=moved.operator, offset=moved.offset)
