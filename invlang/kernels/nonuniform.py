"""Kernels of the non-uniform Fourier transform: by finufft where it is installed, by gridding, or by the sum itself.

y_s = n^(−½) Σ_r x_r exp(−i ω_s · (r − ⌊n/2⌋)), with the n samples r of the image and the points ω_s in radians a sample. On the
Cartesian points 2π (k − ⌊n/2⌋) / n this is the orthonormal centred transform. All ways have exact adjoints.
"""

import torch
from torch import Tensor


def non_uniform_fourier(x: Tensor, points: Tensor) -> Tensor:
    """The spectrum of x at the points, over the last k axes of x.  number[..., n₁, …, nₖ], real[..., S, k] -> complex[..., S]"""
    sizes = tuple(x.shape[-points.shape[-1] :])
    return NonUniformTransform.apply(x if x.is_complex() else x + 0j, points, sizes, False)


def non_uniform_fourier_adjoint(y: Tensor, points: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The adjoint: every sample as a wave over the image.  number[..., S], real[..., S, k] -> complex[..., n₁, …, nₖ]"""
    samples = y if y.is_complex() else y + 0j
    return NonUniformTransform.apply(samples, points, tuple(sizes), True)


class NonUniformTransform(torch.autograd.Function):
    """The transform (or its adjoint) with its derivatives in what it is applied to and in the points."""

    @staticmethod
    def forward(ctx, x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
        ctx.save_for_backward(x, points)
        ctx.sizes, ctx.adjoint = sizes, adjoint
        return transform_each(x, points, sizes, adjoint)

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        x, points = ctx.saved_tensors
        sizes, adjoint = ctx.sizes, ctx.adjoint
        of_x = of_points = None
        if ctx.needs_input_grad[0]:
            of_x = NonUniformTransform.apply(g, points, sizes, not adjoint).sum_to_size(x.shape)
        if ctx.needs_input_grad[1]:  # ∂y/∂ω_j is the transform of −i r_j x
            image, samples = (g, x) if adjoint else (x, g)
            slopes = [NonUniformTransform.apply(-1j * r * image, points, sizes, False) for r in places(sizes, points)]
            of_points = torch.stack([(samples.conj() * slope).real for slope in slopes], -1).sum_to_size(points.shape)
        return of_x, of_points, None, None


def places(sizes: tuple[int, ...], like: Tensor) -> list[Tensor]:
    """How far the samples lie from the one at ⌊n/2⌋ along each axis.  -> real[1, …, n, …, 1] each"""
    steps = [torch.arange(n, dtype=like.dtype, device=like.device) - n // 2 for n in sizes]
    return [r.reshape((-1,) + (1,) * (len(sizes) - 1 - i)) for i, r in enumerate(steps)]


def transform_each(x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
    """The transform where points may differ from sample to sample: their leading axes meet those of x."""
    if points.ndim == 2:
        return transform_all(x, points, sizes, adjoint)
    if points.shape[0] == 1:
        return transform_each(x, points[0], sizes, adjoint)
    own = 1 if adjoint else len(sizes)
    axis = x.ndim - own - (points.ndim - 2)
    if axis < 0:
        x, axis = x.expand(*points.shape[:-axis], *x.shape), 0
    several = x.expand(*x.shape[:axis], len(points), *x.shape[axis + 1 :]).unbind(axis)
    return torch.stack([transform_each(v, p, sizes, adjoint) for v, p in zip(several, points, strict=True)], axis)


def transform_all(x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
    """The transform of all images at the same points, the way that is fastest here."""
    n = torch.Size(sizes).numel()
    scale = n**-0.5
    small = n * len(points) <= 65536
    library = None if small or x.device.type != "cpu" or torch.compiler.is_compiling() else finufft_library()
    if small:
        return transform_by_sum(x, points, sizes, adjoint) * scale
    if library is None:
        return transform_by_gridding(x, points, sizes, adjoint) * scale
    return transform_by_finufft(library, x, points, sizes, adjoint) * scale


# ---- the sum itself


def transform_by_sum(x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
    """Σ_r x_r exp(−i ω_s · r) axis by axis, or its adjoint.  complex[..., n], real[S, k] -> complex[..., S]"""
    waves = [torch.exp(-1j * points[:, j] * (r.flatten()[:, None])) for j, r in enumerate(places(sizes, points))]
    if adjoint:
        for w in waves:  # complex[..., n₁, …, S], the axes one after the other
            x = x.unsqueeze(-2) * w.conj()
        return x.sum(-1)
    x = x @ waves[-1]
    for w in waves[-2::-1]:
        x = (x * w).sum(-2)
    return x


# ---- finufft


def finufft_library():
    """The module finufft, None where it is not installed or does not load."""
    try:
        import finufft
    except Exception:  # whatever keeps it from loading, gridding does without it
        return None
    return finufft


def transform_by_finufft(library, x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
    """The transform by `library`, finufft [Barnett, Magland, af Klinteberg 2019], to 1e-12, or 1e-6 in single precision."""
    own = 1 if adjoint else len(sizes)
    lead = x.shape[: x.ndim - own]
    many = x.detach().resolve_conj().reshape(-1, *x.shape[x.ndim - own :]).contiguous()
    name = f"nufft{len(sizes)}d{1 if adjoint else 2}"
    columns = [column.contiguous().numpy() for column in points.detach().to(many.real.dtype).T]
    accuracy = 1e-12 if many.dtype == torch.complex128 else 1e-6
    options = {"eps": accuracy, "isign": 1 if adjoint else -1, "nthreads": torch.get_num_threads()}
    shape = {"n_modes": sizes} if adjoint else {}
    found = torch.from_numpy(getattr(library, name)(*columns, many.numpy(), **shape, **options))
    return found.reshape(*lead, *(sizes if adjoint else (len(points),)))


# ---- gridding


def transform_by_gridding(x: Tensor, points: Tensor, sizes: tuple[int, ...], adjoint: bool) -> Tensor:
    """The transform through a grid twice as fine and a Kaiser–Bessel window [Fessler, Sutton 2003], to 1e-12 or 1e-6."""
    width = 14 if points.dtype == torch.float64 else 7
    axes = tuple(range(-len(sizes), 0))
    fine = tuple(max(2 * n, 2 * width) for n in sizes)
    first, weights = windows(points, fine, width)
    for j, r in enumerate(places(sizes, points)):
        if not adjoint:
            x = x / window_spectrum(r, fine[j], width)
    if not adjoint:
        grid = torch.nn.functional.pad(x, [w for n, m in zip(sizes[::-1], fine[::-1], strict=True) for w in (0, m - n)])
        spectrum = torch.fft.fftn(grid.roll([-(n // 2) for n in sizes], axes), dim=axes)
        return interpolate(spectrum, first, weights)
    grid = torch.fft.ifftn(spread_out(x, first, weights, fine), dim=axes, norm="forward")
    image = grid.roll([n // 2 for n in sizes], axes)[(..., *(slice(0, n) for n in sizes))]
    for j, r in enumerate(places(sizes, points)):
        image = image / window_spectrum(r, fine[j], width)
    return image


def window_shape(width: int) -> float:
    """The shape of the window for a grid twice as fine. [Beatty, Nishimura, Pauly 2005]"""
    return torch.pi * (0.5625 * width**2 - 0.8) ** 0.5


def windows(points: Tensor, fine: tuple[int, ...], width: int) -> tuple[Tensor, Tensor]:
    """The grid samples under each point's window and their weights.  real[S, k] -> integer[S, k, w], real[S, k, w]"""
    sizes = torch.tensor(fine, dtype=points.dtype, device=points.device)
    place = points * (sizes / (2 * torch.pi))
    start = torch.ceil(place - width / 2)
    steps = torch.arange(width, dtype=points.dtype, device=points.device)
    away = (start - place)[..., None] + steps
    arch = (1 - (2 * away / width).square()).clamp(min=0).sqrt()
    shape = window_shape(width)
    weights = torch.special.i0e(shape * arch) * torch.exp(shape * (arch - 1))
    index = (start[..., None] + steps).long() % sizes.long()[:, None]
    return index, weights


def window_spectrum(r: Tensor, fine: int, width: int) -> Tensor:
    """The Fourier transform of the window, at the samples r of the image.  real[...] -> real[...]"""
    root = (window_shape(width) ** 2 - (torch.pi * width / fine * r).square()).sqrt()
    return width * torch.sinh(root) / root * torch.exp(-torch.full_like(root, window_shape(width)))


def outer_of(parts: list[Tensor]) -> Tensor:
    """Products over all choices of one entry from each.  real[S, w] each -> real[S, w^k]"""
    total = parts[0]
    for part in parts[1:]:
        total = (total[:, :, None] * part[:, None, :]).flatten(1)
    return total


def flat_index(index: Tensor, fine: tuple[int, ...]) -> Tensor:
    """Where the samples under a window lie in the flattened grid, over all axes but the first.  integer[S, k, w] -> integer[S, w^(k−1)]"""
    total = index.new_zeros(len(index), 1)
    for j in range(1, len(fine)):
        total = (total[:, :, None] * fine[j] + index[:, j, None, :]).flatten(1)
    return total


def interpolate(grid: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Each point's weighted sum of the grid under its window.  complex[..., m₁, …, mₖ] -> complex[..., S]"""
    k, width = index.shape[1:]
    fine = tuple(grid.shape[-k:])
    rest = flat_index(index, fine)
    inner = outer_of([weights[:, j] for j in range(1, k)]) if k > 1 else torch.ones_like(weights[:, 0, :1])
    lines = grid.flatten(-k)
    total = grid.new_zeros(*grid.shape[:-k], len(index))
    stride = torch.Size(fine[1:]).numel()
    for i in range(width):
        total = total + weights[:, 0, i] * (lines[..., index[:, 0, i, None] * stride + rest] * inner).sum(-1)
    return total


def spread_out(y: Tensor, index: Tensor, weights: Tensor, fine: tuple[int, ...]) -> Tensor:
    """The adjoint of `interpolate`.  complex[..., S] -> complex[..., m₁, …, mₖ]"""
    k, width = index.shape[1:]
    rest = flat_index(index, fine)
    inner = outer_of([weights[:, j] for j in range(1, k)]) if k > 1 else torch.ones_like(weights[:, 0, :1])
    stride = torch.Size(fine[1:]).numel()
    lines = y.new_zeros(*y.shape[:-1], torch.Size(fine).numel())
    for i in range(width):
        spread = ((y * weights[:, 0, i])[..., None] * inner).flatten(-2)
        lines = lines.index_add(-1, (index[:, 0, i, None] * stride + rest).flatten(), spread)
    return lines.unflatten(-1, fine)


# ---- what follows from it


def toeplitz_spectrum(
    points: Tensor, weights: Tensor | None = None, sizes: tuple[int, ...] = (), extra: int = 0, own: int = 0
) -> Tensor:
    """s such that Nᴴ diag(w) N is what Fᴴ diag(s) F does on a grid twice as large.  real[..., S, k], number[..., S] -> number[..., 2 n]

    Nᴴ W N is Toeplitz, with the entries Σ_s w_s exp(i ω_s · d) / n for a distance d: the adjoint of w on the larger grid.
    extra: how many axes the weights have in front of those of the points;  own: how many the points have besides S and k, and no batch.
    In double precision whatever the points are in. [Fessler, Lee, Olafsson, Shi, Noll 2005]
    """
    front = points.ndim - 2 - own
    points = points.reshape(*points.shape[:front], *(1,) * extra, *points.shape[front:])
    finest = points.double()
    w = torch.ones_like(finest[..., 0]) if weights is None else weights.expand(*weights.shape[:-1], points.shape[-2])
    w = w.to(torch.complex128 if w.is_complex() else torch.float64)
    doubled = tuple(2 * n for n in sizes)
    scale = torch.Size(doubled).numel() ** 0.5 / torch.Size(sizes).numel()
    kernel = scale * non_uniform_fourier_adjoint(w, finest, doubled)
    axes = tuple(range(-len(sizes), 0))
    spectrum = torch.fft.fftn(torch.fft.ifftshift(kernel, axes), dim=axes)
    kind = points.dtype if not w.is_complex() else points.dtype.to_complex()
    return (spectrum if w.is_complex() else spectrum.real).to(kind)


def density_weights(points: Tensor, sizes: tuple[int], size: tuple[int, ...], rounds: int = 30) -> Tensor:
    """w ≥ 0 for which Nᴴ diag(w) N is nearly the identity on images of that size.  real[..., S, k] -> real[..., S]

    ‖Nᴴ W N − I‖ is least where Q w = 1 with Q = |N Nᴴ|² entry by entry; w ← w / Q w keeps w positive [Pipe, Menon 1999].  Q is a
    transform to twice the size and back, with the image's autocorrelation between.
    """
    doubled = tuple(2 * n for n in size)
    window = points.new_full((1,) * len(size), 2.0 ** len(size))
    for r, n in zip(places(doubled, points), size, strict=True):
        window = window * (1 - r.abs() / n)
    w = torch.ones_like(points[..., 0])
    for _ in range(rounds):
        seen = non_uniform_fourier(window * non_uniform_fourier_adjoint(w, points, doubled), points)
        w = w / seen.real.clamp(min=1e-6)
    return w
