"""What follows from a noise law, from Python: each answer against its definition, for every law that has it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats

import invlang

LAWS = {
    "Normal": "sigma = 0.3", "Laplace": "scale = 0.3", "Uniform": "a = 0.3", "Rician": "sigma = 0.3", "Exact": "sigma = 0.1",
    "none": "sigma = 0.1", "Poisson": "gain = 0.1", "PoissonGaussian": "gain = 0.1, sigma = 0.2", "Gamma": "l = 4",
    "LogPoisson": "N0 = 100, mu = 0.5", "FisherTippett": "l = 4", "SaltPepper": "p = 0.1, s = 0.2",
    "UniformNormal": "low = 0.1, high = 0.3",
}  # fmt: skip
SMOOTH = ("Normal", "Rician", "Poisson", "PoissonGaussian", "Gamma", "LogPoisson", "FisherTippett", "UniformNormal")
WITH_PROX = (*(n for n in SMOOTH if n not in ("PoissonGaussian", "UniformNormal")), "Laplace", "Exact")


def law(name: str, field: str = "real", **givens):
    text = f"dim N\nunknown x : {field}[N]\ndata y ~ {name}(x, {LAWS[name]})\n"
    return invlang.loads(text, given=givens, dtype="float64").noise.y


def mean_and_data(name: str, *shape: int):
    generator = torch.Generator().manual_seed(0)
    mean = torch.rand(*shape, generator=generator, dtype=torch.float64) + 0.3
    return mean, law(name).sample(mean, seed=1)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_gradient_is_that_of_finite_differences(name):
    mean, y = mean_and_data(name, 2, 5)
    moved, h = torch.zeros_like(mean), 1e-6
    n = law(name)
    for i in range(5):
        step = torch.zeros_like(mean)
        step[:, i] = h
        moved[:, i] = (n.nll(mean + step, y) - n.nll(mean - step, y)) / (2 * h)
    torch.testing.assert_close(n.gradient(mean, y), moved, rtol=1e-5, atol=1e-5)
    leaf = mean.clone().requires_grad_()
    torch.testing.assert_close(torch.autograd.grad(n.nll(leaf, y).sum(), leaf)[0], n.gradient(mean, y))


@pytest.mark.parametrize("name", WITH_PROX)
@pytest.mark.parametrize("step", [0.02, 0.7])
def test_the_prox_is_what_a_slow_minimiser_finds(name, step):
    _, y = mean_and_data(name, 6)
    n = law(name)
    v = torch.tensor([0.05, 0.1, 0.4, 0.9, 2.0, 5.0], dtype=torch.float64)
    found = n.prox(v, y, step)

    def energy(z: float, i: int) -> float:
        return step * float(n.nll(torch.tensor([z], dtype=torch.float64), y[i : i + 1])) + (z - float(v[i])) ** 2 / 2

    low = 1e-9 if name in ("Poisson", "Gamma", "Rician") else -6.0
    for i in range(6):
        grid = np.linspace(low, 6, 300)
        start = grid[np.argmin([energy(z, i) for z in grid])]
        bounds = (max(low, start - 0.05), start + 0.05)
        best = optimize.minimize_scalar(energy, args=(i,), bounds=bounds, method="bounded", options={"xatol": 1e-9}).x
        assert energy(float(found[i]), i) <= energy(best, i) + 1e-7, (name, i)
        assert float(found[i]) == pytest.approx(best, abs=2e-3)


def test_the_prox_of_rounding_noise_is_a_projection():
    mean, y = mean_and_data("Uniform", 50)
    torch.testing.assert_close(
        law("Uniform").prox(3 * mean - 1, y, 0.1), torch.minimum(torch.maximum(3 * mean - 1, y - 0.3), y + 0.3)
    )
    assert law("Uniform").nll(mean, y) == 0 and law("Uniform").nll(mean + 0.4, y) == torch.inf


@pytest.mark.parametrize("name", ["Poisson", "PoissonGaussian", "Gamma", "LogPoisson", "FisherTippett", "Rician"])
def test_the_prox_fulfils_its_optimality_condition(name):
    _, y = mean_and_data(name, 3, 40)
    n, v = law(name), torch.linspace(5 if name == "PoissonGaussian" else 0.2, 8, 40, dtype=torch.float64).expand(3, 40)
    step = torch.tensor([0.01, 0.1, 0.4], dtype=torch.float64)
    z = n.prox(v, y, step)
    torch.testing.assert_close(z + step[:, None] * n.gradient(z, y), v, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", [n for n in LAWS if n not in ("LogPoisson", "UniformNormal")])
def test_the_variance_is_that_of_the_draws(name):
    mean = torch.tensor([0.2, 0.5, 1.0], dtype=torch.float64)[:, None].expand(3, 200_000)
    y = law(name).sample(mean, seed=5)
    torch.testing.assert_close(law(name).variance(mean)[:, 0], y.var(1), rtol=0.03, atol=1e-12)
    if name not in ("SaltPepper", "FisherTippett", "Rician"):
        about = (y - mean).square().sum(1)
        torch.testing.assert_close(law(name).discrepancy(mean), about, rtol=0.03, atol=1e-9)


@pytest.mark.parametrize("name", [n for n in LAWS if n not in ("Exact", "none", "SaltPepper", "UniformNormal")])
def test_stabilised_data_have_variance_one_and_come_back(name):
    bright = {"LogPoisson": 0.5, "FisherTippett": 1.0}.get(name, 4.0)
    n, mean = law(name), torch.full((100_000,), bright, dtype=torch.float64)
    y = n.sample(mean, seed=2)
    z = n.stabilise(y)
    assert float(z.var()) == pytest.approx(1, abs=0.03)
    torch.testing.assert_close(n.unstabilise(z), y)


@pytest.mark.parametrize("name", ["Normal", "Poisson", "PoissonGaussian"])
def test_the_risk_of_a_linear_estimate_is_told_without_bias(name):
    mean = (torch.rand(200, 2000, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) + 0.2) * 2
    n = law(name)
    y = n.sample(mean, seed=4)
    smooth = lambda v: 0.5 * v + 0.25 * (v.roll(1, -1) + v.roll(-1, -1))
    told, true = n.sure(smooth, y, seed=3), (smooth(y) - mean).square().mean(-1)
    assert told.shape == (200,)
    assert float(told.mean()) == pytest.approx(float(true.mean()), rel=0.01)


def test_the_risk_of_complex_data():
    n = law("Normal", "complex")
    mean = torch.randn(200, 500, dtype=torch.complex128, generator=torch.Generator().manual_seed(1))
    y = n.sample(mean, seed=4)
    told, true = n.sure(lambda v: (0.7 + 0.2j) * v, y), ((0.7 + 0.2j) * y - mean).abs().square().mean(-1)
    assert float(told.mean()) == pytest.approx(float(true.mean()), rel=0.01)
    assert float(n.discrepancy(mean[0])) == pytest.approx(500 * 2 * 0.09)
    assert float(n.variance(mean)[0, 0]) == pytest.approx(0.09)


@pytest.mark.parametrize("name", ["Normal", "Poisson", "Gamma"])
@pytest.mark.parametrize("share", [0.15, 0.6])
def test_recorrupted_data_are_independent_and_have_the_mean(name, share):
    n, mean = law(name), torch.full((400_000,), 1.5, dtype=torch.float64)
    first, second = n.recorrupt(n.sample(mean, seed=6), share, seed=7)
    variance = float(n.variance(mean)[0])
    assert float(first.mean()) == pytest.approx(1.5, abs=0.01) and float(second.mean()) == pytest.approx(1.5, abs=0.02)
    assert float(first.var()) == pytest.approx(variance / (1 - share), rel=0.03)
    assert float(second.var()) == pytest.approx(variance / share, rel=0.03)
    assert abs(np.corrcoef(first.numpy(), second.numpy())[0, 1]) < 0.006
    assert abs(np.corrcoef(first.numpy() ** 2, second.numpy() ** 2)[0, 1]) < 0.006


def posterior(n, prior_mean: torch.Tensor, weight: torch.Tensor, y: torch.Tensor):
    """p(x | y) on a grid and ∇ log p(y), from the law's own density."""
    leaf = y.clone().requires_grad_()
    total = log_density(n, prior_mean[:, None], leaf[None])
    evidence = torch.logsumexp(total + weight.log()[:, None], 0)
    score = torch.autograd.grad(evidence.sum(), leaf)[0]
    return torch.softmax(total.detach() + weight.log()[:, None], 0), score


def log_density(n, mean: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """log p(y | mean) with all that depends on y."""
    shape = torch.broadcast_shapes(mean.shape, y.shape)
    nll = n.nll(mean.expand(shape)[..., None], y.expand(shape)[..., None])
    extra = {"Gamma": lambda y: 3 * y.log(), "Poisson": lambda y: -torch.lgamma(y / 0.1 + 1) - y / 0.1 * np.log(0.1)}
    return extra.get(n.law, lambda y: 0 * y)(y) - nll


X = torch.linspace(0.5, 3, 400, dtype=torch.float64)
WEIGHT = torch.exp(-((X - 1.5) ** 2) / 0.3)


def test_tweedies_formula_gives_the_posterior_mean():
    y = torch.tensor([1.0, 1.7, 2.2], dtype=torch.float64)
    weight, score = posterior(law("Normal"), X, WEIGHT, y)
    torch.testing.assert_close(law("Normal").tweedie(y, score), (weight * X[:, None]).sum(0), rtol=1e-6, atol=1e-6)
    weight, score = posterior(law("Gamma"), X, WEIGHT, y)
    torch.testing.assert_close(law("Gamma").tweedie(y, score), 1 / (weight / X[:, None]).sum(0), rtol=1e-6, atol=1e-6)
    weight, score = posterior(law("FisherTippett"), X, WEIGHT, y)
    expected = -(weight * (-X).exp()[:, None]).sum(0).log()
    torch.testing.assert_close(law("FisherTippett").tweedie(y, score), expected, rtol=1e-6, atol=1e-6)
    weight, score = posterior(law("Poisson"), X, WEIGHT, y)
    expected = (weight * X.log()[:, None]).sum(0).exp()
    torch.testing.assert_close(law("Poisson").tweedie(y, score), expected, rtol=3e-3, atol=0)


@pytest.mark.parametrize("name", [n for n in LAWS if n not in ("Exact", "none", "UniformNormal")])
def test_each_sample_is_drawn_with_its_own_parameters(name):
    numbers = dict(pair.split(" = ") for pair in LAWS[name].split(", "))
    values = {k: torch.tensor([float(v), 2 * float(v)], dtype=torch.float64) for k, v in numbers.items()}
    mean = torch.full((2, 100_000), 0.8, dtype=torch.float64)
    n = law(name, **values)
    torch.testing.assert_close(n.sample(mean, seed=9).var(1), n.variance(mean)[:, 0], rtol=0.06, atol=0)
    apart = [law(name, **{k: float(v[i]) for k, v in values.items()}).variance(mean[:1])[0, 0] for i in range(2)]
    torch.testing.assert_close(n.variance(mean)[:, 0], torch.stack(apart))


def test_the_poisson_likelihood_is_that_of_the_law_whatever_its_gain_and_its_batch():
    """Its scaling, its independence of other samples, its gradient and its prox at gains other than 1."""
    n = law("Poisson")
    mean, y = mean_and_data("Poisson", 3, 7)
    exact = -torch.from_numpy(stats.poisson.logpmf((y / 0.1).round().numpy(), mean.numpy() / 0.1)).sum(1)
    base = -torch.from_numpy(stats.poisson.logpmf((y / 0.1).round().numpy(), 10.0)).sum(1)
    torch.testing.assert_close(n.nll(mean, y) - n.nll(torch.ones_like(mean), y), exact - base)
    torch.testing.assert_close(n.nll(mean, y)[1], n.nll(mean[1], y[1]))
    torch.testing.assert_close(n.gradient(mean, y), (1 - y / mean) / 0.1)
    z = n.prox(mean, y, 0.03)
    torch.testing.assert_close(z * (z - mean) + 0.03 / 0.1 * (z - y), torch.zeros_like(z), atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", ["Poisson", "PoissonGaussian", "Gamma", "LogPoisson", "FisherTippett", "Rician"])
def test_the_prox_is_differentiable_and_as_good_in_single_precision(name):
    _, y = mean_and_data(name, 5)
    n = law(name)
    v, step = torch.linspace(0.7, 2.5, 5, dtype=torch.float64), torch.tensor(0.03, dtype=torch.float64)
    inputs = [t.clone().requires_grad_() for t in (v, y, step)]
    assert torch.autograd.gradcheck(n.prox, inputs, atol=1e-6, rtol=1e-5)
    single = invlang.loads(f"dim N\nunknown x : real[N]\ndata y ~ {name}(x, {LAWS[name]})\n").noise.y
    found = single.prox(v.float(), y.float(), 0.03)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), n.prox(v, y, 0.03), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in LAWS if n not in ("SaltPepper", "UniformNormal")])
def test_parameters_may_be_one_for_each_sample(name):
    numbers = dict(pair.split(" = ") for pair in LAWS[name].split(", "))
    values = {k: torch.tensor([float(v), 2 * float(v)], dtype=torch.float64) for k, v in numbers.items()}
    n = law(name, **values)
    mean, _ = mean_and_data(name, 2, 30)
    y = n.sample(mean, seed=3)
    for i in range(2):
        one = law(name, **{k: float(v[i]) for k, v in values.items()})
        torch.testing.assert_close(n.nll(mean, y)[i], one.nll(mean[i], y[i]))
        torch.testing.assert_close(n.prox(mean, y, 0.1)[i], one.prox(mean[i], y[i], 0.1))
        torch.testing.assert_close(n.variance(mean)[i], one.variance(mean[i]))
        if hasattr(n._instances.model_class, "stabilise"):
            torch.testing.assert_close(n.stabilise(y)[i], one.stabilise(y[i]))


@pytest.mark.parametrize("name", LAWS)
def test_a_seed_fixes_the_draw_in_either_precision(name):
    mean, y = mean_and_data(name, 4, 6)
    assert torch.equal(law(name).sample(mean, seed=1), y)
    if name not in ("Exact", "none"):
        assert not torch.equal(law(name).sample(mean, seed=2), y)
    text = f"dim N\nunknown x : real[N]\ndata y ~ {name}(x, {LAWS[name]})\n"
    assert invlang.loads(text).noise["y"].sample(mean.float()).dtype == torch.float32


def test_the_variance_of_a_deviation_that_is_drawn_is_that_over_samples():
    n, mean = law("UniformNormal"), torch.ones(4000, 50, dtype=torch.float64)
    assert float(n.sample(mean).var()) == pytest.approx(float(n.variance(mean)[0, 0]), rel=0.03)


@pytest.mark.parametrize("field", ["real", "complex"])
@pytest.mark.parametrize("deviation", [0.02, 0.2, 0.8])
@pytest.mark.parametrize("count", [1, 6, 60])
def test_a_deviation_that_is_drawn_is_integrated_out(field, deviation, count):
    n, kind = law("UniformNormal", field), torch.float64 if field == "real" else torch.complex128
    mean = torch.zeros(1, count, dtype=kind)
    y = deviation * torch.randn(1, count, dtype=kind, generator=torch.Generator().manual_seed(count))
    power, numbers = float(y.abs().square().sum()), count * (1 if field == "real" else 2)
    exponent = lambda s: -numbers * np.log(s) - power / (2 * s * s)
    likeliest = min(max((power / numbers) ** 0.5, 0.1), 0.3)
    total = integrate.quad(lambda s: np.exp(exponent(s) - exponent(likeliest)), 0.1, 0.3, limit=500, points=[likeliest])[0]
    assert float(n.nll(mean, y)) == pytest.approx(-np.log(total / 0.2) - exponent(likeliest), abs=1e-5)


def test_nothing_counted_is_finite():
    zero, mean = torch.zeros(3, dtype=torch.float64), torch.tensor([0.0, 0.1, 2.0], dtype=torch.float64)
    n = law("Poisson")
    assert torch.equal(n.gradient(mean, zero), torch.full_like(mean, 10.0))
    assert n.nll(mean, zero).isfinite() and n.nll(mean[:1], zero[:1]) == 0
    torch.testing.assert_close(n.prox(mean, zero, 0.05), (mean - 0.5).clamp(min=0))
    n, inf = law("LogPoisson"), torch.full((3,), torch.inf, dtype=torch.float64)
    assert n.nll(mean, inf).isfinite() and n.gradient(mean, inf).isfinite().all() and n.prox(mean, inf, 0.01).isfinite().all()


def test_means_and_data_that_a_law_does_not_know_are_refused_by_name():
    bad = torch.tensor([0.5, -0.1, -0.2])
    for name in ("Poisson", "PoissonGaussian", "Gamma", "Rician"):
        with pytest.raises(invlang.InvError, match="`mean` is below 0 in 2 entries"):
            law(name).sample(bad)
    with pytest.raises(invlang.InvError, match="`y` is below 0 in 2 entries"):
        law("Poisson").nll(bad.abs(), bad)
    with pytest.raises(invlang.InvError, match="`y` holds NaN, which is no number, in one entry"):
        law("Normal").nll(bad, torch.tensor([0.0, torch.nan, 0.0]))
    with pytest.raises(invlang.InvError, match="complex"):
        law("Poisson").sample(bad + 1j)
    for name in ("PoissonGaussian", "Gamma", "Rician"):
        with pytest.raises(invlang.InvError, match="`y` cannot be simulated in 2 entries: its mean is below 0 there"):
            invlang.loads(f"dim N\nunknown x : real[N]\ndata y ~ {name}(x)\n").simulate(bad)
    text = "dim N\nunknown x : real[N]\ndata y ~ Poisson(x)\nreconstruct r { minimize fidelity(y) + sq(x) }\n"
    m = invlang.loads(text)
    with pytest.raises(invlang.InvError, match="`y` cannot be simulated in 2 entries: its mean is below 0 there"):
        m.simulate(bad)
    with pytest.raises(invlang.InvError, match="`y` is below 0 in 2 entries"):
        m.r(bad)
    with pytest.raises(invlang.InvError, match="`y` holds NaN"):
        m.r(torch.tensor([1.0, torch.nan]))


def test_numbers_that_a_law_does_not_know_are_refused_when_they_are_passed():
    with pytest.raises(invlang.InvError, match="`sigma` is above 0 and finite for `Normal`"):
        law("Normal", sigma=-1.0)
    with pytest.raises(invlang.InvError, match="`sigma` is above 0"):
        law("Normal", sigma=torch.tensor([0.1, 0.0]))
    with pytest.raises(invlang.InvError, match="`p` and `s` are together at most 1"):
        law("SaltPepper", p=0.9)
    with pytest.raises(invlang.InvError, match="`low` and `high` are in ascending order"):
        law("UniformNormal").with_numbers(low=0.4)
    with pytest.raises(invlang.InvError, match="has no parameter `sigmas`"):
        law("Normal").with_numbers(sigmas=0.4)
    assert float(law("Normal").with_numbers(sigma=2.0).variance(torch.zeros(1))) == 4


def test_what_a_law_has_not_is_said():
    for ask, words in [
        (lambda: law("SaltPepper").nll(torch.zeros(1), torch.zeros(1)), "no density"),
        (lambda: law("UniformNormal").prox(torch.zeros(1), torch.zeros(1), 0.1), "no proximal map"),
        (lambda: law("Laplace").sure(lambda v: v, torch.zeros(1)), "Stein"),
        (lambda: law("Rician").recorrupt(torch.zeros(1)), "independent parts"),
        (lambda: law("Poisson").discrepancy(), "depends on the mean"),
        (lambda: law("Normal").discrepancy(), "size of `y`"),
        (lambda: law("Normal").recorrupt(torch.zeros(1), 1.5), "between 0 and 1"),
        (lambda: law("Normal").prox(torch.zeros(1), torch.zeros(1), -1.0), "`step` is not above 0"),
    ]:
        with pytest.raises(invlang.InvError, match=words):
            ask()
    with pytest.raises(AttributeError, match="no measurement `z`"):
        _ = invlang.loads("dim N\nunknown x : real[N]\ndata y ~ Normal(x)\n").noise.z


def test_data_of_several_parts():
    text = """
    dim N
    unknown x : real[N]
    data y ~ Poisson(Stack(Identity(), 2 * Identity()) @ x, gain = 0.1)
    """
    n = invlang.loads(text).noise.y
    mean = (torch.rand(2, 4).double(), torch.rand(2, 4).double())
    y = n.sample(mean)
    assert len(y) == 2 and n.nll(mean, y).shape == (2,) and n.discrepancy(mean).shape == (2,)
    assert len(n.prox(mean, y, 0.1)) == 2 and n.sure(lambda v: v, y).shape == (2,)
    first, second = n.recorrupt(y)
    assert len(first) == len(second) == 2
    apart = law("Poisson")
    torch.testing.assert_close(n.nll(mean, y), apart.nll(mean[0], y[0]) + apart.nll(mean[1], y[1]))
    torch.testing.assert_close(n.prox(mean, y, 0.1)[1], apart.prox(mean[1], y[1], 0.1))


def test_the_law_needs_nothing_of_the_operator():
    text = """
    dim H, W
    unknown x : real[H, W]
    given h : real[5, 5]
    data y ~ Poisson(Blur(h, boundary = valid) @ x, gain = 0.5)
    """
    n = invlang.loads(text).noise.y
    assert n.sample(torch.ones(3, 4, 5)).shape == (3, 4, 5)
    assert "fft" not in n.source and "class NoiseOfY" in n.source


def test_the_module_is_captured_as_one_graph():
    for name in ("Gamma", "Poisson"):
        mean, y = mean_and_data(name, 3, 20)
        model = law(name)._instances.model_class()
        torch.compiler.reset()
        captured = torch.compile(model.prox, fullgraph=True, backend="eager")
        torch.testing.assert_close(captured(mean, y, 0.1), model.prox(mean, y, 0.1))


MAPS = {
    "Normal": "sigma", "Poisson": "gain", "PoissonGaussian": "gain", "Gamma": "l", "Laplace": "scale", "Uniform": "a",
    "LogPoisson": "N0", "FisherTippett": "l", "Rician": "sigma",
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("space, shape", [("real[H, W]", (4, 5)), ("real[1, W]", (1, 5))])
def test_a_parameter_may_be_one_for_each_entry(name, space, shape):
    s = torch.rand(shape, dtype=torch.float64) + 0.1
    text = f"dim H, W\nunknown x : real[H, W]\ngiven s : {space}\ndata y ~ {name}(x, {MAPS[name]} = s)\n"
    m = invlang.loads(text + "reconstruct r { minimize fidelity(y) + 0.1 * sq(x) by PGD(iterations = 5) nonconvex }\n", s=s)
    single = invlang.loads(f"dim N\nunknown x : real[N]\ndata y ~ {name}(x)\n").noise.y
    apart = single.with_numbers(**{MAPS[name]: s.expand(4, 5).reshape(-1)})
    mean = torch.rand(4, 5, dtype=torch.float64) + 0.2
    y, column = m.noise.y.sample(mean), lambda t: t.reshape(20, 1)
    torch.testing.assert_close(m.noise.y.nll(mean, y), apart.nll(column(mean), column(y)).sum())
    torch.testing.assert_close(m.noise.y.discrepancy(mean), apart.discrepancy(column(mean)).sum())
    torch.testing.assert_close(m.noise.y.prox(mean, y, 0.1), apart.prox(column(mean), column(y), 0.1).reshape(4, 5))
    assert m.r(y).isfinite().all()
    with pytest.raises(invlang.InvError, match="`s` is above 0"):
        invlang.loads(text, s=-s)
