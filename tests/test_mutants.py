"""Every wrong rule is caught: a conjugate dropped, an order swapped, a guard left out, in the rules and in the library's laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from invlang.graph.arithmetic import ONE, number
from invlang.graph.operators import Adjoint, BlockDiagonal, Compose, Diagonal, Identity, Operator, Sum, Zero
from invlang.rules import (
    adjoint,
    composition,
    eigenbasis,
    facts,
    fields,
    inverse,
    matrices,
    selections,
    shifts,
    sums,
    theorems,
    traits,
    transforms,
)
from invlang.rules import simplify as engine
from invlang.rules.inverse import solve
from invlang.rules.law import Law
from invlang.rules.theorems import fact, facts_of, norm_of
from tests.matrices import matrix
from tests.mutants import Mutant, at_most, forget, mutants_of, put, put_in_place
from tests.random_operators import Sample, samples
from tests.rule_equations import GRAMS, NORMAL_FORM
from tests.test_laws import cases, operators_of
from tests.test_random_operators import broken_facts, close
from tests.test_rules import operator_of
from tests.test_rules_of_goals import FACTS

WORDS = ("reason", "basis_name")  # they only speak
MODULES = (
    *(adjoint, composition, fields, transforms, shifts, selections, matrices, sums),
    *(facts, traits, theorems, inverse, eigenbasis),
)
MUTANTS = [m for module in MODULES for m in mutants_of(module, WORDS)]
PROBE = number(0.7)
LONGEST = 4.0  # seconds that one oracle may take; the right rules take less than one
SURVIVORS = (Path(__file__).parent / "golden" / "mutants_that_survive.txt").read_text(encoding="utf-8").splitlines()


@cache
def corpus() -> tuple[tuple[Sample, dict[Operator, np.ndarray]], ...]:
    """The operators of the library's tests and random ones, with a memory of matrices that no rule was asked for."""
    found = [Sample(*operators_of(name)) for name in cases() if name != "samples"]
    found += [blocks(*texts) for texts in BLOCKS]
    blur, values = operator_of("complex[H, W]", "Blur(h) @ Diagonal(e)")
    found.append(Sample(Compose((blur, Diagonal(number(2), blur.domain))), values))

    @settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate,))  # fmt: skip
    @given(samples())
    def collect(sample: Sample) -> None:
        found.append(sample)

    collect()
    return tuple((s, {}) for s in found)


BLOCKS = (
    ("Fourier(H, W)", "Diagonal(e)"),
    ("Diagonal(e)", "Fourier(H, W)"),
    ("Identity()", "Complex @ Real"),
    ("0 * Identity()", "0 * Diagonal(e)"),
    ("Blur(h)", "1j * Identity()"),
    ("Diagonal(m)", "Fourier(H, W, centred)", "Blur(h)"),
)


def blocks(*texts: str) -> Sample:
    """One operator beside the other, as the parts of a pair of unknowns."""
    parts, values = [], {}
    for text in texts:
        operator, more = operator_of("complex[H, W]", text.removeprefix("1j * "))
        parts.append(Sum(((number(1j), operator),)) if text.startswith("1j") else operator)
        values |= more
    return Sample(BlockDiagonal(tuple(parts)), values)


def starts(operator: Operator) -> tuple[Operator, ...]:
    back = Adjoint(operator)
    return operator, back, Compose((back, operator)), Compose((operator, back))


def is_wrong(sample: Sample, known: dict[Operator, np.ndarray], seen: set[object]) -> bool:
    """Whether something that the rules make of the operator is not its matrix, or something they claim does not hold.

    seen: what was looked at before, and found right.
    """
    made = tuple(map(engine.simplify, starts(sample.operator)))
    solved = solve(((ONE, made[0]),), PROBE)
    told = tuple((term, tuple(facts_of(term).values()), norm_of(term)) for term in made[:3])
    found = (made, solved.operator, told)
    if found in seen:
        return False
    pairs = zip(made, starts(sample.operator), strict=True)
    right = all(close(matrix(m, sample.values, known), matrix(s, sample.values, known)) for m, s in pairs)
    gram = matrix(starts(sample.operator)[2], sample.values, known)
    one = np.eye(len(gram))
    if solved.is_closed:
        right = right and close(matrix(solved.operator, sample.values, known) @ (gram + 0.7 * one), one)
    right = right and not any(broken_facts(term, sample, known) for term in made[:3])
    if right:
        seen.add(found)
    return not right


@cache
def table() -> tuple[tuple[bool, Sample, Operator, dict[Operator, np.ndarray]], ...]:
    """The equations of the rules that hold, and those that do not: both sides."""
    found = []
    for e in (*NORMAL_FORM, *GRAMS):
        (left, values), (right, more) = operator_of(e.space, e.left), operator_of(e.space, e.right)
        found.append((e.holds, Sample(left, values | more), right, {}))
    return tuple(found)


def is_missed(holds: bool, left: Sample, right: Operator, known: dict[Operator, np.ndarray]) -> bool:
    """Whether an equation of the table is no longer found, or found where it does not hold, or a side of it changes its matrix."""
    sides = (left.operator, right)
    if any(not close(matrix(engine.simplify(s), left.values, known), matrix(s, left.values, known)) for s in sides):
        return True
    return (engine.simplify(left.operator) is engine.simplify(right)) != holds


@cache
def claims() -> tuple[tuple[Operator, str, bool | None], ...]:
    return tuple((operator_of(space, text)[0], name, holds) for _, space, text, name, holds in FACTS)


@cache
def oracles() -> list[Callable[[], bool]]:
    """Everything that may notice; what noticed last is asked first."""
    asked: list[Callable[[], bool]] = [partial(is_missed, *row) for row in table()]
    asked += [lambda o=o, n=n, h=h: fact(o, n).holds is not h for o, n, h in claims()]
    return asked + [partial(is_wrong, sample, known, set()) for sample, known in corpus()]


def is_caught() -> bool:
    for oracle in list(oracles()):
        try:
            with at_most(LONGEST):
                wrong = oracle()
        except Exception:  # a rule that breaks down is noticed, too
            wrong = True
        if wrong:
            oracles().remove(oracle)
            oracles().insert(0, oracle)
            return True
    return False


@pytest.fixture
def rules(monkeypatch):
    oracles()  # made by the right rules
    yield monkeypatch
    monkeypatch.undo()
    forget()


def test_the_right_rules_are_right() -> None:
    assert not is_caught()


@pytest.mark.slow
@pytest.mark.parametrize("law", engine.LAWS, ids=lambda law: law.name)
def test_a_law_that_gives_something_else_is_caught(rules, law: Law) -> None:
    """Twice what it should give; the identity in the place of nothing."""
    put(law, replace(law, rewrite=lambda *terms: twice(law.rewrite(*terms))), rules.setattr)
    forget()
    assert is_caught()


def twice(result: Any) -> Any:
    if result is None:
        return None
    if isinstance(result, Zero):
        return Identity(result.domain) if result.domain == result.codomain else result
    if isinstance(result, Operator):
        return Sum(((number(2), result),))
    return (*result[:-1], Sum(((number(2), result[-1]),))) if result else None


@pytest.mark.mutation
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_wrong_rule_is_caught_or_listed(rules, mutant: Mutant) -> None:
    put_in_place(mutant, rules.setattr)
    forget()
    assert is_caught() or str(mutant) in SURVIVORS
