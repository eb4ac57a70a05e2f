"""Terms of several unknowns that are each of one of them, and values laid out over a space."""

from __future__ import annotations

from invlang.graph.operators import Operator, Row, Zero
from invlang.graph.spaces import Space
from invlang.graph.values import Call, Value


def part_of(operator: Operator) -> tuple[int, Operator] | None:
    """Which one of several unknowns an operator acts on, and how; None where it acts on more."""
    parts = operator.parts if isinstance(operator, Row) else ()
    acting = [(i, p) for i, p in enumerate(parts) if not isinstance(p, Zero)]
    return acting[0] if len(acting) == 1 else None


def acts_on(operator: Operator, index: int) -> bool:
    """Whether an operator sees one of several unknowns."""
    return not isinstance(operator, Row) or not isinstance(operator.parts[index], Zero)


def stretched_to(value: Value, back: Operator) -> Value:
    space = back.domain
    if isinstance(space, Space) and value.space.rank < space.rank:
        return Call("arrays", "full", (value,), (("space", space),), space)
    return value
