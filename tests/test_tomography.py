"""Tomography as programs say it: against dense matrices, against scikit-image, and against projections that are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dense import compare, single
from tomography_oracle import smooth_image, smooth_projections

import invlang
from invlang.meaning.scanners import ROOT_OF_TWO

ANGLES = torch.tensor([0.0, 33, 90, 158, 245], dtype=torch.float64)
SCANNERS = {
    "parallel": "Tomography(a)",
    "circle": "Tomography(a, circle = true)",
    "few cells": "Tomography(a, detectors = 3)",
    "fan": "Tomography(a, geometry = fan)",
    "fan of other lengths": "Tomography(a, geometry = fan, source = 20, detector = 10, spacing = 1.5, detectors = 9)",
}


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("domain", ["real[4, 5]", "real[5, 5]", "complex[2, 4, 4]"])
@pytest.mark.parametrize("name", SCANNERS)
def test_a_scanner_is_its_matrix(name, domain):
    assert compare(single(domain, SCANNERS[name], "given a : real[5]"), {"a": ANGLES}) == []


@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_the_norm_is_a_bound_that_is_nearly_reached(geometry):
    model = invlang.loads(single("real[16, 16]", f"Tomography(a, geometry = {geometry})", "given a : real[5]"), a=ANGLES)
    matrix = torch.stack([model.A(e.reshape(16, 16)).flatten() for e in torch.eye(256)], 1)
    true = torch.linalg.matrix_norm(matrix, 2)
    assert true <= model.A.norm <= 1.01 * true
    assert model.A.norm**2 <= matrix.sum(0).max() * matrix.sum(1).max()


def test_a_program_may_learn_its_sizes_later():
    text = "dim H, W, V\nunknown x : real[H, W]\ngiven a : real[V]\nlet A = Tomography(a)\ndata y ~ Normal(A @ x, sigma = 0.1)"
    model = invlang.loads(text, a=ANGLES, H=6, W=9)
    assert model.A(torch.rand(2, 6, 9)).shape == (2, 5, 13)


def test_the_diagonal_is_long_enough_and_no_longer():
    top, bottom = ROOT_OF_TWO
    for n in range(1, bottom):
        cells = top * n // bottom + 1
        assert (cells - 1) ** 2 < 2 * n**2 <= cells**2


def projected(image: np.ndarray, angles: np.ndarray, cells: int) -> np.ndarray:
    model = invlang.loads(
        single(
            f"real[{image.shape[0]}, {image.shape[1]}]", f"Tomography(a, detectors = {cells})", f"given a : real[{len(angles)}]"
        ),
        a=torch.tensor(angles),
    )
    return model.A(torch.tensor(image)).numpy()


@pytest.mark.parametrize("n", [64, 65])
def test_projections_of_a_smooth_image_are_those_that_are_known(n):
    angles = np.arange(0, 180, 7.0)
    expected = smooth_projections(n, angles, n)
    assert np.abs(projected(smooth_image(n), angles, n) - expected).max() < 0.004 * expected.max()


@pytest.mark.parametrize("n", [64, 65])
def test_scikit_image_turns_about_sample_n_half_and_agrees_where_that_is_the_middle(n):
    """The definition turns about the middle of the image. scikit-image turns about sample ⌊n / 2⌋: half a sample off where n is even."""
    from skimage.transform import radon

    angles = np.arange(0, 180, 7.0)
    with pytest.warns(UserWarning, match="outside the reconstruction circle"):
        theirs = radon(smooth_image(n), theta=angles, circle=True).T
    off = 0.5 if n % 2 == 0 else 0.0
    same = smooth_projections(n, angles, n, middle=(off, -off), offset=off)
    assert np.abs(theirs - same).max() < 0.006 * same.max()
    ours = projected(smooth_image(n), angles, n)
    apart = np.abs(theirs - ours).max() / same.max()
    assert apart < 0.004 if n % 2 else apart > 0.05


# ---- filtered back-projection


def program(geometry: str, image: str, domain: str = "real[41, 41]", views: int = 180) -> str:
    return f"""
unknown x : {domain}
given   a : real[{views}]
let     T = {geometry}
data    y ~ Normal(T @ x, sigma = 0.1)
reconstruct fbp {{ estimate {image} @ y }}
"""


@pytest.mark.parametrize("window", ["ram_lak", "shepp_logan", "cosine", "hamming", "hann"])
def test_of_a_circle_it_is_what_scikit_image_calculates(window):
    from skimage.transform import iradon

    angles = torch.arange(180.0)
    model = invlang.loads(program("Tomography(a, circle = true)", f"FBP(a, circle = true, window = {window})"), a=angles)
    y = model.T(torch.tensor(smooth_image(41)))
    theirs = iradon(
        y.numpy().T, theta=angles.numpy(), filter_name=window.replace("ram_lak", "ramp").replace("_", "-"), circle=True
    )
    inside = theirs != 0
    close = {"ram_lak": 1e-10, "shepp_logan": 1e-6, "cosine": 1e-6}.get(
        window, 0.02
    )  # their Hamming and Hann end half a step off
    assert np.abs(model.fbp(y).numpy() - theirs)[inside].max() < close


def error_inside(found: torch.Tensor, truth: np.ndarray) -> float:
    return float(np.sqrt(np.mean((found.numpy() - truth) ** 2)) / truth.max())


FANS = (
    "geometry = fan",
    "geometry = fan, source = 45, detector = 20",
    "geometry = fan, source = 90, spacing = 1.1, detectors = 120",
)


@pytest.mark.parametrize("options", ["", "circle = true", *FANS])
def test_it_gives_a_smooth_image_back(options):
    more = f", {options}" if options else ""
    model = invlang.loads(program(f"Tomography(a{more})", f"FBP(a{more})"), a=2 * torch.arange(180.0))
    truth = smooth_image(41)
    y = model.T(torch.tensor(truth))
    assert error_inside(model.fbp(y), truth) < 0.01
    torch.testing.assert_close(model.fbp(torch.stack((y, 2 * y)))[1], 2 * model.fbp(y))


def test_from_half_a_turn_it_is_the_same():
    truth = smooth_image(41)
    model = invlang.loads(program("Tomography(a)", "FBP(a)", views=90), a=2 * torch.arange(90.0))
    assert error_inside(model.fbp(model.T(torch.tensor(truth))), truth) < 0.01


def test_a_cone_gives_a_smooth_volume_back():
    truth = smooth_image(21) * np.exp(-(((np.arange(21) - 8) / 6) ** 2))[:, None, None]
    model = invlang.loads(program("ConeBeam(a)", "FDK(a)", "real[21, 21, 21]", 90), a=4 * torch.arange(90.0))
    assert error_inside(model.fbp(model.T(torch.tensor(truth))), truth) < 0.02


@pytest.mark.parametrize("operator", ["FBP(a).H", "FBP(a, geometry = fan, window = hann).H", "ConeBeam(a)", "FDK(a).H"])
def test_they_are_their_matrices(operator):
    domain = "real[3, 4, 3]" if operator[0] in "CF" and "FBP" not in operator else "real[4, 5]"
    assert compare(single(domain, operator, "given a : real[5]"), {"a": ANGLES}) == []


def test_the_ramp_filter_is_its_matrix():
    assert compare(single("real[2, 7]", "RampFilter(window = hann)")) == []


# ---- restriction to some angles


@pytest.mark.parametrize("k", [0, 1])
def test_a_subset_of_the_angles_is_a_scanner_of_its_own(k):
    text = f"""
dim V = 6
unknown x : real[5, 5]
given   a : real[V]
let     A = Tomography(a)
let     P = Subset(V, of = 2, part = {k + 1}) @ A
let     S = Tomography(Subset(V, of = 2, part = {k + 1}) @ a)
data    y ~ Normal(A @ x, sigma = 0.1)
"""
    model = invlang.loads(text, a=torch.arange(6) * 31.0)
    x = torch.rand(5, 5)
    torch.testing.assert_close(model.S(x), model.A(x)[k::2])
    torch.testing.assert_close(model.P(x), model.A(x)[k::2])
    torch.testing.assert_close(model.P.H(model.P(x)), model.S.H(model.S(x)))
    assert "downsample" not in model.source.split("def P(")[1].split("    def ")[0]


def test_a_restricted_scanner_is_its_matrix():
    text = """
dim H = 4, W = 5, V = 6
unknown x : real[H, W]
given   a : real[V]
let     A = Subset(V, of = 3, part = 2) @ Tomography(a)
data    y ~ Normal(A @ x, sigma = 0.1)
"""
    assert compare(text, {"a": 31 * torch.arange(6.0)}) == []


# ---- emission tomography


PET_TEXT = """
dim H = 24, W = 24, V = 30, D = 34
unknown x : real[H, W] in [0, inf]
given   a : real[V]
given   s : real[V, D]
given   b : real[V, D]
let     P = PET(a, s, b)
data    y ~ Poisson(P @ x)
reconstruct em { minimize fidelity(y) by MLEM(iterations = 40) }
"""


def test_emission_tomography_attenuates_and_adds_a_background():
    a, s, b = 6 * torch.arange(30.0), torch.rand(30, 34), torch.rand(30, 34) + 0.5
    model = invlang.loads(PET_TEXT, a=a, s=s, b=b)
    plain = invlang.loads(single("real[24, 24]", "Tomography(a)", "given a : real[30]"), a=a)
    x = torch.rand(24, 24)
    torch.testing.assert_close(model.P(x), s * plain.A(x) + b)
    v, w = torch.rand(24, 24), torch.rand(30, 34)
    torch.testing.assert_close(model.P.jvp(x, v), s * plain.A(v))
    torch.testing.assert_close(model.P.vjp(x, w), plain.A.H(s * w))


def test_expectation_maximisation_raises_the_likelihood_in_every_round_and_keeps_x_positive():
    a, s, b = 6 * torch.arange(30.0), torch.rand(30, 34) * 0.5 + 0.5, 0.1 + torch.rand(30, 34)
    model = invlang.loads(PET_TEXT, a=a, s=s, b=b)
    truth = 20 * torch.tensor(smooth_image(24))
    y = model.simulate(truth, seed=0)["y"]
    seen = []
    x = model.em(y, watch=lambda k, x: seen.append(float(model.em.objective(x, y))))
    assert all(after <= before + 1e-9 for before, after in zip(seen, seen[1:], strict=False))
    assert x.min() >= 0 and error_inside(x, truth.numpy()) < 0.15
