"""Solving: inverses in closed form, and what stands in the way where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from invlang.graph.arithmetic import ONE, negate, reciprocal
from invlang.graph.operators import (
    Adjoint,
    BlockDiagonal,
    Compose,
    Diagonal,
    Identity,
    Inverse,
    Leaf,
    Operator,
    Stack,
    Sum,
    children_of,
    with_children,
)
from invlang.graph.values import Call, Value
from invlang.meaning.laws import forms_of
from invlang.rules.composition import is_embedding, product
from invlang.rules.eigenbasis import Quadratics, in_eigenbasis
from invlang.rules.facts import claims, is_unitary, keeps_real, scaled_identity
from invlang.rules.groups import inverse_of_groups
from invlang.rules.law import Derivation, Step
from invlang.rules.nearest import preconditioned
from invlang.rules.simplify import derive, simplify


@dataclass(frozen=True)
class Refusal:
    """Why there is no closed form, in words."""

    because: str


@lru_cache(maxsize=4_000)
def invert(term: Operator, certain: bool = True) -> tuple[Operator, str] | Refusal:
    """term⁻¹ in closed form and the reason, for a term in normal form.

    certain: it is known to be invertible; otherwise entries that are zero stay zero (the pseudo-inverse).
    """
    match term:
        case Identity():
            return term, "it is a multiple of I"
        case Diagonal(value, space):
            inverted = reciprocal(value) if certain else Call("functionals", "reciprocal_or_zero", (value,), (), value.space)
            return Diagonal(inverted, space), "a diagonal is inverted entry by entry"
        case Sum() | Leaf() if (apart := inverse_of_groups(term, certain)) is not None:
            return apart, "a small matrix is inverted for each group of samples that couple"
        case Sum(((c, inner),)):
            found = invert(inner, certain)
            return found if isinstance(found, Refusal) else (simplify(Sum(((reciprocal(c), found[0]),))), found[1])
        case BlockDiagonal(parts):
            blocks = [invert(p, certain) for p in parts]
            refused = next((i for i in blocks if isinstance(i, Refusal)), None)
            return refused or (BlockDiagonal(tuple(i[0] for i in blocks)), "block by block")  # type: ignore[index]
        case Leaf() if is_unitary(term):
            return term.flipped, "the inverse of a unitary map is its adjoint"
        case Leaf() if certain and claims(term, "matrix") and term.of == term.to:
            return inverse_matrix(term), "a small matrix is inverted once"
        case Compose():
            return invert_product(term, certain)
    return Refusal(reason(term))


def inverse_matrix(leaf: Leaf) -> Operator:
    matrix = leaf.argument("matrix")
    inverted = Call("dense", "matrix_inverse", (matrix,), (), matrix.space)
    return Leaf(
        leaf.primitive, tuple((n, inverted if n == "matrix" else v) for n, v in leaf.arguments), leaf.of, leaf.to, leaf.adjoint
    )


def invert_product(term: Compose, certain: bool) -> tuple[Operator, str] | Refusal:
    """(L X R)⁻¹ = R⁻¹ X⁻¹ L⁻¹ for unitary L, R; in half a basis, Real X Complex, where X keeps real images real."""
    first, *middle, last = term.factors
    inner = product(tuple(middle), first.domain)
    if is_unitary(first) and is_unitary(last):
        found = invert(inner, certain)
        if isinstance(found, Refusal):
            return found
        return simplify(Compose((last.flipped, found[0], first.flipped))), why_in_bases(first, last, found[1])
    if is_embedding(last, adjoint=False) and first is last.flipped and keeps_real(tuple(middle)):
        found = invert(inner, certain)
        return found if isinstance(found, Refusal) else (simplify(Compose((first, found[0], last))), found[1])
    if certain and all(not isinstance(invert(f), Refusal) for f in term.factors):
        parts = [invert(f) for f in reversed(term.factors)]
        return simplify(Compose(tuple(p[0] for p in parts))), "factor by factor"  # type: ignore[index]
    return Refusal(reason(term))


def why_in_bases(first: Leaf, last: Leaf, because: str) -> str:
    return "everything is diagonal in one basis" if first is last.flipped else because


def reason(term: Operator) -> str:
    """What keeps a term from being inverted in closed form."""
    match term:
        case Sum(terms):
            kinds = sorted({basis_name(t) for _, t in terms if not isinstance(t, Identity)})
            if len(kinds) > 1:
                return f"its parts are diagonal in different bases ({', '.join(kinds)})"
            return f"it is {kinds[0]}" if kinds else "it is a sum of identities"
        case Compose():
            return f"it is {basis_name(term)}"
    return "no law inverts it"


def basis_name(term: Operator) -> str:
    """The basis a term is diagonal in, for a sentence."""
    match term:
        case Identity() | Diagonal():
            return "pixel by pixel"
        case Compose(factors):
            leaves = [f for f in factors if isinstance(f, Leaf) and not claims(f, "embedding")]
            middle = factors[1:-1]
            if leaves and len(leaves) == 2 and leaves[0] is leaves[1].flipped and any(isinstance(f, Diagonal) for f in middle):
                return f"diagonal under {leaves[1].primitive.symbol}"
            return "a product of " + " ".join(dict.fromkeys(f.primitive.symbol for f in leaves)) if leaves else "a product"
        case Leaf():
            return term.primitive.symbol
    return "a general operator"


# ---- the goal: (Σ wᵢ AᵢᴴAᵢ + δ I)⁻¹

WAYS = {
    "closed-form": "everything is diagonal in one basis, or inverted block by block",
    "woodbury": "the inverse of the small side: (P + w Aᴴ A)⁻¹ = P⁻¹ − P⁻¹ Aᴴ (1/w + A P⁻¹ Aᴴ)⁻¹ A P⁻¹",
    "preconditioner": "the nearest circulant goes before and behind, so that few rounds are enough",
}
"""The last steps of derivations of inverses, by name, and what they say; in `singular-vectors` of a matrix there is another one."""


@dataclass(frozen=True)
class Solved:
    """An inverse.  operator: the inverse itself, or an Inverse node that conjugate gradients solve.

    forward: the operator that is inverted, in normal form.  how: "closed form", "Woodbury" or "conjugate gradients".
    """

    operator: Operator
    forward: Operator
    how: str
    because: str
    derivation: Derivation

    @property
    def is_closed(self) -> bool:
        return self.how != "conjugate gradients"


@lru_cache(maxsize=2_000)
def solve(quadratics: tuple[tuple[Value, Operator], ...], shift: Value | None, level: int = 2) -> Solved:
    """(Σ wᵢ AᵢᴴAᵢ + δ I)⁻¹ by the first of: one basis, Woodbury around one of the maps, singular vectors, conjugate gradients."""
    written = written_out(quadratics, shift)
    derivation = derive(written)
    forward = derivation.result
    if level == 0:
        return Solved(Inverse(forward), forward, "conjugate gradients", "nothing is simplified at -O0", derivation)
    certain = shift is not None or surely_positive(tuple(a for _, a in quadratics))
    found = invert(forward, certain)
    if isinstance(found, Refusal):
        other = tuple((w, in_other_forms(a)) for w, a in quadratics)
        respelled = derive(written_out(other, shift))
        again = invert(respelled.result, certain) if other != quadratics else found
        found = found if isinstance(again, Refusal) else again
    if not isinstance(found, Refusal):
        step = Step("closed-form", found[1], Inverse(forward), found[0])
        return Solved(found[0], forward, "closed form", found[1], Derivation(written, (*derivation.steps, step)))
    each = one_by_one(quadratics)
    for k in range(len(each)):
        around = woodbury(each, k, shift)
        if around is not None:
            step = Step("woodbury", WAYS["woodbury"], Inverse(forward), around)
            because = "the data side is diagonal in one basis (Woodbury)"
            return Solved(around, forward, "Woodbury", because, Derivation(written, (*derivation.steps, step)))
    turned = in_singular_vectors(each, shift, level)
    if turned is not None:
        step = Step("singular-vectors", "in the matrix's singular vectors it is a diagonal", Inverse(forward), turned[0])
        return Solved(turned[0], forward, "closed form", turned[1], Derivation(written, (*derivation.steps, step)))
    return by_conjugate_gradients(forward, found.because, derivation)


def by_conjugate_gradients(forward: Operator, because: str, derivation: Derivation) -> Solved:
    """X⁻¹ = L (L X L)⁻¹ L with an L that makes L X L nearly I, where there is one."""
    found = preconditioned(forward)
    if found is None:
        return Solved(Inverse(forward), forward, "conjugate gradients", because, derivation)
    half, near = found
    operator = Compose((half, Inverse(near), half))
    step = Step("preconditioner", WAYS["preconditioner"], Inverse(forward), operator)
    return Solved(operator, forward, "conjugate gradients", because, Derivation(derivation.start, (*derivation.steps, step)))


def one_by_one(quadratics: Quadratics) -> Quadratics:
    """‖(A, B) x‖² = ‖A x‖² + ‖B x‖²: the parts of a stack as quadratics of their own."""
    found: list[tuple[Value, Operator]] = []
    for weight, operator in quadratics:
        parts = operator.parts if isinstance(operator, Stack) else (operator,)
        found += [(weight, p) for p in parts]
    return tuple(found)


def in_singular_vectors(quadratics: Quadratics, shift: Value | None, level: int) -> tuple[Operator, str] | None:
    """V (Σ wᵢ BᵢᴴBᵢ + δ I)⁻¹ Vᴴ where a matrix along one axis has become a diagonal, if that has a closed form."""
    found = in_eigenbasis(tuple((w, simplify(a)) for w, a in quadratics))
    if found is None or shift is None:
        return None
    basis, turned = found
    solved = solve(turned, shift, level)
    if not solved.is_closed:
        return None
    return simplify(Compose((basis, solved.operator, basis.flipped))), f"in singular vectors, {solved.because}"


def in_other_forms(operator: Operator) -> Operator:
    """The operator with every primitive that can be said in another form said so: a shift by what it is in the spectrum."""
    if isinstance(operator, Leaf):
        forms = (form.rewrite((operator,)) for form in forms_of(operator.primitive))
        return next((f for f in forms if f is not None), operator)
    return with_children(operator, tuple(map(in_other_forms, children_of(operator))))


def surely_positive(operators: tuple[Operator, ...]) -> bool:
    """Whether Σ AᴴA is certainly invertible: one of them is an isometry, up to a number."""
    return any(scaled_identity(simplify(Compose((Adjoint(a), a)))) is not None for a in operators)


def written_out(quadratics: tuple[tuple[Value, Operator], ...], shift: Value | None) -> Operator:
    terms = [(w, Compose((Adjoint(a), a))) for w, a in quadratics]
    if shift is not None:
        terms.append((shift, Identity(quadratics[0][1].domain) if quadratics else Identity(terms[0][1].domain)))  # type: ignore[arg-type]
    return Sum(tuple(terms))


def woodbury(quadratics: tuple[tuple[Value, Operator], ...], k: int, shift: Value | None) -> Operator | None:
    """(P + w AᴴA)⁻¹ = P⁻¹ − P⁻¹ Aᴴ (1/w + A P⁻¹ Aᴴ)⁻¹ A P⁻¹, where P and the small side have closed forms."""
    weight, a = quadratics[k]
    rest = quadratics[:k] + quadratics[k + 1 :]
    if shift is None and not surely_positive(tuple(a for _, a in rest)):
        return None
    if not rest:
        assert shift is not None
        outer: Operator = Sum(((reciprocal(shift), Identity(a.domain)),))
    else:
        found = invert(simplify(written_out(rest, shift)))
        if isinstance(found, Refusal):
            return None
        outer = found[0]
    small = simplify(Sum(((reciprocal(weight), Identity(a.codomain)), (ONE, Compose((a, outer, Adjoint(a)))))))
    inner = invert(small)
    if isinstance(inner, Refusal):
        return None
    correction = Compose((outer, Adjoint(a), inner[0], a, outer))
    return simplify(Sum(((ONE, outer), (negate(ONE), correction))))
