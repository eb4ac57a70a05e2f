"""Measurements that are not linear beside deepinv's: `python tests/benchmarks/maps.py`.

Each row is the largest difference of both programs' data, relative to the largest datum, the same of J(x)ᵀ w for random w, and
milliseconds of both for each.  Double precision where deepinv has it.
"""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import deepinv
import torch
from deepinv import physics
from torch import Tensor

import invlang

sys.path.insert(0, str(Path(__file__).parent))

from measure import interleaved
from operators import random

Arrays = tuple[Tensor, ...]


@dataclass(frozen=True)
class MapCase:
    """One measurement in both programs.  unknowns: the spaces of ours by name;  text: ours;  given: what it knows;  x: where.

    into: from our unknowns to their image;  out, back: from their data and from their J(x)ᵀ w to ours;  weight: from our w to theirs.
    """

    name: str
    unknowns: dict[str, str]
    text: str
    given: dict[str, Tensor]
    theirs: Any
    x: Arrays
    into: Callable[[Arrays], Any]
    out: Callable[[Any], Tensor] = lambda y: y[0]
    back: Callable[[Any], Arrays] = lambda g: (g[0],)
    weight: Callable[[Tensor], Tensor] = lambda w: w[None]
    single: bool = False


def haze(n: int) -> MapCase:
    light = torch.tensor(0.9, dtype=torch.float64)
    return MapCase(
        "Haze", {"I": "real[3, H, W]", "d": "real[1, H, W]"}, "Haze(I, d, beta = 2, light = 0.9)", {}, physics.Haze(beta=2.0),
        (random(3, n, n), random(1, n, n, seed=2)), lambda x: [x[0][None], x[1][None], light.to(x[0].dtype)],
        back=lambda g: (g[0][0], g[1][0]),
    )  # fmt: skip


def lidar(n: int, bins: int = 24) -> MapCase:
    spaces = {name: "real[1, H, W]" for name in ("d", "r", "b")}
    time = torch.arange(bins, dtype=torch.float64)[:, None, None]
    x = (10 + 4 * random(1, n, n), 5 + random(1, n, n, seed=2), random(1, n, n, seed=3))
    return MapCase(
        "SinglePhotonLidar", spaces, "SinglePhotonLidar(d, r, b, time = t, width = 2)", {"t": time},
        physics.SinglePhotonLidar(sigma=2.0, bins=bins), x, lambda x: torch.cat(x)[None], back=lambda g: tuple(g[0].split(1)),
    )  # fmt: skip


def unwrapping(n: int) -> MapCase:
    theirs = physics.SpatialUnwrapping(threshold=2 * math.pi, mode="round")
    return MapCase(
        "SpatialUnwrapping",
        {"u": "real[H, W]"},
        "SpatialUnwrapping(u)",
        {},
        theirs,
        (20 * random(n, n),),
        lambda x: x[0][None],
    )


def random_phases(n: int) -> MapCase:
    matrix = torch.complex(random(2 * n, n * n) - 0.5, random(2 * n, n * n, seed=2) - 0.5)
    theirs = physics.RandomPhaseRetrieval(2 * n, (1, n, n), dtype=torch.complex128)
    theirs.B.register_buffer("_A", matrix)
    theirs.B.register_buffer("_A_adjoint", matrix.mH.contiguous())
    return MapCase(
        "RandomPhaseRetrieval", {"u": "complex[H, W]"}, "RandomPhaseRetrieval(m) @ u", {"m": matrix}, theirs,
        (torch.complex(random(n, n), random(n, n, seed=2)),), lambda x: x[0][None, None], back=lambda g: (g[0, 0],),
    )  # fmt: skip


def ptychography(n: int) -> MapCase:
    probe, at, theirs = scan(n)
    kind = physics.Ptychography((1, n, n), probe=theirs.init_probe, shifts=theirs.shifts)
    return MapCase(
        "Ptychography", {"u": "complex[H, W]"}, "Ptychography(probe, at) @ u", {"probe": probe, "at": at}, kind,
        (torch.complex(random(n, n), random(n, n, seed=2)),), lambda x: x[0][None, None],
        out=lambda y: torch.fft.fftshift(y[0], (-2, -1)), back=lambda g: (g[0, 0],),
        weight=lambda w: torch.fft.ifftshift(w, (-2, -1))[None], single=True,
    )  # fmt: skip


def scan(n: int) -> tuple[Tensor, Tensor, Any]:
    """A disk, 36 places for it, and deepinv's linear part, which makes the disk so bright that all of them add up to one."""
    side = 3 * n // 8
    steps = torch.linspace(0, n - side, 6).round().long()
    at = torch.cartesian_prod(steps, steps)
    disk = physics.phase_retrieval.build_probe((1, side, side), probe_radius=side // 3)
    theirs = physics.PtychographyLinearOperator((1, n, n), probe=disk, shifts=at - (n - side) // 2)
    return theirs.probe[0, 0], at, theirs


def cases(n: int) -> list[MapCase]:
    return [haze(n), lidar(n), unwrapping(n), random_phases(n), ptychography(n)]


def calls(case: MapCase, dtype: str) -> tuple[dict[str, dict[str, Callable[[], Any]]], Tensor]:
    """The map and J(x)ᵀ w of both programs, each a function without arguments; what they give is put into our order outside."""
    kind = {"float32": (torch.float32, torch.complex64), "float64": (torch.float64, torch.complex128)}[dtype]
    x = tuple(u.to(kind[u.is_complex()]) for u in case.x)
    lines = [f"dim H = {x[0].shape[-2]}, W = {x[0].shape[-1]}"]
    lines += [f"unknown {name} : {space}" for name, space in case.unknowns.items()]
    lines += [f"given {name} : {field_of(v)}[{', '.join(map(str, v.shape))}]" for name, v in case.given.items()]
    text = "\n".join([*lines, f"data y ~ Normal({case.text}, sigma = 1)"])
    ours = invlang.loads(text, dtype=dtype, given=case.given).mean_of_y
    w = random(*ours(*x).shape, seed=9).to(kind[0])
    point, theirs = case.into(x), in_precision(case.theirs, kind)
    weight = case.weight(w)
    where = x if len(x) > 1 else x[0]
    return {
        "forward": {"invlang": lambda: ours(*x), "deepinv": lambda: theirs.A(point)},
        "vjp": {"invlang": lambda: ours.vjp(where, w), "deepinv": lambda: theirs.A_vjp(point, weight)},
    }, w  # fmt: skip


def field_of(array: Tensor) -> str:
    return "complex" if array.is_complex() else "real" if array.is_floating_point() else "integer"


def in_precision(operator: Any, kind: tuple[torch.dtype, torch.dtype]) -> Any:
    """Their operator in single or double precision, complex arrays too."""
    for buffer in operator.buffers():
        if buffer.is_complex() or buffer.is_floating_point():
            buffer.data = buffer.data.to(kind[buffer.is_complex()])
    for module in operator.modules():
        if isinstance(getattr(module, "dtype", None), torch.dtype):
            module.dtype = kind[module.dtype.is_complex]
    return operator


def difference(a: Arrays, b: Arrays) -> float:
    scale = max(float(p.abs().max()) for p in b)
    return max(float((p.reshape(q.shape) - q).abs().max()) for p, q in zip(a, b, strict=True)) / scale


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares and times measurements that are not linear beside deepinv's.")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    print(f"invlang {invlang.__version__}, deepinv {deepinv.__version__}")
    print("| measurement | operation | difference | invlang | deepinv | times |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for small, large in zip(cases(16), cases(arguments.size), strict=True):
        checked, _ = calls(small, "float32" if small.single else "float64")
        found = {
            "forward": difference((small.out(checked["forward"]["deepinv"]()),), (checked["forward"]["invlang"](),)),
            "vjp": difference(small.back(checked["vjp"]["deepinv"]()), as_tuple(checked["vjp"]["invlang"]())),
        }
        for operation, programs in calls(large, "float32")[0].items():
            times = interleaved(programs, arguments.repeats, min)
            own, peer = times["invlang"], times["deepinv"]
            print(
                f"| {small.name} | {operation} | {found[operation]:.1e} | {1e3 * own:.3g} ms | {1e3 * peer:.3g} ms | {peer / own:.3g} |",
                flush=True,
            )


def as_tuple(found: Any) -> Arrays:
    return found if isinstance(found, tuple) else (found,)


if __name__ == "__main__":
    main()
