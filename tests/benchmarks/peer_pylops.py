"""The problems in PyLops and pyproximal, with step sizes from a grid search.

TV: `PrimalDual` on first derivatives with `L21`; the prox of the data term is `L2`, which runs a few warm-started conjugate
gradients. Wavelets: FISTA with `Orthogonal(L1, DWT2D)`; with a box, `GeneralizedProximalGradient`.
With TV the box is applied to what they return, as in deepinv.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pylops
import pyproximal
import torch
from problems import Problem, kernel_spectrum
from pyproximal.optimization.primal import GeneralizedProximalGradient, ProximalGradient
from pyproximal.optimization.primaldual import PrimalDual
from torch import Tensor

INNER = 5  # iterations of the solver inside the prox of the data term, warm-started


def operator(problem: Problem) -> pylops.LinearOperator:
    """PyLops' operator of the problem, flat arrays in C order."""
    inner, dtype = composed(problem), problem.truth.numpy().dtype
    return pylops.FunctionOperator(inner.matvec, inner.rmatvec, *inner.shape, dtype=dtype)  # its pieces keep their shapes


def composed(problem: Problem) -> pylops.LinearOperator:
    size = tuple(problem.truth.shape)
    if problem.kind == "inpainting":
        return pylops.Diagonal(problem.parts["m"].expand(size).numpy().ravel())
    if problem.kind == "mri":
        transform = pylops.signalprocessing.FFT2D(
            size, axes=(-2, -1), norm="ortho", ifftshift_before=True, fftshift_after=True, engine="scipy", dtype=np.complex64
        )
        return pylops.Diagonal(problem.parts["m"].expand(size).numpy().ravel().astype(np.complex64)) * transform
    blur = circular_blur(problem)
    if problem.kind == "blur":
        return blur
    kept = np.zeros(size, bool)
    kept[..., :: problem.factor, :: problem.factor] = True
    return pylops.Restriction(kept.size, np.flatnonzero(kept), dtype=np.float32) * blur


def circular_blur(problem: Problem) -> pylops.LinearOperator:
    size = tuple(problem.truth.shape)
    transform = pylops.signalprocessing.FFTND(size, axes=(-2, -1), norm="ortho", real=True, engine="scipy", dtype=np.float32)
    spectrum = kernel_spectrum(problem.parts["h"], size[-2:]).expand(*size[:-2], -1, -1)
    return transform.H * pylops.Diagonal(spectrum.numpy().ravel()) * transform


def gradient(problem: Problem) -> pylops.LinearOperator:
    size, dtype = tuple(problem.truth.shape), problem.truth.numpy().dtype
    axes = (len(size) - 2, len(size) - 1)
    return pylops.VStack([pylops.FirstDerivative(size, axis=axis, kind="forward", edge=False, dtype=dtype) for axis in axes])


def solver(problem: Problem, threshold: float = 0.1) -> Callable[[int], Tensor]:
    """A function from a number of iterations to pyproximal's result; `threshold`, a length of gradients, sets its step."""
    if problem.kind == "denoising":
        return denoiser(problem)
    run = tv if problem.prior == "tv" else wavelet

    def solve(iterations: int) -> Tensor:
        x = run(problem, threshold, iterations).reshape(problem.truth.shape)
        x = torch.from_numpy(np.ascontiguousarray(x)).to(problem.truth.dtype)
        return x if problem.box is None else x.clamp(*problem.box)

    return solve


def denoiser(problem: Problem) -> Callable[[int], Tensor]:
    """pyproximal's `TV`, channel by channel."""

    def run(iterations: int) -> Tensor:
        weight = problem.weight * problem.sigma**2
        prox = pyproximal.TV(dims=tuple(problem.y.shape[-2:]), sigma=weight, niter=iterations, rtol=0.0)
        x = [prox.prox(channel.numpy().ravel(), 1.0).reshape(channel.shape) for channel in problem.y]
        return torch.from_numpy(np.stack(x).astype(np.float32))

    return run


def tv(problem: Problem, threshold: float, iterations: int) -> np.ndarray:
    A, y = operator(problem), problem.y.numpy().ravel()
    start = (A.H @ y).ravel().astype(problem.truth.numpy().dtype)
    data = pyproximal.L2(Op=A, b=y, sigma=1 / problem.sigma**2, niter=INNER, warm=True, x0=start.copy(), solver="cg")
    regulariser = pyproximal.L21(ndim=2, sigma=problem.weight)
    dual = problem.weight / threshold
    return PrimalDual(data, regulariser, gradient(problem), x0=start, tau=1 / (8 * dual), mu=dual, niter=iterations)


def wavelet(problem: Problem, threshold: float, iterations: int) -> np.ndarray:
    A, y, size = operator(problem), problem.y.numpy().ravel(), tuple(problem.truth.shape)
    transform = pylops.signalprocessing.DWT2D(size, axes=(-2, -1), wavelet="db4", level=3, dtype=problem.truth.numpy().dtype)
    start = (A.H @ y).ravel().astype(problem.truth.numpy().dtype)
    data = pyproximal.L2(Op=A, b=y, sigma=1 / problem.sigma**2)
    regulariser = pyproximal.Orthogonal(pyproximal.L1(sigma=problem.weight), transform)
    if problem.box is not None:
        box = pyproximal.Box(*problem.box)
        return GeneralizedProximalGradient([data], [regulariser, box], start, tau=problem.sigma**2, niter=iterations)
    return ProximalGradient(data, regulariser, x0=start, tau=problem.sigma**2, niter=iterations, acceleration="fista")
