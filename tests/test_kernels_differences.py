"""Tests of the gradient against differences written as loops, and of the bases that make its Gram diagonal."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of

from invlang.kernels.cosine import cosine, cosine_adjoint, sine
from invlang.kernels.differences import (
    gradient,
    gradient_adjoint,
    gradient_gram,
    laplacian_eigenvalues,
    symmetric_gradient,
    symmetric_gradient_adjoint,
)
from invlang.kernels.fourier import fourier, fourier_adjoint

CASES = [((-1,), (5,)), ((-2, -1), (4, 5)), ((-2, -1), (1, 3)), ((-2, -1), (2, 1)), ((-3, -2, -1), (2, 3, 4))]
BOUNDARIES = ("neumann", "circular", "dirichlet")


def differences(x, boundary):
    if boundary == "dirichlet":
        return differences(np.pad(x, [(1, 0)] * x.ndim), "circular")
    g = np.zeros((x.ndim, *x.shape))
    for axis in range(x.ndim):
        for i in np.ndindex(*x.shape):
            ahead = list(i)
            ahead[axis] += 1
            if ahead[axis] == x.shape[axis]:
                ahead[axis] = 0 if boundary == "circular" else i[axis]
            g[(axis, *i)] = x[tuple(ahead)] - x[i]
    return g


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("axes, sizes", CASES)
def test_the_gradient_is_forward_differences(axes, sizes, boundary):
    x = draw(sizes)
    np.testing.assert_allclose(gradient(x, axes, boundary), differences(x.numpy(), boundary), rtol=0, atol=1e-14)
    batch = draw((2, 3, *sizes))
    np.testing.assert_allclose(
        gradient(batch, axes, boundary)[1, 2], differences(batch[1, 2].numpy(), boundary), rtol=0, atol=1e-14
    )


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("axes, sizes", CASES)
def test_adjoint_and_gram(axes, sizes, boundary):
    forward, adjoint = (lambda x: gradient(x, axes, boundary)), (lambda g: gradient_adjoint(g, axes, boundary))
    assert_adjoint_everywhere(forward, adjoint, sizes)
    gram = lambda x: gradient_gram(x, axes, boundary)
    assert_adjoint_everywhere(gram, gram, sizes)
    dense = matrix_of(forward, sizes)
    np.testing.assert_allclose(matrix_of(gram, sizes), dense.T @ dense, rtol=0, atol=1e-12)


@pytest.mark.parametrize("axes, sizes", CASES)
def test_the_gram_is_diagonal_in_the_basis_that_the_border_fits(axes, sizes):
    x = draw((2, *sizes))
    d = laplacian_eigenvalues(sizes, "circular", x)
    torch.testing.assert_close(fourier_adjoint(d * fourier(x, axes), axes).real, gradient_gram(x, axes, "circular"))
    d = laplacian_eigenvalues(sizes, "neumann", x + 0j)
    assert d.shape == sizes and d.dtype == torch.float64
    torch.testing.assert_close(cosine_adjoint(d * cosine(x, axes), axes), gradient_gram(x, axes, "neumann"))
    d = laplacian_eigenvalues(sizes, "dirichlet", x)
    torch.testing.assert_close(sine(d * sine(x, axes), axes), gradient_gram(x, axes, "dirichlet"))


def test_differences_from_zero_begin_and_end_with_the_samples_at_the_border():
    x = torch.tensor([3.0, 5.0, 4.0])
    assert gradient(x, (-1,), "dirichlet").tolist() == [[3.0, 2.0, -1.0, -4.0]]


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_gradients_and_capture(boundary):
    axes, x = (-2, -1), draw((3, 4), torch.complex128)
    assert_gradient(lambda x: gradient(x, axes, boundary), x)
    assert_gradient(lambda g: gradient_adjoint(g, axes, boundary), gradient(x, axes, boundary))
    assert_gradient(lambda x: gradient_gram(x, axes, boundary), x)
    assert_captured(lambda x: gradient_adjoint(gradient(x, axes, boundary), axes, boundary) + gradient_gram(x, axes, boundary), x)
    assert_captured(lambda x: laplacian_eigenvalues((3, 4), boundary, x), x)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_the_adjoint_along_an_axis_in_front_of_others(boundary):
    """As along the time of a film: the axis that is added for the differences does not shift the others."""
    assert_adjoint_everywhere(
        lambda x: gradient(x, (-3,), boundary), lambda g: gradient_adjoint(g, (-3,), boundary), (8, 6, 5), (torch.float64,)
    )


@pytest.mark.parametrize("axes, sizes", CASES)
def test_the_symmetrised_derivative(axes, sizes):
    k = len(axes)
    forward, adjoint = (lambda w: symmetric_gradient(w, axes)), (lambda e: symmetric_gradient_adjoint(e, axes))
    assert_adjoint_everywhere(forward, adjoint, (k, *sizes))
    assert forward(draw((k, *sizes))).shape == (k * (k + 1) // 2, *sizes)
    assert np.linalg.norm(matrix_of(forward, (k, *sizes)), 2) ** 2 <= 4 * k
    assert_gradient(forward, draw((k, *sizes)))
    assert_captured(forward, draw((k, *sizes)))


def test_what_is_affine_has_no_second_derivative():
    """Of the gradient of a plane, up to the border; the mixed part of x y is √2 inside."""
    rows, columns = torch.meshgrid(torch.arange(5.0), torch.arange(6.0), indexing="ij")
    plane = gradient(3 * rows - columns + 1, (-2, -1), "neumann")
    assert not symmetric_gradient(plane, (-2, -1)).abs().max() > 0
    saddle = symmetric_gradient(gradient(rows * columns, (-2, -1), "neumann"), (-2, -1))
    torch.testing.assert_close(saddle[1, 1:-1, 1:-1], torch.full((3, 4), 2**0.5))
    assert not saddle[[0, 2]].any()
