"""Anderson acceleration: beside the same rounds written out in NumPy, GMRES, plain rounds, and what a round costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.sparse.linalg import gmres
from test_counts import counted
from test_options import data, matrix, model, shrink

import invlang

BLUR = """
dim H = 14, W = 12
unknown x : FIELD[H, W]BOX
given   h : real[5, 5] = gaussian_kernel(sigma = 1.2)
data    y ~ Normal(Blur(h, boundary = circular) @ x, sigma = 0.02)
reconstruct r { minimize fidelity(y) + PRIOR  by ALGORITHM }
"""


def of_blur(algorithm: str, prior: str, box: str = "", field: str = "real", level: int = 2) -> invlang.model.Model:
    text = BLUR
    for word, meant in {"FIELD": field, "BOX": box, "PRIOR": prior, "ALGORITHM": algorithm}.items():
        text = text.replace(word, meant)
    return invlang.loads(text, dtype="float64", level=level)


def blurred(m: invlang.model.Model) -> torch.Tensor:
    return m.simulate((torch.arange(14) // 5 % 2)[:, None] * 0.8 + torch.zeros(12, dtype=torch.float64))["y"]


def mixed(y: np.ndarray, rounds: int, memory: int) -> np.ndarray:
    """Proximal gradient steps, mixed by least squares over the last ones wherever moves come down."""
    a, found = matrix(), []
    for one in y:
        x = np.full(12, 0.5)
        before, last, steps, changes = None, np.inf, [], []
        for _ in range(rounds):
            r = shrink(x - 0.9 * a.T @ (a @ x - one), 0.27) - x
            if before is not None:
                steps, changes = [x - before[0], *steps][:memory], [r - before[1], *changes][:memory]
            before = x, r
            size = np.linalg.norm(r)
            x = x + r
            if steps and size <= last:
                s, d = np.array(steps).T, np.array(changes).T
                scale = 1 / np.sqrt((s**2).sum(0) + (d**2).sum(0))
                ridge = np.sqrt(100 * np.finfo(float).eps) * np.eye(len(scale))
                w = scale * np.linalg.lstsq(np.vstack([d * scale, ridge]), np.concatenate([r, 0 * scale]), rcond=None)[0]
                x = x - (s + d) @ w
            last = size
        found.append(x)
    return np.stack(found)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("rounds", [1, 2, 5, 9])
def test_rounds_are_mixed_as_in_the_paper_for_each_sample_by_itself(rounds: int, level: int) -> None:
    y = data(3) * np.array([1, 0.3, 1e2])[:, None]
    m = model(f"PGD(step = 0.9, iterations = {rounds}), Anderson(memory = 3)", level=level)
    np.testing.assert_allclose(m.r(torch.from_numpy(y)).numpy(), mixed(y, rounds, 3), rtol=1e-6, atol=1e-8)


def test_of_affine_rounds_it_is_as_fast_as_gmres() -> None:
    """Gradient steps on squares: after n rounds its residual is that of n Krylov vectors."""
    text = """
    dim N = 12, M = 9
    unknown x : real[N]
    given   a : real[M, N]
    data    y ~ Normal(Dense(a) @ x, sigma = 1)
    reconstruct r { minimize fidelity(y) + 0.01 * sq(x)  by GD(step = 0.5), Anderson(memory = 12)  start 0 * (Dense(a).H @ y) }
    """
    a, y = matrix(), data()[0]
    m = invlang.loads(text, a=torch.from_numpy(a), dtype="float64")
    normal, right = a.T @ a + 0.02 * np.eye(12), a.T @ y
    residual = lambda x: np.linalg.norm(normal @ x - right)
    for n in (2, 4, 6):
        krylov, _ = gmres(normal, right, restart=n, maxiter=1, rtol=0, atol=0)
        assert residual(m.r(torch.from_numpy(y), iterations=n + 2).numpy()) <= 1.0001 * residual(krylov)


@pytest.mark.parametrize(
    ("algorithm", "prior", "box", "share"),
    [
        ("GD", "20 * sq(Gradient(H, W) @ x)", "", 0.01),
        ("DavisYin", 'norm1(Wavelet("haar", levels = 1) @ x)', " in [0, 1]", 0.5),
        ("ADMM", "5 * TV(x)", " in [0, 1]", 1),
        ("PDHG", "5 * TV(x)", " in [0, 1]", 1),
    ],
)
def test_it_ends_at_the_same_minimiser_and_sooner(algorithm: str, prior: str, box: str, share: float) -> None:
    """share: how much of what is left above the least value after as many plain rounds may be left."""
    plain, faster = of_blur(algorithm, prior, box), of_blur(f"{algorithm}, Anderson", prior, box)
    y = blurred(plain)
    value = lambda m, n: float(m.r.objective(m.r(y, iterations=n), y))
    far, best = value(plain, 1500), value(faster, 700)
    assert best < far + 1e-4 * abs(far)
    least = min(far, best)
    assert value(faster, 300) - least <= share * (value(plain, 300) - least) + 1e-9 * least


def test_a_round_takes_the_same_transforms_as_without() -> None:
    counts = []
    for option in ("", ", Anderson"):
        m = of_blur(f"PGD{option}", "2 * norm1(x)")
        y = blurred(m)
        many, few = (counted(lambda n=n, m=m, y=y: m.r(y, iterations=n)) for n in (21, 11))
        counts.append((many.transforms - few.transforms) / 10)
        assert many.seen.get("_local_scalar_dense", 0) == few.seen.get("_local_scalar_dense", 0)
    assert counts == [2, 2]


def test_complex_images_are_pairs_of_real_ones() -> None:
    m, real = (of_blur("GD, Anderson", "20 * sq(x)", field=f) for f in ("complex", "real"))
    y = blurred(real)
    torch.testing.assert_close(m.r(y + 0j, iterations=4), real.r(y, iterations=4) + 0j)


def test_several_unknowns_are_mixed_together() -> None:
    text = """
    dim N = 8
    unknown x : real[N]
    unknown z : real[N]
    data    y ~ Normal(x + 3 * z, sigma = 0.1)
    data    v ~ Normal(z, sigma = 1)
    reconstruct r { minimize fidelity(y) + fidelity(v) + 0.3 * sq(x)  by GD(iterations = 30), Anderson(memory = 8) }
    """
    m = invlang.loads(text, dtype="float64")
    y, v = torch.randn(2, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = m.r(y, v)
    rows = torch.tensor([[100 + 0.6, 300], [300, 901]], dtype=torch.float64)
    exact = torch.linalg.solve(rows, torch.stack([100 * y, 300 * y + v]))
    torch.testing.assert_close(torch.stack(list(found)), exact)


def test_its_loop_is_one_graph_and_asks_for_no_value() -> None:
    m = of_blur("ADMM, Anderson", "5 * TV(x)", " in [0, 1]")
    y = blurred(m)
    solver = m.r._instances.estimator("r", m.r._prepared([(d.name, d.space, y) for d in m.r._read])[1], {"iterations": 4})
    torch._dynamo.reset()
    with torch.no_grad():
        torch.testing.assert_close(torch.compile(solver, fullgraph=True, backend="eager")(y), solver(y))


def test_it_stands_behind_relaxation() -> None:
    m = of_blur("PGD, Relaxation, Anderson", "20 * sq(x)")
    y = blurred(m)
    exact = of_blur("CG(iterations = 200)", "20 * sq(x)").r(y)
    torch.testing.assert_close(m.r(y, iterations=60), exact)
