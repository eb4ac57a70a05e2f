"""Tests of sampling and downsampling against indexing written out."""

import pytest
import torch
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw

from invlang.kernels.selection import comb, downsample, downsample_adjoint, sample, sample_adjoint, sample_index

AXES = (-2, -1)


def test_sampling_keeps_the_entries_where_the_mask_is_not_zero():
    mask = torch.tensor([[0, 1, 0], [1, 1, 0]])
    x = draw((2, 2, 3))
    index = sample_index(mask)
    assert index.tolist() == [1, 3, 4]
    assert torch.equal(sample(x, index, AXES), torch.stack((x[:, 0, 1], x[:, 1, 0], x[:, 1, 1]), -1))
    assert torch.equal(sample_adjoint(sample(x, index, AXES), index, AXES, (2, 3)), mask * x)


@pytest.mark.parametrize("index", [[1, 5, 3], [], [2, 2, 0], list(range(12))])
def test_sampling_has_an_exact_adjoint_also_with_no_or_repeated_entries(index):
    index = torch.tensor(index, dtype=torch.int64)
    assert_adjoint_everywhere(lambda x: sample(x, index, AXES), lambda y: sample_adjoint(y, index, AXES, (3, 4)), (3, 4))
    assert_adjoint_everywhere(lambda x: sample(x, index, (-1,)), lambda y: sample_adjoint(y, index, (-1,), (12,)), (2, 12))


@pytest.mark.parametrize("axes", [(-1,), (-2,), (-2, -1), (-3, -1), (-3, -2, -1)])
@pytest.mark.parametrize("factor", [1, 2, 3, 7])
def test_downsampling_and_its_adjoint(axes, factor):
    shape = (4, 5, 6)
    sizes = tuple(shape[a] for a in axes)
    forward, adjoint = (lambda x: downsample(x, axes, factor)), (lambda y: downsample_adjoint(y, axes, factor, sizes))
    assert_adjoint_everywhere(forward, adjoint, shape)
    x = draw(shape)
    kept = x
    for axis in axes:
        kept = kept.index_select(axis, torch.arange(0, kept.shape[axis], factor))
    assert torch.equal(forward(x), kept)


@pytest.mark.parametrize("sizes, factor", [((4, 6), 2), ((5,), 3), ((1, 3), 2)])
def test_the_comb_is_one_where_downsampling_keeps(sizes, factor):
    axes = tuple(range(-len(sizes), 0))
    x = draw((2, *sizes), torch.complex64)
    mask = comb(axes, sizes, factor, x)
    assert mask.dtype == torch.float32
    torch.testing.assert_close(downsample_adjoint(downsample(x, axes, factor), axes, factor, sizes), mask * x)


def test_the_comb_of_axes_that_do_not_trail_reaches_to_the_end():
    x = draw((3, 4, 5, 6))
    mask = comb((-3, -1), (4, 6), 2, x)
    assert mask.shape == (4, 1, 6)
    torch.testing.assert_close(downsample_adjoint(downsample(x, (-3, -1), 2), (-3, -1), 2, (4, 6)), mask * x)


def test_gradients_and_capture():
    x, index = draw((3, 4), torch.complex128), torch.tensor([3, 3, 7])
    assert_gradient(lambda x: sample_adjoint(sample(x, index, AXES), index, AXES, (3, 4)), x)
    assert_gradient(lambda x: downsample_adjoint(downsample(x, AXES, 2), AXES, 2, (3, 4)), x)
    assert_captured(lambda x, i: sample_adjoint(sample(x, i, AXES), i, AXES, (3, 4)), x, index)
    assert_captured(lambda x: downsample_adjoint(downsample(x, AXES, 2), AXES, 2, (3, 4)) * comb(AXES, (3, 4), 2, x), x)
