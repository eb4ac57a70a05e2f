"""Tests of the filters: their sums, centres, symmetries and profiles."""

import math

import pytest
import torch

from invlang.kernels.filters import bicubic_filter, bilinear_filter, box_kernel, gaussian_kernel, motion_kernel

LIKE = torch.empty(0, dtype=torch.float64)


@pytest.mark.parametrize("sizes", [(7, 7), (6, 9), (1, 1), (8, 8)])
@pytest.mark.parametrize("make", [gaussian_kernel, box_kernel, motion_kernel, bilinear_filter, bicubic_filter])
def test_every_filter_sums_to_one_and_takes_the_type_asked_for(make, sizes):
    for dtype, kind in ((torch.float32, torch.float32), (torch.complex128, torch.float64)):
        h = make(sizes, torch.empty(0, dtype=dtype))
        assert h.shape == sizes and h.dtype == kind
        assert float(h.sum()) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("sizes", [(7, 7), (6, 8), (5,), (4, 5, 3)])
def test_the_gaussian_is_largest_at_its_centre_and_falls_off_as_it_should(sizes):
    h = gaussian_kernel(sizes, LIKE, sigma=1.6)
    centre = tuple(n // 2 for n in sizes)
    assert h[centre] == h.max()
    aside = (*centre[:-1], centre[-1] - 1)
    assert float(h[aside] / h[centre]) == pytest.approx(math.exp(-0.5 / 1.6**2))


def test_a_gaussian_may_be_long_and_turned():
    h = gaussian_kernel((9, 9), LIKE, (2.0, 0.5))
    torch.testing.assert_close(gaussian_kernel((9, 9), LIKE, (2.0, 0.5), 90.0), h.mT)
    torch.testing.assert_close(gaussian_kernel((9, 9), LIKE, (2.0, 0.5), 180.0), h)
    assert float(h[4 + 2, 4] / h[4, 4]) == pytest.approx(math.exp(-0.5))


def test_motion_runs_along_its_angle():
    h = motion_kernel((9, 9), LIKE, 0.0, 5.0)
    assert torch.equal(h.nonzero(), torch.tensor([[4, c] for c in range(2, 7)]))
    torch.testing.assert_close(motion_kernel((9, 9), LIKE, 90.0, 5.0), h.mT)
    diagonal = motion_kernel((9, 9), LIKE, 45.0, 5.0)
    assert float(diagonal[3, 5]) == pytest.approx(float(diagonal.max())) and diagonal[3, 3] == 0


def test_interpolation_filters_reproduce_constants_at_every_phase():
    for make, reach in ((bilinear_filter, 2), (bicubic_filter, 4)):
        for factor in (2, 3):
            h = make((reach * factor + 1,), LIKE, factor)
            for phase in range(factor):
                assert float(h[phase::factor].sum()) == pytest.approx(1 / factor)
