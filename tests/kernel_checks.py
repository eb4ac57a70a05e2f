"""Checks that every kernel's tests share: random fields, the dot test, dense matrices, gradients, capture as one graph."""

import numpy as np
import torch

torch.set_num_threads(1)

REAL = (torch.float32, torch.float64)
COMPLEX = (torch.complex64, torch.complex128)
NUMBERS = REAL + COMPLEX


def draw(shape, dtype=torch.float64, seed=0):
    """A random field, the same for the same arguments."""
    return torch.randn(tuple(shape), generator=torch.Generator().manual_seed(seed), dtype=dtype)


def strided(x):
    """The same numbers with other strides: not contiguous unless x has at most one number."""
    wide = torch.stack((x, -x), -1)
    return wide[..., 0]


def real_inner(a, b):
    """Re⟨a, b⟩ in double precision."""
    kind = torch.complex128 if a.is_complex() or b.is_complex() else torch.float64
    return torch.vdot(a.to(kind).flatten(), b.to(kind).flatten()).real


def assert_adjoint(forward, adjoint, x, seed=1):
    """⟨A x, y⟩ = ⟨x, Aᴴ y⟩ for a random y, also when x and y are not contiguous; types and shapes survive."""
    image = forward(x)
    y = draw(image.shape, image.dtype, seed)
    back = adjoint(y)
    assert back.shape == x.shape
    assert image.real.dtype == x.real.dtype and back.real.dtype == x.real.dtype
    tolerance = 1e-10 if x.real.dtype == torch.float64 else 2e-4
    bound = tolerance * (1 + image.norm() * y.norm() + x.norm() * back.norm())
    assert (real_inner(image, y) - real_inner(x, back)).abs() <= bound
    close = {"rtol": 1e-4, "atol": 1e-4} if x.real.dtype == torch.float32 else {"rtol": 1e-11, "atol": 1e-11}
    torch.testing.assert_close(forward(strided(x)), image, **close)
    torch.testing.assert_close(adjoint(strided(y)), back, **close)


def assert_adjoint_everywhere(forward, adjoint, shape, dtypes=NUMBERS, batches=((), (3,), (2, 1))):
    """The dot test in every type and with none, one and two batch axes, each batch entry as if it were alone."""
    for dtype in dtypes:
        for batch in batches:
            x = draw((*batch, *shape), dtype)
            assert_adjoint(forward, adjoint, x)
            if batch:
                first = (0,) * len(batch)
                torch.testing.assert_close(forward(x)[first], forward(x[first]), rtol=1e-4, atol=1e-4)


def matrix_of(forward, shape, dtype=torch.float64):
    """The dense matrix of a linear map of fields of that shape, one column per basis vector."""
    count = int(np.prod(shape, dtype=int))
    columns = [forward(e.reshape(shape)).flatten() for e in torch.eye(count, dtype=dtype)]
    return torch.stack(columns, 1).numpy()


def assert_gradient(function, *inputs):
    """The gradients of the function are those of finite differences, in double precision."""
    asked = [x.detach().clone().requires_grad_() for x in inputs]
    assert torch.autograd.gradcheck(function, asked, atol=1e-6, rtol=1e-5)


def assert_captured(function, *inputs):
    """torch.compile takes the function as one graph, and gives the same."""
    torch.compiler.reset()
    captured = torch.compile(function, fullgraph=True, backend="eager", dynamic=False)
    torch.testing.assert_close(captured(*inputs), function(*inputs))
