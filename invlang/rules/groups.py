"""Regularly spaced lines of a spectrum: samples that lie on each other couple, and a small matrix for each group tells them apart."""

from __future__ import annotations

from invlang.graph.arithmetic import ONE, add, multiply, number
from invlang.graph.operators import Diagonal, Identity, Leaf, Operator, Sum
from invlang.graph.spaces import Axis, Size, Space, size
from invlang.graph.values import Call, Reduce, Value
from invlang.meaning.primitives import primitive_named
from invlang.rules.facts import claims, is_unitary
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_constant_along, spacing


@law("regular-lines", "of every f-th line, f samples lie on each other: a small matrix for each such group", 5)
def regular_lines(a: Operator, back: Operator, lines: Operator, forward: Operator, b: Operator) -> Factors | None:
    """A Fᴴ m F B with diagonals A and B: entry (r, s) of a group's matrix is a[r] b[s] / f, its samples n / f apart."""
    if not (isinstance(a, Diagonal) and isinstance(lines, Diagonal) and isinstance(b, Diagonal)):
        return None
    if not (isinstance(forward, Leaf) and back is forward.flipped and is_unitary(forward) and claims(forward, "spectral")):
        return None
    n = b.space.axes[-1].size
    factor = spacing_from_origin(lines.value, n)
    known = factor is not None and n % factor == 0 and forward.argument("axes") == (-1,) and not forward.adjoint
    if not known or is_constant_along(a.value, -1) or is_constant_along(b.value, -1):
        return None
    assert factor is not None
    matrix = multiply(number(1 / factor), grouped(a.value, factor, "rows"), grouped(b.value, factor, "columns"))
    return (groups(matrix, b.space),)


def spacing_from_origin(value: Value, n: Size) -> int | None:
    """f where every f-th entry along the last axis is 1, the first one among them."""
    offset: Size = size(0)
    if isinstance(value, Call) and value.function == "shift":
        moves = dict(value.options)
        if moves["axes"] != (-1,):
            return None
        (offset,), value = moves["offset"], value.operands[0]
    factor = spacing(value)
    return factor if factor is not None and (n // 2 + offset) % factor == 0 else None


def grouped(value: Value, factor: int, where: str) -> Value:
    """A diagonal as rows or columns of the groups' matrices: number[…, n] as number[…, f, 1, n / f] or number[…, 1, f, n / f]."""
    *others, last = value.space.axes
    rows, columns = (factor, 1) if where == "rows" else (1, factor)
    space = Space(value.space.field, (*others, Axis(size(rows)), Axis(size(columns)), Axis(last.size / factor)))
    return Call("groups", f"group_{where}", (value,), (("factor", factor),), space)


def groups(matrix: Value, space: Space) -> Leaf:
    return Leaf(primitive_named("Groups"), (("matrix", matrix),), space, space)


@law("groups-of-copies", "what copies of an image couple adds up", 3)
def groups_of_copies(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """Rᴴ G R is the sum of the copies' matrices, for copies along an axis that the matrices know."""
    if not (isinstance(right, Leaf) and left is right.flipped and claims(right, "copies") and not right.adjoint):
        return None
    if not (isinstance(middle, Leaf) and claims(middle, "groupwise")):
        return None
    axis, matrix = right.argument("axis") - 2, middle.argument("matrix")
    if is_constant_along(matrix, axis):
        return None
    return (groups(Reduce("sum", matrix, (axis,)), right.of),)


def matrix_of_groups(term: Operator) -> Value | None:
    """The matrices of Σ cᵢ Gᵢ + D, where at least one term couples groups; None where others do something else."""
    terms = term.terms if isinstance(term, Sum) else ((ONE, term),)
    coupled = [(c, t) for c, t in terms if isinstance(t, Leaf) and claims(t, "groupwise") and not t.adjoint]
    if not coupled:
        return None
    factor = int(coupled[0][1].argument("matrix").space.axes[-2].size)
    eye = Call(
        "groups",
        "group_identity",
        (coupled[0][1].argument("matrix"),),
        (),
        Space("real", (Axis(size(factor)),) * 2 + (Axis(size(1)),)),
    )
    found: list[Value] = []
    for c, t in terms:
        match t:
            case Leaf() if (c, t) in coupled:
                found.append(multiply(c, t.argument("matrix")))
            case Identity():
                found.append(multiply(c, eye))
            case Diagonal(value) if not is_constant_along(value, -1):
                found.append(multiply(c, eye, grouped(value, factor, "rows")))
            case _:
                return None
    return add(*found)


def inverse_of_groups(term: Operator, certain: bool) -> Leaf | None:
    """The inverse, group by group; of what may be singular the pseudo-inverse."""
    matrix = matrix_of_groups(term)
    if matrix is None:
        return None
    inverted = Call("groups", "group_inverse" if certain else "group_pseudo_inverse", (matrix,), (), matrix.space)
    return groups(inverted, term.domain)  # type: ignore[arg-type]


LAWS = (regular_lines, groups_of_copies)
