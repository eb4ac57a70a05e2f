"""Copies of an image along a new axis: what is done to all of them alike is done to the one image before, or to their sum behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from invlang.graph.operators import Leaf, Operator
from invlang.graph.spaces import Space
from invlang.rules.adjoint import from_either_side
from invlang.rules.composition import is_embedding, is_shift
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law
from invlang.rules.matrices import ignores_axis


@law("copies-last", "what is done to all copies alike is done to the one image", 2)
def copies_last(left: Operator, right: Operator) -> Factors | None:
    """B R = R B and Rᴴ B = B Rᴴ for copies R along an axis that B does not know."""
    return from_either_side(once, left, right)


@law("real-copies-last", "what is done to all copies alike is done to the one image", 3)
def real_copies_last(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """B Complex R = R B Complex and Rᴴ Real B = B Real Rᴴ: the same of real images."""
    return from_either_side(once_of_real, left, middle, right)


@law("shift-past-copies", "all copies move alike", 2)
def shift_past_copies(left: Operator, right: Operator) -> Factors | None:
    """T R = R T and T Rᴴ = Rᴴ T for a shift T, which moves to the right, as past a diagonal."""
    if not (isinstance(right, Leaf) and claims(right, "copies") and is_shift(left)):
        return None
    axis = right.argument("axis")
    if not all(a > axis for a in left.argument("axes")):
        return None
    if right.adjoint:
        return right, replace(left, of=right.to, to=right.to)
    return right, on_one(left, axis)


def once(left: Operator, right: Operator) -> Factors | None:
    if not (are_copies(right) and acts_alike(left, right.argument("axis"))):
        return None
    single = on_one(left, right.argument("axis"))
    return replace(right, of=single.codomain, to=left.codomain), single


def once_of_real(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    if not (is_embedding(middle, adjoint=False) and are_copies(right) and acts_alike(left, right.argument("axis"))):
        return None
    single, embedding = (on_one(f, right.argument("axis")) for f in (left, middle))
    return replace(right, of=single.codomain, to=left.codomain), single, embedding


def are_copies(operator: Operator) -> TypeGuard[Leaf]:
    return isinstance(operator, Leaf) and claims(operator, "copies") and not operator.adjoint


def acts_alike(operator: Operator, axis: int) -> TypeGuard[Leaf]:
    """Whether a primitive that is no shift does the same to each entry along the axis of copies, which is the first of all."""
    if not isinstance(operator, Leaf) or claims(operator, "embedding") or is_shift(operator):
        return False
    return ignores_axis(operator, axis, real=False)


def on_one(leaf: Leaf, axis: int) -> Leaf:
    """The same primitive on images without that axis."""
    return replace(leaf, of=without(leaf.of, axis), to=without(leaf.to, axis))


def without(space: Space, axis: int) -> Space:
    return Space(space.field, tuple(a for i, a in enumerate(space.axes) if i - space.rank != axis))


LAWS = (copies_last, real_copies_last, shift_past_copies)
