"""Kernels of microscopes: Zernike polynomials, spots that diffraction and aberrations leave of a point, their decomposition."""

import torch
from torch import Tensor


def zernike(number: int, rho: Tensor, theta: Tensor) -> Tensor:
    """The Zernike polynomial of that Noll index, of mean square 1 over the disk ρ ≤ 1.  real[...], real[...] -> real[...]

    Noll, Zernike polynomials and atmospheric turbulence (1976): even numbers have cosines, odd ones sines.
    """
    n = 0
    while (n + 1) * (n + 2) // 2 < number:
        n += 1
    place = number - n * (n + 1) // 2
    m = 2 * (place // 2) if n % 2 == 0 else 2 * ((place - 1) // 2) + 1
    radial = torch.zeros_like(rho)
    for k in range((n - m) // 2 + 1):
        weight = (-1.0) ** k  # times (n − k over k) and (n − 2k over (n − m)/2 − k)
        for a, b in ((n - k, k), (n - 2 * k, (n - m) // 2 - k)):
            for j in range(b):
                weight *= (a - j) / (j + 1)
        radial = radial + weight * rho ** (n - 2 * k)
    if m == 0:
        return (n + 1) ** 0.5 * radial
    return (2 * (n + 1)) ** 0.5 * radial * ((m * theta).cos() if number % 2 == 0 else (m * theta).sin())


def pupils(
    lead: tuple[int, ...], cutoff: float, amplitude: float, first: int, last: int, size: int, generator: torch.Generator | None
) -> Tensor:
    """Pupils with random aberrations, Σ_k a_k Z_k waves, each a_k even between −amplitude and amplitude.  -> complex[lead, N, N]

    On the frequencies of an FFT; the disk of radius `cutoff` has an edge that is one sample wide.
    """
    f = torch.fft.fftfreq(size, dtype=torch.float64) / cutoff
    rho, theta = torch.hypot(f[:, None], f[None, :]), torch.atan2(f[:, None], f[None, :])
    disk = ((1 - rho) * cutoff * size + 0.5).clamp(0, 1)
    modes = torch.stack([zernike(k, rho.clamp(max=1.5), theta) for k in range(first, last + 1)])
    waves = amplitude * (2 * torch.rand(*lead, last - first + 1, generator=generator, dtype=torch.float64) - 1)
    return disk * torch.polar(torch.ones((), dtype=torch.float64), -2 * torch.pi * torch.tensordot(waves, modes, 1))


def spots(pupil: Tensor) -> Tensor:
    """The intensity that a pupil makes of a point, the middle at index 0.  complex[..., N, N] -> real[..., N, N]"""
    return torch.fft.ifft2(pupil).abs().square()


def around_zero(field: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The part of a periodic field around index 0, which moves to ⌊n/2⌋.  real[..., N, N] -> real[..., p, q]"""
    return field.roll((sizes[0] // 2, sizes[1] // 2), (-2, -1))[..., : sizes[0], : sizes[1]]


def diffraction_blur(
    sizes: tuple[int, ...], like: Tensor, cutoff: float = 0.2, amplitude: float = 0.15, first: int = 4, last: int = 11,
    pupil: int = 256, generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """The spot of a lens with random aberrations, summing to one.  -> real[..., p, q]"""
    size = max(pupil, *sizes[-2:])
    h = around_zero(spots(pupils(sizes[:-2], cutoff, amplitude, first, last, size, generator)), sizes[-2:])
    return (h / h.sum((-2, -1), keepdim=True)).to(like.device, like.real.dtype)


def defocused(pupil: Tensor, depth: int, wavenumber: float, step: float) -> Tensor:
    """The pupil in planes around the focus, at index ⌊D/2⌋.  complex[..., N, N] -> complex[..., D, N, N]"""
    f = torch.fft.fftfreq(pupil.shape[-1], dtype=torch.float64)
    along = (wavenumber**2 - f[:, None].square() - f[None, :].square()).clamp(min=0).sqrt()
    z = step * (torch.arange(depth, dtype=torch.float64) - depth // 2).reshape(-1, 1, 1)
    return pupil.unsqueeze(-3) * torch.polar(torch.ones((), dtype=torch.float64), -2 * torch.pi * z * along)


def diffraction_volume(
    sizes: tuple[int, ...], like: Tensor, cutoff: float = 0.2, wavenumber: float = 0.25, step: float = 1.0,
    amplitude: float = 0.15, first: int = 4, last: int = 11, pupil: int = 128, generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """The spot through focus, plane by plane, summing to one.  -> real[..., D, p, q]"""
    size = max(pupil, *sizes[-2:])
    flat = pupils(sizes[:-3], cutoff, amplitude, first, last, size, generator)
    h = around_zero(spots(defocused(flat, sizes[-3], wavenumber, step)), sizes[-2:])
    return (h / h.sum((-3, -2, -1), keepdim=True)).to(like.device, like.real.dtype)


def confocal_volume(
    sizes: tuple[int, ...], like: Tensor, aperture: float = 1.37, index: float = 1.51, illumination: float = 489.0,
    collection: float = 525.0, pixel: float = 50.0, step: float = 100.0, pinhole: float = 1.0, amplitude: float = 0.1,
    first: int = 4, last: int = 11, pupil: int = 128, generator: torch.Generator | None = None,
) -> Tensor:  # fmt: skip
    """Illumination ⊙ (collection * pinhole), summing to one; lengths in nanometres.  -> real[..., D, p, q]"""
    size, made = max(pupil, *sizes[-2:]), []
    for wavelength in (illumination, collection):
        flat = pupils(sizes[:-3], aperture * pixel / wavelength, amplitude, first, last, size, generator)
        made.append(spots(defocused(flat, sizes[-3], index * pixel / wavelength, step / pixel)))
    away = torch.fft.fftfreq(size, 1 / size, dtype=torch.float64)
    hole = pinhole * 0.61 * collection / aperture / pixel
    disk = (hole + 0.5 - torch.hypot(away[:, None], away[None, :])).clamp(0, 1)
    seen = torch.fft.ifft2(torch.fft.fft2(made[1]) * torch.fft.fft2(disk)).real.clamp(min=0)
    h = around_zero(made[0], sizes[-2:]) * around_zero(seen, sizes[-2:])
    return (h / h.sum((-3, -2, -1), keepdim=True)).to(like.device, like.real.dtype)


# ---- blurs that change over the image


def eigen_psfs(psfs: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The best `count` kernels for all spots, of length 1 and with a sum that is not negative, and their shares in each spot.

    real[..., G, p, q] -> real[..., K, p q], real[..., G, K]
    """
    flat = psfs.flatten(-2)
    kernels = torch.linalg.svd(flat, full_matrices=False).Vh[..., :count, :]
    kernels = torch.where(kernels.sum(-1, keepdim=True) < 0, -kernels, kernels)
    return kernels, flat @ kernels.mT


def product_convolution_blur(psfs: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The K eigen-spots of spots on a grid.  real[..., G, p, q] -> real[..., K, p, q]"""
    kernels, _ = eigen_psfs(psfs, sizes[-3])
    return kernels.unflatten(-1, psfs.shape[-2:])


def product_convolution_weights(psfs: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The shares of the eigen-spots in every pixel, between the √G × √G grid points by thin plates.  real[..., G, p, q] -> real[..., K, H, W]"""
    shares = eigen_psfs(psfs, sizes[-3])[1]
    side = round(shares.shape[-2] ** 0.5)
    nodes, pixels = (grid_points(s, psfs) for s in ((side, side), sizes[-2:]))
    return (thin_plate(nodes, pixels) @ shares).mT.unflatten(-1, sizes[-2:])


def grid_points(sizes: tuple[int, ...], like: Tensor) -> Tensor:
    """Points of the unit square, row by row, its borders included.  -> real[n, 2]"""
    ends = [torch.linspace(0, 1, n, dtype=like.dtype, device=like.device) for n in sizes]
    return torch.cartesian_prod(*ends).reshape(-1, 2)


def thin_plate(nodes: Tensor, points: Tensor) -> Tensor:
    """What values at the nodes contribute to a thin plate through them, at the points.  real[n, 2], real[m, 2] -> real[m, n]

    The plate is a + b·p + Σ c_i φ(|p − p_i|) with φ(r) = r² log r and c orthogonal to 1 and to the nodes. [Duchon 1977]
    """
    n = nodes.shape[0]
    sides = [torch.cat([torch.ones_like(p[:, :1]), p], 1) for p in (nodes, points)]
    bends = [torch.special.xlogy(r2, r2) / 2 for r2 in (torch.cdist(p, nodes).square() for p in (nodes, points))]
    system = torch.cat([torch.cat([bends[0], sides[0]], 1), torch.cat([sides[0].mT, nodes.new_zeros(3, 3)], 1)])
    values = torch.cat([torch.eye(n, dtype=nodes.dtype, device=nodes.device), nodes.new_zeros(3, n)])
    return torch.cat([bends[1], sides[1]], 1) @ torch.linalg.lstsq(system, values).solution
