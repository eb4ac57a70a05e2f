"""Functionals of the library: each prox is the minimiser that it claims to be, each gradient the slope of its value."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy
import torch
from value_interpreter import Interpreter

from invlang.graph.arithmetic import number
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.values import Value
from invlang.meaning.estimators import knowns
from invlang.pipeline import check
from invlang.plan.gradient import gradient
from invlang.plan.objective import term_value
from invlang.rules.atoms import entries_of_atom
from invlang.rules.inverse import Refusal
from invlang.rules.proximal import dual_prox, prox
from invlang.source import Source

SIZES = {"C": 3, "H": 4, "W": 5}
PROXIMABLE = {
    "Huber(x, delta = 0.3)": "real complex",
    "huber21(x, axis = C, delta = 0.3)": "real complex",
    "huber21(x, axis = [H, W], delta = 0.3)": "real",
    "nuclear(x)": "real complex",
    "ball(x, 0.7)": "real complex",
    "IndicatorL2(x, 0.2 * x0, radius = 0.5)": "real",
    "Simplex(x, axis = C)": "real",
    "Simplex(x, axis = [C, W], total = 2.5)": "real",
    "Entropy(x, reference = 0.4)": "real",
    "Burg(x)": "real",
    "norminf(x)": "real complex",
    "IndicatorL1(x, radius = 2.5)": "real complex",
    "norm1(x) + 0.3 * sq(x)": "real complex",
    "norm2(x) + 0.3 * sq(x)": "real complex",
    "Simplex(x, axis = C) + 0.3 * sq(x) + inner(x0, x)": "real",
}
NONCONVEX = {
    "L0(x)": "real complex",
    "Lp(x, p = 0.3)": "real complex",
    "LogSum(x, epsilon = 0.2)": "real complex",
    "Cauchy(x, gamma = 0.2)": "real",
}
CASES = [(text, field) for text, fields in PROXIMABLE.items() for field in fields.split()]
ROUNDED = "rounded_norm21(x, axis = C, epsilon = 0.3)"  # no prox in closed form
SMOOTH = [*((t, f) for t, f in CASES if "uber" in t), (ROUNDED, "real"), (ROUNDED, "complex"), ("Cauchy(x, gamma = 0.7)", "real")]


def objective_of(text: str, field: str) -> tuple[EstimatorOf, Program]:
    dims = ", ".join(f"{n} = {s}" for n, s in SIZES.items())
    source = f"dim {dims}\nunknown x : {field}[C, H, W]\ngiven x0 : {field}[C, H, W]\ndata y ~ Normal(x)\nreconstruct r {{ minimize {text} }}\n"
    found = check(Source("functional.inv", source), Path())
    assert found.program is not None, [d.headline for d in found.diagnostics]
    return found.program.estimators[0], found.program


def evaluated(value: Value, point: torch.Tensor, variable: Value, program: Program) -> torch.Tensor:
    x0 = next(g.known for g in program.givens)
    weights = [k for t in program.estimators[0].terms for k in knowns(t.weight)]
    parameters = {k: torch.tensor(float(k.default), dtype=torch.float64) for k in weights if k.default is not None}
    known = {variable: point, x0: torch.linspace(0.1, 1, point.numel(), dtype=point.dtype).reshape(point.shape), **parameters}
    return Interpreter(known, {sympy.Symbol(n): s for n, s in SIZES.items()}).of(value)


def draw(field: str, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(3, 4, 5, generator=generator, dtype=torch.complex128 if field == "complex" else torch.float64)


@pytest.mark.parametrize(("text", "field"), CASES)
@pytest.mark.parametrize("step", [0.05, 0.7])
def test_a_prox_is_a_subgradient(text: str, field: str, step: float) -> None:
    """p = prox(v) where (v − p) / step is a subgradient at p: no point lies below that plane, near or far."""
    wanted, program = objective_of(text, field)
    found = prox(wanted.terms, number(step), program.variable)
    assert not isinstance(found, Refusal), found.because
    v = draw(field, 0)
    p = evaluated(found.value, v, program.variable, program)
    values = [term_value(t, program.variable, 2) for t in wanted.terms]
    total = lambda z: sum(
        float(evaluated(w, z, program.variable, program)) * weight(t) for w, t in zip(values, wanted.terms, strict=True)
    )
    weight = lambda t: float(evaluated(t.weight, v, program.variable, program))
    at = total(p)
    assert at < float("inf")
    for seed in range(1, 40):
        z = p + draw(field, seed) * 10.0 ** (seed % 5 - 4)
        if "Simplex" in text:
            z = evaluated(found.value, z, program.variable, program)
        plane = at + float(((v - p).conj() * (z - p)).real.sum()) / step
        assert total(z) >= plane - 1e-9 * (1 + abs(plane))


@pytest.mark.parametrize(("text", "field"), [(t, f) for t, fields in NONCONVEX.items() for f in fields.split()])
@pytest.mark.parametrize("step", [0.05, 0.7])
def test_a_prox_that_is_not_convex_is_the_best_of_all_lengths(text: str, field: str, step: float) -> None:
    """Each entry keeps its phase; no other share of its length, zero and the whole among them, is better."""
    wanted, program = objective_of(text, field)
    found = prox(wanted.terms, number(step), program.variable)
    assert not isinstance(found, Refusal), found.because
    v = draw(field, 0)
    p = evaluated(found.value, v, program.variable, program)
    value = entries_of_atom(wanted.terms[0].atom, program.variable)  # type: ignore[arg-type]
    energy = lambda z: step * evaluated(value, z, program.variable, program) + (z - v).abs().square() / 2
    at = energy(p)
    for share in torch.linspace(0, 1.2, 1201, dtype=torch.float64):
        assert (at <= energy(share * v) + 1e-9).all()


@pytest.mark.parametrize(("text", "field"), CASES)
def test_a_prox_and_that_of_the_dual_add_up(text: str, field: str) -> None:
    wanted, program = objective_of(text, field)
    if len(wanted.terms) > 1:
        return
    one = prox(wanted.terms, number(0.5), program.variable)
    dual = dual_prox(wanted.terms, number(2.0), program.variable)
    assert not isinstance(one, Refusal) and not isinstance(dual, Refusal)
    v = draw(field, 0)
    moreau = evaluated(one.value, v, program.variable, program) + 0.5 * evaluated(dual.value, 2 * v, program.variable, program)
    torch.testing.assert_close(moreau, v, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("text", "field"), SMOOTH)
def test_a_gradient_is_the_slope_of_the_value(text: str, field: str) -> None:
    wanted, program = objective_of(text, field)
    (term,) = wanted.terms
    slope, value = gradient(wanted.terms, program.variable), term_value(term, program.variable, 2)
    x = draw(field, 0)
    found = evaluated(slope, x, program.variable, program)
    for seed in range(1, 6):
        d, h = draw(field, seed), 1e-5
        up, down = (float(evaluated(value, x + s * h * d, program.variable, program)) for s in (1, -1))
        assert abs((up - down) / (2 * h) - float((found.conj() * d).real.sum())) < 1e-7
