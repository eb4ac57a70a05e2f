"""Tests of the kernels of tomography against projections ray by ray, and against the integrals of a disk that are known."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of
from tomography_oracle import dense_matrix, disk

from invlang.kernels.scanners import fan_spacing, fan_views, parallel_views
from invlang.kernels.tomography import (
    footprints_adjoint,
    line_integrals,
    line_integrals_adjoint,
    ray_index,
    ray_lengths,
    shadow_index,
    shadow_weights,
)

ANGLES = torch.tensor([0.0, 17, 45, 90, 131, 180, 300], dtype=torch.float64)
SIZES = [(4, 5), (5, 4), (3, 3), (6, 6), (1, 4), (5, 1), (1, 1)]


def scanner(geometry, sizes, cells, angles=ANGLES):
    """views, size and diverging of a scanner."""
    if geometry == "parallel":
        return parallel_views(angles), (len(angles), cells), False
    source, detector = 1.5 * max(sizes) + 1, 0.8 * max(sizes)
    views = fan_views(angles, source, detector, fan_spacing(source, detector, angles, cells, sizes), sizes)
    return views, (len(angles), cells), True


@pytest.mark.parametrize("cells", [6, 7])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_forward_and_adjoint_are_the_matrix_of_the_definition(geometry, sizes, cells):
    views, size, diverging = scanner(geometry, sizes, cells)
    expected = dense_matrix(sizes, views.numpy(), size, diverging)
    forward = matrix_of(lambda x: line_integrals(x, views, (-2, -1), size, diverging), sizes)
    back = matrix_of(lambda y: line_integrals_adjoint(y, views, (-2, -1), size, sizes, diverging), size)
    np.testing.assert_allclose(forward, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(back, expected.T, rtol=0, atol=1e-10)


@pytest.mark.parametrize("axes", [(-2, -1), (-3, -1), (-3, -2)])
@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_dot_test_in_every_type_and_batch(geometry, axes):
    shape = (4, 6, 5)
    sizes = tuple(shape[a] for a in axes)
    views, size, diverging = scanner(geometry, sizes, 7)
    assert_adjoint_everywhere(
        lambda x: line_integrals(x, views, axes, size, diverging),
        lambda y: line_integrals_adjoint(y, views, axes, size, sizes, diverging),
        shape,
    )


@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_one_scanner_for_each_sample(geometry):
    sizes = (5, 6)
    angles = torch.stack((ANGLES, ANGLES + 11))
    views, size, diverging = scanner(geometry, sizes, 8, angles[0])[0], (len(ANGLES), 8), geometry == "fan"
    both = torch.stack((views, scanner(geometry, sizes, 8, angles[1])[0]))
    x = draw((2, 3, *sizes))
    y = line_integrals(x, both, (-2, -1), size, diverging)
    back = line_integrals_adjoint(y, both, (-2, -1), size, sizes, diverging)
    for i in range(2):
        torch.testing.assert_close(y[i], line_integrals(x[i], both[i], (-2, -1), size, diverging))
        torch.testing.assert_close(back[i], line_integrals_adjoint(y[i], both[i], (-2, -1), size, sizes, diverging))
    one = line_integrals(x[0, 0], both, (-2, -1), size, diverging)
    torch.testing.assert_close(one[1], line_integrals(x[0, 0], both[1], (-2, -1), size, diverging))


@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_gradients_in_the_image_in_the_data_and_in_the_angles(geometry):
    angles = torch.tensor([3.0, 50, 141], dtype=torch.float64)
    sizes, x = (4, 5), draw((4, 5))
    views, size, diverging = scanner(geometry, sizes, 6, angles)
    assert_gradient(lambda x: line_integrals(x, views, (-2, -1), size, diverging), x)
    assert_gradient(lambda y: line_integrals_adjoint(y, views, (-2, -1), size, sizes, diverging), draw(size))
    assert_gradient(lambda a: line_integrals(x, scanner(geometry, sizes, 6, a)[0], (-2, -1), size, diverging), angles)


def test_captured_as_one_graph():
    views, size, _ = scanner("parallel", (4, 5), 6)
    assert_captured(lambda x: line_integrals(x, views, (-2, -1), size), draw((2, 4, 5)))
    assert_captured(lambda y: line_integrals_adjoint(y, views, (-2, -1), size, (4, 5)), draw((2, *size)))


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_what_the_rays_read_can_be_worked_out_beforehand(geometry, sizes):
    views, size, diverging = scanner(geometry, sizes, 7)
    known = [table(views, size, sizes, diverging) for table in (ray_index, ray_lengths)]
    forward = lambda x: line_integrals(x, views, (-2, -1), size, diverging, *known)
    adjoint = lambda y: line_integrals_adjoint(y, views, (-2, -1), size, sizes, diverging, *known)
    expected = dense_matrix(sizes, views.numpy(), size, diverging)
    np.testing.assert_allclose(matrix_of(forward, sizes), expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(matrix_of(adjoint, size), expected.T, rtol=0, atol=1e-10)
    assert_adjoint_everywhere(forward, adjoint, sizes)


def test_derivatives_of_what_was_worked_out_beforehand_are_the_adjoint():
    views, size, _ = scanner("parallel", (4, 5), 6)
    known = [table(views, size, (4, 5)) for table in (ray_index, ray_lengths)]
    forward = lambda x: line_integrals(x, views, (-2, -1), size, False, *known)
    adjoint = lambda y: line_integrals_adjoint(y, views, (-2, -1), size, (4, 5), False, *known)
    assert_gradient(forward, draw((2, 4, 5)))
    assert_gradient(adjoint, draw(size))
    x = draw((4, 5)).requires_grad_()
    (first,) = torch.autograd.grad(forward(x).pow(3).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    torch.testing.assert_close(second, adjoint(6 * forward(x) * forward(torch.ones_like(x))))
    assert_captured(lambda x: adjoint(forward(x)), draw((2, 4, 5)))


def test_nothing_is_kept_of_what_is_large_or_has_derivatives():
    views, size, _ = scanner("parallel", (4, 5), 6)
    assert not ray_index(views.clone().requires_grad_(), size, (4, 5)).numel()
    assert not ray_lengths(torch.stack((views, views)), size, (4, 5)).numel()
    known = [table(views, size, (4, 5), most=50) for table in (ray_index, ray_lengths)]
    assert not known[0].numel() and not known[1].numel()
    x = draw((4, 5))
    torch.testing.assert_close(line_integrals(x, views, (-2, -1), size, False, *known), line_integrals(x, views, (-2, -1), size))


@pytest.mark.parametrize("sizes", [(4, 5), (3, 4, 2)])
def test_where_shadows_fall_can_be_worked_out_beforehand(sizes):
    k, cells = len(sizes), (5, 6)[: len(sizes) - 1]
    cameras = torch.cat(
        (draw((3, k - 1, k + 1)), 0.05 * draw((3, 1, k + 1), seed=1) + torch.eye(k + 1, dtype=torch.float64)[k]), 1
    )
    size, axes, y = (3, *cells), tuple(range(-k, 0)), draw((2, 3, *cells))
    known = [table(cameras, size, sizes) for table in (shadow_index, shadow_weights)]
    found = footprints_adjoint(y, cameras, axes, size, sizes)
    torch.testing.assert_close(footprints_adjoint(y, cameras, axes, size, sizes, *known), found)
    torch.testing.assert_close(footprints_adjoint(y + 2j * y, cameras, axes, size, sizes, *known), (1 + 2j) * found)
    assert_captured(lambda y: footprints_adjoint(y, cameras, axes, size, sizes, *known), y)
    assert not shadow_index(cameras, size, sizes, most=10).numel() and not shadow_weights(cameras, size, sizes, most=10).numel()


def smooth_disk(n, radius, middle=(0.0, 0.0)):
    """A disk whose samples are the mean over each square, from the middle of the image; rows go down, y goes up."""
    fine = 8
    place = (np.arange(n * fine) + 0.5) / fine - n / 2
    inside = np.hypot(place[None, :] - middle[0], -place[:, None] - middle[1]) < radius
    return torch.tensor(inside.reshape(n, fine, n, fine).mean((1, 3)))


@pytest.mark.parametrize("n", [64, 65])
def test_parallel_projections_of_a_disk(n):
    """A disk at (x, y), y up, casts its shadow at x cos θ + y sin θ."""
    radius, (x, y) = 0.3 * n, (0.1 * n, -0.15 * n)
    angles = torch.arange(0, 360, 15.0, dtype=torch.float64)
    cells = 92
    found = line_integrals(smooth_disk(n, radius, (x, y)), parallel_views(angles), (-2, -1), (len(angles), cells))
    turn = np.deg2rad(angles.numpy())[:, None]
    place = np.arange(cells) - (cells - 1) / 2
    expected = disk(radius, place - x * np.cos(turn) - y * np.sin(turn))
    assert np.sqrt(np.mean((found.numpy() - expected) ** 2)) < 0.012 * expected.max()


@pytest.mark.parametrize("n", [64, 65])
def test_fan_projections_of_a_disk(n):
    """The same for rays from a source at (−sin θ, cos θ) · distance, y up."""
    radius, (x, y), source, far, cells, spacing = 0.3 * n, (0.1 * n, -0.15 * n), 2.5 * n, 1.5 * n, 150, 1.3
    angles = torch.arange(0, 360, 15.0, dtype=torch.float64)
    views = fan_views(angles, source, far, spacing, (n, n))
    found = line_integrals(smooth_disk(n, radius, (x, y)), views, (-2, -1), (len(angles), cells), True)
    turn = np.deg2rad(angles.numpy())[:, None]
    fan = np.arctan(spacing * (np.arange(cells) - (cells - 1) / 2) / (source + far))
    normal = turn + fan
    distance = source * np.sin(fan) - x * np.cos(normal) - y * np.sin(normal)
    expected = disk(radius, distance)
    assert np.sqrt(np.mean((found.numpy() - expected) ** 2)) < 0.012 * expected.max()


def test_a_source_inside_of_the_image_is_refused():
    with pytest.raises(ValueError, match="`source` is above 4.2"):
        fan_views(ANGLES, 4.0, 10.0, 1.0, (6, 6))
    with pytest.raises(ValueError, match="it turns around it"):
        fan_spacing(4.0, 10.0, ANGLES, 9, (6, 6))


@pytest.mark.parametrize("angles", [torch.zeros(0), torch.tensor([0.0, torch.inf])])
def test_no_angles_and_angles_without_end_are_refused(angles):
    with pytest.raises(ValueError, match="one angle at least"):
        parallel_views(angles)
