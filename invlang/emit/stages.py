"""What a value depends on, and so when it can be worked out: at set-up, once per call, or in every round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from invlang.emit.functions import joined
from invlang.emit.paste import parameters_of
from invlang.graph.spaces import Product, Space
from invlang.graph.values import (
    Bundle,
    Call,
    Iterative,
    Known,
    Number,
    Pointwise,
    Random,
    Reduce,
    SizeValue,
    Value,
    Variable,
    inside,
    operands_of,
)

_variables: dict[Value, frozenset[Value]] = {}
_reads_call: dict[Value, bool] = {}
_random: dict[Value, bool] = {}


def forget() -> None:
    """Drops what was remembered of the last module's values."""
    for memory in (_variables, _reads_call, _random):
        memory.clear()


def variables_of(value: Value) -> frozenset[Value]:
    """The iterates and bound variables that a value is in terms of."""
    if value not in _variables:
        found: frozenset[Value] = frozenset({value}) if isinstance(value, Variable) else frozenset()
        for operand in operands_of(value):
            found |= variables_of(operand)
        if isinstance(value, Iterative):
            found = (variables_of(value.body) - frozenset(parts(value.variable))).union(*map(variables_of, value.operands))
        _variables[value] = found
    return _variables[value]


def is_setup(value: Value) -> bool:
    """Does it depend on the model's arrays alone?"""
    return not variables_of(value) and not reads_call(value)


def reads_call(value: Value) -> bool:
    """Does it depend on what a call is given: data, arguments, parameters, draws?"""
    if value not in _reads_call:
        if isinstance(value, Known):
            _reads_call[value] = value.origin != "given"
        else:
            _reads_call[value] = draws(value) or any(map(reads_call, operands_of(value)))
    return _reads_call[value]


def draws(value: Value) -> bool:
    """Is it a draw, or a kernel that takes a generator?"""
    if isinstance(value, Call) and value.stem != "arrays":
        return any(p.name == "generator" for p in parameters_of(value.stem, value.function))
    return isinstance(value, Random)


def has_random(value: Value) -> bool:
    if value not in _random:
        _random[value] = draws(value) or any(map(has_random, operands_of(value)))
    return _random[value]


def streams_in(value: Value) -> frozenset[str]:
    """Of which measurements a value draws the noise, where it says so."""
    return frozenset(map(measurement_of, (v for v in inside(value) if isinstance(v, Random))))


def measurement_of(value: Random) -> str:
    """Which measurement a draw belongs to; a draw of something else to none."""
    return value.stream.partition(" of ")[2]


def parts(value: Value) -> tuple[Value, ...]:
    """The components of a value of a product space, those of its parts in their place; the value itself otherwise."""
    if isinstance(value, Bundle):
        return tuple(component for part in value.parts for component in parts(part))
    if not isinstance(value.space, Product):
        return (value,)
    spaces = value.space.parts
    return tuple(Call("arrays", "component", (value,), (("index", i),), space) for i, space in enumerate(spaces))


def kind_of(value: Value, scalars: Mapping[Value, str]) -> str:
    """tensor, number (a Python number for sure) or either.  scalars: the kinds of iterates that are numbers."""
    match value:
        case Number() | SizeValue():
            return "number"
        case Known():
            return "tensor" if value.space.rank else "either"
        case Variable():
            return scalars.get(value, "tensor")
        case Pointwise() if value.space.rank == 0:
            return joined([kind_of(o, scalars) for o in value.operands])
        case Call(of=Space(field="integer", axes=())):
            return joined([kind_of(o, scalars) for o in value.operands])
        case Reduce(axes=()):
            return kind_of(value.operand, scalars)
    return "tensor"


def is_trivial(value: Value) -> bool:
    """Not worth a name: names, literals and views of them."""
    match value:
        case Known() | Variable() | Number() | SizeValue():
            return True
        case Pointwise("conj" | "real" | "imag", (inner,)):
            return is_trivial(inner)
    return False


def is_opposite(value: Pointwise) -> bool:
    """Is it −x, which sums write without an operation of its own?"""
    first = value.operands[0]
    return value.function == "multiply" and len(value.operands) == 2 and isinstance(first, Number) and first.value == -1


def count_uses(roots: Iterable[Value], children: Callable[[Value], Iterable[Value]]) -> Counter[Value]:
    """How many places read each value; what is below a value counts once, and what −v reads as often as −v."""
    uses: Counter[Value] = Counter()

    def visit(value: Value) -> None:
        uses[value] += 1
        if uses[value] == 1 or (isinstance(value, Pointwise) and is_opposite(value)):
            for child in children(value):
                visit(child)

    for root in roots:
        visit(root)
    return uses
