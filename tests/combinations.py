"""Programs of every measurement with every noise law, prior and constraint: each has a plan or a refusal, and both levels agree.

`python tests/combinations.py [--every N]` tells what ends in anything else.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import traceback
from collections.abc import Iterator

import torch

import invlang
from invlang.errors import InvError

PROGRAM = """
dim H = 12, W = 16
unknown x : real[{shape}]{box}
given h : real[3, 3]
given m : binary[H, W]
given M : real[20, W]
let A = {operator}
data y ~ {noise}
reconstruct r {{
  minimize fidelity(y){prior}
}}
"""
OPERATORS = {
    "identity": "Identity()",
    "circular blur": "Blur(h, boundary = circular)",
    "valid blur": "Blur(h, boundary = valid)",
    "reflected blur": "Blur(h, boundary = reflect)",
    "zero blur": "Blur(h, boundary = zero)",
    "mask": "Diagonal(m)",
    "coarse": "Downsample(H, W, factor = 2) @ Blur(h, boundary = circular)",
    "cut": "Crop(H, W, size = [10, 14]) @ Blur(h, boundary = circular)",
    "dense": "Dense(M, axis = W)",
    "two views": "Stack(Blur(h, boundary = circular), Diagonal(m))",
    "slopes": "Gradient(H, W)",
    "masked blur": "Diagonal(m) @ Blur(h, boundary = reflect)",
}
NOISES = {
    "Normal": "Normal(A @ x, sigma = 0.1)",
    "Laplace": "Laplace(A @ x, scale = 0.1)",
    "Poisson": "Poisson(A @ x, gain = 0.1)",
}
PRIORS = {
    "none": "",
    "TV": " + 2 * TV(x)",
    "TVaniso": " + 2 * norm1(Gradient(H, W) @ x)",
    "wavelets": ' + 2 * norm1(Wavelet("haar", levels = 2) @ x)',
    "Tikhonov": " + 2 * Tikhonov(x)",
    "smooth": " + 2 * sq(Gradient(H, W) @ x)",
    "norm1": " + 2 * norm1(x)",
    "Huber": " + 2 * Huber(Gradient(H, W) @ x, 0.1)",
    "group": " + 2 * GroupSparse(Gradient(H, W) @ x)",
    "two": " + 2 * TV(x) + 3 * norm1(x)",
    "linear": " + 3 * sum(x) + 0.5 * Tikhonov(x)",
    "away": " + 2 * norm1(x - 0.5)",
    "max": " + 2 * norminf(x)",
}
BOXES = {"": "", "box": " in [0, 1]", "positive": " in [0, inf]"}


def programs() -> Iterator[tuple[str, str]]:
    for names in itertools.product(OPERATORS, NOISES, PRIORS, BOXES):
        operator, noise, prior, box = names
        text = PROGRAM.format(
            shape="H, W", operator=OPERATORS[operator], noise=NOISES[noise], prior=PRIORS[prior], box=BOXES[box]
        )
        yield " · ".join(names), text


def given() -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(3)
    return {
        "h": torch.rand(3, 3, generator=draw, dtype=torch.float64) / 9,
        "m": (torch.rand(12, 16, generator=draw) < 0.6).double(),
        "M": torch.rand(20, 16, generator=draw, dtype=torch.float64),
    }


def fault_of(text: str) -> str | None:
    """What is wrong with how a program ends; None where it has a plan whose levels agree, or a refusal in words."""
    try:
        models = [invlang.loads(text, **given(), dtype="float64", level=level) for level in (2, 0)]
    except InvError as error:
        return f"refused: {error.diagnostics[0].headline}"
    draw = torch.Generator().manual_seed(4)
    seen = models[0].A(torch.rand(12, 16, dtype=torch.float64, generator=draw))
    parts = seen if isinstance(seen, tuple) else (seen,)
    counts = tuple((10 * p).abs().round() / 10 for p in parts)
    y = counts if isinstance(seen, tuple) else counts[0]
    quick, plain = (m.r(y, iterations=4) if "iterations" in vars(m.r) else m.r(y) for m in models)
    least, other = (float(models[1].r.objective(x, y)) for x in (quick, plain))
    if not torch.isfinite(quick).all() or math.isfinite(least) is not math.isfinite(other):
        return "not finite"
    if not math.isfinite(least):  # both means are below 0 somewhere: counts have no likelihood there
        return None
    return None if abs(least - other) <= 1e-3 * max(abs(other), 1) else f"{least:.6g} at -O2, {other:.6g} at -O0"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take one program in so many")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="", help="take those whose name has this in it")
    arguments = parser.parse_args()
    seen: dict[str, list[str]] = {}
    for name, text in [p for p in programs() if arguments.only in p[0]][arguments.first :: arguments.every]:
        try:
            found = fault_of(text)
        except Exception as error:
            found = "".join(traceback.format_exception(error)[-2:])[-300:]
        if found is not None:
            if found not in seen:
                print(f"{name}: {found}", flush=True)
            seen.setdefault(found, []).append(name)
    for found, names in seen.items():
        print(len(names), found[:100].replace("\n", " "), "·", names[:3])
    return int(any(not f.startswith("refused") for f in seen))


if __name__ == "__main__":
    sys.exit(main())
