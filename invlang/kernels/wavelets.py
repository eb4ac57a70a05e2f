"""Kernels of the orthonormal discrete wavelet transform with periodic border, for any number of axes, depth and size.

Along an axis of n samples, h = low and g[m] = (−1)^m h[L − 1 − m] give, with indices modulo n and p = L/2 − 1,
low[i] = Σ_m h[m] x[2i + m − p] and high[i] = Σ_m g[m] x[2i + m − p]: PyWavelets' `periodization`. Of an odd number of samples the
last passes as it is into the low part. The work is done by small matrix products on blocks of the signal.
Source: Mallat, A Wavelet Tour of Signal Processing (2009), chapter 7.

The undecimated transform keeps every sample: at level j, from 0, low[i] = Σ_m h[m] x[i + (m − p) 2ʲ] / √2 and the same with g. As
|ĥ|² + |ĝ|² = 2 at every frequency, it keeps lengths, whatever the size.
Source: Nason and Silverman, The stationary wavelet transform and some statistical applications (1995).
"""

import torch
from torch import Tensor


def wavelet(x: Tensor, axes: tuple[int, ...], bank: Tensor, levels: int) -> Tensor:
    """Wavelet coefficients of x; along each axis the low part comes first.  number[..., n], `filter_bank` -> number[..., n]"""
    y = torch.stack((x.real, x.imag)) if x.is_complex() else x
    bank = bank.to(y.dtype)
    sizes = tuple(x.shape[axis] for axis in axes)
    for level in range(levels):
        if max(sizes) < 2:
            break
        corner = corner_of(y, axes, sizes)
        for axis in axes:
            corner = split_along(corner, axis, bank)
        if level == 0:
            y = corner
        else:
            corner_of(y, axes, sizes).copy_(corner)
        sizes = tuple((n + 1) // 2 for n in sizes)
    return torch.complex(y[0], y[1]) if x.is_complex() else y


def wavelet_adjoint(y: Tensor, axes: tuple[int, ...], bank: Tensor, levels: int) -> Tensor:
    """The image with the wavelet coefficients y: adjoint and inverse.  number[..., n], `filter_bank` -> number[..., n]"""
    x = torch.stack((y.real, y.imag)) if y.is_complex() else y
    bank = bank.to(x.dtype)
    pyramid = [tuple(y.shape[axis] for axis in axes)]
    while len(pyramid) < levels and max(pyramid[-1]) > 2:
        pyramid.append(tuple((n + 1) // 2 for n in pyramid[-1]))
    x = x.clone() if len(pyramid) > 1 and x is y else x
    for level in reversed(range(min(levels, len(pyramid)))):
        corner = corner_of(x, axes, pyramid[level])
        for axis in axes:
            corner = merge_along(corner, axis, bank)
        if level == 0:
            x = corner
        else:
            corner_of(x, axes, pyramid[level]).copy_(corner)
    return torch.complex(x[0], x[1]) if y.is_complex() else x


def corner_of(x: Tensor, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Tensor:
    """The first samples along each axis, as a view.  real[..., n] -> real[..., sizes]"""
    for axis, size in zip(axes, sizes, strict=True):
        x = x.narrow(axis, 0, size)
    return x


def split_along(x: Tensor, axis: int, bank: Tensor) -> Tensor:
    """One level of the transform along one axis: low part, then high part.  real[..., n] -> real[..., n]"""
    n, (block, taps) = x.shape[axis], block_and_taps(bank)
    half, window = n // 2, block + taps - 2
    if half == 0:
        return x
    signal = x.reshape(-1, n, x.shape[axis + 1 :].numel() if axis < -1 else 1)
    blocks = -(-2 * half // block)
    seen = windows_of(signal[:, : 2 * half], blocks, block, window, taps // 2 - 1)
    parts = multiply_windows(bank[0, :, :window], seen[:, None])
    parts = parts.unflatten(2, (2, block // 2)).transpose(1, 2).flatten(2, 3)  # rows, low or high, position, inner
    if n == blocks * block:
        return parts.reshape(x.shape)
    return torch.cat((parts[:, 0, :half], signal[:, 2 * half :], parts[:, 1, :half]), 1).reshape(x.shape)


def merge_along(y: Tensor, axis: int, bank: Tensor) -> Tensor:
    """The inverse of `split_along`.  real[..., n] -> real[..., n]"""
    n, (block, taps) = y.shape[axis], block_and_taps(bank)
    half, around = n // 2, taps // 4
    if half == 0:
        return y
    signal = y.reshape(-1, n, y.shape[axis + 1 :].numel() if axis < -1 else 1)
    blocks = -(-2 * half // block)
    bands = signal if n % 2 == 0 else torch.cat((signal[:, :half], signal[:, n - half :]), 1)
    seen = windows_of(bands.reshape(-1, half, signal.shape[2]), blocks, block // 2, block // 2 + 2 * around, around)
    merged = multiply_windows(bank[1, :, : block + 4 * around], seen.unflatten(0, (-1, 2))).flatten(1, 2)
    if n == blocks * block:
        return merged.reshape(y.shape)
    return torch.cat((merged[:, : 2 * half], signal[:, half : n - half]), 1).reshape(y.shape)


def block_and_taps(bank: Tensor) -> tuple[int, int]:
    """How many samples one matrix product gives, and how long the filters are."""
    _, block, width = bank.shape
    return block, width - block


def windows_of(x: Tensor, count: int, step: int, length: int, before: int) -> Tensor:
    """Windows of a circular signal, the first from `before` ahead of it.  real[rows, n, inner] -> real[rows, count, length, inner]"""
    n = x.shape[1]
    after = (count - 1) * step + length - before - n
    if before <= n and 0 <= after <= n:
        wide = torch.cat((x[:, n - before :], x, x[:, :after]), 1)
    else:
        wide = x.index_select(1, torch.arange(-before, n + after, device=x.device) % n)
    return wide.unfold(1, length, step).mT


def multiply_windows(matrix: Tensor, windows: Tensor) -> Tensor:
    """The matrix times what the bands have in each window, one band below the other.

    real[m, bands · length], real[rows, bands, count, length, inner] -> real[rows, count, m, inner]
    """
    rows, _, count, _, inner = windows.shape
    if inner > 1:
        return matrix @ windows.transpose(1, 2).flatten(2, 3)
    if rows < len(matrix):
        return (windows.transpose(1, 2).reshape(rows * count, -1) @ matrix.mT).view(rows, count, -1, 1)
    seen = windows[..., 0].permute(2, 0, 1, 3).flatten(2)  # of one band, windows that overlap in memory
    return torch.bmm(seen, matrix.mT.expand(count, -1, -1)).transpose(0, 1)[..., None]


def two_filters(low: Tensor) -> Tensor:
    """h and g[m] = (−1)^m h[L − 1 − m].  real[L] -> real[2, L]"""
    sign = torch.ones_like(low)
    sign[1::2] = -1
    return torch.stack((low, low.flip(0) * sign))


def shifted_rows(taps: Tensor, rows: int, width: int) -> Tensor:
    """Row i holds the taps from column 2i on; what leaves on the right is lost.  real[2, L] -> real[2, rows, width]"""
    period = torch.nn.functional.pad(taps, (0, width + 2 - taps.shape[1]))  # each row lags its period by two
    return period.repeat(1, rows)[:, : rows * width].view(2, rows, width)


def filter_bank(low: Tensor) -> Tensor:
    """The low-pass filter as the two matrices that the transform is made of, `split_matrix` and `merge_matrix`, zeros behind.

    real[L] -> real[2, block, block + L], with blocks of 16 samples or of L if that is more
    """
    block = max(16, len(low))
    wide = [
        torch.nn.functional.pad(m, (0, block + len(low) - m.shape[1]))
        for m in (split_matrix(low, block), merge_matrix(low, block))
    ]
    return torch.stack(wide)


def split_matrix(low: Tensor, block: int) -> Tensor:
    """A window to its low and then its high coefficients.  real[L] -> real[block, block + L - 2]"""
    width = block + len(low) - 2
    return shifted_rows(two_filters(low), block // 2, width).flatten(0, 1)


def merge_matrix(low: Tensor, block: int) -> Tensor:
    """Windows of low and high coefficients to their samples.  real[L] -> real[block, block + 4 (L // 4)]"""
    around = len(low) // 4
    first, positions = len(low) // 2 - 1 + 2 * around, block // 2 + 2 * around
    width = max(first + block, len(low) + 2 * positions - 4 - first)
    return shifted_rows(two_filters(low), positions, width)[:, :, first : first + block].flatten(0, 1).mT


def undecimated_wavelet(x: Tensor, axes: tuple[int, ...], low: Tensor, levels: int) -> Tensor:
    """Wavelet coefficients at every sample: the coarse part, then the bands from coarse to fine; along the last axis what is high is next.

    number[..., n], the low-pass filter real[L] -> number[..., 1 + levels (2ᵏ − 1), n], the bands in front of as many axes as are meant
    """
    taps = two_filters(low.to(x.real.dtype)) / 2**0.5
    coarse = x
    bands: list[Tensor] = []
    for level in range(levels):
        parts = [coarse]
        for axis in axes:
            parts = [part for image in parts for part in filtered(image, axis, taps, 2**level)]
        coarse, *details = parts
        bands = details + bands
    return torch.stack([coarse, *bands], -len(axes) - 1)


def undecimated_wavelet_adjoint(y: Tensor, axes: tuple[int, ...], low: Tensor, levels: int) -> Tensor:
    """The image with those coefficients, where there is one: adjoint and left inverse.  number[..., bands, n] -> number[..., n]"""
    taps = two_filters(low.to(y.real.dtype)) / 2**0.5
    coarse, *bands = y.unbind(-len(axes) - 1)
    details = 2 ** len(axes) - 1
    for level in reversed(range(levels)):
        parts, bands = [coarse, *bands[:details]], bands[details:]
        for axis in reversed(axes):
            parts = [gathered(a, b, axis, taps, 2**level) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        (coarse,) = parts
    return coarse


def filtered(x: Tensor, axis: int, taps: Tensor, step: int) -> list[Tensor]:
    """Low and high part along one axis, `step` samples between taps.  number[..., n], real[2, L] -> two number[..., n]"""
    half = taps.shape[1] // 2
    return [weighted_sum(row, shifted_copies(x, axis, half - 1, half, step)) for row in taps]


def gathered(low: Tensor, high: Tensor, axis: int, taps: Tensor, step: int) -> Tensor:
    """The adjoint of `filtered`.  two number[..., n], real[2, L] -> number[..., n]"""
    half = taps.shape[1] // 2
    copies = [c for part in (low, high) for c in shifted_copies(part, axis, half, half - 1, step)]
    return weighted_sum(taps.flip(1).flatten(), copies)


def shifted_copies(x: Tensor, axis: int, before: int, after: int, step: int) -> list[Tensor]:
    """x[i + m step] for m from −before to after, around the border, as views of one array."""
    n = x.shape[axis]
    around = torch.arange(-before * step, n + after * step, device=x.device) % n
    wide = x.index_select(axis, around)
    return [wide.narrow(axis, m * step, n) for m in range(before + after + 1)]


def weighted_sum(weights: Tensor, images: list[Tensor]) -> Tensor:
    """Σ weights[i] images[i].  real[m], m of number[...] -> number[...]"""
    total = weights[0] * images[0]
    for weight, image in zip(weights[1:], images[1:], strict=True):
        total = torch.addcmul(total, weight, image)
    return total
