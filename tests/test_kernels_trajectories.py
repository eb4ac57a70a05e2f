"""Tests of trajectories through k-space and of the weights of their samples."""

import pytest
import torch

from invlang.kernels.nonuniform import density_weights, non_uniform_fourier
from invlang.kernels.trajectories import radial_trajectory, spiral_trajectory, uv_tracks

LIKE = torch.empty(0, dtype=torch.complex128)
PI = torch.pi


@pytest.mark.parametrize("sizes", [(40, 2), (55, 2), (40, 3)])
@pytest.mark.parametrize("golden", [True, False])
def test_spokes_are_straight_and_go_through_the_middle(sizes, golden):
    spokes = radial_trajectory(sizes, LIKE, spokes=5, golden=golden).reshape(5, -1, sizes[1])
    samples = spokes.shape[1]
    assert (spokes[:, samples // 2] == 0).all()
    steps = spokes.diff(dim=1)
    torch.testing.assert_close(steps, steps[:, :1].expand_as(steps))
    torch.testing.assert_close(steps.norm(dim=-1), torch.full(steps.shape[:-1], 2 * PI / samples, dtype=torch.float64))
    assert spokes.abs().max() <= PI


def test_the_first_spoke_is_a_row_and_the_next_is_turned():
    golden, even = (radial_trajectory((24, 2), LIKE, spokes=4, golden=g).reshape(4, 6, 2) for g in (True, False))
    assert (golden[0, :, 0] == 0).all()
    for spokes, degrees in ((golden, 111.246), (even, 45.0)):
        turn = torch.rad2deg(torch.atan2(spokes[1, -1, 0], spokes[1, -1, 1]))
        assert abs(turn - degrees) < 1e-3


@pytest.mark.parametrize("density", [1.0, 2.0])
def test_spirals_turn_as_often_as_is_said(density):
    arms = spiral_trajectory((300, 2), LIKE, arms=3, turns=5, density=density).reshape(3, 100, 2)
    radius, angle = arms.norm(dim=-1), torch.atan2(arms[..., 0], arms[..., 1])
    assert (radius.diff(dim=-1) > 0).all() and radius.max() < PI and (radius[:, 0] == 0).all()
    turned = (angle.diff(dim=-1)[:, 1:] % (2 * PI)).sum(-1) / (2 * PI)
    assert ((4 < turned) & (turned < 5)).all()
    torch.testing.assert_close((angle[1, 1:] - angle[0, 1:]) % (2 * PI), torch.full((99,), 2 * PI / 3, dtype=torch.float64))


def test_antennas_see_ellipses():
    pairs, times = 6 * 5 // 2, 20
    points = uv_tracks((pairs * times, 2), LIKE, antennas=6, hours=10.0, declination=30.0)
    assert points.norm(dim=-1).max() < PI
    tracks = points.reshape(times, pairs, 2)
    for pair in range(pairs):  # (v − v₀)² / sin² δ + u² is the same all day
        v, u = tracks[:, pair, 0], tracks[:, pair, 1]
        unknown = torch.linalg.lstsq(torch.stack([v, torch.ones_like(v)], -1), (4 * v.square() + u.square())[:, None])
        fitted = torch.stack([v, torch.ones_like(v)], -1) @ unknown.solution
        torch.testing.assert_close(fitted[:, 0], 4 * v.square() + u.square())
    assert uv_tracks((pairs * 2 + 4, 2), LIKE, antennas=6).shape == (34, 2)


def test_weights_on_a_grid_are_one():
    rows, columns = ((2 * PI * (torch.arange(n, dtype=torch.float64) - n // 2) / n) for n in (6, 5))
    points = torch.cartesian_prod(rows, columns)
    torch.testing.assert_close(density_weights(points, (30,), (6, 5)), torch.ones(30, dtype=torch.float64))


@pytest.mark.parametrize("size", [(12, 15), (14, 14)])
def test_weights_bring_the_gram_nearer_to_the_identity(size):
    points = radial_trajectory((600, 2), LIKE, spokes=20)
    pixels = torch.eye(size[0] * size[1], dtype=torch.complex128).unflatten(-1, size)
    rows = non_uniform_fourier(pixels, points).T
    w = density_weights(points, (600,), size)
    assert w.min() > 0
    overlaps = (rows @ rows.mH).abs().square() @ w
    assert (overlaps - 1).abs().max() < 0.15
    away = [(rows.mH @ (v[:, None] * rows) - torch.eye(len(pixels))).norm() for v in (w, torch.full_like(w, w.mean()))]
    assert away[0] < 0.8 * away[1]


def test_frames_of_a_film_go_on_where_the_one_before_ended():
    one = radial_trajectory((60, 2), LIKE, spokes=6)
    film = radial_trajectory((3, 20, 2), LIKE, spokes=2)
    torch.testing.assert_close(film.flatten(0, 1), one)
