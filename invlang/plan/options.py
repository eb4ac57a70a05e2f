"""Options after an algorithm: declarations of the library that wrap a round of it, and what an algorithm must claim to take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from invlang.graph.program import OptionOf
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Value, Variable
from invlang.meaning import library
from invlang.plan.contracts import Contract, contract_of
from invlang.plan.lower import carried_by, evaluate, loop_variable
from invlang.plan.mistakes import CannotTake, FoundOnTheWay, StepOutside
from invlang.plan.numbers import with_parameters
from invlang.plan.products import parts
from invlang.plan.roles import Carried, Loop, Run, Wrapped
from invlang.plan.steps import State
from invlang.plan.turns import free_variables
from invlang.rules.derivative import put
from invlang.syntax import tree


@dataclass(frozen=True)
class Option:
    """An option with its numbers.  role: what it calls the algorithm;  names: what its text speaks of.

    found: the algorithm's numbers that it finds on the way, each a loop variable.
    """

    contract: Contract
    role: str
    found: Mapping[str, Value]
    names: dict[str, Any] = field(default_factory=dict)
    parameters: tuple[tuple[str, Value], ...] = ()

    @property
    def reference(self) -> str:
        return f"{self.contract.name} ({self.contract.reference})"


def options_of(
    asked: tuple[OptionOf, ...], contract: Contract, arguments: Any
) -> tuple[Option, ...] | CannotTake | FoundOnTheWay:
    """The options of an estimator, their numbers not yet worked out; or why the algorithm does not take one."""
    options: list[Option] = []
    for one in asked:
        declared = library.definition(one.name)
        assert isinstance(declared, tree.Algorithm)
        own = contract_of(declared)
        (slot,) = own.slots
        for trait in slot.traits:
            claimed = claim_of(contract.algorithm, trait) is not None
            behind = next((o.contract.name for o in options if trait not in told(o.contract, "keeps")), None) if claimed else None
            if not claimed or behind is not None:
                return CannotTake(one.span, one.name, contract.name, trait, taking(trait), own_number(contract, trait), behind)
        found = {n: Variable(n, SCALAR) for n in told(own, "finds")}
        given = next((span for n, (_, span) in arguments if n in found), None)
        if given is not None:
            (number,) = found
            return FoundOnTheWay(given, one.name, contract.name, number)
        options.append(Option(own, slot.role, found))
    return tuple(options)


def with_numbers(
    options: tuple[Option, ...], asked: tuple[OptionOf, ...], contract: Contract, names: dict[str, Any], start: Value
) -> tuple[Option, ...] | StepOutside:
    """The options with their numbers worked out from the algorithm's."""
    done = []
    for option, one in zip(options, asked, strict=True):
        wrapped = Wrapped(contract.algorithm, names)
        known, parameters, outside = with_parameters(option.contract, {option.role: wrapped}, start, one.arguments)
        if outside is not None:
            return outside  # type: ignore[no-any-return]
        done.append(replace(option, names=known, parameters=tuple(parameters)))
    return tuple(done)


def told(contract: Contract, claim: str) -> tuple[str, ...]:
    """The names that a claim of an algorithm lists."""
    fact = claim_of(contract.algorithm, claim)
    return () if fact is None else tuple(a.span.text for a in fact.arguments)


def claim_of(algorithm: tree.Algorithm, name: str) -> tree.Fact | None:
    return next((f for f in algorithm.facts if f.name.text == name), None)


def taking(trait: str) -> tuple[str, ...]:
    """The algorithms of the library that claim something."""
    declared = (library.definition(n) for n, e in library.entries().items() if e.keyword == "algorithm")
    return tuple(a.name.text for a in declared if isinstance(a, tree.Algorithm) and claim_of(a, trait) is not None)


def finders(contract: Contract) -> tuple[str, ...]:
    """The options of the library that find a number of an algorithm on the way."""
    declared = (library.definition(n) for n, e in library.entries().items() if e.keyword == "algorithm")
    options = (contract_of(a) for a in declared if isinstance(a, tree.Algorithm) and claim_of(a, "finds") is not None)
    fits = lambda option: all(claim_of(contract.algorithm, t) is not None for t in option.slots[0].traits)
    return tuple(o.name for o in options if fits(o))


def own_number(contract: Contract, trait: str) -> str | None:
    """The number by which an algorithm does by itself what the option would do."""
    return next((p.name.text for p in contract.algorithm.parameters if trait == "averaged" and p.name.text == "relax"), None)


def with_options(loop: Loop, contract: Contract, names: dict[str, Any], options: tuple[Option, ...], record: Run) -> Loop:
    """The loop with its rounds wrapped, one option after the other."""
    for option in options:
        loop = wrapped_by(option, loop, contract, names, record)
    return loop


def wrapped_by(option: Option, loop: Loop, contract: Contract, names: dict[str, Any], record: Run) -> Loop:
    """Of what the loop carries, that which a round reads is replaced as the option says; what the option itself carries comes beside it."""
    memory: dict[Value, frozenset[Value]] = {}
    read = frozenset().union(*(free_variables(s.next, memory) for s in loop.states))
    governing = tuple(s for s in loop.states if free_variables(s.variable, memory) & read)
    wrapped = Wrapped(contract.algorithm, names, loop, governing)
    env: dict[str, Any] = {**option.names, option.role: wrapped, "x": Carried(tuple(s.variable for s in governing))}
    for statement in assignments(option.contract.algorithm.body):
        env[statement.name.text] = evaluate(statement.value, env, record)
    body = repeated(option.contract.algorithm)
    begun = {n: env[n] for n in carried_by(body, env) if n != "x"}
    taken = {v.name for s in loop.states for v in parts(s.variable) if isinstance(v, Variable)}
    own = {n: option.found.get(n) or iterates(n if n not in taken else f"{n}_{option.role}", v) for n, v in begun.items()}
    after = {**env, **own}
    for one in body:
        after[one.name.text] = value = evaluate(one.value, after, record)
        if isinstance(value, Value):
            record.names.append((value, one.name.text.replace("'", "_next")))
    starts = {v: p for s in loop.states for v, p in zip(parts(s.variable), parts(s.start), strict=True)}
    changed = dict(zip((s.variable for s in governing), after["x"].values, strict=True))
    states = [replace(s, next=changed.get(s.variable, s.next)) for s in loop.states]
    for n, v in own.items():
        rows = zip(*map(values_of, (v, begun[n], after.get(f"{n}'", after[n]))), strict=True)
        states += [State(one, put(start, starts, {}), new) for one, start, new in rows]
    return replace(loop, states=tuple(states))


def iterates(name: str, start: Any) -> Any:
    """Loop variables like what they start with, one or as many as are carried."""
    if not isinstance(start, Carried):
        return loop_variable(name, start)
    several = len(start.values) > 1
    return Carried(tuple(loop_variable(f"{name}{i}" if several else name, v) for i, v in enumerate(start.values, 1)))


def values_of(value: Any) -> tuple[Value, ...]:
    return value.values if isinstance(value, Carried) else (value,)


def assignments(body: tuple[Any, ...]) -> tuple[tree.Assign, ...]:
    """What an algorithm does before its rounds."""
    return tuple(s for s in body if isinstance(s, tree.Assign))


def repeated(algorithm: tree.Algorithm) -> tuple[tree.Assign, ...]:
    """What it does in a round."""
    (body,) = (s.body for s in algorithm.body if isinstance(s, tree.Repeat))
    return body
