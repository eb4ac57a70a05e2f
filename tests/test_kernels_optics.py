"""Tests of spots: Zernike polynomials are orthonormal, spots are limited by the pupil, their decomposition is the best one."""

import math

import pytest
import torch

from invlang.kernels.optics import (
    confocal_volume,
    diffraction_blur,
    diffraction_volume,
    eigen_psfs,
    grid_points,
    product_convolution_blur,
    product_convolution_weights,
    pupils,
    spots,
    thin_plate,
    zernike,
)
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.float64)


def disk(radii=400, angles=400):
    """Midpoints in polar coordinates, and their areas as parts of the disk."""
    rho = (torch.arange(radii, dtype=torch.float64) + 0.5) / radii
    theta = 2 * torch.pi * torch.arange(angles, dtype=torch.float64) / angles
    weight = (rho * 2 / radii / angles)[:, None].expand(radii, angles)
    return rho[:, None].expand(radii, angles), theta.expand(radii, angles), weight


def test_zernike_polynomials_are_orthonormal_on_the_disk():
    rho, theta, weight = disk()
    modes = torch.stack([zernike(k, rho, theta) for k in range(1, 29)]).flatten(1)
    torch.testing.assert_close((modes * weight.flatten()) @ modes.mT, torch.eye(28, dtype=torch.float64), atol=2e-4, rtol=0)


def test_zernike_polynomials_of_nolls_table():
    rho, theta = torch.tensor([0.3, 0.8, 1.0], dtype=torch.float64), torch.tensor([0.1, 2.0, -1.3], dtype=torch.float64)
    table = {
        1: torch.ones_like(rho),
        2: 2 * rho * theta.cos(),
        3: 2 * rho * theta.sin(),
        4: math.sqrt(3) * (2 * rho**2 - 1),
        5: math.sqrt(6) * rho**2 * (2 * theta).sin(),
        6: math.sqrt(6) * rho**2 * (2 * theta).cos(),
        7: math.sqrt(8) * (3 * rho**3 - 2 * rho) * theta.sin(),
        8: math.sqrt(8) * (3 * rho**3 - 2 * rho) * theta.cos(),
        9: math.sqrt(8) * rho**3 * (3 * theta).sin(),
        10: math.sqrt(8) * rho**3 * (3 * theta).cos(),
        11: math.sqrt(5) * (6 * rho**4 - 6 * rho**2 + 1),
        12: math.sqrt(10) * (4 * rho**4 - 3 * rho**2) * (2 * theta).cos(),
        13: math.sqrt(10) * (4 * rho**4 - 3 * rho**2) * (2 * theta).sin(),
        22: math.sqrt(7) * (20 * rho**6 - 30 * rho**4 + 12 * rho**2 - 1),
    }
    for number, wanted in table.items():
        torch.testing.assert_close(zernike(number, rho, theta), wanted)


@pytest.mark.parametrize("cutoff", [0.1, 0.2, 0.25])
def test_a_spot_holds_no_frequency_beyond_twice_the_cutoff(cutoff):
    """The transfer function is the autocorrelation of the pupil; one sample of the edge is soft."""
    h = spots(pupils((3,), cutoff, 0.15, 4, 11, 128, stream(0, "h")))
    transfer = torch.fft.fft2(h).abs()
    f = torch.fft.fftfreq(128, dtype=torch.float64)
    beyond = torch.hypot(f[:, None], f) > 2 * cutoff + 2 / 128
    assert (transfer[:, beyond] <= 1e-12 * transfer.amax()).all()
    inside = torch.hypot(f[:, None], f) < cutoff / 2
    assert (transfer[:, inside] > 1e-6 * transfer.amax()).any()


def test_without_aberrations_a_spot_is_airys_disk():
    """Its first dark ring is at 1.22 / (2 cutoff) samples; it is symmetric about index ⌊n/2⌋."""
    h = diffraction_blur((61, 61), LIKE, 0.05, 0.0, pupil=512, generator=stream(0, "h"))
    torch.testing.assert_close(h, h.flip(0)), torch.testing.assert_close(h, h.mT)
    profile = h[30, 30:]
    ring = next(i for i in range(1, 29) if profile[i] < profile[i + 1])
    assert abs(ring - 1.22 / (2 * 0.05)) <= 1 and profile[0] == h.amax()


@pytest.mark.parametrize(
    ("law", "sizes"),
    [
        (diffraction_blur, (2, 31, 32)),
        (diffraction_volume, (2, 5, 21, 22)),
        (confocal_volume, (2, 5, 21, 22)),
        (confocal_volume, (7, 9, 9)),
    ],
)
def test_each_is_a_kernel_of_its_own(law, sizes):
    h = law(sizes, LIKE, generator=stream(0, "h"))
    spatial = (-2, -1) if law is diffraction_blur else (-3, -2, -1)
    assert h.shape == sizes and (h >= 0).all()
    total = h.sum(spatial)
    torch.testing.assert_close(total, torch.ones_like(total))
    if h.ndim > len(spatial):
        assert not torch.equal(h[0], h[1])


def test_aberrations_are_as_large_as_said():
    """A pupil of defocus alone: its phase is 2π a Z_4 with |a| ≤ amplitude, even in between."""
    found = []
    for sample in range(200):
        p = pupils((), 0.2, 0.05, 4, 4, 64, stream(0, "h", 0, sample))
        found.append(float(-p[0, 0].angle() / (2 * torch.pi) / -math.sqrt(3)))
    found = torch.tensor(found)
    assert found.abs().max() <= 0.05 and found.max() > 0.045 and found.min() < -0.045 and abs(float(found.mean())) < 0.01


def test_a_volume_is_sharpest_in_its_focus():
    h = diffraction_volume((9, 21, 21), LIKE, amplitude=0.0, generator=stream(0, "h"))
    peaks = h.amax((-2, -1)) / h.sum((-2, -1))
    assert int(peaks.argmax()) == 4
    torch.testing.assert_close(h, h.flip(0))


def test_a_pinhole_narrows_and_a_wide_one_leaves_the_illumination():
    """Through a tiny hole the spot is illumination · collection; through a wide one illumination alone, up to a constant."""
    make = {"amplitude": 0.0, "generator": None}
    small = confocal_volume((3, 15, 15), LIKE, pinhole=0.05, **make)
    wide = confocal_volume((3, 15, 15), LIKE, pinhole=8.0, **make)
    alone = diffraction_volume((3, 15, 15), LIKE, 1.37 * 50 / 489, 1.51 * 50 / 489, 2.0, 0.0)
    torch.testing.assert_close(wide[1] / wide[1].amax(), alone[1] / alone[1].amax(), atol=0.05, rtol=0)
    assert small[1, 7, 7] / small[1].sum() > 1.3 * wide[1, 7, 7] / wide[1].sum()


def test_eigen_spots_are_the_best_of_their_number():
    """Eckart and Young: the error of rank K is the energy of the singular values that are left."""
    psfs = diffraction_blur((16, 9, 10), LIKE, generator=stream(0, "h"))
    values = torch.linalg.svdvals(psfs.flatten(1))
    for count in (1, 4, 16):
        kernels, shares = eigen_psfs(psfs, count)
        torch.testing.assert_close(kernels @ kernels.mT, torch.eye(count, dtype=torch.float64))
        assert (kernels.sum(-1) >= 0).all()
        error = (shares @ kernels - psfs.flatten(1)).square().sum()
        torch.testing.assert_close(error, values[count:].square().sum(), atol=1e-14, rtol=1e-8)


def test_at_grid_points_the_blur_is_the_spot():
    """Where a pixel is a grid point, Σ_k w_k h_k is the spot of that point; batches go one by one."""
    psfs = diffraction_blur((2, 9, 7, 6), LIKE, generator=stream(0, "h"))
    filters = product_convolution_blur(psfs, (9, 7, 6))
    weights = product_convolution_weights(psfs, (9, 21, 33))
    assert filters.shape == (2, 9, 7, 6) and weights.shape == (2, 9, 21, 33)
    there = weights[:, :, ::10, ::16].flatten(-2)
    torch.testing.assert_close(torch.einsum("bkg,bkij->bgij", there, filters), psfs)
    torch.testing.assert_close(product_convolution_weights(psfs[1], (9, 21, 33)), weights[1])


def test_a_thin_plate_keeps_planes_and_values():
    nodes, points = grid_points((3, 3), LIKE), grid_points((5, 4), LIKE)
    plate = thin_plate(nodes, points)
    for plane in (lambda p: torch.ones_like(p[:, 0]), lambda p: p[:, 0], lambda p: 2 - 3 * p[:, 1]):
        torch.testing.assert_close(plate @ plane(nodes), plane(points))
    torch.testing.assert_close(thin_plate(nodes, nodes), torch.eye(9, dtype=torch.float64))


def test_a_thin_plate_is_scipys():
    scipy = pytest.importorskip("scipy.interpolate")
    nodes, points = grid_points((4, 4), LIKE), torch.rand(30, 2, dtype=torch.float64, generator=stream(0, "p"))
    values = torch.randn(16, 3, dtype=torch.float64, generator=stream(0, "v"))
    theirs = scipy.RBFInterpolator(nodes.numpy(), values.numpy(), kernel="thin_plate_spline")(points.numpy())
    torch.testing.assert_close(thin_plate(nodes, points) @ values, torch.from_numpy(theirs))
