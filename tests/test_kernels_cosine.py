"""Tests of the cosine transform against its sum of cosines."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of

from invlang.kernels.cosine import cosine, cosine_adjoint


def cosine_matrix(n):
    k, i = np.arange(n)[:, None], np.arange(n)
    matrix = np.cos(np.pi * k * (2 * i + 1) / (2 * n)) * np.sqrt(2 / n)
    matrix[0] /= np.sqrt(2)
    return matrix


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9])
def test_it_is_the_orthonormal_matrix_of_cosines(n):
    np.testing.assert_allclose(matrix_of(lambda x: cosine(x, (-1,)), (n,)), cosine_matrix(n), rtol=0, atol=1e-12)
    np.testing.assert_allclose(matrix_of(lambda x: cosine_adjoint(x, (-1,)), (n,)), cosine_matrix(n).T, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sizes", [(4, 5), (3, 2), (1, 6), (5, 1)])
def test_two_axes_are_a_kronecker_product(sizes):
    expected = np.kron(cosine_matrix(sizes[0]), cosine_matrix(sizes[1]))
    np.testing.assert_allclose(matrix_of(lambda x: cosine(x, (-2, -1)), sizes), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("axes", [(-1,), (-2,), (-3, -1), (-3, -2, -1)])
def test_adjoint_and_inverse(axes):
    assert_adjoint_everywhere(lambda x: cosine(x, axes), lambda y: cosine_adjoint(y, axes), (4, 3, 5))
    for dtype in (torch.float64, torch.complex128):
        x = draw((2, 4, 3, 5), dtype)
        torch.testing.assert_close(cosine_adjoint(cosine(x, axes), axes), x)
        torch.testing.assert_close(cosine(x.conj(), axes), cosine(x, axes).conj().resolve_conj())


def test_gradients_and_capture():
    x, z = draw((3, 4)), draw((3, 4), torch.complex128)
    assert_gradient(lambda x: cosine(x, (-2, -1)), x)
    assert_gradient(lambda x: cosine_adjoint(x, (-2, -1)), z)
    assert_captured(lambda x: cosine_adjoint(cosine(x, (-2, -1)), (-2,)), x)
    assert_captured(lambda x: cosine_adjoint(cosine(x, (-2, -1)), (-2,)), z)
