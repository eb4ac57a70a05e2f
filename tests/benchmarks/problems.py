"""The problems that the benchmark solves, as plain torch data, with their exact objectives and reference optima.

Conventions: convolution is a true, circular convolution whose kernel is centred at n // 2; the Fourier transform is
orthonormal and centred; the objective is 1 / (2 sigma²) ‖A x − y‖² + weight R(x) over the box, with R as in `priors.py`.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from matplotlib import cbook
from priors import VALUES
from scipy.sparse import csr_array
from skimage import data
from torch import Tensor

Map = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Problem:
    """One inverse problem: data y of shape (…), unknown of the shape of `truth`, and what the objective is made of."""

    name: str
    kind: str  # of measurement: blur, inpainting, …
    prior: str  # tv | wavelet | tgv
    truth: Tensor
    y: Tensor
    forward: Map
    adjoint: Map
    sigma: float
    weight: float
    box: tuple[float, float] | None
    parts: dict[str, Tensor] = field(default_factory=dict)
    factor: int = 1
    norm2: float = 1.0  # an upper bound of ‖A‖²
    matrix: csr_array | None = None  # A, where all programs take the same one

    def fidelity(self, x: Tensor) -> Tensor:
        """1 / (2 sigma²) ‖A x − y‖², a scalar of double precision."""
        residual = (self.forward(x) - self.y).to(double(x.dtype))
        return residual.abs().square().sum() / (2 * self.sigma**2)

    def objective(self, x: Tensor) -> float:
        """The objective at x, computed in double precision; x is clipped to the box first, where there is one."""
        x = x.to(double(x.dtype))
        if self.box is not None:
            x = x.clamp(*self.box)
        return float(self.fidelity(x) + self.weight * VALUES[self.prior](x))


def double(dtype: torch.dtype) -> torch.dtype:
    """The double-precision type of the same field."""
    return torch.complex128 if dtype.is_complex else torch.float64


def astronaut(gray: bool = False, side: int = 256) -> Tensor:
    """scikit-image's astronaut, (3, side, side) in [0, 1], averaged over squares of its pixels."""
    picture = torch.from_numpy(data.astronaut()).permute(2, 0, 1).double() / 255
    picture = torch.nn.functional.avg_pool2d(picture, 512 // side)
    return picture.mean(0, keepdim=True) if gray else picture


def brain(side: int = 256) -> Tensor:
    """matplotlib's brain slice s1045 with a smooth phase, complex (side, side), of 256² samples largest magnitude 1."""
    with cbook.get_sample_data("s1045.ima.gz") as file:
        raw = file.read()
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    magnitude = torch.from_numpy(np.frombuffer(raw, np.uint16).reshape(256, 256).astype(np.float64))
    magnitude = torch.nn.functional.avg_pool2d(magnitude[None] / magnitude.max(), 256 // side)[0]
    axis = torch.linspace(-1, 1, side, dtype=torch.float64)
    phase = 1.2 * axis[:, None] + 0.8 * axis[None, :] ** 2
    return torch.polar(magnitude, phase)


def coil_maps(coils: int = 8, side: int = 256) -> Tensor:
    """Smooth sensitivities around the image, complex (coils, side, side)."""
    axis = torch.linspace(-1, 1, side)
    angle = 2 * torch.pi * torch.arange(coils)[:, None, None] / coils
    distance = (axis[:, None] - 1.2 * angle.sin()).square() + (axis - 1.2 * angle.cos()).square()
    return torch.polar(torch.exp(-distance), angle + axis[:, None] * axis)


def gaussian_kernel(size: int = 9, sigma: float = 1.6) -> Tensor:
    """A normalised Gaussian, (size, size)."""
    axis = torch.arange(size, dtype=torch.float64) - size // 2
    line = torch.exp(-axis.square() / (2 * sigma**2))
    kernel = line[:, None] * line[None, :]
    return kernel / kernel.sum()


def convolve(x: Tensor, kernel: Tensor) -> Tensor:
    """Circular convolution of x : (..., H, W) with a kernel centred at n // 2, in the precision of x."""
    spectrum = kernel_spectrum(kernel, x.shape[-2:]).to(torch.complex64 if x.dtype == torch.float32 else torch.complex128)
    return torch.fft.irfft2(spectrum * torch.fft.rfft2(x), s=x.shape[-2:])


def kernel_spectrum(kernel: Tensor, size: tuple[int, int]) -> Tensor:
    """The half spectrum of the kernel with its centre at the origin."""
    rows, columns = kernel.shape
    padded = kernel.new_zeros(size)
    padded[:rows, :columns] = kernel
    return torch.fft.rfft2(padded.roll((-(rows // 2), -(columns // 2)), (0, 1)))


def correlate(y: Tensor, kernel: Tensor) -> Tensor:
    """The adjoint of `convolve`."""
    spectrum = kernel_spectrum(kernel, y.shape[-2:]).to(torch.complex64 if y.dtype == torch.float32 else torch.complex128)
    return torch.fft.irfft2(spectrum.conj() * torch.fft.rfft2(y), s=y.shape[-2:])


def fourier(x: Tensor) -> Tensor:
    """The orthonormal, centred transform over the last two axes."""
    axes = (-2, -1)
    return torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(x, axes), norm="ortho"), axes)


def inverse_fourier(x: Tensor) -> Tensor:
    axes = (-2, -1)
    return torch.fft.fftshift(torch.fft.ifft2(torch.fft.ifftshift(x, axes), norm="ortho"), axes)


def enlarge(y: Tensor, factor: int) -> Tensor:
    """The adjoint of `x[..., ::factor, ::factor]`."""
    x = y.new_zeros(*y.shape[:-2], y.shape[-2] * factor, y.shape[-1] * factor)
    x[..., ::factor, ::factor] = y
    return x


def blur(
    prior: str = "tv", weight: float = 20.0, sigma: float = 0.02, scale: float = 1.0, gray: bool = False, side: int = 256
) -> Problem:
    """Gaussian blur of the astronaut. `scale` multiplies picture, box and sigma, for tests of step rules."""
    kernel = gaussian_kernel().float()
    return measured(
        Problem(
            name=f"{prior}_deblur",
            kind="blur",
            prior=prior,
            truth=(astronaut(gray, side) * scale).float(),
            y=torch.empty(0),
            forward=lambda x: convolve(x, kernel.to(x.dtype)),
            adjoint=lambda y: correlate(y, kernel.to(y.dtype)),
            sigma=sigma * scale,
            weight=weight / scale,
            box=(0.0, scale),
            parts={"h": kernel},
        )
    )


def denoising(weight: float = 20.0, sigma: float = 0.05, scale: float = 1.0, gray: bool = False) -> Problem:
    """The astronaut with noise and no box: the minimiser is the prox of sigma² weight TV."""
    return measured(
        Problem(
            name="tv_prox",
            kind="denoising",
            prior="tv",
            truth=(astronaut(gray) * scale).float(),
            y=torch.empty(0),
            forward=lambda x: x,
            adjoint=lambda y: y,
            sigma=sigma * scale,
            weight=weight / scale,
            box=None,
        )
    )


def inpainting(
    weight: float = 20.0, sigma: float = 0.02, scale: float = 1.0, gray: bool = False, kept: float = 0.5, side: int = 256
) -> Problem:
    """Half of the astronaut's pixels, the same in every channel."""
    truth = (astronaut(gray, side) * scale).float()
    mask = (torch.rand(1, side, side, generator=torch.Generator().manual_seed(1)) < kept).float()
    return measured(
        Problem(
            name="inpainting",
            kind="inpainting",
            prior="tv",
            truth=truth,
            y=torch.empty(0),
            forward=lambda x: mask * x,
            adjoint=lambda y: mask * y,
            sigma=sigma * scale,
            weight=weight / scale,
            box=(0.0, scale),
            parts={"m": mask},
        )
    )


def mri(prior: str = "wavelet", weight: float = 20.0, sigma: float = 0.02, scale: float = 1.0) -> Problem:
    """One coil, every fourth column at random and the central 8 %. sigma is that of the real and of the imaginary part."""
    mask = (torch.rand(1, 256, generator=torch.Generator().manual_seed(2)) < 0.2).float()
    mask[:, 118:138] = 1
    return measured(
        Problem(
            name=f"{prior}_mri",
            kind="mri",
            prior=prior,
            truth=(brain() * scale).to(torch.complex64),
            y=torch.empty(0),
            forward=lambda x: mask * fourier(x),
            adjoint=lambda y: inverse_fourier(mask * y),
            sigma=sigma * scale,
            weight=weight / scale,
            box=None,
            parts={"m": mask},
        )
    )


def super_resolution(
    weight: float = 20.0, sigma: float = 0.02, scale: float = 1.0, gray: bool = False, factor: int = 2, side: int = 256
) -> Problem:
    """The blurred astronaut, every `factor`-th pixel of each axis."""
    kernel = gaussian_kernel().float()
    return measured(
        Problem(
            name="super_resolution",
            kind="super_resolution",
            prior="tv",
            truth=(astronaut(gray, side) * scale).float(),
            y=torch.empty(0),
            forward=lambda x: convolve(x, kernel.to(x.dtype))[..., ::factor, ::factor],
            adjoint=lambda y: correlate(enlarge(y, factor), kernel.to(y.dtype)),
            sigma=sigma * scale,
            weight=weight / scale,
            box=(0.0, scale),
            parts={"h": kernel},
            factor=factor,
        )
    )


def measured(problem: Problem) -> Problem:
    """The problem with y drawn from its truth; masked-out samples stay zero."""
    clean = problem.forward(problem.truth)
    parts = torch.view_as_real(clean) if clean.is_complex() else clean
    noise = problem.sigma * torch.randn(parts.shape, generator=torch.Generator().manual_seed(0))
    noise = torch.view_as_complex(noise) if clean.is_complex() else noise
    kept = problem.parts.get("m", torch.ones(()))
    return replace(problem, y=clean + kept * noise)


def all_problems() -> list[Problem]:
    """The problems of the published table."""
    deblurring = [blur("tv", 20.0), blur("wavelet", 10.0)]
    return [*deblurring, inpainting(), mri("wavelet", 10.0), mri("tv", 20.0), super_resolution(), denoising()]


def optimum(problem: Problem, iterations: int = 4000) -> float:
    """The least objective, by a long run of an independent method in double precision, cached between runs."""
    from reference import minimise

    text = "|".join(str(part) for part in (problem.name, problem.sigma, problem.weight, problem.box, problem.factor, iterations))
    key = hashlib.sha256(text.encode() + problem.y.numpy().tobytes()).hexdigest()[:20]
    path = Path(tempfile.gettempdir()) / "invlang-benchmark" / f"{key}.npy"
    if path.exists():
        return float(np.load(path))
    value = problem.objective(minimise(problem, iterations))
    path.parent.mkdir(exist_ok=True)
    np.save(path, value)
    return value
