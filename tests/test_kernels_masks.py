"""Tests of masks and coil maps."""

import pytest
import torch
from kernel_checks import draw

from invlang.kernels.differences import gradient
from invlang.kernels.masks import (
    bayer,
    birdcage_maps,
    cartesian_mask,
    equispaced_mask,
    gaussian_mask,
    inner_differences,
    line_chances,
    poly_order_mask,
)
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.complex128)


@pytest.mark.parametrize("sizes", [(4, 6), (5, 3), (1, 1)])
def test_a_bayer_pattern_sees_one_colour_at_each_pixel(sizes):
    mask = bayer(sizes, LIKE)
    assert mask.dtype == torch.float64
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            assert mask[:, i, j].tolist() == [float(i % 2 and j % 2), float(i % 2 != j % 2), float(i % 2 == 0 and j % 2 == 0)]


@pytest.mark.parametrize("sizes", [(4, 5), (1, 3), (2, 3, 4)])
def test_inner_differences_turn_the_circular_gradient_into_the_other(sizes):
    x, axes = draw((2, *sizes)), tuple(range(-len(sizes), 0))
    torch.testing.assert_close(inner_differences(sizes, x) * gradient(x, axes, "circular"), gradient(x, axes, "neumann"))


@pytest.mark.parametrize("axes", [(-3,), (-2,), (-1, -3), (-3, -2)])
def test_inner_differences_of_axes_among_others(axes):
    x = draw((3, 4, 5))
    sizes = tuple(n if i - 3 in axes else 1 for i, n in enumerate(x.shape))[min(axes) :]
    torch.testing.assert_close(inner_differences(sizes, x, axes) * gradient(x, axes, "circular"), gradient(x, axes, "neumann"))


@pytest.mark.parametrize("sizes", [(1, 64), (5, 65), (3, 1, 64), (3, 7, 50)])
@pytest.mark.parametrize("acceleration", [1, 2, 4, 100])
@pytest.mark.parametrize("law", [cartesian_mask, gaussian_mask])
def test_lines_are_counted_and_the_centre_is_among_them(law, sizes, acceleration):
    mask = law(sizes, LIKE, acceleration, 0.1, stream(1, "m"))
    n = sizes[-1]
    central = round(0.1 * n)
    assert mask.shape == sizes and mask.dtype == torch.float64
    assert torch.equal(mask, mask[..., :1, :].expand(sizes))
    assert (mask.sum(-1) == max(central, round(n / acceleration))).all()
    assert mask[..., n // 2 - central // 2 : n // 2 - central // 2 + central].all() and mask[..., n // 2].all()


@pytest.mark.parametrize("law", [cartesian_mask, gaussian_mask, equispaced_mask, poly_order_mask])
def test_frames_differ(law):
    mask = law((3, 1, 64), LIKE, 4, 0.08, generator=stream(0, "m"))
    assert not torch.equal(mask[0], mask[1]) and not torch.equal(mask[1], mask[2])
    assert set(mask.unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("law", [cartesian_mask, gaussian_mask, poly_order_mask])
def test_chances_of_lines(law):
    """Uniform outside of the centre; for the others more in the middle than at the border; in total n / acceleration."""
    n, frames = 60, 4000
    seen = law((frames, 1, n), LIKE, 4, 0.1, generator=stream(0, "m")).mean((0, 1))
    assert float(seen.sum()) == pytest.approx(n / 4, abs=0.2)
    assert (seen[27:33] == 1).all()
    near, far = seen[[25, 26, 33, 34]].mean(), seen[[0, 1, 58, 59]].mean()
    if law is cartesian_mask:
        torch.testing.assert_close(seen[:27], torch.full((27,), 9 / 54, dtype=torch.float64), atol=0.03, rtol=0)
    else:
        assert near > 1.5 * far
    if law is poly_order_mask:
        torch.testing.assert_close(seen, line_chances(n, 4, 0.1, 8.0), atol=0.03, rtol=0)


def test_a_weighted_draw_of_one_line_has_the_chances_of_its_weights():
    """Of n columns exactly one is drawn, so its frequency is the normalised weight."""
    n, frames = 8, 40_000
    seen = gaussian_mask((frames, 1, n), LIKE, 8, 0.0, stream(0, "m")).mean((0, 1))
    away = (torch.arange(n, dtype=torch.float64) - 4) / 0.8
    chances = torch.exp(-away.square() / 2) + 1 / 16
    torch.testing.assert_close(seen, chances / chances.sum(), atol=0.01, rtol=0)


@pytest.mark.parametrize(("n", "acceleration", "centre"), [(64, 4, 0.08), (65, 3, 0.1), (100, 2, 0.0), (128, 8, 0.04)])
def test_equispaced_lines_have_equal_distances_and_nearly_the_right_number(n, acceleration, centre):
    count = round(n * centre)
    step = (n - count) * acceleration / (n - count * acceleration)
    for sample in range(20):
        mask = equispaced_mask((2, 3, n), LIKE, acceleration, centre, stream(0, "m", 0, sample))
        start = n // 2 - count // 2
        outside = [i for i in range(n) if mask[0, 0, i] and not start <= i < start + count]
        gaps = {b - a for a, b in zip(outside, outside[1:], strict=False) if not (a < start <= b)}
        assert gaps <= {int(step), int(step) + 1}
        assert mask[0, 0, start : start + count].all()
        assert abs(float(mask[0, 0].sum()) - n / acceleration) <= 2
        assert torch.equal(mask[:, 0], mask[:, 2])


def test_equispaced_lines_by_hand():
    """n = 12, acceleration 3, no centre: every third line, shifted by one from frame to frame."""
    mask = equispaced_mask((3, 1, 12), LIKE, 3, 0.0, stream(0, "m"))[:, 0]
    first = int(mask[0].nonzero()[0])
    for t in range(3):
        assert mask[t].nonzero().flatten().tolist() == list(range((first + t) % 3, 12, 3))


@pytest.mark.parametrize("acceleration", [2, 4, 7.5])
def test_the_chances_of_a_polynomial_mask_sum_to_the_lines(acceleration):
    chances = line_chances(101, acceleration, 0.04, 8.0)
    assert float(chances.sum()) == pytest.approx(101 / acceleration, abs=1e-9)
    assert (chances >= 0).all() and (chances <= 1).all() and (chances[49:52] == 1).all()


@pytest.mark.parametrize("sizes", [(4, 8, 10), (1, 5, 5), (8, 1, 4)])
def test_coil_maps_add_up_to_one_and_are_strongest_near_their_coil(sizes):
    maps = birdcage_maps(sizes, LIKE)
    assert maps.shape == sizes and maps.dtype == torch.complex128
    torch.testing.assert_close(maps.abs().square().sum(0), torch.ones(sizes[1:], dtype=torch.float64))
    if sizes[0] == 4:
        assert int(maps[:, 4, -1].abs().argmax()) == 0 and int(maps[:, -1, 5].abs().argmax()) == 1
