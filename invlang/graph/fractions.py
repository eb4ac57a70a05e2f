"""Numbers as c a / b, with a literal c: which of them are multiples of each other."""

from __future__ import annotations

from invlang.graph.arithmetic import ONE, literal_factor
from invlang.graph.values import Number, Pointwise, Value


def fraction(value: Value) -> tuple[int | float | complex, Value, Value]:
    """c, a and b of c a / b."""
    divided = isinstance(value, Pointwise) and value.function == "divide"
    top, bottom = value.operands if divided else (value, ONE)  # type: ignore[attr-defined]
    (above, a), (below, b) = ((v.value, ONE) if isinstance(v, Number) else literal_factor(v) for v in (top, bottom))
    return (above if below == 1 else above / below if below else 0), a, b


def ratio(a: Value, b: Value) -> float | complex | None:
    """c of a = c b, where it is a literal."""
    (first, *of_a), (second, *of_b) = fraction(a), fraction(b)
    return first / second if of_a == of_b and second else None
