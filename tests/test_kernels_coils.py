"""Tests of maps found in the coils' own data."""

import pytest
import torch
from kernel_checks import draw

from invlang.kernels.coils import central, espirit
from invlang.kernels.masks import birdcage_maps

AXES = (-2, -1)


def spectrum_of(image):
    return torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(image, AXES), norm="ortho"), AXES)


def low_maps(coils, sizes):
    """Maps that are sums of few low frequencies, so that patches of k-space see them whole."""
    few = torch.zeros(coils, *sizes, dtype=torch.complex128)
    few[..., central(sizes[0], 3), central(sizes[1], 3)] = draw((coils, 3, 3), torch.complex128, seed=2)
    return torch.fft.fftshift(torch.fft.ifft2(torch.fft.ifftshift(few, AXES), norm="forward"), AXES)


@pytest.mark.parametrize("sizes", [(32, 32), (31, 36), (48, 33)])
def test_it_finds_maps_of_low_frequency(sizes):
    maps = low_maps(4, sizes)
    image = draw(sizes, torch.complex128)
    found = espirit(spectrum_of(maps * image), kernel=5, calibration=30, threshold=1e-6)
    maps = maps / maps.abs().square().sum(-3, keepdim=True).sqrt()
    likeness = (found.conj() * maps).sum(-3).abs()
    assert likeness.min() > 1 - 1e-6
    torch.testing.assert_close(found.abs().square().sum(-3), torch.ones(sizes, dtype=torch.float64))


def test_it_finds_the_maps_of_a_birdcage_and_nothing_outside_the_object():
    sizes = (64, 60)
    maps = birdcage_maps((6, *sizes), torch.empty(0, dtype=torch.float64))
    rows, columns = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in sizes)
    inside = torch.hypot(rows[:, None], columns) < 0.7
    image = inside * (2 + torch.cos(9 * rows)[:, None] * torch.sin(7 * columns))
    y = spectrum_of(maps * image)
    y = y + 1e-4 * draw(y.shape, torch.complex128)
    found = espirit(y)
    core = torch.hypot(rows[:, None], columns) < 0.6
    assert (found.conj() * maps).sum(-3).abs()[core].min() > 0.995
    combined = (found.conj() * maps * image).sum(-3)[core]
    assert (combined.imag.abs() < 0.02 * combined.real).all()  # a positive object, in whatever phases the coils are
    far = torch.hypot(rows[:, None], columns) > 1
    assert (found.abs().sum(-3)[far] == 0).double().mean() > 0.9


def test_each_sample_of_a_batch_is_as_if_alone():
    y = spectrum_of(birdcage_maps((3, 16, 16), torch.empty(0, dtype=torch.float64)) * draw((2, 1, 16, 16)))
    found = espirit(y, kernel=3, calibration=10)
    assert found.shape == y.shape
    torch.testing.assert_close(found[1], espirit(y[1], kernel=3, calibration=10))
    assert espirit(y.to(torch.complex64), kernel=3, calibration=10).dtype == torch.complex64


@pytest.mark.parametrize("sizes", [(1, 5), (3, 2)])
def test_images_smaller_than_the_patches(sizes):
    assert espirit(draw((2, *sizes), torch.complex128)).isfinite().all()
