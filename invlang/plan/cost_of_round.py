"""What a round of an algorithm costs, predicted from its values."""

from __future__ import annotations

from collections.abc import Callable

from invlang.graph.operators import Leaf
from invlang.graph.values import Apply, Bundle, Call, Iterative, Number, Value, Variable, operands_of
from invlang.meaning.laws import declared_value
from invlang.rules.facts import claims

PASS, TRANSFORM, WAVELET = 1.0, 8.0, 20.0
CHEAP = ("translation", "selection", "matrix")


def cost_of(values: list[Value]) -> float:
    """Passes over memory of one round: a transform counts as eight, a map as many as it declares, an inner solve as its rounds.

    What does not depend on the loop is left out.
    """
    seen: set[Value] = set()
    return sum(cost_below(v, seen, moves) for v in values)


def cost_below(value: Value, seen: set[Value], counts: Callable[[Value], bool]) -> float:
    """What it takes to calculate a value, as far as its parts count and were not yet seen."""
    if value in seen or not counts(value):
        return 0.0
    seen.add(value)
    below = sum(cost_below(o, seen, counts) for o in operands_of(value))
    match value:
        case Apply(leaf):
            own = passes_of(leaf)
        case Iterative():
            rounds = int(dict(value.options).get("iterations", 1))
            return below + rounds * cost_below(value.body, set(), anything)
        case Call():
            own = 2 * PASS
        case Bundle():
            own = 0.0
        case _:
            own = PASS
    return below + own * relative_size(value)


def passes_of(leaf: Leaf) -> float:
    """How many passes over memory a primitive takes: what it declares, `has passes = …`, or what its claims tell."""
    declared = declared_value(leaf, "passes")
    if isinstance(declared, Number):
        return float(declared.value)  # type: ignore[arg-type]
    if claims(leaf, "spectral"):
        return TRANSFORM
    fast = claims(leaf, "separable") or (claims(leaf, "unitary") and not any(claims(leaf, c) for c in CHEAP))
    return WAVELET if fast else PASS


def anything(value: Value) -> bool:
    """Inside an inner solve everything is calculated each time."""
    return True


def relative_size(value: Value) -> float:
    space = value.space
    return 1.0 if isinstance(value, Bundle) or space.rank else 0.0


def moves(value: Value) -> bool:
    """Whether a value changes from round to round."""
    return any_variable(value, {})


def any_variable(value: Value, memory: dict[Value, bool]) -> bool:
    if value not in memory:
        memory[value] = (
            isinstance(value, Variable) and not value.settled or any(any_variable(o, memory) for o in operands_of(value))
        )
    return memory[value]
