"""The oracle on problems whose answer is known by hand."""

import numpy as np
import pytest
from oracles import dense, difference_matrices, real_matrix, solve_objective

RANDOM = np.random.default_rng(0)


def test_least_squares_is_the_normal_equations():
    A, y = RANDOM.normal(size=(9, 4)), RANDOM.normal(size=9)
    x, value = solve_objective(A, y, scale=0.5, priors=[("tikhonov", 0.3)])
    expected = np.linalg.solve(A.T @ A / 0.25 + 0.3 * np.eye(4), A.T @ y / 0.25)
    assert np.allclose(x, expected, atol=1e-6)
    assert value == pytest.approx(np.sum((A @ x - y) ** 2) / 0.5 + 0.15 * np.sum(x**2))


def test_l1_shrinks():
    y = np.array([3.0, -0.2, -2.0, 0.9])
    x, _ = solve_objective(np.eye(4), y, priors=[("l1", 1.0, None)])
    assert np.allclose(x, [2, 0, -1, 0], atol=1e-6)


def test_l1_of_an_orthogonal_transform_shrinks_its_coefficients():
    W = np.linalg.qr(RANDOM.normal(size=(5, 5)))[0]
    y = RANDOM.normal(size=5)
    x, _ = solve_objective(np.eye(5), y, priors=[("l1", 0.4, W)])
    c = W @ y
    assert np.allclose(x, W.T @ (np.sign(c) * np.maximum(abs(c) - 0.4, 0)), atol=1e-6)


def test_complex_l1_shrinks_magnitudes():
    y = np.array([3 * np.exp(1j), 0.5j])
    x, value = solve_objective(np.eye(2, dtype=complex), y, priors=[("l1", 1.0, None)])
    assert np.allclose(x, [2 * np.exp(1j), 0], atol=1e-6)
    assert value == pytest.approx(0.5 + 2 + 0.125)


def test_box_clips():
    x, _ = solve_objective(np.eye(3), np.array([-1.0, 0.5, 2.0]), box=(0, 1))
    assert np.allclose(x, [0, 0.5, 1], atol=1e-6)


def test_one_bound_is_enough():
    x, _ = solve_objective(np.eye(2), np.array([-1.0, 5.0]), box=(0, np.inf))
    assert np.allclose(x, [0, 5], atol=1e-6)


def test_group_shrinks_lengths():
    y = np.array([[3.0, 0.3], [4.0, 0.4]])
    x, _ = solve_objective(np.eye(4), y, priors=[("group", 1.0, (2, 2), 0)])
    assert np.allclose(x.reshape(2, 2), [[2.4, 0], [3.2, 0]], atol=1e-6)


def test_strong_tv_gives_the_mean():
    y = RANDOM.normal(size=(4, 5))
    x, _ = solve_objective(np.eye(20), y, priors=[("tv", 100.0, (4, 5), "neumann", True)])
    assert np.allclose(x, y.mean(), atol=1e-5)


@pytest.mark.parametrize("boundary", ["neumann", "circular"])
@pytest.mark.parametrize("isotropic", [True, False])
def test_the_value_of_tv(boundary, isotropic):
    y = RANDOM.normal(size=(2, 4, 3))
    x, value = solve_objective(np.eye(24), y, scale=1e-4, priors=[("tv", 1.0, (2, 4, 3), boundary, isotropic)])
    x = x.reshape(2, 4, 3)
    down, right = np.roll(x, -1, -2) - x, np.roll(x, -1, -1) - x
    if boundary == "neumann":
        down[:, -1], right[..., -1] = 0, 0
    lengths = np.hypot(down, right) if isotropic else abs(down) + abs(right)
    assert value == pytest.approx(lengths.sum() + np.sum((x - y) ** 2) / 2e-8, rel=1e-4)


def test_poisson_without_prior_is_the_counts():
    y = np.array([4.0, 0.0, 9.0])
    x, value = solve_objective(np.eye(3), y, data="poisson", scale=2.0, box=(0, None))
    assert np.allclose(x, y / 2, atol=1e-3)
    assert value == pytest.approx(13 - 4 * np.log(4) - 9 * np.log(9))


def test_laplace_takes_the_median():
    x, value = solve_objective(np.ones((3, 1)), np.array([1.0, 2.0, 10.0]), data="laplace", scale=0.5)
    assert x == pytest.approx([2.0], abs=1e-6) and value == pytest.approx(18)


def test_dense_and_real_matrices():
    F = np.fft.fft(np.eye(3))
    assert np.allclose(dense(np.fft.fft, (3,), complex), F)
    x = np.array([1 + 2j, -1j, 0.5])
    assert np.allclose(real_matrix(F) @ np.r_[x.real, x.imag], np.r_[(F @ x).real, (F @ x).imag])


def test_differences_of_a_ramp():
    down, right = difference_matrices((2, 3), "neumann")
    ramp = np.arange(6.0)
    assert (down @ ramp).tolist() == [3, 3, 3, 0, 0, 0]
    assert (right @ ramp).tolist() == [1, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("wrong", [{"data": "cauchy"}, {"priors": [("tgv", 1.0)]}])
def test_unknown_names_are_refused(wrong):
    with pytest.raises(ValueError):
        solve_objective(np.eye(1), np.ones(1), **wrong)
