"""Tests of the metrics against scikit-image."""

import numpy as np
import pytest
import torch
from kernel_checks import assert_captured, assert_gradient, draw
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from invlang.kernels.metrics import psnr, ssim


def images(shape, noise=0.1):
    rows, columns = torch.meshgrid(torch.linspace(0, 6, shape[-2]), torch.linspace(0, 9, shape[-1]), indexing="ij")
    truth = (0.5 + 0.4 * torch.sin(rows) * torch.cos(columns)).double().expand(shape)
    return truth + noise * draw(shape), truth


@pytest.mark.parametrize("peak", [1.0, 2.5])
def test_psnr_agrees_with_scikit_image(peak):
    x, truth = images((2, 3, 32, 40))
    found = psnr(x, truth, peak)
    for i in range(2):
        assert float(found[i]) == pytest.approx(
            peak_signal_noise_ratio(truth[i].numpy(), x[i].numpy(), data_range=peak), rel=1e-10
        )
    assert psnr(x, truth, rank=2).shape == (2, 3) and psnr(x, truth, rank=4).shape == ()
    assert torch.isinf(psnr(x, x)).all()
    assert float(psnr(x[0] * 1j, truth[0] * 1j)) == pytest.approx(float(psnr(x[0], truth[0])))


@pytest.mark.parametrize("peak", [1.0, 255.0])
@pytest.mark.parametrize("size", [(32, 40), (11, 11), (64, 17)])
def test_ssim_agrees_with_scikit_image(peak, size):
    x, truth = images((2, 3, *size))
    x, truth = peak * x, peak * truth
    found = ssim(x, truth, peak)
    for i in range(2):
        expected = structural_similarity(
            truth[i].numpy(), x[i].numpy(), data_range=peak, channel_axis=0,
            gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        )  # fmt: skip
        assert float(found[i]) == pytest.approx(expected, abs=1e-10)


def test_ssim_of_small_and_of_complex_images():
    x, truth = images((3, 6, 7))
    assert -1 <= float(ssim(x, truth)) < 1
    assert float(ssim(truth, truth)) == pytest.approx(1)
    turned = truth * np.exp(0.7j)
    torch.testing.assert_close(ssim(x * np.exp(0.2j), turned), ssim(x.abs(), truth.abs()))
    assert ssim(x.expand(4, 3, 6, 7), truth).shape == (4,)


def test_gradients_and_capture():
    x, truth = images((1, 13, 12))
    assert_gradient(lambda x: ssim(x, truth), x)
    assert_gradient(lambda x: psnr(x, truth), x)
    assert_captured(lambda x, y: ssim(x, y) + psnr(x, y), x, truth)
