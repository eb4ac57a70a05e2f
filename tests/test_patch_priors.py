"""Patch priors: a mixture that is fitted to pictures, and the expected patch log-likelihood as a term."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from commands import invlang as command

import invlang
from invlang.data.files import DataError

TEXT = """
dim H = 6, W = 8, K = 3
given   weights     : real[K]
given   means       : real[K, 4]
given   covariances : real[K, 4, 4]
given   h           : real[3, 3]
unknown x           : real[H, W]BOX
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct r { minimize fidelity(y) + EPLL(x, weights, means, covariances, size = 2) by ALGORITHM nonconvex }
"""
SPLIT = "HQS(growth = 2, iterations = 6)"


def drawn(*sizes: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*sizes, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def model(
    algorithm: str = SPLIT, text: str = TEXT, box: str = "", dtype: str = "float64", **others: torch.Tensor
) -> invlang.model.Model:
    factors = drawn(3, 4, 6, seed=1) - 0.5
    given = {"weights": torch.tensor([0.2, 0.3, 0.5]), "means": drawn(3, 4, seed=2), "h": drawn(3, 3, seed=3) / 4.5}
    given |= {"covariances": factors @ factors.mT / 6 + 0.02 * torch.eye(4), **others}
    return invlang.loads(text.replace("ALGORITHM", algorithm).replace("BOX", box), dtype=dtype, **given)


def test_half_quadratic_splitting_begins_with_the_noise_of_the_data_and_halves_it() -> None:
    """By hand: every patch is denoised, then the image solves data and patches together; 1/4 of the sum over patches counts."""
    m, y = model(), drawn(6, 8, seed=4)
    L = float(m.A.norm) ** 2 / 0.1**2
    x = m.r(y, iterations=0)
    a = m.A(torch.eye(48, dtype=torch.float64).reshape(48, 6, 8)).flatten(1).T
    identity, r = torch.eye(48, dtype=torch.float64), L / 4
    for _ in range(6):
        patches = torch.stack([x.roll((-i, -j), (0, 1)) for i in range(2) for j in range(2)]).flatten(1)
        clean = mean_under_noise(patches, 0.25 / r, m)
        back = sum(clean[2 * i + j].reshape(6, 8).roll((i, j), (0, 1)).flatten() for i in range(2) for j in range(2))
        x = torch.linalg.solve(a.T @ a / 0.01 + 4 * r * identity, a.T @ y.flatten() / 0.01 + r * back).reshape(6, 8)
        r *= 2
    torch.testing.assert_close(m.r(y), x)


def mean_under_noise(patches: torch.Tensor, noise: float, m: invlang.model.Model) -> torch.Tensor:
    """Component by component: how likely it is, and Wiener's filter."""
    weights, means, covariances = (m.given(n) for n in ("weights", "means", "covariances"))
    wide = covariances + noise * torch.eye(4)
    law = torch.distributions.MultivariateNormal(means, wide)
    shares = (weights.log()[:, None] + law.log_prob(patches.T[:, None]).T).softmax(0)
    each = [
        mu[:, None] + c @ torch.linalg.solve(w, patches - mu[:, None]) for mu, c, w in zip(means, covariances, wide, strict=True)
    ]
    return (shares[:, None] * torch.stack(each)).sum(0)


@pytest.mark.parametrize("algorithm", ["LBFGS(iterations = 400)", "GD(iterations = 4000)"])
def test_methods_that_go_along_its_gradient_end_where_there_is_none(algorithm: str) -> None:
    m, y = model(algorithm), drawn(6, 8, seed=4)
    x = m.r(y).requires_grad_()
    (slope,) = torch.autograd.grad(m.r.objective(x, y), x)
    assert slope.abs().max() < 1e-6


def test_batches_with_a_noise_level_each_and_single_precision() -> None:
    m, y = model(), drawn(2, 6, 8, seed=4)
    levels = torch.tensor([0.1, 0.3], dtype=torch.float64)
    both = model(text=TEXT.replace("sigma = 0.1", "sigma = s").replace("dim H", "given s : real\ndim H"), s=levels).r(y)
    torch.testing.assert_close(both[0], m.r(y[0]))
    torch.testing.assert_close(model(text=TEXT.replace("sigma = 0.1", "sigma = 0.3")).r(y[1]), both[1])
    torch.testing.assert_close(model(dtype="float32").r(y.float()).double(), m.r(y), atol=1e-3, rtol=1e-3)


def test_an_interval_stands_beside_it() -> None:
    found = model(box=" in [0.2, 0.6]").r(drawn(6, 8, seed=4))
    assert 0.2 <= found.min() and found.max() <= 0.6


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" nonconvex", "", "EPLL is not convex"),
        ("ALGORITHM", "ADMM", "ADMM does not fit"),
        ("ALGORITHM", "DRS", "the prox of EPLL is an estimate under noise, which minimises nothing"),
        ("size = 2)", "size = 3)", "these do not meet: `means` is not what"),
        ("size = 2)", "size = 2, every = 5)", "a step of 5 between patches of 2 samples"),
        ("real[K, 4, 4]", "real[K, 4, 3]", "these do not meet: `covariances` is not what"),
    ],
)
def test_what_does_not_fit_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(invlang.InvError) as error:
        model(text=TEXT.replace(old, new))
    assert said in str(error.value)


def test_what_is_promised_is_said() -> None:
    assert "of its limit nothing is promised" in model().source
    assert "converges to a stationary point" in model("LBFGS").source


# ---- fitting


def test_a_mixture_is_found_again() -> None:
    """Two kinds of patch that lie apart: flat ones, and stripes."""
    generator = np.random.default_rng(0)
    flat, stripes = generator.normal(0.2, 0.05, (40, 1, 1)) + np.zeros((40, 8, 8)), np.zeros((40, 8, 8)) + np.tile([0.0, 1.0], 4)
    noisy = np.concatenate([flat, stripes]) + generator.normal(0, 0.03, (80, 8, 8))
    found = invlang.fit_mixture(list(noisy), components=3, size=2, patches=3000, seed=1)
    assert np.all(np.diff(found.likelihoods) > -1e-9) and found.weights.sum() == pytest.approx(1)
    nearest = found.means[np.abs(found.means - 0.2).sum(1).argmin()]
    assert np.abs(nearest - 0.2).max() < 0.03
    assert any(np.abs(m - s).max() < 0.03 for m in found.means for s in ([0, 1, 0, 1], [1, 0, 1, 0]))
    assert all(np.linalg.eigvalsh(c).min() >= 0.99e-4 for c in found.covariances)


def test_too_little_to_fit_is_said() -> None:
    with pytest.raises(DataError, match="50 patches are too few for 20 components"):
        invlang.fit_mixture([np.zeros((9, 9))], size=2, patches=50)
    with pytest.raises(DataError, match="no picture has room for a patch of 8 × 8"):
        invlang.fit_mixture([np.zeros((4, 90))])
    with pytest.raises(DataError, match="whole numbers above 0"):
        invlang.fit_mixture([np.zeros((9, 9))], components=0)


@pytest.mark.parametrize("file", ["p.npz", "p.safetensors"])
def test_the_command_writes_what_a_program_reads(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pictures").mkdir()
    np.save(tmp_path / "pictures" / "one.npy", np.random.default_rng(0).random((30, 30)))
    small = ("--components", "2", "--size", "2", "--patches", "500")
    done = command(capsys, "mixture", tmp_path / "pictures", "-o", tmp_path / file, *small)
    assert done.code == 0 and "2 components of 2 × 2 samples" in done.out and f"{file}:means" in done.err
    text = TEXT.replace("K = 3", "K = 2").replace("BOX", "").replace("ALGORITHM", SPLIT)
    for name in ("weights", "means", "covariances"):
        line = next(one for one in text.splitlines() if one.startswith(f"given   {name}"))
        text = text.replace(line, f'{line} = load("{file}:{name}")')
    (tmp_path / "program.inv").write_text(text)
    m = invlang.load(str(tmp_path / "program.inv"), h=drawn(3, 3) / 4.5, dtype="float64")
    assert torch.isfinite(m.r(drawn(6, 8))).all()
    for given, output, said in (
        ("nowhere", "p.npz", "there is no file"),
        ("pictures", "p.npy", "it ends in .npz or .safetensors"),
    ):
        failed = command(capsys, "mixture", tmp_path / given, "-o", tmp_path / output, *small)
        assert failed.code in (1, 2) and said in failed.err
