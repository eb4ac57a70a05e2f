"""Noise laws beside deepinv's, against references of SciPy and of autograd: `python tests/benchmarks/noise.py`.

Each row is one number of both programs beside what the definition says. "·" stands for what a program does not offer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import deepinv
import torch
from deepinv.optim.data_fidelity import LogPoissonLikelihood, PoissonLikelihood
from scipy import optimize, stats
from torch import Tensor

import invlang

COUNT = 400_000
Row = tuple[str, float | None, float | None, float]


def law(name: str, arguments: str) -> Any:
    return invlang.loads(f"dim N\nunknown x : real[N]\ndata y ~ {name}(x, {arguments})\n", dtype="float64").noise.y


def samplers() -> list[Row]:
    """The standard deviation of 400 000 draws around 0.7."""
    noise = deepinv.physics
    cases = [
        ("Normal", "sigma = 0.3", noise.GaussianNoise(0.3), 0.3),
        ("Laplace", "scale = 0.3", noise.LaplaceNoise(0.3), 0.3 * math.sqrt(2)),
        ("Uniform", "a = 0.3", noise.UniformNoise(0.3), 0.3 / math.sqrt(3)),
        ("Poisson", "gain = 0.1", noise.PoissonNoise(0.1), math.sqrt(0.07)),
        ("PoissonGaussian", "gain = 0.1, sigma = 0.2", noise.PoissonGaussianNoise(0.1, 0.2), math.sqrt(0.11)),
        ("Gamma", "l = 4", noise.GammaNoise(4.0), 0.35),
        ("FisherTippett", "l = 4", noise.FisherTippettNoise(4.0), float(stats.loggamma(4).std())),
        ("Rician", "sigma = 0.3", noise.RicianNoise(0.3), float(stats.rice(0.7 / 0.3, scale=0.3).std())),
        ("LogPoisson", "N0 = 400, mu = 0.5", noise.LogPoissonNoise(400.0, 0.5), math.sqrt(math.exp(0.35) / 100)),
    ]
    mean = torch.full((1, COUNT), 0.7)
    return [
        (f"{name}: standard deviation", float(law(name, a).sample(mean.double()).std()), float(peer(mean).std()), expected)
        for name, a, peer, expected in cases
    ]


def zero_counts() -> list[Row]:
    """The largest of 5000 draws where nothing may be counted: finite or not."""
    mean = torch.full((1, 5000), 4.0)
    ours = law("LogPoisson", "N0 = 3, mu = 1").sample(mean.double())
    theirs = deepinv.physics.LogPoissonNoise(3.0, 1.0)(mean)
    return [("LogPoisson: largest of draws with zero counts", float(ours.max()), float(theirs.max()), math.log(6))]


def likelihoods() -> list[Row]:
    x = torch.tensor([[0.5, 1.2], [2.0, 0.4]], dtype=torch.float64)
    y = torch.tensor([[0.6, 1.1], [2.2, 0.2]], dtype=torch.float64)
    gain, ours, theirs = 0.1, law("Poisson", "gain = 0.1"), PoissonLikelihood(gain=0.1).d
    exact = lambda x: -torch.from_numpy(stats.poisson.logpmf((y / gain).round().numpy(), (x / gain).numpy())).sum(1)
    reference = exact(x) - exact(2 * x)
    rows: list[Row] = [
        ("Poisson: −log p(x) + log p(2x), sample 1", float((ours.nll(x, y) - ours.nll(2 * x, y))[0]),
         float((theirs.fn(x, y) - theirs.fn(2 * x, y))[0]), float(reference[0])),
        ("Poisson: the gradient's first entry", float(ours.gradient(x, y)[0, 0]), float(theirs.grad(x, y)[0, 0]),
         (1 - 0.6 / 0.5) / gain),
        ("Poisson: prox, step 0.05, first entry", float(ours.prox(x, y, 0.05)[0, 0]), float(theirs.prox(x, y, gamma=0.05)[0, 0]),
         minimum(lambda z: 0.05 * (z - 0.6 * math.log(z)) / gain + (z - 0.5) ** 2 / 2)),
        ("Poisson: −log p at y = 0, mean 0", float(ours.nll(x * 0, y * 0)[0]), float(theirs.fn(x * 0, y * 0)[0]), 0.0),
    ]  # fmt: skip
    ours, theirs = law("LogPoisson", "N0 = 100, mu = 0.5"), LogPoissonLikelihood(100.0, 0.5).d
    value = lambda z: 100 * (math.exp(-0.5 * z) + 0.5 * z * math.exp(-0.3))
    rows += [
        ("LogPoisson: −log p, sample 1", float(ours.nll(x, y)[0]), float(theirs.fn(x, y)[0]),
         value(0.5) + 100 * (math.exp(-0.6) + 0.6 * math.exp(-0.55))),
        ("LogPoisson: prox, step 0.05, first entry", float(ours.prox(x, y, 0.05)[0, 0]), their_prox(theirs, x, y),
         minimum(lambda z: 0.05 * value(z) + (z - 0.5) ** 2 / 2)),
    ]  # fmt: skip
    return rows


def their_prox(distance: Any, x: Tensor, y: Tensor) -> float | None:
    """The generic prox of deepinv: gradient descent."""
    try:
        return float(distance.prox(x, y, gamma=0.05).detach()[0, 0])
    except (NotImplementedError, RuntimeError, TypeError):
        return None


def minimum(energy: Callable[[float], float]) -> float:
    return float(optimize.minimize_scalar(energy, bounds=(1e-9, 5), method="bounded", options={"xatol": 1e-12}).x)


def risks() -> list[Row]:
    """Stein's estimate of 0.9 y's risk over the true one, of 10 000 samples."""
    mean = torch.rand(100, 1, 10_000, generator=torch.Generator().manual_seed(0)) + 0.5
    rows: list[Row] = []
    physics = deepinv.physics.Denoising()
    shrink = lambda y, physics=None: 0.9 * y
    for name, arguments, loss in [
        ("Normal", "sigma = 0.3", deepinv.loss.SureGaussianLoss(sigma=0.3)),
        ("Poisson", "gain = 0.1", deepinv.loss.SurePoissonLoss(gain=0.1)),
        ("PoissonGaussian", "gain = 0.1, sigma = 0.2", deepinv.loss.SurePGLoss(sigma=0.2, gain=0.1)),
    ]:
        ours = law(name, arguments)
        y = ours.sample(mean)
        true = float((0.9 * y - mean).square().mean())
        theirs = float(loss(y=y, x_net=shrink(y), physics=physics, model=shrink).mean()) / true
        rows.append((f"{name}: estimated / true risk", float(ours.sure(shrink, y).mean()) / true, theirs, 1.0))
    return rows


def per_sample() -> list[Row]:
    """The ratio of the deviations of two samples whose parameters are 1 : 4."""
    mean = torch.full((2, 1, 300, 300), 0.7)
    two = torch.tensor([0.1, 0.4])
    rows: list[Row] = []
    for name, parameter, make in [
        ("Normal", "sigma", deepinv.physics.GaussianNoise),
        ("Rician", "sigma", deepinv.physics.RicianNoise),
        ("Laplace", "scale", deepinv.physics.LaplaceNoise),
    ]:
        ours = law(name, f"{parameter} = 0.1").with_numbers(**{parameter: two}).sample(mean.double().reshape(2, -1)).std(1)
        try:
            theirs = make(two)(mean).reshape(2, -1).std(1)
            peer = float(theirs[1] / theirs[0])
        except RuntimeError:
            peer = None
        deviations = [stats.rice(0.7 / s, scale=s).std() if name == "Rician" else s for s in (0.1, 0.4)]
        rows.append((f"{name}: deviations of two samples", float(ours[1] / ours[0]), peer, float(deviations[1] / deviations[0])))
    return rows


def main() -> None:
    print(f"invlang {invlang.__version__}, deepinv {deepinv.__version__}")
    print(f"{'':44}{'invlang':>12}{'deepinv':>12}{'definition':>12}")
    for name, ours, theirs, reference in [*samplers(), *zero_counts(), *likelihoods(), *risks(), *per_sample()]:
        shown = "".join(f"{'·' if v is None else f'{v:.6g}':>12}" for v in (ours, theirs, reference))
        print(f"{name:44}{shown}")


if __name__ == "__main__":
    main()
