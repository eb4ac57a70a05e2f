"""Kernels that make pictures to measure: the phantom of Shepp and Logan, random ellipses, dead leaves; values from 0 to 1."""

import torch
from torch import Tensor


def shepp_logan(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """The head of Shepp and Logan (1974) with the contrast of Toft (1996), the same in all leading axes.  -> real[..., H, W]"""
    x, y = unit_square(sizes[-2:])
    head = torch.zeros(sizes[-2:], dtype=torch.float64)
    for value, a, b, x0, y0, angle in shepp_logan_ellipses():
        turn = torch.deg2rad(torch.tensor(angle, dtype=torch.float64))
        along = (x - x0) * turn.cos() + (y - y0) * turn.sin()
        across = (y - y0) * turn.cos() - (x - x0) * turn.sin()
        head = head + value * ((along / a).square() + (across / b).square() <= 1).double()
    return head.clamp(0, 1).to(like.device, like.real.dtype).expand(sizes).contiguous()


def shepp_logan_ellipses() -> tuple[tuple[float, ...], ...]:
    """(value, half axes, centre, angle in degrees) of each ellipse, in half images."""
    return (
        (1.0, 0.69, 0.92, 0.0, 0.0, 0.0), (-0.8, 0.6624, 0.874, 0.0, -0.0184, 0.0), (-0.2, 0.11, 0.31, 0.22, 0.0, -18.0),
        (-0.2, 0.16, 0.41, -0.22, 0.0, 18.0), (0.1, 0.21, 0.25, 0.0, 0.35, 0.0), (0.1, 0.046, 0.046, 0.0, 0.1, 0.0),
        (0.1, 0.046, 0.046, 0.0, -0.1, 0.0), (0.1, 0.046, 0.023, -0.08, -0.605, 0.0), (0.1, 0.023, 0.023, 0.0, -0.606, 0.0),
        (0.1, 0.023, 0.046, 0.06, -0.605, 0.0),
    )  # fmt: skip


def shepp_logan_3d(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """The three-dimensional head; planes are counted upwards, ⌊D/2⌋ near the middle.  -> real[..., D, H, W]"""
    x, y = unit_square(sizes[-2:])
    z = ((2 * torch.arange(sizes[-3], dtype=torch.float64) + 1 - sizes[-3]) / sizes[-3]).reshape(-1, 1, 1)
    head = torch.zeros(sizes[-3:], dtype=torch.float64)
    for value, a, b, c, x0, y0, z0, angle in shepp_logan_ellipsoids():
        turn = torch.deg2rad(torch.tensor(angle, dtype=torch.float64))
        along = (x - x0) * turn.cos() + (y - y0) * turn.sin()
        across = (y - y0) * turn.cos() - (x - x0) * turn.sin()
        head = head + value * ((along / a).square() + (across / b).square() + ((z - z0) / c).square() <= 1).double()
    return head.clamp(0, 1).to(like.device, like.real.dtype).expand(sizes).contiguous()


def shepp_logan_ellipsoids() -> tuple[tuple[float, ...], ...]:
    """(value, half axes, centre, angle in degrees about the vertical) of each ellipsoid. [Schabel 2006]"""
    return (
        (1.0, 0.69, 0.92, 0.81, 0.0, 0.0, 0.0, 0.0), (-0.8, 0.6624, 0.874, 0.78, 0.0, -0.0184, 0.0, 0.0),
        (-0.2, 0.11, 0.31, 0.22, 0.22, 0.0, 0.0, -18.0), (-0.2, 0.16, 0.41, 0.28, -0.22, 0.0, 0.0, 18.0),
        (0.1, 0.21, 0.25, 0.41, 0.0, 0.35, -0.15, 0.0), (0.1, 0.046, 0.046, 0.05, 0.0, 0.1, 0.25, 0.0),
        (0.1, 0.046, 0.046, 0.05, 0.0, -0.1, 0.25, 0.0), (0.1, 0.046, 0.023, 0.05, -0.08, -0.605, 0.0, 0.0),
        (0.1, 0.023, 0.023, 0.02, 0.0, -0.606, 0.0, 0.0), (0.1, 0.023, 0.046, 0.02, 0.06, -0.605, 0.0, 0.0),
    )  # fmt: skip


def unit_square(sizes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Where the middles of pixels lie between −1 and 1: to the right, and upwards.  -> real[1, W], real[H, 1]"""
    h, w = sizes
    x = (2 * torch.arange(w, dtype=torch.float64) + 1 - w) / w
    y = (h - 1 - 2 * torch.arange(h, dtype=torch.float64)) / h
    return x.reshape(1, -1), y.reshape(-1, 1)


def random_ellipses(
    sizes: tuple[int, ...], like: Tensor, count: int = 12, smallest: float = 0.05, largest: float = 0.5,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Ellipses of random place, size, angle and value that add up, within 0 and 1; leading axes have values of their own.

    -> real[..., H, W]
    """
    lead = torch.empty(sizes[:-2]).numel()
    shape = torch.rand(count, 5, generator=generator, dtype=torch.float64)
    value = 0.8 * torch.rand(count, lead, 1, 1, generator=generator, dtype=torch.float64) - 0.3
    x, y = unit_square(sizes[-2:])
    picture = torch.zeros(lead, *sizes[-2:], dtype=torch.float64)
    for i in range(count):
        a, b = smallest + (largest - smallest) * shape[i, :2]
        x0, y0, turn = 1.6 * shape[i, 2] - 0.8, 1.6 * shape[i, 3] - 0.8, torch.pi * shape[i, 4]
        along = (x - x0) * turn.cos() + (y - y0) * turn.sin()
        across = (y - y0) * turn.cos() - (x - x0) * turn.sin()
        inside = (along / a).square() + (across / b).square() <= 1
        picture = picture + (value[i] + 0.3 * (i == 0)) * inside
    return picture.clamp(0, 1).reshape(sizes).to(like.device, like.real.dtype)


def dead_leaves(
    sizes: tuple[int, ...], like: Tensor, count: int = 2000, smallest: float = 0.03, largest: float = 0.5,
    generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Disks that fall on each other, radius with density ∝ r⁻³, any place and value; leading axes have values of their own.

    -> real[..., H, W]
    """
    lead = torch.empty(sizes[:-2]).numel()
    shape = torch.rand(count, 3, generator=generator, dtype=torch.float64)
    value = torch.rand(count + 1, lead, 1, 1, generator=generator, dtype=torch.float64)
    radius = (smallest**-2 + shape[:, 2] * (largest**-2 - smallest**-2)) ** -0.5
    h, w = sizes[-2:]
    x, y = (p * n / max(h, w) for p, n in zip(unit_square((h, w)), (w, h), strict=True))
    places = (2 * shape[:, :2] - 1) * (1 + largest)
    picture = value[count].repeat(1, h, w)
    ends = torch.stack((radius, -radius), -1)
    rows = torch.searchsorted(-y.flatten(), (ends - places[:, 1:]).flip(-1), right=False).tolist()
    columns = torch.searchsorted(x.flatten(), places[:, :1] - ends, right=False).tolist()
    for i, ((top, bottom), (left, right)) in enumerate(zip(rows, columns, strict=True)):
        away = (x[:, left:right] - places[i, 0]).square() + (y[top:bottom] - places[i, 1]).square()
        part = picture[:, top:bottom, left:right]
        part.copy_(torch.where(away <= radius[i].square(), value[i], part))
    return picture.reshape(sizes).to(like.device, like.real.dtype)
