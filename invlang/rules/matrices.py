"""Matrices along one axis: rows, Gram matrices by singular vectors, and what does not know the axis moves past them."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from invlang.graph.arithmetic import abs2, multiply
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Sum
from invlang.graph.spaces import AnySpace, Axis, Size, Space, known_size, size
from invlang.graph.values import Aligned, Call, Reduce, Value
from invlang.meaning.primitives import primitive_named
from invlang.rules.facts import claims, is_real_matrix
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_constant_along


def is_matrix(operator: Operator) -> TypeGuard[Leaf]:
    """A matrix along one axis, or its adjoint, which is none of the bases that rules make."""
    return isinstance(operator, Leaf) and claims(operator, "matrix") and not claims(operator, "unitary")


def rows_and_columns(leaf: Leaf) -> tuple[Size, Size]:
    """Of the matrix itself, not its adjoint."""
    axis = leaf.argument("axis")
    return leaf.to.axes[axis].size, leaf.of.axes[axis].size


def as_vector(matrix: Value) -> Value:
    """The only row of a matrix."""
    return matrix if matrix.space.rank == 1 else Reduce("sum", matrix, (-2,))


@law("one-row", "a matrix of one row adds up what a diagonal weighs", 3)
def one_row(left: Operator, middle: Operator, right: Operator) -> Factors | None:
    """w D wᴴ = diag(Σ_c |w_c|² d_c) for a row w; with two rows the entries beside the diagonal would stay."""
    if not (is_matrix(left) and isinstance(middle, Diagonal) and left.flipped is right):
        return None
    if left.adjoint or rows_and_columns(left)[0] != 1:
        return None
    axis, weights = left.argument("axis"), abs2(as_vector(left.argument("matrix")))
    if is_constant_along(middle.value, axis):
        total = multiply(Reduce("sum", weights, (-1,)), middle.value)
    else:
        total = Reduce("sum", multiply(Aligned(weights, axis), middle.value), (axis,), keep=True)
    return (Diagonal(total, left.codomain),)


@law("length-of-row", "a row times its adjoint is its squared length", 2)
def length_of_row(left: Operator, right: Operator) -> Factors | None:
    if is_matrix(left) and left.flipped is right and not left.adjoint:
        if rows_and_columns(left)[0] == 1:
            length = Reduce("sum", abs2(as_vector(left.argument("matrix"))), (-1,))
            return (Sum(((length, Identity(left.codomain)),)),)
    return None


@law("singular-vectors", "a matrix times its adjoint is diagonal in its singular vectors", 2)
def singular_vectors(left: Operator, right: Operator) -> Factors | None:
    """MᴴM = V diag(p) Vᴴ and MMᴴ = U diag(p) Uᴴ, where that is the smaller side."""
    if not (is_matrix(left) and left.flipped is right):
        return None
    rows, columns = rows_and_columns(left)
    small, large = (columns, rows) if left.adjoint else (rows, columns)
    if not is_at_most(small, large):
        return None
    side = "right" if left.adjoint else "left"
    basis, power = basis_of(left, side, left.codomain), power_of(left, side, small)
    return basis, Diagonal(Aligned(power, left.argument("axis")), left.codomain), basis.flipped


def is_at_most(small: Size, large: Size) -> bool:
    """Certain, or between two sizes that are dims of their own and not made of others, such as the pixels of an image."""
    certain = (large - small).is_nonnegative
    return all(s.is_Symbol or s.is_Integer for s in (small, large)) if certain is None else certain


def basis_of(leaf: Leaf, side: str, space: Space) -> Leaf:
    """The left or right singular vectors of a leaf's matrix, as a unitary map of the space."""
    matrix, n = leaf.argument("matrix"), space.axes[leaf.argument("axis")].size
    square = Space(matrix.space.field, (Axis(n), Axis(n)))
    vectors = Call("dense", f"{side}_basis", (matrix,), (), square)
    return Leaf(primitive_named("Basis"), (("matrix", vectors), ("axis", leaf.argument("axis"))), space, space)


def power_of(leaf: Leaf, side: str, n: Size) -> Value:
    """The squared singular values, one for each vector of that side."""
    return Call("dense", f"{side}_power", (leaf.argument("matrix"),), (), Space("real", (Axis(n),)))


@law("matrices-multiply", "two matrices along one axis are one", 2)
def matrices_multiply(left: Operator, right: Operator) -> Factors | None:
    """M N as one matrix, where it costs no more than the two: p n ≤ m (p + n) for p × m times m × n."""
    if not (is_matrix(left) and is_matrix(right)):
        return None
    axis = left.argument("axis")
    if axis != right.argument("axis") or left.flipped is right:
        return None
    p, m, n = (known_size(s.axes[axis].size) for s in (left.codomain, left.domain, right.domain))
    if p is None or m is None or n is None or p * n > m * (p + n):
        return None
    a, b = matrix_value(left), matrix_value(right)
    field = "complex" if "complex" in (a.space.field, b.space.field) else "real"
    product = Call("dense", "matrix_product", (a, b), (), Space(field, (Axis(size(p)), Axis(size(n)))))
    return (Leaf(primitive_named("Dense"), (("matrix", product), ("axis", axis)), right.domain, left.codomain),)


def matrix_value(leaf: Leaf) -> Value:
    matrix = leaf.argument("matrix")
    if not leaf.adjoint:
        return matrix
    rows, columns = rows_and_columns(leaf)
    return Call("dense", "conjugate_transpose", (matrix,), (), Space(matrix.space.field, (Axis(columns), Axis(rows))))


# ---- N18: diagonals beside a matrix


def with_weighed_matrices(operator: Operator) -> Operator:
    """D M and M D as one matrix, its rows or columns weighed, wherever D varies along M's axis only."""
    if not isinstance(operator, Compose):
        return operator
    done: list[Operator] = []
    for factor in operator.factors:
        joined = weighed(done[-1], factor) if done else None
        done = [*done, factor] if joined is None else [*done[:-1], joined]
    return done[0] if len(done) == 1 else Compose(tuple(done))


def weighed(left: Operator, right: Operator) -> Leaf | None:
    """A diagonal and a matrix, or a matrix and a diagonal, as one matrix."""
    if isinstance(left, Diagonal) and is_matrix(right) and varies_only_along(left.value, right.argument("axis")):
        return weighed_matrix(right, left.value, "rows")
    if is_matrix(left) and isinstance(right, Diagonal) and varies_only_along(right.value, left.argument("axis")):
        return weighed_matrix(left, right.value, "columns")
    return None


def varies_only_along(value: Value, axis: int) -> bool:
    return all(is_constant_along(value, a) != (a == axis) for a in range(-max(value.space.rank, -axis), 0))


def weighed_matrix(leaf: Leaf, weights: Value, which: str) -> Leaf:
    matrix, axis = matrix_value(leaf), leaf.argument("axis")
    field = "complex" if "complex" in (matrix.space.field, weights.space.field) else "real"
    new = Call("dense", f"weighed_{which}", (matrix, weights), (("axis", axis),), matrix.space.over(field))
    return Leaf(leaf.primitive, (("matrix", new), ("axis", axis)), leaf.domain, leaf.codomain)


# ---- N16: maps of different axes commute


@law("disjoint-axes", "maps of different axes commute, and the smaller image is worked on", 2)
def disjoint_axes(left: Operator, right: Operator) -> Factors | None:
    """M B = B M for a B that does not know M's axis: a matrix with fewer rows than columns goes first, its adjoint last.

    Two matrices that want the same way keep the order of their axes.
    """
    if is_matrix(left) and is_matrix(right) and shrinks(left) == shrinks(right):
        if left.argument("axis") < right.argument("axis"):
            return None
    if is_matrix(left) and ignores(right, left) and (shrinks(left) or moves_right(left, right)):
        small = left.codomain.axes[left.argument("axis")].size
        other = resized(right, left.argument("axis"), small)
        return other, moved(left, right.domain, other.domain)
    if is_matrix(right) and ignores(left, right) and shrinks(right.flipped):
        small = right.domain.axes[right.argument("axis")].size
        other = resized(left, right.argument("axis"), small)
        return moved(right, other.codomain, left.codomain), other
    return None


def moves_right(left: Leaf, right: Operator) -> bool:
    """Whether a square matrix passes a map of an image to one as large, so that it meets its adjoint; matrices go by their axes."""
    return left.of == left.to and right.domain == right.codomain


def shrinks(leaf: Leaf) -> bool:
    axis = leaf.argument("axis")
    return (leaf.domain.axes[axis].size - leaf.codomain.axes[axis].size).is_positive is True


def moved(leaf: Leaf, domain: AnySpace, codomain: AnySpace) -> Leaf:
    """The same matrix on another space along the other axes."""
    of, to = (codomain, domain) if leaf.adjoint else (domain, codomain)
    return replace(leaf, of=of, to=to)  # type: ignore[arg-type]


def ignores(operator: Operator, matrix: Leaf) -> bool:
    """Whether a map does the same to each entry along the matrix's axis, and keeps the number of axes."""
    return ignores_axis(operator, matrix.argument("axis"), is_real_matrix(matrix))


def ignores_axis(operator: Operator, axis: int, real: bool) -> bool:
    """real: what is to move past it is a real matrix, which also passes the embedding of real images."""
    match operator:
        case Identity(Space()):
            return True
        case Diagonal(value):
            return is_constant_along(value, axis)
        case Leaf():
            if claims(operator, "embedding"):
                return real
            arguments = dict(operator.arguments)
            acted = arguments.get("axes", (arguments["axis"],) if claims(operator, "matrix") else None)
            return acted is not None and axis not in acted and operator.of.rank == operator.to.rank
        case Compose(factors):
            return all(ignores_axis(f, axis, real) for f in factors)
        case Sum(terms):
            return all(ignores_axis(t, axis, real) for _, t in terms)
    return False


def resized(operator: Operator, axis: int, length: Size) -> Operator:
    """A map that ignores an axis, on images of another length along it."""
    match operator:
        case Identity(space):
            return Identity(with_length(space, axis, length))  # type: ignore[arg-type]
        case Diagonal(value, space):
            return Diagonal(value, with_length(space, axis, length))
        case Leaf(of=of, to=to):
            return replace(operator, of=with_length(of, axis, length), to=with_length(to, axis, length))
        case Compose(factors):
            return Compose(tuple(resized(f, axis, length) for f in factors))
        case Sum(terms):
            return Sum(tuple((c, resized(t, axis, length)) for c, t in terms))
    raise AssertionError(type(operator))


def with_length(space: Space, axis: int, length: Size) -> Space:
    axes = list(space.axes)
    axes[axis] = Axis(length, axes[axis].name)
    return Space(space.field, tuple(axes))


LAWS = (one_row, length_of_row, singular_vectors, matrices_multiply, disjoint_axes)
