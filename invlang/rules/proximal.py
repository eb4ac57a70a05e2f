"""Proximal maps of sums of terms, in closed form where mathematics has one, with the reason where it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invlang.graph.apply import apply
from invlang.graph.arithmetic import (
    ONE,
    abs2,
    add,
    conj,
    divide,
    is_binary,
    is_number,
    is_scalar,
    multiply,
    negate,
    number,
    pointwise,
    reciprocal,
    subtract,
)
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Adjoint, Compose, Diagonal, Identity, Operator
from invlang.graph.values import Bundle, Value
from invlang.meaning.primitives import formula
from invlang.rules.atoms import declared_formula, how_found, prox_of_atom
from invlang.rules.facts import scaled_identity
from invlang.rules.inverse import Refusal, Solved, solve
from invlang.rules.parts import part_of
from invlang.rules.simplify import only_adjoints, simplify


@dataclass(frozen=True)
class Prox:
    """A proximal map at a point.  how: in words;  solved: the linear solve behind it, where there is one."""

    value: Value
    how: str
    solved: Solved | None = None


def prox(terms: tuple[Term, ...], step: Value, point: Value, level: int = 2) -> Prox | Refusal:
    """argmin_z step · Σ terms(z) + ½ ‖z − point‖²; of several unknowns one after the other, where each term is of one of them."""
    owned = [part_of(simplify(t.operator)) for t in terms] if isinstance(point, Bundle) else [None]
    if None not in owned:
        assert isinstance(point, Bundle)
        return prox_by_parts(tuple(zip(terms, owned, strict=True)), step, point, level)  # type: ignore[arg-type]
    quadratic = tuple(t for t in terms if is_quadratic(t))
    others = tuple(t for t in terms if not is_quadratic(t))
    if not others:
        return prox_of_quadratics(quadratic, step, point, level)
    boxes = tuple(t for t in others if is_box(t))
    rest = tuple(t for t in others if not is_box(t))
    if len(rest) > 1 or len(boxes) > 1:
        names = " and ".join(t.label or t.text for t in others[:2])
        return Refusal(f"{len(others)} terms have no joint closed-form prox ({names})")
    main = rest[0] if rest else boxes[0]
    if not quadratic and len(others) == 1:
        return prox_of_one(main, step, point)
    return prox_pixel_by_pixel(quadratic, rest, boxes, step, point)


def is_quadratic(term: Term) -> bool:
    return term.atom.has("quadratic") or term.atom.has("linear")


def is_box(term: Term) -> bool:
    return term.atom.has("indicator") and term.atom.has("separable") and isinstance(simplify(term.operator), Identity)


# ---- quadratics


def prox_of_quadratics(terms: tuple[Term, ...], step: Value, point: Value, level: int) -> Prox:
    """(I + 2 step Σ wᵢ AᵢᴴAᵢ)⁻¹ (point − step (2 Σ wᵢ Aᵢᴴ cᵢ + linear parts))"""
    squares = tuple((multiply(number(2), step, t.weight), normal(t.operator, level)) for t in terms if t.atom.has("quadratic"))
    solved = solve(squares, ONE, level) if squares else None
    right = add(point, *(negate(multiply(step, g)) for g in (constant_gradient(t, level) for t in terms) if g is not None))
    value = apply(solved.operator, right) if solved is not None else right
    return Prox(value, how_solved(terms, solved), solved)


def how_solved(terms: tuple[Term, ...], solved: Solved | None) -> str:
    """How the prox of quadratics is found, in words."""
    if solved is None:
        return "a linear term moves the point"
    if scaled_identity(solved.forward) is None:
        return solved.because
    return "scales the point" if all(t.offset is None for t in terms) else "a weighted mean with the data"


def normal(operator: Operator, level: int) -> Operator:
    """An operator ready to be applied: simplified, or only with its adjoints at the leaves."""
    return simplify(operator) if level else only_adjoints(operator)


def constant_gradient(term: Term, level: int) -> Value | None:
    """The part of a quadratic's gradient that does not depend on the point: 2 w Aᴴ c, or w Aᴴ c of a linear term."""
    back = normal(Adjoint(term.operator), level)
    if term.atom.has("linear"):
        assert isinstance(term.atom, Atom)
        return multiply(term.weight, apply(back, term.atom.argument("c")))
    if term.offset is None:
        return None
    return multiply(number(2), term.weight, apply(back, term.offset))


def prox_by_parts(owned: tuple[tuple[Term, tuple[int, Operator]], ...], step: Value, point: Bundle, level: int) -> Prox | Refusal:
    """The prox of each unknown's own terms."""
    found: list[Prox] = []
    for i, part in enumerate(point.parts):
        own = tuple(replace(t, operator=operator) for t, (index, operator) in owned if index == i)
        if isinstance(result := prox(own, step, part, level) if own else Prox(part, ""), Refusal):
            return result
        found.append(result)
    how = "; ".join(dict.fromkeys(p.how for p in found if p.how))
    solved = next((p.solved for p in found if p.solved is not None), None)
    return Prox(Bundle(tuple(p.value for p in found)), how, solved)


# ---- one term


def prox_of_one(term: Term, step: Value, point: Value) -> Prox | Refusal:
    """The prox of w f(A x + c): by f's own prox where A Aᴴ = μ I, or where A is a diagonal that f does not mind."""
    if isinstance(term.atom, SmoothAtom):
        return Refusal(f"{term.label or 'it'} has a gradient but no closed-form prox")
    if not any(formula(term.atom.primitive.definition, name) for name in ("prox", "least")):
        return Refusal(f"{term.label or term.text} has no prox that is known")
    operator = simplify(term.operator)
    step = multiply(step, term.weight)
    mu = scaled_identity(simplify(Compose((operator, Adjoint(operator)))))
    if isinstance(operator, Identity):
        return Prox(shifted_prox(term.atom, step, point, term.offset), how_found(term.atom))
    if mu is not None:
        through = apply(operator, point)
        inner = shifted_prox(term.atom, multiply(step, mu), through, term.offset)
        back = simplify(Adjoint(operator))
        if scaled_identity(simplify(Compose((Adjoint(operator), operator)))) is not None:
            return Prox(
                multiply(reciprocal(mu), apply(back, inner)),
                f"{how_found(term.atom)}; the map is unitary, so the prox passes through it",
            )
        moved = apply(back, multiply(reciprocal(mu), subtract(inner, through)))
        return Prox(add(point, moved), "A Aᴴ is a multiple of I, so the prox passes through A")
    if isinstance(operator, Diagonal):
        return prox_through_diagonal(term.atom, operator.value, step, point, term.offset)
    return Refusal(f"{term.label or term.text} has no closed-form prox through its operator")


def prox_through_diagonal(atom: Atom, value: Value, step: Value, point: Value, offset: Value | None) -> Prox | Refusal:
    """f(D x + c): a mask shrinks the kept entries, |d| scales the threshold of a 1-norm, any sum over entries passes through each."""
    if offset is None and is_binary(value) and atom.has("norm"):
        kept = multiply(value, point)
        shortened = subtract(shifted_prox(atom, step, kept, None), kept)
        return Prox(add(point, shortened), f"{how_found(atom)}; what the mask drops is not touched")
    if offset is None and atom.has("norm") and atom.has("separable"):
        return Prox(shifted_prox(atom, multiply(step, pointwise("abs", value)), point, None), "a diagonal scales the threshold")
    if atom.has("separable"):
        power = abs2(value)
        through = multiply(value, point) if offset is None else add(multiply(value, point), offset)
        moved = subtract(prox_of_atom(atom, multiply(step, power), through), through)
        back = divide(multiply(conj(value), moved), pointwise("maximum", power, number(1e-30)))
        return Prox(add(point, back), "a diagonal: the prox passes through each entry")
    return Refusal(f"the prox of {atom.primitive.symbol} does not pass through this diagonal")


def shifted_prox(atom: Atom, step: Value, point: Value, offset: Value | None) -> Value:
    """prox of f(· + c) = prox of f at (point + c), minus c"""
    if offset is None:
        return prox_of_atom(atom, step, point)
    return subtract(prox_of_atom(atom, step, add(point, offset)), offset)


# ---- several terms, pixel by pixel


def prox_pixel_by_pixel(
    quadratic: tuple[Term, ...], rest: tuple[Term, ...], boxes: tuple[Term, ...], step: Value, point: Value
) -> Prox | Refusal:
    """Diagonal quadratics + one separable term + a box: each pixel by itself; a box clips.  Else multiples of ‖x‖² shorten any term's step."""
    scale: Value = ONE
    right = point
    for term in quadratic:
        diagonal = diagonal_of(simplify(Compose((Adjoint(term.operator), term.operator))))
        if diagonal is None:
            others = " and ".join(t.label or t.text for t in (*rest, *boxes))
            return Refusal(f"{term.label or term.text} does not act pixel by pixel, so it has no joint prox with {others}")
        if term.atom.has("quadratic"):
            scale = add(scale, multiply(number(2), step, term.weight, diagonal))
        constant = constant_gradient(term, 2)
        if constant is not None:
            right = subtract(right, multiply(step, constant))
    value = divide(right, scale) if not is_number(scale, 1) else right
    if is_scalar(scale) and not boxes:
        return prox_of_one(rest[0], divide(step, scale), value)
    for term in rest:
        ready = isinstance(term.atom, Atom) and term.atom.has("separable") and isinstance(simplify(term.operator), Identity)
        if not ready:
            return Refusal(f"{term.label or term.text} does not act pixel by pixel, so it has no joint prox with the others")
        value = shifted_prox(term.atom, divide(multiply(step, term.weight), scale), value, term.offset)  # type: ignore[arg-type]
    for box in boxes:
        assert isinstance(box.atom, Atom)
        value = shifted_prox(box.atom, step, value, box.offset)
    return Prox(value, "pixel by pixel")


def diagonal_of(operator: Operator) -> Value | None:
    return operator.value if isinstance(operator, Diagonal) else scaled_identity(operator)


# ---- duals


def dual_prox(terms: tuple[Term, ...], step: Value, point: Value, level: int = 2) -> Prox | Refusal:
    """prox of step · g*: by Moreau, point − step · prox of g / step at point / step; or a projection where g is a norm."""
    if len(terms) == 1 and isinstance(terms[0].atom, Atom) and isinstance(simplify(terms[0].operator), Identity):
        (term,) = terms
        assert isinstance(term.atom, Atom)
        if formula(term.atom.primitive.definition, "dual_prox") is not None:
            moved = point if term.offset is None else add(point, multiply(step, term.offset))
            return Prox(declared_formula(term.atom, "dual_prox", term.weight, moved), "a projection onto the dual norm's ball")
    inner = prox(terms, reciprocal(step), divide(point, step), level)
    if isinstance(inner, Refusal):
        return inner
    return Prox(subtract(point, multiply(step, inner.value)), f"by Moreau's identity; its own: {inner.how}", inner.solved)
