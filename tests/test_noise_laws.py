"""Noise laws as programs say them: each law's draw has its distribution, each data term is minimised where it should be."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy import special, stats

import invlang

TEXT = """
dim H, W
unknown x : real[H, W]
data y ~ {law}
"""


def program(law: str, more: str = "") -> invlang.Model:
    return invlang.loads(TEXT.format(law=law) + more)


def draws(law: str, mean: float, count: int = 200_000) -> np.ndarray:
    x = torch.full((1, count), mean, dtype=torch.float64)
    return program(law).simulate(x, seed=3)["y"].numpy().ravel()


def rounded(law, gain):
    """The distribution function of gain · counts."""
    return lambda v: law.cdf(np.floor(v / gain + 1e-9))


MIXTURE = np.linspace(0.1, 0.3, 4001)
CONTINUOUS = [
    ("Normal(x, sigma = 0.3)", 0.7, stats.norm(0.7, 0.3).cdf),
    ("Laplace(x, scale = 0.3)", 0.7, stats.laplace(0.7, 0.3).cdf),
    ("Uniform(x, a = 0.3)", 0.7, stats.uniform(0.4, 0.6).cdf),
    ("Rician(x, sigma = 0.3)", 0.7, stats.rice(0.7 / 0.3, scale=0.3).cdf),
    ("Gamma(x, l = 3)", 0.7, stats.gamma(3, scale=0.7 / 3).cdf),
    ("FisherTippett(x, l = 3)", 0.7, stats.loggamma(3, loc=0.7 - np.log(3)).cdf),
]
COUNTED = [
    ("Poisson(x, gain = 0.1)", 0.7, 0.07, 0.7),
    ("LogPoisson(x, N0 = 400, mu = 0.5)", 0.7, np.exp(0.35) / (0.25 * 400), 0.7),
    ("PoissonGaussian(x, gain = 0.1, sigma = 0.2)", 0.7, 0.07 + 0.04, 0.7),
    ("SaltPepper(x, p = 0.1, s = 0.2)", 0.7, 0.7 * 0.49 + 0.2 - 0.69**2, 0.69),
    ("Exact(x)", 0.7, 0.0, 0.7),
    ("none(x)", 0.7, 0.0, 0.7),
]


@pytest.mark.parametrize("law, mean, cdf", CONTINUOUS, ids=lambda v: v if isinstance(v, str) else "")
def test_each_draw_has_its_distribution(law, mean, cdf):
    assert stats.kstest(draws(law, mean), cdf).pvalue > 1e-3


@pytest.mark.parametrize("law, mean, variance, expected", COUNTED, ids=lambda v: v if isinstance(v, str) else "")
def test_each_draw_has_its_mean_and_variance(law, mean, variance, expected):
    y = draws(law, mean)
    assert y.mean() == pytest.approx(expected, abs=5 * np.sqrt(variance / y.size) + 5e-3 * (law.startswith("Log")))
    assert y.var() == pytest.approx(variance, rel=0.02)


def test_counts_have_the_probabilities_of_the_law():
    counts = draws("Poisson(x, gain = 0.1)", 0.25) / 0.1
    assert np.allclose(counts, counts.round())
    seen = np.bincount(counts.round().astype(int), minlength=12)[:12] / counts.size
    assert np.abs(seen - stats.poisson.pmf(np.arange(12), 2.5)).max() < 0.005


def test_a_deviation_that_is_drawn_is_one_for_each_sample():
    y = program("UniformNormal(x, low = 0.1, high = 0.3)").simulate(torch.zeros(2000, 10, 40))["y"]
    sigma = y.std((-2, -1))
    assert stats.kstest(sigma.numpy(), stats.uniform(0.1, 0.2).cdf).pvalue > 1e-4
    assert stats.kstest((y / sigma[:, None, None]).numpy().ravel()[:50_000], "norm").pvalue > 1e-3


def test_nothing_counted_gives_finite_data():
    y = draws("LogPoisson(x, N0 = 3, mu = 1)", 4.0, 5000)
    assert np.isfinite(y).all() and y.max() == pytest.approx(np.log(6))


def test_two_measurements_of_one_mean_have_noise_of_their_own():
    m = program("Normal(x, sigma = 1)", "data z ~ Normal(x, sigma = 1)\n")
    found = m.simulate(torch.zeros(50, 50))
    assert abs((found["y"] * found["z"]).mean()) < 0.1


def test_complex_noise_with_heavy_tails_is_round():
    m = invlang.loads("dim N\nunknown x : complex[N]\ndata y ~ Laplace(x, scale = 0.5)\n")
    y = m.simulate(torch.zeros(100_000, dtype=torch.complex128))["y"]
    assert stats.kstest(y.abs().numpy(), stats.gamma(2, scale=0.5).cdf).pvalue > 1e-3
    assert stats.kstest(y.angle().numpy(), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


RIDGE = "reconstruct r {{ minimize fidelity(y) + {weight} * sq(x) by {algorithm} nonconvex }}\n"


def solved(law: str, y: torch.Tensor, weight: float = 0.3, algorithm: str = "PGD(iterations = 150)") -> torch.Tensor:
    return program(law, RIDGE.format(weight=weight, algorithm=algorithm)).r(y)


def test_data_terms_lead_to_what_mathematics_says():
    y = torch.rand(2, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 0.2
    by_prox = "PGD(iterations = 150)"
    x = solved("LogPoisson(x, N0 = 10, mu = 0.5)", y, algorithm=by_prox)
    torch.testing.assert_close(5 * ((-0.5 * y).exp() - (-0.5 * x).exp()) + 0.6 * x, torch.zeros_like(x), atol=1e-7, rtol=0)
    x = solved("FisherTippett(x, l = 3)", y, algorithm=by_prox)
    torch.testing.assert_close(3 * (1 - (y - x).exp()) + 0.6 * x, torch.zeros_like(x), atol=1e-7, rtol=0)
    x = solved("Gamma(x, l = 3)", y, algorithm=by_prox)
    torch.testing.assert_close(3 * (1 / x - y / x**2) + 0.6 * x, torch.zeros_like(x), atol=1e-7, rtol=0)
    x = solved("Rician(x, sigma = 0.3)", y, algorithm="GD(iterations = 3000)")
    z = x * y / 0.09
    bessel = torch.from_numpy(special.i1e(z.numpy()) / special.i0e(z.numpy()))
    torch.testing.assert_close(x / 0.09 - y / 0.09 * bessel + 0.6 * x, torch.zeros_like(x), atol=1e-6, rtol=0)
    x = solved("Uniform(x, a = 0.1)", y, algorithm=by_prox)
    torch.testing.assert_close(x, y - 0.1)
    x = solved("PoissonGaussian(x, gain = 0.1, sigma = 0.2)", y, algorithm=by_prox)
    torch.testing.assert_close((1 - (y + 0.4) / (x + 0.4)) / 0.1 + 0.6 * x, torch.zeros_like(x), atol=1e-7, rtol=0)


def test_one_parameter_for_each_sample():
    y = torch.rand(2, 3, 4, dtype=torch.float64) + 0.2
    looks = torch.tensor([2.0, 9.0], dtype=torch.float64)
    text = TEXT.format(law="Gamma(x, l = 1)") + RIDGE.format(weight=0.3, algorithm="PGD(iterations = 100)")
    together = invlang.loads(text, l=looks).r(y)
    apart = torch.stack([invlang.loads(text, l=float(looks[i])).r(y[i]) for i in range(2)])
    torch.testing.assert_close(together, apart)


@pytest.mark.parametrize(
    "law, convex",
    [("Normal", True), ("Poisson", True), ("PoissonGaussian", True), ("LogPoisson", True), ("FisherTippett", True),
     ("Laplace", True), ("Uniform", True), ("Gamma", False), ("Rician", False)],
)  # fmt: skip
def test_the_verdict_says_which_are_convex(law, convex):
    m = program(f"{law}(x)", f"reconstruct r {{ minimize fidelity(y) + sq(x) {'nonconvex' * (not convex)} }}\n")
    assert ("not convex" not in repr(m)) == convex, repr(m)
    assert ("to a stationary point" in repr(m)) != convex


def test_a_data_term_passes_through_a_diagonal_entry_by_entry():
    text = "dim N\nunknown x : real[N]\ngiven d : real[N]\ndata y ~ FisherTippett(d * x, l = 3)\n"
    d = torch.tensor([0.0, 1.0, -2.0, 0.3], dtype=torch.float64)
    y = torch.tensor([0.4, -0.2, 1.0, 2.0], dtype=torch.float64)
    x = invlang.loads(text + "reconstruct r { minimize fidelity(y) + 0.3 * sq(x) by PGD(iterations = 300) }", d=d).r(y)
    torch.testing.assert_close(3 * d * (1 - (y - d * x).exp()) + 0.6 * x, torch.zeros_like(x), atol=1e-8, rtol=0)


BY_PROX = ("Laplace(x, scale = 0.1)", "Uniform(x, a = 0.1)", "Poisson(x, gain = 0.1)", "Gamma(x, l = 3)", "FisherTippett(x, l = 3)",
           "PoissonGaussian(x, gain = 0.1, sigma = 0.1)", "LogPoisson(x, N0 = 50, mu = 0.5)", "Rician(x, sigma = 0.1)")  # fmt: skip


@pytest.mark.parametrize("law", BY_PROX)
def test_what_is_simplified_gives_what_is_written_and_is_captured_as_one_graph(law):
    text = (
        TEXT.format(law=law)
        + "reconstruct r { minimize fidelity(y) + 2 * sq(Gradient(H, W) @ x) by PGD(iterations = 2) nonconvex }\n"
    )
    y = torch.rand(2, 6, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 0.2
    plain, m = invlang.loads(text, level=0), invlang.loads(text)
    torch.testing.assert_close(plain.r(y), m.r(y))
    tensors, model = m.r._prepared([("y", m.program.measurements[0].space, y)])
    made = m._instances.estimator("r", model, {})
    torch.compiler.reset()
    torch.testing.assert_close(torch.compile(made, fullgraph=True, backend="eager")(*tensors), m.r(y))


def test_a_program_says_in_words_that_its_data_hold_no_numbers(tmp_path):
    np.save(tmp_path / "y.npy", np.array([[1.0, np.nan], [2.0, 3.0]]))
    (tmp_path / "p.inv").write_text(
        'unknown x : real[2, 2]\ndata y ~ Normal(x)\nobserve y = load("y.npy")\nreconstruct r { minimize fidelity(y) + sq(x) }\n'
    )
    done = subprocess.run([sys.executable, "-m", "invlang", "run", str(tmp_path / "p.inv")], capture_output=True, text=True)
    assert done.returncode == 1 and "`y` holds NaN, which is no number, in one entry" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("law", ["Normal", "Poisson", "PoissonGaussian", "Rician", "Gamma", "LogPoisson", "FisherTippett"])
def test_a_nonlinear_mean_is_minimised_with_a_step_that_is_given_or_found(law):
    text = TEXT.format(law=f"{law}(x^2 + 0.1)") + "reconstruct r { nonconvex minimize fidelity(y) + 0.1 * sq(x)"
    m = invlang.loads(text + " by GD(step = 0.002, iterations = 60) }\n")
    assert "not convex" in repr(m) and "if its step is small enough" in repr(m)
    y = m.simulate(torch.full((3, 4), 1.2, dtype=torch.float64))["y"].clamp(min=0.2)
    x = m.r(y)
    assert m.r.objective(x, y) < m.r.objective(m.r(y, iterations=1), y)
    found = invlang.loads(text + " }\n")
    assert "Backtracking (Beck, Teboulle 2009) wraps its rounds and finds step" in str(found.explain())
    assert m.r.objective(found.r(y), y) <= m.r.objective(x, y) + 1e-9
    with pytest.raises(invlang.InvError, match="`by GD, Backtracking` finds a step on the way"):
        invlang.loads(text + " by GD() }\n")


@pytest.mark.parametrize("law", ["Laplace", "Uniform"])
def test_a_nonlinear_mean_in_a_term_without_a_gradient_is_refused_in_words(law):
    text = TEXT.format(law=f"{law}(x^2)") + "reconstruct r { minimize fidelity(y) by GD(step = 0.002) }\n"
    with pytest.raises(invlang.InvError, match="has no gradient everywhere"):
        invlang.loads(text)


OWN = """
dim N
noise Student(mean : real[...], g : real = 1)
  is positive(g), nonnegative(mean)
  has sample = mean + g * randn(mean) / sqrt(standard_gamma(mean, 1.5) / 1.5)
  has fidelity(y) = {fidelity}
  has variance = 3 * g^2
unknown x : real[N]
data y ~ Student(x, g = 0.1)
"""


def test_a_law_of_the_users_own_answers_like_one_of_the_library():
    m = invlang.loads(
        OWN.format(fidelity="2 * sum(log(1 + ((mean - y) / g)^2 / 3))")
        + "reconstruct r { minimize fidelity(y) + 0.1 * sq(x) by GD(step = 0.001) }"
    )
    mean = torch.full((200_000,), 0.5, dtype=torch.float64)
    y = m.noise.y.sample(mean)
    assert stats.kstest(y.numpy(), stats.t(3, loc=0.5, scale=0.1).cdf).pvalue > 1e-3
    exact = -torch.from_numpy(stats.t(3, loc=0.5, scale=0.1).logpdf(y.numpy())).sum() + y.numel() * stats.t(3, scale=0.1).logpdf(
        0
    )
    torch.testing.assert_close(m.noise.y.nll(mean, y), exact)
    leaf = mean.clone().requires_grad_()
    torch.testing.assert_close(torch.autograd.grad(m.noise.y.nll(leaf, y), leaf)[0], m.noise.y.gradient(mean, y))
    with pytest.raises(invlang.InvError, match="no proximal map"):
        m.noise.y.prox(mean, y, 0.1)
    with pytest.raises(invlang.InvError, match="cannot be simulated"):
        m.simulate(-mean)
    assert m.r(y).shape == mean.shape
    with pytest.raises(invlang.InvError, match="no density with a gradient everywhere"):
        invlang.loads(OWN.format(fidelity="sum(max(mean - y, 0))")).noise.y.gradient(mean, y)
