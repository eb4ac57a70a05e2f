"""Tests of where rays and shadows lie: each shadow is where the ray through its sample hits the detector; the ramp filter is |f|."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of
from tomography_oracle import dense_matrix, shadow_matrix

from invlang.kernels.scanners import (
    cone_cameras,
    cone_views,
    fan_cameras,
    fan_spacing,
    fan_views,
    parallel_cameras,
    parallel_views,
    ramp_taps,
    ray_weights,
)
from invlang.kernels.tomography import footprints, footprints_adjoint, line_integrals, line_integrals_adjoint

ANGLES = torch.tensor([0.0, 17, 90, 131, 300], dtype=torch.float64)
SOURCE, DETECTOR, SPACING = 11.0, 7.0, 1.7


def scanner(geometry, angles=ANGLES):
    """views and cameras of a scanner, and the sizes of an image and of its data."""
    lengths = (SOURCE, DETECTOR, SPACING, (4, 5))
    if geometry == "parallel":
        return parallel_views(angles), parallel_cameras(angles), (4, 5), (len(angles), 6)
    if geometry == "fan":
        return fan_views(angles, *lengths), fan_cameras(angles, *lengths), (4, 5), (len(angles), 6)
    return cone_views(angles, *lengths), cone_cameras(angles, *lengths), (3, 4, 5), (len(angles), 3, 4)


@pytest.mark.parametrize("geometry", ["parallel", "fan", "cone"])
def test_the_ray_of_a_cell_goes_through_what_casts_its_shadow_there(geometry):
    views, cameras, _, size = scanner(geometry)
    for view, camera in zip(views, cameras, strict=True):
        cell = torch.tensor([1.3, -0.6], dtype=torch.float64)[: len(size) - 1]
        middle = view[1] + cell @ view[2:]
        start = view[0] if geometry != "parallel" else middle - 3 * view[0]
        for share in (0.3, 0.7):
            *u, w = camera @ torch.cat((start + share * (middle - start), torch.ones(1)))
            torch.testing.assert_close(torch.stack(u) / w, cell)


@pytest.mark.parametrize("geometry", ["parallel", "fan", "cone"])
def test_footprints_and_backprojection_are_the_matrix_of_the_definition(geometry):
    _, cameras, sizes, size = scanner(geometry)
    axes = tuple(range(-len(sizes), 0))
    expected = shadow_matrix(cameras.numpy(), sizes, size)
    np.testing.assert_allclose(matrix_of(lambda x: footprints(x, cameras, axes, size), sizes), expected, rtol=0, atol=1e-10)
    back = matrix_of(lambda y: footprints_adjoint(y, cameras, axes, size, sizes), size)
    np.testing.assert_allclose(back, expected.T, rtol=0, atol=1e-10)


def test_a_cone_is_the_matrix_of_the_definition():
    views, _, sizes, size = scanner("cone", ANGLES[1:4])
    axes = (-3, -2, -1)
    expected = dense_matrix(sizes, views.numpy(), size, True)
    forward = matrix_of(lambda x: line_integrals(x, views, axes, size, True), sizes)
    back = matrix_of(lambda y: line_integrals_adjoint(y, views, axes, size, sizes, True), size)
    np.testing.assert_allclose(forward, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(back, expected.T, rtol=0, atol=1e-10)


@pytest.mark.parametrize("geometry", ["parallel", "fan", "cone"])
def test_dot_tests(geometry):
    views, cameras, sizes, size = scanner(geometry)
    axes, diverging = tuple(range(-len(sizes), 0)), geometry != "parallel"
    assert_adjoint_everywhere(
        lambda x: footprints(x, cameras, axes, size), lambda y: footprints_adjoint(y, cameras, axes, size, sizes), sizes
    )
    assert_adjoint_everywhere(
        lambda x: line_integrals(x, views, axes, size, diverging),
        lambda y: line_integrals_adjoint(y, views, axes, size, sizes, diverging),
        sizes,
    )


def test_one_scanner_for_each_sample():
    both = torch.stack((scanner("fan")[1], scanner("fan", ANGLES + 5)[1]))
    _, _, sizes, size = scanner("fan")
    x = draw((2, *sizes))
    y = footprints(x, both, (-2, -1), size)
    torch.testing.assert_close(y[1], footprints(x[1], both[1], (-2, -1), size))
    back = footprints_adjoint(y, both, (-2, -1), size, sizes)
    torch.testing.assert_close(back[1], footprints_adjoint(y[1], both[1], (-2, -1), size, sizes))


def test_gradients_and_capture():
    angles = torch.tensor([3.0, 50, 141], dtype=torch.float64)
    _, cameras, sizes, size = scanner("fan", angles)
    y = draw(size)
    assert_gradient(lambda y: footprints_adjoint(y, cameras, (-2, -1), size, sizes), y)
    assert_gradient(lambda a: footprints_adjoint(y, scanner("fan", a)[1], (-2, -1), size, sizes), angles)
    assert_captured(lambda x: footprints(x, cameras, (-2, -1), size), draw(sizes))
    assert_captured(lambda y: footprints_adjoint(y, cameras, (-2, -1), size, sizes), y)


@pytest.mark.parametrize("cells", [1, 2, 5, 8])
def test_the_ramp_is_a_quarter_in_the_middle_and_minus_one_over_the_square_of_odd_lags(cells):
    taps = ramp_taps(cells, torch.zeros(0, dtype=torch.float64)).numpy()
    lags = np.arange(1 - cells, cells)
    expected = [0.25 if n == 0 else -1 / (np.pi * n) ** 2 if n % 2 else 0 for n in lags]
    np.testing.assert_allclose(taps, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("window", ["shepp_logan", "cosine", "hamming", "hann"])
def test_windows_keep_low_frequencies_and_damp_high_ones(window):
    like = torch.zeros(0, dtype=torch.float64)
    plain, damped = (torch.fft.fft(ramp_taps(64, like, w), 1024).abs() for w in ("ram_lak", window))
    gain = damped / plain
    assert abs(gain[20] - 1) < 0.02
    assert gain[512] < 0.7 and damped[512] < plain[512]


def test_rays_weigh_by_their_cosine():
    weights = ray_weights(6.0, 4.0, 0.5, torch.zeros(0, dtype=torch.float64), (3, 2))
    u, v = np.meshgrid([-0.5, 0, 0.5], [-0.25, 0.25], indexing="ij")
    np.testing.assert_allclose(weights.numpy(), 10 / np.sqrt(100 + u**2 + v**2) * 10 / 3.0, rtol=1e-12)


def test_the_outermost_cells_of_a_fan_just_see_the_corners():
    spacing = fan_spacing(20.0, 10.0, ANGLES, 12, (16, 12))
    edge = np.arctan(6 * float(spacing) / 30)
    np.testing.assert_allclose(20 * np.sin(edge), 10)
