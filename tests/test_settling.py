"""Numbers read off the iterate twice, results taken from the side that is shaped, and problems that one proximal map solves."""

import pytest
import torch

import invlang
from tests.oracles import solve_objective

TV = """
dim H = 6, W = 5
unknown x : real[H, W]{box}
given   m : real[H, W]
data    y ~ Normal(Inpainting(m) @ x, sigma = 0.1)
reconstruct r {{
  minimize fidelity(y) + 2 * TV(x)
  by       {by}(iterations = 20)
}}
"""
ONE_PROX = """
dim H = 8, W = 8
unknown x : real[H, W]{box}
data    y ~ Normal({mean}, sigma = 0.5)
reconstruct r {{
  minimize fidelity(y){prior}
}}
"""


def uniform(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def model_of(text: str, **given):
    return invlang.loads(text, **given)


@pytest.mark.parametrize("by, rounds", [("PDHG", 1500), ("ADMM", 200)])
@pytest.mark.parametrize("box", ["", " in [0, 1]"])
def test_the_optimum_is_that_of_an_independent_solver(by, rounds, box):
    mask, y = (uniform(6, 5) > 0.3).double(), uniform(6, 5)
    m = model_of(TV.format(by=by, box=box), m=mask)
    priors = [("tv", 2.0, (6, 5), "neumann", True)]
    limits = (0.0, 1.0) if box else None
    _, least = solve_objective(mask.flatten().diag().numpy(), (mask * y).numpy(), scale=0.1, priors=priors, box=limits)
    assert float(m.r.objective(m.r(mask * y, iterations=rounds), mask * y)) == pytest.approx(least, rel=1e-5)


@pytest.mark.parametrize("rounds", [1, 2, 3, 4, 9])
def test_few_rounds_are_as_many_as_asked(rounds):
    m, seen = model_of(TV.format(by="ADMM", box=""), m=torch.ones(6, 5, dtype=torch.float64)), []
    module = m.r
    module(uniform(6, 5), iterations=rounds, watch=lambda k, x: seen.append(k))
    assert seen == list(range(rounds))


def test_each_sample_has_numbers_of_its_own():
    m = model_of(TV.format(by="PDHG", box=""), m=torch.ones(6, 5, dtype=torch.float64))
    y = torch.stack((uniform(6, 5), 30 * uniform(6, 5)))
    assert torch.allclose(m.r(y, iterations=20), torch.stack([m.r(one, iterations=20) for one in y]))


def test_numbers_that_are_given_are_not_read_off():
    text = TV.format(by="ADMM", box="").replace("iterations", "rho = 3, iterations")
    assert "stage" not in model_of(text, m=torch.ones(6, 5)).source.split("class R")[1].split("def objective")[0]


def test_a_unitary_map_gives_what_the_prior_has_shaped():
    text = (
        TV.format(by="ADMM", box="").replace("TV(x)", 'norm1(Wavelet("db2", levels = 1) @ x)').replace("real[H, W]", "real[8, 8]")
    )
    m = model_of(text.replace("H = 6, W = 5", "H = 8, W = 8"), m=(uniform(8, 8) > 0.4).double())
    x = m.r(uniform(8, 8), iterations=30)
    coefficients = invlang.loads("""
dim H = 8, W = 8
unknown x : real[H, W]
let A = Wavelet("db2", levels = 1)
data y ~ Normal(A @ x, sigma = 1)
""").A(x)
    assert int((coefficients.abs() < 1e-12).sum()) > 5


@pytest.mark.parametrize("mean, factor", [("x", 1.0), ('Wavelet("db2", levels = 2) @ x', 1.0), ("3 * x", 3.0)])
def test_one_proximal_map_is_exact(mean, factor):
    m, y = model_of(ONE_PROX.format(mean=mean, box="", prior=" + 0.7 * norm1(x)")), uniform(8, 8)
    assert "for k in" not in m.source.split("class R")[1].split("def objective")[0]
    b = (adjoint_of_wavelet(y) if "Wavelet" in mean else y) / factor
    step = 0.7 * 0.25 / factor**2
    assert torch.allclose(m.r(y), b.sign() * (b.abs() - step).clamp(min=0), atol=1e-12)


def adjoint_of_wavelet(y: torch.Tensor) -> torch.Tensor:
    return invlang.loads("""
dim H = 8, W = 8
unknown x : real[H, W]
let A = Wavelet("db2", levels = 2)
data y ~ Normal(A @ x, sigma = 1)
""").A.H(y)


def test_a_box_alone_clips_once():
    m, y = model_of(ONE_PROX.format(mean="x", box=" in [0, 1]", prior="")), 3 * uniform(8, 8) - 1
    assert torch.equal(m.r(y), y.clamp(0, 1))
    assert m.source.split("class R")[1].split("def objective")[0].count("clamp") == 1


def test_a_blur_is_not_equally_curved():
    text = ONE_PROX.format(mean="Blur(h) @ x", box="", prior=" + 0.7 * norm1(x)").replace("data", "given h : real[3, 3]\ndata")
    m = model_of(text, h=uniform(3, 3))
    assert "for k in" in m.source
