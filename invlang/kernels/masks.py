"""Kernels that make masks and coil maps of a given size, fixed ones and random lines of k-space."""

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


def regular_mask(sizes: tuple[int, ...], like: Tensor, factor: int = 2) -> Tensor:
    """1 on every factor-th column, the one at ⌊n/2⌋ among them.  -> real[..., n]"""
    columns = torch.arange(sizes[-1], device=like.device) - sizes[-1] // 2
    return (columns % factor == 0).to(like.real.dtype).expand(sizes).clone()


def inner_differences(sizes: tuple[int, ...], like: Tensor, axes: tuple[int, ...] = ()) -> Tensor:
    """0 where a circular difference wraps around the border, 1 elsewhere, one mask an axis.  -> real[k, n₁, …, nₖ]

    axes: where they stand from the end, among others that are 1 in `sizes`; the masks are before the last k.
    """
    axes = axes or tuple(range(-len(sizes), 0))
    k = len(axes)
    mask = torch.ones(*sizes[:-k], k, *sizes[-k:], dtype=like.real.dtype, device=like.device)
    for i, axis in enumerate(axes):
        of_axis = mask.select(-k - 1, i)
        of_axis.narrow(axis, of_axis.shape[axis] - 1, 1).zero_()
    return mask


def ramp(sizes: tuple[int, ...], like: Tensor, step: float = 1.0) -> Tensor:
    """0, step, 2 step, … along the first axis, for the times of bins.  -> real[n, …]"""
    times = step * torch.arange(sizes[0], dtype=like.real.dtype, device=like.device)
    return times.reshape(-1, *(1,) * (len(sizes) - 1)).expand(sizes)


def cartesian_mask(
    sizes: tuple[int, ...], like: Tensor, acceleration: float = 4.0, centre: float = 0.08,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Whole lines of k-space: n / acceleration of the n columns, the fraction `centre` always.  -> real[..., h, n]

    The other columns are drawn evenly, anew for each entry of the axes before the last two; every row has the same. The zero
    frequency is at index ⌊n / 2⌋.
    """
    chances = torch.ones(sizes[-1], dtype=torch.float64)
    return lines_by_chance(sizes, like, chances, acceleration, centre, generator)


def gaussian_mask(
    sizes: tuple[int, ...], like: Tensor, acceleration: float = 4.0, centre: float = 0.08,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """As cartesian_mask, with chances ∝ exp(−x² / (2 (n/10)²)) + 1 / (2 acceleration) of a column.  -> real[..., h, n]"""
    n = sizes[-1]
    away = (torch.arange(n, dtype=torch.float64) - n // 2) / (n / 10)
    chances = torch.exp(-away.square() / 2) + 1 / (2 * acceleration)
    return lines_by_chance(sizes, like, chances, acceleration, centre, generator)


def lines_by_chance(
    sizes: tuple[int, ...], like: Tensor, chances: Tensor, acceleration: float, centre: float, generator: torch.Generator | None
) -> Tensor:
    """n / acceleration columns without replacement, the next one always ∝ chances; the middle ones first.  -> real[..., h, n]

    The largest log(u) / chance, u evenly between 0 and 1, are such a draw. [Efraimidis, Spirakis 2006]
    """
    n = sizes[-1]
    draws = torch.rand(*sizes[:-2], 1, n, generator=generator, dtype=torch.float64).clamp(min=1e-300)
    keys = torch.where(middle(n, centre), torch.inf, draws.log() / chances)
    order = keys.argsort(-1, descending=True).argsort(-1)
    kept = order < max(round(n * centre), round(n / acceleration))
    return kept.to(like.device, like.real.dtype).expand(sizes).contiguous()


def middle(n: int, centre: float) -> Tensor:
    """Which of n columns are the middle ones, `centre` of all: as many before index ⌊n/2⌋ as from there on.  -> bool[n]"""
    count = round(n * centre)
    start = n // 2 - count // 2
    columns = torch.arange(n)
    return (columns >= start) & (columns < start + count)


def equispaced_mask(
    sizes: tuple[int, ...], like: Tensor, acceleration: float = 4.0, centre: float = 0.08,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Lines at equal distances from a random first one, shifted by one from frame to frame, and the middle.  -> real[..., h, n]

    The distance is (n − c) acceleration / (n − c acceleration) where c columns are in the middle: n / acceleration lines together.
    """
    n = sizes[-1]
    count = round(n * centre)
    step = max(1.0, (n - count) * acceleration / max(n - count * acceleration, 1e-9))
    frames = torch.empty(sizes[:-2]).numel()
    first = torch.randint(max(1, round(step)), (1,), generator=generator)
    starts = (first + torch.arange(frames)).double() % step
    places = (starts[:, None] + step * torch.arange(n)).round().long()
    kept = torch.zeros(frames, n + 1).scatter_(-1, places.clamp(max=n), 1.0)[:, :n]
    kept = torch.where(middle(n, centre), 1.0, kept).reshape(*sizes[:-2], 1, n)
    return kept.to(like.device, like.real.dtype).expand(sizes).contiguous()


def poly_order_mask(
    sizes: tuple[int, ...], like: Tensor, acceleration: float = 4.0, centre: float = 0.08, order: float = 8.0,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Each column with the chance line_chances says, by itself.  -> real[..., h, n]"""
    n = sizes[-1]
    draws = torch.rand(*sizes[:-2], 1, n, generator=generator, dtype=torch.float64)
    kept = draws < line_chances(n, acceleration, centre, order)
    return kept.to(like.device, like.real.dtype).expand(sizes).contiguous()


def line_chances(n: int, acceleration: float, centre: float, order: float) -> Tensor:
    """(1 − r)^order + c between 0 and 1, in the middle 1, with the c for which their sum is n / acceleration.  -> real[n]"""
    away = (torch.arange(n, dtype=torch.float64) - n // 2).abs()
    density = (1 - away / max(n // 2, 1)).clamp(min=0) ** order
    low, high = torch.tensor(-1.0, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64)
    for _ in range(60):
        c = (low + high) / 2
        chances = torch.where(middle(n, centre), 1.0, (density + c).clamp(0, 1))
        few = chances.sum() < n / acceleration
        low, high = torch.where(few, c, low), torch.where(few, high, c)
    return chances


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
