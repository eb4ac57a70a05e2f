"""Kernels of orthonormal discrete cosine and sine transforms, one axis at a time, by real FFTs.

Take the even samples, then the odd ones backwards; let V be the FFT of that, w_k = √2 exp(−iπk / 2n), w_0 = 1. Then
w_k V_k = X_k − i X_{n−k}, of which half of the k is enough, and what w is can be worked out before there is an image.
Source: Makhoul, A fast cosine transform in one and two dimensions, IEEE TASSP 28 (1980).
"""

import torch
from torch import Tensor


def cosine(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DCT-II of x along `axes`.  number[..., n] -> number[..., n]"""
    for axis in axes:
        x = cosine_along(x, cosine_turns(x.shape[axis], x), axis)
    return x


def cosine_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DCT-III, adjoint and inverse of `cosine`.  number[..., n] -> number[..., n]"""
    for axis in axes:
        y = cosine_along_adjoint(y, cosine_turns(y.shape[axis], y), axis)
    return y


def cosine_turns(size: int, like: Tensor) -> Tensor:
    """w_k, √2 exp(−iπk / 2n), and 1 at k = 0.  -> complex[n // 2 + 1]"""
    k = torch.arange(size // 2 + 1, dtype=like.real.dtype, device=like.device)
    return torch.polar((1 + k.sign()).sqrt(), -torch.pi / (2 * size) * k)


def cosine_matrix(size: int, like: Tensor) -> Tensor:
    """The matrix of the DCT-II.  -> real[n, n]"""
    k = torch.arange(size, dtype=torch.float64, device=like.device)
    rows = ((1 + k.sign()) / size).sqrt().unsqueeze(-1)
    return (rows * torch.cos(torch.pi / (2 * size) * k.unsqueeze(-1) * (2 * k + 1))).to(like.real.dtype)


def cosine_along(x: Tensor, turns: Tensor, axis: int) -> Tensor:
    """The DCT-II along one axis, `turns` as `cosine_turns` gives them.  number[..., n] -> number[..., n]"""
    if x.is_complex():
        return torch.complex(cosine_along(x.real, turns, axis), cosine_along(x.imag, turns, axis))
    x = x.movedim(axis, -1)
    n = x.shape[-1]
    half = turns * torch.fft.rfft(torch.cat((x[..., ::2], x[..., 1::2].flip(-1)), -1), norm="ortho")
    return torch.cat((half.real, half.imag[..., 1 : (n + 1) // 2].flip(-1).neg()), -1).movedim(-1, axis)


def cosine_along_adjoint(y: Tensor, turns: Tensor, axis: int) -> Tensor:
    """The DCT-III along one axis.  number[..., n] -> number[..., n]"""
    if y.is_complex():
        return torch.complex(cosine_along_adjoint(y.real, turns, axis), cosine_along_adjoint(y.imag, turns, axis))
    y = y.movedim(axis, -1)
    n = y.shape[-1]
    mirrored = torch.cat((torch.zeros_like(y[..., :1]), y[..., n - n // 2 :].flip(-1).neg()), -1)
    samples = torch.fft.irfft(torch.complex(y[..., : n // 2 + 1], mirrored) / turns, n, norm="ortho")
    x = torch.empty_like(samples)
    x[..., ::2] = samples[..., : n - n // 2]
    x[..., 1::2] = samples[..., n - n // 2 :].flip(-1)
    return x.movedim(-1, axis)


def sine(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal DST-I of x along `axes`: √(2 / (n + 1)) Σ_j x_j sin(π (j + 1)(k + 1) / (n + 1)).  number[..., n] -> the same

    By one real FFT an axis, of the odd signal 0, x, 0, −x backwards.
    """
    if x.is_complex():
        return torch.complex(sine(x.real, axes), sine(x.imag, axes))
    for axis in axes:
        n, zero = x.shape[axis], torch.zeros_like(x.narrow(axis, 0, 1))
        odd = torch.cat((zero, x, zero, -x.flip(axis)), axis)
        x = torch.fft.rfft(odd, dim=axis, norm="ortho").imag.narrow(axis, 1, n).neg()
    return x


def sine_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The same transform: it is symmetric and its own inverse.  number[..., n] -> number[..., n]"""
    return sine(y, axes)


def sine_matrix(size: int, like: Tensor) -> Tensor:
    """The matrix of the DST-I.  -> real[n, n]"""
    k = torch.arange(1, size + 1, dtype=torch.float64, device=like.device)
    return ((2 / (size + 1)) ** 0.5 * torch.sin(torch.pi / (size + 1) * k.unsqueeze(-1) * k)).to(like.real.dtype)
