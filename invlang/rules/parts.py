"""Terms of several unknowns that are each of one of them."""

from __future__ import annotations

from invlang.graph.operators import Operator, Row, Zero


def part_of(operator: Operator) -> tuple[int, Operator] | None:
    """Which one of several unknowns an operator acts on, and how; None where it acts on more."""
    parts = operator.parts if isinstance(operator, Row) else ()
    acting = [(i, p) for i, p in enumerate(parts) if not isinstance(p, Zero)]
    return acting[0] if len(acting) == 1 else None


def acts_on(operator: Operator, index: int) -> bool:
    """Whether an operator sees one of several unknowns."""
    return not isinstance(operator, Row) or not isinstance(operator.parts[index], Zero)
