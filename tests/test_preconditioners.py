"""Preconditioners from structure: the nearest circulant against its definition, and the rounds of conjugate gradients that it saves."""

from __future__ import annotations

import re

import pytest
import torch

import invlang
from invlang.emit.load import load_module
from invlang.kernels.nearest import seen_through, toeplitz_mean
from invlang.rules import inverse

AXES = (-2, -1)


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(seed))


def transform(*sizes: int) -> torch.Tensor:
    """The orthonormal Fourier transform of small images as a matrix."""
    units = torch.eye(sizes[0] * sizes[1], dtype=torch.complex128).reshape(-1, *sizes)
    return torch.fft.fft2(units, norm="ortho").flatten(1).T


@pytest.mark.parametrize("sizes", [(4, 5), (3, 6), (1, 4)])
def test_what_is_seen_through_weights_is_the_diagonal_in_the_spectrum(sizes: tuple[int, int]) -> None:
    t, w, F = draw(*sizes).abs(), draw(*sizes, seed=1), transform(*sizes)
    D = torch.diag(w.flatten())
    X = D.mH @ F.mH @ torch.diag(t.flatten() + 0j) @ F @ D
    torch.testing.assert_close(seen_through(t, w, AXES, (len(AXES), len(AXES))).flatten(), (F @ X @ F.mH).diagonal().real)


@pytest.mark.parametrize(("small", "large"), [((4, 5), (8, 10)), ((3, 4), (5, 4)), ((2, 3), (3, 5))])
def test_the_mean_of_a_window_of_a_circulant_is_the_diagonal_in_the_spectrum(
    small: tuple[int, int], large: tuple[int, int]
) -> None:
    t = draw(*large).abs()
    wide, narrow = transform(*large), transform(*small)
    inside = torch.zeros(large, dtype=torch.bool)
    inside[: small[0], : small[1]] = True
    P = torch.eye(large[0] * large[1], dtype=torch.complex128)[:, inside.flatten()]
    X = P.mH @ wide.mH @ torch.diag(t.flatten() + 0j) @ wide @ P
    torch.testing.assert_close(toeplitz_mean(t, AXES, small).flatten(), (narrow @ X @ narrow.mH).diagonal().real)


BLUR = "given h : real[9, 9] = gaussian_kernel(sigma = 1.5)\n"
MASK = "given m : binary[32, 32] ~ BernoulliMask(keep = 0.6)\n"
COILS = "given s : complex[4, 32, 32] = birdcage_maps()\ngiven p : real[1600, 2] = radial_trajectory(spokes = 32)\n"
# operator, space, what is given, and how much smaller the residual is at least after 20 rounds
CASES = {
    "masked": ("Inpainting(m) @ Blur(h)", "real[32, 32]", BLUR + MASK, 20),
    "mosaic": ("Demosaicing(mosaic) @ Blur(h)", "real[3, 32, 32]", BLUR, 5),
    "valid": ("Blur(h, boundary = valid)", "real[32, 32]", BLUR, 1.5),
    "reflect": ("Blur(h, boundary = reflect)", "real[32, 32]", BLUR, 1.5),
    "zero": ("Blur(h, boundary = zero)", "real[32, 32]", BLUR, 2),
    "coils": ("NonCartesianMRI(p, s)", "complex[32, 32]", COILS, 2),
}


def residual(case: str, rounds: int, rho: float = 0.01) -> float:
    """‖(AᴴA + ρ) x − b‖ / ‖b‖ for the x of A.solve after so many rounds."""
    operator, space, given, _ = CASES[case]
    text = f"unknown x : {space}\n{given}let A = {operator}\ndata y ~ Normal(A @ x, sigma = 0.1)\n"
    model = invlang.loads(text, dtype="float64")
    b = draw(*map(int, re.findall(r"\d+", space)))
    b = b if "complex" in space else b.real
    solved = few_rounds(model, rounds)(b, rho)
    return float((model.A.gram(solved) + rho * solved - b).norm() / b.norm())


def few_rounds(model: invlang.Model, rounds: int):
    """A_solve of the compiled module, with another number of rounds written into it."""
    instances = model._instances
    code = re.sub(r"(conjugate_gradient\(.*?), 50, rank", rf"\1, {rounds}, rank", model.source)
    assert code != model.source
    made = getattr(load_module(code, "few_rounds"), instances.model_class.__name__)
    return made(**instances.arguments({}, torch.float64, torch.device("cpu"))).double().A_solve


@pytest.fixture
def clear() -> None:
    inverse.solve.cache_clear()


@pytest.mark.parametrize("case", CASES)
def test_few_rounds_are_enough(case: str, monkeypatch: pytest.MonkeyPatch, clear: None) -> None:
    torch.set_default_dtype(torch.float64)
    try:
        with_it = residual(case, 20)
        inverse.solve.cache_clear()
        monkeypatch.setattr(inverse, "preconditioned", lambda forward: None)
        without = residual(case, 20)
    finally:
        torch.set_default_dtype(torch.float32)
        inverse.solve.cache_clear()
    assert with_it * CASES[case][3] < without


@pytest.mark.parametrize(
    ("operator", "given"),
    [
        ("Blur(h) @ Inpainting(m)", BLUR + MASK),
        ("RadioInterferometry(p)", "given p : real[100, 2]\n"),
        ("Gradient(H) @ Inpainting(m)", MASK),
    ],
)
def test_what_no_circulant_is_near_to_is_solved_as_it_is(operator: str, given: str) -> None:
    """Pixels that nothing sees, samples between frequencies, no transform at all."""
    text = f"dim H = 32, W = 32\nunknown x : real[H, W]\n{given}let A = {operator}\ndata y ~ Normal(A @ x, sigma = 0.1)\n"
    assert "inverse_root" not in invlang.loads(text).source
