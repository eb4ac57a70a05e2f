"""Objectives of every shape against an independent solver: no algorithm is named in them, no step, no number of rounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cvxpy
import numpy as np
import pytest
import torch
from oracles import dense, difference_matrices, lengths
from scipy.fft import dct
from scipy.optimize import minimize

import invlang

H, W, N = 5, 6, 30
DOWN, RIGHT = difference_matrices((H, W), "neumann")
GENERATOR = np.random.default_rng(0)
IMAGE = np.zeros((H, W))
IMAGE[1:4, 1:4], IMAGE[2:, 4:] = 1.0, 0.4
KERNEL = torch.from_numpy(GENERATOR.random((3, 3)) / 4.5)
MASK = torch.from_numpy(GENERATOR.random((H, W)) < 0.6)
PHASE = torch.from_numpy(IMAGE * np.exp(1j * np.linspace(0, 1, W)))
MOVIE = torch.from_numpy(np.stack([(0.5 + 0.2 * t) * IMAGE for t in range(4)]))
ABUNDANCES = torch.from_numpy(GENERATOR.dirichlet([0.4] * 3, N).T.reshape(3, H, W).copy())
Build = Callable[[cvxpy.Variable, np.ndarray, Any], Any]


@dataclass(frozen=True)
class Case:
    """A program's lines and its objective; the same for cvxpy, of the flat unknown, the dense matrix of A and the flat data."""

    name: str
    operator: str
    law: str
    objective: str
    build: Build
    unknown: str = "real[H, W]"
    truth: torch.Tensor = torch.from_numpy(IMAGE)

    @property
    def text(self) -> str:
        return f"""
dim H = {H}, W = {W}, C = 3, T = 4
unknown x : {self.unknown}
given h : real[3, 3]
given m : binary[H, W]
let A = {self.operator}
data y ~ {self.law}
reconstruct r {{ minimize {self.objective} }}
"""


def tv(x: Any) -> Any:
    return lengths([part for D in (DOWN, RIGHT) for part in parts(D @ x)])


def parts(x: Any) -> list[Any]:
    return [cvxpy.real(x), cvxpy.imag(x)] if x.is_complex() else [x]


def l1(x: Any) -> Any:
    return lengths(parts(x))


def squares(r: Any) -> Any:
    return cvxpy.sum_squares(r) if not r.is_complex() else sum(cvxpy.sum_squares(p) for p in parts(r))


def huber(x: Any, delta: float) -> Any:
    return cvxpy.sum(cvxpy.huber(x, delta)) / 2


def huber_of_lengths(components: list[Any], delta: float) -> Any:
    """Huber's function of lengths: least over s of ½ s² + δ (length − s)₊"""
    length = cvxpy.norm(cvxpy.vstack(components), 2, axis=0)
    return cvxpy.sum(cvxpy.huber(length, delta)) / 2


def poisson(mean: Any, y: np.ndarray) -> Any:
    counted = np.flatnonzero(y)
    return cvxpy.sum(mean) - cvxpy.sum(cvxpy.multiply(y[counted], cvxpy.log(mean[counted])))


def groups(x: Any, count: int) -> Any:
    n = x.shape[0] // count
    return lengths([p for i in range(count) for p in parts(x[i * n : (i + 1) * n])])


def simplex(x: Any, count: int, total: float = 1) -> list[Any]:
    n = x.shape[0] // count
    return [x >= 0, sum(x[i * n : (i + 1) * n] for i in range(count)) == total]


def rows(x: Any, count: int) -> Any:
    return cvxpy.reshape(x, (count, x.shape[0] // count), order="C")


def backward(x: Any, axis: int, inside: bool) -> Any:
    """Backward differences of an image along an axis, zero at the first sample, with `inside` also at the last."""
    D = np.eye((H, W)[axis]) - np.eye((H, W)[axis], k=-1)
    D[0] = 0
    D[-1] *= not inside
    return (np.kron(D, np.eye(W)) if axis == 0 else np.kron(np.eye(H), D)) @ x


def tgv(x: Any, first: float = 1, second: float = 2) -> Any:
    """Least over two more images, the components of w."""
    w, v = cvxpy.Variable(N), cvxpy.Variable(N)
    mixed = (backward(w, 1, False) + backward(v, 0, False)) / np.sqrt(2)
    return first * lengths([DOWN @ x - w, RIGHT @ x - v]) + second * lengths([backward(w, 0, True), backward(v, 1, True), mixed])


def split(x: Any, kink: Callable[[Any], Any], square: Callable[[Any], Any]) -> Any:
    """The least of kink(x − w) + square(w) over images w."""
    w = cvxpy.Variable(N)
    return kink(x - w) + square(w)


def film(x: Any) -> Any:
    """The length of the gradient along time, rows and columns, of four frames."""
    frames = [x[t * N : (t + 1) * N] for t in range(4)]
    later = cvxpy.hstack([*(b - a for a, b in zip(frames, frames[1:], strict=False)), np.zeros(N)])
    return lengths([later, *(cvxpy.hstack([D @ f for f in frames]) for D in (DOWN, RIGHT))])


def haar_bands(levels: int) -> list[tuple[float, np.ndarray]]:
    """Means and differences of neighbours 1, 2, 4, … samples apart, around the border: the weight and the matrix of each band."""
    pair = lambda n, d: [(np.eye(n) + s * np.roll(np.eye(n), d, axis=1)) / 2 for s in (1, -1)]
    coarse, bands = np.eye(N), []
    for level in range(levels):
        low, *high = [np.kron(a, b) @ coarse for a in pair(H, 2**level) for b in pair(W, 2**level)]
        coarse, bands = low, [*((2.0 ** -(level + 1), b) for b in high), *bands]
    return [(2.0**-levels, coarse), *bands]


HAAR_BANDS = haar_bands(2)
KEPT, COSINES = (
    np.diag(MASK.numpy().ravel().astype(float)),
    np.kron(dct(np.eye(H), axis=0, norm="ortho"), dct(np.eye(W), axis=0, norm="ortho")),
)
BLUR, SMALL = "Blur(h, boundary = circular)", "Normal(A @ x, sigma = 0.1)"
FOURIER = "Diagonal(m) @ Fourier(H, W)"
data = lambda x, A, y, sigma=0.1: squares(A @ x - y) / (2 * sigma**2)

CASES = (
    Case("tikhonov", BLUR, SMALL, "fidelity(y) + 3 * Tikhonov(x)", lambda x, A, y: data(x, A, y) + 1.5 * squares(x)),
    Case("tv", BLUR, SMALL, "fidelity(y) + 3 * TV(x)", lambda x, A, y: data(x, A, y) + 3 * tv(x)),
    Case(
        "tv in a box", BLUR, SMALL, "fidelity(y) + 3 * TV(x)",
        lambda x, A, y: (data(x, A, y) + 3 * tv(x), [x >= 0, x <= 0.8]), unknown="real[H, W] in [0, 0.8]",
    ),
    Case(
        "anisotropic tv and squares", "Diagonal(m)", SMALL, "fidelity(y) + 2 * TV(x, isotropic = false) + 0.5 * sq(x)",
        lambda x, A, y: data(x, A, y) + 2 * (l1(DOWN @ x) + l1(RIGHT @ x)) + 0.5 * squares(x),
    ),
    Case("l1", BLUR, SMALL, "fidelity(y) + 4 * L1(x)", lambda x, A, y: data(x, A, y) + 4 * l1(x)),
    Case(
        "l1 above zero", BLUR, SMALL, "fidelity(y) + 4 * L1(x) + Positivity(x)",
        lambda x, A, y: (data(x, A, y) + 4 * l1(x), [x >= 0]),
    ),
    Case(
        "huber prior", BLUR, SMALL, "fidelity(y) + 20 * Huber(x, delta = 0.1)",
        lambda x, A, y: data(x, A, y) + 20 * huber(x, 0.1),
    ),
    Case(
        "tv with huber's rounding", BLUR, SMALL, "fidelity(y) + 3 * TVHuber(x, epsilon = 0.1)",
        lambda x, A, y: data(x, A, y) + 30 * huber_of_lengths([DOWN @ x, RIGHT @ x], 0.1),
    ),
    Case(
        "huber data", "Denoising()", SMALL, "Huber(x - y, delta = 0.1) + 0.05 * TV(x)",
        lambda x, A, y: huber(x - y, 0.1) + 0.05 * tv(x),
    ),
    Case(
        "huber data through a blur", BLUR, SMALL, "Huber(A @ x - y, delta = 0.1) + 0.05 * L1(x)",
        lambda x, A, y: huber(A @ x - y, 0.1) + 0.05 * l1(x),
    ),
    Case("tv-l1", "Denoising()", SMALL, "TVL1(x, y, weight = 0.7)", lambda x, A, y: l1(x - y) + 0.7 * tv(x)),
    Case(
        "absolute errors of a blur", BLUR, "Laplace(A @ x, scale = 0.1)", "fidelity(y) + 3 * TV(x)",
        lambda x, A, y: l1(A @ x - y) / 0.1 + 3 * tv(x),
    ),
    Case(
        "a ball of noise", BLUR, SMALL, "TV(x) + IndicatorL2(A @ x, y, radius = 0.5)",
        lambda x, A, y: (tv(x), [cvxpy.norm(A @ x - y, 2) <= 0.5]),
    ),
    Case(
        "a ball of noise in fourier space", FOURIER, SMALL, "L1(x) + IndicatorL2(A @ x, y, radius = 0.9)",
        lambda x, A, y: (l1(x), [cvxpy.norm(cvxpy.hstack(parts(A @ x - y)), 2) <= 0.9]),
        unknown="complex[H, W]", truth=PHASE,
    ),
    Case(
        "counts", BLUR, "Poisson(20 * (A @ x) + 2)", "fidelity(y) + 2 * TV(x)",
        lambda x, A, y: (poisson(20 * (A @ x) + 2, y) + 2 * tv(x), [x >= 0]), unknown="real[H, W] in [0, inf]",
    ),
    Case(
        "counts and squares", BLUR, "Poisson(20 * (A @ x) + 2)", "fidelity(y) + 2 * sq(Gradient(H, W) @ x)",
        lambda x, A, y: (poisson(20 * (A @ x) + 2, y) + 2 * squares(DOWN @ x) + 2 * squares(RIGHT @ x), [x >= 0]),
        unknown="real[H, W] in [0, inf]",
    ),
    Case(
        "complex tv", FOURIER, SMALL, "fidelity(y) + 3 * TV(x)", lambda x, A, y: data(x, A, y) + 3 * tv(x),
        unknown="complex[H, W]", truth=PHASE,
    ),
    Case(
        "complex l1 and tv", FOURIER, SMALL, "fidelity(y) + 3 * TV(x) + 2 * L1(x)",
        lambda x, A, y: data(x, A, y) + 3 * tv(x) + 2 * l1(x), unknown="complex[H, W]", truth=PHASE,
    ),
    Case(
        "groups", "Diagonal(m)", SMALL, "fidelity(y) + 4 * L12(x, axis = C)",
        lambda x, A, y: data(x, A, y) + 4 * groups(x, 3), unknown="real[C, H, W]", truth=ABUNDANCES,
    ),
    Case(
        "low rank", "Diagonal(m)", SMALL, "fidelity(y) + 5 * LowRank(x)",
        lambda x, A, y: data(x, A, y) + 5 * cvxpy.normNuc(rows(x, 4)), unknown="real[T, H, W]", truth=MOVIE,
    ),
    Case(
        "low rank of a blurred movie above zero", "Blur(h, boundary = circular)", SMALL, "fidelity(y) + 5 * LowRank(x)",
        lambda x, A, y: (data(x, A, y) + 5 * cvxpy.normNuc(rows(x, 4)), [x >= 0]),
        unknown="real[T, H, W] in [0, inf]", truth=MOVIE,
    ),
    Case(
        "low rank and tv", "Diagonal(m)", SMALL, "fidelity(y) + 3 * nuclear(x) + TV(x)",
        lambda x, A, y: data(x, A, y) + 3 * cvxpy.normNuc(rows(x, H)) + tv(x),
    ),
    Case(
        "shares that add up", "Blur(h, boundary = circular)", SMALL, "fidelity(y) + Simplex(x, axis = C)",
        lambda x, A, y: (data(x, A, y), simplex(x, 3)), unknown="real[C, H, W]", truth=ABUNDANCES,
    ),
    Case(
        "entropy", BLUR, SMALL, "fidelity(y) + 5 * Entropy(x, reference = 0.3)",
        lambda x, A, y: data(x, A, y) + 5 * cvxpy.sum(cvxpy.kl_div(x, 0.3 * np.ones(N))),
    ),
    Case("tgv", BLUR, SMALL, "fidelity(y) + 3 * TGV(x)", lambda x, A, y: data(x, A, y) + 3 * tgv(x)),
    Case(
        "tgv of missing samples in a box", "Diagonal(m)", SMALL, "fidelity(y) + 2 * TGV(x, first = 1.5, second = 1)",
        lambda x, A, y: (data(x, A, y) + 2 * tgv(x, 1.5, 1), [x >= 0, x <= 0.9]), unknown="real[H, W] in [0, 0.9]",
    ),
    Case(
        "a cartoon and a smooth part", BLUR, SMALL, "fidelity(y) + infimum(w -> 3 * TV(x - w) + 4 * sq(Gradient(H, W) @ w), x / 2)",
        lambda x, A, y: data(x, A, y) + split(x, lambda v: 3 * tv(v), lambda w: 4 * squares(DOWN @ w) + 4 * squares(RIGHT @ w)),
    ),
    Case(
        "two infima side by side", "Denoising()", SMALL, "fidelity(y) + 3 * TGV(x) + infimum(w -> L1(x - w) + 2 * sq(w), x / 2)",
        lambda x, A, y: data(x, A, y) + 3 * tgv(x) + split(x, l1, lambda w: 2 * squares(w)),
    ),
    Case("the largest entry", BLUR, SMALL, "fidelity(y) + 30 * norminf(x)", lambda x, A, y: data(x, A, y) + 30 * cvxpy.norm(x, "inf")),
    Case(
        "a budget of lengths", BLUR, SMALL, "fidelity(y) + IndicatorL1(x, radius = 5)",
        lambda x, A, y: (data(x, A, y), [cvxpy.norm(x, 1) <= 5]),
    ),
    Case(
        "two sensors", BLUR, f"{SMALL}\ndata z ~ Normal(m * x, sigma = 0.05)", "fidelity(y) + fidelity(z) + 3 * TV(x)",
        lambda x, A, y: data(x, A, y[0]) + data(x, KEPT, y[1], 0.05) + 3 * tv(x),
    ),
    Case(
        "a sensor with squares and one with absolute errors", BLUR, f"{SMALL}\ndata z ~ Laplace(m * x, scale = 0.1)",
        "fidelity(y) + fidelity(z) + 0.5 * sq(x)",
        lambda x, A, y: data(x, A, y[0]) + l1(KEPT @ x - y[1]) / 0.1 + 0.5 * squares(x),
    ),
    Case(
        "counts and a photograph", BLUR, "Poisson(20 * (A @ x) + 2)\ndata z ~ Normal(m * x, sigma = 0.1)",
        "fidelity(y) + fidelity(z) + 2 * TV(x)",
        lambda x, A, y: (poisson(20 * (A @ x) + 2, y[0]) + data(x, KEPT, y[1]) + 2 * tv(x), [x >= 0]),
        unknown="real[H, W] in [0, inf]",
    ),
    Case(
        "few cosines and few edges", BLUR, SMALL, "fidelity(y) + 2 * TV(x) + 1.5 * L1(Cosine(H, W) @ x)",
        lambda x, A, y: data(x, A, y) + 2 * tv(x) + 1.5 * l1(COSINES @ x),
    ),
    Case(
        "few cosines in a box", "Diagonal(m)", SMALL, "fidelity(y) + 2 * L1(Cosine(H, W) @ x) stop when gap < 1e-5",
        lambda x, A, y: (data(x, A, y) + 2 * l1(COSINES @ x), [x >= 0, x <= 1]), unknown="real[H, W] in [0, 1]",
    ),
    Case(
        "complex low rank", FOURIER, SMALL, "fidelity(y) + 2 * nuclear(x)",
        lambda x, A, y: data(x, A, y) + 2 * cvxpy.normNuc(rows(x, H)), unknown="complex[H, W]", truth=PHASE,
    ),
    Case(
        "complex absolute errors", FOURIER, "Laplace(A @ x, scale = 0.1)", "fidelity(y) + 3 * TV(x)",
        lambda x, A, y: l1(A @ x - y) / 0.1 + 3 * tv(x), unknown="complex[H, W]", truth=PHASE,
    ),
    Case(
        "shares near equal ones", "Diagonal(m)", SMALL, "fidelity(y) + Simplex(x, axis = C) + 3 * sq(x)",
        lambda x, A, y: (data(x, A, y) + 3 * squares(x), simplex(x, 3)), unknown="real[C, H, W]", truth=ABUNDANCES,
    ),
    Case(
        "a film", "Diagonal(m)", SMALL, "fidelity(y) + 2 * TV3D(x)",
        lambda x, A, y: data(x, A, y) + 2 * film(x), unknown="real[T, H, W]", truth=MOVIE,
    ),
    Case(
        "few wavelets at every sample", BLUR, SMALL, "fidelity(y) + 4 * UndecimatedWaveletSparse(x, levels = 2)",
        lambda x, A, y: data(x, A, y) + 4 * sum(w * l1(B @ x) for w, B in HAAR_BANDS),
    ),
    Case(
        "few wavelets at every sample of missing ones in a box", "Diagonal(m)", SMALL,
        "fidelity(y) + 3 * UndecimatedWaveletSparse(x, levels = 1)",
        lambda x, A, y: (data(x, A, y) + 3 * sum(w * l1(B @ x) for w, B in haar_bands(1)), [x >= 0, x <= 0.8]), unknown="real[H, W] in [0, 0.8]",
    ),
    Case("a barrier", BLUR, SMALL, "fidelity(y) + 2 * Burg(x)", lambda x, A, y: data(x, A, y) - 2 * cvxpy.sum(cvxpy.log(x))),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_least_value_is_reached(case: Case) -> None:
    """The value at what comes out, by cvxpy's own formula, is within 1e-4 of the least one, and constraints hold to 1e-4."""
    model = invlang.loads(case.text, h=KERNEL, m=MASK, dtype="float64")
    measured = model.simulate(case.truth, seed=0)
    found = model.r(measured).numpy().ravel()
    flat = [v.numpy().ravel() for v in measured.values()]
    field = complex if np.iscomplexobj(case.truth.numpy()) else float
    A = dense(lambda v: model.A(torch.from_numpy(v)).numpy(), tuple(case.truth.shape), field)
    x = cvxpy.Variable(case.truth.numel(), complex=field is complex)
    built = case.build(x, A, flat[0] if len(flat) == 1 else flat)
    objective, constraints = built if isinstance(built, tuple) else (built, [])
    problem = cvxpy.Problem(cvxpy.Minimize(objective), constraints)
    least = problem.solve(solver=cvxpy.CLARABEL, tol_gap_abs=1e-9, tol_gap_rel=1e-9, tol_feas=1e-9)
    x.value = found
    assert all(np.max(c.violation()) < 1e-4 for c in constraints)
    assert value_at(objective, x, found) == pytest.approx(least, rel=1e-4)


PAIRS = {
    "few points on a smooth ground": (
        "real[H, W]", "", "fidelity(y) + 3 * L1(u) + 20 * sq(Gradient(H, W) @ v)", torch.from_numpy(IMAGE),
        lambda u, v: 3 * l1(u) + 20 * (squares(DOWN @ v) + squares(RIGHT @ v)), False,
    ),
    "edges above zero and small errors": (
        "real[H, W]", " in [0, inf]", "fidelity(y) + 3 * TV(u) + 30 * sq(v)", torch.from_numpy(IMAGE),
        lambda u, v: 3 * tv(u) + 30 * squares(v), True,
    ),
    "a film of low rank and what moves": (
        "real[T, H, W]", "", "fidelity(y) + 3 * LowRank(u) + 2 * L1(v)", MOVIE,
        lambda u, v: 3 * cvxpy.normNuc(rows(u, 4)) + 2 * l1(v), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_two_unknowns_reach_the_least_value(name: str) -> None:
    """y ~ Normal(u + v): both are found together, within 1e-4 of the least value."""
    space, inside, objective, truth, priors, above = PAIRS[name]
    text = f"dim H = {H}, W = {W}, T = 4\nunknown u : {space}{inside}\nunknown v : {space}\ndata y ~ Normal(u + v, sigma = 0.1)\n"
    model = invlang.loads(f"{text}reconstruct r {{ minimize {objective} }}\n", dtype="float64")
    y = model.simulate(truth, torch.zeros_like(truth), seed=0)["y"]
    found = [part.numpy().ravel() for part in model.r(y)]
    u, v = cvxpy.Variable(truth.numel()), cvxpy.Variable(truth.numel())
    energy = squares(u + v - y.numpy().ravel()) / (2 * 0.1**2) + priors(u, v)
    least = cvxpy.Problem(cvxpy.Minimize(energy), [u >= 0] * above).solve(solver=cvxpy.CLARABEL)
    u.value, v.value = found
    assert not above or found[0].min() >= 0
    assert float(energy.value) == pytest.approx(least, rel=1e-4)


def test_relative_differences_reach_their_least_value() -> None:
    """Against a quasi-Newton method within bounds, from another start: the prior is convex, and no cone program."""
    text = Case("", BLUR, SMALL, "fidelity(y) + 5 * RDP(x, gamma = 1)", data, unknown="real[H, W] in [0, inf]").text
    model = invlang.loads(text, h=KERNEL, m=MASK, dtype="float64")
    y = model.simulate(torch.from_numpy(IMAGE), seed=0)["y"]

    def energy(v: np.ndarray) -> tuple[float, np.ndarray]:
        x = torch.from_numpy(v).reshape(H, W).requires_grad_()
        value = model.r.objective(x, y)
        return float(value.detach()), torch.autograd.grad(value, x)[0].numpy().ravel()

    best = minimize(energy, np.full(N, 0.5), jac=True, method="L-BFGS-B", bounds=[(0, None)] * N, options={"ftol": 1e-14})
    found = model.r(y)
    assert (found >= 0).all() and float(model.r.objective(found, y)) <= best.fun * (1 + 1e-5)


def value_at(objective: Any, x: cvxpy.Variable, found: np.ndarray) -> float:
    """The objective's value at x, where it is least over every other variable."""
    if set(objective.variables()) == {x}:
        return float(objective.value)
    return cvxpy.Problem(cvxpy.Minimize(objective), [x == found]).solve(solver=cvxpy.CLARABEL)
