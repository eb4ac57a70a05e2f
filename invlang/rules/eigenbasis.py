"""Solving with a matrix along one axis: in the basis of its singular vectors it is a diagonal, and all else stays as it is."""

from __future__ import annotations

from invlang.graph.arithmetic import pointwise
from invlang.graph.operators import Compose, Diagonal, Leaf, Operator
from invlang.graph.values import Aligned, Value
from invlang.rules.composition import product
from invlang.rules.facts import is_real_matrix
from invlang.rules.matrices import basis_of, ignores_axis, is_matrix, power_of, resized, with_weighed_matrices

Quadratics = tuple[tuple[Value, Operator], ...]


def in_eigenbasis(quadratics: Quadratics) -> tuple[Leaf, Quadratics] | None:
    """V and quadratics such that Σ wᵢ AᵢᴴAᵢ = V (Σ wᵢ BᵢᴴBᵢ) Vᴴ, for the first Aᵢ that holds a matrix M = U diag(σ) Vᴴ.

    Bᵢ has diag(σ) where Aᵢ has M: U commutes with the rest of Aᵢ, which does not know M's axis, and cancels. The others must not
    know that axis either, or hold no more than M itself there.
    """
    quadratics = tuple((w, with_weighed_matrices(a)) for w, a in quadratics)
    for _, operator in quadratics:
        for leaf in factors_of(operator):
            if is_matrix(leaf):
                found = turned(quadratics, leaf)
                if found is not None:
                    return found
    return None


def factors_of(operator: Operator) -> tuple[Operator, ...]:
    return operator.factors if isinstance(operator, Compose) else (operator,)


def turned(quadratics: Quadratics, leaf: Leaf) -> tuple[Leaf, Quadratics] | None:
    axis = leaf.argument("axis")
    new: list[tuple[Value, Operator]] = []
    for weight, operator in quadratics:
        without = replaced(operator, leaf, axis)
        if without is None:
            return None
        new.append((weight, without))
    domain = quadratics[0][1].domain  # images with that axis: nothing that changes their axes is replaced
    return basis_of(leaf, "right", domain), tuple(new)  # type: ignore[arg-type]


def replaced(operator: Operator, leaf: Leaf, axis: int) -> Operator | None:
    """The operator with diag(σ), on V's side, in place of the matrix; None where something else knows the matrix's axis."""
    real, n = is_real_matrix(leaf), leaf.of.axes[axis].size
    result: list[Operator] = []
    seen = False
    for factor in reversed(factors_of(operator)):
        if is_matrix(factor) and factor.arguments == leaf.arguments and not factor.adjoint:
            if seen:
                return None
            seen = True
            deviations = pointwise("sqrt", Aligned(power_of(leaf, "right", n), axis))
            result.append(Diagonal(deviations, factor.domain))  # type: ignore[arg-type]
        elif ignores_axis(factor, axis, real):
            result.append(resized(factor, axis, n) if seen else factor)
        else:
            return None
    return product(tuple(reversed(result)), operator.domain)
