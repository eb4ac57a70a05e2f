"""The chain rule, backwards and forwards: what it makes of an expression against torch's own derivatives of the expression."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from invlang.graph.program import Program
from invlang.graph.values import Bundle, Value, Variable
from invlang.plan.gradient import gradient
from invlang.plan.objective import objective_value
from invlang.plan.resolve import resolved
from invlang.rules import derivative, forwards
from tests.dense import a_value, program_of
from tests.matrices import Calculator
from tests.rule_equations import COLOURS, COMPLEX, GIVENS, REAL
from tests.test_rules import SIZES

Parts = tuple[torch.Tensor, ...]

# what is measured of an unknown; `other` is a second one
MEANS = [
    (COMPLEX, "abs2(Fourier(H, W) @ x)"),
    (COMPLEX, "abs(Fourier(H, W) @ x)"),
    (COMPLEX, "real(x * x) + imag(conj(x) * exp(x))"),
    (COMPLEX, "real(Dense(i, axis = W) @ (x * conj(x * x)))"),
    (COMPLEX, "e * x / (3 + e * x)"),
    (REAL, "abs2(Fourier(H, W) @ x) + d / (2 + x^2)"),
    (REAL, "x * (Blur(h) @ x) + sin(x)^3 * cos(d * x)"),
    (REAL, "exp(x) / (1 + x^2) + log(2 + cos(x)) + sqrt(1 + x^2)"),
    (REAL, "x * mean(x, axis = [H, W]) + 0.1 * sum(x, axis = H)"),
    (REAL, "max(x, 0.2) + min(x^2, 0.3) + max(d, x) + min(d, x)"),
    (REAL, "Gradient(H, W) @ (x^2)"),
    (COLOURS, "x * norm2(x, axis = C)"),
    (COLOURS, "sum(abs2(x), axis = H) / norm2(x, axis = [C, H])"),
    (REAL, "sum(x * other, axis = H) * other / (2 + x^2)"),
    ("real[1, W]", "d * exp(x)"),
    (REAL, "fixed_point(v -> d + 0.003 * cos(x * v), d, rounds = 5)"),
]
# sums of what no functional of the library says, of one unknown or of two
SLOPES = [
    (REAL, "sum(abs2(abs2(x) - d))"),
    (COMPLEX, "sum(abs2(abs2(Fourier(H, W) @ x) - d))"),
    (REAL, "sum(abs2(x * other - d)) + sum(other^4)"),
    (REAL, "sum(exp(-1 * x) * abs2(d)) + sq(Blur(h) @ x - d) + Huber(Blur(h) @ x - d, delta = 0.2)"),
    (REAL, "sum(abs2(exp(other) - d)) + sq(x)"),
]


def program(space: str, text: str, mean: str = "x") -> Program:
    written = f"{text} {mean}"
    givens = [f"given {n} : {kind}" for n, kind in GIVENS.items() if re.search(rf"\b{n}\b", written)]
    unknowns = [f"unknown {n} : {space}" for n in ("x", "other") if re.search(rf"\b{n}\b", written)]
    dims = ", ".join(f"{n} = {s}" for n, s in SIZES.items() if re.search(rf"\b{n}\b", " ".join((space, *givens, written))))
    made = program_of("\n".join((f"dim {dims}", *givens, *unknowns, f"data y ~ Normal({mean}, sigma = 0.1)", text, "")))
    return resolved(made, 0)


class Point:
    """A point of a program's unknowns to differentiate at, and a way to go from there."""

    def __init__(self, made: Program):
        self.made = made
        self.parts: tuple[Value, ...] = made.variable.parts if isinstance(made.variable, Bundle) else (made.variable,)
        self.values = {g.known: a_value(g.known.of, np.random.default_rng(ord(g.known.name[0]))) for g in made.givens}
        self.values |= {p: torch.tensor(float(p.default), dtype=torch.float64) for p in made.parameters if p.default is not None}
        generator = np.random.default_rng(3)
        self.at, self.way = (tuple(a_value(p.space, generator) for p in self.parts) for _ in range(2))

    def of(self, value: Value, at: Parts, more: dict[Value, torch.Tensor] | None = None) -> torch.Tensor:
        return Calculator({**self.values, **dict(zip(self.parts, at, strict=True)), **(more or {})}, {}).of(value)


def measured(space: str, mean: str) -> Point:
    return Point(program(space, "", mean))


def minimised(space: str, text: str) -> Point:
    return Point(program(space, f"reconstruct found {{ minimize {text} nonconvex }}"))


def is_derived_wrong(point: Point) -> bool:
    """Whether Jᵀ w or J v of the mean is not what torch finds by going through the expression."""
    value = point.made.measurements[0].mean
    forward = lambda *at: point.of(value, at)
    wanted, change = torch.func.jvp(forward, point.at, point.way)
    weight, tangents = Variable("w", value.space), tuple(Variable(f"t{i}", p.space) for i, p in enumerate(point.parts))
    w = a_value(value.space, np.random.default_rng(4))
    backs = torch.func.vjp(forward, *point.at)[1](w)
    found = [point.of(derivative.pulled_back(value, p, weight), point.at, {weight: w}) for p in point.parts]
    moved = point.of(forwards.pushed_forward(value, point.parts, tangents), point.at, dict(zip(tangents, point.way, strict=True)))
    pairs = zip((*found, moved), (*backs, change), strict=True)
    return not all(a.shape == b.shape and torch.allclose(a, b, atol=1e-10) for a, b in pairs)


def is_steep_wrong(point: Point) -> bool:
    """Whether the gradient of the objective is not what its value changes by along the way."""
    terms, x = point.made.estimators[0].terms, point.made.variable
    value = objective_value(terms, x)
    slope = point.of(gradient(terms, x), point.at)
    inner = sum(
        float((s.conj() * v).real.sum()) for s, v in zip(slope if isinstance(slope, tuple) else (slope,), point.way, strict=True)
    )
    h = 1e-5
    up, down = (float(point.of(value, tuple(a + s * h * v for a, v in zip(point.at, point.way, strict=True)))) for s in (1, -1))
    return not abs((up - down) / (2 * h) - inner) < 1e-6 * max(1, abs(inner))


@pytest.mark.parametrize("space, mean", MEANS)
def test_derivatives_are_torchs(space: str, mean: str) -> None:
    assert not is_derived_wrong(measured(space, mean))


@pytest.mark.parametrize("space, text", SLOPES)
def test_a_gradient_is_the_change_of_the_value(space: str, text: str) -> None:
    assert not is_steep_wrong(minimised(space, text))
