"""The problems in invlang: one program each, the compiler chooses algorithm and steps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from further_problems import CountingProblem
from problems import Problem
from torch import Tensor

import invlang

MODELS = {
    "blur": ("given h : real[9, 9]", "Blur(h, boundary = circular)"),
    "super_resolution": ("given h : real[9, 9]", "Downsample(H, W, factor = {factor}) @ Blur(h, boundary = circular)"),
    "inpainting": ("given m : real[1, H, W]", "Inpainting(m)"),
    "mri": ("given m : real[1, W]", "MRI(m)"),
    "denoising": ("", "Identity()"),
    "tomography": ("given a : real[H // 2]", "Tomography(a, circle = true)"),
    "multicoil": ("given m : real[1, W]\ngiven s : complex[8, H, W]", "MultiCoilMRI(s, m)"),
    "radial": ("given p : real[W // 2 * H, 2]", "NonCartesianMRI(p)"),
    "counts": ("given h : real[9, 9]", "Blur(h, boundary = circular)"),
}
PRIORS = {"tv": "TV(x)", "tgv": "TGV(x)", "wavelet": 'norm1(Wavelet("db4", levels = 3) @ x)'}


def program(problem: Problem) -> str:
    """The program of a problem."""
    given, operator = MODELS[problem.kind]
    field, channels = ("complex", "") if problem.truth.is_complex() else ("real", f"{problem.truth.shape[0]}, ")
    law = f"Normal(A @ x, sigma = {problem.sigma:g})"
    if isinstance(problem, CountingProblem):
        law = f"Poisson(A @ x + {problem.background:g}, gain = {problem.gain:g})"
    box = "" if problem.box is None else f" in [{problem.box[0]:g}, {problem.box[1]:g}]"
    operator = operator.format(factor=problem.factor)
    height, width = problem.truth.shape[-2:]
    return f"""
dim H = {height}, W = {width}
unknown x : {field}[{channels}H, W]{box}
{given}
let     A = {operator}
data    y ~ {law}
reconstruct best {{
  minimize fidelity(y) + {problem.weight:g} * {PRIORS[problem.prior]}
}}
"""


def solver(problem: Problem) -> Callable[[int], Tensor]:
    """A function from a number of iterations to invlang's reconstruction."""
    model = invlang.loads(program(problem), **problem.parts)
    model.best(problem.y)  # compiles

    def run(iterations: int) -> Tensor:
        with torch.no_grad():
            return model.best(problem.y, iterations=iterations)

    return run
