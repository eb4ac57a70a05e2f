"""Random operators: simplified, as written and as matrices they are the same; what is claimed of them holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from invlang.graph.arithmetic import ONE, number
from invlang.graph.operators import Adjoint, Compose, Leaf, Operator
from invlang.graph.program import GivenOf, NamedOperator, Program
from invlang.graph.show import show
from invlang.graph.spaces import Axis, Space, parts_of, size
from invlang.meaning import library
from invlang.rules import facts, norms, theorems
from invlang.rules import simplify as engine
from invlang.rules.inverse import solve
from invlang.rules.theorems import Fact
from tests.dense import compare_program, matrix_of, program_of
from tests.matrices import Calculator, matrix
from tests.random_operators import Sample, elements, primitives_of, samples

EXAMPLES = int(os.environ.get("RANDOM_EXAMPLES", "150"))
TOLERANCE = 1e-10
Near = Callable[[np.ndarray, np.ndarray], bool]
some, few = (
    settings(
        max_examples=n,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    for n in (EXAMPLES, EXAMPLES // 3)
)


def close(found: np.ndarray, wanted: np.ndarray, tolerance: float = TOLERANCE) -> bool:
    slack = tolerance * max(1, np.abs(wanted).max(initial=0))
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=0, atol=slack)


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Equal but for rounding: what a claim that something does not hold is measured with."""
    return close(found, wanted, 1e-14)


def first_wrong_step(start: Operator, sample: Sample, known: dict) -> str | None:
    """The first law of the derivation that changes the matrix."""
    before = matrix(start, sample.values, known)
    derivation = engine.derive(start)
    if close(matrix(derivation.result, sample.values, known), before):
        return None
    for step in derivation.steps:
        after = matrix(step.after, sample.values, known)
        if not close(after, before):
            return f"{step.law}: {show(step.before)} → {show(step.after)}"
        before = after
    return "the steps add up to an error"


def test_every_primitive_takes_part():
    """A primitive without an example line that works here is not tested at random."""
    spaces = [
        Space(f, tuple(Axis(size(n)) for n in shape))
        for f in ("real", "complex")
        for shape in ((4, 4), (3, 4, 2), (2, 4, 4), (4, 4, 4))
    ]
    found = {n for s in spaces for e in elements(s) for n in primitives_of(e)}
    declared = {n for n, e in library.entries().items() if e.keyword == "primitive" and "->" in library_signature(n)}
    assert declared - found == {"Gather", "Basis"}  # as many samples as the mask has ones; made by rules: tests/test_algebra.py


def library_signature(name: str) -> str:
    from invlang.documentation import code_of

    return code_of(library.entries()[name])


@some
@given(samples())
def test_simplified_is_as_written(sample):
    known: dict = {}
    operator = sample.operator
    for start in (operator, Adjoint(operator), Compose((Adjoint(operator), operator)), Compose((operator, Adjoint(operator)))):
        assert first_wrong_step(start, sample, known) is None
        assert close(matrix(engine.only_adjoints(start), sample.values, known), matrix(start, sample.values, known))
        assert engine.simplify(engine.simplify(start)) is engine.simplify(start)


@some
@given(samples())
def test_every_claimed_fact_holds(sample):
    operator = engine.simplify(sample.operator)
    back = Adjoint(operator)
    for term in (operator, engine.simplify(Compose((back, operator))), engine.simplify(back)):
        assert broken_facts(term, sample) == []


def broken_facts(term: Operator, sample: Sample, known: dict | None = None) -> list[str]:
    """What is claimed, as yes or as no, against the dense matrix.  known: matrices found before."""
    found = matrix(term, sample.values, known)
    told = {n: f for n, f in theorems.facts_of(term).items() if f.holds is not None and "one space to another" not in f.because}
    if "1e-09" in repr(sample):  # a dense matrix of rank r does not show that r is more
        told.pop("injective", None)
    if np.abs(found).max(initial=0) < 1e-12:  # too small to show that it is not zero
        told = {n: f for n, f in told.items() if f.holds}
    wrong = [f"{n}: {f}" for n, f in told.items() if f.holds != TRUE[n](close if f.holds else same, found, term, f, sample)]
    bound = norms.norm_of(term)
    if bound is not None:
        true, said = np.linalg.norm(found, 2), float(Calculator(sample.values, {}).of(bound[0])) ** 0.5
        slack = TOLERANCE * max(1, true)
        if said < true - slack or (bound[1] and abs(said - true) > slack):
            wrong.append(f"norm {said}, exact: {bound[1]}, is {true}")
    return wrong


def is_tight(near: Near, found: np.ndarray, term: Operator, claim: Fact, sample: Sample) -> bool:
    constant = Calculator(sample.values, {}).of(claim.value)
    return near(found.T @ found, float(constant.real) * np.eye(found.shape[1]))


def is_diagonal(near: Near, found: np.ndarray, term: Operator, claim: Fact, sample: Sample) -> bool:
    """Pixel by pixel: no entry beside the pixel's own block.  In a basis: at least normal."""
    if claim.because == "pixel by pixel":
        width = len(found) // sum(int(np.prod([int(s) for s in p.sizes])) for p in parts_of(term.domain))
        return not np.any(found * (1 - np.kron(np.eye(len(found) // width), np.ones((width, width)))))
    return near(found @ found.T, found.T @ found)


def is_circulant(near: Near, found: np.ndarray, term: Operator, claim: Fact, sample: Sample) -> bool:
    """It commutes with a shift along each axis of its transform."""
    factors = term.factors if isinstance(term, Compose) else ()
    axes = {a for f in factors if isinstance(f, Leaf) and facts.claims(f, "spectral") for a in f.argument("axes")}
    shifts = [matrix_of(lambda x, a=a: x.roll(1, a), term.domain, term.domain) for a in axes]
    return all(near(found @ s, s @ found) for s in shifts)


TRUE = {
    "self-adjoint": lambda near, m, *_: m.shape[0] == m.shape[1] and near(m, m.T),
    "positive": lambda near, m, *_: m.shape[0] == m.shape[1] and near(m, m.T) and near(m, positive_part(m)),
    "isometry": lambda near, m, *_: near(m.T @ m, np.eye(m.shape[1])),
    "coisometry": lambda near, m, *_: near(m @ m.T, np.eye(len(m))),
    "unitary": lambda near, m, *_: near(m.T @ m, np.eye(m.shape[1])) and near(m @ m.T, np.eye(len(m))),
    "tight": is_tight,
    "diagonal": is_diagonal,
    "circulant": is_circulant,
    "injective": lambda near, m, *_: np.linalg.matrix_rank(m) == m.shape[1],
    "idempotent": lambda near, m, *_: m.shape[0] == m.shape[1] and near(m @ m, m),
}


def positive_part(found: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(found)
    return (vectors * np.maximum(values, 0)) @ vectors.T


@some
@given(samples(depth=2))
def test_inverses_in_closed_form_are_inverses(sample):
    operator = engine.simplify(sample.operator)
    found = matrix(operator, sample.values)
    for weight, shift in ((ONE, number(0.3)), (number(2.5), number(1.7))):
        solved = solve(((weight, operator),), shift)
        if solved.is_closed:
            wanted = np.linalg.inv(float(weight.value) * found.T @ found + float(shift.value) * np.eye(found.shape[1]))
            assert close(matrix(solved.operator, sample.values), wanted), solved.how


@few
@given(samples(depth=2))
def test_compiled_operators_are_their_matrices(sample):
    """Forward, adjoint, Gram, solve with one weight per sample and norm of generated code, at -O2 and at -O0."""
    assert compare_program(program_around(sample), {k.name: v for k, v in sample.values.items() if k.origin == "given"}) == []


def program_around(sample: Sample) -> Program:
    """A program whose operator A is the sample's."""
    program = program_of("unknown x : real[2]\ndata y ~ Normal(x, sigma = 0.1)\n")
    span = program.measurements[0].span
    operator = sample.operator
    named = NamedOperator("A", operator, operator.domain, operator.codomain, span)
    givens = tuple(GivenOf(k, None, None, None, span) for k in sample.values if k.origin == "given")
    parameters = tuple(k for k in sample.values if k.origin == "parameter")
    return replace(
        program, operators=(named,), givens=givens, parameters=(*program.parameters, *parameters), measurements=(), estimators=()
    )
