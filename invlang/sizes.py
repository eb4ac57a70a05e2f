"""Sizes of axes, learnt from the arrays that are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from invlang.errors import mistake
from invlang.graph.spaces import AnySpace, Product, Size, Space, dim, show_size
from invlang.source import Span


@dataclass(frozen=True)
class Told:
    """A dim's number and who said so."""

    number: int
    said_by: str


Sizes = Mapping[str, Told]


@dataclass(frozen=True)
class Shape:
    """An array as the user gave it.  name: what messages call it;  space: what it was declared as;  sizes: all its axes."""

    name: str
    space: Space
    sizes: tuple[int, ...]
    place: Span | None = None


def learn(known: Sizes, shapes: Iterable[Shape]) -> dict[str, Told]:
    """What is known, and what the shapes tell; leading axes are batches.  Raises InvError where they disagree."""
    found = dict(known)
    waiting = [(axis.size, n, shape) for shape in shapes for axis, n in zip(shape.space.axes, own_axes(shape), strict=True)]
    before = -1
    while waiting and len(waiting) != before:
        before = len(waiting)
        waiting = [item for item in waiting if not settle(found, *item)]
    return found


def own_axes(shape: Shape) -> tuple[int, ...]:
    """The last axes, those that the space speaks of."""
    rank = shape.space.rank
    if len(shape.sizes) < rank:
        short = f"{len(shape.sizes)} {'axis' if len(shape.sizes) == 1 else 'axes'} ({show_sizes(shape.sizes)})"
        missing = rank - len(shape.sizes)
        raise mistake(
            f"`{shape.name}` has {short}, and {shape.space} has {rank}",
            shape.place,
            help=f"add {'an axis' if missing == 1 else f'{missing} axes'} of size 1 where the space has "
            f"{'one' if missing == 1 else 'them'}"
            if any(a.size == 1 for a in shape.space.axes)
            else None,
        )
    return shape.sizes[len(shape.sizes) - rank :]


def settle(found: dict[str, Told], expression: Size, number: int, shape: Shape) -> bool:
    """Whether this axis is understood now: checked against what is known, or a new size learnt from it."""
    value = evaluate(found, expression)
    if value is not None:
        if value != number:
            raise disagreement(found, expression, value, number, shape)
        return True
    free = [s for s in expression.free_symbols if str(s) not in found]
    if len(free) != 1:
        return False
    solution = solve_linear(expression.subs({dim(n): s.number for n, s in found.items()}), free[0], number)  # type: ignore[arg-type]
    if solution is None:
        return False
    if solution < 1:
        raise mistake(
            f"`{shape.name}` has {number} where {shape.space} has {show_size(expression)}: no {free[0]} gives that", shape.place
        )
    found[str(free[0])] = Told(solution, shape.name)
    return True


def solve_linear(expression: sympy.Expr, symbol: sympy.Symbol, number: int) -> int | None:
    """The whole number that makes a·symbol + b equal to `number`; 0 where none does, None where the size is no such formula."""
    slope: Any = expression.coeff(symbol, 1)
    rest: Any = sympy.expand(expression - slope * symbol)
    if not (slope.is_Integer and rest.is_Integer):
        return None
    solution = (number - rest) / slope
    return int(solution) if solution.is_Integer else 0


def evaluate(known: Sizes, expression: Size) -> int | None:
    """The number of a size formula, or None while a dim in it is unknown."""
    if expression.is_Integer:
        return int(expression)
    if isinstance(expression, sympy.Symbol):
        return known[str(expression)].number if str(expression) in known else None
    if any(str(s) not in known for s in expression.free_symbols):
        return None
    return int(expression.subs({s: known[str(s)].number for s in expression.free_symbols}))


def disagreement(found: Sizes, expression: Size, expected: int, number: int, shape: Shape) -> Exception:
    written = show_size(expression)
    if expression.is_Integer:
        told = f"{shape.space} has {expected}"
    else:
        reasons = [f"{s} = {found[str(s)].number} ({found[str(s)].said_by})" for s in sorted(expression.free_symbols, key=str)]
        told = f"{written} is {expected}" if not isinstance(expression, sympy.Symbol) else ""
        told = ", ".join([*([told] if told else []), *reasons])
    return mistake(
        f"`{shape.name}` is {show_sizes(shape.sizes)} and does not fit {shape.space}: {number} samples where {told}", shape.place
    )


def show_sizes(sizes: Iterable[int]) -> str:
    """
    >>> show_sizes((3, 512, 512)), show_sizes(())
    ('3 × 512 × 512', 'a single number')
    """
    return " × ".join(map(str, sizes)) or "a single number"


def shape_in(known: Sizes, space: Space) -> tuple[int | str | None, ...]:
    """The space's shape as far as it is known: numbers, else a dim's name, else None."""
    out: list[int | str | None] = []
    for axis in space.axes:
        number = evaluate(known, axis.size)
        out.append(number if number is not None else str(axis.size) if isinstance(axis.size, sympy.Symbol) else None)
    return tuple(out)


def unknown_dims(known: Sizes, space: AnySpace) -> list[str]:
    """The dims of a space that nobody has told yet."""
    parts = space.parts if isinstance(space, Product) else (space,)
    symbols = {str(s) for p in parts for a in p.axes for s in a.size.free_symbols}
    return sorted(symbols - set(known))
