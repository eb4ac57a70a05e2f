"""The chain rule backwards on the graph of values: gradients of scalars, derivatives of functions of single entries."""

from __future__ import annotations

from invlang.graph.arithmetic import ONE, add, conj, divide, is_complex_value, multiply, negate, number, pointwise, power
from invlang.graph.spaces import Space
from invlang.graph.values import Aligned, Apply, Bundle, Call, Number, Pointwise, Reduce, Value


def substitute(value: Value, variable: Value, by: Value) -> Value:
    """The value with another in the place of a variable."""
    if value is variable:
        return by
    match value:
        case Pointwise(function, operands):
            return pointwise(function, *(substitute(o, variable, by) for o in operands))
        case Apply(leaf, operand):
            return Apply(leaf, substitute(operand, variable, by))
        case Reduce(function, operand, axes, keep):
            return Reduce(function, substitute(operand, variable, by), axes, keep)
        case Call(stem, function, operands, options, of):
            return Call(stem, function, tuple(substitute(o, variable, by) for o in operands), options, of)
        case Bundle(parts):
            return Bundle(tuple(substitute(p, variable, by) for p in parts))
        case Aligned(operand, axis):
            return Aligned(substitute(operand, variable, by), axis)
    return value


def derivative_of_entries(value: Value, point: Value) -> Value:
    """The derivative, entry by entry, of a value each of whose entries depends on the same entry of the point only."""
    return filled(gradient_of_value(value, point), point)


def filled(value: Value, like: Value) -> Value:
    """The value as large as another: a number is repeated in every entry."""
    return value if value.space.sizes == like.space.sizes else add(value, multiply(number(0), pointwise("real", like)))


def gradient_of_value(value: Value, point: Value) -> Value:
    """∇ of a scalar value, or of the sum of an array, in a point inside it (the real gradient; of complex points Re and Im together)."""
    collected: dict[Value, list[Value]] = {value: [ONE]}
    result: list[Value] = []
    for node in reversed(ordered(value, point)):
        cotangent = add(*collected.pop(node))
        if node is point:
            result.append(cotangent)
            continue
        for operand, share in backwards(node, cotangent, point):
            collected.setdefault(operand, []).append(share)
    return add(*result)


def ordered(value: Value, point: Value) -> list[Value]:
    """The values between the point and the scalar, each after what it is made of."""
    seen: dict[Value, bool] = {}
    order: list[Value] = []

    def visit(node: Value) -> bool:
        if node not in seen:
            operands = (node.operand,) if isinstance(node, Apply | Reduce | Aligned) else getattr(node, "operands", ())
            seen[node] = node is point or any([visit(o) for o in operands])
            if seen[node]:
                order.append(node)
        return seen[node]

    visit(value)
    return order


def backwards(node: Value, cotangent: Value, point: Value) -> list[tuple[Value, Value]]:
    """What each operand receives of a cotangent."""
    match node:
        case Apply(leaf, operand):
            return [(operand, Apply(leaf.flipped, cotangent))]
        case Reduce("sum", operand, axes, keep):
            return [(operand, spread(cotangent, operand, axes, keep))]
        case Reduce("norm2", operand, axes, keep):
            length = spread(node, operand, axes, keep)
            return [(operand, multiply(divide(operand, length), spread(cotangent, operand, axes, keep)))]
        case Pointwise(function, operands):
            return [
                (o, shrink(multiply(conj(derivative), cotangent), o))
                for i, o in enumerate(operands)
                if depends(o, point) and (derivative := partial(function, operands, i)) is not None
            ]
        case Call(stem, "poisson_fidelity", (mean, y), of=space):
            return [(mean, shrink(multiply(Call(stem, "poisson_slope", (mean, y), (), space), cotangent), mean))]
    raise AssertionError(f"no derivative of {type(node).__name__}")


def depends(value: Value, point: Value) -> bool:
    return bool(ordered(value, point))


def spread(value: Value, like: Value, axes: tuple[int, ...], keep: bool) -> Value:
    """A reduced value laid out over the axes again."""
    space = like.space
    assert isinstance(space, Space)
    return Call(
        "arrays", "spread", (value,), (("axes", axes if not keep else ()), ("space", space)), space.over(value.space.field)
    )


def shrink(value: Value, like: Value) -> Value:
    """The cotangent of a stretched operand: summed over the axes along which it was stretched, real where it is real."""
    if not is_complex_value(like):
        value = pointwise("real", value)
    extra = value.space.rank - like.space.rank
    if extra > 0:
        value = Reduce("sum", value, tuple(range(-value.space.rank, -like.space.rank)))
    return value


def partial(function: str, operands: tuple[Value, ...], i: int) -> Value:
    """∂ function / ∂ operand i, for functions that are holomorphic or of real operands; |z|² and Re by their real gradient."""
    x = operands[i]
    match function:
        case "add":
            return ONE
        case "multiply":
            return multiply(*(o for j, o in enumerate(operands) if j != i))
        case "divide":
            return divide(ONE, operands[1]) if i == 0 else negate(divide(operands[0], power(operands[1], 2)))
        case "power":
            exponent = operands[1]
            assert isinstance(exponent, Number) and isinstance(exponent.value, int | float)
            return multiply(exponent, power(x, exponent.value - 1))
        case "abs2":
            return multiply(number(2), conj(x))
        case "abs":
            return divide(conj(x), pointwise("abs", x))
        case "exp":
            return pointwise("exp", x)
        case "log":
            return divide(ONE, x)
        case "sqrt":
            return divide(ONE, multiply(number(2), pointwise("sqrt", x)))
        case "sin":
            return pointwise("cos", x)
        case "cos":
            return negate(pointwise("sin", x))
        case "real":
            return ONE
        case "log_bessel":
            return pointwise("bessel_ratio", x)
        case "bessel_ratio":
            return pointwise("bessel_ratio_slope", x)
    raise AssertionError(f"no derivative of {function}")
