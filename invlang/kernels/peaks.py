"""Where a signal in time is largest."""

from torch import Tensor


def peak(x: Tensor) -> Tensor:
    """The place of the largest value along the first of three axes, between samples by a parabola.  real[..., T, H, W] -> real[..., 1, H, W]"""
    place = x.argmax(-3, keepdim=True)
    before, at, after = (x.gather(-3, (place + k).clamp(0, x.shape[-3] - 1)) for k in (-1, 0, 1))
    bend = before - 2 * at + after
    inside = (place > 0) & (place < x.shape[-3] - 1) & (bend < 0)
    return place + inside * (before - after) / (2 * bend).where(inside, 1)
