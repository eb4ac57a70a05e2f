"""Numbers that rules choose from the data, against dense linear algebra and the truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import TINY, invlang

from invlang import loads
from invlang.errors import InvError

RIDGE = """
dim N = 40
unknown x : real[N]
given   h : real[5] = gaussian_kernel(sigma = 1.5)
let     A = Blur(h, boundary = circular)
data    y ~ LAW
reconstruct r { minimize fidelity(y) + weight * sq(x) where weight = RULE() }
"""
NORMAL = "Normal(A @ x, sigma = 0.05)"


def problem(rule: str, law: str = NORMAL, batch: tuple[int, ...] = ()):
    model = loads(RIDGE.replace("RULE", rule).replace("LAW", law))
    steps = torch.arange(40, dtype=torch.float64)
    truth = ((steps - 18).abs() < 7).double() + 0.3 * torch.sin(steps / 4)
    truth = truth.expand(*batch, 40)
    return model, truth, model.simulate(truth, seed=1)["y"]


def hat(A: np.ndarray, weight: float, sigma: float = 0.05) -> np.ndarray:
    return A @ np.linalg.solve(A.T @ A / sigma**2 + 2 * weight * np.eye(A.shape[1]), A.T / sigma**2)


def grid(found: float) -> np.ndarray:
    return found * 10 ** np.linspace(-3, 3, 601)


def matrix(model) -> np.ndarray:
    return np.stack([model.A(e).numpy() for e in torch.eye(40, dtype=torch.float64)], 1)


def test_discrepancy_leaves_what_noise_explains() -> None:
    model, _, y = problem("discrepancy")
    mean = model.A(model.r(y))
    assert float((mean - y).square().sum()) == pytest.approx(40 * 0.05**2, rel=0.03)
    assert model.r.chosen.rule == "discrepancy" and model.r.chosen.target == 1


def test_gcv_is_that_of_the_dense_hat_matrix() -> None:
    model, _, y = problem("gcv")
    model.r(y)
    found, A, data = float(model.r.chosen.value), matrix(model), y.numpy()

    def score(weight: float) -> float:
        H = hat(A, weight)
        return 40 * np.sum((data - H @ data) ** 2) / (40 - np.trace(H)) ** 2

    best = min(map(score, grid(found)))
    assert score(found) == pytest.approx(best, rel=1e-3)
    place, told = model.r.chosen.curve[3]
    assert told == pytest.approx(score(place), rel=1e-8)


def test_sure_is_nearly_the_error_that_nobody_knows() -> None:
    model, truth, y = problem("sure")
    model.r(y)
    A, found = matrix(model), float(model.r.chosen.value)
    errors = [np.mean((hat(A, w) @ y.numpy() - A @ truth.numpy()) ** 2) for w in grid(found)]
    assert np.mean((hat(A, found) @ y.numpy() - A @ truth.numpy()) ** 2) < 1.5 * min(errors)


def test_the_corner_lies_between_fitting_noise_and_fitting_nothing() -> None:
    model, _, y = problem("lcurve")
    model.r(y)
    A, found = matrix(model), float(model.r.chosen.value)
    misfit = np.sum((hat(A, found) @ y.numpy() - y.numpy()) ** 2) / (40 * 0.05**2)
    assert 0.3 < misfit < 10


TWO = RIDGE.replace("data    y ~ LAW", "data    y ~ Normal(A @ x, sigma = 0.05)\ndata    z ~ Normal(2 * x, sigma = 0.4)").replace(
    "fidelity(y)", "fidelity(y) + fidelity(z)"
)


def two_measurements(rule: str):
    """The model, the truth, the data over their noise in one vector, and their hat matrix by weight."""
    _, truth, _ = problem(rule)
    model = loads(TWO.replace("RULE", rule))
    data = model.simulate(truth, seed=2)
    rows = np.concatenate([matrix(model) / 0.05, 2 * np.eye(40) / 0.4])
    hat_of = lambda weight: rows @ np.linalg.solve(rows.T @ rows + 2 * weight * np.eye(40), rows.T)
    return model, truth, data, np.concatenate([data["y"].numpy() / 0.05, data["z"].numpy() / 0.4]), rows, hat_of


def test_several_measurements_are_added_each_over_its_noise() -> None:
    model, _, data, whole, _, hat_of = two_measurements("discrepancy")
    model.r(data)
    left = whole - hat_of(float(model.r.chosen.value)) @ whole
    assert np.sum(left**2) == pytest.approx(80, rel=0.03)


def test_gcv_and_sure_of_several_measurements_are_those_of_all_data_in_one() -> None:
    model, truth, data, whole, rows, hat_of = two_measurements("gcv")
    model.r(data)
    score = lambda w: 80 * np.sum((whole - hat_of(w) @ whole) ** 2) / (80 - np.trace(hat_of(w))) ** 2
    for place, told in model.r.chosen.curve[:3]:
        assert told == pytest.approx(score(place), rel=1e-7)
    model = two_measurements("sure")[0]
    model.r(data)
    errors = [np.sum((hat_of(w) @ whole - rows @ truth.numpy()) ** 2) for w in (float(model.r.chosen.value), *grid(1.0))]
    assert errors[0] < 1.5 * min(errors[1:])


def test_several_unknowns_have_one_number() -> None:
    text = RIDGE.replace("unknown x : real[N]", "unknown x : real[N]\nunknown b : real[N]").replace("A @ x", "A @ x + b")
    text = (
        text.replace("LAW", "Normal(A @ x + b, sigma = 0.05)")
        .replace("sq(x)", "(sq(x) + 9 * sq(b))")
        .replace("RULE", "discrepancy")
    )
    model, (_, _, y) = loads(text), problem("discrepancy")
    x, b = model.r(y)
    assert float((model.A(x) + b - y).square().sum()) == pytest.approx(40 * 0.05**2, rel=0.03)


def test_a_law_without_a_variance_is_not_added_to_another() -> None:
    law = (
        "noise Odd(mean : real[...], s : real = 1)\n  is positive(s)\n  has sample = mean\n  has fidelity(y) = sq(mean - y) / s\n"
    )
    text = law + TWO.replace("RULE", "gcv").replace("Normal(2 * x, sigma = 0.4)", "Odd(2 * x, s = 0.4)")
    with pytest.raises(InvError, match="over its noise"):
        loads(text)


@pytest.mark.parametrize("rule", ["discrepancy", "gcv", "sure", "lcurve"])
def test_each_sample_has_its_own_number(rule: str) -> None:
    model, truth, _ = problem(rule)
    y = model.simulate(torch.stack((truth, 20 * truth, truth.flip(0))), seed=2)["y"]
    together = model.r(y)
    values = model.r.chosen.value
    first = model.r(y[0])
    assert values.shape == (3,) and together.shape == (3, 40)
    if rule in ("discrepancy", "lcurve"):
        assert float(model.r.chosen.value) == pytest.approx(float(values[0]))
        torch.testing.assert_close(first, together[0])


def test_a_number_that_is_given_is_not_chosen() -> None:
    model, _, y = problem("gcv")
    torch.testing.assert_close(model.r(y, weight=3.0), model.r.with_numbers(weight=3.0)(y))
    assert model.r.chosen is None


def test_counts_and_a_prior_with_kinks() -> None:
    text = (
        RIDGE.replace("RULE", "discrepancy")
        .replace("LAW", "Poisson(A @ x + 1, gain = 0.02)")
        .replace("real[N]", "real[N] in [0, inf]", 1)
    )
    model = loads(text.replace("sq(x)", "norm1(Gradient(N) @ x)").replace("() }", "() by PDHG(iterations = 200) }"))
    truth = (torch.arange(40) > 18).double()
    y = model.simulate(truth, seed=0)["y"]
    mean = model.A(model.r(y)) + 1
    assert float((mean - y).square().sum() / model.noise.y.discrepancy(mean)) == pytest.approx(1, rel=0.1)


def test_a_run_shows_the_number_and_its_curve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    number = next(w for w in TINY.split() if w.replace(".", "").isdigit() and f"{w} * TV(x)" in TINY)
    text = TINY.replace(f"{number} * TV(x)", "weight * TV(x) where weight = discrepancy()")
    Path("tiny.inv").write_text(text, encoding="utf-8")
    told = json.loads(invlang(capsys, "run", "tiny.inv", "--json", "--quiet", "--set", "tv.iterations=20").out)
    chosen = told["images"][0]["estimators"]["tv"]["chosen"]
    assert chosen["rule"] == "discrepancy" and chosen["name"] == "weight" and len(chosen["curve"]) > 8
    assert Path("tiny-out/tv_weight.png").exists()
    page = Path("tiny-out/report.html").read_text(encoding="utf-8")
    assert "how discrepancy chose the weight of tv" in page and "Morozov" in page
