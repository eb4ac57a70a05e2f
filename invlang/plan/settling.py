"""Numbers of a loop that are read off its iterate twice: at the start, and once more after some rounds.

The start need not tell how large the solution's parts are.  A penalty or a step that changes once and is kept from then on
leaves an algorithm as convergent as it was: it converges from wherever it stands.
"""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.values import Value, Variable, operands_of
from invlang.plan.roles import Loop
from invlang.plan.steps import Settling
from invlang.rules.derivative import substitute


def begun_at(start: Value, point: Value, loop: Loop) -> Loop:
    """The loop, its first iterates read off where it begins."""
    if point is start:
        return loop
    states = tuple(replace(s, start=substitute(s.start, point, start)) for s in loop.states)
    return replace(loop, states=states)


def settling_of(loop: Loop, point: Value, rounds: int) -> Settling | None:
    """When the numbers of a loop are read off its iterate, if any of them are."""
    values = (loop.result, *(s.next for s in loop.states))
    if not rounds or loop.iterate is None or not any(is_settled(v, {}) for v in values):
        return None
    return Settling(loop.iterate, point, rounds)


def is_settled(value: Value, memory: dict[Value, bool]) -> bool:
    """Whether a value is made of what was read off an iterate."""
    if value not in memory:
        memory[value] = isinstance(value, Variable) and value.settled or any(is_settled(o, memory) for o in operands_of(value))
    return memory[value]
