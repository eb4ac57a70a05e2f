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
