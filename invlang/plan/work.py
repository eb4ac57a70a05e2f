"""What calculating values takes: transforms, other linear maps, passes over memory; how often, and on which arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from invlang.graph.operators import Leaf
from invlang.graph.spaces import Space
from invlang.graph.values import Apply, Call, Iterative, Number, Pointwise, Reduce, Value, Variable, inside, operands_of
from invlang.meaning.laws import declared_value
from invlang.rules.facts import claims

PASS, TRANSFORM, CALL, WAVELET = 1.0, 8.0, 2.0, 20.0
CHEAP = ("translation", "selection", "matrix")
HALF = ("half_fourier", "half_fourier_inverse", "plain_half_fourier", "plain_half_fourier_inverse")
WHOLE = ("plain_fourier", "plain_fourier_inverse")
KINDS = ("complex transforms", "real transforms", "other linear maps", "inner iterations", "passes over memory")
COMPLEX, REAL, MAP, INNER, MEMORY = KINDS


@dataclass(frozen=True)
class Work:
    """One piece of work.  kind: one of KINDS, or "" for what is not counted;  space: of the larger of what goes in and what comes out;
    passes: how often its entries are gone through;  axes: those of a transform."""

    kind: str
    space: Space
    passes: float = PASS
    axes: tuple[int, ...] = ()


Tally = Counter[Work]
Chooses = Callable[[Value], bool]


def work_of_round(values: Iterable[Value]) -> Tally:
    """The work of a round: what does not change from round to round is left out."""
    memory: dict[Value, bool] = {}
    return work_of(values, lambda value: any_variable(value, memory))


def work_before(starts: Iterable[Value], nexts: Iterable[Value]) -> Tally:
    """The work before the loop: where it starts, and what a round reads that does not change."""
    memory: dict[Value, bool] = {}
    return work_of([*starts, *still_in(nexts, memory)], lambda value: not any_variable(value, memory))


def still_in(values: Iterable[Value], memory: dict[Value, bool]) -> list[Value]:
    """The largest values inside that do not change from round to round."""
    stays = lambda value: not any_variable(value, memory)
    return list(filter(stays, inside(*values, stop=stays)))


def work_of(values: Iterable[Value], counts: Chooses = lambda value: True) -> Tally:
    """The work of calculating values, each part once, as far as it counts."""
    tally: Tally = Counter()
    seen: set[Value] = set()
    for value in values:
        add_work(value, tally, seen, counts)
    return tally


def add_work(value: Value, tally: Tally, seen: set[Value], counts: Chooses) -> None:
    if value in seen or not counts(value):
        return
    seen.add(value)
    if isinstance(value, Iterative):
        rounds = int(dict(value.options).get("iterations", 1))
        for work, times in work_of([value.body]).items():  # inside an inner solve everything is calculated each time
            tally[work] += rounds * times
        tally[Work(INNER, Space("real"), 0)] += rounds
        for operand in value.operands:
            add_work(operand, tally, seen, counts)
        return
    own = own_work(value)
    if own is not None:
        tally[own] += 1
    for operand in operands_of(value):
        add_work(operand, tally, seen, counts)


def own_work(value: Value) -> Work | None:
    match value:
        case Apply(leaf, operand):
            return work_of_leaf(leaf, larger(operand.space, value.space))
        case Call(function=function, operands=(operand, *_)) if function in (*HALF, *WHOLE):
            kind = REAL if function in HALF else COMPLEX
            return Work(kind, larger(operand.space, value.space), axes=axes_of(dict(value.options)))
        case Call():
            return Work(MEMORY, value.space, CALL)
        case Reduce(operand=operand):
            return Work(MEMORY, operand.space)
        case Pointwise():
            return Work(MEMORY, value.space)
    return None


def axes_of(options: dict[str, Any]) -> tuple[int, ...]:
    return tuple(options.get("axes", ()))


def larger(a: Space, b: Space) -> Space:
    """The space of higher rank, then that with entries of two numbers: a real image against its half spectrum, an image against its gradient."""
    return max((a, b), key=lambda s: (s.rank, s.field == "real"))


def work_of_leaf(leaf: Leaf, space: Space) -> Work:
    if claims(leaf, "spectral"):
        return Work(COMPLEX, space.over("complex"), axes=leaf.argument("axes"))
    return Work("" if claims(leaf, "embedding") else MAP, space, 0 if claims(leaf, "embedding") else passes_of(leaf))


def passes_of(leaf: Leaf) -> float:
    """How many passes over memory a primitive takes: what it declares, `has passes = …`, or what its claims tell."""
    declared = declared_value(leaf, "passes")
    if isinstance(declared, Number):
        return float(declared.value)  # type: ignore[arg-type]
    if claims(leaf, "spectral"):
        return TRANSFORM
    fast = claims(leaf, "separable") or (claims(leaf, "unitary") and not any(claims(leaf, c) for c in CHEAP))
    return WAVELET if fast else PASS


def moves(value: Value) -> bool:
    """Whether a value changes from round to round."""
    return any_variable(value, {})


def any_variable(value: Value, memory: dict[Value, bool]) -> bool:
    if value not in memory:
        match value:
            case Variable():
                memory[value] = not value.settled
            case Iterative(variable=bound, body=body, operands=operands):  # its bound variable is no iterate
                memory[value] = any_variable(body, {bound: False}) or any(any_variable(o, memory) for o in operands)
            case _:
                memory[value] = any(any_variable(o, memory) for o in operands_of(value))
    return memory[value]


def counts(tally: Tally) -> dict[str, int]:
    """How often each kind of work is done; passes of arrays only."""
    found = dict.fromkeys(KINDS, 0)
    for work, times in tally.items():
        if work.kind and (work.kind != MEMORY or work.space.rank):
            found[work.kind] += times
    return found
