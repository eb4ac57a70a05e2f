"""What a round costs: transforms, other maps, passes over memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from invlang.graph.values import Apply, Bundle, Call, Iterative, Value, Variable, operands_of
from invlang.rules.facts import claims


@dataclass(frozen=True)
class Counts:
    """How often each kind of work is done in one round.  real_transforms: half spectra;  passes: element-by-element work."""

    transforms: int = 0
    real_transforms: int = 0
    maps: int = 0
    solves: int = 0
    passes: int = 0
    LABELS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("complex transforms", "transforms"),
        ("real transforms", "real_transforms"),
        ("other linear maps", "maps"),
        ("inner iterations", "solves"),
        ("passes over memory", "passes"),
    )

    def plus(self, other: Counts) -> Counts:
        return Counts(
            self.transforms + other.transforms,
            self.real_transforms + other.real_transforms,
            self.maps + other.maps,
            self.solves + other.solves,
            self.passes + other.passes,
        )

    def times(self, n: int) -> Counts:
        return Counts(self.transforms * n, self.real_transforms * n, self.maps * n, self.solves * n, self.passes * n)


def counts_of_round(values: list[Value], whole: bool = False) -> Counts:
    """The work of calculating these values once; what does not change from round to round is left out, unless `whole`."""
    seen: set[Value] = set()
    total = Counts()
    for value in values:
        total = total.plus(below(value, seen, whole, {}))
    return total


def below(value: Value, seen: set[Value], whole: bool, memory: dict[Value, bool]) -> Counts:
    if value in seen or not (whole or moves(value, memory)):
        return Counts()
    seen.add(value)
    if isinstance(value, Iterative):
        n = int(dict(value.options).get("iterations", 1))
        inner = below(value.body, set(), True, {}).times(n)
        outer = Counts()
        for o in value.operands:
            outer = outer.plus(below(o, seen, whole, memory))
        return inner.plus(outer).plus(Counts(solves=n))
    total = own(value)
    for operand in operands_of(value):
        total = total.plus(below(operand, seen, whole, memory))
    return total


def own(value: Value) -> Counts:
    match value:
        case Apply(leaf):
            if claims(leaf, "spectral"):
                return Counts(transforms=1)
            return Counts() if claims(leaf, "embedding") else Counts(maps=1)
        case Call(function="plain_fourier" | "plain_fourier_inverse"):
            return Counts(transforms=1)
        case Call(function="half_fourier" | "half_fourier_inverse" | "plain_half_fourier" | "plain_half_fourier_inverse"):
            return Counts(real_transforms=1)
        case Bundle() | Variable():
            return Counts()
    rank = value.space.rank
    return Counts(passes=1) if rank else Counts()


def moves(value: Value, memory: dict[Value, bool]) -> bool:
    if value not in memory:
        memory[value] = isinstance(value, Variable) and not value.settled or any(moves(o, memory) for o in operands_of(value))
    return memory[value]
