"""Half spectra: where an image is real, half of its spectrum says everything, and the transforms are half as long."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.operators import Leaf
from invlang.graph.spaces import Axis, Space, floor_divide, size
from invlang.graph.values import Aligned, Apply, Bundle, Call, Iterative, Pointwise, Random, Reduce, Value
from invlang.plan.factors import as_number, inverse_half, inverse_whole
from invlang.rules.facts import claims
from invlang.rules.traits import is_constant_along, is_hermitian, is_real

Axes = tuple[int, ...]
POINTWISE = ("add", "multiply", "divide", "conj", "abs2", "abs", "power")


class Halving:
    """One pass over a graph of values; remembers what it has rewritten, so that sharing is kept."""

    def __init__(self) -> None:
        self.done: dict[Value, Value] = {}
        self.halves: dict[tuple[Value, Axes], Value | None] = {}

    def rewrite(self, value: Value) -> Value:
        if value not in self.done:
            self.done[value] = self.rewritten(value)
        return self.done[value]

    def rewritten(self, value: Value) -> Value:
        ended = self.ended(value)
        if ended is not None:
            return ended
        match value:
            case Pointwise(function, operands):
                return Pointwise(function, tuple(map(self.rewrite, operands)))
            case Apply(leaf, operand):
                return inverse_whole(Apply(self.leaf(leaf), self.rewrite(operand)))
            case Reduce("max", operand, axes) if operand.space.rank >= 1 and is_hermitian(operand, axes):
                half = self.half(operand, axes)
                return Reduce("max", half if half is not None else self.rewrite(operand), axes)
            case Reduce(function, operand, axes, keep):
                return Reduce(function, self.rewrite(operand), axes, keep)
            case Aligned(operand, axis):
                return Aligned(self.rewrite(operand), axis)
            case Call() | Random():
                return replace(value, operands=tuple(map(self.rewrite, value.operands)))
            case Iterative():
                return replace(value, body=self.rewrite(value.body), operands=tuple(map(self.rewrite, value.operands)))
            case Bundle(parts):
                return Bundle(tuple(map(self.rewrite, parts)))
        return value

    def leaf(self, leaf: Leaf) -> Leaf:
        arguments = tuple((n, self.rewrite(v) if isinstance(v, Value) else v) for n, v in leaf.arguments)
        return Leaf(leaf.primitive, arguments, leaf.of, leaf.to, leaf.adjoint)

    def ended(self, value: Value) -> Value | None:
        """Real Fᴴ v as a real inverse transform of half of v, where v is Hermitian."""
        if not (isinstance(value, Apply) and claims(value.leaf, "embedding") and value.leaf.adjoint):
            return None
        inner = value.operand
        if not (isinstance(inner, Apply) and claims(inner.leaf, "spectral") and inner.leaf.adjoint):
            return None
        axes = inner.leaf.argument("axes")
        half = self.half(inner.operand, axes)
        if half is None:
            return None
        space = inner.leaf.of.over("real")
        sizes = tuple(as_number(space.axes[a].size) for a in axes)
        return inverse_half(half, axes, sizes, space)

    def half(self, value: Value, axes: Axes) -> Value | None:
        key = (value, axes)
        if key not in self.halves:
            self.halves[key] = self.halved(value, axes)
        return self.halves[key]

    def halved(self, value: Value, axes: Axes) -> Value | None:
        """Half of a Hermitian value: all frequencies but the negative ones of the last axis; None where it is not Hermitian."""
        if is_constant_along(value, axes[-1]):
            symmetric = all(is_constant_along(value, a) for a in axes) and is_real(value)
            return self.rewrite(value) if symmetric else None
        match value:
            case Apply(leaf, Apply(embedding, image)) if claims(leaf, "spectral") and not leaf.adjoint:
                if claims(embedding, "embedding") and not embedding.adjoint and leaf.argument("axes") == axes:
                    space = halved_space(leaf.to, axes)
                    return Call("fourier", "half_fourier", (self.rewrite(image),), (("axes", axes),), space)
                return None
            case Apply(leaf, operand) if claims(leaf, "copies"):
                return self.half_copies(leaf, operand, axes)
            case Apply(leaf, operand) if claims(leaf, "hermitian") and leaf.argument("axes") == axes:
                return self.half_fold(leaf, operand, axes)
            case Pointwise(function, operands) if function in POINTWISE:
                halves = [self.half(o, axes) if o.space.rank else self.rewrite(o) for o in operands]
                return None if None in halves else Pointwise(function, tuple(halves))  # type: ignore[arg-type]
            case Call(function="reciprocal_or_zero", operands=(inner,)):
                half = self.half(inner, axes)
                return None if half is None else replace(value, operands=(half,), of=half.space)
            case Call(function="spectrum") if is_hermitian(value, axes):
                return replace(value, function="half_spectrum", of=halved_space(value.of, axes))
        if is_hermitian(value, axes):
            return Call("fourier", "half_of", (self.rewrite(value),), (("axes", axes),), halved_space(value.space, axes))
        return None

    def half_copies(self, leaf: Leaf, operand: Value, axes: Axes) -> Value | None:
        """Copies of half a spectrum, or their sum."""
        inner = self.half(operand, axes)
        return inner and Apply(replace(leaf, of=halved_space(leaf.of, axes), to=halved_space(leaf.to, axes)), inner)

    def half_fold(self, leaf: Leaf, operand: Value, axes: Axes) -> Value | None:
        """Aliasing of a half spectrum, or its adjoint."""
        inner = self.half(operand, axes)
        if inner is None:
            return None
        sizes = tuple(as_number(leaf.of.axes[a].size) for a in axes)
        options = (("axes", axes), ("factor", leaf.argument("factor")), ("sizes", sizes))
        function = "half_fold_adjoint" if leaf.adjoint else "half_fold"
        return Call("fourier", function, (inner,), options, halved_space(leaf.codomain, axes))


def halved_space(space: Space, axes: Axes) -> Space:
    last = space.rank + axes[-1]
    length = floor_divide(space.axes[last].size, size(2)) + 1
    kept = tuple(Axis(length, a.name) if i == last else a for i, a in enumerate(space.axes))
    return Space(space.field, kept)
