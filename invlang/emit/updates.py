"""In which order loop variables are replaced, when every new value is in terms of the old ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations

from invlang.emit.method import LOOKS
from invlang.emit.stages import is_opposite, is_trivial
from invlang.graph.values import Pointwise, Value, Variable
from invlang.plan.steps import State

Children = Callable[[Value], Iterable[Value]]
MOST_TRIED = 6


@dataclass(frozen=True)
class Update:
    """One replacement.  save: a later one still reads the old value, which is kept under another name."""

    state: State
    save: bool


def order_updates(states: tuple[State, ...], children: Children, uses: Counter[Value]) -> tuple[Update, ...]:
    """The order with the fewest copies: of old values, and of new ones that are wanted before it is their turn."""
    moving = tuple(s for s in states if s.next is not s.variable)
    orders = permutations(moving) if len(moving) <= MOST_TRIED else [moving]
    best: tuple[int, tuple[Update, ...]] | None = None
    for order in orders:
        plan = with_saves(order, children, uses)
        best = plan if best is None or plan[0] < best[0] else best
        if best[0] == 0:
            break
    return best[1] if best else ()


def with_saves(order: Iterable[State], children: Children, uses: Counter[Value]) -> tuple[int, tuple[Update, ...]]:
    order = tuple(order)
    known: set[Value] = set()
    replaced: list[Value] = []
    saved: set[Value] = set()
    copies = 0
    for state in order:
        copies += state.next in known
        saved |= reads(state.next, children, uses, known) & set(replaced)
        replaced.append(state.variable)
        known.add(state.next)
    updates = tuple(Update(s, s.variable in saved) for s in order)
    return copies + len(saved), updates


def reads(value: Value, children: Children, uses: Counter[Value], known: set[Value]) -> set[Value]:
    """The variables that working out the value reads; notes in `known` what has a name afterwards."""
    if value in known:
        return set()
    if isinstance(value, Variable):
        return {value}
    found: set[Value] = set()
    for child in children(value):
        found |= reads(child, children, uses, known)
    if uses[value] > 1 and not is_another_look(value):
        known.add(value)
    return found


def is_another_look(value: Value) -> bool:
    """A name, a literal, or the opposite, the conjugate, a part of one: nothing that gets a name of its own."""
    if is_trivial(value):
        return True
    looks = isinstance(value, Pointwise) and (value.function in LOOKS or is_opposite(value))
    return looks and is_another_look(value.operands[-1])  # type: ignore[attr-defined]


def live_states(states: tuple[State, ...], result: Value, inside: Callable[[Value], frozenset[Value]]) -> tuple[State, ...]:
    """The states that the result depends on, through any number of rounds."""
    wanted, grown = set(inside(result)), -1
    while grown != len(wanted):
        grown = len(wanted)
        for state in states:
            if state.variable in wanted:
                wanted |= inside(state.next)
    return tuple(s for s in states if s.variable in wanted)
