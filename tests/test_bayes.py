"""Which estimate of a posterior an objective is: against posteriors worked out on a grid from scipy's laws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

import invlang
from invlang.bayes import Posterior, posterior_of
from invlang.graph.values import Variable
from invlang.meaning import library
from invlang.plan.objective import term_value
from tests.dense import program_of
from tests.matrices import Calculator
from tests.test_rules_of_goals import terms_of

AXIS = np.linspace(-6, 6, 601)
GRID = np.stack(np.meshgrid(AXIS, AXIS, indexing="ij"), axis=-1)
MIX, SEEN = np.array([[1.0, 0.6], [-0.3, 0.8]]), np.array([0.9, -0.4])
NORMAL = stats.norm(scale=0.7)
MEASURED = "Normal(Dense(b, axis = N) @ x, sigma = 0.7)"
PRIORS = [
    ("fidelity(y) + 1.5 * norm1(x)", "", stats.laplace(scale=1 / 1.5), False),
    ("fidelity(y) + 1.5 * sq(x)", "", stats.norm(scale=1 / 3**0.5), True),
    ("fidelity(y)", " in [-0.5, 0.5]", stats.uniform(-0.5, 1), False),
    ("fidelity(y) + 1.5 * sq(x)", " in [-0.2, 0.5]", stats.truncnorm(-0.2 * 3**0.5, 0.5 * 3**0.5, scale=1 / 3**0.5), False),
]


def text_of(objective: str, interval: str = "", law: str = MEASURED, clause: str = "") -> str:
    lines = ("dim N = 2", "given b : real[N, N]", f"unknown x : real[N]{interval}", f"data y ~ {law}")
    return "\n".join((*lines, f"reconstruct r {{ minimize {objective}{clause} }}", ""))


def found_of(objective: str, interval: str = "", law: str = MEASURED, clause: str = ""):
    program = program_of(text_of(objective, interval, law, clause))
    return posterior_of(program, program.estimators[0])


@pytest.mark.parametrize("objective, interval, prior, normal", PRIORS)
def test_an_estimate_is_where_the_posterior_of_that_prior_is_largest(objective, interval, prior, normal) -> None:
    """And its mean exactly where the posterior is told to be normal."""
    log = NORMAL.logpdf(GRID @ MIX.T - SEEN).sum(-1) + prior.logpdf(GRID).sum(-1)
    weights = np.exp(log - log.max())
    most = GRID[np.unravel_index(log.argmax(), log.shape)]
    mean = (weights[..., None] * GRID).sum((0, 1)) / weights.sum()
    told = found_of(objective, interval)
    model = invlang.loads(text_of(objective, interval), dtype="float64", b=torch.tensor(MIX))
    found = model.r(torch.tensor(SEEN)).numpy()
    assert isinstance(told, Posterior) and told.proper and told.normal == normal
    assert np.abs(found - most).max() <= 0.011
    assert (np.abs(found - mean).max() <= 0.005) == normal


REFUSED = [
    ("2 * fidelity(y) + sq(x)", "is not −log p"),
    ("fidelity(y) + fidelity(y) + sq(x)", "twice"),
    ("fidelity(y) + norm1(x - y)", "speaks of the data"),
    ("fidelity(y) + lam * sq(x)", "the data choose lam"),
]


@pytest.mark.parametrize("objective, because", REFUSED)
def test_what_is_no_posterior_is_not_called_one(objective: str, because: str) -> None:
    found = found_of(objective, clause=" where lam = gcv()" if "lam" in objective else "")
    assert isinstance(found, str) and because in found


def test_a_fidelity_that_stands_in_for_a_law_is_not_its_likelihood() -> None:
    found = found_of("fidelity(y)", " in [0, inf]", "PoissonGaussian(x)")
    assert found == "the fidelity of PoissonGaussian is not quite −log p"
    assert found_of("sq(x)") is None


@pytest.mark.parametrize(
    "objective, interval, proper, normal",
    [
        ("fidelity(y)", "", False, False),  # b may be singular
        ("fidelity(y) + sq(Diagonal(y) @ x)", "", None, None),
        ("fidelity(y) + sq(Crop(N, size = 1) @ x)", "", False, False),
        ("fidelity(y) - 0.1 * sq(x)", "", None, None),
        ("fidelity(y) + lam * sq(x) where lam = -0.1", "", False, False),
        ("fidelity(y) + norm0(x)", "", False, False),
        ("fidelity(y) + inner(y0, x)", "", False, False),
        ("fidelity(y) + sq(x) + inner(y0, x)", "", False, True),
        ("fidelity(y) + norm0(x)", " in [0, 1]", False, False),
        ("fidelity(y) + norm1(x)", " in [0, inf]", True, False),
        ("fidelity(y)", " in [0, inf]", False, False),
    ],
)
def test_a_prior_is_a_density_and_a_posterior_normal_where_it_is_sure(objective, interval, proper, normal) -> None:
    program = program_of(text_of(objective, interval).replace("given b", "given y0 : real[N]\ngiven b"))
    found = posterior_of(program, program.estimators[0])
    told = (found.proper, found.normal) if isinstance(found, Posterior) else (None, None)
    assert told == (proper, normal)


# ---- exp(−w f) has a finite integral

NORMALISABLE = ("sq(x)", "norm1(x)", "norm2(x)", "norminf(x)", "huber(x)", "ball(x)", "l1_ball(x)", "power_norm(x)", "nuclear(x)",
                "norm21(x, axis = C)", "rounded_norm21(x, axis = C)", "huber21(x, axis = C)", "entropy(x)")  # fmt: skip
OTHERS = ("norm0(x)", "0.5 * log_sum(x)", "0.4 * cauchy(x)", "burg(x)")
DIRECTIONS = np.linspace(0.1, 0.1 + 2 * np.pi, 7)[:-1]


def share_far_away(text: str) -> float:
    """How much of the integral of exp(−f / 3) over the plane lies between 10³ and 10⁶ from the origin."""
    terms, values, unknown = terms_of("real[C, 1]", text)
    z = Variable("z", unknown)
    radii = np.logspace(-4, 6, 1000)
    found = np.zeros(len(radii))
    for angle in DIRECTIONS:
        u = torch.tensor([np.cos(angle), np.sin(angle)])[:, None]
        cost = [float(Calculator({**values, z: r * u}, {}).of(term_value(terms[0], z, 2))) for r in radii]
        weight = float(Calculator(values, {}).of(terms[0].weight)) / 3
        found += np.exp(np.minimum(-weight * np.array(cost), 300)) * radii
    whole = np.cumsum((found[1:] + found[:-1]) / 2 * np.diff(radii))
    return float(1 - whole[radii[1:].searchsorted(1e3)] / whole[-1])


@pytest.mark.parametrize("text", (*NORMALISABLE, *OTHERS))
def test_what_is_normalisable_has_a_finite_integral(text: str) -> None:
    term = terms_of("real[C, 1]", text)[0][0]
    assert term.atom.has("normalisable") == (text in NORMALISABLE) == (share_far_away(text) < 1e-2)


def test_every_functional_that_claims_it_is_tried() -> None:
    names = [n for n, e in library.entries().items() if e.keyword == "primitive functional"]
    facts = {n: {f.name.text for f in library.definition(n).facts} for n in names}  # type: ignore[union-attr]
    found = {n for n in names if "normalisable" in facts[n]}
    assert found == {t.split("(")[0] for t in NORMALISABLE}
