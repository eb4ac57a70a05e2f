"""Blind deconvolution of counts: beside its rounds in NumPy, what never falls and what stays, and what it does not take."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import invlang
from invlang.errors import InvError

TEXT = """
dim H = 10, W = 8, P = 3, Q = 3
unknown x : real[H, W] in [0, inf]
unknown h : real[P, Q] in [0, inf]
let     F = Fourier(H, W)
let     K = Fourier(H, W) @ Pad(P, Q, before = [4, 3], after = [3, 2], size = [H, W])
data    y ~ Poisson(80^0.5 * real(F.H @ ((F @ x) * (K @ h))), gain = 0.01)
reconstruct r { minimize fidelity(y)  by BlindRichardsonLucy(iterations = ROUNDS)  nonconvex  start x = 1, h = 0.11 }
"""


def model(rounds: int, text: str = TEXT) -> invlang.model.Model:
    return invlang.loads(text.replace("80^0.5", "8.94427190999916").replace("ROUNDS", str(rounds)), dtype="float64")


def counts(count: int = 2) -> np.ndarray:
    draw = np.random.default_rng(0)
    x = draw.random((count, 10, 8)) * (draw.random((count, 10, 8)) > 0.7) * 5 + 0.1
    h = np.outer([0.2, 0.5, 0.3], [0.1, 0.6, 0.3])
    return np.stack([draw.poisson(convolved(one, h) * 100) / 100 for one in x])


def matrix_of_kernel(h: np.ndarray) -> np.ndarray:
    """The circular convolution with h, its middle where the padding puts it, written out entry by entry."""
    a = np.zeros((10, 8, 10, 8))
    for i in range(10):
        for j in range(8):
            for k in range(3):
                for m in range(3):
                    a[(i + k + 4) % 10, (j + m + 3) % 8, i, j] += h[k, m]
    return a.reshape(80, 80)


def convolved(x: np.ndarray, h: np.ndarray) -> np.ndarray:
    return (matrix_of_kernel(h) @ x.ravel()).reshape(10, 8)


def matrix_of_image(x: np.ndarray) -> np.ndarray:
    columns = [convolved(x, e.reshape(3, 3)).ravel() for e in np.eye(9)]
    return np.stack(columns, 1)


@pytest.mark.parametrize("rounds", [1, 12])
def test_image_and_blur_take_turns(rounds: int) -> None:
    y = counts()
    found = model(rounds).r(torch.from_numpy(y))
    for i, one in enumerate(y):
        x, h = np.ones((10, 8)), np.full((3, 3), 0.11)
        for _ in range(rounds):
            a = matrix_of_kernel(h)
            x = x * ((a.T @ (one.ravel() / (a @ x.ravel()))) / a.sum(0)).reshape(10, 8)
            b = matrix_of_image(x)
            h = h * ((b.T @ (one.ravel() / (b @ h.ravel()))) / b.sum(0)).reshape(3, 3)
        np.testing.assert_allclose(found[0][i].numpy(), x, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(found[1][i].numpy(), h, rtol=1e-8, atol=1e-10)


def test_the_likelihood_never_falls_and_what_is_counted_is_shared_out_as_it_was() -> None:
    y, r = torch.from_numpy(counts()), model(60).r
    values: list[torch.Tensor] = []
    x, h = r(y, watch=lambda k, v: values.append(r.objective(*v, y)))
    assert all(bool((after <= before + 1e-9).all()) for before, after in zip(values, values[1:], strict=False))
    assert x.min() >= 0 and h.min() >= 0
    torch.testing.assert_close(h.sum((-2, -1)), torch.full((2,), 0.99, dtype=torch.float64))
    torch.testing.assert_close(x.sum((-2, -1)) * h.sum((-2, -1)), y.sum((-2, -1)))


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ("Poisson(", "Normal(", "is not a Poisson likelihood of a product of unknowns"),
        ("(K @ h)", "abs2(K @ h)", "is not linear in each unknown alone"),
        ("real[P, Q] in [0, inf]", "real[P, Q] in [0, 1]", "h in .0, 1. is not a"),
    ],
)
def test_what_it_does_not_take_is_said(before: str, after: str, because: str) -> None:
    text = TEXT.replace(before, after).replace("gain = 0.01", "sigma = 0.1" if "Normal" in after else "gain = 0.01")
    with pytest.raises(InvError, match=because):
        model(3, text)
