"""Kernels of the orthonormal discrete cosine transform (DCT-II and its inverse), by one real FFT of the same size.

Along an axis take the even samples, then the odd ones backwards; let V be the FFT of that, w_k = √2 exp(−iπk / 2n), w_0 = 1. Then
the cosine transform is ½ (w_k V_k + w̄_k V_−k), and w_k V_k = X_k − i X_{n−k} brings it back; of real data half of V is enough.
Source: Makhoul, A fast cosine transform in one and two dimensions, IEEE TASSP 28 (1980).
"""

import torch
from torch import Tensor


def cosine(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DCT-II of x along `axes`.  number[..., n] -> number[..., n]"""
    y = torch.stack((x.real, x.imag)) if x.is_complex() else x
    last, n = axes[-1], x.shape[axes[-1]]
    for axis in axes:
        y = torch.cat((every_second(y, axis, 0), every_second(y, axis, 1).flip(axis)), axis)
    half = torch.fft.rfftn(y, dim=axes, norm="ortho")
    half = half * cosine_turn(n, last, half).narrow(last, 0, n // 2 + 1)
    for axis in axes[:-1]:
        turn = cosine_turn(x.shape[axis], axis, half) / 2
        half = turn * half + turn.conj() * at_negative(half, axis)
    y = torch.cat((half.real, -half.imag.narrow(last, 1, (n - 1) // 2).flip(last)), last)
    return torch.complex(y[0], y[1]) if x.is_complex() else y


def cosine_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DCT-III, adjoint and inverse of `cosine`.  number[..., n] -> number[..., n]"""
    x = torch.stack((y.real, y.imag)) if y.is_complex() else y
    sizes, last, n = [y.shape[axis] for axis in axes], axes[-1], y.shape[axes[-1]]
    mirrored = x.narrow(last, n - n // 2, n // 2).flip(last)
    half = torch.complex(x.narrow(last, 0, n // 2 + 1), torch.cat((torch.zeros_like(x.narrow(last, 0, 1)), -mirrored), last))
    half = half * cosine_turn(n, last, half).narrow(last, 0, n // 2 + 1).reciprocal()
    for axis in axes[:-1]:
        back = cosine_turn(y.shape[axis], axis, half).reciprocal()
        zero_first = torch.cat((torch.zeros_like(back.narrow(axis, 0, 1)), back.narrow(axis, 1, y.shape[axis] - 1)), axis)
        half = back * half - 1j * zero_first * at_negative(half, axis)
    samples = torch.fft.irfftn(half, sizes, dim=axes, norm="ortho")
    for axis, size in zip(axes, sizes, strict=True):
        x = samples.new_empty(samples.shape)
        every_second(x, axis, 0).copy_(samples.narrow(axis, 0, size - size // 2))
        every_second(x, axis, 1).copy_(samples.narrow(axis, size - size // 2, size // 2).flip(axis))
        samples = x
    return torch.complex(samples[0], samples[1]) if y.is_complex() else samples


def every_second(x: Tensor, axis: int, start: int) -> Tensor:
    """Samples start, start + 2, … along one axis, as a view.  real[..., n] -> real[..., (n - start + 1) // 2]"""
    return x[(..., slice(start, None, 2)) + (slice(None),) * (-1 - axis)]


def at_negative(spectrum: Tensor, axis: int) -> Tensor:
    """V_−k along one axis.  complex[..., n] -> complex[..., n]"""
    n = spectrum.shape[axis]
    return spectrum.index_select(axis, -torch.arange(n, device=spectrum.device) % n)


def cosine_turn(n: int, axis: int, like: Tensor) -> Tensor:
    """√2 exp(−iπk / 2n), and 1 at k = 0, shaped to multiply along `axis`.  -> complex[n, 1, …]"""
    k = torch.arange(n, dtype=like.real.dtype, device=like.device)
    return torch.polar((1 + k.sign()).sqrt(), -torch.pi / (2 * n) * k).reshape((-1,) + (1,) * (-1 - axis))


def sine(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DST-I of x along `axes`: √(2 / (n + 1)) Σ_j x_j sin(π (j + 1)(k + 1) / (n + 1)).  number[..., n] -> the same

    By one real FFT of the odd signal 0, x, 0, −x backwards.
    """
    y = torch.stack((x.real, x.imag)) if x.is_complex() else x
    for axis in axes:
        n, zero = y.shape[axis], torch.zeros_like(y.narrow(axis, 0, 1))
        odd = torch.cat((zero, y, zero, -y.flip(axis)), axis)
        y = torch.fft.rfft(odd, dim=axis, norm="ortho").imag.narrow(axis, 1, n).neg()
    return torch.complex(y[0], y[1]) if x.is_complex() else y


def sine_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The same transform: it is symmetric and its own inverse.  number[..., n] -> number[..., n]"""
    return sine(y, axes)
