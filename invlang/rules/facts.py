"""Facts about operators, inferred from what primitives claim.  Three-valued: a fact that is not proved is None."""

from __future__ import annotations

from typing import TypeGuard

from invlang.graph.arithmetic import ONE, ZERO, add, multiply, pointwise
from invlang.graph.operators import (
    Adjoint,
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
)
from invlang.graph.questions import question
from invlang.graph.show import show
from invlang.graph.spaces import SCALAR, is_complex, numeric
from invlang.graph.values import Apply, Call, Iterative, Reduce, Value, Variable
from invlang.meaning.laws import declared_gram, declared_value
from invlang.rules.traits import is_hermitian, is_real

CLAIMS = {
    "isometry": ("{}", "keep lengths"),
    "coisometry": ("the adjoint of {}", "keep lengths"),
    "real": ("{}", "act alike on real and imaginary parts"),
    "hermitian": ("{}", "keep spectra of real images so"),
}
"""Claims that may be missing without a primitive being of another kind: of whom, and what it would do."""


def lacking(leaf: Leaf, fact: str) -> str | None:
    if fact not in CLAIMS:
        return None
    whose, does = CLAIMS[fact]
    return f"{whose.format(show(leaf))} is not known to {does}"


@question(lacking)
def claims(leaf: Leaf, fact: str) -> bool:
    """What the primitive claims, read for its adjoint where the leaf is one."""
    facts = claimed(leaf)
    if fact == "isometry":
        return "unitary" in facts or ("coisometry" if leaf.adjoint else "isometry") in facts
    if fact == "coisometry":
        return "unitary" in facts or ("isometry" if leaf.adjoint else "coisometry") in facts
    return fact in facts


def claimed(leaf: Leaf) -> frozenset[str]:
    """The claims of the primitive with these arguments."""
    primitive = leaf.primitive
    if not primitive.facts_of_words:
        return primitive.facts
    words = {v for _, v in leaf.arguments if isinstance(v, str)}
    return primitive.facts | {fact for word, fact in primitive.facts_of_words if word in words}


def is_unitary(operator: Operator) -> TypeGuard[Leaf]:
    """A primitive with AᴴA = AAᴴ = I."""
    return isinstance(operator, Leaf) and claims(operator, "unitary")


def scaled_identity(operator: Operator) -> Value | None:
    """c where the operator is c · I, otherwise None."""
    match operator:
        case Identity():
            return ONE
        case Sum(((c, Identity()),)):
            return c
        case Diagonal(value) if value.space.rank == 0:
            return value
    return None


Kept = tuple[int, ...]  # the axes along which a spectrum is Hermitian, d[−k] = conj(d[k]); none of them: a real image


@question(lambda factors: f"{' '.join(map(show, factors))} is not known to keep real images real" if factors else None)
def keeps_real(factors: tuple[Operator, ...]) -> bool:
    """True where it is certain that the product of the factors commutes with the conjugate: it takes real images to real ones,
    imaginary ones to imaginary ones, and so does its adjoint."""
    return through(factors, ()) == ()


def through(factors: tuple[Operator, ...], kept: Kept | None) -> Kept | None:
    """What is kept behind all factors; each keeps the same on the way back, so that either end may be the first."""
    for factor in factors:
        kept = None if kept is None else after(factor, kept)
    return kept


def after(factor: Operator, kept: Kept) -> Kept | None:
    """How a real image or a Hermitian spectrum comes out of a factor; None: not known."""
    match factor:
        case Identity():
            return kept
        case Diagonal(value):
            return kept if is_hermitian(value, kept) else None
        case Leaf() if claims(factor, "spectral"):
            axes = factor.argument("axes")
            return {(): axes, axes: ()}.get(kept)
        case Leaf():
            if kept and not claims(factor, "hermitian"):
                return None
            return kept if claims(factor, "real") or claims(factor, "embedding") or is_real_matrix(factor) else None
        case Sum(terms):
            first = after(terms[0][1], kept)
            return first if all(is_real(c) and after(t, kept) == first for c, t in terms) else None
        case Compose(factors):
            return through(factors, kept)
    return None


def is_real_matrix(leaf: Leaf) -> bool:
    return claims(leaf, "matrix") and is_real(leaf.argument("matrix"))


def is_real_linear(operator: Operator) -> bool:
    """Linear over the real numbers only: Real, Complex and what contains them.  A complex number does not move past it."""
    match operator:
        case Leaf():
            return claims(operator, "embedding")
        case Zero(from_, to):
            return is_complex(from_) != is_complex(to)
    return any(is_real_linear(c) for c in children_of(operator))


def norm_squared_bound(operator: Operator) -> tuple[Value, bool, str] | None:
    """An upper bound of ‖A‖², whether it is exact, and why; None where nothing is known."""
    match operator:
        case Identity():
            return ONE, True, "‖I‖ = 1"
        case Zero():
            return ZERO, True, "it is zero"
        case Diagonal(value):
            return largest(pointwise("abs2", value)), True, "a diagonal's norm is its largest modulus"
        case Leaf():
            return leaf_norm(operator)
        case Compose():
            return composed_norm(operator)
        case Sum(((c, inner),)):
            bound = norm_squared_bound(inner)
            return None if bound is None else (multiply(pointwise("abs2", c), bound[0]), bound[1], bound[2])
        case Stack(parts):
            bounds = [norm_squared_bound(p) for p in parts]
            if None in bounds:
                return None
            return add(*(b[0] for b in bounds)), False, "‖(A, B)‖² ≤ ‖A‖² + ‖B‖²"  # type: ignore[index]
        case BlockDiagonal(parts):
            bounds = [norm_squared_bound(p) for p in parts]
            if None in bounds:
                return None
            total = bounds[0][0]  # type: ignore[index]
            for b in bounds[1:]:
                total = pointwise("maximum", total, b[0])  # type: ignore[index]
            return total, all(b[1] for b in bounds), "the largest of the blocks"  # type: ignore[index]
        case Row(parts):
            return norm_squared_bound(Stack(tuple(Adjoint(p) for p in parts)))
        case Adjoint(inner):
            return norm_squared_bound(inner)
    return None


def leaf_norm(leaf: Leaf) -> tuple[Value, bool, str] | None:
    if claims(leaf, "isometry") or claims(leaf, "coisometry"):
        return ONE, True, f"{leaf.primitive.symbol} keeps or drops, so its norm is 1"
    copies = scaled_identity(declared_gram(leaf))
    if copies is not None:
        return copies, True, f"{leaf.primitive.symbol}ᴴ {leaf.primitive.symbol} is a multiple of I"
    bound = declared_value(leaf, "bound")
    if bound is not None:
        return bound, False, f"{leaf.primitive.symbol} declares how large it is at most"
    if claims(leaf, "nonnegative") and leaf.arrays:
        return nonnegative_norm(leaf), False, f"{leaf.primitive.symbol} ≥ 0, so ‖{leaf.primitive.symbol}‖² ≤ max Gv / v for v > 0"
    return None


def nonnegative_norm(leaf: Leaf) -> Value:
    """A bound of ‖A‖² for A ≥ 0: max (G v) / v for any v > 0, G = AᴴA. [Collatz 1942; Wielandt 1950]

    For v = 1 it is at most ‖A‖₁ ‖A‖∞, the largest sums of a column and of a row; each round of v ← G v makes it smaller.
    """
    forward, back = (leaf.flipped, leaf) if leaf.adjoint else (leaf, leaf.flipped)
    space = numeric(forward.domain).over("real")
    probe = Variable("v", space)
    ones = Call("arrays", "ones", (leaf.arrays[0],), (("space", space),), space)
    body = Apply(back, Apply(forward, probe))
    return Iterative("growth_bound", probe, body, (ones,), (("rank", space.rank),), SCALAR)


def composed_norm(operator: Compose) -> tuple[Value, bool, str] | None:
    """In a product, unitary factors do not count; in one basis the norm is that of the diagonal; otherwise norms multiply."""
    core = inner_of_basis(operator)
    if core is not None:
        bound = norm_squared_bound(core)
        return None if bound is None else (bound[0], bound[1], "the largest entry of the spectrum")
    bounds = [norm_squared_bound(f) for f in operator.factors if not is_unitary(f)]
    if None in bounds:
        return None
    exact = not bounds or (len(bounds) == 1 and bounds[0][1])  # type: ignore[index]
    return multiply(*(b[0] for b in bounds)) if bounds else ONE, exact, "norms multiply"  # type: ignore[index]


def inner_of_basis(operator: Operator) -> Operator | None:
    """X where the operator is Uᴴ X U for an isometry U whose range X keeps, otherwise None."""
    if not isinstance(operator, Compose) or len(operator.factors) < 3:
        return None
    first, *middle, last = operator.factors
    if not (isinstance(first, Leaf) and isinstance(last, Leaf) and first is last.flipped):
        return None
    inner = middle[0] if len(middle) == 1 else Compose(tuple(middle))
    if is_unitary(last):
        deeper = inner_of_basis(inner)
        return deeper if deeper is not None else inner
    if claims(last, "embedding") and not last.adjoint and keeps_real(tuple(middle)):
        deeper = inner_of_basis(inner)
        return deeper if deeper is not None else inner
    return None


def largest(value: Value) -> Value:
    """The largest entry."""
    if value.space.rank == 0:
        return value
    if isinstance(value, Reduce) and value.function == "max":
        return value
    return Reduce("max", value, tuple(range(-value.space.rank, 0)))
