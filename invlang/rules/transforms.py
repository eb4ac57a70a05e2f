"""Transforms that are products over axes: two of one kind join, and cancel along the axes they share."""

from __future__ import annotations

from invlang.graph.operators import Leaf, Operator
from invlang.rules.composition import over_axes
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law


def are_one_kind(left: Operator, right: Operator) -> bool:
    """Both the same separable transform, with the same options, over some axes."""
    if not (isinstance(left, Leaf) and isinstance(right, Leaf) and left.primitive is right.primitive):
        return False
    return claims(left, "separable") and over_axes(left, ()).arguments == over_axes(right, ()).arguments


@law("transforms-join", "transforms of different axes are one", 2)
def transforms_join(left: Operator, right: Operator) -> Factors | None:
    """U(a) U(b) = U(a, b) for axes that differ; U(a) U(a) is something else."""
    if not are_one_kind(left, right) or left.adjoint != right.adjoint:  # type: ignore[union-attr,attr-defined]
        return None
    assert isinstance(left, Leaf) and isinstance(right, Leaf)
    a, b = left.argument("axes"), right.argument("axes")
    return None if set(a) & set(b) else (over_axes(right, tuple(sorted((*a, *b)))),)


@law("transforms-cancel", "along the axes that both know they cancel", 2)
def transforms_cancel(left: Operator, right: Operator) -> Factors | None:
    """U(a, b)ᴴ U(b, c) = U(a)ᴴ U(c)"""
    if not are_one_kind(left, right) or left.adjoint == right.adjoint:  # type: ignore[union-attr,attr-defined]
        return None
    assert isinstance(left, Leaf) and isinstance(right, Leaf)
    a, b = left.argument("axes"), right.argument("axes")
    shared = set(a) & set(b)
    if not shared or len(shared) == len(a) == len(b):
        return None
    rests = tuple((leaf, tuple(x for x in axes if x not in shared)) for leaf, axes in ((left, a), (right, b)))
    return tuple(over_axes(leaf, axes) for leaf, axes in rests if axes)


LAWS = (transforms_join, transforms_cancel)
