"""Algorithms that look at one part of the data at a time: what they find, what a round costs, and what has no parts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

import invlang

SCANNER = """
dim H = 3, W = 4, A = 12
unknown x : real[H, W]BOX
given   angles : real[A] = ramp(step = 15)
let     R = Tomography(angles)
data    y ~ LAW
reconstruct r { minimize fidelity(y) by ALGORITHM }
"""


def scanner(algorithm: str, box: str = "", law: str = "Normal(R @ x, sigma = 0.1)", **options: object) -> invlang.model.Model:
    text = SCANNER.replace("BOX", box).replace("LAW", law).replace("ALGORITHM", algorithm)
    return invlang.loads(text, dtype="float64", **options)


def image() -> torch.Tensor:
    return torch.rand(3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def matrix(model: invlang.model.Model) -> torch.Tensor:
    return model.R(torch.eye(12, dtype=torch.float64).reshape(12, 3, 4)).flatten(1).T


@pytest.mark.parametrize("box", ["", " in [0.2, 0.6]"])
def test_simultaneous_steps_end_at_weighted_least_squares(box: str) -> None:
    model = scanner("SIRT(iterations = 700)", box)
    y = model.simulate(image(), seed=0)["y"]
    a, found = matrix(model), model.r(y)
    slope = (a.T @ ((a @ found.flatten() - y.flatten()) / a.sum(1).clamp(min=1e-6))).reshape(3, 4)
    low, high = (0.2, 0.6) if box else (-torch.inf, torch.inf)
    assert (found - (found - slope).clamp(low, high)).abs().max() < 1e-8


@pytest.mark.parametrize("algorithm", ["SART(iterations = 120)", "SART(subsets = 3, iterations = 400)"])
def test_data_that_agree_are_met(algorithm: str) -> None:
    model, x = scanner(algorithm), image()
    assert (model.R(model.r(model.R(x))) - model.R(x)).abs().max() < 1e-8


def test_a_sweep_of_kaczmarz_is_a_projection_onto_each_row() -> None:
    generator = torch.Generator().manual_seed(0)
    a, y = (torch.randn(*size, generator=generator, dtype=torch.float64) for size in ((7, 12), (7,)))
    text = "given a : real[7, 12]\nunknown x : real[3, 4]\ndata y ~ Normal(CompressedSensing(a) @ x, sigma = 0.1)\n"
    text += "reconstruct r { minimize fidelity(y) by Kaczmarz(iterations = 2) }"
    model, points = invlang.loads(text, dtype="float64", a=a), []
    model.r(y, watch=lambda k, x: points.append(x.flatten()))
    for k, (before, after) in enumerate(zip(points, points[1:], strict=False), start=1):
        row, number = a[k % 7], y[k % 7]
        torch.testing.assert_close(after, before + row * (number - row @ before) / row.square().sum())
    assert len(points) == 14
    agreeing = a @ torch.rand(12, generator=generator, dtype=torch.float64)
    model = invlang.loads(text.replace("iterations = 2", "iterations = 1000"), dtype="float64", a=a)
    assert (a @ model.r(agreeing).flatten() - agreeing).abs().max() < 1e-8


COUNTS = "Poisson(50 * (R @ x) + 1)"


def test_one_subset_is_expectation_maximisation() -> None:
    one, all_of_them = (scanner(a, " in [0, inf]", COUNTS) for a in ("OSEM(subsets = 1, iterations = 7)", "MLEM(iterations = 7)"))
    y = one.simulate(image(), seed=0)["y"]
    torch.testing.assert_close(one.r(y), all_of_them.r(y))


def test_subsets_of_counts_that_agree_end_at_the_likeliest_image_and_sooner() -> None:
    y = 50 * scanner("CG").R(image()) + 1
    slow, fast = (scanner(a, " in [0, inf]", COUNTS) for a in ("MLEM(iterations = 20)", "OSEM(subsets = 4, iterations = 20)"))
    rest = [float(m.r.objective(m.r(y), y) - m.r.objective(image(), y)) for m in (slow, fast)]
    assert 0 < 5 * rest[1] < rest[0]
    found = scanner("OSEM(subsets = 4, iterations = 500)", " in [0, inf]", COUNTS).r(y)
    slope = fast.R.H(50 - 50 * y / (50 * fast.R(found) + 1))
    assert (found * slope).abs().max() < 1e-8


@pytest.mark.parametrize(
    "algorithm",
    ["SIRT", "SART(subsets = 4)", "Kaczmarz(subsets = 4)", "OSEM(subsets = 4)", "BSREM(subsets = 4)", "SPDHG(subsets = 4)"],
)
def test_a_round_is_one_projection_and_one_backprojection_of_its_part(algorithm: str) -> None:
    counts = algorithm.startswith(("OSEM", "BSREM"))
    source = scanner(algorithm, " in [0, inf]" * counts, COUNTS if counts else "Normal(R @ x, sigma = 0.1)").source
    loop = source.split("class R(")[1].split("for k in ")[1].split("watch is not None")[0]
    calls = loop.replace("m.R(", "line_integrals(").replace("m.R_adjoint(", "line_integrals_adjoint(")
    assert calls.count("line_integrals(") == calls.count("line_integrals_adjoint(") == 1
    assert "(-2, -1), (3, " in loop or algorithm == "SIRT"


@pytest.mark.parametrize("algorithm", ["SIRT", "SART", "Kaczmarz"])
def test_batches_and_single_precision(algorithm: str) -> None:
    model = scanner(f"{algorithm}(iterations = 3)")
    y = model.R(torch.stack([image(), image().flip(0)]))
    torch.testing.assert_close(model.r(y), torch.stack([model.r(y[0]), model.r(y[1])]))
    torch.testing.assert_close(model.r(y.float()).double(), model.r(y), atol=1e-4, rtol=1e-4)


def test_data_of_two_scanners_are_cut_alike() -> None:
    text = SCANNER.replace("BOX", "").replace("LAW", "Normal(R @ x, sigma = 0.1)")
    text = text.replace("reconstruct", "data z ~ Normal(2 * (R @ x), sigma = 0.3)\nreconstruct").replace(
        "fidelity(y)", "fidelity(y) + fidelity(z)"
    )
    model, x = invlang.loads(text.replace("ALGORITHM", "SART(subsets = 4, iterations = 100)"), dtype="float64"), image()
    assert (model.R(model.r(model.R(x), 2 * model.R(x))) - model.R(x)).abs().max() < 1e-3


def test_views_that_no_whole_number_of_parts_makes_up_are_refused_when_they_are_counted() -> None:
    text = (
        SCANNER.replace("A = 12", "A")
        .replace(" = ramp(step = 15)", "")
        .replace("BOX", "")
        .replace("LAW", "Normal(R @ x, sigma = 0.1)")
    )
    with pytest.raises(invlang.InvError, match="5 does not divide 12"):
        invlang.loads(text.replace("ALGORITHM", "SART(subsets = 5)"), angles=torch.arange(12.0)).r(torch.zeros(12, 6))


TOTAL_VARIATION = "fidelity(y) + 2 * TV(x)"


@pytest.mark.parametrize(
    ("law", "objective", "box", "sweeps", "near"),
    [
        ("Normal(R @ x, sigma = 0.1)", TOTAL_VARIATION, " in [0, 0.7]", 150, 1e-7),
        ("Normal(R @ x, sigma = 0.1)", "fidelity(y) + norm1(x)", "", 150, 1e-7),
        ("Laplace(R @ x, scale = 0.1)", TOTAL_VARIATION, "", 600, 2e-4),
        (COUNTS, 'fidelity(y) + 2 * TV(x) + norm1(Wavelet(H, W, "haar", levels = 1) @ x)', " in [0, inf]", 150, 1e-7),
    ],
)
def test_random_parts_end_where_all_of_them_do(law: str, objective: str, box: str, sweeps: int, near: float) -> None:
    whole, parts = (
        invlang.loads(
            SCANNER.replace("BOX", box).replace("LAW", law).replace("fidelity(y)", objective).replace("ALGORITHM", a),
            dtype="float64",
        )
        for a in ("PDHG(iterations = 1000)", f"SPDHG(subsets = 4, iterations = {sweeps})")
    )
    y = whole.simulate(image(), seed=0)["y"]
    values = [float(whole.r.objective(m.r(y), y)) for m in (whole, parts)]
    assert values[1] == pytest.approx(values[0], rel=near)


def test_random_parts_get_there_in_fewer_sweeps() -> None:
    model = lambda a: scanner(a, " in [0, 0.7]")
    y = model("PDHG").simulate(image(), seed=0)["y"]
    found = [model(a).r(y) for a in ("PDHG(iterations = 1000)", "PDHG(iterations = 20)", "SPDHG(subsets = 6, iterations = 20)")]
    away = [float((x - found[0]).norm()) for x in found]
    assert away[2] < away[1] / 2


def test_random_parts_of_two_scanners_of_complex_images_and_of_batches() -> None:
    text = (
        SCANNER.replace("BOX", "")
        .replace("LAW", "Normal(R @ x, sigma = 0.1)")
        .replace("fidelity(y)", f"fidelity(z) + {TOTAL_VARIATION}")
    )
    text = text.replace("reconstruct", "data z ~ Normal(2 * (R @ x), sigma = 0.3)\nreconstruct")
    whole, parts = (
        invlang.loads(text.replace("ALGORITHM", a), dtype="float64")
        for a in ("PDHG(iterations = 1000)", "SPDHG(subsets = 4, iterations = 150)")
    )
    data = whole.simulate(torch.stack([image(), image().flip(0)]), seed=0)
    torch.testing.assert_close(parts.r(data), whole.r(data), atol=1e-4, rtol=0)
    dense = """
given a : complex[8, 6]
unknown x : complex[2, 3]
data y ~ Normal(CompressedSensing(a) @ x, sigma = 0.1)
reconstruct r { minimize fidelity(y) + 2 * norm1(x) by ALGORITHM }
"""
    a = torch.randn(8, 6, generator=torch.Generator().manual_seed(0), dtype=torch.complex128)
    whole, parts = (
        invlang.loads(dense.replace("ALGORITHM", b), a=a, dtype="float64")
        for b in ("FISTA(iterations = 1000)", "SPDHG(subsets = 4, iterations = 200)")
    )
    y = a @ torch.ones(6, dtype=torch.complex128)
    torch.testing.assert_close(parts.r(y), whole.r(y), atol=1e-5, rtol=0)


def test_what_does_not_fall_into_parts_is_refused() -> None:
    text = "given h : real[3, 3]\nunknown x : real[6, 6]\ndata y ~ Normal(Blur(h) @ x, sigma = 1)\n"
    with pytest.raises(invlang.InvError, match="do not fall into 4 parts of equal size along an axis"):
        invlang.loads(text + "reconstruct r { minimize fidelity(y) + TV(x) by SPDHG(subsets = 4) }", h=torch.ones(3, 3))


def test_one_part_without_a_prior_is_expectation_maximisation() -> None:
    one, other = (
        scanner(a, " in [0, inf]", COUNTS) for a in ("BSREM(subsets = 1, decay = 1e-14, iterations = 7)", "MLEM(iterations = 7)")
    )
    y = one.simulate(image(), seed=0)["y"]
    torch.testing.assert_close(one.r(y), other.r(y))


def test_shrinking_steps_end_at_the_least_value_and_others_near_it() -> None:
    """Against a quasi-Newton method within bounds."""
    text = SCANNER.replace("BOX", " in [0, inf]").replace("LAW", COUNTS)
    model = invlang.loads(
        text.replace("fidelity(y) by ALGORITHM", "fidelity(y) + 20 * RDP(x) by BSREM(subsets = 4, iterations = 160)"),
        dtype="float64",
    )
    y = model.simulate(image(), seed=0)["y"]

    def energy(v: np.ndarray) -> tuple[float, np.ndarray]:
        x = torch.from_numpy(v).reshape(3, 4).requires_grad_()
        value = model.r.objective(x, y)
        return float(value.detach()), torch.autograd.grad(value, x)[0].numpy().ravel()

    best = minimize(energy, np.full(12, 0.5), jac=True, method="L-BFGS-B", bounds=[(1e-9, None)] * 12, options={"ftol": 1e-15})
    gaps = [float(model.r.objective(model.r(y, iterations=n), y)) - best.fun for n in (10, 40, 160)]
    assert -1e-6 < gaps[2] < gaps[1] < gaps[0] and gaps[2] < 1e-4 * abs(best.fun)


RANDOM = {
    "SPDHG(subsets = 4, iterations = 3)": "",
    "SART(order = random, iterations = 2)": "",
    "Kaczmarz(subsets = 4, order = random, iterations = 3)": "",
    "OSEM(subsets = 4, order = random, iterations = 3)": " in [0, inf]",
    "BSREM(subsets = 4, order = random, iterations = 3)": " in [0, inf]",
}


@pytest.mark.parametrize("algorithm", RANDOM)
def test_a_random_order_is_of_the_seed_of_the_run_alike_for_all_images(algorithm: str) -> None:
    box = RANDOM[algorithm]
    law = COUNTS if box else "Normal(R @ x, sigma = 0.1)"
    model, again, other = (scanner(algorithm, box, law, seed=s) for s in (0, 0, 5))
    y = model.simulate(torch.stack([image(), image().flip(0)]), seed=0)["y"]
    torch.testing.assert_close(again.r(y), model.r(y), rtol=0, atol=0)
    torch.testing.assert_close(torch.stack([model.r(y[0]), model.r(y[1])]), model.r(y))
    for found in (other.r(y), model.draw(epoch=1).r(y), model.r(y, seed=5)):
        assert (found - model.r(y)).abs().max() > 1e-6
    torch.testing.assert_close(other.r(y), model.r(y, seed=5), rtol=0, atol=0)


def test_every_estimator_has_an_order_of_its_own() -> None:
    text = SCANNER.replace("BOX", "").replace("LAW", "Normal(R @ x, sigma = 0.1)").replace("ALGORITHM", "SART(order = random)")
    model = invlang.loads(text + "reconstruct s { minimize fidelity(y) by SART(order = random) }", dtype="float64")
    y = model.R(image())
    assert (model.r(y, iterations=1) - model.s(y, iterations=1)).abs().max() > 1e-6


@pytest.mark.parametrize("algorithm", ["SART(order = random, iterations = 200)", "Kaczmarz(order = random, iterations = 400)"])
def test_data_that_agree_are_met_in_a_random_order(algorithm: str) -> None:
    model, x = scanner(algorithm), image()
    assert (model.R(model.r(model.R(x))) - model.R(x)).abs().max() < 1e-8


def test_a_sweep_in_a_random_order_is_a_projection_onto_each_row_once() -> None:
    a = torch.randn(7, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    text = "given a : real[7, 12]\nunknown x : real[3, 4]\ndata y ~ Normal(CompressedSensing(a) @ x, sigma = 0.1)\n"
    text += "reconstruct r { minimize fidelity(y) by Kaczmarz(order = random, iterations = 2) }"
    points: list[torch.Tensor] = []
    y = torch.arange(7.0, dtype=torch.float64)
    invlang.loads(text, dtype="float64", a=a).r(y, watch=lambda k, x: points.append(x.flatten()))
    met = [int((a @ x - y).abs().argmin()) for x in points]
    assert [sorted(met[:7]), sorted(met[7:])] == [list(range(7))] * 2 and met[:7] != met[7:] and met[:7] != list(range(7))


def test_a_loop_with_a_random_order_is_one_graph() -> None:
    model = scanner("SART(subsets = 4, order = random, iterations = 2)")
    y = model.R(image())
    _, built = model.r._prepared([("y", model.program.measurements[0].space, y)])
    solver = model._instances.estimator("r", built, {})
    with torch.no_grad():
        torch.testing.assert_close(torch.compile(solver, fullgraph=True, backend="eager")(y), solver(y))


@pytest.mark.parametrize(
    ("word", "said"), [("shuffled", "the choices are cyclic, random"), ("3", "`3` is not a choice of `order`")]
)
def test_an_order_is_one_of_two_words(word: str, said: str) -> None:
    with pytest.raises(invlang.InvError, match=said):
        scanner(f"SART(order = {word})")
