"""Gerchberg's and Saxton's method: beside its rounds in NumPy, that the objective never rises, and what it does not take."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import invlang
from invlang.errors import InvError

TWO_PLANES = """
dim H = 8, W = 6
unknown x : complex[H, W]
data    s ~ Normal(abs2(x), sigma = 0.001)
data    y ~ Normal(abs2(Fourier(H, W) @ x), sigma = 0.001)
reconstruct r {
  minimize Amplitude(x, abs(s)) + Amplitude(Fourier(H, W) @ x, abs(y))
  by       GerchbergSaxton(iterations = ROUNDS)
  nonconvex
  start    1
}
"""
SUPPORT = """
dim H = 6, W = 5, P = 12, Q = 10
unknown x : real[H, W] in [0, 1]
given   z : real[H, W]
let     B = Fourier(P, Q) @ Pad(H, W, before = [3, 2], after = [3, 3], size = [P, Q])
data    y ~ Normal(abs(B @ x), sigma = 0.5)
reconstruct r { minimize fidelity(y) EXTRA  by GerchbergSaxton(iterations = ROUNDS)  nonconvex  start z }
"""


def model(text: str, rounds: int, extra: str = "", **given: torch.Tensor) -> invlang.model.Model:
    return invlang.loads(text.replace("ROUNDS", str(rounds)).replace("EXTRA", extra), dtype="float64", **given)


def image(count: int = 2) -> np.ndarray:
    draw = np.random.default_rng(0).standard_normal
    return draw((count, 8, 6)) + 1j * draw((count, 8, 6))


def phase(z: np.ndarray) -> np.ndarray:
    return z / np.maximum(abs(z), 1e-300)


@pytest.mark.parametrize("rounds", [1, 25])
def test_two_planes_meet_in_the_middle(rounds: int) -> None:
    """Each plane's moduli are put in place with the other's phases; the image is the mean of both."""
    spectrum = lambda v: np.fft.fft2(v, norm="ortho")
    moduli = abs(image()), abs(spectrum(image()))
    found = model(TWO_PLANES, rounds).r(*(torch.from_numpy(a**2) for a in moduli))
    x = np.ones((2, 8, 6), complex)
    for _ in range(rounds):
        x = (moduli[0] * phase(x) + np.fft.ifft2(moduli[1] * phase(spectrum(x)), norm="ortho")) / 2
    np.testing.assert_allclose(found.numpy(), x, atol=1e-12)


def test_the_objective_never_rises_and_falls_to_nothing_near_the_image() -> None:
    moduli = [torch.from_numpy(abs(v) ** 2) for v in (image(), np.fft.fft2(image(), norm="ortho"))]
    r, values = model(TWO_PLANES, 300).r, []
    r(*moduli, watch=lambda k, x: values.append(r.objective(x, *moduli)))
    assert all(bool((after <= before + 1e-12).all()) for before, after in zip(values, values[1:], strict=False))
    assert (values[-1] < 0.2 * values[0]).all()


@pytest.mark.parametrize("extra", ["", "+ 0.4 * norm1(x)"])
def test_with_a_constraint_it_is_error_reduction(extra: str) -> None:
    """The spectrum's moduli, then the support and the bounds; a sum of moduli in front of it shortens the entries."""
    truth = np.random.default_rng(1).random((6, 5))
    wide = np.zeros((12, 10))
    wide[3:9, 2:7] = truth
    y = abs(np.fft.fft2(wide, norm="ortho"))
    begin = np.random.default_rng(2).random((6, 5))
    found = model(SUPPORT, 40, extra, z=torch.from_numpy(begin)).r(torch.from_numpy(y))
    x = begin
    for _ in range(40):
        wide[:] = 0
        wide[3:9, 2:7] = x
        z = np.fft.fft2(wide, norm="ortho")
        x = np.fft.ifft2(y * phase(z), norm="ortho").real[3:9, 2:7]
        x = np.clip(x - (0.4 * 0.25 if extra else 0), 0, 1)
    np.testing.assert_allclose(found.numpy(), x, atol=1e-9)


def test_what_it_does_not_take_is_said() -> None:
    cropped = SUPPORT.replace("B @ x", "Crop(P, Q, size = [8, 6], start = [2, 2]) @ B @ x")
    for text, because in (
        (TWO_PLANES.replace("Amplitude(x, abs(s))", "fidelity(s)"), "is not known to be convex"),
        (cropped, "do not keep the lengths of images together"),
    ):
        given = {"z": torch.zeros(6, 5)} if "given" in text else {}
        with pytest.raises(InvError, match=because):
            model(text, 3, **given)
