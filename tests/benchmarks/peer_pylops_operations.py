"""Single operations in PyLops and pyproximal. Solves are iterative there, to 1e-4."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pylops
import pyproximal
from handwritten_operations import L1_WEIGHT, RHO
from peer_pylops import operator
from problems import Problem, blur, coil_maps, mri

Call = Callable[[], np.ndarray]


def gram(problem: Problem) -> Call:
    A, x = operator(problem), problem.truth.numpy().ravel()
    return lambda: A.rmatvec(A.matvec(x))


def solve(problem: Problem) -> Call:
    """Conjugate gradients on AᴴA + RHO, to 1e-4."""
    A, b = operator(problem), problem.truth.numpy().ravel()
    normal = pylops.FunctionOperator(
        lambda x: A.rmatvec(A.matvec(x)) + RHO * x, lambda x: A.rmatvec(A.matvec(x)) + RHO * x, b.size, b.size, dtype=b.dtype
    )
    return lambda: pylops.cg(normal, b, np.zeros_like(b), niter=200, tol=1e-4 * float(np.linalg.norm(b)))[0]


def extra_gram(name: str) -> Call:
    if name == "blur ∘ blur":
        problem = blur()
        once, x = operator(problem), problem.truth.numpy().ravel()
        return lambda: once.rmatvec(once.rmatvec(once.matvec(once.matvec(x))))
    problem = mri()
    each, x = operator(problem), problem.truth.numpy().ravel()
    coils = pylops.VStack([each * pylops.Diagonal(m.numpy().ravel()) for m in coil_maps()])
    return lambda: coils.rmatvec(coils.matvec(x))


def prox(name: str) -> Call:
    y = blur().y
    x, size = y.numpy().ravel(), tuple(y.shape)
    if name == "box":
        box = pyproximal.Box(0, 1)
        return lambda: box.prox(x, 1.0)
    W = pylops.signalprocessing.DWT2D(size, axes=(-2, -1), wavelet="db4", level=3, dtype=np.float32)
    shrink = pyproximal.Orthogonal(pyproximal.L1(sigma=L1_WEIGHT), W)
    return lambda: shrink.prox(x, 1.0)
