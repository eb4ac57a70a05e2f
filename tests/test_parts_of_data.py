"""Measurements of several parts beside others: simulated, balanced and solved like the same parts as measurements of their own."""

from __future__ import annotations

import pytest
import torch

import invlang

HEAD = """
dim C = 2, H = 5, W = 4
unknown x : complex[C, H, W]
given M : complex[3, C]
let S = Sum(C)
data y ~ Normal(Dense(M, axis = C) @ x, sigma = 0.1)
"""
TOGETHER = (
    HEAD
    + "data t ~ Normal(Stack(S, Fourier(W)) @ x, sigma = 0.1)\nreconstruct r {{ minimize fidelity(y) + fidelity(t) + {} {} }}"
)
APART = (
    HEAD
    + "data u ~ Normal(S @ x, sigma = 0.1)\ndata v ~ Normal(Fourier(W) @ x, sigma = 0.1)\n"
    + "reconstruct r {{ minimize fidelity(y) + fidelity(u) + fidelity(v) + {} {} }}"
)


PRIORS = ("2 * norm2(x)", "3 * TV(x)", "norm1(x) + TV(x)")
CASES = [(p, by) for p in PRIORS for by in ("", "by PDHG(iterations = 800)")] + [
    ("5 * sq(x)", "by ADMM(iterations = 80)"),
    ("5 * sq(x)", ""),
]


@pytest.mark.parametrize(("prior", "by"), CASES)
def test_a_stack_of_data_is_each_of_them(prior: str, by: str) -> None:
    draw = torch.Generator().manual_seed(4)
    matrix, image = (torch.randn(*shape, generator=draw, dtype=torch.complex128) for shape in ((3, 2), (2, 5, 4)))
    one, three = (invlang.loads(text.format(prior, by), M=matrix) for text in (TOGETHER, APART))
    data = one.simulate(image)
    y, (u, v) = data["y"], data["t"]
    found, wanted = one.r(y, (u, v)), three.r(y, u, v)
    least = float(three.r.objective(wanted, y, u, v))
    assert float(three.r.objective(found, y, u, v)) == pytest.approx(least, rel=1e-3)
    assert float(one.r.objective(found, y, (u, v))) == pytest.approx(float(three.r.objective(found, y, u, v)), rel=1e-10)
