"""Tests of the non-uniform Fourier transform: the sum, gridding and finufft, of images of one to three axes, against the formula."""

import math
import sys

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint, assert_captured, assert_gradient, draw, matrix_of

from invlang.kernels.nonuniform import (
    finufft_library,
    non_uniform_fourier,
    non_uniform_fourier_adjoint,
    toeplitz_spectrum,
    transform_by_finufft,
    transform_by_gridding,
    transform_by_sum,
)

SIZES = ((7,), (12, 9), (5, 4), (1, 6), (6, 5, 4), (3, 1, 2))


def points_for(sizes, count=23, dtype=torch.float64, seed=3):
    """Random points, the corners of the spectrum and zero among them."""
    points = (torch.rand(count, len(sizes), dtype=dtype, generator=torch.Generator().manual_seed(seed)) * 2 - 1) * math.pi
    points[0], points[1], points[2] = 0, -math.pi, points[3]
    return points


def formula(x, points):
    """n^(−½) Σ_r x_r exp(−i ω · (r − ⌊n/2⌋)), written out."""
    places = np.stack(np.meshgrid(*(np.arange(n) - n // 2 for n in x.shape), indexing="ij"), -1).reshape(-1, x.ndim)
    return np.exp(-1j * points.numpy() @ places.T) @ x.numpy().flatten() / math.sqrt(x.numel())


def ways():
    """The ways to transform that are there: finufft only where it can be imported."""
    library = finufft_library()
    by_finufft = {"finufft": lambda *a: transform_by_finufft(library, *a)} if library else {}
    return {"the sum": transform_by_sum, "gridding": transform_by_gridding, **by_finufft}


@pytest.mark.parametrize("sizes", SIZES)
def test_all_ways_are_the_formula_and_its_adjoint(sizes):
    points = points_for(sizes)
    x = draw(sizes, torch.complex128)
    matrix = np.stack([formula(e.reshape(sizes), points) for e in torch.eye(x.numel(), dtype=torch.complex128)], 1)
    y = draw((23,), torch.complex128)
    scale = x.numel() ** -0.5
    for name, transform in ways().items():
        forward = transform(x, points, sizes, False).numpy() * scale
        adjoint = transform(y, points, sizes, True).numpy() * scale
        assert np.abs(forward - matrix @ x.numpy().flatten()).max() < 1e-10, name
        assert np.abs(adjoint.flatten() - matrix.conj().T @ y.numpy()).max() < 1e-10, name
    assert np.allclose(matrix_of(lambda v: non_uniform_fourier(v, points), sizes, torch.complex128), matrix, atol=1e-10)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128])
def test_all_ways_have_exact_adjoints(sizes, dtype):
    points = points_for(sizes, dtype=dtype.to_real())
    for transform in ways().values():
        for batch in ((), (3,), (2, 1)):
            x = draw((*batch, *sizes), dtype)
            assert_adjoint(lambda v, t=transform: t(v, points, sizes, False), lambda y, t=transform: t(y, points, sizes, True), x)


def test_single_precision_is_accurate_to_six_digits():
    sizes, points = (20, 17), points_for((20, 17))
    x = draw(sizes, torch.complex128)
    exact = transform_by_sum(x, points, sizes, False)
    for name, transform in ways().items():
        found = transform(x.to(torch.complex64), points.float(), sizes, False)
        assert (found - exact).abs().max() < 1e-5 * exact.abs().max(), name


@pytest.mark.parametrize("sizes", [(6, 8), (5, 7), (4, 5, 6)])
def test_on_cartesian_points_it_is_the_centred_transform(sizes):
    axes = tuple(range(-len(sizes), 0))
    grid = torch.cartesian_prod(*(2 * math.pi * (torch.arange(n, dtype=torch.float64) - n // 2) / n for n in sizes))
    x = draw(sizes, torch.complex128)
    centred = torch.fft.fftshift(torch.fft.fftn(torch.fft.ifftshift(x, axes), norm="ortho"), axes)
    torch.testing.assert_close(non_uniform_fourier(x, grid), centred.flatten(), rtol=1e-11, atol=1e-11)


def test_a_large_image_is_the_same_with_and_without_finufft(monkeypatch):
    sizes, points = (72, 60), points_for((72, 60), count=40)
    x, y = draw((2, *sizes), torch.complex128), draw((2, 40), torch.complex128)
    found = non_uniform_fourier(x, points), non_uniform_fourier_adjoint(y, points, sizes)
    monkeypatch.setitem(sys.modules, "finufft", None)  # importing it fails
    assert finufft_library() is None
    for one, other in zip(found, (non_uniform_fourier(x, points), non_uniform_fourier_adjoint(y, points, sizes)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(found[0] * math.sqrt(72 * 60), transform_by_sum(x, points, sizes, False), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shape", [(2, 5, 4), (2, 3, 5, 4), (5, 4)])
def test_points_may_differ_from_sample_to_sample(shape):
    points = torch.stack((points_for((5, 4)), points_for((5, 4), seed=9)))
    own = points[:, None] if len(shape) == 4 else points
    x = draw(shape, torch.complex128)
    y = non_uniform_fourier(x, own)
    back = non_uniform_fourier_adjoint(y, own, (5, 4))
    for i in range(2):
        image = x if len(shape) == 2 else x[i]
        torch.testing.assert_close(y[i], non_uniform_fourier(image, points[i]))
        torch.testing.assert_close(back[i], non_uniform_fourier_adjoint(y[i], points[i], (5, 4)))


@pytest.mark.parametrize("sizes", [(4, 3), (3, 2, 2)])
def test_gradients_in_the_image_and_in_the_points(sizes):
    points = points_for(sizes, count=5)
    x, y = draw((2, *sizes), torch.complex128), draw((2, 5), torch.complex128, seed=5)
    assert_gradient(non_uniform_fourier, x, points)
    assert_gradient(lambda v, p: non_uniform_fourier_adjoint(v, p, sizes), y, points)
    assert_gradient(lambda w, p: toeplitz_spectrum(p, w, sizes), y[0].real, points)
    several = torch.stack((points, points_for(sizes, count=5, seed=8)))
    assert_gradient(non_uniform_fourier, x, several)
    assert_gradient(non_uniform_fourier, x[0], several)


@pytest.mark.parametrize("with_finufft", [False, True])
def test_gradients_of_a_large_image(monkeypatch, with_finufft):
    """Along one direction, by central differences."""
    if not with_finufft:
        monkeypatch.setitem(sys.modules, "finufft", None)
    points = points_for((70, 64), count=30)
    x, direction, probe = draw((70, 64), torch.complex128), draw((30, 2), seed=4), draw((30,), torch.complex128, seed=5)

    def value(p):
        return (probe.conj() * non_uniform_fourier(x, p)).real.sum()

    asked = points.clone().requires_grad_()
    (slope,) = torch.autograd.grad(value(asked), asked)
    step = 1e-6
    differences = (value(points + step * direction) - value(points - step * direction)) / (2 * step)
    torch.testing.assert_close((slope * direction).sum(), differences, rtol=1e-5, atol=1e-6)


def test_second_derivatives():
    x, points = draw((3, 2), torch.complex128), points_for((3, 2), count=4)
    asked = x.requires_grad_(), points.requires_grad_()
    assert torch.autograd.gradgradcheck(non_uniform_fourier, asked, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("sizes", [(5, 4), (8, 7), (3, 2, 4), (6,)])
@pytest.mark.parametrize("weights", ["none", "real", "complex", "several"])
def test_the_gram_is_a_circulant_on_the_double_grid(sizes, weights):
    points, axes = points_for(sizes), tuple(range(-len(sizes), 0))
    kinds = {"real": torch.float64, "complex": torch.complex128, "several": torch.float64}
    w = None if weights == "none" else draw((2, 23) if weights == "several" else (23,), kinds[weights])
    extra = 1 if weights == "several" else 0
    spectrum = toeplitz_spectrum(points, w, sizes, extra)
    assert spectrum.is_complex() == (weights == "complex") and spectrum.shape[-len(sizes) :] == tuple(2 * n for n in sizes)
    x = draw((2, *sizes), torch.complex128)
    doubled = torch.fft.ifftn(spectrum * torch.fft.fftn(x, s=tuple(2 * n for n in sizes), dim=axes), dim=axes)
    y = non_uniform_fourier(x, points)
    wanted = non_uniform_fourier_adjoint(y if w is None else w * y, points, sizes)
    torch.testing.assert_close(doubled[(..., *(slice(0, n) for n in sizes))], wanted, rtol=1e-10, atol=1e-10)


def test_it_is_captured_as_one_graph():
    points = points_for((70, 64), count=20, dtype=torch.float32)
    x = draw((70, 64), torch.complex64)
    assert_captured(lambda v: non_uniform_fourier_adjoint(non_uniform_fourier(v, points), points, (70, 64)), x)
