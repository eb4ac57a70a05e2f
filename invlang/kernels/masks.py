"""Kernels that make masks and coil maps of a given size, fixed ones and random ones."""

import torch
from torch import Tensor


def bayer(sizes: tuple[int, int], like: Tensor) -> Tensor:
    """The Bayer pattern: R at [1::2, 1::2], G at [0::2, 1::2] and [1::2, 0::2], B at [0::2, 0::2].  -> real[3, H, W]"""
    mask = torch.zeros(3, *sizes, dtype=like.real.dtype, device=like.device)
    mask[0, 1::2, 1::2] = 1
    mask[1, 0::2, 1::2] = 1
    mask[1, 1::2, 0::2] = 1
    mask[2, 0::2, 0::2] = 1
    return mask


def inner_differences(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """0 where a circular difference wraps around the border, 1 elsewhere, one mask an axis.  -> real[k, n₁, …, nₖ]"""
    mask = torch.ones(len(sizes), *sizes, dtype=like.real.dtype, device=like.device)
    for axis, n in enumerate(sizes):
        mask[axis].narrow(axis, n - 1, 1).zero_()
    return mask


def ramp(sizes: tuple[int, ...], like: Tensor, step: float = 1.0) -> Tensor:
    """0, step, 2 step, … along the first axis, for the times of bins.  -> real[n, …]"""
    times = step * torch.arange(sizes[0], dtype=like.real.dtype, device=like.device)
    return times.reshape(-1, *(1,) * (len(sizes) - 1)).expand(sizes)


def random_mask(sizes: tuple[int, ...], like: Tensor, keep: float = 0.5, generator: torch.Generator | None = None) -> Tensor:
    """1 with probability `keep`, 0 otherwise, each entry by itself.  -> real[sizes]"""
    device = like.device if generator is None else generator.device
    draws = torch.rand(sizes, generator=generator, dtype=like.real.dtype, device=device)
    return (draws < keep).to(like.device, like.real.dtype)


def cartesian_mask(
    sizes: tuple[int, ...],
    like: Tensor,
    acceleration: float = 4.0,
    centre: float = 0.08,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Whole lines of k-space: n / acceleration of the n columns, the central fraction `centre` always.  -> real[..., h, n]

    The other columns are drawn evenly, anew for each entry of the axes before the last two; every row has the same. The zero
    frequency is at index ⌊n / 2⌋.
    """
    n = sizes[-1]
    device = like.device if generator is None else generator.device
    draws = torch.rand(*sizes[:-2], 1, n, generator=generator, dtype=like.real.dtype, device=device)
    central = round(n * centre)
    draws[..., n // 2 - central // 2 : n // 2 - central // 2 + central] += 1
    order = draws.argsort(-1, descending=True).argsort(-1)
    kept = order < max(central, round(n / acceleration))
    return kept.to(like.device, like.real.dtype).expand(sizes).contiguous()


def birdcage_maps(sizes: tuple[int, int, int], like: Tensor, radius: float = 1.5) -> Tensor:
    """Sensitivities of C coils on a circle of `radius` half images, Σ_c |s_c|² = 1 everywhere.  -> complex[C, H, W]

    A coil's field falls off as one over the distance and its phase is the direction towards it.
    """
    coils, h, w = sizes
    kind = {"dtype": like.real.dtype, "device": like.device}
    turn = 2 * torch.pi / coils * torch.arange(coils, **kind).reshape(-1, 1, 1)
    rows = (torch.arange(h, **kind).reshape(-1, 1) - h // 2) / (h / 2) - radius * turn.sin()
    columns = (torch.arange(w, **kind) - w // 2) / (w / 2) - radius * turn.cos()
    distance = torch.hypot(rows, columns).clamp(min=1e-3)
    maps = torch.polar(1 / distance, torch.atan2(rows, columns) - turn)
    return maps / maps.abs().square().sum(0).sqrt()
