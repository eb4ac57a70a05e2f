"""Tests of random blurs: they are kernels, they follow their laws, they have the centre that is said."""

import pytest
import torch

from invlang.kernels.blurs import matern_path, motion_blur, random_antialiasing, random_gaussian, tile_windows
from invlang.kernels.filters import gaussian_kernel
from invlang.kernels.resampling import antialiasing
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.float64)


@pytest.mark.parametrize("sizes", [(31, 31), (3, 16, 21), (2, 2, 8, 9)])
@pytest.mark.parametrize("law", [random_gaussian, motion_blur])
def test_each_is_a_kernel_of_its_own(law, sizes):
    h = law(sizes, LIKE, generator=stream(0, "h"))
    assert h.shape == sizes and h.dtype == torch.float64 and (h >= 0).all()
    torch.testing.assert_close(h.sum((-2, -1)), torch.ones(sizes[:-2], dtype=torch.float64))
    flat = h.flatten(0, -3) if h.ndim > 2 else h[None]
    assert all(not torch.equal(flat[0], other) for other in flat[1:])


def test_a_random_gaussian_is_a_gaussian_with_a_width_in_the_interval():
    """Its variance tells σ; with that σ it is the fixed kernel."""
    x = torch.arange(61, dtype=torch.float64) - 30
    sigmas = []
    for sample in range(200):
        h = random_gaussian((61, 61), LIKE, 1.0, 4.0, generator=stream(0, "h", 0, sample))
        sigma = float((h.sum(1) * x.square()).sum().sqrt())
        torch.testing.assert_close(h, gaussian_kernel((61, 61), LIKE, sigma), atol=1e-7, rtol=0)
        sigmas.append(sigma)
    found = torch.tensor(sigmas)
    assert 1 <= found.min() < 1.1 and 3.9 < found.max() <= 4
    assert abs(float(found.mean()) - 2.5) < 0.15


def test_an_anisotropic_gaussian_has_two_widths_and_an_angle():
    h = random_gaussian((41, 41), LIKE, 0.8, 4.0, False, generator=stream(1, "h"))
    x = torch.arange(41, dtype=torch.float64) - 20
    covariance = torch.tensor([[(h * a * b).sum() for a in (x[:, None], x)] for b in (x[:, None], x)])
    small, large = torch.linalg.eigvalsh(covariance).sqrt()
    assert 0.7 < small < large < 4.1 and abs(covariance[0, 1]) > 1e-3


def test_an_anisotropic_gaussian_in_space_is_turned_about_all_axes():
    """Its covariance has the three σ² as eigenvalues, and no axis of it lies along one of the volume, over some draws."""
    x = torch.arange(31, dtype=torch.float64) - 15
    axes = [x.reshape(-1, 1, 1), x.reshape(-1, 1), x]
    for sample in range(3):
        h = random_gaussian((31, 31, 31), LIKE, 1.0, 3.0, False, 3, stream(0, "h", 0, sample))
        covariance = torch.tensor([[(h * a * b).sum() for a in axes] for b in axes])
        sigmas = torch.linalg.eigvalsh(covariance).sqrt()
        assert 0.99 < sigmas[0] < sigmas[1] < sigmas[2] < 3.01
        assert covariance.fill_diagonal_(0).abs().amax(0).min() > 1e-3


def test_paths_have_the_covariance_of_matern():
    """E f(s) f(t) = σ² (1 + r + r²/3) exp(−r), r = √5 |s − t| / l, against the mean over many paths."""
    path = matern_path((20_000,), 0.3, 0.25, 21, stream(0, "h"))
    t = torch.linspace(0, 1, 21, dtype=torch.float64)
    r = 5**0.5 * (t[:, None] - t).abs() / 0.3
    wanted = 0.25**2 * (1 + r + r.square() / 3) * torch.exp(-r)
    torch.testing.assert_close(path.mT @ path / len(path), wanted, atol=0.003, rtol=0)


def test_a_camera_that_does_not_move_blurs_nothing():
    for n in (7, 8):
        h = motion_blur((n, n), LIKE, 0.3, 1e-9, generator=stream(0, "h"))
        assert h[n // 2, n // 2] == 1 and h.sum() == 1


def test_a_path_far_beyond_the_window_still_gives_a_kernel():
    h = motion_blur((5, 5), LIKE, 0.3, 1e6, 10, stream(0, "h"))
    assert float(h.sum()) == pytest.approx(1)


def test_the_middle_of_a_shake_is_the_middle_of_the_window():
    """The mean of the path is at the centre ⌊n/2⌋, to within a sample's width."""
    for n in (30, 31):
        x = torch.arange(n, dtype=torch.float64) - n // 2
        means = [float((motion_blur((n, n), LIKE, generator=stream(0, "h", 0, i)).sum(0) * x).sum()) for i in range(20)]
        assert max(map(abs, means)) < 0.5


@pytest.mark.parametrize("kind", ["gaussian", "bilinear", "bicubic", "sinc"])
@pytest.mark.parametrize("factor", [2, 3])
def test_a_random_filter_of_one_kind_is_that_of_the_operator(kind, factor):
    wanted = antialiasing(LIKE, kind, factor, 2)
    found = random_antialiasing(tuple(wanted.shape), LIKE, (factor,), (kind,), stream(0, "h"))
    torch.testing.assert_close(found, wanted)


def test_filters_and_factors_are_drawn_with_equal_chances():
    wanted = {
        (f, k): random_antialiasing((8, 8, 8), LIKE, (f,), (k,), stream(0, "h")) for f in (2, 3) for k in ("gaussian", "sinc")
    }
    seen = dict.fromkeys(wanted, 0)
    for sample in range(400):
        h = random_antialiasing((8, 8, 8), LIKE, (2, 3), ("gaussian", "sinc"), stream(0, "h", 0, sample))
        (match,) = [k for k, w in wanted.items() if torch.equal(h, w)]
        seen[match] += 1
    assert all(abs(n - 100) < 35 for n in seen.values())


@pytest.mark.parametrize("sizes", [(4, 32, 30), (9, 17, 20), (1, 5, 6)])
def test_tiles_share_every_pixel(sizes):
    windows = tile_windows(sizes, LIKE)
    assert windows.shape == sizes and (windows >= 0).all()
    torch.testing.assert_close(windows.sum(0), torch.ones(sizes[1:], dtype=torch.float64))
    assert windows[0, 0, 0] == 1 and windows[-1, -1, -1] == 1
