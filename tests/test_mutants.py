"""Every wrong rule is caught: a conjugate dropped, an order swapped, a guard left out, in the rules and in the library's laws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from invlang.graph.arithmetic import ONE, number
from invlang.graph.operators import Adjoint, Compose, Identity, Operator, Sum, Zero
from invlang.meaning import library
from invlang.meaning.primitives import primitive_named
from invlang.rules import (
    adjoint,
    atoms,
    composition,
    copies,
    declared,
    derivative,
    eigenbasis,
    facts,
    fields,
    forwards,
    groups,
    inverse,
    known_laws,
    matrices,
    nearest,
    norms,
    parts,
    proximal,
    selections,
    shifts,
    sums,
    theorems,
    traits,
    transforms,
)
from invlang.rules import simplify as engine
from invlang.rules.law import Law
from tests import test_rules_in_use as in_use
from tests import test_rules_of_derivatives as derivatives
from tests import test_rules_of_goals as goals
from tests import test_rules_of_proxes as proxes
from tests import test_rules_of_solves as solves
from tests.corpus import corpus
from tests.matrices import matrix
from tests.mutants import Mutant, at_most, forget, mutants_of, put, put_in_place
from tests.random_operators import Sample
from tests.rule_equations import GRAMS, NORMAL_FORM, REAL
from tests.test_random_operators import broken_facts, close
from tests.test_rules import operator_of

WORDS = ("reason", "lacking", "varying", "basis_name", "why_in_bases", "symbol_of_basis")  # they only speak
MODULES = (
    *(adjoint, composition, fields, transforms, shifts, selections, copies, matrices, groups, sums),
    *(facts, traits, theorems, inverse, eigenbasis, nearest, norms, declared, engine),
    *(proximal, atoms, derivative, forwards, parts),
)
MUTANTS = [m for module in MODULES for m in mutants_of(module, WORDS)]
LISTED = (Path(__file__).parent / "golden" / "mutants_that_survive.txt").read_text(encoding="utf-8").splitlines()
SURVIVORS = [line for line in LISTED if line and not line.startswith("#")]
LONGEST = 20.0  # seconds of the processor that one oracle may take; the right rules take about one, on a busy machine a few

Known = dict[Operator, np.ndarray]
Oracle = Callable[[], bool]

# ---- oracles: each tells whether it notices something wrong


def starts(operator: Operator) -> tuple[Operator, ...]:
    back = Adjoint(operator)
    return operator, back, Compose((back, operator)), Compose((operator, back))


def is_wrong(sample: Sample, known: Known, seen: set[object]) -> bool:
    """Whether something that the rules make of the operator is not its matrix, or something they claim does not hold.

    seen: what was looked at before, and found right.
    """
    made = tuple(map(engine.simplify, starts(sample.operator)))
    solved = inverse.solve(((ONE, made[0]),), number(0.7))
    told = tuple((term, tuple(theorems.facts_of(term).values()), norms.norm_of(term)) for term in made[:3])
    plain = engine.only_adjoints(starts(sample.operator)[2])
    if (made, plain, solved.operator, told) in seen:
        return False
    pairs = zip(made, starts(sample.operator), strict=True)
    right = all(close(matrix(m, sample.values, known), matrix(s, sample.values, known)) for m, s in pairs)
    right = right and close(matrix(plain, sample.values, known), matrix(starts(sample.operator)[2], sample.values, known))
    if solved.is_closed:
        squared = matrix(starts(sample.operator)[2], sample.values, known) + 0.7 * np.eye(
            matrix(made[2], sample.values, known).shape[0]
        )
        product, rounding = matrix(solved.operator, sample.values, known) @ squared, 1e-15 * np.linalg.cond(squared)
        right = right and close(product, np.eye(len(squared)), max(1e-10, rounding))
    if not right or any(broken_facts(term, sample, known) for term in made[:3]):
        return True
    seen.add((made, plain, solved.operator, told))
    return False


def is_missed(left: Operator, right: Operator, values: dict, holds: bool, known: Known) -> bool:
    """Whether an equation of the table is no longer found, or found where it does not hold, or a side of it changes its matrix."""
    if any(not close(matrix(engine.simplify(s), values, known), matrix(s, values, known)) for s in (left, right)):
        return True
    return (engine.simplify(left) is engine.simplify(right)) != holds


def is_told_wrong(operator: Operator, asked: tuple[str, ...], wanted: object, tell: Callable[..., object]) -> bool:
    return tell(operator, *asked) != wanted


def is_claimed_wrong(operator: Operator, values: dict, known: Known) -> bool:
    return bool(broken_facts(engine.simplify(operator), Sample(operator, values), known))


TOLD: tuple[tuple[list, Callable[..., object]], ...] = (
    (goals.FACTS, lambda operator, name: theorems.fact(operator, name).holds),
    (goals.NORMS, lambda operator: norms.norm_of(operator)[1]),  # type: ignore[index]
    (goals.HERMITIAN, goals.is_claimed_hermitian),
    (goals.NONNEGATIVE, lambda operator: theorems.has_no_entry_below_zero(engine.simplify(operator))),
    (in_use.USES, lambda operator, law: law in {s.law for s in engine.derive(operator).steps}),
)


@cache
def oracles() -> list[Oracle]:
    """The quick ones first; later, what noticed last."""
    return [*from_tables(), *(partial(is_wrong, sample, {}, set()) for sample in corpus())]


def from_tables() -> Iterator[Oracle]:
    for e in (*NORMAL_FORM, *GRAMS):
        (left, values), (right, more) = operator_of(e.space, e.left), operator_of(e.space, e.right)
        yield partial(is_missed, left, right, values | more, e.holds, {})
    for _, space, text, *_ in in_use.USES:
        operator, values = operator_of(space, text)
        if "E" not in space:
            yield partial(is_missed, operator, operator, values, True, {})
    for rows, tell in TOLD:
        for _, space, text, *asked, wanted in rows:
            yield partial(is_told_wrong, operator_of(space, text)[0], tuple(asked), wanted, tell)
    for shift, rows in ((solves.SHIFT, solves.SOLVES), (None, solves.UNSHIFTED)):
        for _, space, texts, how in rows:
            operators, values = solves.operators_of(space, texts)
            yield partial(solves.is_solved_wrong, operators, shift, how, values, {})
    for _, space, text, *asked in solves.INVERSES:
        operator, values = operator_of(space, text)
        yield partial(solves.is_inverted_wrong, operator, *asked, values, {})
    for _, space, text, off in solves.NEAREST:
        operator, values = operator_of(space, text)
        yield partial(solves.is_preconditioned_wrong, operator, off, values, {})
    for _, space, text, _ in goals.NORMS:
        operator, values = operator_of(space, text)
        yield partial(is_claimed_wrong, operator, values, {})
    for _, space, text, most, by_ends in goals.BOUNDS:
        yield partial(goals.is_bounded_wrong, *operator_of(space, text), most, by_ends)
    for rows, is_wrong_of in ((proxes.PROXES, proxes.is_proximal_wrong), (proxes.DUALS, proxes.is_dual_wrong)):
        for *_, space, text, closed in rows:
            yield partial(is_wrong_of, proxes.Asked(space, text), closed)
    for text in proxes.AT_NUMBERS:
        yield partial(proxes.is_spread_wrong, text)
    for text, words in proxes.IN_WORDS:
        yield partial(proxes.is_said_wrong, proxes.Asked(REAL, text), words)
    yield from (partial(derivatives.is_derived_wrong, derivatives.measured(*row)) for row in derivatives.MEANS)
    yield from (partial(derivatives.is_steep_wrong, derivatives.minimised(*row)) for row in derivatives.SLOPES)


def notices(oracle: Oracle) -> bool:
    try:
        with at_most(LONGEST):
            return oracle()
    except Exception:  # a rule that breaks down is noticed, too
        return True


def first_that_notices() -> Oracle | None:
    oracle = next(filter(notices, list(oracles())), None)
    if oracle is not None:
        oracles().remove(oracle)
        oracles().insert(0, oracle)
    return oracle


@cache
def right_rules_are_right() -> bool:
    """With the oracles made by the right rules."""
    return first_that_notices() is None


@pytest.fixture
def is_caught(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], None]], bool]]:
    """Whether a change of the rules is noticed, by what has nothing to say of the right rules before and after it."""
    assert right_rules_are_right()

    def changed(change: Callable[[], None]) -> bool:
        change()
        forget()
        oracle = first_that_notices()
        monkeypatch.undo()
        forget()
        assert oracle is None or not notices(oracle), "the right rules are found wrong, too"
        return oracle is not None

    yield changed
    monkeypatch.undo()
    forget()


# ---- what they must notice


@pytest.mark.mutation
def test_the_right_rules_are_right() -> None:
    assert right_rules_are_right()


@pytest.mark.slow
@pytest.mark.parametrize("law", engine.LAWS, ids=lambda law: law.name)
def test_a_law_that_gives_something_else_is_caught(is_caught, monkeypatch, law: Law) -> None:
    """Twice what it should give; the identity in the place of nothing."""
    doubled = replace(law, rewrite=lambda *terms: twice(law.rewrite(*terms)))
    assert is_caught(lambda: put(law, doubled, monkeypatch.setattr))


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
def test_a_wrong_rule_is_caught_unless_it_is_listed(is_caught, monkeypatch, mutant: Mutant) -> None:
    """Nothing is listed that is caught, either."""
    assert is_caught(lambda: put_in_place(mutant, monkeypatch.setattr)) != (str(mutant) in SURVIVORS)


def test_what_is_forgotten_leaves_primitives_what_they_are() -> None:
    """Also those that are known to a module which only some programs need; terms are told apart by their primitives."""
    known = known_laws.primitive_of(library.definition("Shift"), "fourier")  # type: ignore[arg-type]
    forget()
    assert known is known_laws.primitive_of(library.definition("Shift"), "fourier") is primitive_named("Shift")  # type: ignore[arg-type]


def test_every_file_of_the_rules_is_broken() -> None:
    """But for `law`, which says what a law is, `known_laws`, which lists them, and `misses`, which asks them again."""
    files = {path.stem for path in Path(engine.__file__).parent.glob("*.py")}
    assert {module.__name__.rsplit(".", 1)[1] for module in MODULES} == files - {"__init__", "law", "known_laws", "misses"}


def test_survivors_are_mutants_each_with_a_reason() -> None:
    """Paragraphs of the list: first the reason, after #, then the mutants."""
    assert set(SURVIVORS) <= set(map(str, MUTANTS)) and len(SURVIVORS) == len(set(SURVIVORS))
    paragraphs = [p.splitlines() for p in "\n".join(LISTED).split("\n\n")]
    assert all(p[0].startswith("# ") and len(p) > 1 for p in paragraphs)
