"""Proximal maps, by the rule that knows them: each is the minimum that it claims to be, and none is told where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from invlang.graph.arithmetic import number
from invlang.graph.functionals import Term
from invlang.graph.program import Program
from invlang.graph.values import Bundle, Call, Value, Variable, inside
from invlang.plan.objective import objective_value
from invlang.rules import proximal
from invlang.rules.atoms import prox_of_atom
from invlang.rules.inverse import Refusal
from invlang.rules.proximal import Prox
from tests.dense import a_value, program_of
from tests.matrices import Calculator
from tests.random_operators import knowns_in, knowns_of
from tests.rule_equations import COMPLEX, GIVENS, REAL
from tests.test_rules import SIZES

STEP = 0.7
Parts = tuple[torch.Tensor, ...]

# terms, and whether they have a proximal map in closed form; `other` is a second unknown
PROXES = [
    ("G40", REAL, "2 * norm1(3 * x)", True),
    ("G40", COMPLEX, "2 * norm1(3 * x - e)", True),
    ("G40", REAL, "norm1(Blur(h) @ x)", False),
    ("G41", REAL, "norm1(Crop(W, size = 3) @ x - 1)", True),
    ("G41", REAL, "norm1(2 * (Crop(W, size = 3) @ x) - 1)", True),
    ("G41", REAL, "norm1(Pad(W, before = 1, after = 2) @ x - 1)", False),
    ("G41", REAL, "norm1(Blur(h, boundary = valid) @ x)", False),
    ("G42", REAL, "norm1(Diagonal(d) @ x)", True),
    ("G42", COMPLEX, "norm1(Diagonal(e) @ x)", True),
    ("G42", REAL, "norm2(Diagonal(m) @ x)", True),
    ("G42", REAL, "norm2(Diagonal(m) @ x - 1)", False),
    ("G42", REAL, "norm2(Diagonal(d) @ x)", False),
    ("P11", REAL, "norm1(Diagonal(d) @ x - 1)", True),
    ("P11", COMPLEX, "norm1(Diagonal(e) @ x - 1)", True),
    ("P11", REAL, "Huber(Diagonal(d) @ x, delta = 0.3)", True),
    ("P11", REAL, "Huber(Diagonal(m) @ x, delta = 0.3)", True),
    ("P11", REAL, "Cauchy(Diagonal(d) @ x - 1, gamma = 3)", True),
    ("P11", REAL, "norm21(Diagonal(d) @ x, axis = H)", False),
    ("G43", REAL, "norm1(Cosine(H, W) @ x)", True),
    ("G43", REAL, "norm1(2 * (Cosine(H, W) @ x) - 1)", True),
    ("G43", REAL, "norm1(Gradient(H, W) @ x)", False),
    ("G44", REAL, "norm1(x) + inner(d, x) + 0.5 * sq(x)", True),
    ("G44", REAL, "norm1(x) + sq(Crop(W, size = 3) @ Cosine(H, W) @ x)", False),
    ("G44", COMPLEX, "norm1(x) + sq(Diagonal(e) @ x - 1)", True),
    ("G44", REAL, "norm2(x) + 2 * sq(x - d)", True),
    ("G44", REAL, "norm2(x) + sq(Diagonal(d) @ x)", False),
    ("G44", REAL, "norm1(Cosine(H, W) @ x) + sq(Diagonal(d) @ x)", False),
    ("G44", REAL, "norm1(x) + 0.5 * sq(Blur(h) @ x)", False),
    ("G46", REAL, "norm1(x) + box(x, 0, 1)", True),
    ("G46", REAL, "0.5 * sq(x - 1) + box(x, 0, 1)", True),
    ("G46", REAL, "norm1(x) + 0.5 * sq(x - d) + box(x, 0, 1)", True),
    ("G46", REAL, "norm1(Cosine(H, W) @ x) + box(x, 0, 1)", False),
    ("G47", REAL, "norm1(x) + norm2(x)", False),
    ("G47", REAL, "Huber(x) + Simplex(x, axis = W)", False),
    ("G47", REAL, "norm1(x) + box(x, 0, inf)", True),
    ("G48", REAL, "sq(Blur(h) @ x - d)", True),
    ("G48", COMPLEX, "sq(Diagonal(e) @ Fourier(H, W) @ x - 1) + inner(e, x)", True),
    ("G48", REAL, "sq(Diagonal(m) @ x - d) + sq(Cosine(H, W) @ x)", True),
    ("P06", REAL, "norm1(x) + 0.5 * sq(other - 1)", True),
    ("P06", REAL, "norm1(x) + norm2(other) + box(x, 0, 1)", True),
    ("P06", REAL, "norm1(x) + sq(x - other)", False),
]
# one term, whose dual has a projection of its own or not
DUALS = [
    (REAL, "2 * norm1(x)", True),
    (COMPLEX, "2 * norm1(x - e)", True),
    (REAL, "norm1(3 * x - 1)", True),
    (REAL, "norm1(Cosine(H, W) @ x)", True),
    (REAL, "norm1(x) + sq(x - d)", True),
    (REAL, "0.5 * sq(Blur(h) @ x - d)", True),
    (REAL, "norm1(Blur(h) @ x)", False),
]
IN_WORDS = [
    ("sq(3 * x)", "scales the point"),
    ("sq(3 * x) + sq(x - d)", "a weighted mean with the data"),
    ("inner(d, x)", "a linear term moves the point"),
]
# one term, whose prox may be taken at a number: an image of it
AT_NUMBERS = ["norm1(x)", "norm21(x, axis = H)", "Huber(x, delta = 0.3)", "poisson_likelihood(x, y = d)"]


def terms_of(space: str, text: str) -> tuple[tuple[Term, ...], dict[Value, torch.Tensor], Any]:
    """The terms of an objective, their givens' values, and the unknown's space."""
    program = objective(space, text)
    values = {g.known: a_value(g.known.of, np.random.default_rng(ord(g.known.name[0]))) for g in program.givens}
    terms = program.estimators[0].terms
    numbers = {k for t in terms for k in (*knowns_in(t.weight), *knowns_of(t.operator)) if k.default is not None}
    values |= {k: torch.tensor(float(k.default), dtype=torch.float64) for k in numbers}
    return terms, values, program.variable.space


def objective(space: str, text: str) -> Program:
    givens = [f"given {n} : {kind}" for n, kind in GIVENS.items() if re.search(rf"\b{n}\b", text)]
    unknowns = [f"unknown {n} : {space}" for n in ("x", "other") if re.search(rf"\b{n}\b", text)]
    dims = ", ".join(f"{n} = {s}" for n, s in SIZES.items() if re.search(rf"\b{n}\b", " ".join((space, text, *givens))))
    lines = (f"dim {dims}", *givens, *unknowns, "data y ~ Normal(x, sigma = 0.1)")
    return program_of("\n".join((*lines, f"reconstruct r {{ minimize {text} nonconvex }}", "")))


class Asked:
    """A sum of terms of an objective, at points: p, where a proximal map is asked for, and z."""

    def __init__(self, space: str, text: str):
        self.terms, self.values, unknown = terms_of(space, text)
        spaces = getattr(unknown, "parts", (unknown,))
        self.p, self.z = (tuple(Variable(f"{n}{i}", s) for i, s in enumerate(spaces)) for n in "pz")
        generator = np.random.default_rng(1)
        self.at: Parts = tuple(2 * a_value(s, generator) for s in spaces)
        self.is_between = "box" in text

    def total(self, at: Parts) -> float:
        """The terms' sum at z = at."""
        return float(self.of(objective_value(self.terms, together(self.z)), self.z, at))

    def of(self, value: Value, variables: tuple[Variable, ...], at: Parts) -> Any:
        return Calculator({**self.values, **dict(zip(variables, at, strict=True))}, {}).of(value)

    def found(self, value: Value) -> Parts:
        found = self.of(value, self.p, self.at)
        return found if isinstance(found, tuple) else (found,)

    def is_least(self, cost: Callable[[Parts], float], best: Parts) -> bool:
        """Whether no point nearby or farther away costs less; with bounds, none between 0 and 1, where the best is above 0."""
        draws = torch.Generator().manual_seed(0)
        least = cost(best)
        if self.is_between and not best[0].min() >= 0:
            return False
        for size in (1e-4, 1e-2, 0.3):
            for _ in range(10):
                other = tuple(b + size * torch.randn(b.shape, dtype=b.dtype, generator=draws) for b in best)
                other = (other[0].clamp(0, 1), *other[1:]) if self.is_between else other
                if not cost(other) >= least - 1e-12:
                    return False
        return True


def together(parts: tuple[Value, ...]) -> Value:
    return parts[0] if len(parts) == 1 else Bundle(parts)


def inner(a: Parts, b: Parts) -> float:
    return sum(float((p.conj() * q).real.sum()) for p, q in zip(a, b, strict=True))


def less(a: Parts, b: Parts) -> Parts:
    return tuple(p - q for p, q in zip(a, b, strict=True))


def is_proximal_wrong(asked: Asked, closed: bool) -> bool:
    """Whether it is refused where it has a closed form, told where it has none, or not the least of step · f(z) + ½ ‖z − p‖²."""
    found = proximal.prox(asked.terms, number(STEP), together(asked.p))
    if isinstance(found, Refusal) or not closed:
        return isinstance(found, Refusal) == closed
    cost = lambda z: STEP * asked.total(z) + 0.5 * inner(less(z, asked.at), less(z, asked.at))
    return not asked.is_least(cost, asked.found(found.value))


def is_dual_wrong(asked: Asked, closed: bool) -> bool:
    """u = prox of step · f* at p where u is a subgradient of f at (p − u) / step: there f(z) − ⟨u, z⟩ is least."""
    found = proximal.dual_prox(asked.terms, number(STEP), together(asked.p))
    if isinstance(found, Refusal) or not closed:
        return isinstance(found, Refusal) == closed
    u = asked.found(found.value)
    meets = tuple(d / STEP for d in less(asked.at, u))
    return not asked.is_least(lambda z: asked.total(z) - inner(u, z), meets)


def is_said_wrong(asked: Asked, words: str) -> bool:
    found = proximal.prox(asked.terms, number(STEP), together(asked.p))
    return not isinstance(found, Prox) or found.how != words


def is_spread_wrong(text: str, at: float = 2.0) -> bool:
    """Whether the prox at a number is not that at an image of it, or takes its kind from what may be a plain number."""
    terms, values, space = terms_of(REAL, text)
    z = Variable("z", space)
    values[z] = torch.full([int(s) for s in space.sizes], at, dtype=torch.float64)
    found, wanted = (prox_of_atom(terms[0].atom, number(STEP), p) for p in (number(at), z))
    if any(isinstance(v, Call) and v.function == "zeros" and not v.operands[0].space.rank for v in inside(found)):
        return True
    here, there = (Calculator(values, {}).of(v) for v in (found, wanted))
    return not torch.allclose(here, there)


@pytest.mark.parametrize("rule, space, text, closed", PROXES)
def test_a_proximal_map_is_a_minimum_where_it_has_a_closed_form(rule: str, space: str, text: str, closed: bool) -> None:
    assert not is_proximal_wrong(Asked(space, text), closed)


@pytest.mark.parametrize("space, text, closed", DUALS)
def test_the_proximal_map_of_a_dual_is_a_subgradient(space: str, text: str, closed: bool) -> None:
    assert not is_dual_wrong(Asked(space, text), closed)


@pytest.mark.parametrize("text", AT_NUMBERS)
def test_the_prox_at_a_number_is_that_at_an_image_of_it(text: str) -> None:
    assert not is_spread_wrong(text)


@pytest.mark.parametrize("text, words", IN_WORDS)
def test_how_a_proximal_map_is_found_is_said(text: str, words: str) -> None:
    assert not is_said_wrong(Asked(REAL, text), words)
