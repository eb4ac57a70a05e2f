"""Tests of matrices that act on the last axis against sums written out."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_adjoint, assert_captured, assert_gradient, draw

from invlang.kernels.dense import dense, dense_adjoint, weighed_columns, weighed_rows


@pytest.mark.parametrize("shape", [(3, 4), (1, 4), (3, 1), (2, 3, 4), (2, 1, 3, 4)])
def test_the_matrix_acts_on_the_last_axis(shape):
    matrix, x = draw(shape, torch.complex128), draw((2, 5, shape[-1]), torch.complex128, 1)
    matrix = matrix if matrix.ndim < 3 else matrix.reshape(2, 1, *shape[-2:])
    whole = matrix.expand(2, 5, *shape[-2:])
    y = dense(x, matrix)
    for b in range(2):
        for i in range(5):
            expected = [sum(whole[b, i, m, n] * x[b, i, n] for n in range(shape[-1])) for m in range(shape[-2])]
            torch.testing.assert_close(y[b, i], torch.stack(expected))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (2, 1, 3, 4)])
def test_the_adjoint(dtype, shape):
    for batch in ((2, 5), (2, 1)) if len(shape) > 2 else ((), (3,), (2, 1)):
        matrix, x = draw(shape, dtype), draw((*batch, shape[-1]), dtype, 1)
        assert_adjoint(lambda x, a=matrix: dense(x, a), lambda y, a=matrix: dense_adjoint(y, a), x)


@pytest.mark.parametrize("axis", [-1, -2, -3])
@pytest.mark.parametrize("dtype", NUMBERS)
def test_any_axis_and_its_adjoint(axis, dtype):
    matrix, x = draw((2, 3), dtype), draw((4, 3, 3, 3), dtype, 1)
    expected = torch.stack([sum(matrix[m, n] * x.select(axis, n) for n in range(3)) for m in range(2)], axis)
    torch.testing.assert_close(dense(x, matrix, axis), expected)
    assert_adjoint(lambda x: dense(x, matrix, axis), lambda y: dense_adjoint(y, matrix, axis), x)
    assert_adjoint(lambda x: dense(x, matrix[0], axis), lambda y: dense_adjoint(y, matrix[0], axis), x)
    torch.testing.assert_close(dense(x, matrix[0], axis), dense(x, matrix[:1], axis))


@pytest.mark.parametrize("axis", [-1, -3])
@pytest.mark.parametrize("dtype", NUMBERS)
def test_weighed_matrices_are_products_with_diagonals(axis, dtype):
    matrix, x = draw((2, 3), dtype), draw((4, 3, 3, 3), dtype, 1)
    rows, columns = draw((2,), dtype, 2), draw((3,), dtype, 3)
    lay = lambda w: w.reshape(-1, *(1,) * (-axis - 1))
    torch.testing.assert_close(dense(x, weighed_rows(matrix, lay(rows), axis), axis), lay(rows) * dense(x, matrix, axis))
    torch.testing.assert_close(dense(x, weighed_columns(matrix, lay(columns), axis), axis), dense(lay(columns) * x, matrix, axis))
    assert_gradient(lambda m, w: weighed_rows(m, w, axis), draw((2, 3)), lay(draw((2,))))


def test_a_matrix_per_sample():
    matrix, x = draw((2, 4, 3)), draw((2, 3, 5, 6))
    each = torch.stack([dense(x[i], matrix[i], -3) for i in range(2)])
    torch.testing.assert_close(dense(x, matrix, -3), each)


def test_real_and_complex_meet():
    matrix, x = draw((3, 4)), draw((2, 4), torch.complex128)
    torch.testing.assert_close(dense(x, matrix), dense(x, matrix + 0j))
    torch.testing.assert_close(dense(x.real, matrix + 0j), dense(x.real + 0j, matrix + 0j))
    torch.testing.assert_close(dense_adjoint(x[:, :3], matrix), dense_adjoint(x[:, :3], matrix + 0j))


def test_gradients_and_capture():
    matrix, x = draw((2, 3, 4), torch.complex128), draw((2, 4), torch.complex128)
    assert_gradient(dense, x, matrix)
    assert_gradient(lambda y, a: dense_adjoint(y, a), x[:, :3], matrix)
    assert_gradient(dense, x, matrix[0])
    assert_captured(lambda x, a: dense_adjoint(dense(x, a), a), x, matrix)
