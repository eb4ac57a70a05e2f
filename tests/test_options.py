"""Options that wrap the rounds of algorithms: beside the same rounds written out in NumPy, and what they are for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import invlang

HEAD = """
dim N = 12, M = 9
unknown x : real[N]BOX
given   a : real[M, N]
data    y ~ Normal(Dense(a) @ x, sigma = 1)
reconstruct r { minimize fidelity(y) + 0.3 * norm1(x)  by ALGORITHM  start 0.5 }
"""


def matrix() -> np.ndarray:
    """Singular values from 1 to 0.03: far from round."""
    u, _, v = np.linalg.svd(np.random.default_rng(0).standard_normal((9, 12)), full_matrices=False)
    return u @ np.diag(np.geomspace(1, 0.03, 9)) @ v


def model(algorithm: str, box: str = "", level: int = 2) -> invlang.model.Model:
    text = HEAD.replace("ALGORITHM", algorithm).replace("BOX", box)
    return invlang.loads(text, a=torch.from_numpy(matrix()), dtype="float64", level=level)


def data(count: int = 1) -> np.ndarray:
    truth = np.zeros((count, 12))
    truth[:, [2, 7]] = np.random.default_rng(1).uniform(1, 3, (count, 2))
    return 4 * truth @ matrix().T


def shrink(v: np.ndarray, t: float) -> np.ndarray:
    return np.sign(v) * np.maximum(abs(v) - t, 0)


def restarted(y: np.ndarray, rounds: int) -> np.ndarray:
    """FISTA with the gradient scheme of O'Donoghue and Candès, sample by sample."""
    a = matrix()
    step = 0.9
    found = []
    for one in y:
        x = z = np.full(12, 0.5)
        t = 1.0
        for _ in range(rounds):
            new = shrink(z - step * a.T @ (a @ z - one), 0.3 * step)
            later = (1 + np.sqrt(1 + 4 * t**2)) / 2
            if (z - new) @ (new - x) > 0:
                z, t = new, 1.0
            else:
                z, t = new + (t - 1) / later * (new - x), later
            x = new
        found.append(x)
    return np.stack(found)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("rounds", [1, 7, 60])
def test_a_restart_is_that_of_the_paper_for_each_sample_by_itself(rounds: int, level: int) -> None:
    y = data(3)
    found = model(f"FISTA(step = 0.9, iterations = {rounds}), AdaptiveRestart", level=level).r(torch.from_numpy(y))
    np.testing.assert_allclose(found.numpy(), restarted(y, rounds), rtol=1e-9, atol=1e-9)


def test_momentum_that_goes_uphill_costs_rounds() -> None:
    y = torch.from_numpy(data())
    exact = model("FISTA(iterations = 20000), AdaptiveRestart").r(y)
    apart = [float((model(f"FISTA(iterations = 700){o}").r(y) - exact).norm()) for o in ("", ", AdaptiveRestart")]
    assert apart[1] < 1e-3 * apart[0], apart


def relaxed(y: np.ndarray, rounds: int, factor: float) -> np.ndarray:
    """Three-operator splitting over z, its second prox taken with the first, each round `factor` times as far."""
    a = matrix()
    step = 0.9
    x = z = np.full(12, 0.5)
    for _ in range(rounds):
        x = np.clip(shrink(z, 0.3 * step), 0, 2)
        w = 2 * x - z - step * a.T @ (a @ x - y)
        z = z + factor * (w - x)
    return x


@pytest.mark.parametrize("factor", [0.5, 1.45])
def test_relaxation_goes_further_in_what_governs_the_rounds(factor: float) -> None:
    y = data()[0]
    found = model(f"DavisYin(step = 0.9, iterations = 30), Relaxation(factor = {factor})", " in [0, 2]").r(torch.from_numpy(y))
    np.testing.assert_allclose(found.numpy(), relaxed(y, 30, factor), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("algorithm", ["PGD", "DavisYin", "PD3O", "LorisVerhoeven"])
def test_it_ends_at_the_same_minimiser_sooner(algorithm: str) -> None:
    box = " in [0, 2]" if algorithm in ("DavisYin", "PD3O") else ""
    y = torch.from_numpy(data())
    exact = model("FISTA(iterations = 20000), AdaptiveRestart" if not box else "DavisYin(iterations = 20000)", box).r(y)
    apart = [float((model(f"{algorithm}(iterations = 30){o}", box).r(y) - exact).norm()) for o in ("", ", Relaxation")]
    assert apart[1] < 0.95 * apart[0], apart
    far = model(f"{algorithm}(iterations = 9000), Relaxation", box).r(y)
    assert (far - exact).norm() < 1e-4


def test_an_option_is_told_in_the_derivation_and_the_module() -> None:
    found = model("PGD, Relaxation(factor = 1.2)")
    assert "Relaxation (Eckstein, Bertsekas 1992) wraps its rounds" in str(found.explain())
    assert "factor = 1.2" in str(found.explain()) and "factor: Tensor | float = 1.2" in found.source
    assert "as a rule linearly" in model("FISTA, AdaptiveRestart").source


def test_derivatives_of_the_minimiser_with_a_restart() -> None:
    """The momentum's own number settles nowhere, and takes no part."""
    y = torch.from_numpy(data()[0]).requires_grad_()
    slopes = []
    for by in ("FISTA(iterations = 3000), AdaptiveRestart  implicit", "PGD(iterations = 9000)  implicit"):
        (g,) = torch.autograd.grad((model(by).r(y) ** 2).sum(), y)
        slopes.append(g)
    torch.testing.assert_close(*slopes, rtol=1e-5, atol=1e-6)
