"""What a round need not do: g (b + F (c + s v)) = g (b + F c) + (g s) F v, where all but v stays the same from round to round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from invlang.graph.arithmetic import ONE, add, multiply, number
from invlang.graph.fractions import ratio
from invlang.graph.values import Apply, Iterative, Number, Pointwise, Value
from invlang.plan.device import typical_seconds
from invlang.plan.work import any_variable
from invlang.rules.derivative import rebuilt
from invlang.rules.traits import is_real


@dataclass(frozen=True)
class Split:
    """A value as the sum of `fixed` and of scale · moving: the scale is a real number; it and what is fixed are the same in every round."""

    fixed: tuple[Value, ...]
    scale: Value
    moving: Value

    @property
    def is_trivial(self) -> bool:
        return not self.fixed and self.scale is ONE


def scaling(nexts: list[Value]) -> Callable[[Value], Value]:
    """A function from values of a loop to the same with what stays put together; of no effect where rounds would cost more."""
    gathering = Gathering()
    cheaper = typical_seconds([gathering.rewrite(v) for v in nexts]) <= typical_seconds(nexts)
    return gathering.rewrite if cheaper else lambda value: value


class Gathering:
    """One pass over the values of a loop; remembers what it has rewritten, so that sharing is kept."""

    def __init__(self) -> None:
        self.done: dict[Value, Value] = {}
        self.moving: dict[Value, bool] = {}

    def moves(self, value: Value) -> bool:
        return any_variable(value, self.moving)

    def rewrite(self, value: Value) -> Value:
        if value not in self.done:
            same = isinstance(value, Iterative) or not self.moves(value)
            self.done[value] = value if same else self.put_together(rebuilt(value, self.rewrite))
        return self.done[value]

    def put_together(self, value: Value) -> Value:
        """g (b + s v) as g b + (g s) v, for an array g;  b + F (c + v) as (b + F c) + F v."""
        if is_pointwise(value, "multiply"):
            known = [o for o in value.operands if not self.moves(o)]
            moving = [o for o in value.operands if self.moves(o)]
            if len(moving) == 1 and any(o.space.rank for o in known):
                split = self.split(moving[0])
                if not split.is_trivial:
                    return add(*(multiply(*known, b) for b in split.fixed), multiply(multiply(*known, split.scale), split.moving))
        if is_pointwise(value, "add") and any(o.space.rank and not self.moves(o) for o in value.operands):
            splits = [self.split(o) for o in value.operands if self.moves(o)]
            if any(s.fixed for s in splits):
                fixed = [o for o in value.operands if not self.moves(o)]
                return add(*fixed, *(b for s in splits for b in s.fixed), *(multiply(s.scale, s.moving) for s in splits))
        return value

    def split(self, value: Value) -> Split:
        """The parts of a sum, of a multiple, and of a linear map of such."""
        whole = Split((), ONE, value)
        match value:
            case Apply(leaf, operand):
                inner = self.split(operand)
                if inner.is_trivial or any(v.space != operand.space for v in (*inner.fixed, inner.moving)):
                    return whole
                return Split(tuple(Apply(leaf, b) for b in inner.fixed), inner.scale, Apply(leaf, inner.moving))
            case Pointwise("multiply", operands):
                scales = [o for o in operands if not o.space.rank and is_real(o) and not self.moves(o)]
                return Split((), multiply(*scales), multiply(*(o for o in operands if o not in scales)))
            case Pointwise("add", operands):
                fixed = [o for o in operands if not self.moves(o)]
                splits = [self.split(o) for o in operands if self.moves(o)]
                fixed += [b for s in splits for b in s.fixed]
                found = Split(tuple(fixed), *common_scale(splits))
                return found if found.moving.space == value.space else whole
        return whole


def common_scale(splits: list[Split]) -> tuple[Value, Value]:
    """s and v + c w of s v + c s w, with literals c; 1 and the sum where the scales are not multiples of each other."""
    scale = splits[0].scale
    ratios = [ratio(s.scale, scale) for s in splits]
    if isinstance(scale, Number) or None in ratios:
        return ONE, add(*(multiply(s.scale, s.moving) for s in splits))
    return scale, add(*(multiply(number(c), s.moving) for c, s in zip(ratios, splits, strict=True) if c is not None))


def is_pointwise(value: Value, function: str) -> TypeGuard[Pointwise]:
    return isinstance(value, Pointwise) and value.function == function
