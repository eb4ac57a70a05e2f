"""How the time of the first program grows with the size of its image."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch
from measure import interleaved

import invlang

PROGRAM = Path(__file__).parents[2] / "examples" / "deblur" / "deblur.inv"
SIZES = (128, 256, 512, 1024)
ROUNDS = 10


def measure_growth(repeats: int) -> Iterator[dict]:
    """{size, seconds of a round by estimator, the same over n log n} for 3 × size × size pixels."""
    model = invlang.load(PROGRAM, dtype="float32")
    for size in SIZES:
        y = model.simulate(torch.rand(3, size, size, generator=torch.Generator().manual_seed(0)))["y"]
        calls = {name: lambda name=name, y=y: model[name](y, iterations=ROUNDS) for name in model.estimators}
        with torch.no_grad():
            seconds = {name: s / ROUNDS for name, s in interleaved(calls, repeats).items()}
        n = 3 * size * size
        yield {"size": size, "seconds": seconds, "over n log n": {k: s / (n * math.log2(n)) for k, s in seconds.items()}}
