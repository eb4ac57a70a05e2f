"""Steps in other geometries than Euclid's, and gradient flow of intensities: where they end, and what they keep to on the way."""

from __future__ import annotations

import torch

import invlang

SHARES = """
dim H = 3, W = 4
unknown x : real[H, W]
given   a : real[20, 12]
data    y ~ Normal(CompressedSensing(a) @ x, sigma = 1)
reconstruct r { minimize fidelity(y) + Simplex(x, axis = [H, W], total = 2)  by MirrorDescent(iterations = 4000) }
"""
COUNTS = """
unknown x : real[3] in [0, inf]
given   a : real[5, 3]
let     A = CompressedSensing(a)
data    y ~ Poisson(A @ x + 0.5)
reconstruct r { minimize fidelity(y)  by NoLips(iterations = 9000) }
"""
INTENSITIES = """
unknown x : complex[3, 2]
given   a : complex[60, 6]
data    y ~ Normal(PhaseRetrieval(CompressedSensing(a)) @ x, sigma = 0.1)
reconstruct r { minimize fidelity(y) by WirtingerFlow(iterations = 500) nonconvex }
"""


def draw(*size: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_mirror_descent_stays_on_the_simplex_and_ends_where_all_slopes_are_one() -> None:
    a = draw(20, 12) - 0.5
    model, seen = invlang.loads(SHARES, dtype="float64", a=a), []
    truth = (0.5 + draw(3, 4, seed=1)) / (0.5 + draw(3, 4, seed=1)).sum() * 2
    y = a @ truth.flatten() + 0.01 * draw(20, seed=2)
    found = model.r(y, watch=lambda k, x: seen.append(x))
    assert all((x > 0).all() and abs(float(x.sum()) - 2) < 1e-12 for x in seen)
    slope = a.T @ (a @ found.flatten() - y)
    assert (slope - slope.mean()).abs().max() < 1e-8


def test_counts_are_fitted_without_a_lipschitz_constant() -> None:
    a = draw(5, 3)
    model, values = invlang.loads(COUNTS, dtype="float64", a=a), []
    y = a @ torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64) + 0.5 + 0.2 * draw(5, seed=1)
    found = model.r(y, watch=lambda k, x: values.append(float(model.r.objective(x, y))))
    assert all(after <= before + 1e-13 for before, after in zip(values, values[1:], strict=False))
    assert (found * (a.T @ (1 - y / (a @ found + 0.5)))).abs().max() < 1e-8


def test_an_image_is_found_from_intensities_up_to_its_phase() -> None:
    a, x = torch.complex(draw(60, 6) - 0.5, draw(60, 6, seed=1) - 0.5), torch.complex(draw(3, 2, seed=2), draw(3, 2, seed=3))
    model = invlang.loads(INTENSITIES, dtype="float64", a=a)
    found = model.r((a @ x.flatten()).abs().square())
    torch.testing.assert_close(found * (found.conj() * x).sum().sgn(), x, atol=1e-8, rtol=1e-8)
