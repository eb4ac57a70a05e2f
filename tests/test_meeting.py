"""Transforms that undo each other inside a round are left out, and nothing else changes."""

from __future__ import annotations

import re

import pytest
import torch

import invlang

PROGRAM = """
dim H = 16, W = 12
unknown x : {field}[H, W]
given h : {field}[5, 5]
let A = {operator}
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct best {{ minimize fidelity(y) + 2 * TV(x) by ADMM(iterations = 40) }}
"""
CROPPED = "Crop(H, W, size = [9, 7], start = [3, 2]) @ Convolve(h)"


def transforms_of_a_round(source: str) -> int:
    loop = source[source.index("for k in stage") :]
    return len(re.findall(r"\bi?r?fft2\(", loop[: loop.index("return")]))


@pytest.mark.parametrize("field", ["real", "complex"])
@pytest.mark.parametrize(("operator", "seen"), [(CROPPED, (9, 7)), ("Blur(h, boundary = valid)", (12, 8))])
def test_a_cropped_blur_takes_four_transforms_a_round_and_no_inner_solve(
    field: str, operator: str, seen: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = torch.Generator().manual_seed(3)
    dtype = torch.float64 if field == "real" else torch.complex128
    h, y = (torch.randn(*s, generator=draw, dtype=dtype) for s in ((5, 5), seen))
    text = PROGRAM.format(field=field, operator=operator)
    fewer = invlang.loads(text, h=h)
    assert transforms_of_a_round(fewer.source) == 4 and "conjugate_gradients" not in fewer.source
    monkeypatch.setattr("invlang.plan.polish.met", lambda value, done: value)
    more = invlang.loads(text, h=h)
    assert transforms_of_a_round(more.source) == 6
    assert torch.allclose(fewer.best(y), more.best(y), rtol=0, atol=1e-10)
