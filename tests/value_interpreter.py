"""A second meaning of values, as direct as can be: one sample at a time, no sharing, no stages."""

from __future__ import annotations

import importlib
import inspect

import sympy
import torch

from invlang.graph.spaces import Product, Space
from invlang.graph.values import (
    Aligned,
    Apply,
    Bundle,
    Call,
    Iterative,
    Number,
    Pointwise,
    Reduce,
    SizeValue,
    Table,
    Value,
)
from invlang.kernels import iterative
from invlang.kernels.iterative import power_iteration
from invlang.kernels.newton import newton_prox
from invlang.plan.steps import Estimator

POINTWISE = {
    "conj": lambda x: x.conj(),
    "abs": abs,
    "abs2": lambda x: (x.conj() * x).real,
    "real": lambda x: x.real,
    "exp": torch.exp,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "log": torch.log,
    "power": lambda x, p: x**p,
    "divide": lambda a, b: a / b,
    "negate": lambda a: -a,
    "clamp": lambda x, a, b: torch.minimum(torch.maximum(x, a), b),
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "sign": torch.sgn,
    "imag": lambda x: x.imag,
    "round": torch.round,
    "greater": lambda a, b: (a > b).double(),
    "less_equal": lambda a, b: (a <= b).double(),
    "log_bessel": lambda x: torch.special.i0e(x).log() + x.abs(),
    "bessel_ratio": lambda x: torch.special.i1e(x) / torch.special.i0e(x),
}


class Interpreter:
    """values: of what comes from outside, one sample, in float64.  sizes: of the dims."""

    def __init__(self, values: dict[Value, torch.Tensor], sizes: dict[sympy.Symbol, int]):
        self.values, self.sizes = dict(values), sizes

    def size(self, expression):
        return int(expression.subs(self.sizes))

    def plain(self, value):
        if isinstance(value, tuple):
            return tuple(self.plain(v) for v in value)
        return self.size(value) if isinstance(value, sympy.Basic) else value

    def of(self, value: Value):
        if value in self.values:
            return self.values[value]
        match value:
            case Number():
                return torch.tensor(value.value, dtype=torch.complex128 if isinstance(value.value, complex) else torch.float64)
            case SizeValue():
                return torch.tensor(float(value.expression.subs(self.sizes)), dtype=torch.float64)
            case Pointwise():
                return self.pointwise(value)
            case Aligned():
                vector = self.of(value.operand)
                return vector.reshape(*vector.shape, *(1,) * (-value.axis - 1))
            case Table():
                return torch.tensor(value.numbers, dtype=torch.float64)
            case Reduce():
                return self.reduce(value)
            case Bundle():
                return tuple(map(self.of, value.parts))
            case Apply() | Call():
                return self.kernel(value)
            case Iterative():
                return self.iterative(value)
        raise AssertionError(type(value))

    def pointwise(self, value):
        operands = [self.of(o) for o in value.operands]
        if value.function in ("add", "multiply"):
            found = operands[0]
            for operand in operands[1:]:
                found = found + operand if value.function == "add" else found * operand
            return found
        return POINTWISE[value.function](*operands)

    def reduce(self, value):
        x = self.of(value.operand)
        function = {"sum": torch.sum, "mean": torch.mean, "norm2": torch.linalg.vector_norm, "max": torch.amax, "min": torch.amin}
        return function[value.function](x, dim=value.axes, keepdim=value.keep)

    def kernel(self, value):
        if isinstance(value, Call):
            stem, name, operands, named = value.stem, value.function, value.operands, dict(value.options)
        else:
            leaf = value.leaf
            stem, name, operands = leaf.primitive.stem, leaf.primitive.kernel + "_adjoint" * leaf.adjoint, (value.operand,)
            named = dict(leaf.arguments)
        if name == "component":
            return self.of(operands[0])[named["index"]]
        if name == "spread":
            return self.spread(self.of(operands[0]), named["axes"], named["space"])
        if name in ("ones", "full"):
            factor = 1 if name == "ones" else self.of(operands[0])
            return factor * torch.ones(*map(self.size, named["space"].sizes), dtype=torch.float64)
        if name == "zeros":
            space: Space = named["space"]
            kind = torch.complex128 if space.field == "complex" else torch.float64
            return torch.zeros(*map(self.size, space.sizes), dtype=kind)
        function = getattr(importlib.import_module(f"invlang.kernels.{stem}"), name)
        known = inspect.signature(function).parameters
        given = {n: self.of(v) if isinstance(v, Value) else self.plain(v) for n, v in named.items() if n in known}
        return function(*map(self.of, operands), **given)

    def spread(self, x, axes, space):
        for axis in sorted(axes, reverse=True):
            x = x.unsqueeze(axis)
        return x.expand(*map(self.size, space.sizes))

    def iterative(self, value):
        def apply(v):
            pairs = zip(each(value.variable), v if isinstance(v, tuple) else (v,), strict=True)
            return type(self)(self.values | dict(pairs), self.sizes).of(value.body)

        rank = tuple(p.rank for p in value.of.parts) if isinstance(value.of, Product) else value.of.rank
        if value.function == "power_iteration":
            shape = [self.size(s) for s in value.variable.space.sizes]
            return power_iteration(apply, shape, torch.float64, **dict(value.options))
        if value.function == "newton_prox":
            named = {n: self.of(v) if isinstance(v, Value) else v for n, v in value.options}
            return newton_prox(apply, *map(self.of, value.operands), **named)
        function = getattr(iterative, value.function)
        return function(apply, *map(self.of, value.operands), **{"rank": rank, **dict(value.options)})

    def run(self, estimator: Estimator, iterations: int):
        """The result after that many rounds."""
        pairs = [(v, s) for state in estimator.states for v, s in zip(each(state.variable), each(state.start), strict=True)]
        iterates = {v: self.shaped(self.of(s), v) for v, s in pairs}
        for _ in range(iterations):
            before = Interpreter(self.values | iterates, self.sizes)
            nexts = [(v, n) for state in estimator.states for v, n in zip(each(state.variable), each(state.next), strict=True)]
            iterates = {v: before.of(n) for v, n in nexts}
        return Interpreter(self.values | iterates, self.sizes).of(estimator.result)

    def shaped(self, start, variable):
        return start.expand([self.size(s) for s in variable.space.sizes])


def each(value: Value) -> tuple[Value, ...]:
    if isinstance(value.space, Product) and not isinstance(value, Bundle):
        return tuple(Call("arrays", "component", (value,), (("index", i),), s) for i, s in enumerate(value.space.parts))
    return value.parts if isinstance(value, Bundle) else (value,)
