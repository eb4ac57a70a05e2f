"""Maps that put samples elsewhere, each at most once: what becomes of a diagonal between such a map and its adjoint."""

from __future__ import annotations

from typing import Any, TypeGuard

from invlang.graph.apply import stretched_to
from invlang.graph.arithmetic import ONE
from invlang.graph.operators import Diagonal, Identity, Leaf, Operator
from invlang.graph.spaces import Axis, Space, size
from invlang.graph.values import Apply, Value
from invlang.meaning.primitives import primitive_named
from invlang.rules.adjoint import from_either_side
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
    whole = stretched_to(value, start)
    of, to = (end, start) if leaf.adjoint else (start, end)
    return Apply(Leaf(leaf.primitive, leaf.arguments, of, to, leaf.adjoint), whole)


@law("read-diagonal", "what was read at a place is weighed there", 3)
def read_diagonal(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """Pᴴ D P = diag(Pᴴ d) where every row of P holds at most one 1; with two, samples would meet."""
    if reads(left, right) and isinstance(middle, Diagonal):
        return (Diagonal(back_where_read(left, middle.value), left.codomain),)
    return None


@law("read-often", "an image read at places is counted there", 2)
def read_often(left: Operator, right: Operator) -> Factors | None:
    """PᴴP = diag(Pᴴ 1) where every row of P holds at most one 1."""
    return (Diagonal(back_where_read(left, ONE), left.codomain),) if reads(left, right) else None


def reads(left: Operator, right: Operator) -> TypeGuard[Leaf]:
    """Whether they are Pᴴ and P, where P reads samples of the last axes."""
    if not (isinstance(left, Leaf) and isinstance(right, Leaf) and left.flipped is right and left.adjoint):
        return False
    return claims(right, "reads") and right.argument("axes") == tuple(range(-len(right.argument("axes")), 0))


def back_where_read(leaf: Leaf, value: Value) -> Value:
    """Pᴴ d: the diagonal's entries added up where they were read; axes in front that d does not know are left out."""
    k = len(leaf.argument("axes"))
    own = leaf.domain.rank - (leaf.codomain.rank - k)  # type: ignore[union-attr]
    front = value.space.axes[: max(value.space.rank - own, 0)]
    start = Space(value.space.field, (*front, *leaf.domain.axes[-own:]))  # type: ignore[union-attr]
    end = Space(value.space.field, (*front, *leaf.codomain.axes[-k:]))  # type: ignore[union-attr]
    return Apply(Leaf(leaf.primitive, leaf.arguments, end, start, adjoint=True), stretched_to(value, start))


@law("whole-window", "a window as large as the image is the image")
def whole_window(term: Operator) -> Operator | None:
    if isinstance(term, Leaf) and claims(term, "window") and term.of.sizes == term.to.sizes:
        return Identity(term.domain)
    return None


@law("fewer-views", "of views that are left out nothing is measured", 2)
def fewer_views(left: Operator, right: Operator) -> Factors | None:
    """P R(v) = R(P v), where P picks entries of the axis along which every entry has a view of its own."""
    return from_either_side(choose_views, left, right)


def choose_views(chosen: Operator, scanner: Operator) -> Factors | None:
    fewer = with_fewer_views(chosen, scanner)
    return None if fewer is None else (fewer,)


def with_fewer_views(chosen: Operator, scanner: Operator) -> Leaf | None:
    """The scanner of the views that are chosen, None where the choice is along other axes or is none."""
    if not (is_forward(chosen) and is_forward(scanner) and claims(scanner, "viewwise")):
        return None
    picks = claims(chosen, "translation") or claims(chosen, "selection") and claims(chosen, "coisometry")
    if not picks or chosen.of.rank != chosen.to.rank:
        return None
    views, sizes = scanner.argument("views"), scanner.argument("size")
    if chosen.argument("axes") != (-len(sizes),):
        return None
    count = chosen.to.axes[-len(sizes)].size
    of = Space("real", views.space.axes)
    to = Space("real", (*of.axes[:-3], Axis(count), *of.axes[-2:]))
    inside = tuple((n, (-3,) if n == "axes" else v) for n, v in chosen.arguments)
    kept = {"views": Apply(Leaf(chosen.primitive, inside, of, to), views), "size": (count, *sizes[1:])}
    return Leaf(scanner.primitive, tuple((n, kept.get(n, v)) for n, v in scanner.arguments), scanner.of, chosen.to)


@law("fewer-weighed-views", "of views that are left out nothing is weighed", 3)
def fewer_weighed_views(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """P D R(v) = (P d) R(P v)"""
    return from_either_side(choose_weighed_views, left, middle, right)


def choose_weighed_views(chosen: Operator, weights: Operator, scanner: Operator) -> Factors | None:
    fewer = with_fewer_views(chosen, scanner)
    if fewer is None or not isinstance(weights, Diagonal):
        return None
    assert isinstance(chosen, Leaf)
    return Diagonal(carried(chosen, weights.value), fewer.codomain), fewer


@law("fewer-rows", "rows that are left out are not multiplied", 2)
def fewer_rows(left: Operator, right: Operator) -> Factors | None:
    """P M = (P M as a matrix), where P picks entries of the axis that M makes."""
    return from_either_side(choose_rows, left, right)


def choose_rows(chosen: Operator, matrix: Operator) -> Factors | None:
    if not (is_forward(chosen) and is_forward(matrix) and claims(matrix, "matrix") and claims(chosen, "selection")):
        return None
    axis, entries = matrix.argument("axis"), matrix.argument("matrix")
    if not claims(chosen, "coisometry") or chosen.of.rank != chosen.to.rank or chosen.argument("axes") != (axis,):
        return None
    inside = tuple((n, (-2,) if n == "axes" else v) for n, v in chosen.arguments)
    of = Space(entries.space.field, entries.space.axes)
    to = Space(of.field, (*of.axes[:-2], chosen.to.axes[axis], of.axes[-1]))
    rows = Apply(Leaf(chosen.primitive, inside, of, to), entries)
    return (Leaf(primitive_named("Dense"), (("matrix", rows), ("axis", axis)), matrix.of, chosen.to),)


def is_forward(operator: Operator) -> TypeGuard[Leaf]:
    return isinstance(operator, Leaf) and not operator.adjoint


@law("window-of-moved", "a window of a moved image is a window elsewhere", 2)
def window_of_moved(left: Operator, right: Operator) -> Factors | None:
    """C T_k and C P, for a shift T by k and zeros P before the image, where the window sees samples of the image only."""
    if not (is_forward(left) and claims(left, "window") and claims(left, "coisometry")):
        return None
    axes, moves = left.argument("axes"), moves_of(right)
    if moves is None or not set(moves) <= set(axes):
        return None
    start = tuple(s - moves.get(a, 0) for a, s in zip(axes, left.argument("start"), strict=True))
    room = (right.domain.axes[a].size - left.to.axes[a].size for a in axes)  # type: ignore[union-attr]
    if not all((s + size(0)).is_nonnegative and (r - s).is_nonnegative for s, r in zip(start, room, strict=True)):
        return None
    arguments = tuple((n, start if n == "start" else v) for n, v in left.arguments)
    return (Leaf(left.primitive, arguments, right.domain, left.to),)  # type: ignore[arg-type]


def moves_of(operator: Operator) -> dict[int, Any] | None:
    """By how many samples each axis is moved, by a shift or by zeros before it."""
    if not is_forward(operator):
        return None
    if claims(operator, "translation"):
        return dict(zip(operator.argument("axes"), operator.argument("offset"), strict=True))
    if claims(operator, "window") and claims(operator, "isometry"):
        return dict(zip(operator.argument("axes"), operator.argument("before"), strict=True))
    return None


LAWS = (select_diagonal, read_diagonal, read_often, whole_window, fewer_views, fewer_weighed_views, fewer_rows, window_of_moved)
