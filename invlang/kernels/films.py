"""Kernels that make films to measure: a slice of a chest in which a heart beats; values from 0 to 1."""

import torch
from torch import Tensor


def beating_heart(sizes: tuple[int, ...], like: Tensor, beats: float = 1.0) -> Tensor:
    """A chest with lungs, a spine and a heart that contracts `beats` times in T frames; edges are one pixel soft.  -> real[T, ..., H, W]

    The last of the axes between time and rows are planes of a volume, through whose outer ones the heart is smaller.
    """
    frames, height, width = sizes[0], sizes[-2], sizes[-1]
    depth = sizes[-3] if len(sizes) > 3 else 1
    kind: dict = {"dtype": torch.float64, "device": like.device}
    squeezed = (1 - torch.cos(2 * torch.pi * beats / frames * torch.arange(frames, **kind))) / 2
    t = squeezed.reshape(-1, 1, 1, 1)
    z = ((2 * torch.arange(depth, **kind) + 1 - depth) / depth).reshape(-1, 1, 1)
    rows = ((2 * torch.arange(height, **kind) + 1 - height) / height).reshape(-1, 1)
    columns = (2 * torch.arange(width, **kind) + 1 - width) / width
    film = torch.zeros(frames, depth, height, width, **kind)
    for value, centre, radii in organs(t):
        through = (1 - 0.5 * z.square()).sqrt()
        away = torch.hypot((rows - centre[0]) / (radii[0] * through), (columns - centre[1]) / (radii[1] * through))
        pixels = min(height, width) / 2 * torch.as_tensor(radii[0]).clamp(max=torch.as_tensor(radii[1])) * through
        film = film + ((1 - away) * pixels + 0.5).clamp(0, 1) * (value - film)
    film = film.reshape(frames, *(1,) * (len(sizes) - 3 - (depth > 1)), *((depth,) * (depth > 1)), height, width)
    return film.to(like.real.dtype).expand(sizes).contiguous()


def organs(t: Tensor) -> tuple[tuple, ...]:
    """(value, centre, half axes) of each organ, in half images, each over those before; t: how far the heart is contracted, 0 to 1."""
    ventricle, wall, blood = 0.25 - 0.06 * t, 0.36 - 0.03 * t, 0.25 - 0.12 * t
    return (
        (0.35, (0.0, 0.0), (0.72, 0.92)),  # the chest
        (0.05, (-0.05, -0.5), (0.48, 0.28)),  # the lungs
        (0.05, (-0.05, 0.52), (0.44, 0.26)),
        (0.75, (0.52, 0.0), (0.13, 0.13)),  # the spine
        (0.65, (0.30, -0.04), (0.07, 0.07)),  # the aorta
        (0.85, (-0.22, -0.16), (ventricle, 0.98 * ventricle)),  # the right ventricle
        (0.50, (-0.10, 0.13), (wall, 0.95 * wall)),  # the wall of the left one
        (1.00, (-0.10, 0.13), (blood, 0.92 * blood)),  # the blood in it
    )
