"""Tests of small matrices for groups of samples against sums written out."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_adjoint, draw

from invlang.kernels.groups import group_columns, group_inverse, group_pseudo_inverse, group_rows, groups, groups_adjoint


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_samples_that_lie_equally_far_apart_meet_a_matrix(dtype, factor):
    matrix, x = draw((4, factor, factor, 5), dtype), draw((2, 4, 5 * factor), dtype, 1)
    y = groups(x, matrix)
    for r in range(factor):
        expected = sum(matrix[:, r, s] * x[..., 5 * s : 5 * s + 5] for s in range(factor))
        torch.testing.assert_close(y[..., 5 * r : 5 * r + 5], expected)
    assert_adjoint(lambda x: groups(x, matrix), lambda y: groups_adjoint(y, matrix), x)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_diagonals_around_sums_of_aliases(dtype):
    a, b, x = (draw((4, 6), dtype, seed) for seed in range(3))
    aliased = (b * x).unflatten(-1, (3, 2)).sum(-2).repeat(1, 3)
    torch.testing.assert_close(groups(x, group_rows(a, 3) * group_columns(b, 3)), a * aliased)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_inverses_undo_and_pseudo_inverses_undo_what_can_be(dtype):
    root, x = draw((4, 3, 3, 2), dtype), draw((4, 6), dtype, 1)
    square = torch.einsum("hasn,hatn->hstn", root.conj(), root)
    torch.testing.assert_close(groups(groups(x, square), group_inverse(square)), x)
    thin = torch.einsum("hsn,htn->hstn", root[:, 0].conj(), root[:, 0])
    torch.testing.assert_close(groups(groups(groups(x, thin), group_pseudo_inverse(thin)), thin), groups(x, thin))
