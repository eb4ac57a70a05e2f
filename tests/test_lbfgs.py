"""Limited-memory BFGS: its inverse Hessian beside the dense recursion, its minima beside SciPy's, and what it keeps."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

import invlang
from invlang.kernels.memory import newest, two_loop_direction

HEAD = """
dim H = 6, W = 5
unknown x : FIELD[H, W]
given   h : real[3, 3]
data    y ~ Normal(Blur(h, boundary = circular) @ x, sigma = 0.3)
reconstruct r { minimize OBJECTIVE  by LBFGS(iterations = ROUNDS)  EXTRA }
"""
EDGES = "fidelity(y) + 0.5 * sum(Huber(Gradient(H, W) @ x, delta = 0.05))"


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def model(objective: str, rounds: int, field: str = "real", extra: str = "") -> invlang.model.Model:
    words = {"OBJECTIVE": objective, "ROUNDS": str(rounds), "FIELD": field, "EXTRA": extra}
    text = HEAD
    for word, meant in words.items():
        text = text.replace(word, meant)
    return invlang.loads(text, dtype="float64", h=draw(3, 3, seed=9).abs() / 6)


def dense_inverse(steps: torch.Tensor, changes: torch.Tensor) -> torch.Tensor:
    """The BFGS recursion on matrices, from the oldest pair to the newest; pairs that do not grow are passed over."""
    told = [(s, y) for s, y in zip(steps, changes, strict=True) if s @ y > 0]
    s, y = told[0] if told else (torch.ones(1), torch.ones(1))
    inverse = torch.eye(steps.shape[1], dtype=steps.dtype) * (s @ y / (y @ y))
    for s, y in zip(steps.flip(0), changes.flip(0), strict=True):
        if s @ y > 0:
            left = torch.eye(len(s), dtype=s.dtype) - torch.outer(s, y) / (s @ y)
            inverse = left @ inverse @ left.T + torch.outer(s, s) / (s @ y)
    return inverse


def test_the_two_loops_are_the_dense_recursion() -> None:
    """In a batch, of arrays with two axes, some of whose pairs tell nothing."""
    steps, noise, slope = draw(4, 3, 2, 3), draw(4, 3, 2, 3, seed=1), draw(4, 2, 3, seed=2)
    changes = 2 * steps + noise
    changes[1, 1], changes[2, 0], steps[3, 2] = -changes[1, 1], 0, 0
    found = two_loop_direction(steps, changes, slope, 2)
    for s, y, g, d in zip(steps, changes, slope, found, strict=True):
        torch.testing.assert_close(d.flatten(), dense_inverse(s.flatten(1), y.flatten(1)) @ g.flatten())
    torch.testing.assert_close(two_loop_direction(0 * steps, 0 * changes, slope, 2), slope)


def test_complex_arrays_are_pairs_of_real_ones() -> None:
    steps, slope = draw(3, 4, dtype=torch.complex128), draw(4, seed=3, dtype=torch.complex128)
    changes = steps + 0.3 * draw(3, 4, seed=1, dtype=torch.complex128)
    pair = lambda v: torch.view_as_real(v).flatten(-2)
    found = two_loop_direction(steps, changes, slope, 1)
    torch.testing.assert_close(pair(found), two_loop_direction(pair(steps), pair(changes), pair(slope), 1))


def test_the_newest_stands_in_front_and_a_batch_spreads() -> None:
    kept, x = draw(3, 2), draw(5, 2, seed=1)
    found = newest(kept, x, 1)
    assert found.shape == (5, 3, 2)
    assert torch.equal(found[2], torch.stack([x[2], kept[0], kept[1]]))


@pytest.mark.parametrize("objective", [EDGES, "fidelity(y) + 0.3 * TV_smooth(x)"])
def test_it_ends_at_scipys_minimum(objective: str) -> None:
    """A batch whose samples do not see each other."""
    m, y = model(objective, 1500), draw(2, 6, 5)
    found = m.r(y)
    for x, one in zip(found, y, strict=True):

        def value(v: np.ndarray, one: torch.Tensor = one) -> tuple[float, np.ndarray]:
            leaf = torch.from_numpy(v).reshape(6, 5).requires_grad_()
            f = m.r.objective(leaf, one)
            return f.item(), torch.autograd.grad(f, leaf)[0].flatten().numpy()

        least = minimize(value, np.zeros(30), jac=True, method="BFGS", options={"gtol": 1e-9}).fun
        assert m.r.objective(x, one).item() - least < 1e-9
        torch.testing.assert_close(m.r(one), x, atol=1e-7, rtol=1e-7)


def test_the_objective_never_rises_and_is_down_sooner_than_by_accelerated_gradients() -> None:
    r, y, values = model(EDGES, 60).r, draw(6, 5), []
    x = r(y, watch=lambda k, x: values.append(r.objective(x, y).item()))
    assert all(after <= before + 1e-12 for before, after in zip(values, values[1:], strict=False))
    other = invlang.loads(
        HEAD.replace("FIELD", "real").replace("OBJECTIVE", EDGES).replace("LBFGS", "Nesterov").replace("ROUNDS", "60").replace("EXTRA", ""),
        dtype="float64", h=draw(3, 3, seed=9).abs() / 6,
    )  # fmt: skip
    least = model(EDGES, 600).r.objective(model(EDGES, 600).r(y), y)
    assert r.objective(x, y) - least < 0.1 * (other.r.objective(other.r(y), y) - least)


def test_complex_images_and_derivatives_of_the_minimiser() -> None:
    y = draw(6, 5, dtype=torch.complex128).requires_grad_()
    slopes = []
    for extra in ("implicit", ""):
        m = model("fidelity(y) + 2 * sq(x)", 60, "complex", extra)
        (g,) = torch.autograd.grad(m.r(y).abs().sum(), y)
        slopes.append(g)
    torch.testing.assert_close(*slopes, atol=1e-6, rtol=1e-6)


SEVERAL = """
dim H = 4, W = 5
unknown u : real[H, W]
unknown v : real[H, W]
data y ~ Normal(u + v, sigma = 0.3)
reconstruct r { minimize fidelity(y) + TV_smooth(u, epsilon = 0.1) + 2 * sq(v) by LBFGS(iterations = 300) }
"""


def test_several_unknowns_end_where_the_gradient_of_each_is_zero() -> None:
    m, y = invlang.loads(SEVERAL, dtype="float64"), draw(2, 4, 5)
    found = tuple(part.requires_grad_() for part in m.r(y))
    slopes = torch.autograd.grad(m.r.objective(*found, y).sum(), found)
    assert max(float(s.abs().max()) for s in slopes) < 1e-6
    torch.testing.assert_close(m.r(y[1])[0], found[0][1].detach(), atol=1e-6, rtol=0)


def test_the_two_loops_of_several_unknowns_are_those_of_one_that_holds_both() -> None:
    steps, slope = draw(3, 7), draw(7, seed=2)
    changes = steps + 0.3 * draw(3, 7, seed=1)
    apart = lambda a: (a[..., :4].reshape(*a.shape[:-1], 2, 2), a[..., 4:])
    found = two_loop_direction(apart(steps), apart(changes), apart(slope), (2, 1))
    torch.testing.assert_close(torch.cat([found[0].flatten(), found[1]]), two_loop_direction(steps, changes, slope, 1))


def test_a_round_is_one_pass_through_the_map_and_one_back() -> None:
    text = """
dim H = 6, W = 5, A = 7
unknown x : real[H, W]
given   angles : real[A] = ramp(step = 25)
let     R = Tomography(angles)
data    y ~ Normal(R @ x, sigma = 0.3)
reconstruct r { minimize fidelity(y) + 0.3 * TV_smooth(x)  by LBFGS }
"""
    source = invlang.loads(text).source
    loop = source.split("for k in ")[1].split("watch is not None")[0]
    assert loop.count("m.R(") == loop.count("m.R_adjoint(") == 1 and "line_integrals" not in loop


PRODUCT = """
dim H = 4, W = 5
unknown u : real[H, W]
unknown v : real[H, W]
data y ~ Normal(u * v, sigma = 0.3)
reconstruct r {
  minimize fidelity(y) + 0.3 * sq(u) + 0.2 * sq(v)
  by LBFGS(STEP)
  nonconvex
  start u = y, v = 1
}
"""


@pytest.mark.parametrize("step", ["", "step = 1, ", "step = 0.00001, "])
def test_a_product_of_unknowns_ends_where_it_is_stationary_however_long_the_first_step(step: str) -> None:
    m, y = invlang.loads(PRODUCT.replace("STEP", f"{step}iterations = 300"), dtype="float64"), draw(3, 4, 5, seed=1)
    found = tuple(part.requires_grad_() for part in m.r(y))
    slopes = torch.autograd.grad(m.r.objective(*found, y).sum(), found)
    assert max(float(s.abs().max()) for s in slopes) < 1e-9
