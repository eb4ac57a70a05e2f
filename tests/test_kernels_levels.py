"""Tests of random numbers and matrices."""

import pytest
import torch

from invlang.kernels.levels import gaussian_matrix, independent_phases, independent_signs, random_level
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.float64)


def test_levels_are_even_in_their_interval():
    level = random_level((100_000,), LIKE, 0.1, 0.4, stream(0, "s"))
    assert level.amin() >= 0.1 and level.amax() <= 0.4
    assert float(level.mean()) == pytest.approx(0.25, abs=0.002) and float(level.var()) == pytest.approx(0.09 / 12, rel=0.03)
    assert random_level((), LIKE, 0.1, 0.4, stream(0, "s")).shape == ()


@pytest.mark.parametrize("field", ["real", "complex"])
def test_a_gaussian_matrix_keeps_lengths_on_average(field):
    matrix = gaussian_matrix((500, 400), LIKE, field, stream(0, "a"))
    assert matrix.is_complex() == (field == "complex")
    assert float(matrix.abs().square().mean()) == pytest.approx(1 / 500, rel=0.02)
    assert abs(complex(matrix.mean())) < 1e-3


def test_signs_and_phases():
    signs, phases = independent_signs((300, 300), LIKE, stream(0, "s")), independent_phases((300, 300), LIKE, stream(0, "p"))
    assert set(signs.unique().tolist()) == {-1.0, 1.0} and abs(float(signs.mean())) < 0.02
    torch.testing.assert_close(phases.abs(), torch.ones(300, 300, dtype=torch.float64))
    assert abs(complex(phases.mean())) < 0.02 and abs(complex((phases**2).mean())) < 0.02
