"""Every family of measurements beside deepinv and the field's library, in one run: `python tests/benchmarks/families.py`.

Milliseconds of the forward map, the adjoint, AᴴA and (AᴴA + ρ)⁻¹, the fastest of many turns that all programs take one after
the other, in single precision; what a library does not offer is left out.  The last lines are geometric means of how many times
as long the best of the others takes.
"""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

import invlang

sys.path.insert(0, str(Path(__file__).parent))

import operators
from measure import interleaved
from operators import Case, blurs, cameras, compressive, image_of, program, random, scanners, several

Calls = dict[str, Callable[[], object]]
OPERATIONS = ("forward", "adjoint", "gram", "solve")
RHO = 0.1
LEFT_OUT = ("even", "4 × 4", "127", "Denoising", "flat")


def ours(A: Any, x: Tensor) -> Calls:
    y = A(x)
    return {"forward": lambda: A(x), "adjoint": lambda: A.H(y), "gram": lambda: A.gram(x), "solve": lambda: A.solve(x, RHO)}


def deep_inverse(case: Case) -> Calls:
    """deepinv's operator; its solve is the prox of the data term."""
    operator, x = in_single(case.theirs), operators.in_single(case.into(image_of(case)))
    y = operator.A(x)
    zero = 0 * y
    return {
        "forward": lambda: operator.A(x), "adjoint": lambda: operator.A_adjoint(y), "gram": lambda: operator.A_adjoint_A(x),
        "solve": lambda: operator.prox_l2(x / RHO, zero, 1 / RHO),
    }  # fmt: skip


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
        mine = ours(program(case, "float32"), x.to(torch.complex64 if x.is_complex() else torch.float32))
        yield case.name, {"invlang": mine, "deepinv": deep_inverse(case)}


def radial(size: int) -> dict[str, Calls]:
    """A radial trajectory, `size` spokes of 2 `size` samples: sigpy, torchkbnufft."""
    angle = torch.arange(size) * math.pi / size
    radius = torch.linspace(-math.pi, math.pi, 2 * size)
    points = torch.stack([radius[None] * angle.cos()[:, None], radius[None] * angle.sin()[:, None]], -1).reshape(-1, 2)
    text = f"unknown x : complex[{size}, {size}]\ngiven q : real[{len(points)}, 2]\nlet A = NonCartesianMRI(q)\ndata y ~ Normal(A @ x, sigma = 1)"
    x = torch.complex(random(size, size), random(size, size, seed=2)).to(torch.complex64)
    mine = ours(invlang.loads(text, dtype="float32", q=points).A, x)
    programs = {"invlang": mine | {"Toeplitz gram": mine["gram"]}}
    others = (("sigpy", by_sigpy), ("torchkbnufft", by_torchkbnufft))
    return programs | {name: made(x, points) for name, made in others if find_spec(name)}


def by_sigpy(x: Tensor, points: Tensor) -> Calls:
    import sigpy

    transform = sigpy.linop.NUFFT(tuple(x.shape), points.numpy() * len(x) / (2 * math.pi))
    back, image = transform.H, x.numpy()
    data = transform(image)
    return {"forward": lambda: transform(image), "adjoint": lambda: back(data), "gram": lambda: back(transform(image))}


def by_torchkbnufft(x: Tensor, points: Tensor) -> Calls:
    """Both of its Grams: forward and adjoint, and the one by Toeplitz embedding, whose kernel is calculated before the clock starts."""
    import torchkbnufft

    size, image, place = tuple(x.shape), x[None, None], points.T.contiguous()
    forward, adjoint, toeplitz = torchkbnufft.KbNufft(size), torchkbnufft.KbNufftAdjoint(size), torchkbnufft.ToepNufft()
    values, kernel = forward(image, place, norm="ortho"), torchkbnufft.calc_toeplitz_kernel(place, size, norm="ortho")
    return {
        "forward": lambda: forward(image, place, norm="ortho"), "adjoint": lambda: adjoint(values, place, norm="ortho"),
        "gram": lambda: adjoint(forward(image, place, norm="ortho"), place, norm="ortho"),
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
    theirs = {"forward": lambda: operator(image), "adjoint": lambda: back(data), "gram": lambda: back(operator(image))}
    mine = ours(invlang.loads(text, dtype="float32", s=maps, m=mask).A, x)
    return {"invlang": {n: c for n, c in mine.items() if n in theirs}, "sigpy": theirs}


def blurred(size: int) -> dict[str, Calls]:
    """A 9 × 9 blur with zeros beyond the border: PyLops, whose solve is fifty rounds of CGLS."""
    import pylops

    h, x = random(9, 9).float(), random(size, size).float()
    text = f"unknown x : real[{size}, {size}]\ngiven h : real[9, 9]\nlet A = Blur(h, boundary = zero)\ndata y ~ Normal(A @ x, sigma = 1)"
    operator = pylops.signalprocessing.Convolve2D((size, size), h.numpy(), offset=(4, 4), dtype="float32")
    image = x.numpy().ravel()
    data = operator @ image
    theirs = {
        "forward": lambda: operator @ image, "adjoint": lambda: operator.H @ data, "gram": lambda: operator.H @ (operator @ image),
        "solve": lambda: pylops.optimization.basic.cgls(operator, data, x0=np.zeros_like(image), niter=50, damp=RHO**0.5),
    }  # fmt: skip
    return {"invlang": ours(invlang.loads(text, dtype="float32", h=h).A, x), "PyLops": theirs}


def families(size: int, only: str = "") -> Iterator[tuple[str, dict[str, Calls]]]:
    """only: a word that a family's name holds."""
    yield from with_deepinv(size, only)
    if only in "NonCartesianMRI, radial":
        yield "NonCartesianMRI, radial", radial(size)
    yield from ((name, made(size)) for name, made, package in OTHERS if find_spec(package) and only in name)


OTHERS = (("MultiCoilMRI, 8 coils", parallel_coils, "sigpy"), ("Blur, zero, 9 × 9", blurred, "pylops"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Times every family of measurements beside other programs.")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--only", default="", help="families whose name holds this word")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    ratios: dict[str, list[float]] = {}
    print("| family | operation | invlang | best of the others | times |\n| --- | --- | ---: | ---: | ---: |")
    for family, programs in families(arguments.size, arguments.only):
        for operation in (*OPERATIONS, "Toeplitz gram"):
            calls = {name: offered[operation] for name, offered in programs.items() if operation in offered}
            if len(calls) < 2:
                continue
            try:
                times = interleaved(calls, arguments.repeats, min)
            except (RuntimeError, ValueError, NotImplementedError) as error:
                print(f"| {family} | {operation} | {str(error).splitlines()[0][:40]} | | |", flush=True)
                continue
            own = times.pop("invlang")
            best = min(times, key=lambda name: times[name])
            ratios.setdefault(operation, []).append(times[best] / own)
            print(
                f"| {family} | {operation} | {1e3 * own:.3g} ms | {1e3 * times[best]:.3g} ms ({best}) | {times[best] / own:.3g} |",
                flush=True,
            )
    for operation, found in ratios.items():
        mean = math.exp(sum(map(math.log, found)) / len(found))
        print(
            f"{operation}: {mean:.3g} times faster than the best of the others, geometric mean of {len(found)}; slower in {sum(r < 1 for r in found)}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
