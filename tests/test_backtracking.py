"""Steps that are found on the way: beside the same rounds written out in NumPy, where nobody knows a step, and what a round costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from test_counts import counted
from test_options import data, matrix, model, shrink

import invlang

UNKNOWN_STEP = """
dim H = 16, W = 12
unknown x : real[H, W]
given   h : real[3, 3] = gaussian_kernel(sigma = 0.8)
data    y ~ LogPoisson(Blur(h, boundary = circular) @ x, N0 = 1000, mu = 0.5)
reconstruct r { minimize fidelity(y) + PRIOR  by ALGORITHM }
"""


def of_counts(algorithm: str, prior: str = "2 * sq(Gradient(H, W) @ x)") -> invlang.model.Model:
    return invlang.loads(UNKNOWN_STEP.replace("ALGORITHM", algorithm).replace("PRIOR", prior), dtype="float64")


def logarithms(m: invlang.model.Model) -> torch.Tensor:
    """Three pictures, two of them much darker or brighter than the other."""
    x = torch.rand(3, 16, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return m.simulate(x * torch.tensor([1, 3, 0.1])[:, None, None])["y"]


def found_on_the_way(y: np.ndarray, rounds: int, first: float | None = None) -> tuple[np.ndarray, list[int]]:
    """FISTA with backtracking: a try that lands above its parabola is a round that changes nothing but the step."""
    a = matrix()
    found, taken_back = [], []
    for one in y:
        x = z = np.full(12, 0.5)
        g = a.T @ (a @ x - one)
        t, step, refused = 1.0, first or (g @ g) / np.sum((a @ g) ** 2), 0
        for _ in range(rounds):
            new = shrink(z - step * a.T @ (a @ z - one), 0.3 * step)
            if step * np.sum((a @ (new - z)) ** 2) > np.sum((new - z) ** 2):
                step, refused = step / 2, refused + 1
                continue
            later = (1 + np.sqrt(1 + 4 * t**2)) / 2
            x, z, t = new, new + (t - 1) / later * (new - x), later
        found.append(x)
        taken_back.append(refused)
    return np.stack(found), taken_back


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("rounds", [1, 7, 60])
def test_steps_are_those_of_the_paper_for_each_sample_by_itself(rounds: int, level: int) -> None:
    y = data(3) * np.array([1, 1e-3, 1e3])[:, None]
    exact, _ = found_on_the_way(y, rounds)
    found = model(f"FISTA(iterations = {rounds}), Backtracking", level=level).r(torch.from_numpy(y))
    np.testing.assert_allclose(found.numpy(), exact, rtol=1e-9, atol=1e-9)


def test_a_first_step_that_is_far_too_long_costs_a_few_rounds() -> None:
    y = data(3)
    exact, taken_back = found_on_the_way(y, 40, 1e3)
    assert all(8 <= n <= 11 for n in taken_back)  # from 1000 down to about 1, by halves
    found = model("FISTA(iterations = 40), Backtracking(first = 1000)").r(torch.from_numpy(y))
    np.testing.assert_allclose(found.numpy(), exact, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("algorithm", ["GD", "FISTA", "Nesterov", "PGD"])
def test_it_minimises_what_nobody_knows_a_step_for(algorithm: str) -> None:
    """To an optimality that a known step would not reach any closer."""
    m = of_counts(f"{algorithm}(iterations = 3000), Backtracking")
    y = logarithms(m)
    x = m.r(y).requires_grad_()
    (slope,) = torch.autograd.grad(m.r.objective(x, y).sum(), x)
    assert slope.abs().max() < 1e-8


def test_without_by_the_step_is_found_where_nobody_knows_it() -> None:
    text = UNKNOWN_STEP.replace("PRIOR", "2 * sum(Huber(Gradient(H, W) @ x, delta = 0.1))").replace("by ALGORITHM", "")
    m = invlang.loads(text, dtype="float64")
    y = logarithms(m)
    best = of_counts("FISTA(iterations = 5000), Backtracking, AdaptiveRestart", "2 * sum(Huber(Gradient(H, W) @ x, delta = 0.1))")
    least = best.r.objective(best.r(y), y)
    assert (m.r.objective(m.r(y), y) - least <= 1e-4 * least.abs()).all()


def test_a_bound_that_is_loose_holds_nothing_back() -> None:
    """A total variation with round corners curves as much as its bound in few places only."""
    text = """
    dim H = 24, W = 24
    unknown x : real[H, W]
    data    y ~ Normal(x, sigma = 0.05)
    reconstruct r { minimize fidelity(y) + 20 * TV_smooth(x, epsilon = 0.001)  by ALGORITHM }
    """
    picture = (torch.arange(24) // 8 % 2).double() + torch.zeros(24, 1, dtype=torch.float64)
    y = picture + 0.05 * torch.randn(24, 24, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    models = [
        invlang.loads(text.replace("ALGORITHM", f"FISTA(iterations = {n}){o}"), dtype="float64")
        for n, o in ((3000, ", AdaptiveRestart"), (100, ""), (100, ", Backtracking"))
    ]
    best, bound, found = (float(m.r.objective(m.r(y), y)) for m in models)
    assert found - best < 0.1 * (bound - best)


def test_a_round_looks_at_the_data_term_once_more_than_without() -> None:
    """A z for the gradient and A (x − z) for the parabola: one product more, and nothing waits for a value."""
    y = torch.from_numpy(data())
    products = []
    for option in ("", ", Backtracking"):
        m = model(f"FISTA{option}")
        many, few = (counted(lambda n=n, m=m: m.r(y, iterations=n)) for n in (21, 11))
        products.append(sum(many.seen.get(k, 0) - few.seen.get(k, 0) for k in ("mm", "mv", "bmm", "addmm")) / 10)
        assert many.seen.get("_local_scalar_dense", 0) == few.seen.get("_local_scalar_dense", 0)
    assert products == [2, 3]


@pytest.mark.parametrize("by", ["GD, Backtracking", "FISTA, Backtracking, AdaptiveRestart"])
def test_its_loop_is_one_graph(by: str) -> None:
    m = of_counts(by)
    y = logarithms(m)
    solver = m.r._instances.estimator("r", m.r._prepared([(d.name, d.space, y) for d in m.r._read])[1], {"iterations": 4})
    torch._dynamo.reset()
    with torch.no_grad():
        torch.testing.assert_close(torch.compile(solver, fullgraph=True, backend="eager")(y), solver(y))


def test_a_restart_behind_it_and_before_it_is_the_same() -> None:
    m = [of_counts(f"FISTA(iterations = 60), {o}") for o in ("Backtracking, AdaptiveRestart", "AdaptiveRestart, Backtracking")]
    y = logarithms(m[0])
    torch.testing.assert_close(m[0].r(y), m[1].r(y))


def test_a_term_that_is_not_convex_is_descended() -> None:
    m = of_counts(
        "PGD(iterations = 3000), Backtracking  nonconvex", "20 * sq(Gradient(H, W) @ x) + 30 * sum(Cauchy(x, gamma = 0.1))"
    )
    y = logarithms(m)
    values = [m.r.objective(m.r(y, iterations=n), y) for n in (1, 10, 100, 3000)]
    assert all((b <= a + 1e-9).all() for a, b in zip(values, values[1:], strict=False))
    steep = []
    for n in (1, 3000):
        x = m.r(y, iterations=n).requires_grad_()
        (slope,) = torch.autograd.grad(m.r.objective(x, y).sum(), x)
        steep.append(slope.abs().max())
    assert steep[1] < 1e-4 * steep[0]


def test_the_derivation_tells_what_is_found() -> None:
    said = str(model("FISTA, Backtracking").explain())
    assert "Backtracking (Beck, Teboulle 2009) wraps its rounds and finds step" in said
    assert "first = 1 / curvature of f along its first gradient" in said and "step = 1" not in said and "L:" not in said
