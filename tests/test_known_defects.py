"""What deepinv 0.5.0 does against its own definitions, one test each: ours is free of it.  `tests/benchmarks/operators.py` shows theirs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import invlang


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def random(*shape: int, seed: int = 1) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def law(text: str):
    return invlang.loads(f"unknown x : real[4]\ndata y ~ {text}").noise.y


def test_samples_that_several_shots_share_are_added_up_not_averaged():
    program = "unknown x : complex[4, 6]\ngiven m : binary[3, 4, 6]\nlet A = SequentialMRI(m)\ndata y ~ Normal(A @ x, sigma = 1)"
    A = invlang.loads(program, m=torch.ones(3, 4, 6)).A
    x = torch.complex(random(4, 6), random(4, 6, seed=2))
    torch.testing.assert_close(A.H(A(x)), 3 * x)


def test_layers_of_a_structured_random_map_have_signs_of_their_own():
    program = """
unknown x : real[8, 8]
given   d : real[2, 8, 8] ~ RandomSigns()
let     A = StructuredRandom(d)
data    y ~ Normal(A @ x, sigma = 1)"""
    signs = invlang.loads(program).given("d")
    assert 0.25 < float((signs[0] == signs[1]).double().mean()) < 0.75


def test_bands_of_a_snapshot_stay_where_they_are_in_an_even_image():
    program = """
unknown x : real[3, 8, 8]
given   m : real[8, 8]
let     A = CompressiveSpectralImaging(m)
data    y ~ Normal(A @ x, sigma = 1)"""
    A = invlang.loads(program, m=torch.ones(8, 8)).A
    for band in range(3):
        point = torch.zeros(3, 8, 8)
        point[band, 2, 3] = 1
        assert A(point).nonzero().tolist() == [[2, 3 + band]]


def test_lidar_takes_any_batch():
    program = """
dim T = 16, H = 3, W = 4
unknown d : real[1, H, W]
unknown r : real[1, H, W]
unknown b : real[1, H, W]
given   t : real[T, 1, 1] = ramp()
data    y ~ Poisson(SinglePhotonLidar(d, r, b, time = t))"""
    model = invlang.loads(program)
    scene = 4 + 4 * random(6, 1, 3, 4), random(6, 1, 3, 4, seed=2), random(6, 1, 3, 4, seed=3)
    alone = torch.stack([model.mean_of_y(*(part[i] for part in scene)) for i in range(6)])
    torch.testing.assert_close(model.mean_of_y(*(part.unflatten(0, (2, 3)) for part in scene)), alone.unflatten(0, (2, 3)))


def test_the_gain_scales_the_likelihood_of_counts_and_its_prox_is_a_minimum():
    poisson, gain, step = law("Poisson(x, gain = 0.1)"), 0.1, 0.3
    mean, y, v = random(4) + 0.5, torch.tensor([0.0, 0.3, 1.0, 2.0]), random(4, seed=2)
    difference = poisson.nll(mean, y) - poisson.nll(2 * mean, y)
    torch.testing.assert_close(difference, ((mean - y * mean.log()) - (2 * mean - y * (2 * mean).log())).sum() / gain)
    z = poisson.prox(v, y, step)
    slope = step * (1 - torch.where(y > 0, y / z, 0)) / gain + z - v
    assert slope[z > 0].abs().max() < 1e-9 and (slope[z <= 0] >= 0).all()


def test_counts_of_zero_are_finite():
    tomography = law("LogPoisson(x, N0 = 100, mu = 0.5)")
    dark = torch.full((1000, 4), 30.0)  # 100 exp(−15) photons: none arrives
    y = tomography.sample(dark)
    assert torch.isfinite(y).all() and torch.isfinite(tomography.nll(dark, y)).all()


def test_an_inverse_follows_what_it_is_the_inverse_of():
    program = (
        "unknown x : real[2, 3, 3]\ngiven M : real[2, 5]\nlet A = HyperSpectralUnmixing(M)\ndata y ~ Normal(A @ x, sigma = 1)"
    )
    y = random(5, 3, 3)
    for M in (random(2, 5), random(2, 5, seed=2)):
        found = invlang.loads(program, M=M).A.pinv(y)
        torch.testing.assert_close(found, torch.einsum("ec,chw->ehw", torch.linalg.pinv(M.T), y))
