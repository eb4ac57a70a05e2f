"""Rounds that are diagonal in the basis of a transform are taken there: no transform a round, the same result."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import invlang

PROGRAM = """
dim H = {height}, W = 12
unknown x : {field}[H, W]
given s : real[1, 1]
given a : {field}[{shape}]
let A = {operator}
data y ~ Normal(A @ x, sigma = s)
reconstruct best {{
  minimize fidelity(y) + {prior}
  by {algorithm}
  {more}
}}
"""
BLUR = ("real", "5, 5", "Blur(a, boundary = circular)", "3 * Tikhonov(x)")
PROGRAMS = {
    "GD": (*BLUR, "GD(iterations = 20)", ""),
    "Nesterov": (*BLUR, "Nesterov(iterations = 20)", ""),
    "GD with a stop": (*BLUR, "GD(iterations = 400)", "stop when change < 1e-6"),
    "GD of an odd size": (*BLUR, "GD(iterations = 20)", ""),
    "smooth": (*BLUR[:3], "3 * sq(Gradient(H, W, boundary = circular) @ x)", "GD(iterations = 20)", ""),
    "complex": ("complex", "1, W", "Diagonal(a) @ Fourier()", "3 * Tikhonov(x)", "GD(iterations = 20)", ""),
    "complex kernel": ("complex", "3, 3", "Blur(a, boundary = circular)", "3 * Tikhonov(x)", "Nesterov(iterations = 20)", ""),
    "wavelets": ("real", "H, W", 'Diagonal(a) @ Wavelet("haar", levels = 1)', "3 * Tikhonov(x)", "GD(iterations = 20)", ""),
    "coarse": (
        *BLUR[:2],
        "Downsample(H, W, factor = 2) @ Blur(a, boundary = circular)",
        "3 * Tikhonov(x)",
        "GD(iterations = 20)",
        "",
    ),
}


class Transforms(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += any(word in str(func) for word in ("fft", "conv"))
        return func(*args, **(kwargs or {}))


def written(name: str) -> str:
    field, shape, operator, prior, algorithm, more = PROGRAMS[name]
    height = 15 if "odd" in name else 16
    return PROGRAM.format(field=field, shape=shape, operator=operator, prior=prior, algorithm=algorithm, more=more, height=height)


def loaded(name: str, level: int = 2):
    field, shape, *_ = PROGRAMS[name]
    draw = torch.Generator().manual_seed(5)
    dtype = torch.float64 if field == "real" else torch.complex128
    height = 15 if "odd" in name else 16
    sizes = [{"H": height, "W": 12}.get(word) or int(word) for word in shape.split(", ")]
    a = torch.randn(sizes, dtype=dtype, generator=draw)
    model = invlang.loads(written(name), a=a, s=torch.full((1, 1), 0.3, dtype=torch.float64), level=level, dtype="float64")
    y = torch.randn((2, *model.A(torch.zeros(height, 12, dtype=dtype)).shape), dtype=dtype, generator=draw)
    return model, y


def transforms_of(model, y: torch.Tensor, iterations: int) -> int:
    with Transforms() as transforms, torch.no_grad():
        model.best(y, iterations=iterations)
    return transforms.count


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_round_takes_no_transform_and_the_result_is_the_same(name: str) -> None:
    model, y = loaded(name)
    if "stop" not in name:
        assert transforms_of(model, y, 11) == transforms_of(model, y, 10)
    plain, _ = loaded(name, level=0)
    assert torch.allclose(model.best(y), plain.best(y), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", ["GD", "wavelets"])
def test_the_rounds_are_differentiable(name: str) -> None:
    model, y = loaded(name)
    assert torch.autograd.gradcheck(lambda y: model.best(y, iterations=3), y.requires_grad_(), fast_mode=True)


def test_what_is_not_diagonal_keeps_images() -> None:
    """A clamp between two transforms stays there."""
    text = written("GD").replace("by GD", "by PGD").replace("real[H, W]\n", "real[H, W] in [0, 1]\n", 1)
    source = invlang.loads(text, s=torch.ones(1, 1), a=torch.rand(5, 5)).source
    assert "x_hat" not in source and "clamp" in source


def test_the_derivation_says_so() -> None:
    said = str(invlang.loads(written("GD"), s=torch.ones(1, 1), a=torch.rand(5, 5)).explain())
    assert "a round is diagonal in the basis of a transform" in " ".join(said.split())
    assert "real transforms" not in said.split("What a round costs")[1]
