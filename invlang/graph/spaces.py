"""Spaces of images and data: a field and axes whose sizes are sympy expressions over the program's dims."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import sympy

Size = sympy.Expr
FIELDS = ("real", "complex", "binary", "integer")


@cache
def dim(name: str) -> sympy.Symbol:
    """The symbol of a dim: a positive integer not known yet."""
    return sympy.Symbol(name, integer=True, positive=True)


@cache
def size(number: int) -> Size:
    return sympy.Integer(number)


@dataclass(frozen=True)
class Axis:
    """One axis.  The name is how programs speak of it; two axes of the same size are equal whatever they are called."""

    size: Size
    name: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return show_size(self.size)


@dataclass(frozen=True)
class Space:
    """field: real, complex, binary or integer; batch axes are never written."""

    field: str
    axes: tuple[Axis, ...] = ()

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def sizes(self) -> tuple[Size, ...]:
        return tuple(a.size for a in self.axes)

    def over(self, field: str) -> Space:
        """The same axes over another field."""
        return replace(self, field=field)

    def named(self, name: str) -> tuple[int, ...]:
        """The positions, counted from the end (-1 is the last), of the axes of that name."""
        return tuple(i - self.rank for i, a in enumerate(self.axes) if a.name == name)

    def __str__(self) -> str:
        return f"{self.field}[{', '.join(map(str, self.axes))}]" if self.axes else self.field


@dataclass(frozen=True)
class Product:
    """Several spaces side by side: what a stack gives, or several unknowns."""

    parts: tuple[Space, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.parts))})"


AnySpace = Space | Product
SCALAR = Space("real")
COMPLEX_SCALAR = Space("complex")


def is_complex(space: AnySpace) -> bool:
    return any(p.field == "complex" for p in parts_of(space))


def parts_of(space: AnySpace) -> tuple[Space, ...]:
    return space.parts if isinstance(space, Product) else (space,)


def numeric(space: Space) -> Space:
    """Masks and counts as numbers to calculate with: binary and integer become real."""
    return space.over("real") if space.field in ("binary", "integer") else space


@cache
def known_size(expression: Size) -> int | None:
    return int(expression) if expression.is_Integer else None


@cache
def show_size(expression: Size) -> str:
    """A size as the language writes it: H // 4, 2*H + 1."""
    if isinstance(expression, sympy.floor):
        numerator, denominator = expression.args[0].as_numer_denom()
        top = show_size(numerator)
        return f"{top if numerator.is_Atom else f'({top})'} // {denominator}"
    if isinstance(expression, sympy.Add):
        ordered = sorted(expression.as_ordered_terms(), key=lambda t: t.is_number)
        text = " + ".join(show_size(t) for t in ordered)
        return text.replace("+ -", "- ")
    if isinstance(expression, sympy.Mul):
        return "*".join(
            f"({show_size(f)})" if isinstance(f, sympy.Add) else show_size(f) for f in expression.as_ordered_factors()
        )
    return str(expression)


def floor_divide(top: Size, bottom: Size) -> Size:
    return sympy.floor(top / bottom)


def stretch(a: tuple[Axis, ...], b: tuple[Axis, ...]) -> tuple[Axis, ...] | None:
    """NumPy's rule from the last axis, only where a size is 1; names must agree where both have one.  None: they do not fit."""
    short, long = sorted((a, b), key=len)
    head, tail = long[: len(long) - len(short)], long[len(long) - len(short) :]
    merged = [stretch_axis(p, q) for p, q in zip(tail, short, strict=True)]
    return None if None in merged else (*head, *merged)  # type: ignore[return-value]


def stretch_axis(p: Axis, q: Axis) -> Axis | None:
    if p.size == q.size:
        return p if p.name else q
    if p.size == 1:
        return q
    return p if q.size == 1 else None
