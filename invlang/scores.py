"""How near a reconstruction is to the truth, one number per metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from invlang.kernels.metrics import psnr, ssim


def scores(x: Tensor, truth: Tensor, peak: float, metrics: Sequence[str]) -> dict[str, float]:
    """The metrics of x, [...] like the truth.  peak: the largest value that an image can have.  Higher is better for psnr (dB)
    and ssim, lower for mse, nmse and mae.

    >>> scores(torch.zeros(1, 8, 8), torch.ones(1, 8, 8), 1.0, ["mse", "nmse", "mae", "psnr"])
    {'mse': 1.0, 'nmse': 1.0, 'mae': 1.0, 'psnr': 0.0}
    """
    x, truth = x.detach().cpu(), truth.detach().cpu()
    return {name: float(SCORES[name](x, truth, peak)) for name in metrics}


def ssim_of(x: Tensor, truth: Tensor, peak: float) -> Tensor:
    """Of images only: below two axes there is nothing that is alike in structure."""
    return ssim(x, truth, peak, truth.ndim) if truth.ndim >= 2 else torch.tensor(float("nan"))


def mse(x: Tensor, truth: Tensor, peak: float) -> Tensor:
    return (x - truth).abs().square().mean()


SCORES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "psnr": lambda x, truth, peak: psnr(x, truth, peak, truth.ndim),
    "ssim": ssim_of,
    "mse": mse,
    "nmse": lambda x, truth, peak: (x - truth).abs().square().sum() / truth.abs().square().sum(),
    "mae": lambda x, truth, peak: (x - truth).abs().mean(),
}


def peak_of(interval: tuple[float, float] | None, truth: Tensor) -> float:
    """The largest value that an image can have: the end of its interval, else the truth's largest magnitude."""
    if interval is not None and interval[1] != float("inf"):
        return float(interval[1])
    return float(truth.abs().max()) or 1.0
