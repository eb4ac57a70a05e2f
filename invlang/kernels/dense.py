"""Kernels of a matrix that acts along one axis."""

import torch
from torch import Tensor


def dense(x: Tensor, matrix: Tensor, axis: int = -1) -> Tensor:
    """The matrix applied to every vector along `axis`.  number[..., n, ...], number[..., m, n] -> number[..., m, ...]

    A vector [n] is a matrix of one row. Leading axes of the matrix meet those of x before `axis`.
    """
    if x.dtype != matrix.dtype:
        kind = torch.promote_types(x.dtype, matrix.dtype)
        x, matrix = x.to(kind), matrix.to(kind)
    if matrix.ndim == 1:
        matrix = matrix.unsqueeze(0)
    if axis == -2:
        return matrix @ x
    if axis < -2:
        return (matrix @ x.flatten(axis + 1)).unflatten(-1, x.shape[axis + 1 :])
    if matrix.ndim == 2:
        return x @ matrix.mT
    return (x.unsqueeze(-2) @ matrix.mT).squeeze(-2)


def dense_adjoint(y: Tensor, matrix: Tensor, axis: int = -1) -> Tensor:
    """The conjugate transpose along `axis`.  number[..., m, ...], number[..., m, n] -> number[..., n, ...]"""
    adjoint = torch.atleast_2d(matrix).mH
    return dense(y, adjoint, axis)


def flatten(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The named axes as one, at the end.  number[..., n₁, …, nₖ] -> number[..., n₁ ⋯ nₖ]"""
    last = range(-len(axes), 0)
    return x.movedim(axes, tuple(last)).flatten(-len(axes))


def flatten_adjoint(y: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The last axis as the named ones again.  number[..., n₁ ⋯ nₖ] -> number[..., n₁, …, nₖ]"""
    last = range(-len(axes), 0)
    return y.unflatten(-1, sizes).movedim(tuple(last), axes)


def right_basis(matrix: Tensor) -> Tensor:
    """V of MᴴM = V diag(p) Vᴴ, a basis of right singular vectors.  number[m, n] -> number[n, n]"""
    matrix = torch.atleast_2d(matrix)
    wide = matrix.shape[-1] > matrix.shape[-2]
    return torch.linalg.svd(matrix, full_matrices=wide).Vh.mH.resolve_conj()


def right_power(matrix: Tensor) -> Tensor:
    """p of MᴴM = V diag(p) Vᴴ, the largest first, zeros where M has fewer rows.  number[m, n] -> real[n]"""
    matrix = torch.atleast_2d(matrix)
    power = torch.linalg.svdvals(matrix).square()
    return torch.nn.functional.pad(power, (0, matrix.shape[-1] - power.shape[-1]))


def left_basis(matrix: Tensor) -> Tensor:
    """U of M Mᴴ = U diag(p) Uᴴ.  number[m, n] -> number[m, m]"""
    return right_basis(torch.atleast_2d(matrix).mH)


def left_power(matrix: Tensor) -> Tensor:
    """p of M Mᴴ = U diag(p) Uᴴ.  number[m, n] -> real[m]"""
    return right_power(torch.atleast_2d(matrix).mT)


def transpose(matrix: Tensor) -> Tensor:
    """The transpose, without a conjugate.  number[m, n] -> number[n, m]"""
    return matrix.mT


def matrix_product(a: Tensor, b: Tensor) -> Tensor:
    """a b, a vector being a matrix of one row.  number[m, k], number[k, n] -> number[m, n]"""
    kind = torch.promote_types(a.dtype, b.dtype)
    return torch.atleast_2d(a).to(kind) @ torch.atleast_2d(b).to(kind)


def conjugate_transpose(matrix: Tensor) -> Tensor:
    """Mᴴ.  number[m, n] -> number[n, m]"""
    return torch.atleast_2d(matrix).mH.resolve_conj()


def weighed_rows(matrix: Tensor, weights: Tensor, axis: int = -1) -> Tensor:
    """diag(w) M, the weights laid along `axis`.  number[m, n], number[m, 1, …] -> number[m, n]"""
    return weights.flatten(axis).unsqueeze(-1) * torch.atleast_2d(matrix)


def weighed_columns(matrix: Tensor, weights: Tensor, axis: int = -1) -> Tensor:
    """M diag(w), the weights laid along `axis`.  number[m, n], number[n, 1, …] -> number[m, n]"""
    return torch.atleast_2d(matrix) * weights.flatten(axis).unsqueeze(-2)


def pseudo_inverse(matrix: Tensor) -> Tensor:
    """M⁺, by singular values; those below 10⁻¹² (float32: 10⁻⁶) of the largest count as zero.  number[m, n] -> number[n, m]"""
    tolerance = 1e-12 if matrix.real.dtype == torch.float64 else 1e-6
    return torch.linalg.pinv(torch.atleast_2d(matrix), rtol=tolerance)


def matrix_inverse(matrix: Tensor) -> Tensor:
    """M⁻¹ of a square matrix.  number[n, n] -> number[n, n]"""
    return torch.linalg.inv(matrix)
