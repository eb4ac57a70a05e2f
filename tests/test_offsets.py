"""What is subtracted from an unknown inside a functional has fewer axes than the unknown, or none: it stands for an array of all of them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import invlang

ONE = """
dim H = 6, W = 5
unknown x : real[H, W]
given   h : real[3, 3]
given   c : real[1, W]
data    y ~ Normal(x, sigma = 0.5)
reconstruct r {{ minimize fidelity(y) + {} by {}(iterations = 400) }}
"""

TWO = """
unknown u : real[4, 5]
unknown v : real[{}]
data    y ~ Normal({}, sigma = 0.5)
reconstruct r {{ minimize fidelity(y) + 0.3 * sq(u) + 2 * sq(v - 0.3) {} }}
"""


def random(*shape: int, seed: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("algorithm", ["GD", "FISTA", "CG", "ADMM"])
@pytest.mark.parametrize("offset", ["0.3", "c"])
@pytest.mark.parametrize("seen", ["Blur(h) @ x", "Gradient(H, W) @ x", "x"])
def test_the_slope_is_zero_where_an_offset_passes_through_an_adjoint(seen: str, offset: str, algorithm: str) -> None:
    h, c = random(3, 3, seed=1), random(1, 5, seed=2)
    model = invlang.loads(ONE.format(f"3 * sq({seen} - {offset})", algorithm), h=h / h.sum(), c=c, dtype="float64")
    y = random(6, 5, seed=3)
    x = model.r(y).requires_grad_(True)
    (slope,) = torch.autograd.grad(model.r.objective(x, y), x)
    assert slope.abs().max() < 1e-10


@pytest.mark.parametrize("algorithm", ["", "by CG", "by FISTA", "by PDHG", "by ADMM", "by PALM nonconvex"])
@pytest.mark.parametrize("space, mean", [("4, 5", "u + v"), ("1, 5", "u")])
def test_a_number_is_subtracted_from_one_of_two_unknowns(space: str, mean: str, algorithm: str) -> None:
    """The slopes are zero, and every sample has its own of both, also of one that is not measured."""
    model = invlang.loads(TWO.format(space, mean, algorithm), dtype="float64")
    y = random(2, 4, 5, seed=4)
    u, v = model.r(y)
    assert u.shape == y.shape
    assert v.shape == (2, *(int(n) for n in space.split(", ")))
    misfit = 4 * (u + v - y if mean == "u + v" else u - y)
    assert (misfit + 0.6 * u).abs().max() < 1e-5
    assert ((misfit if mean == "u + v" else 0) + 4 * (v - 0.3)).abs().max() < 1e-5
