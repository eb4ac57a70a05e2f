"""Where to cut an expression that is too long for a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invlang.emit.names import is_negative
from invlang.emit.stages import is_trivial
from invlang.graph.values import Bundle, Pointwise, Value

if TYPE_CHECKING:
    from invlang.emit.block import Block


def best_cut(block: Block, value: Value) -> Value | None:
    """The part of a long expression that best halves it."""
    weights: dict[Value, int] = {}

    def weigh(node: Value) -> int:
        named = any(v is node for v, _ in block.bound) or node in block.forced or block.home(node) is not block
        if named and node is not value:
            return 1
        children = block.method.children(node)
        weights[node] = 1 if is_trivial(node) else 2 + sum(weigh(c) for c in children)
        return weights[node]

    whole = weigh(value)
    inner = [n for n in weights if n is not value and weights[n] > 4 and is_cuttable(block, n)]
    if isinstance(value, Pointwise) and value.function == "add":
        inner = [n for n in value.operands if n in inner and weights[n] > whole / 4] or inner
    return min(inner, key=lambda n: abs(weights[n] - whole / 2), default=None)


def is_cuttable(block: Block, value: Value) -> bool:
    return not isinstance(value, Bundle) and block.method.kind(value) == "tensor" and not is_negative(value)
