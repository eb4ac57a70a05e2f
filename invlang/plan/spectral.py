"""The spectral method: the leading eigenvector of Aᴴ diag(y) A, as long as the data |A x|² say."""

from __future__ import annotations

from invlang.graph.arithmetic import ONE, ZERO, divide, is_complex_value, multiply, number, pointwise, subtract
from invlang.graph.values import Iterative, Reduce, Value, Variable
from invlang.rules.derivative import depends, pulled_back, substitute

ROUNDS = 40
LOWEST = -5.0


def spectral_estimate(forward: Value, point: Variable, y: Value, rounds: int = ROUNDS) -> Value | None:
    """x from y = |A x|², with forward = A · point, up to a constant phase; a real x has a positive mean.  None where that is not linear in the point.

    The leading eigenvector of Aᴴ diag(T) A with T = max(1 − mean y / y, −5), by Lanczos' method from Aᴴ √y; then scaled
    so that |A x|² has the mean of y. [Luo, Alghamdi, Lu 2019]
    """
    back = pulled_back(forward, point, y)
    if back is ZERO or depends(back, point):
        return None
    axes = tuple(range(-y.space.rank, 0))
    average = Reduce("mean", y, axes)
    tiny = number(1e-12)
    ratio = divide(average, pointwise("maximum", y, tiny))
    weights = pointwise("maximum", subtract(ONE, ratio), number(LOWEST))
    probe = Variable("v", point.space)
    image = substitute(forward, point, probe)
    body = pulled_back(forward, point, multiply(weights, image))
    first = pulled_back(forward, point, pointwise("sqrt", pointwise("maximum", y, number(0))))
    options = (("iterations", rounds), ("rank", point.space.rank))
    leading: Value = Iterative("leading_vector", probe, body, (first,), options, point.space)
    if not is_complex_value(leading):
        upright = Reduce("mean", leading, tuple(range(-point.space.rank, 0)))
        leading = multiply(pointwise("sign", upright), leading)
    seen = Reduce("mean", pointwise("abs2", substitute(forward, point, leading)), axes)
    return multiply(pointwise("sqrt", divide(average, pointwise("maximum", seen, tiny))), leading)
