"""Sums: like terms, diagonals, and common factors."""

from __future__ import annotations

from math import prod

from invlang.graph.arithmetic import ONE, add, in_order, is_number, literal_factor, multiply, number
from invlang.graph.operators import (
    BlockDiagonal,
    Compose,
    Diagonal,
    Identity,
    Leaf,
    Operator,
    Row,
    Stack,
    Sum,
    Zero,
    children_of,
    with_children,
)
from invlang.graph.spaces import Product
from invlang.graph.values import Value
from invlang.rules.composition import is_embedding, is_shift, moving_axes, over_axes, over_field, product
from invlang.rules.facts import claims, is_real_linear
from invlang.rules.law import law
from invlang.rules.shifts import modulation
from invlang.rules.traits import is_constant_along, is_real

Terms = tuple[tuple[Value, Operator], ...]


@law("flatten-sum", "sums associate")
def flatten_sum(term: Operator) -> Operator | None:
    if isinstance(term, Sum):
        flat: list[tuple[Value, Operator]] = []
        for c, t in term.terms:
            flat += [(multiply(c, k), u) for k, u in t.terms] if isinstance(t, Sum) else [(c, t)]
        return Sum(tuple(flat))
    return None


@law("zero-in-sum", "zero adds nothing")
def zero_in_sum(term: Operator) -> Operator | None:
    if not isinstance(term, Sum):
        return None
    left = tuple((c, t) for c, t in term.terms if not isinstance(t, Zero) and not is_number(c, 0))
    return Sum(left) if left else Zero(term.domain, term.codomain)


@law("single-term", "a sum of one term is the term")
def single_term(term: Operator) -> Operator | None:
    if isinstance(term, Sum) and len(term.terms) == 1 and is_number(term.terms[0][0], 1):
        return term.terms[0][1]
    return None


@law("like-terms", "like terms add up")
def like_terms(term: Operator) -> Operator | None:
    if not isinstance(term, Sum):
        return None
    alike: dict[Operator, list[tuple[Value, Operator]]] = {}
    for c, t in term.terms:
        alike.setdefault(in_one_order(without_numbers(t)[1]), []).append((c, t))
    return Sum(tuple(found[0] if len(found) == 1 else total(found) for found in alike.values()))


def total(alike: list[tuple[Value, Operator]]) -> tuple[Value, Operator]:
    """(Σ c k) X of terms c · k X."""
    parts = [(c, *without_numbers(t)) for c, t in alike]
    return add(*(multiply(c, number(k)) for c, k, _ in parts)), parts[0][2]


def without_numbers(operator: Operator) -> tuple[int | float, Operator]:
    """−2 and L d R of L diag(−2 d) R: a real number that a diagonal has taken up."""
    match operator:
        case Diagonal(value, space):
            found, rest = literal_factor(value)
            return (1, operator) if isinstance(found, complex) else (found, Diagonal(rest, space))
        case Compose(factors):
            parts = [without_numbers(f) if isinstance(f, Diagonal) else (1, f) for f in factors]
            return prod(k for k, _ in parts), Compose(tuple(f for _, f in parts))
    return 1, operator


def in_one_order(operator: Operator) -> Operator:
    """The same for A + B as for B + A, and for diagonals that say one product in two ways: for comparing."""
    match operator:
        case Diagonal(value, space):
            return Diagonal(in_order(value), space)
        case Sum(terms):
            ordered = sorted(((in_order(c), in_one_order(t)) for c, t in terms), key=lambda term: (id(term[1]), id(term[0])))
            return Sum(tuple(ordered))
    return with_children(operator, tuple(map(in_one_order, children_of(operator))))


def is_same(left: Operator, right: Operator) -> bool:
    """Whether two terms in normal form differ at most in the order in which they say sums and products of numbers."""
    return left is right or in_one_order(left) is in_one_order(right)


@law("number-times-diagonal", "a number joins a diagonal")
def number_into_diagonal(term: Operator) -> Operator | None:
    """c (L D R) = L (c D) R, for one term: the number is multiplied once, into the diagonal."""
    if not isinstance(term, Sum) or len(term.terms) != 1:
        return None
    ((c, inner),) = term.terms
    if isinstance(inner, Diagonal):
        return Diagonal(multiply(c, inner.value), inner.space)
    if isinstance(inner, Compose) and is_real(c):
        for i, f in enumerate(inner.factors):
            if isinstance(f, Diagonal):
                return Compose((*inner.factors[:i], Diagonal(multiply(c, f.value), f.space), *inner.factors[i + 1 :]))
    return None


@law("sum-of-diagonals", "diagonals add up")
def sum_of_diagonals(term: Operator) -> Operator | None:
    """c I + D = diag(c + d)"""
    if not isinstance(term, Sum):
        return None
    diagonal = [(c, t) for c, t in term.terms if isinstance(t, Diagonal)]
    plain = [(c, t) for c, t in term.terms if isinstance(t, Identity)]
    if not diagonal or len(diagonal) + len(plain) < 2:
        return None
    space = diagonal[0][1].space
    value = add(*(c for c, _ in plain), *(multiply(c, t.value) for c, t in diagonal if isinstance(t, Diagonal)))
    rest = tuple((c, t) for c, t in term.terms if not isinstance(t, Diagonal | Identity))
    return Sum(((ONE, Diagonal(value, space)), *rest))


@law("common-factors", "everything is diagonal in one basis")
def common_factors(term: Operator) -> Operator | None:
    """Σ cᵢ L Xᵢ R = L (Σ cᵢ Xᵢ) R; an identity joins where L R = I."""
    products = [t for _, t in term.terms if isinstance(t, Compose)] if isinstance(term, Sum) and len(term.terms) > 1 else []
    if not products:
        return None
    first, last = shared_ends(products)
    inner: list[tuple[Value, Operator]] = []
    for c, t in term.terms:  # type: ignore[attr-defined]
        middle = between(t, first, last)
        if middle is None or not (is_real(c) or not is_real_linear(first)):
            return None
        inner.append((c, middle))
    return Compose((first, Sum(tuple(inner)), last))


@law("common-factor", "a factor that all terms share")
def common_factor(term: Operator) -> Operator | None:
    """Σ cᵢ L Xᵢ = L Σ cᵢ Xᵢ and Σ cᵢ Xᵢ R = (Σ cᵢ Xᵢ) R; a complex cᵢ does not move past an L that is linear over the reals only."""
    if not isinstance(term, Sum) or len(term.terms) < 2:
        return None
    factors = [t.factors if isinstance(t, Compose) else (t,) for _, t in term.terms]
    coefficients = [c for c, _ in term.terms]
    first, last = factors[0][0], factors[0][-1]
    moves = all(map(is_real, coefficients)) or not is_real_linear(first)
    if moves and all(f[0] is first for f in factors):
        inner = [product(f[1:], first.domain) for f in factors]
        return Compose((first, Sum(tuple(zip(coefficients, inner, strict=True)))))
    if all(f[-1] is last for f in factors):
        inner = [product(f[:-1], last.codomain) for f in factors]
        return Compose((Sum(tuple(zip(coefficients, inner, strict=True))), last))
    return None


def shared_ends(products: list[Compose]) -> tuple[Operator, Operator]:
    """The outer factors that all products may share: those of the first, a separable transform taken over the axes of all."""
    first, last = products[0].factors[0], products[0].factors[-1]
    if isinstance(last, Leaf) and first is last.flipped and claims(last, "separable"):
        ends = [p.factors[-1] for p in products]
        axes = {a for e in ends if isinstance(e, Leaf) and e.primitive is last.primitive for a in e.argument("axes")}
        last = over_axes(last, tuple(sorted(axes)))
        first = last.flipped
    return first, last


def between(term: Operator, first: Operator, last: Operator) -> Operator | None:
    """X where the term is first · X · last."""
    if isinstance(term, Compose) and term.factors[0] is first and term.factors[-1] is last:
        return product(term.factors[1:-1], last.codomain)
    return within(term, last) if isinstance(last, Leaf) and first is last.flipped else None


def within(term: Operator, basis: Leaf) -> Operator | None:
    """X where the term is Bᴴ X B: of an identity, of a shift, and of diagonals under the same transform over fewer axes."""
    if isinstance(term, Identity):
        return Identity(basis.codomain) if claims(basis, "isometry") else None
    if is_shift(term):
        if is_embedding(basis, adjoint=False):
            return over_field(term, "complex")
        inside = claims(basis, "spectral") and not basis.adjoint and set(moving_axes(term)) <= set(basis.argument("axes"))
        return Diagonal(modulation(term), basis.codomain) if inside else None
    if not (isinstance(term, Compose) and claims(basis, "separable")):
        return None
    start, *middle, end = term.factors
    fewer = isinstance(end, Leaf) and end.flipped is start and over_axes(end, basis.argument("axes")) is basis
    if not fewer or not all(isinstance(f, Diagonal) and constant_beyond(f, end, basis) for f in middle):
        return None
    return product(tuple(Diagonal(f.value, basis.codomain) for f in middle), basis.codomain)


def constant_beyond(diagonal: Diagonal, end: Leaf, last: Leaf) -> bool:
    """Whether a diagonal between transforms over few axes goes past those over the other axes of `last`."""
    others = set(last.argument("axes")) - set(end.argument("axes"))
    return all(is_constant_along(diagonal.value, a) for a in others)


@law("sum-of-blocks", "blocks add up")
def sum_of_blocks(term: Operator) -> Operator | None:
    if not isinstance(term, Sum) or len(term.terms) < 2:
        return None
    kinds = {BlockDiagonal if isinstance(t, Identity) else type(t) for _, t in term.terms}
    if len(kinds) != 1 or kinds & {Row, Stack, BlockDiagonal} == set():
        return None
    (kind,) = kinds
    spaces = term.domain.parts if isinstance(term.domain, Product) else ()
    columns: list[list[tuple[Value, Operator]]] = []
    for c, t in term.terms:
        parts = tuple(Identity(s) for s in spaces) if isinstance(t, Identity) else t.parts  # type: ignore[union-attr]
        columns.append([(c, p) for p in parts])
    return kind(tuple(Sum(tuple(column)) for column in zip(*columns, strict=True)))


LAWS = (
    flatten_sum,
    zero_in_sum,
    single_term,
    like_terms,
    number_into_diagonal,
    sum_of_diagonals,
    common_factors,
    common_factor,
    sum_of_blocks,
)
