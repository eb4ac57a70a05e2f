"""Tests of convolutions tap by tap against sums written out."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw

from invlang.kernels.blur import convolve_inside, convolve_inside_adjoint

CASES = [((7,), (3,)), ((5, 6), (3, 2)), ((4, 3), (4, 3)), ((5, 4), (1, 1)), ((4, 5, 3), (2, 3, 1))]


def convolved(x, h):
    """y[i] = Σ_j h[j] x[i + taps − 1 − j] by loops."""
    y = np.zeros([n - t + 1 for n, t in zip(x.shape, h.shape, strict=True)], dtype=np.result_type(x, h))
    for i in np.ndindex(*y.shape):
        for j in np.ndindex(*h.shape):
            y[i] += h[j] * x[tuple(a + t - 1 - b for a, t, b in zip(i, h.shape, j, strict=True))]
    return y


@pytest.mark.parametrize("sizes, taps", CASES)
def test_it_is_the_sum_over_all_taps(sizes, taps):
    axes = tuple(range(-len(sizes), 0))
    x, h = draw((2, *sizes)), draw(taps)
    for own in range(2):
        np.testing.assert_allclose(convolve_inside(x, h, axes)[own], convolved(x[own].numpy(), h.numpy()), rtol=0, atol=1e-12)
    adjoint = lambda y: convolve_inside_adjoint(y, h.to(y.dtype), axes)
    assert_adjoint_everywhere(lambda x: convolve_inside(x, h.to(x.dtype), axes), adjoint, sizes)


def test_each_image_has_a_kernel_of_its_own():
    x, h, axes = draw((3, 2, 5, 4)), draw((2, 3, 2)), (-2, -1)
    found = convolve_inside(x, h, axes)
    back = convolve_inside_adjoint(found, h, axes)
    for i in range(2):
        torch.testing.assert_close(found[:, i], convolve_inside(x[:, i], h[i], axes))
        torch.testing.assert_close(back[:, i], convolve_inside_adjoint(found[:, i], h[i], axes))


def test_gradients_and_capture():
    x, h, axes = draw((2, 4, 5)), draw((3, 2)), (-2, -1)
    y = convolve_inside(x, h, axes)
    assert_gradient(lambda x: convolve_inside(x, h, axes), x)
    assert_gradient(lambda h: convolve_inside(x, h, axes), h)
    assert_gradient(lambda y: convolve_inside_adjoint(y, h, axes), y)
    assert_captured(lambda x: convolve_inside_adjoint(convolve_inside(x, h, axes), h, axes), x)


def test_large_images_are_convolved_as_small_ones_are():
    x, h, axes = draw((2, 150, 140)), draw((2, 3, 2)), (-2, -1)
    whole = convolve_inside(x, h, axes)
    rows = [convolve_inside(x[:, i : i + 52], h, axes) for i in (0, 50, 98)]
    assert x.numel() > 2**15 > x[:, :52].numel()
    torch.testing.assert_close(whole, torch.cat((rows[0], rows[1], rows[2][:, 2:]), -2))
    torch.testing.assert_close(convolve_inside(x, h[0], axes)[0], whole[0])
    torch.testing.assert_close(convolve_inside(x[0], h, axes)[0], whole[0])
    y, back = draw(whole.shape, seed=1), convolve_inside_adjoint
    torch.testing.assert_close((whole * y).sum(), (x * back(y, h, axes)).sum())
    assert_captured(lambda x: back(convolve_inside(x, h, axes), h, axes), x)
