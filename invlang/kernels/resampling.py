"""Kernels that make the filters that go before keeping every factor-th sample."""

import torch
from torch import Tensor


def antialiasing(like: Tensor, kind: str, factor: int, rank: int) -> Tensor:
    """The filter of that name along `rank` axes, summing to one; see `antialiasing_profile`.  -> real[taps, …]"""
    profile = antialiasing_profile(kind, factor).to(like.device, like.real.dtype)
    h = profile
    for _ in range(rank - 1):
        h = h.unsqueeze(-1) * profile
    return h


def antialiasing_profile(kind: str, factor: int) -> Tensor:
    """One axis, samples at distances x from the middle of the taps, in units of `factor` samples.  -> real[taps]

    gaussian: σ = factor, 2 ⌊factor / 0.3 + 1⌋ + 1 taps;  bilinear: 1 − |x|, 2 factor taps;  bicubic: Keys' cubic with a = −½,
    4 factor taps;  sinc: sinc(x) times Kaiser's window, 4 factor taps.  Sources: Keys (1981); Kaiser and Schafer (1980).
    """
    taps = {"gaussian": 2 * int(factor / 0.3 + 1) + 1, "bilinear": 2 * factor}.get(kind, 4 * factor)
    x = (torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2) / factor
    t = x.abs()
    if kind == "gaussian":
        h = (-(x**2) / 2).exp()
    elif kind == "bilinear":
        h = 1 - t
    elif kind == "bicubic":
        h = torch.where(t <= 1, (1.5 * t - 2.5) * t**2 + 1, ((-0.5 * t + 2.5) * t - 4) * t + 2)
    else:
        h = torch.sinc(x) * kaiser(taps, factor)
    return h / h.sum()


def kaiser(taps: int, factor: int) -> Tensor:
    """Kaiser's window for a transition band of 2 (2 − √2) / factor.  -> real[taps]"""
    attenuation = 2.285 * (taps - 1) * torch.pi * 2 * (2 - 2**0.5) / factor + 7.95
    beta = 0.1102 * (attenuation - 8.7)
    if attenuation <= 50:
        beta = 0.5842 * max(attenuation - 21, 0) ** 0.4 + 0.07886 * max(attenuation - 21, 0)
    return torch.kaiser_window(taps, periodic=False, beta=beta, dtype=torch.float64)
