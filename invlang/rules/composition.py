"""Products: what neighbours do to each other."""

from __future__ import annotations

from typing import TypeGuard

from invlang.graph.arithmetic import is_number, multiply
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
)
from invlang.graph.values import Call, Number, Pointwise, Value
from invlang.rules.facts import claims, is_real_linear, keeps_real
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_constant_along, is_real, is_unimodular


@law("flatten-product", "products associate")
def flatten_product(term: Operator) -> Operator | None:
    if isinstance(term, Compose):
        return Compose(tuple(g for f in term.factors for g in (f.factors if isinstance(f, Compose) else (f,))))
    return None


@law("identity-in-product", "the identity changes nothing")
def identity_in_product(term: Operator) -> Operator | None:
    if isinstance(term, Compose):
        return product(tuple(f for f in term.factors if not isinstance(f, Identity)), term.domain)
    return None


@law("zero-in-product", "zero absorbs")
def zero_in_product(term: Operator) -> Operator | None:
    if isinstance(term, Compose) and any(isinstance(f, Zero) for f in term.factors):
        return Zero(term.domain, term.codomain)
    return None


def product(factors: Factors, domain: object) -> Operator:
    """The composition of factors, however few they are."""
    if not factors:
        return Identity(domain)  # type: ignore[arg-type]
    return factors[0] if len(factors) == 1 else Compose(factors)


@law("numbers-to-the-front", "a number moves through a linear map")
def scalar_out(term: Operator) -> Operator | None:
    """A (c B) = c (A B); a complex c does not pass through maps that are only real-linear."""
    if not isinstance(term, Compose):
        return None
    for i, factor in enumerate(term.factors):
        if isinstance(factor, Sum) and len(factor.terms) == 1:
            ((c, inner),) = factor.terms
            if is_real(c) or not any(is_real_linear(f) for f in term.factors[:i]):
                return Sum(((c, Compose((*term.factors[:i], inner, *term.factors[i + 1 :]))),))
    return None


@law("diagonals", "diagonals multiply", 2)
def diagonals(left: Operator, right: Operator) -> Factors | None:
    if isinstance(left, Diagonal) and isinstance(right, Diagonal):
        return (Diagonal(multiply(left.value, right.value), right.space),)
    return None


@law("number-diagonal", "a diagonal of one number is that number")
def number_diagonal(term: Operator) -> Operator | None:
    if isinstance(term, Diagonal) and has_factor_zero(term.value):
        return Zero(term.space, term.space)
    if isinstance(term, Diagonal) and term.value.space.rank == 0:
        if is_number(term.value, 1):
            return Identity(term.space)
        return Sum(((term.value, Identity(term.space)),))
    return None


@law("signs-squared", "signs and phases have modulus 1")
def signs_squared(term: Operator) -> Operator | None:
    """|u|² d = d for entries u of modulus 1."""
    if not isinstance(term, Diagonal):
        return None
    factors = term.value.operands if isinstance(term.value, Pointwise) and term.value.function == "multiply" else (term.value,)
    left = tuple(f for f in factors if not is_one(f))
    return Diagonal(multiply(*left), term.space) if len(left) < len(factors) else None


def is_one(value: Value) -> bool:
    """Whether every entry is certainly 1: the modulus of signs and phases, the square of signs; u² of a phase is another phase."""
    match value:
        case Pointwise("abs" | "abs2", (inner,)):
            return is_unimodular(inner)
        case Pointwise("power", (inner, Number(exponent))):
            return is_one(inner) or (exponent == 2 and is_real(inner) and is_unimodular(inner))
        case Call(function="shift", operands=(inner,)):
            return is_one(inner)
    return False


def has_factor_zero(value: Value) -> bool:
    """0 · d, as d − d is written."""
    return isinstance(value, Pointwise) and value.function == "multiply" and any(is_number(o, 0) for o in value.operands)


@law("cancel", "Uᴴ U = I: nothing is lost", 2)
def cancel(left: Operator, right: Operator) -> Factors | None:
    """Aᴴ A = I where A is an isometry, A Aᴴ = I where it is a coisometry."""
    if isinstance(left, Leaf) and isinstance(right, Leaf) and left.flipped is right and claims(right, "isometry"):
        return ()
    return None


@law("separable-cancel", "the mask does not depend on this axis, so the transform along it cancels", 3)
def separable_cancel(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """Uᴴ D U over the axes along which D varies is enough, for a U that is a product of unitary maps, one along each axis."""
    if not (isinstance(left, Leaf) and isinstance(right, Leaf) and isinstance(middle, Diagonal) and left.flipped is right):
        return None
    if not claims(right, "separable"):
        return None
    axes = right.argument("axes")
    needed = tuple(a for a in axes if not is_constant_along(middle.value, a))
    if len(needed) == len(axes):
        return None
    if not needed:
        return (Diagonal(middle.value, right.domain),)
    short = over_axes(right, needed)
    return short.flipped, Diagonal(middle.value, short.codomain), short


def over_axes(leaf: Leaf, axes: tuple[int, ...]) -> Leaf:
    """The same primitive over other axes."""
    arguments = tuple((n, axes if n == "axes" else v) for n, v in leaf.arguments)
    return Leaf(leaf.primitive, arguments, leaf.of, leaf.to, leaf.adjoint)


def over_field(leaf: Leaf, field: str) -> Leaf:
    """The same primitive on images of another field."""
    return Leaf(leaf.primitive, leaf.arguments, leaf.of.over(field), leaf.to.over(field), leaf.adjoint)


# ---- real and complex


@law("real-diagonal", "a real diagonal commutes with taking the real part", 2)
def real_diagonal(left: Operator, right: Operator) -> Factors | None:
    """Real D = D Real and D Complex = Complex D for a real D: the embedding moves outwards to where it can cancel."""
    if isinstance(left, Diagonal) and is_embedding(right, adjoint=False) and is_real(left.value):
        return right, Diagonal(left.value, right.domain)
    if isinstance(right, Diagonal) and is_embedding(left, adjoint=True) and is_real(right.value):
        return Diagonal(right.value, left.codomain), left
    return None


def is_embedding(operator: Operator, adjoint: bool) -> TypeGuard[Leaf]:
    return isinstance(operator, Leaf) and claims(operator, "embedding") and operator.adjoint == adjoint


@law("real-stays-real", "what comes here is real already")
def real_stays_real(term: Operator) -> Operator | None:
    """Complex D Real A Complex = D A Complex and Real A Complex D Real = Real A D for real D, where A is a real matrix."""
    if not isinstance(term, Compose):
        return None
    factors = term.factors
    for i, left in enumerate(factors):
        end = end_of_real(factors, i) if is_embedding(left, adjoint=False) else None
        if end is None:
            continue
        middle = tuple(Diagonal(f.value, f.space.over("complex")) for f in factors[i + 1 : end])  # type: ignore[attr-defined]
        after = next((j for j in range(end + 1, len(factors)) if is_embedding(factors[j], adjoint=False)), None)
        before = next((j for j in range(i - 1, -1, -1) if is_embedding(factors[j], adjoint=True)), None)
        fits = after is not None and keeps_real(factors[end + 1 : after])
        if fits or (before is not None and keeps_real(factors[before + 1 : i])):
            return product((*factors[:i], *middle, *factors[end + 1 :]), term.domain)
    return None


def end_of_real(factors: Factors, start: int) -> int | None:
    """Where the Real stands that ends what Complex at `start` began, with nothing but diagonals between them."""
    for k in range(start + 1, len(factors)):
        if is_embedding(factors[k], adjoint=True):
            return k
        if not isinstance(factors[k], Diagonal):
            return None
    return None


# ---- circular shifts


@law("shift-past-diagonal", "a shift moves past a diagonal by shifting it", 2)
def shift_past_diagonal(left: Operator, right: Operator) -> Factors | None:
    if is_shift(left) and isinstance(right, Diagonal):
        return Diagonal(shifted(right.value, left), left.of), left
    return None


@law("shift-past-circulant", "a circulant commutes with shifts", 4)
def shift_past_circulant(a: Operator, b: Operator, c: Operator, d: Operator) -> Factors | None:
    """T (Fᴴ D F) = (Fᴴ D F) T for shifts along axes of F, or along axes that neither F nor D knows."""
    if is_shift(a) and isinstance(b, Leaf) and isinstance(c, Diagonal) and isinstance(d, Leaf) and b.flipped is d:
        if not claims(d, "spectral") or d.adjoint:
            return None
        if all(m in d.argument("axes") or is_constant_along(c.value, m) for m in moving_axes(a)):
            return b, c, d, a
    return None


def is_shift(operator: Operator) -> TypeGuard[Leaf]:
    return isinstance(operator, Leaf) and claims(operator, "translation")


def moving_axes(leaf: Leaf) -> tuple[int, ...]:
    offsets = leaf.argument("offset")
    return tuple(a for a, o in zip(leaf.argument("axes"), offsets, strict=True) if o != 0)


def shifted(value: Value, leaf: Leaf) -> Value:
    """The diagonal's entries moved like the image's, along the axes where they vary."""
    moves = zip(leaf.argument("axes"), leaf.argument("offset"), strict=True)
    pairs = [(a, o) for a, o in moves if not is_constant_along(value, a)]
    if not pairs:
        return value
    return shift_value(value, dict(pairs))


def shift_value(value: Value, moves: dict[int, object]) -> Value:
    """The array moved by so many samples along each axis; moves of moves add up, and none at all leaves the array."""
    if isinstance(value, Call) and value.function == "shift":
        inner = dict(value.options)
        moves = dict(moves)
        for axis, offset in zip(inner["axes"], inner["offset"], strict=True):
            moves[axis] = moves.get(axis, 0) + offset
        value = value.operands[0]
    axes = tuple(sorted(a for a, o in moves.items() if o != 0))
    if not axes:
        return value
    return Call("fourier", "shift", (value,), (("axes", axes), ("offset", tuple(moves[a] for a in axes))), value.space)


@law("shift-by-nothing", "a shift by nothing is the identity")
def shift_by_nothing(term: Operator) -> Operator | None:
    if is_shift(term) and not moving_axes(term):
        return Identity(term.domain)
    return None


# ---- blocks


@law("blocks", "blocks multiply", 2)
def blocks(left: Operator, right: Operator) -> Factors | None:
    match left, right:
        case Row(a), Stack(b):
            return (Sum(tuple((Number(1), Compose((p, q))) for p, q in zip(a, b, strict=True))),)
        case BlockDiagonal(a), Stack(b):
            return (Stack(tuple(Compose((p, q)) for p, q in zip(a, b, strict=True))),)
        case Row(a), BlockDiagonal(b):
            return (Row(tuple(Compose((p, q)) for p, q in zip(a, b, strict=True))),)
        case BlockDiagonal(a), BlockDiagonal(b):
            return (BlockDiagonal(tuple(Compose((p, q)) for p, q in zip(a, b, strict=True))),)
        case _, Row(parts):
            return (Row(tuple(Compose((left, p)) for p in parts)),)
        case Stack(parts), _:
            return (Stack(tuple(Compose((p, right)) for p in parts)),)
    return None


@law("zero-blocks", "blocks that are all zero are zero")
def zero_blocks(term: Operator) -> Operator | None:
    if isinstance(term, Stack | Row | BlockDiagonal) and all(isinstance(p, Zero) for p in term.parts):
        return Zero(term.domain, term.codomain)
    return None


LAWS = (
    flatten_product,
    identity_in_product,
    zero_in_product,
    scalar_out,
    diagonals,
    signs_squared,
    number_diagonal,
    cancel,
    separable_cancel,
    real_diagonal,
    real_stays_real,
    shift_past_diagonal,
    shift_past_circulant,
    shift_by_nothing,
    blocks,
    zero_blocks,
)
