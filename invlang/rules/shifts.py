"""Shifts in a spectrum: diagonals of phases."""

from __future__ import annotations

from invlang.graph.operators import Diagonal, Leaf, Operator
from invlang.graph.spaces import Axis, Space, known_size, size
from invlang.graph.values import Call, Value
from invlang.rules.composition import is_shift, moving_axes
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law


@law("shift-in-spectrum", "in the spectrum a shift is a diagonal of phases", 3)
def shift_in_spectrum(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """F T Fᴴ = diag(ω^k) for a shift T along axes of F, at even and odd sizes."""
    if not (is_spectral(left) and is_shift(middle) and isinstance(right, Leaf) and right.flipped is left):
        return None
    assert isinstance(left, Leaf) and isinstance(middle, Leaf)
    if left.adjoint or not set(moving_axes(middle)) <= set(left.argument("axes")):
        return None
    return (Diagonal(modulation(middle), left.to),)


def is_spectral(operator: Operator) -> bool:
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


LAWS = (shift_in_spectrum,)
