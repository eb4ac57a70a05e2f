"""How the time of a round grows with the image, 128² to 1024², and with the volume, 64³ to 160³: `python tests/benchmarks/growth.py`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))

from measure import interleaved

import invlang

PROGRAM = Path(__file__).parents[2] / "examples" / "deblur" / "deblur.inv"
VOLUMES = """
dim D, H, W
unknown x : real[D, H, W] in [0, 1]
given   h : real[5, 5, 5] = gaussian_kernel(sigma = 1.2)
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.02)
reconstruct tv { minimize fidelity(y) + 20 * TV3D(x) }
reconstruct wavelet { minimize fidelity(y) + 10 * WaveletSparse3D(x) }
"""
SIZES, SIDES = (128, 256, 512, 1024), (64, 96, 128, 160)
ROUNDS = 10


def main() -> int:
    torch.set_num_threads(1)
    for title, rows in (("3 × n²", measure_growth(3)), ("n³", measure_volumes(1))):
        print(f"a round, milliseconds (over n log n, the smallest being 1): {title}")
        first = None
        for row in rows:
            first = first or row["over n log n"]
            told = (f"{k} {1e3 * s:.3g} ({row['over n log n'][k] / first[k]:.2f})" for k, s in row["seconds"].items())
            print(row["size"], *told, sep="   ", flush=True)
    return 0


def measure_growth(repeats: int) -> Iterator[dict]:
    """{size, seconds of a round by estimator, the same over n log n} for 3 × size × size pixels."""
    model = invlang.load(PROGRAM, dtype="float32")
    return (measured(model, (3, size, size), repeats, ROUNDS) for size in SIZES)


def measure_volumes(repeats: int, rounds: int = 4) -> Iterator[dict]:
    """The same for side³ samples; rounds are long, so that few tell enough."""
    model = invlang.loads(VOLUMES, dtype="float32")
    return (measured(model, (side, side, side), repeats, rounds) for side in SIDES)


def measured(model: invlang.Model, shape: tuple[int, ...], repeats: int, rounds: int) -> dict:
    y = model.simulate(torch.rand(*shape, generator=torch.Generator().manual_seed(0)))["y"]
    calls = {name: lambda name=name: model[name](y, iterations=rounds) for name in model.estimators}
    with torch.no_grad():
        seconds = {name: s / rounds for name, s in interleaved(calls, repeats).items()}
    n = math.prod(shape)
    return {"size": shape[-1], "seconds": seconds, "over n log n": {k: s / (n * math.log2(n)) for k, s in seconds.items()}}


if __name__ == "__main__":
    raise SystemExit(main())
