"""Every family of measurements beside deepinv and the field's library, in one run: `python tests/benchmarks/families.py`.

Milliseconds of the forward map, the adjoint, AᴴA and (AᴴA + ρ)⁻¹, of filtered back-projection and of J(x)ᵀ w where the map is not
linear: the fastest of many turns that all programs take one after the other, in single precision.  The last table has, for each
kind of operation, the geometric mean over all families of how many times as long the best of the others takes.

Where a library has no AᴴA or no closed form of the solve, it is asked for what its user would write instead: its adjoint of its
forward map, and conjugate gradients, deepinv's own where it has them, until the residual is as small as that of our solve, 500 rounds
at most.  Such rows have a star, and the last table counts them.
"""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import deepinv
import numpy as np
import torch
from torch import Tensor

import invlang

sys.path.insert(0, str(Path(__file__).parent))

import maps
import operators
import tomography
from measure import interleaved
from operators import Case, blurs, cameras, compressive, image_of, program, random, scanners, several

Calls = dict[str, Callable[[], object]]
OPERATIONS = ("forward", "adjoint", "gram", "solve", "Toeplitz gram", "fbp", "vjp")
KINDS = {
    "forward": "forward map", "adjoint": "adjoint", "gram": "AᴴA", "solve": "(AᴴA + ρ)⁻¹", "Toeplitz gram": "AᴴA, both by Toeplitz",
    "fbp": "filtered back-projection", "vjp": "J(x)ᵀ w",
}  # fmt: skip
RHO, ROUNDS = 0.1, 500
LEFT_OUT = ("even", "4 × 4", "127", "Denoising", "flat")
SLOW = (("CompressiveSpectralImaging", "solve"),)  # minutes there


def ours(A: Any, x: Tensor) -> Calls:
    y = A(x)
    return {"forward": lambda: A(x), "adjoint": lambda: A.H(y), "gram": lambda: A.gram(x), "solve": lambda: A.solve(x, RHO)}


def left_of(A: Any, b: Tensor) -> float:
    """The residual of our solve, relative to b; not less than rounding leaves of any."""
    x = A.solve(b, RHO)
    return max(float((A.gram(x) + RHO * x - b).norm() / b.norm()), 1e-5)


def deep_inverse(case: Case, residual: float) -> Calls:
    """deepinv's operator; its solve is the prox of the data term."""
    operator, x = in_single(case.theirs), operators.in_single(case.into(image_of(case)))
    operator.tol, operator.max_iter = residual, ROUNDS
    y = operator.A(x)
    zero = 0 * y
    calls = {
        "forward": lambda: operator.A(x), "adjoint": lambda: operator.A_adjoint(y), "gram": lambda: operator.A_adjoint_A(x),
        "solve": lambda: operator.prox_l2(x / RHO, zero, 1 / RHO),
    }  # fmt: skip
    general = deepinv.physics.LinearPhysics
    made = {"gram": type(operator).A_adjoint_A is general.A_adjoint_A, "solve": type(operator).prox_l2 is general.prox_l2}
    return {f"{name}{STAR if made.get(name) else ''}": call for name, call in calls.items()}


STAR = " *"


def by_conjugate_gradients(gram: Callable[[Any], Any], b: Any, residual: float) -> Callable[[], object]:
    """(AᴴA + ρ)⁻¹ b as a user of a library without it would write it, with NumPy, until that residual, relative to b."""

    def solve() -> object:
        x, left = np.zeros_like(b), b
        direction, energy = b, np.vdot(b, b).real
        least = residual**2 * energy
        for _ in range(ROUNDS):
            if energy <= least:
                break
            image = gram(direction) + RHO * direction
            step = energy / np.vdot(direction, image).real
            x, left = x + step * direction, left - step * image
            before, energy = energy, np.vdot(left, left).real
            direction = left + energy / before * direction
        return x

    return solve


def in_single(operator: Any) -> Any:
    """Their operator in single precision, complex arrays too."""
    if not any(b.is_complex() for b in operator.buffers()):
        return operator.to(torch.float32)
    for buffer in operator.buffers():
        buffer.data = buffer.data.to(torch.complex64 if buffer.is_complex() else torch.float32)
    return operator


def with_deepinv(size: int, only: str) -> Iterator[tuple[str, dict[str, Calls]]]:
    for case in [*cameras(size), *blurs(size), *scanners(size), *compressive(size), *several(size)]:
        if only not in case.name or any(word in case.name for word in LEFT_OUT) or case.name == "Tomography":
            continue
        x = image_of(case)
        A, x = program(case, "float32"), x.to(torch.complex64 if x.is_complex() else torch.float32)
        yield case.name, {"invlang": ours(A, x), "deepinv": deep_inverse(case, left_of(A, x))}


def radial(size: int) -> dict[str, Calls]:
    """A radial trajectory, `size` spokes of 2 `size` samples: sigpy, torchkbnufft."""
    angle = torch.arange(size) * math.pi / size
    radius = torch.linspace(-math.pi, math.pi, 2 * size)
    points = torch.stack([radius[None] * angle.cos()[:, None], radius[None] * angle.sin()[:, None]], -1).reshape(-1, 2)
    text = f"unknown x : complex[{size}, {size}]\ngiven q : real[{len(points)}, 2]\nlet A = NonCartesianMRI(q)\ndata y ~ Normal(A @ x, sigma = 1)"
    x = torch.complex(random(size, size), random(size, size, seed=2)).to(torch.complex64)
    A = invlang.loads(text, dtype="float32", q=points).A
    mine, residual = ours(A, x), left_of(A, x)
    programs = {"invlang": mine | {"Toeplitz gram": mine["gram"]}}
    others = (("sigpy", by_sigpy), ("torchkbnufft", by_torchkbnufft))
    return programs | {name: made(x, points, residual) for name, made in others if find_spec(name)}


def by_sigpy(x: Tensor, points: Tensor, residual: float) -> Calls:
    import sigpy

    transform = sigpy.linop.NUFFT(tuple(x.shape), points.numpy() * len(x) / (2 * math.pi))
    back, image = transform.H, x.numpy()
    data = transform(image)
    gram = lambda v: back(transform(v))
    return {
        "forward": lambda: transform(image), "adjoint": lambda: back(data), f"gram{STAR}": lambda: gram(image),
        f"solve{STAR}": by_conjugate_gradients(gram, image, residual),
    }  # fmt: skip


def by_torchkbnufft(x: Tensor, points: Tensor, residual: float) -> Calls:
    """Both of its Grams: forward and adjoint, and the one by Toeplitz embedding, whose kernel is calculated before the clock starts."""
    import torchkbnufft

    size, image, place = tuple(x.shape), x[None, None], points.T.contiguous()
    forward, adjoint, toeplitz = torchkbnufft.KbNufft(size), torchkbnufft.KbNufftAdjoint(size), torchkbnufft.ToepNufft()
    values, kernel = forward(image, place, norm="ortho"), torchkbnufft.calc_toeplitz_kernel(place, size, norm="ortho")
    return {
        "forward": lambda: forward(image, place, norm="ortho"), "adjoint": lambda: adjoint(values, place, norm="ortho"),
        f"gram{STAR}": lambda: adjoint(forward(image, place, norm="ortho"), place, norm="ortho"),
        "Toeplitz gram": lambda: toeplitz(image, kernel, norm="ortho"),
    }  # fmt: skip


def parallel_coils(size: int) -> dict[str, Calls]:
    """Eight coils, half of all samples: sigpy."""
    import sigpy

    maps = torch.complex(random(8, size, size), random(8, size, size, seed=2)).to(torch.complex64)
    mask = (random(size, size) > 0.5).float()
    text = f"unknown x : complex[{size}, {size}]\ngiven s : complex[8, {size}, {size}]\ngiven m : real[{size}, {size}]\nlet A = MultiCoilMRI(s, m)\ndata y ~ Normal(A @ x, sigma = 1)"
    x = maps[0].clone()
    operator = sigpy.linop.Multiply((8, size, size), mask.numpy()) * sigpy.linop.FFT((8, size, size), axes=(-2, -1)) * sigpy.linop.Multiply((size, size), maps.numpy())  # fmt: skip
    back, image, data = operator.H, x.numpy(), operator(x.numpy())
    A, gram = invlang.loads(text, dtype="float32", s=maps, m=mask).A, lambda v: back(operator(v))
    theirs = {
        "forward": lambda: operator(image), "adjoint": lambda: back(data), f"gram{STAR}": lambda: gram(image),
        f"solve{STAR}": by_conjugate_gradients(gram, image, left_of(A, x)),
    }  # fmt: skip
    return {"invlang": ours(A, x), "sigpy": theirs}


def blurred(size: int) -> dict[str, Calls]:
    """A 9 × 9 blur with zeros beyond the border: PyLops."""
    import pylops

    h, x = random(9, 9).float(), random(size, size).float()
    text = f"unknown x : real[{size}, {size}]\ngiven h : real[9, 9]\nlet A = Blur(h, boundary = zero)\ndata y ~ Normal(A @ x, sigma = 1)"
    operator = pylops.signalprocessing.Convolve2D((size, size), h.numpy(), offset=(4, 4), dtype="float32")
    image = x.numpy().ravel()
    data, A = operator @ image, invlang.loads(text, dtype="float32", h=h).A
    theirs = {
        "forward": lambda: operator @ image, "adjoint": lambda: operator.H @ data,
        f"gram{STAR}": lambda: operator.H @ (operator @ image),
        f"solve{STAR}": by_conjugate_gradients(lambda v: operator.H @ (operator @ v), image, left_of(A, x)),
    }  # fmt: skip
    return {"invlang": ours(A, x), "PyLops": theirs}


def projections(size: int) -> dict[str, Calls]:
    """90 views of a disk: scikit-image, whose back-projection is not quite its adjoint, deepinv, ASTRA."""
    image, angles = tomography.disk(size), torch.arange(90) * 2.0
    found = {name: made(image, angles) for name, made in tomography.PROGRAMS.items() if find_spec(tomography.PACKAGES[name])}
    return {
        name: {o if name == "invlang" or o != "gram" else o + STAR: c for o, c in calls.items()} for name, calls in found.items()
    }


def curved(size: int, only: str) -> Iterator[tuple[str, dict[str, Calls]]]:
    """Measurements that are not linear: deepinv."""
    for case in maps.cases(size):
        if only in case.name:
            both = maps.calls(case, "float32")[0]
            yield case.name, {name: {o: both[o][name] for o in both} for name in ("invlang", "deepinv")}


def families(size: int, only: str = "") -> Iterator[tuple[str, dict[str, Calls]]]:
    """only: a word that a family's name holds."""
    yield from with_deepinv(size, only)
    yield from ((name, made(size)) for name, made, package in OTHERS if find_spec(package) and only in name)
    yield from curved(size // 2, only)


OTHERS = (
    ("NonCartesianMRI, radial", radial, "torch"), ("MultiCoilMRI, 8 coils", parallel_coils, "sigpy"),
    ("Blur, zero, 9 × 9", blurred, "pylops"), ("Tomography, 90 views", projections, "skimage"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """How many times as long the best of the others takes;  made: it has no such operation of its own."""

    family: str
    operation: str
    own: float
    best: float
    who: str
    made: bool

    @property
    def times(self) -> float:
        return self.best / self.own

    def __str__(self) -> str:
        cells = (
            self.family,
            KINDS[self.operation],
            f"{1e3 * self.own:.3g} ms",
            f"{1e3 * self.best:.3g} ms ({self.who}{STAR * self.made})",
        )
        return f"| {' | '.join(cells)} | {self.times:.3g} |"


def rows(size: int, repeats: int, only: str) -> Iterator[Row]:
    for family, programs in families(size, only):
        for operation in OPERATIONS:
            if any(family.startswith(name) and operation == slow for name, slow in SLOW):
                continue
            found = {name: offered.get(operation) or offered.get(operation + STAR) for name, offered in programs.items()}
            calls = {name: call for name, call in found.items() if call is not None}
            if len(calls) < 2 or "invlang" not in calls:
                continue
            try:
                times = interleaved(calls, repeats, min)
            except (RuntimeError, ValueError, NotImplementedError) as error:
                print(f"| {family} | {KINDS[operation]} | {str(error).splitlines()[0][:40]} | | |", flush=True)
                continue
            own = times.pop("invlang")
            best = min(times, key=lambda name: times[name])
            yield Row(family, operation, own, times[best], best, operation not in programs[best])


def by_kind(found: list[Row]) -> Iterator[str]:
    """The last table: a line for each kind of operation."""
    yield "| operation | families | geometric mean | least | slower in | not the other's own |\n| --- | ---: | ---: | ---: | --- | ---: |"
    for operation in OPERATIONS:
        of_kind = [r for r in found if r.operation == operation]
        if of_kind:
            mean = math.exp(sum(math.log(r.times) for r in of_kind) / len(of_kind))
            slower = "; ".join(f"{r.family} {r.times:.2f}" for r in of_kind if r.times < 0.95) or "–"
            least, made = min(r.times for r in of_kind), sum(r.made for r in of_kind)
            yield f"| {KINDS[operation]} | {len(of_kind)} | {mean:.3g} | {least:.2g} | {slower} | {made} |"


def main() -> int:
    parser = argparse.ArgumentParser(description="Times every family of measurements beside other programs.")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--only", default="", help="families whose name holds this word")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found: list[Row] = []
    print("| family | operation | invlang | best of the others | times |\n| --- | --- | ---: | ---: | ---: |")
    for row in rows(arguments.size, arguments.repeats, arguments.only):
        found.append(row)
        print(row, flush=True)
    print()
    for line in by_kind(found):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
