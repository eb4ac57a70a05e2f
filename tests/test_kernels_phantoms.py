"""Tests of phantoms: values, places and sizes of what they show."""

import pytest
import torch

from invlang.kernels.phantoms import dead_leaves, random_ellipses, shepp_logan, shepp_logan_3d, shepp_logan_ellipses
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.float64)


@pytest.mark.parametrize("sizes", [(64, 64), (3, 51, 40), (1, 1)])
def test_the_head_fills_any_size(sizes):
    head = shepp_logan(sizes, LIKE)
    assert head.shape == sizes and head.amin() >= 0 and head.amax() <= 1
    assert all(torch.equal(c, head.reshape(-1, *sizes[-2:])[0]) for c in head.reshape(-1, *sizes[-2:]))


def test_the_head_by_hand():
    """Outside 0, skull 1, brain 0.2, the two ventricles 0, the upper blob 0.3."""
    head = shepp_logan((401, 401), LIKE)

    def at(x, y):
        return float(head[round((1 - y) * 401 / 2 - 0.5), round((x + 1) * 401 / 2 - 0.5)])

    for x, y, value in [
        (0.9, 0.9, 0),
        (0, 0.9, 1),
        (0, 0, 0.2),
        (0.22, 0, 0),
        (-0.22, 0, 0),
        (0, 0.4, 0.3),
        (0, 0.1, 0.3),
        (0, -0.606, 0.3),
    ]:
        assert at(x, y) == pytest.approx(value, abs=1e-12), (x, y)
    assert at(0.22 - 0.0, 0.0) == 0 and at(-0.45, 0.5) == pytest.approx(0.2)
    # the ventricles lean inwards at the top: the right one is turned by −18 degrees
    assert at(0.22 + 0.25 * 0.309, 0.25 * 0.951) == pytest.approx(0, abs=1e-12)


def test_the_mean_of_the_head_is_the_sum_of_its_ellipses():
    head = shepp_logan((1000, 1000), LIKE)
    area = sum(value * torch.pi * a * b for value, a, b, *_ in shepp_logan_ellipses()) / 4
    assert float(head.mean()) == pytest.approx(float(area), rel=2e-3)


def test_the_head_is_skimages_turned_as_it_is():
    data = pytest.importorskip("skimage.data")
    theirs = torch.from_numpy(data.shepp_logan_phantom()).double()
    ours = shepp_logan((400, 400), LIKE)
    assert float((ours - theirs).abs().mean()) < 0.01


def test_a_plane_of_the_volume_is_like_the_flat_head():
    volume = shepp_logan_3d((65, 64, 64), LIKE)
    assert volume.shape == (65, 64, 64) and (volume[0] == 0).all() and (volume[-1] == 0).all()
    flat = shepp_logan((64, 64), LIKE)
    assert float(((volume[32] - flat).abs() > 0.15).double().mean()) < 0.02


@pytest.mark.parametrize("law", [random_ellipses, dead_leaves])
@pytest.mark.parametrize("sizes", [(32, 40), (3, 32, 32), (2, 1, 8, 9)])
def test_random_pictures_stay_between_0_and_1_and_differ(law, sizes):
    first, second = (law(sizes, LIKE, generator=stream(0, "x", 0, i)) for i in range(2))
    assert first.shape == sizes and first.amin() >= 0 and first.amax() <= 1
    assert not torch.equal(first, second) and float(first.std()) > 0.01
    if sizes[0] == 3:
        edges = [c.diff(dim=-1).abs() > 1e-9 for c in first]
        assert float((edges[0] == edges[1]).double().mean()) > 0.95


def test_dead_leaves_have_the_radii_of_their_law():
    """One leaf on a ground: P(radius > r) = (r⁻² − r_max⁻²) / (r_min⁻² − r_max⁻²)."""
    shape = torch.rand(100_000, dtype=torch.float64, generator=stream(0, "r"))
    radius = (0.03**-2 + shape * (0.5**-2 - 0.03**-2)) ** -0.5
    for r in (0.05, 0.1, 0.3):
        wanted = (r**-2 - 0.5**-2) / (0.03**-2 - 0.5**-2)
        assert float((radius > r).double().mean()) == pytest.approx(wanted, abs=0.005)


def test_dead_leaves_cover_the_picture():
    picture = dead_leaves((64, 64), LIKE, 2000, generator=stream(0, "x"))
    assert picture.unique().numel() > 50


def test_ellipses_are_where_they_are_drawn():
    """One ellipse: as many pixels as its area says."""
    picture = random_ellipses((300, 300), LIKE, 1, 0.2, 0.2, stream(3, "x"))
    inside = (picture > 0).double().mean()
    assert float(inside) == pytest.approx(torch.pi * 0.04 / 4, rel=0.02)
