"""Kernels of tomography: integrals of an image along lines and their adjoint, and where the lines of a scanner lie.

Positions are in samples from the middle of the image, in the order of its axes: rows go down, angles turn counter-clockwise.
A view is k + 1 vectors of k numbers: the direction of its parallel rays (or the place of their source), the place of the middle
of the detector, and the step from one detector cell to the next along each axis of the detector.
Along the axis that a line follows most, the image is read once a sample, linearly between the neighbours on the other axes.
Source: Joseph, An improved algorithm for reprojecting rays through pixel images (1982).
"""

import torch
from torch import Tensor


def line_integrals(x: Tensor, views: Tensor, axes: tuple[int, ...], size: tuple[int, ...], diverging: bool = False) -> Tensor:
    """The integral along each ray.  number[..., n₁, …, nₖ], real[A, k + 1, k] -> number[..., size], size = (A, cells…)

    Views with leading axes of their own are one scanner for each sample of those axes.
    """
    if views.ndim > 3:
        each = zip(over_samples(x, views, len(axes)), views, strict=True)
        return torch.stack([line_integrals(a, v, axes, size, diverging) for a, v in each])
    if x.is_complex():
        return torch.complex(*(line_integrals(part, views, axes, size, diverging) for part in (x.real, x.imag)))
    last = tuple(range(-len(axes), 0))
    x = x.movedim(axes, last)
    sizes = tuple(x.shape[-len(axes) :])
    field = torch.nn.functional.pad(x, (1, 2) * len(axes)).flatten(-len(axes))
    pieces = []
    for rays in ray_chunks(size, sizes, x.device):
        corners, fractions, length = ray_samples(views.to(x.dtype), rays, size, sizes, diverging)
        values = [field.index_select(-1, i.flatten()).unflatten(-1, i.shape) for i in corners]
        for f in fractions:
            values = [torch.lerp(a, b, f) for a, b in zip(values[::2], values[1::2], strict=True)]
        pieces.append(values[0].sum(-1) * length)
    return torch.cat(pieces, -1).unflatten(-1, size).movedim(last, axes)


def line_integrals_adjoint(
    y: Tensor, views: Tensor, axes: tuple[int, ...], size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool = False
) -> Tensor:
    """Every ray's number spread over the samples that it met.  number[..., size], real[A, k + 1, k] -> number[..., n₁, …, nₖ]"""
    if views.ndim > 3:
        each = zip(over_samples(y, views, len(axes)), views, strict=True)
        return torch.stack([line_integrals_adjoint(a, v, axes, size, sizes, diverging) for a, v in each])
    if y.is_complex():
        parts = (line_integrals_adjoint(part, views, axes, size, sizes, diverging) for part in (y.real, y.imag))
        return torch.complex(*parts)
    last = tuple(range(-len(axes), 0))
    y = y.movedim(axes, last).flatten(-len(axes))
    shape = tuple(n + 3 for n in sizes)
    field = y.new_zeros(*y.shape[:-1], *shape).flatten(-len(axes))
    for rays in ray_chunks(size, sizes, y.device):
        corners, fractions, length = ray_samples(views.to(y.dtype), rays, size, sizes, diverging)
        values = [(y.index_select(-1, rays) * length).unsqueeze(-1)]
        for f in reversed(fractions):
            upper = [v * f for v in values]
            values = [part for v, u in zip(values, upper, strict=True) for part in (v - u, u)]
        for i, v in zip(corners, values, strict=True):
            field.scatter_add_(-1, i.long().flatten().expand(*y.shape[:-1], -1), v.flatten(-2))
    inner = tuple(slice(1, n + 1) for n in sizes)
    return field.unflatten(-1, shape)[(..., *inner)].movedim(last, axes)


def ray_samples(
    views: Tensor, rays: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """What some rays read: where in the flattened field with a border, the fractions between neighbours, the length of a step.

    integer[r] -> 2ᵏ⁻¹ arrays integer[r, n], k − 1 arrays real[r, n], real[r]; pairs of neighbours along the first fraction alternate.
    """
    k, n = len(sizes), max(sizes)
    point, direction = ray_geometry(views, rays, size, diverging)
    along = direction.abs().argmax(-1, keepdim=True)
    strides = rays.new_tensor([int(torch.Size([s + 3 for s in sizes[i + 1 :]]).numel()) for i in range(k)], dtype=torch.int32)
    lengths = rays.new_tensor(sizes, dtype=torch.int32)
    middle = (lengths.to(views.dtype) - 1) / 2
    step, count = torch.arange(n, device=rays.device, dtype=torch.int32), lengths[along]
    place = step if min(sizes) == n else torch.minimum(step, count)
    corners = [place * strides[along] + strides.sum(dtype=torch.int32)]
    fractions: list[Tensor] = []
    start = point.gather(-1, along) + middle[along]
    for other in [(along + j) % k for j in range(1, k)]:
        slope = direction.gather(-1, other) / direction.gather(-1, along)
        offset = point.gather(-1, other) + middle[other] - slope * start
        position = torch.minimum(torch.addcmul(offset, slope, step.to(views.dtype)).clamp(min=-1), lengths[other].to(views.dtype))
        below = position.floor()
        first = [i + below.int() * strides[other] for i in corners]
        corners = [i for a in first for i in (a, a + strides[other])]
        fractions.insert(0, position - below)
    return corners, fractions, direction.norm(dim=-1) / direction.gather(-1, along).squeeze(-1).abs()


def ray_geometry(views: Tensor, rays: Tensor, size: tuple[int, ...], diverging: bool) -> tuple[Tensor, Tensor]:
    """A point of each ray, the middle of its detector cell, and its direction.  integer[r] -> real[r, k], real[r, k]"""
    cells = size[1:]
    view = views.index_select(0, rays // int(torch.Size(cells).numel()))
    point = view[:, 1]
    for axis, count in enumerate(cells):
        cell = rays // int(torch.Size(cells[axis + 1 :]).numel()) % count
        point = point + (cell.to(views.dtype) - (count - 1) / 2).unsqueeze(-1) * view[:, 2 + axis]
    return point, point - view[:, 0] if diverging else view[:, 0]


def ray_chunks(size: tuple[int, ...], sizes: tuple[int, ...], device: torch.device) -> tuple[Tensor, ...]:
    """The numbers of all rays, as many at a time as fit into a fast memory.  -> integer[r] each"""
    samples = 2**18 if device.type == "cpu" else 2**24
    return torch.arange(torch.Size(size).numel(), device=device).split(max(samples // max(sizes), 1))


def over_samples(x: Tensor, views: Tensor, rank: int) -> Tensor:
    """x with a leading axis as long as that of the views, added where x has no batch.  number[..., n] -> number[B, ..., n]"""
    x = x.unsqueeze(0) if x.ndim == rank else x
    return x.expand(len(views), *x.shape[1:])


def parallel_views(angles: Tensor) -> Tensor:
    """The views of a parallel beam, cells one sample apart, angles in degrees: at 0° rays run down the columns.

    real[..., A] -> real[..., A, 3, 2]
    """
    along, across = turned(angles)
    return torch.cat((along, torch.zeros_like(along), across), -2)


def fan_views(
    angles: Tensor, source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, sizes: tuple[int, int]
) -> Tensor:
    """The views of a fan beam on a flat detector, angles in degrees; at 0° the source is above the image.

    source, detector: how far they are from the middle of the image; spacing: between cells; all in samples.
    real[..., A] -> real[..., A, 3, 2]
    """
    check_source(source, sizes)
    along, across = turned(angles)
    return torch.cat((-source * along, detector * along, spacing * across), -2)


def turned(angles: Tensor) -> tuple[Tensor, Tensor]:
    """Where the rays of each view go, and where its detector does; degrees.  real[..., A] -> real[..., A, 1, 2], the same"""
    if not angles.numel() or not bool(angles.isfinite().all()):
        raise ValueError("a scanner looks from one angle at least, and each is a finite number of degrees")
    turn = torch.deg2rad(angles)[..., None, None]
    return torch.cat((turn.cos(), turn.sin()), -1), torch.cat((-turn.sin(), turn.cos()), -1)


def fan_spacing(source: Tensor | float, detector: Tensor | float, like: Tensor, cells: int, sizes: tuple[int, int]) -> Tensor:
    """How far the cells of a fan's detector are apart, so that all of them together just see an image of these sizes.  -> real[]"""
    radius = check_source(source, sizes)
    spacing = 2 * (source + detector) * radius / (source**2 - radius**2) ** 0.5 / cells
    return like.real.new_zeros(()) + spacing


def check_source(source: Tensor | float, sizes: tuple[int, ...]) -> float:
    """How far the corners of the image are from its middle.  Raises ValueError where the source is not outside of them."""
    corner = sum(n * n for n in sizes) ** 0.5 / 2
    if bool(torch.any(torch.as_tensor(source) <= corner)):
        raise ValueError(f"`source` is above {corner:.1f} for an image of {sizes}: it turns around it")
    return corner
