"""Tests of the wavelet transform against its definition as a matrix and against PyWavelets."""

import numpy as np
import pytest
import pywt
import torch
from kernel_checks import REAL, assert_adjoint, assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of

from invlang.kernels.wavelet_filters import wavelet_filter
from invlang.kernels.wavelets import filter_bank, undecimated_wavelet, undecimated_wavelet_adjoint, wavelet, wavelet_adjoint


def low_of(name, dtype=torch.float64):
    return torch.tensor(wavelet_filter(name), dtype=dtype)


def bank_of(name, dtype=torch.float64):
    return filter_bank(low_of(name, dtype))


def one_level(n, h):
    """The matrix of one level along n samples, written from the definition."""
    length, half = len(h), n // 2
    matrix = np.zeros((n, n))
    if half == 0:
        return np.eye(n)
    for i in range(half):
        for m in range(length):
            sample = (2 * i + m - (length // 2 - 1)) % (2 * half)
            matrix[i, sample] += h[m]
            matrix[n - half + i, sample] += (-1) ** m * h[length - 1 - m]
    if n % 2:
        matrix[half, n - 1] = 1
    return matrix


def all_levels(sizes, h, levels):
    """The matrix of the whole transform: each level acts on the corner that the one before left."""
    total = np.eye(int(np.prod(sizes)))
    corner = sizes
    for _ in range(levels):
        step = np.ones((1, 1))
        for n in corner:
            step = np.kron(step, one_level(n, h))
        inside = np.ravel_multi_index(np.indices(corner).reshape(len(corner), -1), sizes)
        total[inside] = step @ total[inside]
        corner = tuple((n + 1) // 2 for n in corner)
    return total


CASES = [
    ((8,), "haar", 3), ((9,), "db2", 2), ((4,), "db10", 2), ((1,), "db2", 2), ((2,), "db3", 5), ((67,), "db4", 3),
    ((6, 5), "db3", 2), ((1, 6), "haar", 3), ((7, 2), "coif1", 4), ((4, 3, 5), "db2", 2), ((8, 8), "db1", 0),
    ((70,), "sym5", 1), ((11, 10), "db7", 9),
]  # fmt: skip


@pytest.mark.parametrize("sizes, name, levels", CASES)
def test_it_is_the_orthonormal_matrix_of_its_definition(sizes, name, levels):
    axes, bank = tuple(range(-len(sizes), 0)), bank_of(name)
    expected = all_levels(sizes, wavelet_filter(name), levels)
    np.testing.assert_allclose(expected @ expected.T, np.eye(len(expected)), rtol=0, atol=1e-12)
    np.testing.assert_allclose(matrix_of(lambda x: wavelet(x, axes, bank, levels), sizes), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(matrix_of(lambda y: wavelet_adjoint(y, axes, bank, levels), sizes), expected.T, rtol=0, atol=1e-12)


@pytest.mark.filterwarnings("ignore:Level value")
@pytest.mark.parametrize("name", ["haar", "db4", "db20", "sym8", "coif3"])
@pytest.mark.parametrize("sizes", [(64, 48), (128, 160), (16, 32, 24)])
def test_it_agrees_with_the_periodization_of_pywavelets(name, sizes):
    x = draw(sizes)
    axes = tuple(range(-len(sizes), 0))
    expected, _ = pywt.coeffs_to_array(pywt.wavedecn(x.numpy(), name, mode="periodization", level=3))
    np.testing.assert_allclose(wavelet(x, axes, bank_of(name), 3), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("axes", [(-1,), (-2,), (-3, -1), (-3, -2, -1)])
@pytest.mark.parametrize("dtype", REAL)
def test_adjoint_along_any_axes(axes, dtype):
    bank = bank_of("db3", dtype)
    kinds = (dtype, torch.complex64 if dtype == torch.float32 else torch.complex128)
    forward, adjoint = (lambda x: wavelet(x, axes, bank, 2)), (lambda y: wavelet_adjoint(y, axes, bank, 2))
    assert_adjoint_everywhere(forward, adjoint, (6, 5, 9), kinds)


@pytest.mark.parametrize("sizes", [(33, 70), (100, 64), (1, 97)])
def test_adjoint_and_inverse_on_images_of_several_blocks(sizes):
    for name in ("haar", "db4", "db19", "sym6"):
        bank, x = bank_of(name), draw((2, *sizes))
        forward, adjoint = (lambda x, h=bank: wavelet(x, (-2, -1), h, 4)), (lambda y, h=bank: wavelet_adjoint(y, (-2, -1), h, 4))
        assert_adjoint(forward, adjoint, x)
        torch.testing.assert_close(adjoint(forward(x)), x, rtol=0, atol=1e-11)
        torch.testing.assert_close(forward(adjoint(x)), x, rtol=0, atol=1e-11)


def test_a_filter_of_another_precision_serves():
    x = draw((8, 8), torch.float32)
    assert wavelet_adjoint(wavelet(x, (-1,), bank_of("db2"), 2), (-1,), bank_of("db2"), 2).dtype == torch.float32


def test_the_argument_is_left_alone():
    x = draw((8, 8))
    kept = x.clone()
    wavelet(x, (-2, -1), bank_of("db2"), 3)
    wavelet_adjoint(x, (-2, -1), bank_of("db2"), 3)
    wavelet(x[:1, :1], (-2, -1), bank_of("db2"), 3)
    assert torch.equal(x, kept)


def test_gradients_and_capture():
    low, x, z = torch.tensor(wavelet_filter("db2"), dtype=torch.float64), draw((5, 6)), draw((4, 2), torch.complex128)
    assert_gradient(lambda x, low: wavelet(x, (-2, -1), filter_bank(low), 2), x, low)
    assert_gradient(lambda x, low: wavelet_adjoint(x, (-2, -1), filter_bank(low), 2), x, low)
    assert_gradient(lambda x: wavelet_adjoint(x, (-2, -1), filter_bank(low), 2), z)
    both = lambda x, bank: wavelet_adjoint(wavelet(x, (-2, -1), bank, 2), (-2, -1), bank, 3)
    assert_captured(both, x, filter_bank(low))


@pytest.mark.parametrize("sizes, name, levels", [((8,), "haar", 3), ((5,), "db2", 2), ((1, 3), "db3", 2), ((4, 6), "coif1", 2),
                                                 ((3, 2, 4), "sym3", 1), ((7, 5), "db7", 1), ((4, 4), "haar", 0)])  # fmt: skip
def test_the_undecimated_transform_keeps_lengths_and_has_that_adjoint(sizes, name, levels):
    axes, low = tuple(range(-len(sizes), 0)), low_of(name)
    bands = 1 + levels * (2 ** len(sizes) - 1)
    matrix = matrix_of(lambda x: undecimated_wavelet(x, axes, low, levels), sizes)
    back = matrix_of(lambda y: undecimated_wavelet_adjoint(y, axes, low, levels), (bands, *sizes))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(len(back)), rtol=0, atol=1e-12)
    np.testing.assert_allclose(back, matrix.T, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", ["haar", "db4", "coif2"])
def test_every_second_sample_of_the_undecimated_transform_is_in_a_basis(name):
    """Band by band the coefficients of the orthonormal transform, over 2 for each level in an image."""
    x, levels = draw((2, 16, 24)), 3
    found = undecimated_wavelet(x, (-2, -1), low_of(name), levels)
    basis = wavelet(x, (-2, -1), bank_of(name), levels)
    assert found.shape == (2, 10, 16, 24)
    for level in range(1, levels + 1):
        step, (h, w) = 2**level, (16 >> level, 24 >> level)
        places = [(0, w), (h, 0), (h, w)]
        first = 1 + 3 * (levels - level)
        for band, (row, column) in enumerate([*places, *[(0, 0)] * (level == levels)]):
            index = first + band if band < 3 else 0
            torch.testing.assert_close(found[:, index, ::step, ::step] * step, basis[:, row : row + h, column : column + w])


@pytest.mark.parametrize("name", ["haar", "db3"])
def test_the_undecimated_transform_agrees_with_pywavelets(name):
    """Up to where the origin of a filter lies: the same numbers, moved by whole samples."""
    x = draw((16, 16))
    expected = pywt.swt2(x.numpy(), name, level=2, norm=True, trim_approx=True)
    flat = [expected[0], *(band for level in expected[1:] for band in (level[1], level[0], level[2]))]
    found = undecimated_wavelet(x, (-2, -1), low_of(name), 2).numpy()
    for ours, theirs in zip(found, flat, strict=True):
        spectra = [np.abs(np.fft.fft2(image)) for image in (ours, theirs)]
        np.testing.assert_allclose(*spectra, rtol=0, atol=1e-10)


@pytest.mark.parametrize("axes", [(-1,), (-2,), (-3, -1), (-3, -2, -1)])
@pytest.mark.parametrize("dtype", REAL)
def test_adjoint_of_the_undecimated_transform_along_any_axes(axes, dtype):
    low = low_of("db3", dtype)
    kinds = (dtype, torch.complex64 if dtype == torch.float32 else torch.complex128)
    forward, adjoint = (lambda x: undecimated_wavelet(x, axes, low, 2)), (lambda y: undecimated_wavelet_adjoint(y, axes, low, 2))
    assert_adjoint_everywhere(forward, adjoint, (6, 5, 9), kinds)


def test_gradients_and_capture_of_the_undecimated_transform():
    low, x = low_of("db2"), draw((5, 6))
    assert_gradient(lambda x, low: undecimated_wavelet(x, (-2, -1), low, 2), x, low)
    assert_captured(
        lambda x, low: undecimated_wavelet_adjoint(undecimated_wavelet(x, (-2, -1), low, 2), (-2, -1), low, 2), x, low
    )
