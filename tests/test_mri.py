"""Magnetic resonance from Python: shots are added up, maps are found in the data, brightness needs none."""

from __future__ import annotations

import pytest
import torch

import invlang

SHOTS = """
dim T, H, W
unknown x : complex[H, W]
given m : binary[T, H, W]
let A = SequentialMRI(m)
data y ~ Normal(A @ x, sigma = 0.1)
"""
COILS = """
dim C, H = 48, W = 40
unknown x : complex[H, W]
given s : complex[C, H, W] = birdcage_maps()
given m : binary[1, W]
let A = MultiCoilMRI(s, m)
data y ~ Normal(A @ x, sigma = 0.001)
let B = MultiCoilMRI(ESPIRiT(y, calibration = 16, kernel = 5), m)
reconstruct bright { estimate RootSumOfSquares(y) }
reconstruct sense {
  minimize sq(B @ x - y)
  by CG(iterations = 30)
}
"""
MAPS = """
dim C, H, W
unknown s : complex[C, H, W]
data k ~ Normal(Fourier(H, W, centred) @ s, sigma = 0.001)
reconstruct maps { estimate ESPIRiT(k) }
"""


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(seed))


def centred(x: torch.Tensor) -> torch.Tensor:
    axes = (-2, -1)
    return torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(x, axes), norm="ortho"), axes)


def centred_back(y: torch.Tensor) -> torch.Tensor:
    axes = (-2, -1)
    return torch.fft.fftshift(torch.fft.ifft2(torch.fft.ifftshift(y, axes), norm="ortho"), axes)


def object_of(h: int, w: int) -> torch.Tensor:
    rows, columns = torch.linspace(-1, 1, h, dtype=torch.float64)[:, None], torch.linspace(-1, 1, w, dtype=torch.float64)
    return (torch.hypot(rows, columns) < 0.8) * (1.5 + torch.cos(7 * rows) * torch.sin(5 * columns)) + 0j


def test_the_adjoint_of_shots_adds_what_they_share() -> None:
    mask = (torch.rand(3, 7, 6, generator=torch.Generator().manual_seed(1)) < 0.6).double()
    assert (mask.sum(0) > 1).any()
    m = invlang.loads(SHOTS, m=mask)
    x, y = draw(7, 6), draw(3, 7, 6, seed=2)
    torch.testing.assert_close(m.A(x), mask * centred(x))
    back = m.A.H(y)
    torch.testing.assert_close(back, sum(centred_back(mask[t] * y[t]) for t in range(3)))
    averaged = centred_back((mask * y).sum(0) / mask.sum(0).clamp(min=1))
    assert (back - averaged).abs().max() > 0.1
    assert abs(torch.vdot(m.A(x).flatten(), y.flatten()) - torch.vdot(x.flatten(), back.flatten())) < 1e-12


def test_masks_of_shots_may_differ_from_sample_to_sample() -> None:
    mask = (torch.rand(2, 3, 7, 6, generator=torch.Generator().manual_seed(1)) < 0.6).double()
    m, x = invlang.loads(SHOTS, m=mask), draw(2, 7, 6)
    for i in range(2):
        alone = invlang.loads(SHOTS, m=mask[i])
        torch.testing.assert_close(m.A(x)[i], alone.A(x[i]))
        torch.testing.assert_close(m.A.solve(x, 0.1)[i], alone.A.solve(x[i], 0.1))


def test_coils_show_the_object_without_maps_and_with_maps_of_their_own() -> None:
    mask = torch.zeros(1, 40)
    mask[:, ::2] = 1
    mask[:, 12:28] = 1
    x = object_of(48, 40)
    full = invlang.loads(COILS, C=6, m=torch.ones(1, 40))
    brightness = full.bright(full.simulate(x)["y"]).real
    assert (brightness - x.abs()).abs().max() < 0.02
    m = invlang.loads(COILS, C=6, m=mask)
    y = m.simulate(x)["y"]
    inside = x.abs() > 0
    error = (m.sense(y) - x)[inside].abs()
    assert error.mean() < 0.02 < (m.A.H(y) - x)[inside].abs().mean()


def test_maps_are_an_estimate_too() -> None:
    s = invlang.loads(COILS, C=4, m=torch.ones(1, 40)).A(object_of(48, 40))
    m = invlang.loads(MAPS)
    found = m.maps(s)
    assert found.shape == (4, 48, 40)
    assert ((found.abs().square().sum(0) - 1).abs() < 1e-6)[20:28, 16:24].all()


FILM = """
dim T = 3, H = 4, W = 5
unknown x : complex[T, H, W]
given m : binary[T, 1, W]
let A = DynamicMRI(m)
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct smooth { minimize fidelity(y) + 3 * sq(Gradient(T, boundary = circular) @ x) }
reconstruct admm {
  minimize fidelity(y) + 3 * norm1(Gradient(T) @ x)
  by ADMM(iterations = 2000)
}
reconstruct pdhg {
  minimize fidelity(y) + 3 * norm1(Gradient(T) @ x)
  by PDHG(iterations = 2000)
}
"""


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_masks_that_change_from_frame_to_frame_are_no_diagonal_with_differences_in_time(seed: int) -> None:
    mask = (torch.rand(3, 1, 5, generator=torch.Generator().manual_seed(seed)) < 0.6).double()
    mask[:, :, 2] = 0  # a line that no frame sees
    m = invlang.loads(FILM, m=mask)
    y = m.A(draw(3, 4, 5, seed=seed))
    x = m.smooth(y).requires_grad_()
    (slope,) = torch.autograd.grad(m.smooth.objective(x, y), x)
    assert slope.abs().max() < 1e-6
    best = m.pdhg.objective(m.pdhg(y), y)
    assert abs(m.admm.objective(m.admm(y), y) - best) < 1e-5 * best


def test_differences_between_frames_have_an_exact_adjoint() -> None:
    text = "dim T, H, W\nunknown x : real[T, H, W]\nlet A = Gradient({})\ndata y ~ Normal(A @ x, sigma = 1)\n"
    for axes in ("T", "H", "T, H", "T, W", "W, T"):
        m, x = invlang.loads(text.format(axes)), draw(3, 4, 5).real
        y = torch.randn_like(m.A(x))
        assert abs((m.A(x) * y).sum() - (x * m.A.H(y)).sum()) < 1e-12


@pytest.mark.parametrize("sizes", [(6, 8), (4, 10), (5, 6), (7, 3)])
@pytest.mark.parametrize("operator", ["MRI(m)", "MultiCoilMRI(s, m)", "MRI(m) @ Diagonal(d)"])
def test_centred_transforms_of_even_sizes_have_signs_for_shifts(operator: str, sizes: tuple[int, int]) -> None:
    h, w = sizes
    text = f"""unknown x : complex[{h}, {w}]
given m : real[{h}, {w}]
given d : complex[{h}, {w}]
given s : complex[2, {h}, {w}]
let A = {operator}
data y ~ Normal(A @ x, sigma = 1)
"""
    draw = lambda *shape: torch.randn(*shape, dtype=torch.complex128)
    given = {"m": draw(h, w).real, "d": draw(h, w), "s": draw(2, h, w)}
    model, plain = (invlang.loads(text, level=level, dtype="float64", given=given) for level in (2, 0))
    x = draw(3, h, w)
    torch.testing.assert_close(model.A(x), plain.A(x))
    torch.testing.assert_close(model.A.H(model.A(x)), plain.A.H(plain.A(x)))
    if operator == "MRI(m)":
        forward = model.source.split("def A(")[1].split("def ")[0]
        assert ("roll" in forward) == any(n % 2 for n in sizes)
