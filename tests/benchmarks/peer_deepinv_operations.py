"""Single operations in deepinv: `A_adjoint_A`, `prox_l2` and the priors' prox."""

from __future__ import annotations

from collections.abc import Callable

import deepinv
import torch
from handwritten_operations import L1_WEIGHT, RHO
from peer_deepinv import PyWaveletsPrior, channels, physics
from problems import Problem, blur, coil_maps, mri
from torch import Tensor

Call = Callable[[], Tensor]


def gram(problem: Problem) -> Call:
    operator, x = physics(problem), channels(problem.truth)
    return lambda: operator.A_adjoint_A(x)


def solve(problem: Problem) -> Call:
    """(AᴴA + RHO)⁻¹ b as the prox of the data term, which is how deepinv offers it."""
    operator, z = physics(problem), channels(problem.truth) / RHO
    y = torch.zeros_like(operator.A(z))
    return lambda: operator.prox_l2(z, y, 1 / RHO)


def extra_gram(name: str) -> Call:
    if name == "blur ∘ blur":
        problem = blur()
        once = physics(problem)
        operator, x = once * once, channels(problem.truth)
    else:
        problem = mri()
        mask = problem.parts["m"].expand(1, 2, 256, 256).clone()
        operator = deepinv.physics.MultiCoilMRI(mask=mask, coil_maps=coil_maps()[None], img_size=(2, 256, 256))
        x = channels(problem.truth)
    return lambda: operator.A_adjoint_A(x)


def prox(name: str) -> Call | None:
    x = channels(blur().y)
    if name == "wavelet L1":
        prior = PyWaveletsPrior(is_complex=False)
        return lambda: prior.prox(x, gamma=L1_WEIGHT)
    return None
