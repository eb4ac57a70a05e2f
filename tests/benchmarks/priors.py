"""The priors of the problems in plain torch: their values, their maps, and those maps' adjoints.

TV is isotropic, of forward differences that are zero at the far border. Wavelets are PyWavelets' `periodization` mode, all bands included. TGV is
the least of ‖∇x − w‖ + 2 ‖ℰw‖ over fields w, ℰ of backward differences that are zero at both borders along their own component [Bredies, Kunisch, Pock 2010].
"""

from __future__ import annotations

import pywt
import torch
from torch import Tensor

SECOND = 2.0  # what the second order of TGV weighs, the first being 1


def total_variation(x: Tensor) -> Tensor:
    """The sum over pixels of the length of (down, right) differences. x : (..., H, W)"""
    return length(gradient(x)).sum()


def wavelet_norm(x: Tensor) -> Tensor:
    """The sum of absolute values of all wavelet coefficients. x : (..., H, W)"""
    return wavelet(x).abs().sum()


def total_generalised_variation(x: Tensor, iterations: int = 600) -> Tensor:
    """An upper bound of TGV that many iterations make as close as wanted: w by over-relaxed PDHG. x : (..., H, W)"""
    slope = gradient(x)
    typical = length(slope).mean().clamp(min=1e-12)
    w, p = slope / 2, torch.zeros_like(strain(slope))
    tau, step = typical / 8**0.5, 1 / (typical * 8**0.5)
    for _ in range(iterations):
        towards = w - tau * strain_adjoint(p) - slope
        ahead = slope + towards * (1 - tau / length(towards).clamp(min=1e-30)).clamp(min=0)
        p_ahead = to_balls(p + step * strain(2 * ahead - w), SECOND)
        w, p = w + 1.9 * (ahead - w), p + 1.9 * (p_ahead - p)
    return length(ahead - slope).sum() + SECOND * length(strain(ahead)).sum()


VALUES = {"tv": total_variation, "wavelet": wavelet_norm, "tgv": total_generalised_variation}


def length(g: Tensor) -> Tensor:
    """Lengths of vectors along the first axis."""
    return g.abs().square().sum(0).sqrt()


def to_balls(p: Tensor, radius: float) -> Tensor:
    """The nearest vectors along the first axis with lengths of at most the radius."""
    return p / (length(p) / radius).clamp(min=1)


def gradient(x: Tensor) -> Tensor:
    """(..., H, W) -> (2, ..., H, W)"""
    g = x.new_zeros(2, *x.shape)
    g[0, ..., :-1, :] = x[..., 1:, :] - x[..., :-1, :]
    g[1, ..., :, :-1] = x[..., :, 1:] - x[..., :, :-1]
    return g


def gradient_adjoint(g: Tensor) -> Tensor:
    x = torch.zeros_like(g[0])
    x[..., 1:, :] += g[0, ..., :-1, :]
    x[..., :-1, :] -= g[0, ..., :-1, :]
    x[..., :, 1:] += g[1, ..., :, :-1]
    x[..., :, :-1] -= g[1, ..., :, :-1]
    return x


def strain(w: Tensor) -> Tensor:
    """The symmetrised derivative: (2, ..., H, W) -> (3, ..., H, W), the last one times √2."""
    down, right = w
    mixed = (backward(right, -2) + backward(down, -1)) / 2**0.5
    return torch.stack((backward(down, -2, own=True), backward(right, -1, own=True), mixed))


def strain_adjoint(e: Tensor) -> Tensor:
    down, right, mixed = e
    mixed = mixed / 2**0.5
    return torch.stack(
        (
            backward_adjoint(down, -2, own=True) + backward_adjoint(mixed, -1),
            backward_adjoint(right, -1, own=True) + backward_adjoint(mixed, -2),
        )
    )


def backward(x: Tensor, axis: int, own: bool = False) -> Tensor:
    """Backward differences along an axis, zero at the first sample; along the component's own axis at the last one too."""
    n = x.shape[axis]
    d = torch.zeros_like(x)
    inner = n - 1 - own
    d.narrow(axis, 1, inner).copy_(x.narrow(axis, 1, inner) - x.narrow(axis, 0, inner))
    return d


def backward_adjoint(d: Tensor, axis: int, own: bool = False) -> Tensor:
    inner = d.shape[axis] - 1 - own
    x = torch.zeros_like(d)
    x.narrow(axis, 1, inner).add_(d.narrow(axis, 1, inner))
    x.narrow(axis, 0, inner).sub_(d.narrow(axis, 1, inner))
    return x


def wavelet(x: Tensor, name: str = "db4", levels: int = 3) -> Tensor:
    """All bands of the orthonormal transform in one array of the shape of x."""
    bands = pywt.wavedec2(x.numpy(), name, mode="periodization", level=levels, axes=(-2, -1))
    return torch.from_numpy(pywt.coeffs_to_array(bands, axes=(-2, -1))[0])


def inverse_wavelet(c: Tensor, name: str = "db4", levels: int = 3) -> Tensor:
    shapes = [tuple(size >> level for size in c.shape[-2:]) for level in range(1, levels + 1)]
    array = c.numpy()
    bands = [array[..., : shapes[-1][0], : shapes[-1][1]]]
    for rows, columns in reversed(shapes):
        right, below = slice(columns, 2 * columns), slice(rows, 2 * rows)
        bands.append((array[..., below, :columns], array[..., :rows, right], array[..., below, right]))
    return torch.from_numpy(pywt.waverec2(bands, name, mode="periodization", axes=(-2, -1)))
