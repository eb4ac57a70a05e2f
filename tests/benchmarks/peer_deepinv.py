"""The problems in deepinv, with the fastest of its methods that we found and step sizes from a grid search.

TV: Chambolle–Pock (`PDCP`) with the data term's closed-form prox and `L12Prior` on `TVPrior.nabla`; this is many times
faster than `PGD` or `FISTA` with `TVPrior`, whose prox is itself iterative. Wavelets: `ADMM` with the closed-form prox, with
a box `PDCP` on (W x, x). `WaveletPrior` leaves the coarse band free, so priors of ours regularise all bands, by PyWavelets.
With TV the box is applied to what deepinv returns. lambda is folded into sigma: `PDCP`'s dual prox is right for lambda = 1.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import deepinv
import torch
from deepinv.models import TVDenoiser
from deepinv.optim import ADMM, PDCP, L12Prior, TVPrior
from deepinv.optim.data_fidelity import L2
from deepinv.optim.prior import Prior
from priors import inverse_wavelet
from priors import wavelet as wavelet_bands
from problems import Problem
from torch import Tensor

warnings.filterwarnings("ignore", module="deepinv")


class PyWaveletsPrior(Prior):
    """‖W x‖₁ with all bands, by PyWavelets; of complex images in two channels the magnitude counts."""

    def __init__(self, is_complex: bool):
        super().__init__()
        self.explicit_prior, self.is_complex = True, is_complex

    def fn(self, x: Tensor, *args, **kwargs) -> Tensor:
        c = wavelet_bands(x)
        return (c.square().sum(1).sqrt() if self.is_complex else c.abs()).sum().reshape(1)

    def prox(self, x: Tensor, *args, gamma: float = 1.0, **kwargs) -> Tensor:
        c = wavelet_bands(x)
        size = c.square().sum(1, keepdim=True).sqrt() if self.is_complex else c.abs()
        return inverse_wavelet(c * (1 - gamma / size.clamp(min=1e-30)).clamp(min=0))


class SparseAndBoxed(Prior):
    """‖c‖₁ of the first half of the batch, and a box on the second: for `PDCP` with K x = (W x, x)."""

    def __init__(self, box: tuple[float, float]):
        super().__init__()
        self.explicit_prior, self.box = True, box

    def fn(self, x: Tensor, *args, **kwargs) -> Tensor:
        return x[:1].abs().sum().reshape(1)

    def prox(self, x: Tensor, *args, gamma: float = 1.0, **kwargs) -> Tensor:
        return torch.cat((torch.nn.functional.softshrink(x[:1], float(gamma)), x[1:].clamp(*self.box)))


def physics(problem: Problem):
    """deepinv's operator of the problem."""
    shape = (2 if problem.truth.is_complex() else problem.truth.shape[0], *problem.truth.shape[-2:])
    if problem.kind == "blur":
        return deepinv.physics.BlurFFT(img_size=shape, filter=problem.parts["h"][None, None])
    if problem.kind == "inpainting":
        return deepinv.physics.Inpainting(img_size=shape, mask=problem.parts["m"].expand(shape).clone())
    if problem.kind == "mri":
        return deepinv.physics.MRI(mask=problem.parts["m"].expand(shape).clone()[None])
    return deepinv.physics.Downsampling(
        img_size=shape, filter=problem.parts["h"][None, None], factor=problem.factor, padding="circular"
    )


def channels(x: Tensor) -> Tensor:
    """As deepinv wants it: (1, C, H, W), complex numbers as two channels."""
    return torch.stack((x.real, x.imag))[None] if x.is_complex() else x[None]


def from_channels(x: Tensor, problem: Problem) -> Tensor:
    return torch.complex(x[0, 0], x[0, 1]) if problem.truth.is_complex() else x[0]


def solver(problem: Problem, threshold: float = 0.1) -> Callable[[int], Tensor]:
    """A function from a number of iterations to deepinv's reconstruction; `threshold` sets its step (a length of gradients)."""
    if problem.kind == "denoising":
        return denoiser(problem)
    operator, y = physics(problem), channels(problem.y)
    scaled = L2(sigma=problem.sigma * math.sqrt(problem.weight))
    is_complex = problem.truth.is_complex()

    def run(iterations: int) -> Tensor:
        with torch.no_grad():
            model = (tv if problem.prior == "tv" else wavelet)(problem, scaled, is_complex, threshold, iterations)
            x = from_channels(model(y, operator), problem)
        return x if problem.box is None else x.clamp(*problem.box)

    return run


def denoiser(problem: Problem) -> Callable[[int], Tensor]:
    """`TVDenoiser`, which is over-relaxed Condat–Vũ with its own step."""

    def run(iterations: int) -> Tensor:
        prox = TVDenoiser(n_it_max=iterations, crit=0.0)
        with torch.no_grad():
            return prox(channels(problem.y), ths=problem.weight * problem.sigma**2)[0]

    return run


def tv(problem: Problem, fidelity: L2, is_complex: bool, threshold: float, iterations: int):
    prior = TVPrior()

    def joint(x: Tensor) -> Tensor:  # complex TV couples the two channels
        g = prior.nabla(x)
        return torch.cat((g[:, 0], g[:, 1]), -1) if is_complex else g

    def joint_adjoint(g: Tensor) -> Tensor:
        return prior.nabla_adjoint(torch.stack((g[..., :2], g[..., 2:]), 1) if is_complex else g)

    def start(y: Tensor, operator) -> dict:
        x = operator.A_adjoint(y)
        return {"est": (x, x, torch.zeros_like(joint(x)))}

    return PDCP(
        K=joint,
        K_adjoint=joint_adjoint,
        data_fidelity=fidelity,
        prior=L12Prior(l2_axis=-1),
        stepsize=threshold / 8,
        stepsize_dual=1 / threshold,
        g_first=True,
        custom_init=start,
        max_iter=iterations,
    )


def wavelet(problem: Problem, fidelity: L2, is_complex: bool, threshold: float, iterations: int):
    if problem.box is None:
        return ADMM(data_fidelity=fidelity, prior=PyWaveletsPrior(is_complex), stepsize=threshold, max_iter=iterations)

    def both(x: Tensor) -> Tensor:
        return torch.cat((wavelet_bands(x), x))

    def start(y: Tensor, operator) -> dict:
        x = operator.A_adjoint(y)
        return {"est": (x, x, torch.zeros_like(both(x)))}

    return PDCP(
        K=both,
        K_adjoint=lambda c: inverse_wavelet(c[:1]) + c[1:],
        data_fidelity=fidelity,
        prior=SparseAndBoxed(problem.box),
        stepsize=threshold / 2,
        stepsize_dual=1 / threshold,
        g_first=True,
        custom_init=start,
        max_iter=iterations,
    )
