"""Tests of padding and cropping against loops over samples."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw

from invlang.kernels.borders import crop, crop_adjoint, pad, pad_adjoint

MODES = ("zero", "circular", "reflect", "replicate")
NUMPY_NAMES = {"circular": "wrap", "reflect": "reflect", "replicate": "edge", "zero": "constant"}


def source_of(position, n, mode):
    """The sample that stands at a position outside, found by walking; None for zero."""
    if mode == "circular":
        while not 0 <= position < n:
            position += n if position < 0 else -n
    elif mode == "replicate":
        position = min(max(position, 0), n - 1)
    elif mode == "reflect":
        while n > 1 and not 0 <= position < n:
            position = -position if position < 0 else 2 * (n - 1) - position
        position = 0 if n == 1 else position
    return position if 0 <= position < n else None


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n, before, after", [(5, 2, 3), (4, 0, 1), (3, 7, 5), (1, 2, 2), (2, 3, 0), (4, 0, 0)])
def test_padding_copies_the_samples_that_it_should(mode, n, before, after):
    x = draw((2, n, 3))
    padded = pad(x, (-2,), (before,), (after,), mode)
    assert padded.shape == (2, before + n + after, 3)
    for position in range(-before, n + after):
        source = source_of(position, n, mode)
        expected = torch.zeros_like(x[:, 0]) if source is None else x[:, source]
        assert torch.equal(padded[:, position + before], expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sizes", [(4, 5), (1, 3), (2, 2)])
def test_padding_has_an_exact_adjoint(mode, sizes):
    before, after = (2, 6), (5, 0)
    forward = lambda x: pad(x, (-2, -1), before, after, mode)
    assert_adjoint_everywhere(forward, lambda y: pad_adjoint(y, (-2, -1), before, after, mode), sizes)


@pytest.mark.parametrize("mode", MODES)
def test_padding_in_three_dimensions_agrees_with_numpy(mode):
    x = draw((2, 4, 3, 5))
    expected = np.pad(x.numpy(), ((0, 0), (1, 2), (2, 0), (3, 3)), mode=NUMPY_NAMES[mode])
    np.testing.assert_array_equal(pad(x, (-3, -2, -1), (1, 2, 3), (2, 0, 3), mode), expected)


def test_an_unknown_border_is_refused():
    with pytest.raises(ValueError, match="not 'mirror'"):
        pad(draw((4,)), (-1,), (1,), (1,), "mirror")


def test_crop_and_its_adjoint():
    x = draw((2, 6, 5))
    assert torch.equal(crop(x, (-2, -1), (1, 0), (3, 4)), x[:, 1:4, :4])
    forward, adjoint = (
        (lambda x: crop(x, (-2, -1), (1, 0), (3, 4))),
        (lambda y: crop_adjoint(y, (-2, -1), (1, 0), (3, 4), (6, 5))),
    )
    assert_adjoint_everywhere(forward, adjoint, (6, 5))
    assert_adjoint_everywhere(lambda x: crop(x, (-3,), (2,), (1,)), lambda y: crop_adjoint(y, (-3,), (2,), (1,), (4,)), (4, 3, 2))


@pytest.mark.parametrize("mode", MODES)
def test_gradients_and_capture(mode):
    forward = lambda x: pad(x, (-2, -1), (1, 2), (3, 0), mode)
    adjoint = lambda y: pad_adjoint(y, (-2, -1), (1, 2), (3, 0), mode)
    x = draw((2, 3))
    assert_gradient(forward, x)
    assert_gradient(adjoint, forward(x))
    assert_gradient(lambda y: crop_adjoint(crop(y, (-1,), (1,), (2,)), (-1,), (0,), (2,), (4,)), x)
    assert_captured(lambda x: crop_adjoint(crop(adjoint(forward(x)), (-1,), (1,), (2,)), (-1,), (0,), (2,), (4,)), x)
