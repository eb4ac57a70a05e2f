"""Kernels of small matrices, one for each group of samples that lie n / f apart along the last axis."""

import torch
from torch import Tensor


def groups(x: Tensor, matrix: Tensor) -> Tensor:
    """y[r] = Σ_s M[r, s] x[s] in each group.  number[..., n], number[..., f, f, n / f] -> number[..., n]"""
    parts = x.unflatten(-1, matrix.shape[-2:])
    return (matrix * parts.unsqueeze(-3)).sum(-2).flatten(-2)


def groups_adjoint(y: Tensor, matrix: Tensor) -> Tensor:
    """x[s] = Σ_r conj(M[r, s]) y[r] in each group.  number[..., n], number[..., f, f, n / f] -> number[..., n]"""
    parts = y.unflatten(-1, matrix.shape[-2:])
    return (matrix.conj() * parts.unsqueeze(-2)).sum(-3).flatten(-2)


def group_rows(d: Tensor, factor: int) -> Tensor:
    """A diagonal beside the rows of matrices.  number[..., n] -> number[..., f, 1, n / f]"""
    return d.unflatten(-1, (factor, 1, d.shape[-1] // factor))


def group_columns(d: Tensor, factor: int) -> Tensor:
    """A diagonal beside the columns of matrices.  number[..., n] -> number[..., 1, f, n / f]"""
    return d.unflatten(-1, (1, factor, d.shape[-1] // factor))


def group_identity(like: Tensor) -> Tensor:
    """I for every group.  number[..., f, f, n / f] -> real[f, f, 1]"""
    return torch.eye(like.shape[-2], dtype=like.real.dtype, device=like.device).unsqueeze(-1)


def group_inverse(matrix: Tensor) -> Tensor:
    """The inverses of Hermitian positive matrices.  number[..., f, f, n / f] -> number[..., f, f, n / f]"""
    return torch.linalg.inv(matrix.movedim(-1, -3)).movedim(-3, -1).contiguous()


def group_pseudo_inverse(matrix: Tensor) -> Tensor:
    """The pseudo-inverses of Hermitian matrices.  number[..., f, f, n / f] -> number[..., f, f, n / f]"""
    tolerance = 1e-12 if matrix.real.dtype == torch.float64 else 1e-6
    inverted = torch.linalg.pinv(matrix.movedim(-1, -3), rtol=tolerance, hermitian=True)
    return inverted.movedim(-3, -1).contiguous()
