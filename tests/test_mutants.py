"""Every wrong rule is caught: a conjugate dropped, an order swapped, a guard left out, in the rules and in the library's laws."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from invlang.graph.arithmetic import ONE, number
from invlang.graph.operators import Adjoint, Compose, Operator
from invlang.rules import adjoint, composition, facts, inverse, sums, theorems, transforms
from invlang.rules import simplify as engine
from invlang.rules.inverse import solve
from tests.matrices import matrix
from tests.mutants import Mutant, forget, mutants_of, put_in_place
from tests.random_operators import Sample, samples
from tests.test_laws import cases, operators_of
from tests.test_random_operators import broken_facts, close

WORDS = ("reason", "basis_name")  # they only speak
MODULES = (adjoint, composition, transforms, sums, facts, theorems, inverse)
MUTANTS = [m for module in MODULES for m in mutants_of(module, WORDS)]
PROBE = number(0.7)


@cache
def corpus() -> tuple[tuple[Sample, dict[Operator, np.ndarray]], ...]:
    """The operators of the library's tests and random ones, with a memory of matrices that no rule was asked for."""
    found = [Sample(*operators_of(name)) for name in cases() if name != "samples"]

    @settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate,))  # fmt: skip
    @given(samples())
    def collect(sample: Sample) -> None:
        found.append(sample)

    collect()
    return tuple((s, {}) for s in found)


def starts(operator: Operator) -> tuple[Operator, ...]:
    back = Adjoint(operator)
    return operator, back, Compose((back, operator)), Compose((operator, back))


def is_wrong(sample: Sample, known: dict[Operator, np.ndarray]) -> bool:
    """Whether something that the rules make of the operator is not its matrix, or something they claim does not hold."""
    for start in starts(sample.operator):
        right = matrix(start, sample.values, known)
        if not close(matrix(engine.simplify(start), sample.values), right):
            return True
    operator = engine.simplify(sample.operator)
    gram = matrix(starts(sample.operator)[2], sample.values, known)
    solved = solve(((ONE, operator),), PROBE)
    if solved.is_closed and not close(
        matrix(solved.operator, sample.values) @ (gram + 0.7 * np.eye(len(gram))), np.eye(len(gram))
    ):
        return True
    return any(broken_facts(engine.simplify(s), sample) for s in starts(sample.operator)[:3])


def is_caught(order: list[int]) -> int | None:
    """Which of the corpus notices, the likely ones first."""
    for i in order:
        sample, known = corpus()[i]
        try:
            if is_wrong(sample, known):
                return i
        except Exception:  # a rule that breaks down is noticed, too
            return i
    return None


@pytest.fixture
def rules(monkeypatch):
    yield monkeypatch
    monkeypatch.undo()
    forget()


def test_the_right_rules_are_right() -> None:
    assert [s for s, known in corpus() if is_wrong(s, known)] == []


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_wrong_rule_is_caught(rules, mutant: Mutant) -> None:
    put_in_place(mutant, rules.setattr)
    forget()
    assert is_caught(list(range(len(corpus())))) is not None
