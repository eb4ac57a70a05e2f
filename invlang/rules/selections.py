"""Maps that put samples elsewhere, each at most once: what becomes of a diagonal between such a map and its adjoint."""

from __future__ import annotations

from invlang.graph.operators import Diagonal, Identity, Leaf, Operator
from invlang.graph.spaces import Axis, Space, size
from invlang.graph.values import Apply, Call, Value
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_constant_along


@law("select-diagonal", "a diagonal moves with its samples", 3)
def select_diagonal(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """P D Pᴴ = diag(P d) where no row and no column of P holds more than one 1; for P with other entries it is no diagonal."""
    if isinstance(left, Leaf) and isinstance(middle, Diagonal) and isinstance(right, Leaf) and left.flipped is right:
        if claims(left, "selection") and left.of.rank == left.to.rank:
            return (Diagonal(carried(left, middle.value), left.codomain),)
    return None


def carried(leaf: Leaf, value: Value) -> Value:
    """P d: the diagonal's entries where P puts them, and 0 where it puts none."""
    axes = leaf.argument("axes")
    if claims(leaf, "coisometry") and all(is_constant_along(value, a) for a in axes):
        return value
    rank = max(value.space.rank, -min(axes))
    own = {p: value.space.axes[p] for p in range(-value.space.rank, 0)}
    before = tuple(leaf.domain.axes[p] if p in axes else own.get(p, Axis(size(1))) for p in range(-rank, 0))
    after = tuple(leaf.codomain.axes[p] if p in axes else before[p] for p in range(-rank, 0))
    start, end = Space(value.space.field, before), Space(value.space.field, after)
    whole = value if value.space.sizes == start.sizes else Call("arrays", "full", (value,), (("space", start),), start)
    of, to = (end, start) if leaf.adjoint else (start, end)
    return Apply(Leaf(leaf.primitive, leaf.arguments, of, to, leaf.adjoint), whole)


@law("whole-window", "a window as large as the image is the image")
def whole_window(term: Operator) -> Operator | None:
    if isinstance(term, Leaf) and claims(term, "window") and term.of.sizes == term.to.sizes:
        return Identity(term.domain)
    return None


LAWS = (select_diagonal, whole_window)
