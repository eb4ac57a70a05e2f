"""What the blocks of one method share: how often a value is read, which values a method of the model gives, the names in use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from invlang.emit.ledger import Ledger
from invlang.emit.names import NameTable
from invlang.emit.stages import is_setup, kind_of
from invlang.graph.values import Bundle, Known, Pointwise, Value, operands_of
from invlang.plan.steps import Function

WIDTH = 110


@dataclass(frozen=True)
class Line:
    """A statement, with how many levels it is indented, and its comment."""

    code: str
    comment: str = ""
    depth: int = 0


@dataclass
class Method:
    """What the blocks of one method share.

    model: how the model is spelt ("self", "m", or "" while it is built);  uses: how many places read a value;
    streams: of which measurements it draws;  calls: values that a method of the model gives, with the method and its arguments;  scalars: kinds of scalar iterates.
    """

    ledger: Ledger
    model: str
    names: NameTable
    uses: Counter[Value] = field(default_factory=Counter)
    calls: dict[Value, tuple[Function, tuple[Value, ...]]] = field(default_factory=dict)
    scalars: dict[Value, str] = field(default_factory=dict)
    wanted: dict[Value, str] = field(default_factory=dict)
    comments: dict[Value, str] = field(default_factory=dict)
    own: frozenset[Value] = frozenset()
    arguments: tuple[Known, ...] = ()
    below: dict[Value, tuple[Value, ...]] = field(default_factory=dict)
    binds_lifts: bool = False
    usual_rank: int | None = None
    label: str = ""
    reads_model: bool = False
    sums_up: bool = False
    streams: frozenset[str] = frozenset()

    def kind(self, value: Value) -> str:
        return kind_of(value, self.scalars)

    def children(self, value: Value) -> tuple[Value, ...]:
        if value not in self.below:
            held = value not in self.calls and is_held(value, self)
            self.below[value] = self.calls[value][1] if value in self.calls else () if held else operands_of(value)
        return self.below[value]


def is_held(value: Value, method: Method) -> bool:
    """Is it a buffer of the model, seen from a method?"""
    if not method.model or isinstance(value, Bundle) or not is_setup(value) or method.kind(value) != "tensor":
        return False
    return not (isinstance(value, Pointwise) and value.function in ("conj", "real", "imag"))


LOOKS = ("conj", "real", "imag", "negate")
