"""Arrays that depend on the unknown nonlinearly: as values of its variable, and what can be said of those."""

from __future__ import annotations

from functools import cache
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.apply import applied
from invlang.graph.values import Aligned, Applied, Apply, Bundle, Call, Iterative, Pointwise, Reduce, Value, Variable, operands_of
from invlang.meaning.meanings import Affine, Array, Curve, Mapped

SMOOTH_KERNELS = ("poisson_fidelity",)
CONSTANT = ("zeros", "ones")  # of the size of their operand, whatever it holds
SUMS = ("sum", "mean", "norm2")
DERIVATIVES = frozenset(
    "add multiply divide power abs2 abs exp log sqrt sin cos real imag conj round nearest clamp maximum minimum sign log_bessel "
    "bessel_ratio".split()
)
NONSMOOTH = ("abs", "sign", "maximum", "minimum", "clamp", "round", "nearest")


def as_curve(meaning: Any) -> Any:
    """Anything that depends on the unknown, as a value in terms of its variable; everything else as it is."""
    match meaning:
        case Array(value, space):
            return Curve(value, space)
        case Affine(operator, offset, space):
            value = applied(operator, meaning.variable)
            return Curve(value if offset is None else arithmetic.add(value, offset), space)
        case Mapped(function, argument, axes, space):
            inner = as_curve(argument)
            if function == "norm2":
                return Curve(Reduce("norm2", inner.value, axes), space)
            return Curve(arithmetic.pointwise(function, inner.value), space)
    return meaning


@cache
def variables_in(value: Value) -> frozenset[Variable]:
    """The variables that a value depends on."""
    if isinstance(value, Variable):
        return frozenset({value})
    return frozenset().union(*(variables_in(o) for o in operands_of(value)))


@cache
def is_smooth(value: Value) -> bool:
    """Whether a value is certainly differentiable in its variables."""
    if not variables_in(value) or is_constant(value):
        return True
    if isinstance(value, Pointwise) and (value.function in NONSMOOTH or value.function == "sqrt" and not is_safe_root(value)):
        return False
    if isinstance(value, Call) and value.function not in SMOOTH_KERNELS:
        return False
    if isinstance(value, Reduce) and value.function in ("norm2", "max", "min"):
        return False
    return all(is_smooth(o) for o in operands_of(value))


@cache
def has_derivative(value: Value) -> bool:
    """Whether the chain rule can be written down for a value: rounding and clipping pass it straight through."""
    if not variables_in(value) or is_constant(value):
        return True
    known = isinstance(value, Variable | Apply | Applied | Bundle | Aligned) or (
        isinstance(value, Pointwise)
        and value.function in DERIVATIVES
        or isinstance(value, Reduce)
        and value.function in SUMS
        or isinstance(value, Iterative)
        and value.function == "fixed_point"
    )
    return known and all(has_derivative(o) for o in operands_of(value))


def is_constant(value: Value) -> bool:
    """Whether a value reads no more of its operand than how large it is."""
    return isinstance(value, Call) and value.stem == "arrays" and value.function in CONSTANT


def is_safe_root(value: Pointwise) -> bool:
    return arithmetic.is_positive(value.operands[0])


@cache
def extent(value: Any) -> int:
    """How many nodes a value or an operator has when it is written out."""
    if isinstance(value, Value):
        return 1 + sum(extent(o) for o in operands_of(value))
    return (
        1
        + sum(extent(c) for c in getattr(value, "factors", ()) or getattr(value, "parts", ()))
        + sum(extent(t) for _, t in getattr(value, "terms", ()))
    )
