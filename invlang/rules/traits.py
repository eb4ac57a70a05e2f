"""What is known for sure of a value's entries: constant along an axis, Hermitian like the spectrum of a real image, signs, regular."""

from __future__ import annotations

from invlang.graph.arithmetic import is_complex_value
from invlang.graph.questions import question
from invlang.graph.show import show_value
from invlang.graph.spaces import show_size
from invlang.graph.values import Apply, Call, Known, Number, Pointwise, Reduce, SizeValue, Table, Value

SYMMETRIC = ("laplacian_eigenvalues",)


@question(lambda value: f"{show_value(value)} is not known to be real")
def is_real(value: Value) -> bool:
    return not is_complex_value(value)


def varying(value: Value, axis: int) -> str:
    along = value.space.axes[axis]
    named = along.name if along.name is not None and along.name.isidentifier() else show_size(along.size)
    return f"{show_value(value)} may change along {f'the axis of {named} entries' if named.isdigit() else named}"


@question(varying)
def is_constant_along(value: Value, axis: int) -> bool:
    """True where the value does not change along that axis (a negative position)."""
    space = value.space
    return -axis > space.rank or space.axes[axis].size == 1


@question(lambda value, axes: f"{show_value(value)} is not known to be Hermitian, like the spectrum of a real image")
def is_hermitian(value: Value, axes: tuple[int, ...]) -> bool:
    """True where it is certain that d[−k] = conj(d[k]) along the axes: the diagonal keeps real images real in Fourier space."""
    if all(is_constant_along(value, a) for a in axes):
        return is_real(value)
    match value:
        case Number() | SizeValue() | Table():
            return is_real(value)
        case Apply(transform, Apply(embedding)) if "spectral" in transform.primitive.facts:
            return "embedding" in embedding.primitive.facts and transform.argument("axes") == tuple(axes)
        case Call(function="spectrum", operands=(kernel,)):
            return is_real(kernel) and dict(value.options)["axes"] == tuple(axes)
        case Call(function="laplacian_eigenvalues"):
            return dict(value.options)["boundary"] == "circular"
        case Call(function="hermitian_part"):
            varying = {a for a in axes if not is_constant_along(value, a)}
            return varying == set(dict(value.options)["axes"])
        case Call(function="modulation"):
            return all(o == 0 or i - value.space.rank in axes for i, o in enumerate(dict(value.options)["offsets"]))
        case Call(function="fold_mean" | "reciprocal_or_zero" | "toeplitz_mean" | "inverse_root", operands=(inner,)):
            return is_hermitian(inner, axes)
        case Call(function="seen_through", operands=(inner, weights)):
            return is_hermitian(inner, axes) and is_real(weights)
        case Pointwise("add" | "multiply" | "divide" | "conj" | "abs2" | "abs" | "power"):
            return all(is_hermitian(o, axes) for o in value.operands)
        case Reduce("sum" | "mean", operand, keep=True):
            return is_hermitian(operand, axes)
    return False


@question(lambda value: f"the entries of {show_value(value)} are not known to have modulus 1")
def is_unimodular(value: Value) -> bool:
    """True where it is certain that every entry is of modulus 1, as signs and phases are."""
    match value:
        case Known():
            return "unimodular" in value.traits
        case Call(function="modulation"):
            return True
        case Call(function="entry" | "shift") | Pointwise("conj"):
            return is_unimodular(value.operands[0])
        case Pointwise("multiply"):
            return all(map(is_unimodular, value.operands))
    return False


def spacing(value: Value) -> int | None:
    """f where every f-th entry along the last axis is 1, the one at index ⌊n/2⌋ among them, and all others are 0; None: not known."""
    traits = value.traits if isinstance(value, Known) else frozenset()
    return next((int(t.removeprefix("spaced ")) for t in traits if t.startswith("spaced ")), None)
