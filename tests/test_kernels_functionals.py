"""Tests of proximal maps: each is the minimiser that it claims to be, also in corner cases, with finite gradients."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_captured, assert_gradient, draw
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import poisson as poisson_law

from invlang.kernels import functionals as p

AXES = (-3, 0, 1, (-3, -1), (0, 1))


def shortened(v, t):
    """A vector shortened by t, to zero at most."""
    length = float(v.abs().square().sum().sqrt())
    return v * max(length - t, 0) / length if length > 0 else v


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("t", [0.0, 0.3, 5.0])
def test_soft_threshold_shortens_each_entry(dtype, t):
    x = draw((4, 5), dtype)
    x[0, 0] = 0
    expected = torch.stack([shortened(v, t) for v in x.flatten()]).reshape(x.shape)
    torch.testing.assert_close(p.soft_threshold(x, t), expected)
    thresholds = torch.full((4, 1), t, dtype=x.real.dtype)
    torch.testing.assert_close(p.soft_threshold(x, thresholds), expected)
    assert p.soft_threshold(x, thresholds).dtype == dtype


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("t", [0.0, 1.5, 9.0])
@pytest.mark.parametrize("axis", AXES)
def test_groups_are_shortened_together(dtype, t, axis):
    x = draw((3, 6, 2), dtype)
    x[:, 0] = 0
    group = (axis,) if isinstance(axis, int) else axis
    kept = [a for a in range(3) if a not in [g % 3 for g in group]]
    flat = x.permute(*kept, *group).reshape(*(x.shape[a] for a in kept), -1)
    soft, ball = torch.empty_like(flat), torch.empty_like(flat)
    for i in torch.cartesian_prod(*(torch.arange(x.shape[a]) for a in kept)).reshape(-1, len(kept)).tolist():
        soft[tuple(i)] = shortened(flat[tuple(i)], t)
        ball[tuple(i)] = flat[tuple(i)] - soft[tuple(i)]
    back = lambda v: v.reshape(*(x.shape[a] for a in (*kept, *group))).permute(
        *torch.tensor([*kept, *[g % 3 for g in group]]).argsort().tolist()
    )
    close = {"rtol": 1e-5, "atol": 1e-5}
    for amount in (t, torch.tensor(t, dtype=x.real.dtype)):
        torch.testing.assert_close(p.group_soft_threshold(x, amount, axis), back(soft), **close)
        torch.testing.assert_close(p.project_to_balls(x, amount, axis), back(ball), **close)


def test_thresholds_may_differ_per_sample():
    x = draw((2, 3, 4, 4))
    t = torch.tensor([0.1, 2.0], dtype=x.dtype).reshape(2, 1, 1, 1)
    for prox in (p.soft_threshold, lambda x, t: p.group_soft_threshold(x, t, -3), lambda x, t: p.project_to_balls(x, t, -3)):
        torch.testing.assert_close(prox(x, t), torch.stack([prox(x[0], 0.1), prox(x[1], 2.0)]))


def test_what_is_below_the_threshold_is_exactly_zero():
    x = draw((2, 50), torch.complex64) / 100
    assert not p.soft_threshold(x, 0.2).any()
    assert not p.group_soft_threshold(x, 0.2, 0).any()


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("t", [0.0, 0.7])
def test_gradients_stay_finite_at_zero(dtype, t):
    amount = torch.tensor(t, dtype=torch.float32).requires_grad_()
    x = torch.zeros(2, 3, dtype=dtype, requires_grad=True)
    for y in (p.soft_threshold(x, amount), p.group_soft_threshold(x, amount, 0), p.project_to_balls(x, amount, 0)):
        assert torch.isfinite(torch.view_as_real(y + 0j)).all()
        for g in torch.autograd.grad(y.abs().sum(), (x, amount)):
            assert torch.isfinite(torch.view_as_real(g + 0j)).all()


@pytest.mark.parametrize("y", [0.0, 1.0, 7.0, 1000.0])
@pytest.mark.parametrize("step", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("background", [0.0, 0.4])
def test_the_poisson_prox_minimises(y, step, background):
    for x in (-50.0, -1.0, 0.0, step - background, 3.0, 1e3):
        given = torch.tensor([x], dtype=torch.float64), step, torch.tensor([y], dtype=torch.float64), background
        found = float(p.poisson_prox(*given))
        energy = lambda w, x=x: step * (w - xlogy(y, w)) + 0.5 * (w - background - x) ** 2
        best = minimize_scalar(energy, bounds=(0, 2000), method="bounded", options={"xatol": 1e-10})
        w = found + background
        assert w >= 0 and energy(w) <= min(best.fun, energy(0.0)) + 1e-9 * (1 + abs(best.fun))
        if y == 0:
            assert found == pytest.approx(max(x + background - step, 0) - background, abs=1e-12)
        else:
            assert step * (1 - y / w) + found - x == pytest.approx(0, abs=1e-8 * (1 + abs(x) + step * y))


def test_the_poisson_prox_takes_weights_per_sample_and_numbers():
    x, y = draw((2, 3, 4)), torch.arange(12.0, dtype=torch.float64).reshape(3, 4)
    step = torch.tensor([0.5, 2.0], dtype=x.dtype).reshape(2, 1, 1)
    expected = torch.stack([p.poisson_prox(x[0], 0.5, y), p.poisson_prox(x[1], 2.0, y)])
    torch.testing.assert_close(p.poisson_prox(x, step, y), expected)


def test_the_poisson_fidelity_is_the_negative_logarithm_of_the_law():
    y = torch.tensor([0.0, 0.0, 1.0, 4.0, 30.0], dtype=torch.float64)
    mean = torch.tensor([0.0, 2.0, 0.5, 4.0, 11.0], dtype=torch.float64)
    expected = -torch.from_numpy(poisson_law.logpmf(y.numpy(), mean.numpy())) - torch.lgamma(y + 1)
    torch.testing.assert_close(p.poisson_fidelity(mean, y), expected)
    impossible = p.poisson_fidelity(torch.tensor([-0.1, -1.0, 0.0]), torch.tensor([0.0, 2.0, 1.0]))
    assert torch.equal(impossible, torch.full((3,), torch.inf))


def test_gradients():
    x, z, t = draw((2, 3, 4)), draw((2, 3, 4), torch.complex128), torch.tensor(0.6, dtype=torch.float64)
    y = draw((3, 4), seed=2).abs().mul(5).round()
    y[0] = 0
    for field in (x, z):
        assert_gradient(p.soft_threshold, field, t)
        assert_gradient(lambda x, t: p.group_soft_threshold(x, t, 0), field, t)
        assert_gradient(lambda x, t: p.project_to_balls(x, t, -2), field, t)
    assert_gradient(lambda x, t: p.poisson_prox(x, t, y, 0.1), x, t)
    assert_gradient(lambda m: p.poisson_fidelity(m, y), x.abs() + 0.1)
    mean = torch.zeros(1, requires_grad=True)
    assert torch.autograd.grad(p.poisson_fidelity(mean, torch.zeros(1)), mean)[0] == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
def test_capture(dtype):
    x, t = draw((2, 3), dtype), torch.tensor(0.5)
    assert_captured(
        lambda x, t: p.soft_threshold(x, t) + p.group_soft_threshold(x, 0.3, 0) + p.project_to_balls(x, t, (0, 1)), x, t
    )
    if dtype == torch.float32:
        assert_captured(lambda x, y: p.poisson_fidelity(p.poisson_prox(x, 0.1, y), y), x, x.abs())


@pytest.mark.parametrize("axis", [-1, -3, (-3, -1), (0, 1)])
@pytest.mark.parametrize("total", [1.0, 0.3, 7.0])
def test_the_nearest_point_of_a_simplex(axis, total):
    """Its entries sum to the total, none is below zero, and x minus it is equal where it is above zero, and less elsewhere."""
    x = draw((3, 4, 5))
    found = p.project_to_simplex(x, total, axis)
    torch.testing.assert_close(found.sum(axis), torch.full_like(found.sum(axis), total))
    assert (found >= 0).all() and (p.simplex_fidelity(found, total, axis) == 0).all()
    moved = torch.where(found > 0, x - found, -torch.inf).amax(axis, keepdim=True)
    torch.testing.assert_close(torch.where(found > 0, x - found, moved), moved.expand_as(x))
    assert (x <= moved + found + 1e-12).all()
    totals = torch.tensor([total, 2 * total, 1.0], dtype=x.dtype).reshape(3, 1, 1, 1)
    batch = p.project_to_simplex(x.expand(3, 3, 4, 5), totals, -2)
    torch.testing.assert_close(batch[1], p.project_to_simplex(x, 2 * total, -2))
    assert_gradient(lambda v: p.project_to_simplex(v, total, axis), x)
    assert_captured(lambda v: p.project_to_simplex(v, total, axis), x)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("shape", [(4, 6), (2, 6, 4), (3, 1)])
def test_singular_values_are_shortened(dtype, shape):
    x = draw(shape, dtype)
    u, s, v = torch.linalg.svd(x, full_matrices=False)
    torch.testing.assert_close(p.singular_threshold(x, 0.5), u @ torch.diag_embed((s - 0.5).clamp(min=0)).to(dtype) @ v)
    torch.testing.assert_close(p.singular_values(x).squeeze(-1), s)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
@pytest.mark.parametrize("shape", [(4, 6), (2, 5, 3), (3, 1)])
def test_the_derivative_of_shortened_singular_values(dtype, shape):
    """Of any matrix, also where singular values are equal, or all are zero."""
    t = torch.tensor(0.6, dtype=torch.float64)
    assert_gradient(p.singular_threshold, draw(shape, dtype), t)
    for x in (2 * torch.eye(*shape[-2:], dtype=dtype), torch.zeros(shape, dtype=dtype)):
        assert_gradient(p.singular_threshold, x, t)


@pytest.mark.parametrize("step", [0.01, 1.0, 300.0])
@pytest.mark.parametrize("reference", [1e-3, 1.0, 50.0])
def test_the_prox_of_entropy_is_stationary(step, reference):
    x = torch.tensor([-40.0, -1.0, 0.0, 0.3, 2.0, 500.0], dtype=torch.float64)
    z = p.entropy_prox(x, step, reference)
    inside = z > 1e-290
    assert (z >= 0).all()
    slope = z + step * (z / reference).log() - x
    assert (slope[inside].abs() <= 1e-11 * (1 + x.abs() + step * 20)[inside]).all()
    assert_gradient(lambda v: p.entropy_prox(v, step, reference), x[3:])


def test_entropies_are_infinite_where_they_are_not_defined():
    x = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    assert p.entropy_fidelity(x, 2.0).tolist() == [torch.inf, 2.0, pytest.approx(1 - 0.6931471805599453)]
    assert p.burg_fidelity(x).tolist() == [torch.inf, torch.inf, 0.0]
