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


TGV = """
dim H = 16, W = 16
unknown x : real[H, W]
given h : real[5, 5] = gaussian_kernel(sigma = 1)
data y ~ Normal(Blur(h) @ x, sigma = 0.02)
reconstruct best { minimize fidelity(y) + 20 * TGV(x) by PDHG }
"""
COILS = """
dim C = 4, H = 16, W = 16
unknown x : complex[H, W]
given s : complex[C, H, W]
given m : binary[1, W]
data y ~ Normal(MultiCoilMRI(s, m) @ x, sigma = 0.02)
reconstruct best { minimize fidelity(y) + 10 * norm1(Wavelet("db2", levels = 2) @ x) by ADMM }
"""
AXIS = torch.linspace(-1, 1, 16, dtype=torch.float64)
SLOPE = (AXIS[:, None] ** 2 + AXIS**2 < 0.5).double() * (0.5 + 0.4 * AXIS[:, None])


def test_arrays_that_begin_at_zero_do_not_hold_the_others_up() -> None:
    """TGV's slopes: by their own size at the beginning 300 rounds would be needed."""
    m = invlang.loads(TGV, dtype="float64")
    y = m.simulate(SLOPE, seed=1)["y"]
    soon, end = m.best(y, iterations=200), m.best(y, iterations=2000)
    assert (soon - end).norm() < 5e-3 * end.norm()


def test_spectra_are_balanced_by_what_their_few_large_samples_hold() -> None:
    """By the mean of all samples, 50 rounds would end 3e-5 above the least objective."""
    angle = torch.arange(4, dtype=torch.float64)[:, None, None] * torch.pi / 2
    distance = (AXIS[:, None] - 1.2 * angle.sin()).square() + (AXIS - 1.2 * angle.cos()).square()
    maps = torch.polar(torch.exp(-distance), angle + AXIS[:, None] * AXIS)
    mask = (torch.rand(1, 16, generator=torch.Generator().manual_seed(0)) < 0.3).double()
    mask[:, 6:10] = 1
    m = invlang.loads(COILS, dtype="float64", s=maps, m=mask)
    y = m.simulate(SLOPE + 0j, seed=1)["y"]
    soon, least = (float(m.best.objective(m.best(y, iterations=n), y)) for n in (50, 800))
    assert soon < (1 + 1e-5) * least
