"""Data that no closed form takes, left to the compiler: the default algorithm and its default rounds come near the least objective."""

from __future__ import annotations

import pytest
import torch

import invlang

RADIAL = """
dim H = 20, W = 20, S = 480
unknown x : complex[H, W]
given p : real[S, 2] = radial_trajectory(spokes = 12)
let A = NonUniformFourier(H, W, points = p)
"""
SCANNER = """
dim H = 20, W = 20
unknown x : real[H, W]
given t : real[15] = ramp(step = 12)
let A = Tomography(t)
"""
CROPPED = """
dim H = 20, W = 20
unknown x : real[H, W]
given h : real[5, 5] = gaussian_kernel(sigma = 1)
let A = Blur(h, boundary = valid)
"""
WAVELETS = 'norm1(Wavelet("db2", levels = 2) @ x)'
FLAT = "Tikhonov(Gradient(H, W) @ x)"


@pytest.mark.parametrize("prior", [WAVELETS, FLAT, "TV(x)"])
@pytest.mark.parametrize(("measured", "sigma"), [(RADIAL, 0.01), (SCANNER, 0.1), (CROPPED, 0.01)])
def test_default_rounds_come_near_the_least_objective(measured: str, sigma: float, prior: str) -> None:
    text = f"{measured}data y ~ Normal(A @ x, sigma = {sigma})\nreconstruct best {{ minimize fidelity(y) + 5 * {prior} }}\n"
    m = invlang.loads(text)
    at = torch.arange(20, dtype=torch.float64)
    disk = ((at[:, None] - 9) ** 2 + (at - 11) ** 2 < 40).double()
    y = m.simulate(disk + 0j if "complex" in measured else disk, seed=1)["y"]
    reached, least = (float(m.best.objective(m.best(y, **rounds), y)) for rounds in ({}, {"iterations": 800}))
    assert least > 0 and reached < 1.03 * least
