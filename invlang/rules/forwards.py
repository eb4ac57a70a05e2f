"""The chain rule forwards on the graph of values: J v, the change of a value when a point inside it moves along v."""

from __future__ import annotations

from invlang.graph.arithmetic import ZERO, add, conj, divide, is_complex_value, multiply, number, pointwise
from invlang.graph.values import Aligned, Apply, Bundle, Iterative, Pointwise, Reduce, Value
from invlang.rules.derivative import depends, filled, partial, solved, spread, substitute


def pushed_forward(value: Value, points: tuple[Value, ...], tangents: tuple[Value, ...]) -> Value:
    """J v of a value that several points are inside of, each moving along its own tangent."""
    done: dict[Value, Value] = dict(zip(points, tangents, strict=True))

    def push(node: Value) -> Value:
        if node not in done:
            done[node] = moved(node) if any(depends(node, p) for p in points) else ZERO
        return done[node]

    def moved(node: Value) -> Value:
        match node:
            case Apply(leaf, operand):
                return Apply(leaf, push(operand))
            case Reduce("norm2", operand, axes, keep):
                length = spread(node, operand, axes, keep)
                return Reduce("sum", along(divide(operand, length), push(operand)), axes, keep)
            case Reduce("sum" | "mean", operand, axes, keep):
                return Reduce(node.function, push(operand), axes, keep)
            case Aligned(operand, axis):
                return Aligned(push(operand), axis)
            case Bundle(parts):
                return Bundle(tuple(map(push, parts)))
            case Pointwise():
                return moved_entries(node, push)
            case Iterative("fixed_point", variable, body):
                within = lambda p, t: substitute(pushed_forward(body, p, t), variable, node)
                return solved(node, within(points, tangents), lambda w: within((variable,), (w,)))
        raise AssertionError(f"no derivative of {type(node).__name__}")

    return push(value)


def moved_entries(node: Pointwise, push) -> Value:  # noqa: ANN001
    """The change of a function of entries."""
    x = node.operands[0]
    match node.function:
        case "abs2":
            return multiply(number(2), along(x, push(x)))
        case "abs":
            return along(pointwise("sign", x), push(x))
        case "conj" | "real" | "imag":
            return pointwise(node.function, push(x))
    changes = [(o, push(o)) for o in node.operands]
    shares = [multiply(partial(node.function, node.operands, i), t) for i, (_, t) in enumerate(changes) if t is not ZERO]
    return filled(add(*shares), node) if shares else ZERO


def along(x: Value, tangent: Value) -> Value:
    """Re(conj(x) t), entry by entry."""
    product = multiply(conj(x), tangent)
    return pointwise("real", product) if is_complex_value(product) else product
