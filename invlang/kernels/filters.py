"""Kernels that make blur and anti-aliasing filters of a given size; their centre is at index ⌊n / 2⌋ and they sum to one."""

import torch
from torch import Tensor


def gaussian_kernel(sizes: tuple[int, ...], like: Tensor, sigma: float | tuple[float, ...] = 1.0, angle: float = 0.0) -> Tensor:
    """A Gaussian, σ in samples, one for all axes or one an axis, the last two turned by `angle` degrees.  -> real[sizes]"""
    along = offsets(sizes, like)
    sigmas = sigma if isinstance(sigma, tuple) else (sigma,) * len(sizes)
    if len(sizes) > 1:
        turn = torch.deg2rad(torch.tensor(float(angle), dtype=like.real.dtype, device=like.device))
        rows, columns = along[-2:]
        along[-2:] = rows * turn.cos() + columns * turn.sin(), columns * turn.cos() - rows * turn.sin()
    exponent = torch.zeros(sizes, dtype=like.real.dtype, device=like.device)
    for x, s in zip(along, sigmas, strict=True):
        exponent = exponent - (x / s).square() / 2
    return to_sum_one(exponent.exp())


def box_kernel(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """The mean over the window.  -> real[sizes]"""
    ones = torch.ones(sizes, dtype=like.real.dtype, device=like.device)
    return to_sum_one(ones)


def motion_kernel(sizes: tuple[int, ...], like: Tensor, angle: float = 0.0, length: float = 7.0) -> Tensor:
    """A straight movement of `length` samples, `angle` degrees from the last axis upwards, with soft edges.  -> real[h, w]"""
    rows, columns = offsets(sizes, like)
    turn = torch.deg2rad(torch.tensor(float(angle), dtype=like.real.dtype, device=like.device))
    ahead = columns * turn.cos() - rows * turn.sin()
    aside = columns * turn.sin() + rows * turn.cos()
    beyond = (ahead.abs() - (length - 1) / 2).clamp(min=0)
    return to_sum_one((1 - torch.hypot(beyond, aside)).clamp(min=0))


def bilinear_filter(sizes: tuple[int, ...], like: Tensor, factor: float = 2, shift: float = 0.0) -> Tensor:
    """A triangle that reaches `factor` samples to either side.  -> real[sizes]"""
    return product_of([(1 - (x + shift).abs() / factor).clamp(min=0) for x in offsets(sizes, like)])


def bicubic_filter(sizes: tuple[int, ...], like: Tensor, factor: float = 2, shift: float = 0.0) -> Tensor:
    """Keys' cubic with a = −½, stretched `factor` times; it reaches 2 factor samples to either side.  -> real[sizes]"""
    profiles = []
    for x in offsets(sizes, like):
        t = (x + shift).abs() / factor
        near, far = (1.5 * t - 2.5) * t * t + 1, ((-0.5 * t + 2.5) * t - 4) * t + 2
        profiles.append(torch.where(t < 1, near, torch.where(t < 2, far, 0)))
    return product_of(profiles)


def sinc_filter(sizes: tuple[int, ...], like: Tensor, factor: float = 2, shift: float = 0.0) -> Tensor:
    """sinc(x / factor) times Kaiser's window over each axis' n taps.  -> real[sizes]"""
    profiles = [torch.sinc((x + shift) / factor) * kaiser_window(x + shift, n, factor)
                for x, n in zip(offsets(sizes, like), sizes, strict=True)]  # fmt: skip
    return product_of(profiles)


def kaiser_window(x: Tensor, n: int, factor: float) -> Tensor:
    """Kaiser's window over n taps, at distances x from the centre, for a transition of 2 (2 − √2) / factor.  real -> real"""
    attenuation = 2.285 * (n - 1) * torch.pi * 2 * (2 - 2**0.5) / factor + 7.95
    beta = 0.1102 * (attenuation - 8.7) if attenuation > 50 else 0.0
    if 21 < attenuation <= 50:
        beta = 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    inside = (1 - (2 * x / max(n - 1, 1)).square()).clamp(min=0)
    return torch.special.i0(beta * inside.sqrt()) / torch.special.i0(torch.tensor(beta, dtype=x.dtype, device=x.device))


def offsets(sizes: tuple[int, ...], like: Tensor) -> list[Tensor]:
    """How far each sample lies from the centre ⌊n / 2⌋ along each axis, in samples.  -> real[1, …, n, …, 1] each"""
    steps = [torch.arange(n, dtype=like.real.dtype, device=like.device) - n // 2 for n in sizes]
    return [x.reshape((-1,) + (1,) * (len(sizes) - 1 - i)) for i, x in enumerate(steps)]


def product_of(profiles: list[Tensor]) -> Tensor:
    """The product of profiles along different axes, scaled to sum to one.  -> real[sizes]"""
    total = profiles[0]
    for profile in profiles[1:]:
        total = total * profile
    return to_sum_one(total)


def to_sum_one(h: Tensor) -> Tensor:
    """h scaled so that its entries sum to one.  real[...] -> real[...]"""
    total = h.sum()
    return h / total
