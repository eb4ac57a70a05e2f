"""Algorithms that look at one part of the data at a time: what they find, what a round costs, and what has no parts."""

from __future__ import annotations

import pytest
import torch

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


@pytest.mark.parametrize("algorithm", ["SIRT", "SART(subsets = 4)", "Kaczmarz(subsets = 4)", "OSEM(subsets = 4)"])
def test_a_round_is_one_projection_and_one_backprojection_of_its_part(algorithm: str) -> None:
    counts = algorithm.startswith("OSEM")
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
