"""Random operators: simplified, as written and as matrices they are the same; what is claimed of them holds."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from invlang.graph.arithmetic import ONE, number
from invlang.graph.operators import Adjoint, Compose, Operator
from invlang.graph.program import GivenOf, NamedOperator, Program
from invlang.graph.show import show
from invlang.graph.spaces import Axis, Space, size
from invlang.meaning import library
from invlang.rules import facts
from invlang.rules import simplify as engine
from invlang.rules.inverse import solve
from tests.dense import compare_program, program_of
from tests.matrices import Calculator, matrix
from tests.random_operators import Sample, elements, primitives_of, samples

EXAMPLES = int(os.environ.get("RANDOM_EXAMPLES", "150"))
TOLERANCE = 1e-10
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


def close(found: np.ndarray, wanted: np.ndarray) -> bool:
    return found.shape == wanted.shape and np.allclose(
        found, wanted, rtol=0, atol=TOLERANCE * max(1, np.abs(wanted).max(initial=0))
    )


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
        Space(f, tuple(Axis(size(n)) for n in shape)) for f in ("real", "complex") for shape in ((4, 4), (3, 4, 2), (4, 4, 4))
    ]
    found = {n for s in spaces for e in elements(s) for n in primitives_of(e)}
    declared = {n for n, e in library.entries().items() if e.keyword == "primitive" and "->" in library_signature(n)}
    # as many samples as the mask has ones; made by rules: tests/test_algebra.py;  its rays are given: tests/test_tomography.py
    assert declared - found == {"Gather", "Basis", "LineIntegrals"}


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
    for term in (operator, engine.simplify(Compose((Adjoint(operator), operator)))):
        assert broken_facts(term, sample) == []


def broken_facts(term: Operator, sample: Sample) -> list[str]:
    found = matrix(term, sample.values)
    rows, columns = (np.eye(n) for n in found.shape)
    calculator = Calculator(sample.values, {})
    claims = [
        ("isometry", facts.is_isometry(term), close(found.T @ found, columns)),
        ("coisometry", facts.is_coisometry(term), close(found @ found.T, rows)),
        ("self-adjoint", facts.is_self_adjoint(term), found.shape[0] == found.shape[1] and close(found, found.T)),
    ]
    wrong = [name for name, claimed, true in claims if claimed and not true]
    scale = facts.scaled_identity(term)
    if scale is not None and not calculator.of(scale).is_complex() and not close(found, float(calculator.of(scale)) * columns):
        wrong.append("multiple of the identity")
    bound = facts.norm_squared_bound(term)
    if bound is not None:
        true, said = np.linalg.norm(found, 2), float(calculator.of(bound[0])) ** 0.5
        slack = TOLERANCE * max(1, true)
        if said < true - slack or (bound[1] and abs(said - true) > slack):
            wrong.append(f"norm {said}, exact: {bound[1]}, is {true}")
    return wrong


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
