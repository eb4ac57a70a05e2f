"""What work takes on a device: three numbers, measured or rough.  All predictions of times come from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2, prod

import sympy

from invlang.graph.program import Program
from invlang.graph.spaces import AnySpace, Size, parts_of
from invlang.graph.values import Value
from invlang.plan.work import COMPLEX, REAL, Tally, Work, work_of_round

TYPICAL, FEW = 256, 8  # samples along an axis of an image that the program leaves open; entries along any other
LARGE = TYPICAL * TYPICAL
REAL_SHARE = 0.65  # of the time of a transform, where half a spectrum is kept


@dataclass(frozen=True)
class Device:
    """Seconds, in single precision, one image at a time.

    entry: of a pass, for each real number, as rounds go through memory: between a sum (0.3 of it) and what has roots and divisions;
    butterfly: of a complex transform of n samples, for each n log₂ n;  call: of any operation, however small.
    """

    name: str
    entry: float
    butterfly: float
    call: float


CPU = Device("cpu", entry=0.8e-9, butterfly=0.6e-9, call=4e-6)
CUDA = Device("cuda", entry=6e-12, butterfly=4e-12, call=8e-6)
DEVICES = {d.name: d for d in (CPU, CUDA)}
"""cpu: one core, from the rounds of the examples;  cuda: rough, from a large card's bandwidth."""

Sizes = tuple[tuple[sympy.Symbol, int], ...]


def typical_sizes(program: Program, told: Mapping[str, int] | None = None) -> Sizes:
    """A size for every dim that the program leaves open: TYPICAL along the last two axes of images, FEW along others, or as told."""
    told = told or {}
    images = {s for u in program.unknowns for part in parts_of(u.space) for s in symbols(part.sizes[-2:])}
    others = {s for m in program.measurements for part in parts_of(m.space) for s in symbols(part.sizes)}
    others |= {s for g in program.givens for s in symbols(g.known.of.sizes)}
    found = {**dict.fromkeys(others, FEW), **dict.fromkeys(images, TYPICAL)}
    return tuple((s, told.get(s.name, n)) for s, n in sorted(found.items(), key=lambda pair: pair[0].name))


def symbols(sizes: tuple[Size, ...]) -> set[sympy.Symbol]:
    return {s for size in sizes for s in size.free_symbols}


@lru_cache(maxsize=4_000)
def length(size: Size, sizes: Sizes) -> float:
    """A size as a number."""
    known = size if size.is_Integer else size.subs({s: n for s, n in sizes}).subs({s: TYPICAL for s in size.free_symbols})
    return max(float(known), 1.0)


def entries(space: AnySpace, sizes: Sizes) -> float:
    """How many real numbers an array holds."""
    return sum(prod(length(s, sizes) for s in p.sizes) * (2 if p.field == "complex" else 1) for p in parts_of(space))


def seconds(tally: Tally, device: Device, sizes: Sizes, zoom: float = 1.0) -> float:
    """What work takes.  zoom: how many times larger arrays are taken to be than they are."""
    return sum(times * seconds_of(work, device, sizes, zoom) for work, times in tally.items())


def typical_seconds(values: list[Value]) -> float:
    """What a round that calculates these values takes on a CPU core, of images so large that calls do not count."""
    return seconds(work_of_round(values), replace(CPU, call=0.0), ())


def seconds_of(work: Work, device: Device, sizes: Sizes, zoom: float) -> float:
    if work.passes == 0:
        return 0.0
    count = entries(work.space, sizes)
    count = count * zoom if any(p.rank for p in parts_of(work.space)) else count
    if work.kind not in (COMPLEX, REAL):
        return device.call + device.entry * work.passes * count
    around = prod(length(work.space.axes[a].size, sizes) for a in work.axes) * zoom
    samples, share = (count / 2, 1.0) if work.kind == COMPLEX else (count, REAL_SHARE)
    return device.call + device.butterfly * share * samples * log2(max(around, 2.0))


def zoom_of(program: Program, sizes: Sizes) -> float:
    """By how much a program's own small images are enlarged, so that a choice made on them is that for large ones."""
    return max(1.0, LARGE / max(entries(u.space, sizes) for u in program.unknowns))
