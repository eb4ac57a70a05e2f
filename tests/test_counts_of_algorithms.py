"""How often a round of each algorithm of the library goes through the measurement: what torch executes, counted."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from problems_of_algorithms import CASES, problem, stated
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS, TRANSFORMS = ("mm",), ("_fft_r2c", "_fft_c2r", "_fft_c2c")
OF_A_ROUND = {
    **dict.fromkeys(("GD", "Landweber", "Nesterov", "PGD", "FISTA", "DavisYin", "MirrorDescent"), (2, 0)),  # A and Aᴴ
    **dict.fromkeys(("CG", "MINRES", "LSQR", "WirtingerFlow"), (2, 0)),
    "BiCGStab": (4, 0),  # two directions
    "LBFGS": (3, 0),  # the objective where the step ends, and its gradient, through the Gram in its own basis
    **dict.fromkeys(("ADMM", "HQS", "CondatVu", "PD3O", "LorisVerhoeven"), (0, 2)),  # a solve or a Gram of the blur: one pair
    **dict.fromkeys(("DRS", "PDHG"), (0, 0)),  # squares that are their own prox
    **dict.fromkeys(("MLEM", "RichardsonLucy", "NoLips"), (0, 4)),  # the mean of the counts, and their quotient back
    "GaussNewton": (62, 0),  # a gradient, and the Jacobian and its adjoint in each of 30 rounds of conjugate gradients
    "LevenbergMarquardt": (63, 0),  # the objective where the step ends, too
    "PALM": (0, 0),  # entries of two unknowns multiply
    "GerchbergSaxton": (0, 2),  # to the other plane and back
    "BlindRichardsonLucy": (0, 11),  # a quotient back to each unknown, with the masses of both
}
VIEWS = ("SIRT", "SART", "Kaczmarz", "OSEM", "BSREM", "SPDHG")
"""Counted in `test_subsets.py`: a projection and a backprojection of the part."""


class Executed(TorchDispatchMode):
    """Counts what torch executes, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.counts[func.__name__.split(".")[0]] += 1
        return func(*args, **(kwargs or {}))


def of_a_round(algorithm: str) -> tuple[int, int]:
    """Matrix products and Fourier transforms of the eleventh round."""
    model, data = problem(CASES[algorithm], algorithm, CASES[algorithm].rounds)
    found = []
    for rounds in (10, 11):
        with Executed() as executed, torch.no_grad():
            model.r(*data, iterations=rounds)
        found.append([sum(executed.counts[n] for n in names) for names in (PRODUCTS, TRANSFORMS)])
    return tuple(later - earlier for earlier, later in zip(*found, strict=True))  # type: ignore[return-value]


@pytest.mark.parametrize("algorithm", OF_A_ROUND)
def test_a_round_goes_through_the_measurement_as_often_as_its_formulas(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody looks whether nothing is left to solve: then an inner solve may end sooner."""
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert of_a_round(algorithm) == OF_A_ROUND[algorithm]


def test_every_algorithm_with_rounds_is_counted() -> None:
    assert {n for n in stated() if CASES[n].rounds} == {*OF_A_ROUND, *VIEWS}
