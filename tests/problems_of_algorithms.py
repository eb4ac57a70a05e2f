"""For each algorithm of the library a problem of its template, hard enough that its rate is seen."""

from __future__ import annotations

from dataclasses import dataclass

import torch

import invlang
from invlang.meaning import library
from invlang.plan.contracts import contract_of
from invlang.syntax import tree

DENSE = """
dim H = 5, W = 6
given   a : real[30, 30]
unknown x : real[H, W]BOX
let     A = CompressedSensing(a)
data    y ~ LAW
"""
VIEWS = "unknown x : real[3, 3]BOX\ngiven angles : real[12] = ramp(step = 15)\nlet A = Tomography(angles)\ndata y ~ LAW\n"
IMAGE = "given h : real[3, 3]\nunknown x : real[6, 7]BOX\nlet A = Blur(h, boundary = circular)\ndata y ~ LAW\n"
PHASES = "given a : complex[48, 6]\nunknown x : complex[3, 2]\nlet A = PhaseRetrieval(CompressedSensing(a))\ndata y ~ LAW\n"
PLANES = """
dim H = 8, W = 6
unknown x : complex[H, W]
data    s ~ Normal(abs2(x), sigma = 0.001)
data    y ~ Normal(abs2(Fourier(H, W) @ x), sigma = 0.001)
"""
BLIND = """
dim H = 6, W = 8, P = 3, Q = 3
unknown x : real[H, W] in [0, inf]
unknown h : real[P, Q] in [0, inf]
let     F = Fourier(H, W)
let     K = Fourier(H, W) @ Pad(P, Q, before = [2, 3], after = [1, 2], size = [H, W])
data    y ~ Poisson(7 * real(F.H @ ((F @ x) * (K @ h))), gain = 0.01)
"""
PRODUCT = "unknown u : real[4, 5] in [0, 3]\nunknown v : real[1, 5] in [0.5, 1.5]\ndata y ~ Normal(u * v, sigma = 0.5)\n"
NORMAL, POISSON = "Normal(A @ x, sigma = 0.1)", "Poisson(A @ x, gain = 0.02)"
SQUARES, LASSO, TV = "fidelity(y)", "fidelity(y) + 0.5 * norm1(x)", "fidelity(y) + 4 * TV(x)"


@dataclass(frozen=True)
class Case:
    """A model, an objective, the rounds to observe, and the clauses behind the algorithm."""

    model: str
    objective: str
    law: str = NORMAL
    box: str = ""
    rounds: int = 100
    clauses: str = ""
    numbers: str = ""

    def text(self, algorithm: str, rounds: int) -> str:
        asked = f"by {algorithm}" + (f"(iterations = {rounds}{self.numbers})" if rounds else "")
        whole = f"{self.model}reconstruct r {{ minimize {self.objective} {asked} {self.clauses} }}\n"
        return whole.replace("LAW", self.law).replace("BOX", self.box)


CASES = {
    **dict.fromkeys(("GD", "Landweber", "Nesterov"), Case(DENSE, SQUARES)),
    **dict.fromkeys(("CG", "MINRES", "LSQR", "BiCGStab"), Case(DENSE, "fidelity(y) + 5 * sq(x)", rounds=40)),
    "LBFGS": Case(DENSE, "fidelity(y) + 5 * sq(x)", rounds=60),
    "Direct": Case(DENSE, "fidelity(y) + 5 * sq(x)", rounds=0),
    "Proximal": Case(IMAGE, "50 * sq(x - y) + 9 * norm1(x)", rounds=0),
    **dict.fromkeys(("PGD", "FISTA"), Case(DENSE, LASSO)),
    "DRS": Case(IMAGE, "50 * sq(x - y) + 9 * norm1(x)"),
    "DavisYin": Case(DENSE, LASSO, box=" in [0, 0.7]"),
    **dict.fromkeys(("ADMM", "CondatVu", "PD3O"), Case(IMAGE, TV, box=" in [0, 0.7]")),
    "LorisVerhoeven": Case(IMAGE, TV),
    "PDHG": Case(IMAGE, "50 * sq(x - y) + 4 * TV(x)", box=" in [0, 0.7]"),
    "HQS": Case(IMAGE, TV),
    "MirrorDescent": Case(DENSE, "fidelity(y) + Simplex(x, axis = [H, W])"),
    **dict.fromkeys(("MLEM", "RichardsonLucy", "NoLips"), Case(IMAGE, SQUARES, law=POISSON, box=" in [0, inf]")),
    "SIRT": Case(VIEWS, SQUARES),
    **dict.fromkeys(("SART", "Kaczmarz"), Case(VIEWS, SQUARES, rounds=60, numbers=", subsets = 4")),
    "SPDHG": Case(VIEWS, TV, box=" in [0, 0.7]", rounds=60, numbers=", subsets = 4"),
    "BSREM": Case(
        VIEWS,
        "fidelity(y) + 9 * RDP(x)",
        law=POISSON,
        box=" in [0, inf]",
        rounds=60,
        numbers=", subsets = 4",
    ),
    "OSEM": Case(VIEWS, SQUARES, law=POISSON, box=" in [0, inf]"),
    **dict.fromkeys(("GaussNewton", "LevenbergMarquardt"), Case(PHASES, SQUARES, rounds=14, clauses="nonconvex")),
    "WirtingerFlow": Case(PHASES, SQUARES, rounds=400, clauses="nonconvex"),
    "GerchbergSaxton": Case(PLANES, "Amplitude(x, abs(s)) + Amplitude(Fourier(H, W) @ x, abs(y))", clauses="nonconvex start 1"),
    "BlindRichardsonLucy": Case(BLIND, SQUARES, clauses="nonconvex start x = 1, h = 0.11"),
    "PALM": Case(
        PRODUCT, "fidelity(y) + 0.3 * sq(u) + 2 * sq(v) + 0.1 * norm1(u)", clauses="nonconvex start u = y, v = 1", rounds=40
    ),
}


def draw(*sizes: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*sizes, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def flat_matrix() -> torch.Tensor:
    """A matrix of condition 30 whose singular values fall like a power: squares through it are flat."""
    u, v = (torch.linalg.qr(draw(30, 30, seed=s))[0] for s in (1, 2))
    return (u / torch.arange(1.0, 31.0).sqrt() ** 1.5) @ v.T


def kernel() -> torch.Tensor:
    return draw(3, 3, seed=3).abs() / 7


def problem(case: Case, algorithm: str, rounds: int) -> tuple[invlang.model.Model, tuple[torch.Tensor, ...]]:
    """The model and data: drawn by its noise law, or without noise where the rate is of data that agree."""
    givens: dict[str, torch.Tensor] = {}
    if case.model == DENSE:
        givens["a"] = flat_matrix()
    elif case.model == IMAGE:
        givens["h"] = kernel()
    elif case.model == PHASES:
        givens["a"] = draw(48, 6, dtype=torch.complex128)
    model = invlang.loads(case.text(algorithm, rounds), dtype="float64", **givens)
    if case.model == PHASES:
        return model, (model.A(draw(3, 2, seed=4, dtype=torch.complex128)),)
    if case.model == PLANES:
        x = draw(8, 6, seed=5, dtype=torch.complex128)
        return model, (x.abs().square(), torch.fft.fft2(x, norm="ortho").abs().square())
    if case.model in (BLIND, PRODUCT):
        return model, (draw(*((6, 8) if case.model == BLIND else (4, 5)), seed=6).abs(),)
    truth = draw(*{DENSE: (5, 6), VIEWS: (3, 3), IMAGE: (6, 7)}[case.model], seed=7).abs()
    if case.model == DENSE and "simplex" in case.objective.lower():
        truth = truth / truth.sum()
    if algorithm in ("SART", "Kaczmarz"):
        return model, (model.A(truth),)
    return model, (model.simulate(truth, seed=0)["y"],)


def stated() -> dict[str, str]:
    """The rate that each algorithm of the library states, by its name; options are none of their own."""
    found = [library.definition(n) for n, e in library.entries().items() if e.keyword == "algorithm"]
    solving = [a for a in found if isinstance(a, tree.Algorithm) and a.verb == "solves"]
    return {c.name: c.rate for c in map(contract_of, solving) if not any(f.name.text == "option" for f in c.algorithm.facts)}
