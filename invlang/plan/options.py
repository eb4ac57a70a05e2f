"""Options after an algorithm: declarations of the library that wrap a round of it, and what an algorithm must claim to take them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from invlang.graph.program import OptionOf
from invlang.graph.values import Value
from invlang.meaning import library
from invlang.plan.contracts import Contract, contract_of
from invlang.plan.lower import evaluate
from invlang.plan.mistakes import CannotTake, StepOutside
from invlang.plan.numbers import with_parameters
from invlang.plan.roles import Carried, Loop, Run, Wrapped
from invlang.plan.steps import State
from invlang.plan.turns import free_variables
from invlang.syntax import tree


@dataclass(frozen=True)
class Option:
    """An option with its numbers.  names: what its text speaks of;  role: what it calls the algorithm."""

    contract: Contract
    role: str
    names: dict[str, Any]
    parameters: tuple[tuple[str, Value], ...]

    @property
    def reference(self) -> str:
        return f"{self.contract.name} ({self.contract.reference})"


def options_of(
    asked: tuple[OptionOf, ...], contract: Contract, names: dict[str, Any], start: Value
) -> tuple[Option, ...] | CannotTake | StepOutside:
    """The options of an estimator, their numbers worked out; or why the algorithm does not take one."""
    found = []
    for one in asked:
        declared = library.definition(one.name)
        assert isinstance(declared, tree.Algorithm)
        own = contract_of(declared)
        (slot,) = own.slots
        missing = next((t for t in slot.traits if claim_of(contract.algorithm, t) is None), None)
        if missing is not None:
            return CannotTake(one.span, one.name, contract.name, missing, taking(missing), own_number(contract, missing))
        wrapped = Wrapped(contract.algorithm, names)
        known, parameters, outside = with_parameters(own, {slot.role: wrapped}, start, one.arguments)
        if outside is not None:
            return outside  # type: ignore[no-any-return]
        found.append(Option(own, slot.role, known, tuple(parameters)))
    return tuple(found)


def claim_of(algorithm: tree.Algorithm, name: str) -> tree.Fact | None:
    return next((f for f in algorithm.facts if f.name.text == name), None)


def taking(trait: str) -> tuple[str, ...]:
    """The algorithms of the library that claim something."""
    declared = (library.definition(n) for n, e in library.entries().items() if e.keyword == "algorithm")
    return tuple(a.name.text for a in declared if isinstance(a, tree.Algorithm) and claim_of(a, trait) is not None)


def own_number(contract: Contract, trait: str) -> str | None:
    """The number by which an algorithm does by itself what the option would do."""
    return next((p.name.text for p in contract.algorithm.parameters if trait == "averaged" and p.name.text == "relax"), None)


def with_options(loop: Loop, contract: Contract, names: dict[str, Any], options: tuple[Option, ...], record: Run) -> Loop:
    """The loop with its rounds wrapped, one option after the other."""
    for option in options:
        loop = wrapped_by(option, loop, contract, names, record)
    return loop


def wrapped_by(option: Option, loop: Loop, contract: Contract, names: dict[str, Any], record: Run) -> Loop:
    """Of what the loop carries, that which a round reads is replaced as the option says."""
    memory: dict[Value, frozenset[Value]] = {}
    read = frozenset().union(*(free_variables(s.next, memory) for s in loop.states))
    governing = tuple(s for s in loop.states if free_variables(s.variable, memory) & read)
    wrapped = Wrapped(contract.algorithm, names, loop, governing)
    env: dict[str, Any] = {**option.names, option.role: wrapped, "x": Carried(tuple(s.variable for s in governing))}
    (body,) = (s.body for s in option.contract.algorithm.body if isinstance(s, tree.Repeat))
    for statement in body:
        env[statement.name.text] = value = evaluate(statement.value, env, record)
        if isinstance(value, Value):
            record.names.append((value, statement.name.text))
    after = dict(zip((s.variable for s in governing), env["x"].values, strict=True))
    return replace(loop, states=tuple(State(s.variable, s.start, after.get(s.variable, s.next)) for s in loop.states))
