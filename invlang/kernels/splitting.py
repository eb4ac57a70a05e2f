"""Kernels that split measurements in two: masks of pixels, of samples of k-space, of frames."""

import torch
from torch import Tensor


def bernoulli_splitting_mask(
    sizes: tuple[int, ...], like: Tensor, ratio: float = 0.5, generator: torch.Generator | None = None
) -> Tensor:
    """1 with probability `ratio`, 0 otherwise, each entry by itself.  -> real[sizes]"""
    draws = torch.rand(sizes, generator=generator, dtype=torch.float64)
    return (draws < ratio).to(like.device, like.real.dtype)


def gaussian_splitting_mask(
    sizes: tuple[int, ...], like: Tensor, ratio: float = 0.6, std_scale: float = 4.0, centre: int = 8,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """0 for ⌈(1 − ratio) h w⌉ entries drawn ∝ a Gaussian of deviation n / std_scale, none of the central block.  -> real[..., h, w]

    Without replacement: the largest log(u) / chance are such a draw. [Efraimidis, Spirakis 2006]
    """
    h, w = sizes[-2:]
    rows = torch.arange(h, dtype=torch.float64).reshape(-1, 1) - h // 2
    columns = torch.arange(w, dtype=torch.float64) - w // 2
    chances = torch.exp(-((rows * std_scale / h).square() + (columns * std_scale / w).square()) / 2)
    half = int(centre) // 2
    block = (rows >= -half) & (rows < int(centre) - half) & (columns >= -half) & (columns < int(centre) - half)
    draws = torch.rand(*sizes[:-2], h * w, generator=generator, dtype=torch.float64).clamp(min=1e-300)
    keys = torch.where(block.flatten(), -torch.inf, draws.log() / chances.flatten())
    order = keys.argsort(-1, descending=True).argsort(-1)
    left = -int((ratio - 1) * h * w // 1)
    removed = (order < left) & ~block.flatten()
    return (~removed).reshape(sizes).to(like.device, like.real.dtype)


def phase2_phase_splitting(sizes: tuple[int, ...], like: Tensor, odd: bool = False) -> Tensor:
    """1 on even frames and 0 on odd ones, or the other way round.  -> real[T, h, w]"""
    frames = (torch.arange(sizes[-3], device=like.device) + odd + 1) % 2
    return frames.to(like.real.dtype).reshape(-1, 1, 1).expand(sizes).contiguous()


def artifact2_artifact_splitting(
    sizes: tuple[int, ...], like: Tensor, size: int = 2, generator: torch.Generator | None = None
) -> Tensor:
    """1 on `size` frames that follow each other, one of the T // size chunks, all with equal chances.  -> real[T, h, w]"""
    chunk = torch.randint(max(sizes[-3] // size, 1), (1,), generator=generator)
    frames = torch.arange(sizes[-3]) // size == chunk
    return frames.to(like.device, like.real.dtype).reshape(-1, 1, 1).expand(sizes).contiguous()
