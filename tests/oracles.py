"""An independent convex solver for small problems: everything is a dense matrix, and cvxpy does the rest.

`solve_objective` minimises a data term plus priors over a box; `dense` makes the matrix of any operator. Complex unknowns are
solved as pairs of real ones, by `real_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cvxpy
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating] | NDArray[np.complexfloating]
Box = tuple[float | None, float | None]


def solve_objective(
    A: Array,
    y: Array,
    data: str = "normal",
    scale: float = 1.0,
    priors: Sequence[tuple] = (),
    box: Box | None = None,
) -> tuple[Array, float]:
    """A minimiser x, flat, and the least value of  data(A x; y) + Σ weight · prior(x)  over lo ≤ x ≤ hi.

    A : (m, n), real or complex; y : (m,) after flattening. The unknown is complex where A is.
    data: "normal", ‖A x − y‖² / (2 scale²), complex residuals by their magnitude · "laplace", ‖A x − y‖₁ / scale ·
    "poisson", Σ A x − y log A x for counts y of mean scale · A x: Σ scale A x − y log(scale A x).
    priors: ("tv", weight, shape, boundary, isotropic), boundary "neumann" or "circular", over the last two axes of shape; with a
    sixth W it is that of W x, of that shape · ("l1", weight, W), ‖W x‖₁ with W dense or None · ("tikhonov", weight), weight / 2 ‖x‖² · ("sq", weight, W), weight ‖W x‖² ·
    ("group", weight, shape, axis), Euclidean lengths along that axis.  Raises ValueError for a name it does not know.

    >>> x, value = solve_objective(np.eye(2), np.array([3.0, 0.5]), scale=1.0, priors=[("l1", 1.0, None)])
    >>> np.round(x, 4).tolist(), round(value, 4)
    ([2.0, 0.0], 2.625)
    """
    A, y = np.asarray(A), np.asarray(y).ravel()
    is_complex = np.iscomplexobj(A)
    n = A.shape[1]
    x = cvxpy.Variable(2 * n if is_complex else n)  # complex: all real parts, then all imaginary parts
    objective = data_term(A, y, data, scale, x, is_complex)
    for name, weight, *rest in priors:
        objective += weight * prior_term(name, rest, x, n, is_complex)
    constraints = box_constraints(x, box, is_complex)
    problem = cvxpy.Problem(cvxpy.Minimize(objective), constraints)
    problem.solve(solver=cvxpy.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
    found = np.asarray(x.value)
    return (found[:n] + 1j * found[n:] if is_complex else found), float(problem.value)


def dense(operator: Callable[[Array], Array], shape: tuple[int, ...], dtype: type = float) -> Array:
    """The matrix of a linear operator on arrays of that shape, from the images of unit vectors. (m, n)

    >>> dense(lambda x: 2 * x[1:], (3,)).tolist()
    [[0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]
    """
    n = int(np.prod(shape))
    units = np.eye(n, dtype=dtype).reshape(n, *shape)
    return np.stack([np.asarray(operator(unit)).ravel() for unit in units], axis=1)


def real_matrix(A: Array) -> Array:
    """The matrix that a complex-linear A is on (real parts, imaginary parts). (2 m, 2 n)"""
    A = np.asarray(A)
    return np.block([[A.real, -A.imag], [A.imag, A.real]])


def difference_matrices(shape: tuple[int, ...], boundary: str) -> tuple[Array, Array]:
    """Forward differences along the last two axes, zero ("neumann") or wrapped ("circular") at the far border; each (n, n)."""
    if boundary not in ("neumann", "circular"):
        raise ValueError(f"no boundary {boundary!r}")

    def along(size: int) -> Array:
        D = np.roll(np.eye(size), 1, axis=1) - np.eye(size)
        if boundary == "neumann":
            D[-1] = 0
        return D

    *leading, rows, columns = shape
    copies = np.eye(int(np.prod(leading, dtype=int)))
    down = np.kron(copies, np.kron(along(rows), np.eye(columns)))
    right = np.kron(copies, np.kron(np.eye(rows), along(columns)))
    return down, right


def data_term(A: Array, y: Array, data: str, scale: float, x: cvxpy.Variable, is_complex: bool) -> cvxpy.Expression:
    m = A.shape[0]
    predicted = (real_matrix(A) if is_complex else A) @ x
    if data == "poisson":
        if is_complex:
            raise ValueError("counts have no complex mean")
        mean = scale * predicted
        counted = np.flatnonzero(y)
        return cvxpy.sum(mean) - cvxpy.sum(cvxpy.multiply(y[counted], cvxpy.log(mean[counted])))
    residual = predicted - (np.concatenate([y.real, y.imag]) if is_complex else y)
    if data == "normal":
        return cvxpy.sum_squares(residual) / (2 * scale**2)
    if data == "laplace":
        return lengths([residual[:m], residual[m:]] if is_complex else [residual]) / scale
    raise ValueError(f"no data term {data!r}")


def prior_term(name: str, arguments: list, x: cvxpy.Variable, n: int, is_complex: bool) -> cvxpy.Expression:
    parts = [x[:n], x[n:]] if is_complex else [x]
    if name == "tv":
        shape, boundary, isotropic, *through = arguments
        seen = transformed(through[0], x, n, is_complex) if through else parts
        pairs = [D @ part for D in difference_matrices(shape, boundary) for part in seen]
        if isotropic:
            return lengths(pairs)
        return lengths(pairs[: len(parts)]) + lengths(pairs[len(parts) :])
    if name == "l1":
        return lengths(transformed(arguments[0], x, n, is_complex))
    if name == "tikhonov":
        return cvxpy.sum_squares(x) / 2
    if name == "sq":
        return sum(cvxpy.sum_squares(part) for part in transformed(arguments[0], x, n, is_complex))
    if name == "group":
        shape, axis = arguments
        members = np.moveaxis(np.arange(n).reshape(shape), axis, 0).reshape(shape[axis], -1)
        return lengths([part[indices] for indices in members for part in parts])
    raise ValueError(f"no prior {name!r}")


def transformed(W: Array | None, x: cvxpy.Variable, n: int, is_complex: bool) -> list[cvxpy.Expression]:
    """W x as its real and, where there is one, its imaginary part."""
    if not is_complex:
        if W is not None and np.iscomplexobj(W):
            return [W.real @ x, W.imag @ x]
        return [x if W is None else W @ x]
    if W is None:
        return [x[:n], x[n:]]
    both = real_matrix(W) @ x
    return [both[: len(W)], both[len(W) :]]


def lengths(components: list[cvxpy.Expression]) -> cvxpy.Expression:
    """Σ over entries of the Euclidean length of what the components have there."""
    if len(components) == 1:
        return cvxpy.norm1(components[0])
    return cvxpy.sum(cvxpy.norm(cvxpy.vstack(components), 2, axis=0))


def box_constraints(x: cvxpy.Variable, box: Box | None, is_complex: bool) -> list:
    if box is None:
        return []
    if is_complex:
        raise ValueError("complex numbers have no order")
    low, high = box
    below = [] if low is None or np.isinf(low) else [x >= low]
    return below if high is None or np.isinf(high) else [*below, x <= high]
