"""Kernels of waves of one frequency in a plane: what points send out, over an image and to places around it."""

import torch
from torch import Tensor


def outgoing_wave(wavenumber: Tensor | float, sizes: tuple[int, int], like: Tensor | None = None) -> Tensor:
    """The wave of one pixel at all distances, the middle at its own place.  -> complex[2 H − 1, 2 W − 1]

    G = i/4 H₀⁽¹⁾(k r), integrated over a disk as large as a pixel. [Richmond 1965]
    """
    rows, columns = (torch.arange(1 - n, n, dtype=torch.float64) for n in sizes)
    wave = of_distance(torch.hypot(rows[:, None], columns), float(wavenumber))
    return wave if like is None else wave.to(like.device, like.dtype.to_complex())


def waves_to(places: Tensor, wavenumber: Tensor | float, sizes: tuple[int, int]) -> Tensor:
    """The wave of each pixel at the places, rows and columns from the image's middle.  real[E, 2] -> complex[E, H W]"""
    middle = [torch.arange(n, dtype=torch.float64) - (n - 1) / 2 for n in sizes]
    away = places.double().cpu()[..., None, :] - torch.cartesian_prod(*middle)
    wave = of_distance(torch.hypot(away[..., 0], away[..., 1]), float(wavenumber))
    return wave.to(places.device, places.dtype.to_complex())


def of_distance(r: Tensor, k: float) -> Tensor:
    """i/4 H₀⁽¹⁾(k r) integrated over a disk of area 1: outside of it by J₁, inside in closed form.  real[...] -> complex[...]"""
    radius = torch.tensor(torch.pi, dtype=torch.float64).rsqrt()
    j0, j1, y0, y1 = (getattr(torch.special, f"bessel_{name}") for name in ("j0", "j1", "y0", "y1"))
    far = torch.complex(j0(k * r), y0(k * r.clamp(min=float(radius)))) * (0.5j * torch.pi * radius / k * j1(k * radius))
    own = 0.5j / k**2 * (torch.pi * k * radius * torch.complex(j1(k * radius), y1(k * radius)) + 2j)
    return torch.where(r < radius, own, far)


def plane_waves(angles: Tensor, sizes: tuple[int, ...], wavenumber: float = 0.5) -> Tensor:
    """exp(i k d · r) with the direction d of each angle, in degrees from the rows' direction.  real[A] -> complex[A, H, W]"""
    turns = torch.deg2rad(angles.double())[..., None, None]
    rows, columns = (torch.arange(n, dtype=torch.float64, device=angles.device) - (n - 1) / 2 for n in sizes[-2:])
    phase = wavenumber * (torch.cos(turns) * columns - torch.sin(turns) * rows[:, None])
    return torch.polar(torch.ones_like(phase), phase).to(angles.dtype.to_complex())


def circle_of_places(sizes: tuple[int, ...], like: Tensor, radius: float = 64.0) -> Tensor:
    """Places at equal distances on a circle around the middle, the first to the right, then upwards.  -> real[E, 2]"""
    turns = 2 * torch.pi * torch.arange(sizes[0], dtype=torch.float64) / sizes[0]
    return (radius * torch.stack([-turns.sin(), turns.cos()], -1)).to(like.device, like.real.dtype)
