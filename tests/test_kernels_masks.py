"""Tests of masks and coil maps."""

import pytest
import torch
from kernel_checks import draw

from invlang.kernels.differences import gradient
from invlang.kernels.masks import bayer, birdcage_maps, cartesian_mask, inner_differences, random_mask

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


def test_a_random_mask_keeps_its_share():
    mask = random_mask((300, 400), LIKE, 0.3, torch.Generator().manual_seed(0))
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert float(mask.mean()) == pytest.approx(0.3, abs=0.01)
    assert torch.equal(mask, random_mask((300, 400), LIKE, 0.3, torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("sizes", [(1, 64), (5, 65), (3, 1, 64), (3, 7, 50)])
@pytest.mark.parametrize("acceleration", [1, 2, 4, 100])
def test_a_cartesian_mask_keeps_whole_lines_and_the_centre(sizes, acceleration):
    mask = cartesian_mask(sizes, LIKE, acceleration, 0.1, torch.Generator().manual_seed(1))
    n = sizes[-1]
    central = round(0.1 * n)
    assert mask.shape == sizes
    assert torch.equal(mask, mask[..., :1, :].expand(sizes))
    assert (mask.sum(-1) == max(central, round(n / acceleration))).all()
    assert mask[..., n // 2 - central // 2 : n // 2 - central // 2 + central].all() and mask[..., n // 2].all()


def test_frames_differ():
    mask = cartesian_mask((2, 1, 64), LIKE, generator=torch.Generator().manual_seed(0))
    assert not torch.equal(mask[0], mask[1])


@pytest.mark.parametrize("sizes", [(4, 8, 10), (1, 5, 5), (8, 1, 4)])
def test_coil_maps_add_up_to_one_and_are_strongest_near_their_coil(sizes):
    maps = birdcage_maps(sizes, LIKE)
    assert maps.shape == sizes and maps.dtype == torch.complex128
    torch.testing.assert_close(maps.abs().square().sum(0), torch.ones(sizes[1:], dtype=torch.float64))
    if sizes[0] == 4:
        assert int(maps[:, 4, -1].abs().argmax()) == 0 and int(maps[:, -1, 5].abs().argmax()) == 1
