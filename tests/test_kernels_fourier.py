"""Tests of the Fourier kernels against sums of exponentials and against circular convolution written as loops."""

import numpy as np
import pytest
import torch
from kernel_checks import (
    COMPLEX,
    NUMBERS,
    assert_adjoint,
    assert_adjoint_everywhere,
    assert_captured,
    assert_gradient,
    draw,
    matrix_of,
)

from invlang.kernels import fourier as f
from invlang.kernels.selection import downsample

AXES = (-2, -1)
SIZES = ((4, 6), (5, 3), (1, 4), (4, 1), (1, 1), (7, 8))


def fourier_matrix(n):
    k = np.arange(n)
    return np.exp(-2j * np.pi * np.outer(k, k) / n) / np.sqrt(n)


@pytest.mark.parametrize("sizes", SIZES)
def test_fourier_is_the_unitary_matrix_of_exponentials(sizes):
    expected = np.kron(fourier_matrix(sizes[0]), fourier_matrix(sizes[1]))
    np.testing.assert_allclose(matrix_of(lambda x: f.fourier(x, AXES), sizes, torch.complex128), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        matrix_of(lambda x: f.fourier_adjoint(x, AXES), sizes, torch.complex128), expected.conj().T, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("axes", [(-1,), (-2,), (-3, -1), (-3, -2, -1)])
def test_fourier_and_its_adjoint_along_any_axes(axes):
    assert_adjoint_everywhere(lambda x: f.fourier(x, axes), lambda y: f.fourier_adjoint(y, axes), (3, 4, 5), COMPLEX)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("axes", [(-2, -1), (-1,), (-2,), (-3, -1), (-3, -2, -1)])
def test_half_spectra_of_real_images(sizes, axes):
    x = draw((2, 3, *sizes))
    whole, half = f.fourier(x, axes), f.half_fourier(x, axes)
    lengths = tuple(x.shape[a] for a in axes)
    torch.testing.assert_close(f.half_of(whole, axes), half)
    torch.testing.assert_close(f.whole_of(half, axes, lengths), whole)
    torch.testing.assert_close(f.half_fourier_inverse(half, axes, lengths), x)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("axes", [(-2, -1), (-1,), (-3, -1)])
def test_transforms_without_a_factor(sizes, axes):
    x = draw((2, 3, *sizes))
    lengths = tuple(x.shape[a] for a in axes)
    root = np.prod(lengths) ** 0.5
    torch.testing.assert_close(f.plain_fourier(x, axes), root * f.fourier(x, axes))
    torch.testing.assert_close(f.plain_fourier_inverse(f.plain_fourier(x, axes), axes).real, x)
    torch.testing.assert_close(f.plain_half_fourier(x, axes), root * f.half_fourier(x, axes))
    torch.testing.assert_close(f.plain_half_fourier_inverse(f.plain_half_fourier(x, axes), axes, lengths), x)


def test_the_half_of_an_axis_of_length_one_is_the_axis():
    assert f.half_of(draw((4, 1)), AXES).shape == (4, 1)


def test_shift_moves_samples_circularly():
    x = draw((2, 5, 4))
    moved = f.shift(x, AXES, (2, -3))
    for i in range(5):
        for j in range(4):
            assert torch.equal(moved[:, (i + 2) % 5, (j - 3) % 4], x[:, i, j])
    assert_adjoint_everywhere(lambda x: f.shift(x, AXES, (2, -3)), lambda y: f.shift_adjoint(y, AXES, (2, -3)), (5, 4))


def circular_convolution(x, h):
    """(h * x)[i] = Σ_t h[t] x[i − (t − centre)], centre = ⌊n / 2⌋, indices modulo the size."""
    y = np.zeros(x.shape, dtype=np.result_type(x, h))
    for i in np.ndindex(*x.shape):
        for t in np.ndindex(*h.shape):
            source = tuple((a - (b - n // 2)) % s for a, b, n, s in zip(i, t, h.shape, x.shape, strict=True))
            y[i] += h[t] * x[source]
    return y


@pytest.mark.parametrize("taps", [(3, 3), (2, 4), (1, 1), (5, 6), (9, 4), (12, 13)])
@pytest.mark.parametrize("sizes", [(5, 6), (4, 1), (3, 3)])
def test_the_spectrum_diagonalises_circular_convolution_also_by_large_kernels(taps, sizes):
    x, h = draw(sizes), draw(taps, seed=3)
    expected = torch.from_numpy(circular_convolution(x.numpy(), h.numpy()))
    torch.testing.assert_close(f.fourier_adjoint(f.spectrum(h, AXES, sizes) * f.fourier(x, AXES), AXES), expected + 0j)
    half = f.half_spectrum(h, AXES, sizes) * f.half_fourier(x, AXES)
    torch.testing.assert_close(f.half_fourier_inverse(half, AXES, sizes), expected)


@pytest.mark.parametrize(
    "axes, sizes", [((-2, -1), (5, 6)), ((-3, -2), (4, 3)), ((-3, -1), (4, 3)), ((-1,), (2,)), ((-2,), (7,))]
)
def test_the_spectrum_and_its_adjoint(axes, sizes):
    taps = (3, 4)[: len(axes)]
    assert_adjoint_everywhere(lambda h: f.spectrum(h, axes, sizes), lambda y: f.spectrum_adjoint(y, axes, taps), taps, COMPLEX)
    h = draw(taps)
    y = draw(f.spectrum(h, axes, sizes).shape, torch.complex128)
    assert_adjoint(lambda h: f.spectrum(h, axes, sizes), lambda y: f.spectrum_adjoint(y, axes, taps).real, h)
    x = draw((2, 5, 6, 7), torch.complex128)
    assert f.spectrum(h, axes, tuple(x.shape[a] for a in axes)).mul(x).shape == x.shape
    assert y.shape[axes[0] :].numel() == np.prod(sizes)


@pytest.mark.parametrize("factor, sizes", [(2, (4, 6)), (3, (3, 6)), (1, (4, 5)), (5, (5, 10))])
def test_folding_is_downsampling_seen_from_the_frequencies(factor, sizes):
    y = draw((2, *sizes), torch.complex128)
    torch.testing.assert_close(
        downsample(f.fourier_adjoint(y, AXES), AXES, factor), f.fourier_adjoint(f.fold(y, AXES, factor), AXES)
    )
    fold, unfold = (lambda x: f.fold(x, AXES, factor)), (lambda y: f.fold_adjoint(y, AXES, factor))
    assert_adjoint_everywhere(fold, unfold, sizes)
    d = draw((2, *sizes), torch.complex128, 4)
    z = fold(y)
    torch.testing.assert_close(fold(d * unfold(z)), f.fold_mean(d, AXES, factor) * z)
    torch.testing.assert_close(
        f.fold_mean(d[..., :1, :], AXES, factor), f.fold_mean(d[..., :1, :].expand_as(d), AXES, factor)[..., :1, :]
    )


def test_gradients():
    z, x = draw((4, 3), torch.complex128), draw((4, 3))
    assert_gradient(lambda z: f.fold(f.fourier(z, AXES), (-2,), 2), z)
    assert_gradient(lambda x: f.half_fourier_inverse(f.half_fourier(x, AXES), AXES, (4, 3)), x)
    assert_gradient(lambda x: f.whole_of(f.half_fourier(x, AXES), AXES, (4, 3)), x)
    assert_gradient(lambda h: f.half_spectrum(h, AXES, (2, 5)), x)
    assert_gradient(lambda y: f.spectrum_adjoint(y, AXES, (3, 3)), z)


def test_capture():
    x = draw((2, 4, 6))

    def all_of_them(x):
        half = f.half_fourier(x, AXES) * f.half_spectrum(x[..., :3, :3], AXES, (4, 6))
        whole = f.fourier_adjoint(f.whole_of(half, AXES, (4, 6)) * f.spectrum(x, AXES, (4, 6)), AXES)
        folded = f.fold_adjoint(f.fold(whole, AXES, 2), AXES, 2) + f.shift(f.fourier(x, AXES), AXES, (1, 2))
        taps = f.spectrum_adjoint(folded, AXES, (5, 5))
        return f.half_fourier_inverse(f.half_of(folded, AXES), AXES, (4, 6)), f.fold_mean(folded, AXES, 2), taps

    assert_captured(all_of_them, x)


def test_types_are_kept():
    for dtype in NUMBERS:
        x = draw((4, 4), dtype)
        assert f.fourier(x, AXES).real.dtype == x.real.dtype
        assert f.spectrum(x, AXES, (6, 6)).real.dtype == x.real.dtype
        assert f.fold(x, AXES, 2).dtype == f.fold_adjoint(x, AXES, 2).dtype == f.fold_mean(x, AXES, 2).dtype == dtype


@pytest.mark.parametrize("axes", [(-2, -1), (-1,), (-3, -1)])
def test_the_hermitian_part_is_what_real_images_see_of_a_spectrum(axes):
    d, x = draw((3, 4, 5), torch.complex128), draw((3, 4, 5))
    spectrum = f.fourier(x, axes)
    part = f.hermitian_part(d, axes)
    torch.testing.assert_close(f.fourier_adjoint(part * spectrum, axes), f.fourier_adjoint(d * spectrum, axes).real + 0j)
    torch.testing.assert_close(f.hermitian_part(part, axes), part)
