"""Kernels of the discrete Fourier transform: whole and half spectra, shifts, spectra of convolution kernels, aliasing.

Axes are tuples of ascending negative positions, sizes are aligned with them.
"""

import torch
from torch import Tensor


def fourier(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal discrete Fourier transform F x along `axes`.  number[..., n] -> complex[..., n]"""
    return torch.fft.fftn(x, dim=axes, norm="ortho")


def fourier_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Fᴴ y, which is also F⁻¹ y.  complex[..., n] -> complex[..., n]"""
    return torch.fft.ifftn(y, dim=axes, norm="ortho")


def half_fourier(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The half of F x that a real x needs.  real[..., n] -> complex[..., n // 2 + 1] along the last of `axes`"""
    return torch.fft.rfftn(x, dim=axes, norm="ortho")


def half_fourier_inverse(y: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The real x whose half spectrum is y.  complex[..., n // 2 + 1] -> real[..., n]"""
    return torch.fft.irfftn(y, s=sizes, dim=axes, norm="ortho")


def plain_fourier(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """√n F x, the transform without a factor.  number[..., n] -> complex[..., n]"""
    return torch.fft.fftn(x, dim=axes)


def plain_fourier_inverse(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Fᴴ y / √n, the inverse of `plain_fourier`.  complex[..., n] -> complex[..., n]"""
    return torch.fft.ifftn(y, dim=axes)


def plain_half_fourier(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The half of √n F x that a real x needs.  real[..., n] -> complex[..., n // 2 + 1] along the last of `axes`"""
    return torch.fft.rfftn(x, dim=axes)


def plain_half_fourier_inverse(y: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The inverse of `plain_half_fourier`.  complex[..., n // 2 + 1] -> real[..., n]"""
    return torch.fft.irfftn(y, s=sizes, dim=axes)


def half_of(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The half of a spectrum that `half_fourier` keeps.  number[..., n] -> number[..., n // 2 + 1]"""
    kept = y.shape[axes[-1]] // 2 + 1
    return y.narrow(axes[-1], 0, kept)


def whole_of(half: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The Hermitian spectrum with that half: y[−k] = conj(y[k]).  number[..., n // 2 + 1] -> number[..., n]"""
    last, n = axes[-1], sizes[-1]
    mirrored = half.narrow(last, 1, (n - 1) // 2).flip(axes).conj()
    others = axes[:-1]
    if others:
        mirrored = mirrored.roll((1,) * len(others), others)  # flip sends k to n − 1 − k; the negative of k is n − k
    return torch.cat((half, mirrored), last)


def hermitian_part(d: Tensor, axes: tuple[int, ...]) -> Tensor:
    """(d[k] + conj d[−k]) / 2 along `axes`: what a real image's real part sees of d.  number[..., n] -> number[..., n]"""
    mirrored = d.flip(axes).roll((1,) * len(axes), axes)
    return (d + mirrored.conj()) / 2


def shift(x: Tensor, axes: tuple[int, ...], offset: tuple[int, ...]) -> Tensor:
    """x moved circularly by `offset` samples along `axes`.  number[..., n] -> number[..., n]"""
    return x.roll(offset, axes)


def shift_adjoint(y: Tensor, axes: tuple[int, ...], offset: tuple[int, ...]) -> Tensor:
    """y moved back, which is also the inverse.  number[..., n] -> number[..., n]"""
    return y.roll([-b for b in offset], axes)


def at_origin(h: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """h with its centre at the origin of a circular image; what is larger wraps around.  number[..., taps] -> number[..., sizes]

    The taps are the last axes of h; the result has them at `axes`, with axes of length 1 between and behind.
    """
    for axis in range(-1, axes[0], -1):
        if axis not in axes:
            h = h.unsqueeze(axis)
    for axis, size in zip(axes, sizes, strict=True):
        taps = h.shape[axis]
        rounds = -(-taps // size)
        wide = h.new_zeros(*h.shape[: h.ndim + axis], rounds * size, *h.shape[h.ndim + axis + 1 :])
        wide.narrow(axis, 0, taps).copy_(h)
        h = wide.unflatten(axis, (rounds, size)).sum(axis - 1).roll(-(taps // 2), axis)
    return h


def spectrum(h: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """ĥ such that the circular convolution with h is Fᴴ diag(ĥ) F.  number[..., taps] -> complex[..., sizes]"""
    return torch.fft.fftn(at_origin(h, axes, sizes), dim=axes)


def half_spectrum(h: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The half of ĥ that real images need.  real[..., taps] -> complex[..., sizes], the last of them n // 2 + 1"""
    return torch.fft.rfftn(at_origin(h, axes, sizes), dim=axes)


def spectrum_adjoint(y: Tensor, axes: tuple[int, ...], taps: tuple[int, ...]) -> Tensor:
    """The adjoint of h ↦ ĥ; for a real h take its real part.  complex[..., sizes] -> complex[..., taps]"""
    h = torch.fft.ifftn(y, dim=axes, norm="forward")
    for axis, count in zip(axes, taps, strict=True):
        tap = torch.arange(count, device=y.device) - count // 2
        h = h.index_select(axis, tap % h.shape[axis])
    gaps = [axis for axis in range(axes[0], 0) if axis not in axes]
    return h.squeeze(gaps) if gaps else h


def fold(x: Tensor, axes: tuple[int, ...], factor: int) -> Tensor:
    """Aliasing, Downsample ∘ Fᴴ = Fᴴ ∘ fold: aliases added, over √factor per axis.  number[..., n] -> number[..., n / factor]"""
    for axis in axes:
        aliases = x.chunk(factor, axis)
        x = torch.stack(aliases).sum(0) if factor > 4 else sum(aliases[1:], aliases[0])
    return x / factor ** (len(axes) / 2)


def fold_adjoint(y: Tensor, axes: tuple[int, ...], factor: int) -> Tensor:
    """The spectrum repeated over its aliases, over √factor per axis.  number[..., n] -> number[..., factor · n]"""
    y = y / factor ** (len(axes) / 2)
    for axis in axes:
        y = torch.cat((y,) * factor, axis)
    return y


def fold_mean(d: Tensor, axes: tuple[int, ...], factor: int) -> Tensor:
    """Alias means: fold ∘ diag(d) ∘ foldᴴ = diag(fold_mean d); length 1 stays.  number[..., n] -> number[..., n / factor]"""
    for axis in axes:
        if d.shape[axis] > 1:
            d = d.unflatten(axis, (factor, d.shape[axis] // factor)).mean(axis - 1)
    return d


def half_fold(x: Tensor, axes: tuple[int, ...], factor: int, sizes: tuple[int, ...]) -> Tensor:
    """`fold` on half spectra; `sizes`: those of the large image.  complex[..., n // 2 + 1] -> complex[..., n / factor // 2 + 1]"""
    return half_of(fold(whole_of(x, axes, sizes), axes, factor), axes)


def half_fold_adjoint(y: Tensor, axes: tuple[int, ...], factor: int, sizes: tuple[int, ...]) -> Tensor:
    """The adjoint of `fold` on half spectra.  complex[..., n / factor // 2 + 1] -> complex[..., n // 2 + 1]"""
    small = tuple(size // factor for size in sizes)
    return half_of(fold_adjoint(whole_of(y, axes, small), axes, factor), axes)


def modulation(sizes: tuple[int, ...], offsets: tuple[int, ...], like: Tensor) -> Tensor:
    """exp(−2πi Σ k · offset / n), by which the spectrum of an image is multiplied when the image moves.  -> complex[sizes]"""
    turns = torch.zeros((), dtype=like.real.dtype, device=like.device)
    for i, (n, offset) in enumerate(zip(sizes, offsets, strict=True)):
        k = torch.arange(n, device=like.device)
        along = (k * offset % n).to(turns.dtype) / n
        turns = turns + along.reshape((-1,) + (1,) * (len(sizes) - 1 - i))
    return torch.polar(torch.ones_like(turns), -2 * torch.pi * turns)


def signs(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """(−1)^Σ j: of a spectrum what moving its image by half of even sizes is, and the other way round.  -> real[sizes]"""
    found = torch.ones((), dtype=like.real.dtype, device=like.device)
    for i, n in enumerate(sizes):
        along = 1 - 2 * (torch.arange(n, dtype=found.dtype, device=found.device) % 2)
        found = found * along.reshape((-1,) + (1,) * (len(sizes) - 1 - i))
    return found
