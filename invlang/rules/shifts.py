"""Shifts in a spectrum: diagonals of phases."""

from __future__ import annotations

from typing import Any, TypeGuard

from invlang.graph.arithmetic import multiply
from invlang.graph.operators import Diagonal, Leaf, Operator
from invlang.graph.spaces import Axis, Size, Space, known_size, size
from invlang.graph.values import Call, Pointwise, Value
from invlang.rules.composition import is_shift, moving_axes
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law


@law("shift-in-spectrum", "in the spectrum a shift is a diagonal of phases", 3)
def shift_in_spectrum(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """F T Fᴴ = diag(ω^k) for a shift T along axes of F, at even and odd sizes."""
    if not (is_spectral(left) and is_shift(middle) and isinstance(right, Leaf) and right.flipped is left):
        return None
    if left.adjoint or not set(moving_axes(middle)) <= set(left.argument("axes")):
        return None
    return (Diagonal(modulation(middle), left.to),)


def is_spectral(operator: Operator) -> TypeGuard[Leaf]:
    return isinstance(operator, Leaf) and claims(operator, "spectral")


def modulation(shift: Leaf) -> Value:
    """ω^k, the diagonal that a shift is in the spectrum: exp(−2πi k · offset / n) along the axes that it moves."""
    moves = dict(zip(shift.argument("axes"), shift.argument("offset"), strict=True))
    axes = moving_axes(shift)
    reach = range(min(axes, default=-1), 0)
    sizes = tuple(shift.of.axes[a].size if a in axes else size(1) for a in reach)
    offsets = tuple(moves[a] if a in axes else 0 for a in reach)
    if shift.adjoint:
        offsets = tuple(-o for o in offsets)
    plain = tuple(s if known_size(s) is None else known_size(s) for s in sizes)
    options = (("sizes", plain), ("offsets", offsets))
    return Call("fourier", "modulation", (), options, Space("complex", tuple(Axis(s) for s in sizes)))


@law("shifts-join", "shifts add up", 2)
def shifts_join(left: Operator, right: Operator) -> Factors | None:
    """T_j T_k = T_{j + k}, along one axis or several."""
    if not (is_shift(left) and is_shift(right)):
        return None
    moves: dict[int, Any] = {}
    for leaf in (left, right):
        for axis, offset in zip(leaf.argument("axes"), leaf.argument("offset"), strict=True):
            moves[axis] = moves.get(axis, 0) + (-offset if leaf.adjoint else offset)
    axes = tuple(sorted(moves))
    return (moved(right, axes, tuple(moves[a] for a in axes)),)


def moved(shift: Leaf, axes: tuple[int, ...], offset: tuple[Any, ...]) -> Leaf:
    """Another shift of the same images."""
    new = {"axes": axes, "offset": offset}
    return Leaf(shift.primitive, tuple((n, new.get(n, v)) for n, v in shift.arguments), shift.of, shift.to)


@law("whole-turns", "a whole turn around the border changes nothing")
def whole_turns(term: Operator) -> Operator | None:
    if not is_shift(term) or term.adjoint:
        return None
    axes, offset = term.argument("axes"), term.argument("offset")
    shorter = tuple(around(o, term.of.axes[a].size) for a, o in zip(axes, offset, strict=True))
    return None if shorter == offset else moved(term, axes, shorter)


def around(offset: Any, length: Any) -> Any:
    """An offset without whole turns around the border, where both are known."""
    known, n = known_size(offset) if isinstance(offset, Size) else offset, known_size(length)
    return offset if known is None or n is None or abs(known) < n else known % n


@law("shift-into-circulant", "a shift after which a circulant acts is part of it", 4)
def shift_into_circulant(a: Operator, b: Operator, c: Operator, d: Operator) -> Factors | None:
    """(Fᴴ D F) T = Fᴴ (D ω^k) F for a shift T along axes of F."""
    if not (isinstance(a, Leaf) and isinstance(b, Diagonal) and is_spectral(c) and is_shift(d) and a is c.flipped):
        return None
    if c.adjoint or not set(moving_axes(d)) <= set(c.argument("axes")):
        return None
    return a, Diagonal(multiply(b.value, modulation(d)), b.space), c


@law("phases-add", "the phases of two shifts add up")
def phases_add(term: Operator) -> Operator | None:
    """ω^j ω^k d = ω^{j + k} d, and ω^0 = 1"""
    if not (isinstance(term, Diagonal) and isinstance(term.value, Pointwise) and term.value.function == "multiply"):
        return None
    phases = [o for o in term.value.operands if offsets_of(o) is not None]
    rest = [o for o in term.value.operands if offsets_of(o) is None]
    if len(phases) < 2:
        return None
    sizes = lined_up([dict(phase_in(p).options)["sizes"] for p in phases], 1)
    totals = tuple(sum(column) for column in zip(*lined_up([offsets_of(p) or () for p in phases], 0), strict=True))
    longest = tuple(next((n for n in column if n != 1), 1) for column in zip(*sizes, strict=True))
    if not any(totals):
        return Diagonal(multiply(*rest), term.space)
    space = Space("complex", tuple(Axis(size(n) if isinstance(n, int) else n) for n in longest))
    joined = Call("fourier", "modulation", (), (("sizes", longest), ("offsets", totals)), space)
    return Diagonal(multiply(*rest, joined), term.space)


def lined_up(rows: list[tuple[Any, ...]], fill: int) -> list[tuple[Any, ...]]:
    """Rows of one length, filled up in front."""
    length = max(map(len, rows))
    return [(fill,) * (length - len(r)) + tuple(r) for r in rows]


def phase_in(value: Value) -> Call:
    inner = value.operands[0] if isinstance(value, Pointwise) else value
    assert isinstance(inner, Call)
    return inner


def offsets_of(value: Value) -> tuple[Any, ...] | None:
    """The offsets of a shift's phases, turned around by a conjugate; None of any other value."""
    match value:
        case Call(function="modulation"):
            return dict(value.options)["offsets"]
        case Pointwise("conj", (Call(function="modulation") as inner,)):
            return tuple(-o for o in dict(inner.options)["offsets"])
    return None


LAWS = (shift_in_spectrum, shifts_join, whole_turns, shift_into_circulant, phases_add)
