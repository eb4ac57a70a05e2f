"""What each algorithm of the library states of its rate, observed on a problem of its template where that is hard won.

The gap at a round is the objective less its least value, and the worst from there on is what counts.  The least value is that of twenty
times as many rounds; that these end at a minimiser is for `test_algorithms.py` and its neighbours to show.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
import torch
from problems_of_algorithms import CASES, flat_matrix, kernel, problem, stated

import invlang

torch.set_num_threads(1)
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Seen:
    """What was observed: where it starts, the image and the objective after each round, and where it ends."""

    model: invlang.model.Model
    data: tuple[torch.Tensor, ...]
    start: torch.Tensor
    images: tuple[torch.Tensor, ...]
    values: tuple[float, ...]
    end: torch.Tensor
    least: float

    @property
    def gaps(self) -> list[float]:
        """After each round the largest gap from there on, and what rounding hides as nothing."""
        worst, found = 0.0, []
        for value in reversed(self.values):
            worst = max(worst, value - self.least)
            found.append(worst if worst > 1e-11 * max(abs(self.least), 1e-9 * self.values[0]) else 0.0)
        return found[::-1]


def in_one(x: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    return torch.cat([part.flatten() for part in (x if isinstance(x, tuple) else (x,))])


@cache
def seen(algorithm: str) -> Seen:
    case = CASES[algorithm]
    model, data = problem(case, algorithm, case.rounds)
    value = lambda x: float(model.r.objective(*(x if isinstance(x, tuple) else (x,)), *data))
    if not case.rounds:
        end = model.r(*data)
        return Seen(model, data, in_one(end), (), (), in_one(end), value(end))
    images: list = []
    model.r(*data, watch=lambda k, *x: images.append(x[0] if len(x) == 1 else x))
    long, _ = problem(case, algorithm, 20 * case.rounds)
    end, start = long.r(*data), model.r(*data, iterations=0)
    values = tuple(map(value, images))
    return Seen(model, data, in_one(start), tuple(map(in_one, images)), values, in_one(end), min(value(end), *values))


# ---- what the words of a rate say


def lipschitz(found: Seen) -> float:
    """The largest curvature of ½ ‖A x − y‖² / 0.1²."""
    return float(torch.linalg.matrix_norm(flat_matrix(), 2)) ** 2 / 0.1**2


def power(found: Seen, exponent: float) -> None:
    """The gap falls at least like this power of the round, from the tenth on."""
    gaps = found.gaps
    last = max(k for k, gap in enumerate(gaps) if gap > 0)
    if last >= 20:
        assert math.log(gaps[9] / gaps[last]) / math.log((last + 1) / 10) > 0.95 * exponent
    assert gaps[-1] < 0.1 * gaps[0]


def bounded(distance: Callable[[Seen], float], exponent: int = 1) -> Callable[[Seen], None]:
    """The theorem with its constant: the objective of round k is at most that of the last image plus its distance / k."""

    def check(found: Seen) -> None:
        most = distance(found)
        assert all(value <= found.values[-1] + most / (k + 1) ** exponent for k, value in enumerate(found.values))
        assert found.values[-1] < found.values[0]

    return check


def half_square(found: Seen) -> float:
    return lipschitz(found) * float((found.images[-1] - found.start).square().sum()) / 2


def entropy(found: Seen) -> float:
    """Kullback's and Leibler's divergence of the last image from the start, over the step 1 / (L total)."""
    u, x = found.images[-1], found.start
    return lipschitz(found) * float((u * (u / x).log()).nan_to_num().sum() * u.sum())


def burg(found: Seen) -> float:
    """Itakura's and Saito's distance of the last image from the start, over the step 1 / Σ y."""
    quotient = found.images[-1] / found.start
    return float((quotient - quotient.log() - 1).sum() * found.data[0].sum() / 0.02)


def counted(found: Seen) -> float:
    """Kullback's and Leibler's divergence with the weights Aᴴ 1, over the gain. [Iusem 1991]"""
    u, x = found.images[-1], found.start
    share = float(kernel().sum())
    return float((u * (u / x).log() - u + x).sum() * share / 0.02)


def krylov(found: Seen) -> None:
    """gap ≤ 4 κ q^2k of the first, q = (√κ − 1) / (√κ + 1)."""
    spectrum = torch.linalg.svdvals(flat_matrix()).square() / 0.1**2 + 10
    condition = float(spectrum.max() / spectrum.min())
    q = (condition**0.5 - 1) / (condition**0.5 + 1)
    assert all(gap <= 4 * condition * q ** (2 * k) * found.gaps[0] for k, gap in enumerate(found.gaps))
    assert found.gaps[-1] == 0


def geometric(found: Seen) -> None:
    """The second half of what is seen gains at least half of the digits that the first gains."""
    digits = [math.log10(found.gaps[0] / max(gap, 1e-12 * found.gaps[0])) for gap in found.gaps]
    last = next((k for k, d in enumerate(digits) if d > 11), len(digits) - 1)
    middle = last // 2
    assert digits[middle] > 1 and digits[last] - digits[middle] > 0.5 * digits[middle]


def squared(found: Seen) -> None:
    """Near the end each round squares the residual."""
    size = float(found.data[0].norm()) / 0.1
    residuals = [math.sqrt(v) / size for v in found.values]
    near = [(a, b) for a, b in zip(residuals, residuals[1:], strict=False) if 1e-7 < a < 0.05]
    assert near and all(b < 20 * a**2 for a, b in near)


def superlinear(found: Seen) -> None:
    """Near the end each round shortens the residual by more than the one before."""
    residuals = [math.sqrt(v) for v in found.values]
    shares = [b / a for a, b in zip(residuals, residuals[1:], strict=False) if 1e-7 < a / residuals[0] < 0.05]
    assert len(shares) > 2 and all(later < share for share, later in zip(shares, shares[1:], strict=False))


def never_rises(found: Seen) -> None:
    values = found.values
    assert all(after <= before + 1e-9 * abs(before) for before, after in zip(values, values[1:], strict=False))
    assert values[-1] < values[0]


def weighted(found: Seen) -> None:
    """Squares of residuals over the sums of the rows fall like 1 / k, in the norm of the sums of the columns."""
    n = found.end.numel()
    a = found.model.A(torch.eye(n, dtype=torch.float64).reshape(n, 3, 3)).flatten(1).T
    rows = a.sum(1).clamp(min=1e-9)
    gap = lambda x: float(((a @ x - found.data[0].flatten()).square() / rows).sum()) / 2
    most = float(((found.end - found.start).square() * a.sum(0)).sum())
    assert all(gap(x) - gap(found.end) <= most / (k + 1) for k, x in enumerate(found.images))


def exact(found: Seen) -> None:
    algorithm = next(n for n in ("Direct", "Proximal") if seen(n) is found)
    other = "CG" if algorithm == "Direct" else "ADMM"
    model, data = problem(CASES[algorithm], other, 400)
    assert found.least <= float(model.r.objective(model.r(*data), *data)) + 1e-9


def by_subsets(found: Seen) -> None:
    ends = []
    for subsets in (1, 2, 4):
        model, data = problem(CASES["OSEM"], f"OSEM(subsets = {subsets}, iterations = 80)", 0)
        ends.append(float(model.r.objective(model.r(*data), *data)))
    assert ends == sorted(ends)


def by_shrinking(found: Seen) -> None:
    """Four times as many sweeps halve the gap at least."""
    values = []
    for sweeps in (4, 16, 64):
        model, data = problem(CASES["BSREM"], f"BSREM(subsets = 4, iterations = {sweeps})", 0)
        values.append(float(model.r.objective(model.r(*data), *data)) - found.least)
    assert all(0 <= after < before / 2 for before, after in zip(values, values[1:], strict=False))


def by_penalty(found: Seen) -> None:
    exact_one, data = problem(CASES["HQS"], "ADMM", 600)
    least = float(exact_one.r.objective(exact_one.r(*data), *data))
    away = [
        float(exact_one.r.objective(model.r(*data), *data)) - least
        for model, _ in (problem(CASES["HQS"], "HQS", n) for n in (20, 60, 120))
    ]
    assert 0 <= away[2] < away[1] < away[0]


def like(exponent: float) -> Callable[[Seen], None]:
    return lambda found: power(found, exponent)


OF_RATES = {
    "exact": exact,
    "O(1/k)": like(1),
    "O(1/k²)": like(2),
    "O(1/k) on average": like(1),
    "to the least value, as its steps shrink": by_shrinking,
    "O(1/k) to weighted least squares": weighted,
    "linear": krylov,
    "as a rule linearly and fast": geometric,
    "linear, where data agree": geometric,
    "linear near the image, for enough random data": geometric,
    "quadratic near where the residuals vanish": squared,
    "superlinear near where the residuals vanish": superlinear,
    "the objective never rises": never_rises,
    "the likelihood never falls": never_rises,
    "near the maximum, the nearer the fewer subsets": by_subsets,
    "as near as its last penalty is large": by_penalty,
}
OF_THEOREMS = {
    **dict.fromkeys(("GD", "Landweber", "PGD"), bounded(half_square)),
    **dict.fromkeys(("Nesterov", "FISTA"), bounded(lambda found: 4 * half_square(found), 2)),
    "MirrorDescent": bounded(entropy),
    "NoLips": bounded(burg),
    **dict.fromkeys(("MLEM", "RichardsonLucy"), bounded(counted)),
}
"""Where the constant of the theorem is known, it is asked for in place of a power seen from the tenth round on."""


@pytest.mark.parametrize("algorithm", stated())
def test_an_algorithm_is_as_fast_as_it_states(algorithm: str) -> None:
    check = OF_THEOREMS.get(algorithm, OF_RATES[stated()[algorithm]])
    check(seen(algorithm))
