"""Kernels of a matrix that acts along one axis."""

import torch
from torch import Tensor


def dense(x: Tensor, matrix: Tensor, axis: int = -1) -> Tensor:
    """The matrix applied to every vector along `axis`.  number[..., n, ...], number[..., m, n] -> number[..., m, ...]

    A vector [n] is a matrix of one row. Leading axes of the matrix meet those of x before `axis`.
    """
    kind = torch.promote_types(x.dtype, matrix.dtype)
    x, matrix = x.to(kind), torch.atleast_2d(matrix).to(kind)
    if axis < -1:
        return (matrix @ x.flatten(axis + 1)).unflatten(-1, x.shape[axis + 1 :])
    if matrix.ndim == 2:
        return x @ matrix.mT
    return (x.unsqueeze(-2) @ matrix.mT).squeeze(-2)


def dense_adjoint(y: Tensor, matrix: Tensor, axis: int = -1) -> Tensor:
    """The conjugate transpose along `axis`.  number[..., m, ...], number[..., m, n] -> number[..., n, ...]"""
    adjoint = torch.atleast_2d(matrix).mH
    return dense(y, adjoint, axis)
