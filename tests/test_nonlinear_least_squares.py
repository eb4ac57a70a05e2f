"""Gauss's and Newton's method and its damped form: steps beside those of the dense Jacobian, where they end, what they do not take."""

from __future__ import annotations

import pytest
import torch

import invlang

ABSORPTION = """
unknown d : real[3, 4]
data    y ~ Normal(exp(-2 * d), sigma = 0.5)
reconstruct r { minimize fidelity(y) + 0.7 * sq(d) by ALGORITHM nonconvex start d = 0.5 }
"""
INTENSITIES = """
unknown x : complex[3, 2]
given   a : complex[20, 6]
data    y ~ Normal(PhaseRetrieval(CompressedSensing(a)) @ x, sigma = 0.1)
reconstruct r { minimize fidelity(y) by ALGORITHM nonconvex }
"""
TWO = """
unknown u : real[3, 4]
unknown v : real[3, 4]
data    y ~ Normal(u * exp(-v), sigma = 0.1)
reconstruct r { minimize fidelity(y) + sq(v) by ALGORITHM nonconvex start u = y, v = 0.5 }
"""


def slope(model: invlang.model.Model, found: tuple[torch.Tensor, ...], y: torch.Tensor) -> float:
    points = [x.clone().requires_grad_(True) for x in found]
    return max(float(g.abs().max()) for g in torch.autograd.grad(model.r.objective(*points, y), points))


def listed(found: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return found if isinstance(found, tuple) else (found,)


def test_a_step_is_least_squares_with_the_dense_jacobian() -> None:
    model = invlang.loads(ABSORPTION.replace("ALGORITHM", "GaussNewton(iterations = 1)"), dtype="float64")
    y = torch.rand(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    at = torch.full((12,), 0.5, dtype=torch.float64)
    residual = lambda d: torch.cat([((-2 * d).exp() - y.flatten()) / (0.5 * 2**0.5), 0.7**0.5 * d])
    step = torch.linalg.lstsq(torch.func.jacrev(residual)(at), -residual(at)[:, None]).solution[:, 0]
    torch.testing.assert_close(model.r(y).flatten(), at + step)


@pytest.mark.parametrize("algorithm", ["GaussNewton(iterations = 40)", "LevenbergMarquardt(iterations = 60)"])
@pytest.mark.parametrize("text", [ABSORPTION, TWO])
def test_it_ends_where_the_gradient_is_zero(text: str, algorithm: str) -> None:
    model = invlang.loads(text.replace("ALGORITHM", algorithm), dtype="float64")
    y = 0.2 + torch.rand(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert slope(model, listed(model.r(y)), y) < 1e-8


def test_the_objective_never_rises_and_complex_images_are_found_from_intensities() -> None:
    draw = torch.Generator().manual_seed(3)
    a, x = (torch.randn(*n, generator=draw, dtype=torch.complex128) for n in ((20, 6), (3, 2)))
    model, values = (
        invlang.loads(INTENSITIES.replace("ALGORITHM", "LevenbergMarquardt(iterations = 60)"), dtype="float64", a=a),
        [],
    )
    y = (a @ x.flatten()).abs().square()
    found = model.r(y, watch=lambda k, x: values.append(float(model.r.objective(x, y))))
    assert all(after <= before for before, after in zip(values, values[1:], strict=False))
    turned = found * (found.conj() * x).sum().sgn()
    torch.testing.assert_close(turned, x, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("algorithm", ["GaussNewton", "LevenbergMarquardt"])
def test_what_the_unknown_is_called_does_not_matter(algorithm: str) -> None:
    """Nor that the direction of a derivative is called v."""
    text = "unknown {0} : real[4, 5]\ndata y ~ Normal({0}^2, sigma = 0.5)\nreconstruct r {{ minimize fidelity(y) by {1}(iterations = 4) nonconvex start {0} = y }}\n"
    y = 1 + torch.rand(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    one, other = (invlang.loads(text.format(name, algorithm), dtype="float64").r(y) for name in "vq")
    torch.testing.assert_close(one, other)
