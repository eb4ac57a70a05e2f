"""Kernels of tomography: integrals of an image along the rays of a scanner, backprojection, and their adjoints.

Positions are in samples from the middle of the image, in the order of its axes: rows go down, angles turn counter-clockwise.
A view is k + 1 vectors of k numbers: the direction of its parallel rays (or the place of their source), the place of the middle
of the detector, and the step from one detector cell to the next along each axis of the detector.
Along the axis that a line follows most, the image is read once a sample, linearly between the neighbours on the other axes.
Source: Joseph, An improved algorithm for reprojecting rays through pixel images (1982).
"""

import torch
from torch import Tensor


def line_integrals(
    x: Tensor, views: Tensor, axes: tuple[int, ...], size: tuple[int, ...], diverging: bool = False,
    index: Tensor | None = None, weights: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The integral along each ray.  number[..., n₁, …, nₖ], real[A, k + 1, k] -> number[..., size], size = (A, cells…)

    Views with leading axes of their own are one scanner for each sample of those axes.  index, weights: of `ray_index`, `ray_lengths`.
    """
    if views.ndim > 3:
        return torch.stack([line_integrals(*each, axes, size, diverging) for each in over_samples(x, views, len(axes))])
    if x.is_complex():
        return torch.complex(*line_integrals(parts_of(x), views, axes, size, diverging, index, weights))
    last = tuple(range(-len(axes), 0))
    x = x.movedim(axes, last)
    sizes = tuple(x.shape[-len(axes) :])
    field = torch.nn.functional.pad(x, (1, 2) * len(axes)).flatten(-len(axes))
    if index is not None and weights is not None and index.numel():
        return read_places(field, index, weights).unflatten(-1, size).movedim(last, axes)
    pieces = []
    for rays in ray_chunks(size, max(sizes), x.device):
        corners, fractions, length = ray_samples(views.to(x.dtype), rays, size, sizes, diverging)
        pieces.append(read_between(field, corners, fractions).sum(-1) * length)
    return torch.cat(pieces, -1).unflatten(-1, size).movedim(last, axes)


def line_integrals_adjoint(
    y: Tensor, views: Tensor, axes: tuple[int, ...], size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool = False,
    index: Tensor | None = None, weights: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Every ray's number spread over the samples that it met.  number[..., size], real[A, k + 1, k] -> number[..., n₁, …, nₖ]"""
    if views.ndim > 3:
        return torch.stack(
            [line_integrals_adjoint(*each, axes, size, sizes, diverging) for each in over_samples(y, views, len(axes))]
        )
    if y.is_complex():
        return torch.complex(*line_integrals_adjoint(parts_of(y), views, axes, size, sizes, diverging, index, weights))
    last = tuple(range(-len(axes), 0))
    y = y.movedim(axes, last).flatten(-len(axes))
    shape = tuple(n + 3 for n in sizes)
    field = y.new_zeros(*y.shape[:-1], *shape).flatten(-len(axes))
    if index is not None and weights is not None and index.numel():
        spread_places(field, y, index, weights)
    else:
        for rays in ray_chunks(size, max(sizes), y.device):
            corners, fractions, length = ray_samples(views.to(y.dtype), rays, size, sizes, diverging)
            spread_between(field, (y.index_select(-1, rays) * length).unsqueeze(-1), corners, fractions)
    inner = tuple(slice(1, n + 1) for n in sizes)
    return field.unflatten(-1, shape)[(..., *inner)].movedim(last, axes)


def ray_samples(
    views: Tensor, rays: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """What some rays read: the corners and fractions of `read_between`, n samples a ray, and the length of a step.

    integer[r] -> 2ᵏ⁻¹ arrays integer[r, n], k − 1 arrays real[r, n], real[r]
    """
    k, n = len(sizes), max(sizes)
    point, direction = ray_geometry(views, rays, size, diverging)
    along = direction.abs().argmax(-1, keepdim=True)
    strides, lengths = border_strides(sizes, rays), rays.new_tensor(sizes, dtype=torch.int32)
    middle = (lengths.to(views.dtype) - 1) / 2
    step, count = torch.arange(n, device=rays.device, dtype=torch.int32), lengths[along]
    place = step if min(sizes) == n else torch.minimum(step, count)
    corners, fractions = [place * strides[along] + strides.sum(dtype=torch.int32)], []
    start = point.gather(-1, along) + middle[along]
    for other in [(along + j) % k for j in range(1, k)]:
        slope = direction.gather(-1, other) / direction.gather(-1, along)
        offset = point.gather(-1, other) + middle[other] - slope * start
        position = torch.addcmul(offset, slope, step.to(views.dtype))
        corners, fraction = corners_between(corners, position, lengths[other].to(views.dtype), strides[other])
        fractions.append(fraction)
    return corners, fractions, direction.norm(dim=-1) / direction.gather(-1, along).squeeze(-1).abs()


def ray_index(views: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool = False, most: int = 2**23) -> Tensor:
    """Where rays read the image with its border.  -> integer[rays, 2ᵏ⁻¹ n], or integer[0] of more than `most`, of views with
    leading axes, and of those that derivatives are followed into."""
    rays = torch.arange(torch.Size(size).numel(), device=views.device)
    if views.ndim > 3 or views.requires_grad or len(rays) * max(sizes) * 2 ** (len(sizes) - 1) > most:
        return rays[:0]
    return torch.cat(ray_samples(views, rays, size, sizes, diverging)[0], -1).long()


def ray_lengths(
    views: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], diverging: bool = False, most: int = 2**23
) -> Tensor:
    """How long each ray is in what it reads, in the order of `ray_index`.  -> real[rays, 2ᵏ⁻¹ n]"""
    rays = torch.arange(len(ray_index(views, size, sizes, diverging, most)), device=views.device)
    if not len(rays):
        return views.new_empty(0)
    _, fractions, length = ray_samples(views, rays, size, sizes, diverging)
    return torch.cat(shares_between(length.unsqueeze(-1).expand(-1, max(sizes)), fractions), -1)


def read_places(field: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Σ w x[i] for each row of places and weights.  real[..., n], integer[r, s], real[r, s] -> real[..., r]"""
    rows = [t.split(max(2**18 // index.shape[1], 1)) for t in (index, weights.to(field.dtype))]
    chosen = ((field.index_select(-1, i.flatten()).unflatten(-1, i.shape), w) for i, w in zip(*rows, strict=True))
    return torch.cat([torch.linalg.vecdot(x, w) for x, w in chosen], -1)


def spread_places(field: Tensor, y: Tensor, index: Tensor, weights: Tensor) -> None:
    """The adjoint of `read_places`, added to the field."""
    rows = [t.split(max(2**18 // index.shape[1], 1)) for t in (index, weights.to(y.dtype))]
    for i, w, part in zip(*rows, y.split(len(rows[0][0]), -1), strict=True):
        field.index_add_(-1, i.flatten(), (part.unsqueeze(-1) * w).flatten(-2))


def corners_between(
    corners: list[Tensor], position: Tensor, count: Tensor | int, stride: Tensor | int
) -> tuple[list[Tensor], Tensor]:
    """Each corner twice, at the sample below a position along one more axis and at the one above, and how far it is between.

    Positions beyond an axis of `count` samples stand on its border of zeros.
    """
    position = position.clamp(min=-1)
    position = torch.minimum(position, count) if isinstance(count, Tensor) else position.clamp(max=count)
    below = position.floor()
    first = [i + below.int() * stride for i in corners]
    return [i for a in first for i in (a, a + stride)], position - below


def read_between(field: Tensor, corners: list[Tensor], fractions: list[Tensor]) -> Tensor:
    """The field between its samples, linear along each axis.  real[..., n], 2ᵐ × integer[r, s], m × real[r, s] -> real[..., r, s]"""
    values = [field.index_select(-1, i.flatten()).unflatten(-1, i.shape) for i in corners]
    for f in reversed(fractions):
        values = [torch.lerp(a, b, f) for a, b in zip(values[::2], values[1::2], strict=True)]
    return values[0]


def spread_between(field: Tensor, value: Tensor, corners: list[Tensor], fractions: list[Tensor]) -> None:
    """The adjoint of `read_between`, added to the field."""
    for i, v in zip(corners, shares_between(value, fractions), strict=True):
        field.scatter_add_(-1, i.long().flatten().expand(*field.shape[:-1], -1), v.flatten(-2))


def shares_between(value: Tensor, fractions: list[Tensor]) -> list[Tensor]:
    """What each corner has of a value between them."""
    values = [value]
    for f in fractions:
        values = [part for v, u in ((v, v * f) for v in values) for part in (v - u, u)]
    return values


def border_strides(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """The strides of a field with a border: one sample before, two behind each axis.  -> integer[k]"""
    return like.new_tensor([torch.Size([n + 3 for n in sizes[i + 1 :]]).numel() for i in range(len(sizes))], dtype=torch.int32)


def footprints(x: Tensor, cameras: Tensor, axes: tuple[int, ...], size: tuple[int, ...]) -> Tensor:
    """Each sample added to the cells around its shadow, times 1 / w².  number[..., n₁, …, nₖ] -> number[..., size], size = (A, cells…)

    cameras: for each view a matrix that takes a place and 1 to (w u₁, …, w), u the place of its shadow on the detector in cells from
    its middle.  real[A, k, k + 1]; leading axes of their own are one scanner for each sample of those axes.
    """
    if cameras.ndim > 3:
        return torch.stack([footprints(*each, axes, size) for each in over_samples(x, cameras, len(axes))])
    if x.is_complex():
        return torch.complex(*footprints(parts_of(x), cameras, axes, size))
    last = tuple(range(-len(axes), 0))
    x = x.movedim(axes, last)
    sizes = tuple(x.shape[-len(axes) :])
    x, shape = x.flatten(-len(axes)), (size[0], *(n + 3 for n in size[1:]))
    field = x.new_zeros(*x.shape[:-1], *shape).flatten(-len(axes))
    for samples in ray_chunks(sizes, size[0], x.device):
        corners, fractions, weight = shadows(cameras.to(x.dtype), samples, size, sizes)
        spread_between(field, x.index_select(-1, samples).unsqueeze(-2) * weight, corners, fractions)
    inner = (slice(None), *(slice(1, n + 1) for n in size[1:]))
    return field.unflatten(-1, shape)[(..., *inner)].movedim(last, axes)


def footprints_adjoint(
    y: Tensor, cameras: Tensor, axes: tuple[int, ...], size: tuple[int, ...], sizes: tuple[int, ...],
    index: Tensor | None = None, weights: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Backprojection: what all detectors hold where a sample casts its shadow, linear between cells, times 1 / w².

    number[..., size], real[A, k, k + 1] -> number[..., n₁, …, nₖ]
    """
    if cameras.ndim > 3:
        return torch.stack([footprints_adjoint(*each, axes, size, sizes) for each in over_samples(y, cameras, len(axes))])
    if y.is_complex():
        return torch.complex(*footprints_adjoint(parts_of(y), cameras, axes, size, sizes, index, weights))
    last = tuple(range(-len(axes), 0))
    field = torch.nn.functional.pad(y.movedim(axes, last), (1, 2) * (len(axes) - 1)).flatten(-len(axes))
    if index is not None and weights is not None and index.numel():
        return read_places(field, index, weights).unflatten(-1, sizes).movedim(last, axes)
    pieces = []
    for samples in ray_chunks(sizes, size[0], y.device):
        corners, fractions, weight = shadows(cameras.to(y.dtype), samples, size, sizes)
        pieces.append((read_between(field, corners, fractions) * weight).sum(-2))
    return torch.cat(pieces, -1).unflatten(-1, sizes).movedim(last, axes)


def shadows(
    cameras: Tensor, samples: Tensor, size: tuple[int, ...], sizes: tuple[int, ...]
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """Where some samples of the image cast their shadows: the corners and fractions of `read_between`, and 1 / w².

    integer[s] -> 2ᵏ⁻¹ arrays integer[A, s], k − 1 arrays real[A, s], real[A, s]
    """
    shadow = cameras[:, :, -1:]  # real[A, k, 1]
    for axis, n in enumerate(sizes):
        place = samples // int(torch.Size(sizes[axis + 1 :]).numel()) % n
        shadow = shadow + cameras[:, :, axis, None] * (place.to(cameras.dtype) - (n - 1) / 2)
    weight = 1 / shadow[:, -1]
    strides = border_strides(size, samples)
    first = torch.arange(size[0], device=samples.device, dtype=torch.int32) * strides[0] + strides[1:].sum(dtype=torch.int32)
    corners = [first[:, None].expand(-1, len(samples))]
    fractions: list[Tensor] = []
    for axis, n in enumerate(size[1:]):
        position = shadow[:, axis] * weight + (n - 1) / 2
        corners, fraction = corners_between(corners, position, n, strides[1 + axis])
        fractions.append(fraction)
    return corners, fractions, weight.square()


def shadow_index(cameras: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], most: int = 2**23) -> Tensor:
    """Where samples cast their shadows on detectors with borders.  -> integer[n, 2ᵏ⁻¹ A], or integer[0] as of `ray_index`"""
    samples = torch.arange(torch.Size(sizes).numel(), device=cameras.device)
    if cameras.ndim > 3 or cameras.requires_grad or len(samples) * size[0] * 2 ** (len(sizes) - 1) > most:
        return samples[:0]
    return torch.cat(shadows(cameras, samples, size, sizes)[0]).mT.contiguous().long()


def shadow_weights(cameras: Tensor, size: tuple[int, ...], sizes: tuple[int, ...], most: int = 2**23) -> Tensor:
    """How much of each shadow falls there, times 1 / w², in the order of `shadow_index`.  -> real[n, 2ᵏ⁻¹ A]"""
    samples = torch.arange(len(shadow_index(cameras, size, sizes, most)), device=cameras.device)
    if not len(samples):
        return cameras.new_empty(0)
    _, fractions, weight = shadows(cameras, samples, size, sizes)
    return torch.cat(shares_between(weight, fractions)).mT.contiguous()


def ray_geometry(views: Tensor, rays: Tensor, size: tuple[int, ...], diverging: bool) -> tuple[Tensor, Tensor]:
    """A point of each ray, the middle of its detector cell, and its direction.  integer[r] -> real[r, k], real[r, k]"""
    cells = size[1:]
    view = views.index_select(0, rays // int(torch.Size(cells).numel()))
    point = view[:, 1]
    for axis, count in enumerate(cells):
        cell = rays // int(torch.Size(cells[axis + 1 :]).numel()) % count
        point = point + (cell.to(views.dtype) - (count - 1) / 2).unsqueeze(-1) * view[:, 2 + axis]
    return point, point - view[:, 0] if diverging else view[:, 0]


def ray_chunks(size: tuple[int, ...], each: int, device: torch.device) -> tuple[Tensor, ...]:
    """The numbers of all rays, as many at a time as fit into a fast memory with `each` samples a ray.  -> integer[r] each"""
    samples = 2**17 if device.type == "cpu" else 2**24
    return torch.arange(torch.Size(size).numel(), device=device).split(max(samples // each, 1))


def over_samples(x: Tensor, views: Tensor, rank: int) -> list[tuple[Tensor, Tensor]]:
    """x and the views of each sample, x being the same for all where it has no batch."""
    x = x.unsqueeze(0) if x.ndim == rank else x
    return list(zip(x.expand(len(views), *x.shape[1:]), views, strict=True))


def parts_of(x: Tensor) -> Tensor:
    """The real and the imaginary parts as a leading axis.  complex[...] -> real[2, ...]"""
    return torch.view_as_real(x.resolve_conj()).movedim(-1, 0)
