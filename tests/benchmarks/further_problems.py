"""Problems beyond the first table's: TGV, projections, coils, trajectories, counts; and all that `objectives.py` solves.

Sides are parameters, so that solvers of small problems can be measured too. Noise, box and objective are those of `problems.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import finufft
import numpy as np
import torch
from problems import (
    Problem,
    astronaut,
    blur,
    brain,
    coil_maps,
    convolve,
    correlate,
    double,
    fourier,
    gaussian_kernel,
    inpainting,
    inverse_fourier,
    measured,
    super_resolution,
)
from scipy.sparse import coo_array, csr_array
from torch import Tensor


@dataclass(frozen=True)
class CountingProblem(Problem):
    """Counts: y = gain k, k ~ Poisson((A x + background) / gain); sigma is not used."""

    background: float = 0.02
    gain: float = 0.01

    def fidelity(self, x: Tensor) -> Tensor:
        """Kullback–Leibler's divergence of y and A x + background, over the gain: the likelihood with its constants."""
        mean, y = (self.forward(x) + self.background).clamp(min=1e-30), self.y.to(double(x.dtype))
        return (mean - y + torch.xlogy(y, y / mean)).sum() / self.gain


def objectives_problems(side: int = 128) -> list[Problem]:
    """The problems of the table of objectives, gray."""
    return [
        blur("tv", 20.0, gray=True, side=side),
        blur("tgv", 20.0, gray=True, side=side),
        blur("wavelet", 10.0, gray=True, side=side),
        inpainting(gray=True, side=side),
        tomography(side=side),
        multicoil(side=side),
        radial(side=side),
        super_resolution(gray=True, side=side),
        counts(side=side),
    ]


def tomography(weight: float = 20.0, sigma: float = 0.3, side: int = 128) -> Problem:
    """The astronaut from half as many views as it has rows, parallel rays one sample apart that see the disk in it."""
    angles = torch.arange(side // 2) * (360 / side)
    matrix = joseph(side, angles.double().numpy())
    norm2 = float(abs(matrix).sum(0).max() * abs(matrix).sum(1).max())
    rays = (len(angles), side)
    at = {torch.float64: matrix, torch.float32: matrix.astype(np.float32)}
    back = {dtype: kept.T.tocsr() for dtype, kept in at.items()}
    return measured(
        Problem(
            name="ct_tv",
            kind="tomography",
            prior="tv",
            truth=astronaut(gray=True, side=side).float(),
            y=torch.empty(0),
            forward=lambda x: torch.from_numpy(at[x.dtype] @ x.numpy().ravel()).view(1, *rays),
            adjoint=lambda y: torch.from_numpy(back[y.dtype] @ y.numpy().ravel()).view(1, side, side),
            sigma=sigma,
            weight=weight,
            box=(0.0, 1.0),
            parts={"a": angles},
            matrix=matrix,
            norm2=norm2,
        )
    )


def joseph(side: int, degrees: np.ndarray) -> csr_array:
    """The matrix of parallel projections, linear between the samples of each row (or column) that a ray crosses [Joseph 1982].

    At 0° rays run down the columns; angles turn counter-clockwise, y goes up. (views · side, side²)
    """
    middle = (side - 1) / 2
    offsets = np.arange(side) - middle
    rows, columns, values = [], [], []
    for view, angle in enumerate(np.deg2rad(degrees)):
        across, along = np.array([-np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), np.sin(angle)])  # (down, right)
        axis = int(np.argmax(np.abs(along)))
        steps = (offsets[None, :] - offsets[:, None] * across[axis]) / along[axis]  # of each ray to each row
        place = offsets[:, None] * across[1 - axis] + steps * along[1 - axis] + middle
        below = np.floor(place).astype(int)
        for shift, share in ((0, 1 - place + below), (1, place - below)):
            at = below + shift
            inside = (at >= 0) & (at < side)
            ray, crossed = np.nonzero(inside)
            first, second = (crossed, at[inside]) if axis == 0 else (at[inside], crossed)
            rows.append(view * side + ray)
            columns.append(first * side + second)
            values.append(share[inside] / abs(along[axis]))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(len(degrees) * side, side * side)).tocsr()


def multicoil(weight: float = 10.0, sigma: float = 0.02, coils: int = 8, side: int = 128) -> Problem:
    """Eight coils, every fifth column at random and the central 8 %."""
    mask = (torch.rand(1, side, generator=torch.Generator().manual_seed(2)) < 0.2).float()
    mask[:, side // 2 - side // 25 : side // 2 + side // 25] = 1
    maps = coil_maps(coils, side).to(torch.complex64)

    def adjoint(y: Tensor) -> Tensor:
        return (maps.conj() * inverse_fourier(mask * y)).sum(0)

    return measured(
        Problem(
            name="multicoil_wavelet",
            kind="multicoil",
            prior="wavelet",
            truth=brain(side).to(torch.complex64),
            y=torch.empty(0),
            forward=lambda x: mask * fourier(maps * x),
            adjoint=adjoint,
            sigma=sigma,
            weight=weight,
            box=None,
            parts={"m": mask, "s": maps},
            norm2=float(maps.abs().square().sum(0).max()),
        )
    )


def radial(weight: float = 10.0, sigma: float = 0.02, side: int = 128) -> Problem:
    """One coil along side / 4 spokes, one golden angle after the other, two samples for each of the image's."""
    spokes, samples = side // 4, 2 * side
    angle = torch.arange(spokes, dtype=torch.float64) * torch.pi * (5**0.5 - 1) / 2
    radius = (torch.arange(samples, dtype=torch.float64) - side) * (torch.pi / side)
    points = torch.stack((angle.sin()[:, None] * radius, angle.cos()[:, None] * radius), -1).view(-1, 2)
    truth = brain(side).to(torch.complex64)
    problem = Problem(
        name="radial_wavelet",
        kind="radial",
        prior="wavelet",
        truth=truth,
        y=torch.empty(0),
        forward=lambda x: at_frequencies(x, points),
        adjoint=lambda y: from_frequencies(y, points, (side, side)),
        sigma=sigma,
        weight=weight,
        box=None,
        parts={"p": points.float()},
    )
    return measured(Problem(**{**vars(problem), "norm2": 1.02 * squared_norm(problem)}))


def at_frequencies(x: Tensor, points: Tensor) -> Tensor:
    """n^(−½) Σ_r x_r exp(−i ω_s · (r − n // 2)), by FINUFFT. x : (H, W), points : (S, 2) -> (S,)"""
    first, second = points.to(x.real.dtype).numpy().T
    exact = 1e-12 if x.dtype == torch.complex128 else 1e-6
    made = finufft.nufft2d2(first.copy(), second.copy(), x.numpy(), isign=-1, eps=exact, nthreads=1)
    return torch.from_numpy(made / np.sqrt(x.numel()).astype(made.real.dtype))


def from_frequencies(y: Tensor, points: Tensor, size: tuple[int, int]) -> Tensor:
    """Its adjoint."""
    first, second = points.to(y.real.dtype).numpy().T
    exact = 1e-12 if y.dtype == torch.complex128 else 1e-6
    made = finufft.nufft2d1(first.copy(), second.copy(), y.numpy(), size, isign=1, eps=exact, nthreads=1)
    return torch.from_numpy(made / np.sqrt(size[0] * size[1]).astype(made.real.dtype))


def squared_norm(problem: Problem, rounds: int = 100) -> float:
    """‖A‖² by power iteration, from below."""
    x = torch.randn(problem.truth.shape, dtype=problem.truth.dtype, generator=torch.Generator().manual_seed(0))
    for _ in range(rounds):
        x = problem.adjoint(problem.forward(x / x.norm()))
    return float(x.norm())


def counts(weight: float = 4.0, side: int = 128) -> Problem:
    """The blurred astronaut with stray light, some fifty photons a pixel."""
    kernel = gaussian_kernel().float()
    problem = CountingProblem(
        name="poisson_tv",
        kind="counts",
        prior="tv",
        truth=astronaut(gray=True, side=side).float(),
        y=torch.empty(0),
        forward=lambda x: convolve(x, kernel.to(x.dtype)),
        adjoint=lambda y: correlate(y, kernel.to(y.dtype)),
        sigma=1.0,
        weight=weight,
        box=(0.0, float("inf")),
        parts={"h": kernel},
    )
    mean = (problem.forward(problem.truth) + problem.background).clamp(min=0) / problem.gain
    y = problem.gain * torch.poisson(mean, generator=torch.Generator().manual_seed(0))
    return CountingProblem(**{**vars(problem), "y": y})
