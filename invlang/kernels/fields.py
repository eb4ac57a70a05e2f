"""Kernels that pass between real and complex numbers."""

import torch
from torch import Tensor


def complex_from_real(x: Tensor) -> Tensor:
    """The real numbers x as complex ones.  real[...] -> complex[...]"""
    return x + 0j


def complex_from_real_adjoint(y: Tensor) -> Tensor:
    """The real part.  complex[...] -> real[...]"""
    return torch.real(y)


def conjugate(x: Tensor) -> Tensor:
    """The complex conjugate; linear over the real numbers.  number[...] -> number[...]"""
    return x.conj()


def conjugate_adjoint(y: Tensor) -> Tensor:
    """The complex conjugate, its own adjoint for Re⟨·,·⟩.  number[...] -> number[...]"""
    return y.conj()
