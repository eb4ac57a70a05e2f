"""Operators as matrices, straight from their definition: leaves by their kernels, everything else by linear algebra."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import numpy as np
import torch

from invlang.graph.operators import (
    Adjoint,
    BlockDiagonal,
    Compose,
    Diagonal,
    Identity,
    Inverse,
    Leaf,
    Operator,
    PseudoInverse,
    Row,
    Stack,
    Sum,
    Zero,
)
from invlang.graph.values import Value
from tests.dense import matrix_of, widths
from tests.value_interpreter import Interpreter


class Calculator(Interpreter):
    """Kernels are given what they ask for by name: sizes, domain, like."""

    def kernel(self, value: Any) -> Any:
        if hasattr(value, "leaf"):
            return self.leaf(value.leaf, self.of(value.operand))
        if value.stem == "arrays":
            return super().kernel(value)
        function = getattr(importlib.import_module(f"invlang.kernels.{value.stem}"), value.function)
        return self.called(function, [self.of(o) for o in value.operands], dict(value.options))

    def leaf(self, leaf: Leaf, operand: torch.Tensor) -> torch.Tensor:
        module = importlib.import_module(f"invlang.kernels.{leaf.primitive.stem}")
        function = getattr(module, leaf.primitive.kernel + "_adjoint" * leaf.adjoint)
        arguments = dict(leaf.arguments)
        if arguments.get("centred"):
            return centred(operand, arguments["axes"], leaf.adjoint)
        sizes = tuple(leaf.of.axes[a].size for a in arguments.get("axes", ()))
        return self.called(function, [operand], {"sizes": sizes, "domain": sizes, **arguments})

    def called(self, function: Any, operands: list[Any], named: dict[str, Any]) -> Any:
        parameters = inspect.signature(function).parameters
        named = {n: self.of(v) if isinstance(v, Value) else self.plain(v) for n, v in named.items() if n in parameters}
        if "like" in parameters and len(operands) < list(parameters).index("like") + 1:
            named["like"] = torch.empty(0, dtype=torch.float64)
        return function(*operands, **named)


def centred(x: torch.Tensor, axes: tuple[int, ...], adjoint: bool) -> torch.Tensor:
    """fftshift ∘ F ∘ ifftshift, or its inverse."""
    transform = torch.fft.ifftn if adjoint else torch.fft.fftn
    return torch.fft.fftshift(transform(torch.fft.ifftshift(x, dim=axes), dim=axes, norm="ortho"), dim=axes)


def matrix(operator: Operator, values: dict[Value, torch.Tensor], known: dict[Operator, np.ndarray] | None = None) -> np.ndarray:
    """The matrix on real vectors; a complex entry counts as two.  known: matrices found before."""
    known = {} if known is None else known
    if operator not in known:
        known[operator] = calculated(operator, values, known)
    return known[operator]


def calculated(operator: Operator, values: dict[Value, torch.Tensor], known: dict[Operator, np.ndarray]) -> np.ndarray:
    calculator = Calculator(values, {})
    match operator:
        case Identity():
            return np.eye(sum(widths(operator.domain)))
        case Zero():
            return np.zeros((sum(widths(operator.codomain)), sum(widths(operator.domain))))
        case Leaf():
            forward = operator.flipped if operator.adjoint else operator
            found = matrix_of(lambda x: calculator.leaf(forward, x), forward.domain, forward.codomain)
            return found.T if operator.adjoint else found
        case Diagonal(value):
            entries = calculator.of(value)
            return matrix_of(lambda x: entries * x, operator.domain, operator.codomain)
        case Compose(factors):
            result = matrix(factors[0], values, known)
            for factor in factors[1:]:
                result = result @ matrix(factor, values, known)
            return result
        case Sum(terms):
            return sum(scaled(calculator.of(c), matrix(t, values, known), t) for c, t in terms)  # type: ignore[return-value]
        case Stack(parts):
            return np.vstack([matrix(p, values, known) for p in parts])
        case Row(parts):
            return np.hstack([matrix(p, values, known) for p in parts])
        case BlockDiagonal(parts):
            blocks = [torch.tensor(matrix(p, values, known)) for p in parts]
            return torch.block_diag(*blocks).numpy()
        case Adjoint(inner):
            return matrix(inner, values, known).T
        case Inverse(inner):
            return np.linalg.inv(matrix(inner, values, known))
        case PseudoInverse(inner):
            return np.linalg.pinv(matrix(inner, values, known))
    raise AssertionError(type(operator))


def scaled(number: torch.Tensor, found: np.ndarray, operator: Operator) -> np.ndarray:
    if not number.is_complex():
        return float(number) * found
    times = lambda *parts: tuple(number * p for p in parts)
    return matrix_of(times, operator.codomain, operator.codomain) @ found
