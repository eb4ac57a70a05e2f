"""Tests of conjugate gradients, of the power method and of Lanczos' method against dense linear algebra."""

import pytest
import torch
from kernel_checks import NUMBERS, assert_captured, assert_gradient, draw

from invlang.kernels.iterative import conjugate_gradient, leading_vector, power_iteration


def positive_matrices(count, n, dtype):
    a = draw((count, n, n), dtype)
    return a.mH @ a / n + torch.eye(n, dtype=dtype)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("jacobi", [False, True])
def test_conjugate_gradients_solve_each_problem_of_a_batch_by_itself(dtype, jacobi):
    a, b = positive_matrices(3, 8, dtype), draw((3, 2, 4), dtype, 1)
    b[1] = 0
    apply = lambda x: (a @ x.reshape(3, 8, 1)).reshape(3, 2, 4)
    diagonal = a.diagonal(dim1=-2, dim2=-1).real.reshape(3, 2, 4)
    x = conjugate_gradient(apply, b, 30, preconditioner=(lambda r: r / diagonal) if jacobi else None, rank=2)
    close = 1e-10 if x.real.dtype == torch.float64 else 1e-4
    torch.testing.assert_close(x, torch.linalg.solve(a, b.reshape(3, 8, 1)).reshape(3, 2, 4), rtol=close, atol=close)
    assert not x[1].any()


def test_conjugate_gradients_end_when_nothing_is_left():
    b, calls = draw((2, 6)), []
    x = conjugate_gradient(lambda v: calls.append(1) or 4 * v, b, 50)
    assert len(calls) == 4  # three steps, and a look at what is left, whose derivatives would be followed
    assert torch.equal(x, conjugate_gradient(lambda v: 4 * v, b, 1))


def test_several_unknowns_are_solved_for_together():
    a, b = positive_matrices(2, 7, torch.complex128), draw((2, 7), torch.complex128, 1)

    def apply(parts):
        image = (a @ torch.cat((parts[0].flatten(-2), parts[1]), -1).unsqueeze(-1)).squeeze(-1)
        return image[:, :4].unflatten(-1, (2, 2)), image[:, 4:]

    right = b[:, :4].unflatten(-1, (2, 2)), b[:, 4:]
    for start in (None, right):
        first, second = conjugate_gradient(apply, right, 15, x=start, rank=(2, 1))
        torch.testing.assert_close(torch.cat((first.flatten(-2), second), -1), torch.linalg.solve(a, b))


def test_numbers_are_vectors_too():
    b = torch.tensor([2.0, 0.0, -3.0])
    torch.testing.assert_close(conjugate_gradient(lambda v: 4 * v, b, 2, rank=0), b / 4)


def test_a_start_at_the_solution_stays_there_and_no_iterations_give_the_start():
    a, x = positive_matrices(1, 6, torch.float64)[0], draw((6,))
    apply = lambda v: a @ v
    torch.testing.assert_close(conjugate_gradient(apply, a @ x, 5, x=x), x)
    assert torch.equal(conjugate_gradient(apply, draw((6,)), 0, x=x), x)


def test_many_iterations_past_convergence_do_no_harm():
    a, b = positive_matrices(1, 6, torch.float32)[0], draw((6,), torch.float32)
    x = conjugate_gradient(lambda v: a @ v, b, 300)
    torch.testing.assert_close(x, torch.linalg.solve(a, b), rtol=1e-4, atol=1e-4)
    assert conjugate_gradient(torch.zeros_like, b, 5).eq(0).all()


def test_it_is_differentiable_and_captured():
    a, b = positive_matrices(1, 3, torch.float64)[0], draw((3,))
    assert_gradient(lambda b: conjugate_gradient(lambda v: a @ v, b, 4), b)
    zero = torch.zeros(3, requires_grad=True, dtype=torch.float64)
    (g,) = torch.autograd.grad(conjugate_gradient(lambda v: a @ v, zero, 4).sum(), zero)
    assert torch.isfinite(g).all()
    assert_captured(lambda b: conjugate_gradient(lambda v: a @ v, b, 4), b)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_the_power_method_finds_the_largest_eigenvalue_just_from_above(dtype):
    a = positive_matrices(2, 8, dtype)
    largest = torch.linalg.eigvalsh(a)[:, -1]
    found = power_iteration(lambda v: (a @ v.reshape(2, 8, 1)).reshape(2, 2, 4), (2, 2, 4), dtype, rank=2)
    assert found.shape == (2,) and found.dtype == largest.dtype
    torch.testing.assert_close(found, 1.01 * largest, rtol=1e-4, atol=0)
    alone = power_iteration(lambda v: a[0] @ v, (8,), dtype, "cpu", 30)
    assert alone.shape == ()
    torch.testing.assert_close(alone, 1.01 * largest[0], rtol=1e-4, atol=0)
    assert torch.equal(alone, power_iteration(lambda v: a[0] @ v, (8,), dtype, "cpu", 30))


def test_the_power_method_of_zero_is_zero():
    assert power_iteration(torch.zeros_like, (4, 5), torch.complex64) == 0


def test_one_iteration_gives_one_rayleigh_quotient():
    found = power_iteration(lambda v: 3 * v, (7,), torch.float64, iterations=1, safety=0)
    torch.testing.assert_close(found, torch.tensor(3.0, dtype=torch.float64))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_singular_system_gets_nothing_from_its_null_space(seed):
    half = draw((6, 9), seed=seed)
    matrix = half.mT @ half
    b = matrix @ draw((9,), seed=seed + 10)
    x = conjugate_gradient(lambda v: matrix @ v, b, 200)
    torch.testing.assert_close(x, torch.linalg.pinv(matrix) @ b)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_the_leading_vector_is_that_of_the_largest_eigenvalue_not_of_the_largest_modulus(dtype: torch.dtype) -> None:
    """More rounds than dimensions are no harm, and every sample of a batch has its own matrix; a start of zero stays."""
    a = torch.randn(3, 6, 6, dtype=dtype, generator=torch.Generator().manual_seed(1))
    a = a + a.mH - 5 * torch.eye(6, dtype=dtype)
    start = torch.randn(3, 6, dtype=dtype, generator=torch.Generator().manual_seed(2))
    found = leading_vector(lambda v: (a @ v[..., None])[..., 0], start, 12)
    wanted = torch.linalg.eigh(a).eigenvectors[..., -1]
    assert torch.allclose((found.conj() * wanted).sum(-1).abs(), torch.ones(3, dtype=torch.float64), atol=1e-10)
    assert not leading_vector(lambda v: (a @ v[..., None])[..., 0], 0 * start, 12).any()
