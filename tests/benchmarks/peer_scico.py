"""The problems in scico: its `PDHG` with the steps that it estimates, every term but the box on the dual side.

scico needs an environment of its own: here a problem's pieces are written to a file, and `python peer_scico.py FILE`, run by its interpreter, answers iterations
on standard input with a result in a file and the seconds that it took.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

KINDS = ("blur", "inpainting", "super_resolution", "tomography")


class Solver:
    """A function from a number of iterations to scico's result; `seconds` are those of its last call."""

    def __init__(self, problem, python: str):
        self.problem, self.folder = problem, Path(mkdtemp())
        kept = problem.matrix
        matrix = {} if kept is None else {"data": kept.data, "indices": kept.indices, "indptr": kept.indptr}
        parts = {name: part.numpy() for name, part in problem.parts.items()}
        facts = {
            "kind": problem.kind,
            "prior": problem.prior,
            "sigma": problem.sigma,
            "weight": problem.weight,
            "factor": problem.factor,
        }
        box = {} if problem.box is None else {"box": np.array(problem.box)}
        np.savez(self.folder / "problem.npz", y=problem.y.numpy(), shape=problem.truth.shape, **(matrix | parts | facts | box))
        command = [python, "-W", "ignore", __file__, str(self.folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, iterations: int):
        import torch

        print(iterations, file=self.process.stdin, flush=True)
        self.seconds = float(self.process.stdout.readline())
        x = torch.from_numpy(np.load(self.folder / "x.npy"))
        return x if self.problem.box is None else x.clamp(*self.problem.box)


def solver(problem, python: str) -> Callable | None:
    """None where it cannot: it has no prox of the Poisson likelihood, no orthonormal wavelets; its TGV would need products of unknowns."""
    can = problem.kind in KINDS and problem.prior == "tv"
    return Solver(problem, python) if can else None


def serve(folder: Path) -> None:
    """Solves as often as asked."""
    import scico.numpy as snp
    from scico import functional, linop, loss, optimize

    given = dict(np.load(folder / "problem.npz"))
    shape, y = tuple(map(int, given["shape"])), snp.array(given["y"])
    low, high = given["box"]

    class Box(functional.Functional):
        has_eval, has_prox = False, True

        def prox(self, v, lam=1.0, **kwargs):
            return snp.clip(v, low, high)

    A = linop.LinearOperator(shape, y.shape, eval_fn=measurement(given, shape), input_dtype=np.float32, output_dtype=np.float32)
    D = linop.LinearOperator(shape, (2, *shape), eval_fn=gradient, input_dtype=np.float32, output_dtype=np.float32)
    back = A.adj(y), D.adj(snp.zeros(D.output_shape, dtype=np.float32))  # adjoints are found before anything is compiled
    K = linop.VerticalStack((A, D))
    weight = float(given["weight"]) * float(given["sigma"]) ** 2
    g = functional.SeparableFunctional((loss.SquaredL2Loss(y=y), weight * functional.L21Norm(l2_axis=0)))
    for asked in sys.stdin:
        start = time.process_time()
        tau, sigma = optimize.PDHG.estimate_parameters(K)
        x = np.asarray(optimize.PDHG(Box(), g, K, tau, sigma, x0=back[0], maxiter=int(asked)).solve())
        seconds = time.process_time() - start
        np.save(folder / "x.npy", x)
        print(seconds, flush=True)


def gradient(x):
    """Forward differences, zero at the far border."""
    import jax.numpy as jnp

    down, right = jnp.diff(x, axis=-2), jnp.diff(x, axis=-1)
    return jnp.stack((jnp.pad(down, ((0, 0), (0, 1), (0, 0))), jnp.pad(right, ((0, 0), (0, 0), (0, 1)))))


def measurement(given: dict, shape: tuple[int, ...]) -> Callable:
    """A as a function of jax."""
    import jax.numpy as jnp
    from jax.experimental.sparse import BCSR

    if str(given["kind"]) == "inpainting":
        return lambda x: given["m"] * x
    if str(given["kind"]) == "tomography":
        parts = tuple(jnp.array(given[name].astype(kind)) for name, kind in (("data", "f4"), ("indices", "i4"), ("indptr", "i4")))
        matrix = BCSR(parts, shape=(given["y"].size, int(np.prod(shape)))).to_bcoo()
        return lambda x: (matrix @ x.ravel()).reshape(given["y"].shape)
    rows, columns = given["h"].shape
    kernel = np.zeros(shape[-2:], np.float32)
    kernel[:rows, :columns] = given["h"]
    spectrum, step = np.fft.rfft2(np.roll(kernel, (-(rows // 2), -(columns // 2)), (0, 1))), int(given["factor"])
    spectrum = jnp.array(spectrum.astype(np.complex64))
    return lambda x: jnp.fft.irfft2(spectrum * jnp.fft.rfft2(x), s=shape[-2:])[..., ::step, ::step]


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
