"""Kernels that draw blurs: Gaussians of random width, camera shake, filters of random kinds; they are nonnegative or sum to one."""

import torch
from torch import Tensor


def random_gaussian(
    sizes: tuple[int, ...], like: Tensor, low: float = 0.5, high: float = 5.0, isotropic: bool = True, dimensions: int = 2,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """A Gaussian along the last axes, σ even between low and high, turned anyhow where the σ differ.  -> real[..., n₁, …]"""
    count, lead = min(dimensions, len(sizes)), sizes[: len(sizes) - min(dimensions, len(sizes))]
    draws = torch.rand(*lead, count, generator=generator, dtype=torch.float64)
    sigmas = low + (high - low) * (draws[..., :1].expand(*lead, count) if isotropic else draws)
    places = torch.stack(torch.broadcast_tensors(*centred_offsets(sizes[-count:]))).flatten(1)
    if not isotropic:  # the Q of normal numbers is a turn or a mirror, all alike
        places = torch.linalg.qr(torch.randn(*lead, count, count, generator=generator, dtype=torch.float64)).Q @ places
    h = torch.exp(-(places / sigmas.unsqueeze(-1)).square().sum(-2) / 2)
    return (h / h.sum(-1, keepdim=True)).reshape(sizes).to(like.device, like.real.dtype)


def centred_offsets(sizes: tuple[int, ...]) -> list[Tensor]:
    """How far each sample lies from index ⌊n/2⌋ along each axis.  -> real[1, …, n, …, 1] each"""
    steps = [torch.arange(n, dtype=torch.float64) - n // 2 for n in sizes]
    return [x.reshape((-1,) + (1,) * (len(sizes) - 1 - i)) for i, x in enumerate(steps)]


def motion_blur(
    sizes: tuple[int, ...], like: Tensor, length: float = 0.3, sigma: float = 0.25, steps: int = 1000,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """How long a camera that shakes dwells in each place, as parts of the exposure.  -> real[..., h, w]

    Row and column are independent Gaussian processes about their mean over the exposure; a window reaches from −1 to 1.
    """
    h, w = sizes[-2:]
    path = matern_path((*sizes[:-2], 2), length, sigma, steps, generator)
    path = path - path.mean(-1, keepdim=True)
    places = [(n // 2 + 0.5 + p * n / 2).floor().long() for n, p in zip((h, w), path.unbind(-2), strict=True)]
    inside = (places[0] >= 0) & (places[0] < h) & (places[1] >= 0) & (places[1] < w)
    flat = torch.where(inside, places[0] * w + places[1], h * w)
    counts = torch.zeros(*sizes[:-2], h * w + 1, dtype=torch.float64).scatter_add_(-1, flat, torch.ones_like(path[..., 0, :]))
    counts = counts[..., : h * w]
    middle = torch.zeros(h * w, dtype=torch.float64)
    middle[h // 2 * w + w // 2] = 1
    counts = torch.where(counts.sum(-1, keepdim=True) > 0, counts, middle)
    return (counts / counts.sum(-1, keepdim=True)).reshape(sizes).to(like.device, like.real.dtype)


def matern_path(shape: tuple[int, ...], length: float, sigma: float, steps: int, generator: torch.Generator | None) -> Tensor:
    """Gaussian processes at `steps` times from 0 to 1, E f(s) f(t) = σ² (1 + r + r²/3) exp(−r), r = √5 |s − t| / length.

    Drawn on a circle so long that its far side does not matter, where the Fourier transform makes them independent.
    -> real[shape, steps]
    """
    period = int(steps * max(4.0, 40 * length))
    lag = torch.arange(period, dtype=torch.float64)
    r = 5**0.5 * torch.minimum(lag, period - lag) / max(steps - 1, 1) / length
    power = torch.fft.rfft(sigma**2 * (1 + r + r.square() / 3) * torch.exp(-r)).real.clamp(min=0)
    white = torch.randn(*shape, period, generator=generator, dtype=torch.float64)
    return torch.fft.irfft(torch.fft.rfft(white) * power.sqrt(), n=period)[..., :steps]


def random_antialiasing(
    sizes: tuple[int, ...], like: Tensor, factors: tuple[float, ...] | float = (2,),
    filters: tuple[str, ...] | str = ("gaussian", "bilinear", "bicubic"), generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """The low-pass for every factor-th sample, one of the kinds and one of the factors with equal chances.  -> real[n₁, …]

    Along an axis of even length a filter is centred between its middle samples.
    """
    choice = torch.rand(2, generator=generator, dtype=torch.float64)
    wide, kinds = factors if isinstance(factors, tuple) else (factors,), filters if isinstance(filters, tuple) else (filters,)
    factor, kind = wide[int(choice[0] * len(wide))], kinds[int(choice[1] * len(kinds))]
    h = torch.ones((), dtype=torch.float64)
    for n in sizes:
        profile = low_pass((torch.arange(n, dtype=torch.float64) - (n - 1) / 2) / factor, kind)
        profile = profile * kaiser_taps(n, factor) if kind == "sinc" else profile
        h = h.unsqueeze(-1) * profile / profile.sum()
    return h.to(like.device, like.real.dtype)


def low_pass(x: Tensor, kind: str) -> Tensor:
    """gaussian (σ = 1), bilinear, bicubic (Keys, a = −½) or sinc, at x samples of the coarse grid.  real[n] -> real[n]"""
    t = x.abs()
    if kind == "gaussian":
        return torch.exp(-x.square() / 2)
    if kind == "bilinear":
        return (1 - t).clamp(min=0)
    if kind == "bicubic":
        return torch.where(t < 1, (1.5 * t - 2.5) * t * t + 1, torch.where(t < 2, ((-0.5 * t + 2.5) * t - 4) * t + 2, 0))
    return torch.sinc(x)


def kaiser_taps(n: int, factor: float) -> Tensor:
    """Kaiser's window over n taps, for a transition of 2 (2 − √2) / factor.  -> real[n]"""
    attenuation = 2.285 * (n - 1) * torch.pi * 2 * (2 - 2**0.5) / factor + 7.95
    beta = 0.1102 * (attenuation - 8.7)
    if attenuation <= 50:
        beta = 0.5842 * max(attenuation - 21, 0.0) ** 0.4 + 0.07886 * max(attenuation - 21, 0.0)
    return torch.kaiser_window(n, periodic=False, beta=beta, dtype=torch.float64)


def tile_windows(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """Shares of √K × √K tiles in each pixel: linear between the middles of tiles, one beyond; they sum to one.  -> real[K, H, W]"""
    k, h, w = sizes[-3:]
    side = round(k**0.5)
    profiles = []
    for n in (h, w):
        place = (torch.arange(n, dtype=torch.float64) + 0.5) / n * side - 0.5
        away = (place.clamp(0, side - 1) - torch.arange(side, dtype=torch.float64).reshape(-1, 1)).abs()
        profiles.append((1 - away).clamp(min=0))
    windows = profiles[0][:, None, :, None] * profiles[1][None, :, None, :]
    return windows.reshape(side * side, h, w).to(like.device, like.real.dtype)
