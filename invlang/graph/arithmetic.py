"""Building values: element-by-element arithmetic in normal form.

Sums and products are flat, literal numbers are gathered in front, conj(d) · d is |d|², conjugates and moduli of real values vanish.
A literal is compared exactly: 1e-9 is not 0, and 1 + 5e-6 is not 1.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable
from dataclasses import replace

from invlang.graph.interning import remembered
from invlang.graph.values import Bundle, Call, Known, Number, Pointwise, Reduce, SizeValue, Value

ZERO = Number(0)
ONE = Number(1)


def number(value: int | float | complex) -> Value:
    if isinstance(value, complex) and value.imag == 0:
        value = value.real
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return Number(value)


def is_number(value: Value | None, literal: int | float) -> bool:
    return isinstance(value, Number) and value.value == literal


def is_complex_value(value: Value) -> bool:
    return value.space.field == "complex"


def add(*operands: Value) -> Value:
    """a + b + …; bundles add part by part."""
    if any(isinstance(o, Bundle) for o in operands):
        bundles = [o for o in operands if isinstance(o, Bundle)]
        return Bundle(tuple(add(*parts) for parts in zip(*(b.parts for b in bundles), strict=True)))
    literal, rest = fold("add", operands, 0)
    rest = without_zeros(like_terms(rest))
    if literal != 0 or not rest:
        rest = [*rest, number(literal)]
    return rest[0] if len(rest) == 1 else Pointwise("add", tuple(rest)) if rest else ZERO


def without_zeros(terms: list[Value]) -> list[Value]:
    """v + 0 = v for an array of zeros beside another array of its space."""
    arrays = [t for t in terms if not is_zeros(t)]
    return arrays if arrays and all(any(a.space == t.space for a in arrays) for t in terms if is_zeros(t)) else terms


def is_zeros(value: Value) -> bool:
    return isinstance(value, Call) and value.function == "zeros"


def like_terms(terms: list[Value]) -> list[Value]:
    """2 v − v = v, in whatever order v is written; a term that cancels goes where the shape of what remains stays the same."""
    gathered: dict[Value, int | float | complex] = {}
    written: dict[Value, Value] = {}
    for t in terms:
        literal, rest = literal_factor(t)
        rest = written.setdefault(in_order(rest), rest)
        gathered[rest] = gathered.get(rest, 0) + literal
    if len(gathered) == len(terms):
        return terms
    left = [v for v, c in gathered.items() if c != 0]
    if not left or max(v.space.rank for v in left) < max(v.space.rank for v in terms):
        return [multiply(number(c), v) for v, c in gathered.items()]
    return [multiply(number(gathered[v]), v) for v in left]


@remembered
def in_order(value: Value) -> Value:
    """The same for a b as for b a, for comparing: the order in which a program says them is kept where values are made."""
    if not isinstance(value, Pointwise):
        return value
    operands = tuple(map(in_order, value.operands))
    return Pointwise(value.function, tuple(sorted(operands, key=id)) if value.function in ("add", "multiply") else operands)


def literal_factor(value: Value) -> tuple[int | float | complex, Value]:
    """3 and v of 3 v."""
    if isinstance(value, Pointwise) and value.function == "multiply" and isinstance(value.operands[0], Number):
        return value.operands[0].value, multiply(*value.operands[1:])
    return 1, value


def multiply(*operands: Value) -> Value:
    """a · b · …; a scalar times a bundle scales every part."""
    bundles = [o for o in operands if isinstance(o, Bundle)]
    if bundles:
        others = [o for o in operands if not isinstance(o, Bundle)]
        if len(bundles) == 1:
            return Bundle(tuple(multiply(*others, p) for p in bundles[0].parts))
        return Bundle(tuple(multiply(*others, *parts) for parts in zip(*(b.parts for b in bundles), strict=True)))
    literal, rest = fold("multiply", operands, 1)
    if literal == 0 and all(o.space.rank == 0 for o in rest):
        return ZERO
    rest = without_inverses(rest)
    fractions = [o for o in rest if isinstance(o, Pointwise) and o.function == "divide" and o.space.rank == 0]
    if fractions and literal != 0 and (literal != 1 or len(fractions) > 1):
        tops = multiply(number(literal), *(f.operands[0] for f in fractions))
        bottom = multiply(*(f.operands[1] for f in fractions))
        return multiply(*(o for o in rest if o not in fractions), divide(tops, bottom))
    rest = pair_conjugates(rest)
    if literal != 1 or not rest:
        rest = [number(literal), *rest]
    return rest[0] if len(rest) == 1 else Pointwise("multiply", tuple(rest))


def without_inverses(factors: list[Value]) -> list[Value]:
    """s · (a / s) = a and s² · (a / s) = a · s, where it is certain that the number s is not 0."""
    left = list(factors)
    for factor in factors:
        if isinstance(factor, Pointwise) and factor.function == "divide" and factor.space.rank == 0:
            top, bottom = factor.operands
            square = power(bottom, 2)
            if not is_positive(bottom) or not (bottom in left or square in left):
                continue
            left[left.index(factor)] = top
            if bottom in left:
                left.remove(bottom)
            else:
                left[left.index(square)] = bottom
    return [f for f in left if not is_number(f, 1)]


def fold(function: str, operands: Iterable[Value], start: int) -> tuple[int | float | complex, list[Value]]:
    literal: int | float | complex = start
    rest: list[Value] = []
    for operand in operands:
        inner = operand.operands if isinstance(operand, Pointwise) and operand.function == function else (operand,)
        for value in inner:
            if isinstance(value, Number):
                literal = literal + value.value if function == "add" else literal * value.value
            else:
                rest.append(value)
    return literal, rest


def pair_conjugates(factors: list[Value]) -> list[Value]:
    """conj(d) · d = |d|²"""
    left = list(factors)
    for factor in factors:
        if not is_complex_value(factor) or factor not in left:
            continue
        other = conj(factor)
        if other in left:
            position = min(left.index(factor), left.index(other))
            left.remove(factor)
            left.remove(other)
            square = abs2(other if isinstance(factor, Pointwise) and factor.function == "conj" else factor)
            left[position:position] = [] if is_number(square, 1) else [square]
    squares = [f for i, f in enumerate(left) if not is_complex_value(f) and f in left[:i] and not isinstance(f, Number)]
    for factor in squares:
        while left.count(factor) >= 2:
            position = left.index(factor)
            left.remove(factor)
            left.remove(factor)
            left.insert(position, factor if is_binary(factor) else power(factor, 2))
    return left


def negate(value: Value) -> Value:
    return multiply(Number(-1), value)


def subtract(a: Value, b: Value) -> Value:
    return add(a, negate(b))


def divide(a: Value, b: Value) -> Value:
    if isinstance(a, Bundle):
        return Bundle(tuple(divide(p, b) for p in a.parts))
    if is_number(b, 1):
        return a
    if isinstance(a, Number) and isinstance(b, Number) and b.value != 0:
        exact = isinstance(a.value, int) and isinstance(b.value, int) and a.value % b.value == 0
        return number(a.value // b.value if exact else a.value / b.value)  # type: ignore[operator]
    if isinstance(b, Pointwise) and b.function == "divide":
        return divide(multiply(a, b.operands[1]), b.operands[0])
    if isinstance(a, Pointwise) and a.function == "divide" and a.space.rank == 0 and isinstance(b, Number) and b.value != 0:
        return divide(multiply(divide(ONE, b), a.operands[0]), a.operands[1])
    reduced = reduce_literals(a, b)
    if reduced is not None:
        return divide(*reduced)
    if a is b:
        return ONE if a.space.rank == 0 else Pointwise("divide", (a, b))
    return Pointwise("divide", (a, b))


def reduce_literals(a: Value, b: Value) -> tuple[Value, Value] | None:
    """2 a / (2 b) = a / b: literal factors above and below meet."""
    if not (isinstance(b, Pointwise) and b.function == "multiply" and isinstance(b.operands[0], Number)):
        return None
    below, rest = b.operands[0], multiply(*b.operands[1:])
    if isinstance(a, Pointwise) and a.function == "multiply" and isinstance(a.operands[0], Number):
        return multiply(divide(a.operands[0], below), *a.operands[1:]), rest
    if isinstance(a, Number) and a.value not in (0, 1):
        return divide(a, below), rest
    return None


def reciprocal(value: Value) -> Value:
    return divide(ONE, value)


def power(base: Value, exponent: int | float) -> Value:
    if exponent == 1:
        return base
    if isinstance(base, Number):
        return number(base.value**exponent)
    return Pointwise("power", (base, number(exponent)))


@remembered
def conj(value: Value) -> Value:
    """The complex conjugate; a real value is its own."""
    if isinstance(value, Bundle):
        return Bundle(tuple(conj(p) for p in value.parts))
    if not is_complex_value(value):
        return value
    if isinstance(value, Number):
        return number(complex(value.value).conjugate())
    if isinstance(value, Pointwise):
        if value.function == "conj":
            return value.operands[0]
        if value.function in ("multiply", "add", "divide"):
            return rebuild(value.function, tuple(conj(o) for o in value.operands))
    if isinstance(value, Call) and value.function == "shift":
        return replace(value, operands=(conj(value.operands[0]),))
    return Pointwise("conj", (value,))


@remembered
def abs2(value: Value) -> Value:
    """|v|²"""
    if isinstance(value, Number):
        return number(abs(value.value) ** 2)
    if isinstance(value, Pointwise) and value.function == "multiply":
        return multiply(*(abs2(o) for o in value.operands))
    if isinstance(value, Pointwise) and value.function == "conj":
        return abs2(value.operands[0])
    if is_binary(value):
        return value
    if isinstance(value, Call) and value.function == "modulation":
        return ONE
    if isinstance(value, Call) and value.function == "shift":
        inner = abs2(value.operands[0])
        return replace(value, operands=(inner,), of=value.of.over(inner.space.field)) if inner.space.rank else inner
    return Pointwise("abs2", (value,)) if is_complex_value(value) else power(value, 2)


def pointwise(function: str, *operands: Value) -> Value:
    """Any other function, folded where all operands are literals."""
    match function:
        case "add":
            return add(*operands)
        case "multiply":
            return multiply(*operands)
        case "divide":
            return divide(*operands)
        case "conj":
            return conj(operands[0])
        case "abs2":
            return abs2(operands[0])
        case "power" if isinstance(operands[1], Number):
            assert isinstance(operands[1].value, int | float)
            return power(operands[0], operands[1].value)
        case "real" if not is_complex_value(operands[0]):
            return operands[0]
        case "abs" if is_nonnegative(operands[0]):
            return operands[0]
        case "clamp" if isinstance(operands[0], Pointwise) and operands[0].function == "clamp":
            if operands[0].operands[1:] == operands[1:]:
                return operands[0]
    if all(isinstance(o, Number) for o in operands) and function in FOLDED:
        return number(FOLDED[function](*(o.value for o in operands)))  # type: ignore[attr-defined]
    return Pointwise(function, operands)


rebuild = lambda function, operands: pointwise(function, *operands)

FOLDED = {
    "sqrt": lambda v: math.sqrt(v) if not isinstance(v, complex) and v >= 0 else cmath.sqrt(v),
    "abs": abs,
    "maximum": max,
    "minimum": min,
}


@remembered
def is_nonnegative(value: Value) -> bool:
    """True where it is certain that every entry is real and at least 0."""
    match value:
        case Number():
            return not isinstance(value.value, complex) and value.value >= 0
        case SizeValue():
            return True
        case Known():
            positive = value.origin == "parameter" and value.default is not None and value.default >= 0
            return value.of.field == "binary" or "nonnegative" in value.traits or positive
        case Pointwise("abs" | "abs2"):
            return True
        case Pointwise("sqrt" | "exp"):
            return not is_complex_value(value)
        case Pointwise("power", (base, Number(exponent))):
            return not is_complex_value(base) and (exponent in (2, 4) or is_nonnegative(base))
        case Pointwise("add" | "multiply" | "divide" | "maximum"):
            return all(is_nonnegative(o) for o in value.operands)
        case Reduce("norm2"):
            return True
        case Reduce("sum" | "mean" | "max" | "min"):
            return is_nonnegative(value.operand)
    from_call = getattr(value, "function", "") in ("power_iteration", "growth_bound", "laplacian_eigenvalues", "comb")
    return from_call or (getattr(value, "function", "") == "fold_mean" and is_nonnegative(value.operands[0]))  # type: ignore[attr-defined]


@remembered
def is_positive(value: Value) -> bool:
    """True where it is certain that every entry is real and above 0."""
    match value:
        case Number():
            return not isinstance(value.value, complex) and value.value > 0
        case SizeValue():
            return value.expression.is_positive is True
        case Known():
            return "positive" in value.traits or (value.origin == "parameter" and value.default is not None and value.default > 0)
        case Pointwise("exp"):
            return not is_complex_value(value)
        case Pointwise("add"):
            return all(is_nonnegative(o) for o in value.operands) and any(is_positive(o) for o in value.operands)
        case Pointwise("multiply" | "divide"):
            return all(is_positive(o) for o in value.operands)
        case Pointwise("power" | "sqrt"):
            return is_positive(value.operands[0])
    return False


def is_scalar(value: Value) -> bool:
    return not isinstance(value, Bundle) and value.space.rank == 0


@remembered
def is_binary(value: Value) -> bool:
    """True where every entry is 0 or 1."""
    match value:
        case Known():
            return value.of.field == "binary"
        case Call(function="comb" | "bayer" | "inner_differences"):
            return True
        case Pointwise("multiply"):
            return all(is_binary(o) for o in value.operands)
        case Call(function="shift"):
            return is_binary(value.operands[0])
    return isinstance(value, Number) and value.value in (0, 1)
