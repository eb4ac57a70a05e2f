"""What the benchmark stands on: its own transforms, its search, and its hand-written solvers against the reference."""

import handwritten
import numpy as np
import ours
import pytest
import torch
from further_problems import objectives_problems
from measure import iterations_needed
from priors import wavelet
from problems import Problem, all_problems, double
from reference import minimise
from splitting import Split
from wavelets import Wavelet


@pytest.mark.parametrize("n", [128, 256])
def test_the_wavelets_are_those_of_pywavelets(n):
    x = torch.randn(2, n, n, generator=torch.Generator().manual_seed(0))
    made = Wavelet(n).forward(x)
    assert torch.allclose(made, wavelet(x), atol=1e-5)
    assert torch.allclose(Wavelet(n).adjoint(made), x, atol=1e-5)


@pytest.mark.parametrize("factor", [2, 4])
def test_folding_a_half_spectrum_is_downsampling(factor):
    x = torch.randn(3, 16, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = x[..., ::factor, ::factor]
    small = tuple(y.shape[-2:])
    folded = handwritten.fold(torch.fft.rfft2(x), factor, small) / factor**2
    assert torch.allclose(folded, torch.fft.rfft2(y))
    enlarged = torch.zeros_like(x)
    enlarged[..., ::factor, ::factor] = y
    assert torch.allclose(handwritten.unfold(torch.fft.rfft2(y), factor, small), torch.fft.rfft2(enlarged))


@pytest.mark.parametrize("needed", [1, 8, 9, 50])
def test_the_search_finds_the_fewest_iterations(needed):
    assert iterations_needed(lambda n: 0.0 if n >= needed else 1.0, 1e-3, most=64) == needed
    assert iterations_needed(lambda n: 1.0, 1e-3, most=64) is None


@pytest.mark.parametrize("problem", [*all_problems(), *objectives_problems(32)], ids=lambda problem: problem.name)
def test_forward_and_adjoint_meet(problem):
    x = torch.randn_like(problem.truth.to(double(problem.truth.dtype)))
    y = torch.randn_like(problem.y.to(double(problem.y.dtype)))
    left, right = torch.vdot(problem.forward(x).flatten(), y.flatten()), torch.vdot(x.flatten(), problem.adjoint(y).flatten())
    assert torch.allclose(left.real, right.real)


@pytest.mark.slow
@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.name)
def test_hand_written_solvers_reach_what_the_reference_reaches(problem):
    x = handwritten.solver(problem)(60)
    assert problem.objective(x) <= 1.001 * problem.objective(minimise(problem, 60))


ROUNDS = {"tgv_deblur": 3000, "multicoil_wavelet": 2000, "radial_wavelet": 3000}
QUICK = ("tv_deblur", "ct_tv", "poisson_tv")


def reaches(problem: Problem) -> bool:
    found = problem.objective(ours.solver(problem)(ROUNDS.get(problem.name, 600)))
    return abs(found / problem.objective(minimise(problem, 3000)) - 1) <= 1e-4


@pytest.mark.parametrize("name", QUICK)
def test_our_programs_reach_what_the_reference_reaches(name):
    assert reaches(next(problem for problem in objectives_problems(32) if problem.name == name))


@pytest.mark.slow
@pytest.mark.parametrize("problem", objectives_problems(32), ids=lambda problem: problem.name)
def test_all_our_programs_reach_what_the_reference_reaches(problem):
    assert reaches(problem)


@pytest.mark.parametrize("problem", objectives_problems(32), ids=lambda problem: problem.name)
def test_pieces_for_other_programs_are_adjoint_and_their_norm_is_theirs(problem):
    split, chance = Split(problem), np.random.default_rng(0)
    x, y, p = (chance.normal(size=v.numel()).astype(split.dtype) for v in (split.start, problem.y, split.dual))
    assert np.isclose(np.vdot(split.data(x), y), np.vdot(x, split.data_adjoint(y)), rtol=1e-3)
    assert np.isclose(np.vdot(split.prior(x), p), np.vdot(x, split.prior_adjoint(p)), rtol=1e-3)
    assert split.norm() ** 2 <= 1.001 * (problem.norm2 + split.R.norm2)
