"""Tests of repetition along a new axis and of the sum over it."""

import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw

from invlang.kernels.channels import repeat, repeat_adjoint


@pytest.mark.parametrize("axis", [-1, -2, -3])
@pytest.mark.parametrize("count", [1, 3])
def test_repeat_and_its_adjoint(axis, count):
    assert_adjoint_everywhere(lambda x: repeat(x, axis, count), lambda y: repeat_adjoint(y, axis, count), (2, 4))
    x = draw((5, 2, 4))
    repeated = repeat(x, axis, count)
    assert repeated.shape[axis] == count
    assert all(torch.equal(repeated.select(axis, i), x) for i in range(count))
    torch.testing.assert_close(repeat_adjoint(repeated, axis, count), count * x)


def test_gradients_and_capture():
    x = draw((2, 3), torch.complex128)
    assert_gradient(lambda x: repeat_adjoint(repeat(x, -3, 4) ** 2, -2, 2), x)
    assert_captured(lambda x: repeat_adjoint(repeat(x, -3, 4), -2, 2), x)
