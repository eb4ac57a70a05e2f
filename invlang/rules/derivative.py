"""The chain rule on the graph of values: backwards for gradients and Jᵀ w, forwards for J v (see `invlang.rules.forwards`).

Vectors carry Re⟨·, ·⟩, so of a complex point the gradient holds the derivatives in Re and Im together (Wirtinger, times two).
Rounding and clipping pass derivatives straight through: |x| has the slope 0 at 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invlang.graph.arithmetic import ONE, ZERO, add, conj, divide, is_complex_value, multiply, negate, number, pointwise, power
from invlang.graph.spaces import Size, Space, known_size
from invlang.graph.spaces import size as size_of
from invlang.graph.values import (
    Aligned,
    Apply,
    Bundle,
    Call,
    Iterative,
    Number,
    Pointwise,
    Random,
    Reduce,
    SizeValue,
    Value,
    Variable,
)
from invlang.meaning.curves import is_constant
from invlang.meaning.templates import embed


def substitute(value: Value, variable: Value, by: Value) -> Value:
    """The value with another in the place of a variable, or with one for each of a bundle of variables."""
    replaced = {variable: by}
    if isinstance(variable, Bundle):
        assert isinstance(by, Bundle)
        replaced |= dict(zip(variable.parts, by.parts, strict=True))
    return put(value, replaced, {})


def put(value: Value, replaced: dict[Value, Value], done: dict[Value, Value]) -> Value:
    """The value with others in the place of some, rebuilt in normal form.  done: what was rebuilt already."""
    if value in replaced:
        return replaced[value]
    if value not in done:
        done[value] = rebuilt(value, lambda v: put(v, replaced, done))
    return done[value]


def rebuilt(value: Value, each: Callable[[Value], Value]) -> Value:
    """The value with other operands."""
    match value:
        case Pointwise(function, operands):
            return pointwise(function, *map(each, operands))
        case Apply(leaf, operand):
            arguments = tuple((n, each(v) if isinstance(v, Value) else v) for n, v in leaf.arguments)
            return Apply(replace(leaf, arguments=arguments), each(operand))
        case Reduce(function, operand, axes, keep):
            return Reduce(function, each(operand), axes, keep)
        case Call() | Random():
            return replace(value, operands=tuple(map(each, value.operands)))
        case Iterative():
            return replace(value, body=each(value.body), operands=tuple(map(each, value.operands)))
        case Bundle(parts):
            return Bundle(tuple(map(each, parts)))
        case Aligned(operand, axis):
            return Aligned(each(operand), axis)
    return value


def derivative_of_entries(value: Value, point: Value) -> Value:
    """The derivative, entry by entry, of a value each of whose entries depends on the same entry of the point only."""
    return filled(gradient_of_value(value, point), point)


def filled(value: Value, like: Value) -> Value:
    """The value as large as another: a number is repeated in every entry."""
    return value if value.space.sizes == like.space.sizes else add(value, multiply(number(0), pointwise("real", like)))


def gradient_of_value(value: Value, point: Value) -> Value:
    """∇ of a scalar value, or of the sum of an array, in a point inside it; a bundle of them in a bundle of points."""
    if isinstance(point, Bundle):
        return Bundle(tuple(filled(pulled_back(value, p, ONE), p) for p in point.parts))
    return pulled_back(value, point, ONE)


def pulled_back(value: Value, point: Value, cotangent: Value) -> Value:
    """Jᵀ w: what a point inside the value receives of a cotangent w of the value."""
    outer = zip(value.parts, cotangent.parts, strict=True) if isinstance(value, Bundle) else ((value, cotangent),)  # type: ignore[attr-defined]
    collected: dict[Value, list[Value]] = {}
    for part, share in outer:
        collected.setdefault(part, []).append(share)
    result: list[Value] = []
    for node in reversed(ordered(value, point)):
        received = add(*collected.pop(node)) if node in collected else None
        if received is None:
            continue
        if node is point:
            result.append(received)
            continue
        for operand, share in backwards(node, received, point):
            collected.setdefault(operand, []).append(share)
    return add(*result) if result else ZERO


def ordered(value: Value, point: Value) -> list[Value]:
    """The values between the point and the scalar, each after what it is made of."""
    seen: dict[Value, bool] = {}
    order: list[Value] = []

    def visit(node: Value) -> bool:
        if node not in seen:
            operands = moving_operands(node)
            seen[node] = node is point or any([visit(o) for o in operands])
            if seen[node]:
                order.append(node)
        return seen[node]

    visit(value)
    return order


def moving_operands(node: Value) -> tuple[Value, ...]:
    """What a derivative passes through: of what is repeated, the function and what it is given."""
    if isinstance(node, Iterative):
        return (node.body, *node.operands)
    if isinstance(node, Apply | Reduce | Aligned):
        return (node.operand,)
    if is_constant(node):
        return ()
    return node.parts if isinstance(node, Bundle) else getattr(node, "operands", ())


def backwards(node: Value, cotangent: Value, point: Value) -> list[tuple[Value, Value]]:
    """What each operand receives of a cotangent."""
    match node:
        case Apply(leaf, operand):
            return [(operand, Apply(leaf.flipped, cotangent))]
        case Reduce("sum", operand, axes, keep):
            return [(operand, spread(cotangent, operand, axes, keep))]
        case Reduce("mean", operand, axes, keep):
            return [(operand, divide(spread(cotangent, operand, axes, keep), count(operand, axes)))]
        case Reduce("norm2", operand, axes, keep):
            length = spread(node, operand, axes, keep)
            return [(operand, multiply(divide(operand, length), spread(cotangent, operand, axes, keep)))]
        case Pointwise("conj", (operand,)):
            return [(operand, conj(cotangent))]
        case Pointwise("real", (operand,)):
            return [(operand, Apply(embed(operand.space), cotangent))]
        case Pointwise(function, operands):
            return [
                (o, shrink(multiply(conj(partial(function, operands, i)), cotangent), o))
                for i, o in enumerate(operands)
                if depends(o, point)
            ]
        case Iterative("fixed_point", variable, body):
            back = solved(node, cotangent, lambda w: substitute(pulled_back(body, variable, w), variable, node))
            return [(point, substitute(pulled_back(body, point, back), variable, node))]
        case Call(stem, "poisson_fidelity", (mean, y), of=space):
            return [(mean, shrink(multiply(Call(stem, "poisson_slope", (mean, y), (), space), cotangent), mean))]
    raise AssertionError(f"no derivative of {type(node).__name__}")


def solved(node: Iterative, first: Value, each: Callable[[Value], Value]) -> Value:
    """w = first + each(w), as many rounds as the node takes: the derivative of a fixed point v = E(v), with ∂E or its transpose."""
    w = Variable(f"{node.variable.name}_change", node.of)  # type: ignore[attr-defined]
    return replace(node, variable=w, body=add(first, each(w)), operands=(first,))


def depends(value: Value, point: Value) -> bool:
    return bool(ordered(value, point))


def count(operand: Value, axes: tuple[int, ...]) -> Value:
    """How many entries a reduction over these axes takes together."""
    total: Size = size_of(1)
    for axis in axes:
        total = total * operand.space.axes[axis].size
    known = known_size(total)
    return SizeValue(total) if known is None else number(known)


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
    ones = tuple(
        -i
        for i in range(1, min(like.space.rank, value.space.rank) + 1)
        if like.space.axes[-i].size == 1 and value.space.axes[-i].size != 1
    )
    return Reduce("sum", value, tuple(sorted(ones)), keep=True) if ones else value


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
            return conj(pointwise("sign", x))
        case "imag":
            return number(-1j)
        case "round" | "clamp":
            return ONE if i == 0 else ZERO
        case "maximum" | "minimum":
            other = operands[1 - i]
            return pointwise(
                "greater" if (function == "maximum") == (i == 0) else "less_equal", *((x, other) if i == 0 else (other, x))
            )
        case "sign" | "nearest":
            return ZERO
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
