"""What operators ask of sizes that only the arrays tell: that a factor divides them, that they are powers of two."""

from __future__ import annotations

from collections.abc import Iterator

from invlang.errors import mistake
from invlang.graph.operators import Leaf, Operator, children_of
from invlang.graph.program import Program
from invlang.meaning.parameters import is_power_of_two
from invlang.sizes import Sizes, evaluate
from invlang.source import Span


def check_sizes(program: Program, sizes: Sizes) -> None:
    """Raises InvError where a size is not what an operator of the program takes."""
    for operator, place in operators_in(program):
        for leaf in leaves_of(operator):
            for axis in dict(leaf.arguments).get("axes", ()):
                number = evaluate(sizes, leaf.of.axes[axis].size)
                if number is not None:
                    check_size(leaf, number, place)


def operators_in(program: Program) -> Iterator[tuple[Operator, Span | None]]:
    for named in program.operators:
        yield named.operator, named.span
    for measurement in program.measurements:
        if measurement.operator is not None:
            yield measurement.operator, None


def leaves_of(operator: Operator) -> Iterator[Leaf]:
    if isinstance(operator, Leaf):
        yield operator
    for child in children_of(operator):
        yield from leaves_of(child)


def check_size(leaf: Leaf, number: int, place: Span | None) -> None:
    facts, name = leaf.primitive.facts, leaf.primitive.name
    if "powers_of_two" in facts and not is_power_of_two(number):
        raise mistake(f"`{name}` takes sizes that are powers of two, and an axis has {number} samples", place)
    factor = dict(leaf.arguments).get("factor")
    if "divides" in facts and isinstance(factor, int) and number % factor:
        raise mistake(f"{factor} does not divide {number}, the size of an axis that `{name}` acts on", place)
