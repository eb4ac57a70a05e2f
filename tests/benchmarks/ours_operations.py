"""Single operations in invlang: `m.A.gram`, `m.A.solve`, and the estimators that are a prox."""

from __future__ import annotations

from collections.abc import Callable

from handwritten_operations import L1_WEIGHT, RHO
from ours import PRIORS, program
from problems import Problem, blur, coil_maps, mri
from torch import Tensor

import invlang

Call = Callable[[], Tensor]


def gram(problem: Problem) -> Call:
    A, x = invlang.loads(program(problem), **problem.parts).A, problem.truth
    return lambda: A.gram(x)


def solve(problem: Problem) -> Call:
    A, b = invlang.loads(program(problem), **problem.parts).A, problem.truth
    return lambda: A.solve(b, RHO)


def extra_gram(name: str) -> Call:
    if name == "blur ∘ blur":
        x, parts = blur().truth, blur().parts
        text = """
dim H, W
unknown x : real[3, H, W]
given   h : real[9, 9]
let     A = Blur(h, boundary = circular) @ Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.02)
"""
    else:
        x, parts = mri().truth, {"maps": coil_maps(), **mri().parts}
        text = """
dim C, H, W
unknown x : complex[H, W]
given   maps : complex[C, H, W]
given   m : real[1, W]
let     A = MultiCoilMRI(maps, m)
data    y ~ Normal(A @ x, sigma = 0.02)
"""
    A = invlang.loads(text, **parts).A
    return lambda: A.gram(x)


def prox(name: str) -> Call:
    """The prox as an estimator: what is nearest to y, plus the prior."""
    y = blur().y
    box, term = (" in [0, 1]", "") if name == "box" else ("", f" + {L1_WEIGHT:g} * {PRIORS['wavelet']}")
    model = invlang.loads(f"""
dim H, W
unknown x : real[3, H, W]{box}
data    y ~ Normal(x, sigma = 1)
reconstruct nearest {{
  minimize fidelity(y){term}
}}
""")
    return lambda: model.nearest(y)
