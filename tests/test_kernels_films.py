"""Tests of films to measure."""

import pytest
import torch

from invlang.kernels.films import beating_heart

LIKE = torch.empty(0, dtype=torch.complex128)


@pytest.mark.parametrize("sizes", [(8, 32, 31), (6, 1, 24, 24), (6, 2, 5, 24, 24)])
def test_a_heart_moves_and_the_rest_stays(sizes):
    film = beating_heart(sizes, LIKE)
    assert film.shape == sizes and film.dtype == torch.float64
    assert film.min() >= 0 and film.max() <= 1
    h, w = sizes[-2:]
    moves = film.flatten(1, -3).amax(1).diff(dim=0).abs().amax(0) if len(sizes) > 3 else film.diff(dim=0).abs().amax(0)
    assert moves[: h // 2, w // 4 : 3 * w // 4].max() > 0.3
    assert moves[3 * h // 4 :].max() == 0 and moves[:, : w // 8].max() == 0


def test_it_comes_round_with_each_beat():
    film = beating_heart((8, 24, 24), LIKE, beats=2.0)
    torch.testing.assert_close(film[:4], film[4:])
    assert (film[0] > 0.9).sum() > 2 * (film[2] > 0.9).sum()


def test_a_volume_has_its_slice_in_the_middle():
    volume = beating_heart((4, 5, 24, 24), LIKE)
    torch.testing.assert_close(volume[:, 2], beating_heart((4, 24, 24), LIKE))
    assert (volume[:, 0] > 0).sum() < (volume[:, 2] > 0).sum()
