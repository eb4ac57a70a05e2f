"""Tests of the wavelet filters: orthonormal, with their vanishing moments, and those of PyWavelets."""

import subprocess
import sys

import numpy as np
import pytest
import pywt

from invlang.kernels.wavelet_filters import WAVELET_FILTERS, wavelet_filter


def test_all_promised_filters_are_there():
    names = ["haar", *(f"db{n}" for n in range(1, 21)), *(f"sym{n}" for n in range(2, 21)), *(f"coif{n}" for n in range(1, 6))]
    assert sorted(WAVELET_FILTERS) == sorted(names)


@pytest.mark.parametrize("name", WAVELET_FILTERS)
def test_a_filter_is_orthonormal_and_sums_to_the_root_of_two(name):
    h = np.array(wavelet_filter(name))
    for k in range(len(h) // 2):
        assert abs(h[2 * k :] @ h[: len(h) - 2 * k] - (k == 0)) < 1e-14
    assert abs(h.sum() - np.sqrt(2)) < 1e-14


@pytest.mark.parametrize("name", WAVELET_FILTERS)
def test_a_filter_has_its_vanishing_moments(name):
    h = np.array(wavelet_filter(name))
    moments = len(h) // 3 if name.startswith("coif") else len(h) // 2
    position = np.linspace(-1, 1, len(h))
    for order in range(moments):
        assert abs((-1.0) ** np.arange(len(h)) @ (h * position**order)) < 1e-14


@pytest.mark.parametrize("name", WAVELET_FILTERS)
def test_a_filter_is_that_of_pywavelets(name):
    np.testing.assert_allclose(wavelet_filter(name), pywt.Wavelet(name).rec_lo, rtol=0, atol=1e-10)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no wavelet called 'db21'.*coif5"):
        wavelet_filter("db21")


def test_torch_is_not_imported():
    code = "import sys, invlang.kernels.wavelet_filters; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
