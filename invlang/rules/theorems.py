"""What is known of an operator for sure: each fact is yes, no or unknown, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from invlang.graph.arithmetic import is_nonnegative, is_number, is_positive
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
from invlang.graph.spaces import AnySpace, known_size, parts_of
from invlang.graph.values import Number, Value
from invlang.rules.adjoint import adjoint
from invlang.rules.facts import claims, inner_of_basis, scaled_identity
from invlang.rules.simplify import simplify
from invlang.rules.sums import is_same
from invlang.rules.traits import is_real


@dataclass(frozen=True)
class Fact:
    """holds: True, False, or None where nobody knows.  because: the evidence.  value: the constant of a tight frame, a norm."""

    holds: bool | None
    because: str
    value: Value | None = None


UNKNOWN = Fact(None, "nothing says so")
NAMES = (
    "self-adjoint", "positive", "isometry", "coisometry", "unitary", "tight", "diagonal", "circulant", "injective", "idempotent",
)  # fmt: skip


@lru_cache(maxsize=2_000)
def fact(operator: Operator, name: str) -> Fact:
    """One of NAMES about an operator."""
    return INFERRED[name](simplify(operator))


def facts_of(operator: Operator) -> dict[str, Fact]:
    """All of them."""
    return {name: fact(operator, name) for name in NAMES}


def gram(operator: Operator) -> Operator:
    return simplify(Compose((Adjoint(operator), operator)))


def is_square(operator: Operator) -> bool:
    return operator.domain == operator.codomain


def self_adjoint(operator: Operator) -> Fact:
    """Aᴴ = A"""
    if not is_square(operator):
        return Fact(False, "it maps one space to another")
    if is_same(simplify(Adjoint(operator)), operator):
        return Fact(True, "its adjoint has the same normal form")
    scale = scaled_identity(operator)
    if isinstance(scale, Number):
        return Fact(False, "a number that is not real")
    return UNKNOWN


# ---- positive


def positive(operator: Operator) -> Fact:
    """A = Aᴴ and Re⟨x, A x⟩ ≥ 0"""
    if not is_square(operator):
        return Fact(False, "it maps one space to another")
    because = why_positive(operator)
    if because is not None:
        return Fact(True, because)
    scale = scaled_identity(operator)
    if isinstance(scale, Number):
        return Fact(False, "a multiple of the identity by a number that is not positive")
    return UNKNOWN


def why_positive(operator: Operator) -> str | None:
    match operator:
        case Identity() | Zero():
            return "the identity is positive" if isinstance(operator, Identity) else "zero"
        case Diagonal(value) if is_nonnegative(value):
            return "a diagonal of entries that are at least zero"
        case Sum(terms) if all(is_nonnegative(c) and why_positive(t) for c, t in terms):
            return "a sum of positive operators with positive weights"
        case BlockDiagonal(parts) if all(map(why_positive, parts)):
            return "block by block"
        case Compose(factors):
            return why_product_is_positive(factors)
    return None


def why_product_is_positive(factors: tuple[Operator, ...]) -> str | None:
    """Lᴴ X L is positive where X is; a product of positive operators need not be."""
    if len(factors) == 0:
        return "the identity is positive"
    if len(factors) == 1:
        return why_positive(factors[0])
    if not is_same(simplify(adjoint(factors[-1])), factors[0]):
        return None
    return "Lᴴ X L with a positive X" if why_product_is_positive(factors[1:-1]) else None


# ---- lengths


def isometry(operator: Operator) -> Fact:
    """AᴴA = I"""
    scale = scaled_identity(gram(operator))
    if is_number(scale, 1):
        return Fact(True, "Aᴴ A simplifies to I")
    if isinstance(scale, Number):
        return Fact(False, "Aᴴ A is another multiple of I")
    if loses(operator.domain, operator.codomain):
        return Fact(False, "it has fewer entries than what it acts on")
    return UNKNOWN


def coisometry(operator: Operator) -> Fact:
    """AAᴴ = I"""
    found = isometry(simplify(Adjoint(operator)))
    return Fact(found.holds, found.because.replace("Aᴴ A", "A Aᴴ").replace("fewer", "more"))


def unitary(operator: Operator) -> Fact:
    both = isometry(operator), coisometry(operator)
    if all(f.holds for f in both):
        return Fact(True, "Aᴴ A = A Aᴴ = I")
    return next((f for f in both if f.holds is False), UNKNOWN)


def tight(operator: Operator) -> Fact:
    """AᴴA = c I; the value is c."""
    scale = scaled_identity(gram(operator))
    return UNKNOWN if scale is None else Fact(True, "Aᴴ A is a multiple of I", scale)


def injective(operator: Operator) -> Fact:
    """A x = 0 only for x = 0"""
    if loses(operator.domain, operator.codomain):
        return Fact(False, "it has fewer entries than what it acts on")
    because = why_injective(operator)
    return UNKNOWN if because is None else Fact(True, because)


def why_injective(operator: Operator) -> str | None:
    match operator:
        case Identity():
            return "the identity"
        case Diagonal(value) if is_positive(value):
            return "a diagonal of positive entries"
        case Leaf() if claims(operator, "isometry"):
            return "an isometry"
        case Compose(factors) if all(map(why_injective, factors)):
            return "a product of injective maps"
        case Stack(parts) if any(map(why_injective, parts)):
            return "one of its blocks is injective"
        case BlockDiagonal(parts) if all(map(why_injective, parts)):
            return "block by block"
        case Sum(terms) if why_positive(operator) and any(is_positive(c) and why_definite(t) for c, t in terms):
            return "a positive operator plus a positive definite one"
    core = inner_of_basis(operator)
    return None if core is None else why_injective(core)


def why_definite(operator: Operator) -> str | None:
    """A positive operator without a kernel."""
    return why_injective(operator) if why_positive(operator) else None


def loses(domain: AnySpace, codomain: AnySpace) -> bool:
    """Whether certainly fewer real numbers come out than go in."""
    counts = [entries(domain), entries(codomain)]
    return None not in counts and counts[1] < counts[0]  # type: ignore[operator]


def entries(space: AnySpace) -> int | None:
    total = 0
    for part in parts_of(space):
        sizes = [known_size(s) for s in part.sizes]
        if None in sizes:
            return None
        total += prod(sizes) * (2 if part.field == "complex" else 1)  # type: ignore[arg-type]
    return total


# ---- bases


def diagonal(operator: Operator) -> Fact:
    """Diagonal pixel by pixel, or in the basis that it says."""
    if isinstance(operator, Diagonal | Identity) or scaled_identity(operator) is not None:
        return Fact(True, "pixel by pixel")
    core = inner_of_basis(operator)
    if isinstance(core, Diagonal):
        return Fact(True, f"in the basis {symbol_of_basis(operator)}")
    return UNKNOWN


def symbol_of_basis(operator: Operator) -> str:
    """U of Uᴴ D U, as a derivation writes it."""
    return next(f.primitive.symbol for f in children_of(operator) if isinstance(f, Leaf) and not claims(f, "embedding"))


def circulant(operator: Operator) -> Fact:
    """It commutes with shifts along the axes of a Fourier transform."""
    if scaled_identity(operator) is not None:
        return Fact(True, "a multiple of the identity")
    if isinstance(inner_of_basis(operator), Diagonal):
        bases = [f for f in children_of(operator) if isinstance(f, Leaf) and not f.adjoint and not claims(f, "embedding")]
        if [claims(f, "spectral") for f in bases] == [True]:
            return Fact(True, "Fᴴ D F")
    return UNKNOWN


def idempotent(operator: Operator) -> Fact:
    """A A = A"""
    if not is_square(operator):
        return Fact(False, "it maps one space to another")
    if is_same(simplify(Compose((operator, operator))), operator):
        return Fact(True, "A A simplifies to A")
    scale = scaled_identity(operator)
    if isinstance(scale, Number):
        return Fact(False, "a multiple of the identity that is neither 0 nor 1")
    return UNKNOWN


INFERRED = {
    "self-adjoint": self_adjoint,
    "positive": positive,
    "isometry": isometry,
    "coisometry": coisometry,
    "unitary": unitary,
    "tight": tight,
    "diagonal": diagonal,
    "circulant": circulant,
    "injective": injective,
    "idempotent": idempotent,
}


# ---- the norm


@lru_cache(maxsize=2_000)
def spectrum_of(operator: Operator) -> Value | None:
    """The entries of an operator that is diagonal pixel by pixel or in one basis."""
    scale = scaled_identity(operator)
    if scale is not None:
        return scale if is_real(scale) else None
    core = operator if isinstance(operator, Diagonal) else inner_of_basis(operator)
    return core.value if isinstance(core, Diagonal) else None


def has_no_entry_below_zero(operator: Operator) -> bool:
    """Whether it is certain that a map takes images without entries below zero to such images."""
    match operator:
        case Identity() | Zero():
            return True
        case Leaf():
            return any(claims(operator, c) for c in ("nonnegative", "selection", "translation"))
        case Diagonal(value):
            return is_nonnegative(value)
        case Sum(terms):
            return all(is_nonnegative(c) and has_no_entry_below_zero(t) for c, t in terms)
        case Compose() | Stack() | Row() | BlockDiagonal():
            return all(has_no_entry_below_zero(c) for c in children_of(operator))
    return False
