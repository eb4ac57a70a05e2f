"""How large an operator is: ‖A‖² and the largest eigenvalue of AᴴA, read off where they can be, else bounded."""

from __future__ import annotations

from invlang.graph.arithmetic import multiply, pointwise
from invlang.graph.operators import Adjoint, Compose, Operator
from invlang.graph.values import Value
from invlang.rules.facts import largest, norm_squared_bound
from invlang.rules.simplify import simplify
from invlang.rules.theorems import gram, spectrum_of

LONGEST = 12  # factors of a product that is looked at from all sides


def norm_of(operator: Operator) -> tuple[Value, bool, str] | None:
    """‖A‖² and whether it is exact: by facts, or read off AᴴA or AAᴴ where one of them is diagonal in a basis."""
    operator = simplify(operator)
    bound = norm_squared_bound(operator)
    if bound is not None and bound[1]:
        return bound
    read_off = norm_read_off(operator)
    if read_off is not None:
        return read_off, True, "the largest entry of the spectrum of Aᴴ A"
    return norm_by_end(operator) or bound


def norm_read_off(operator: Operator) -> Value | None:
    """‖A‖², where AᴴA or AAᴴ is diagonal pixel by pixel or in a basis."""
    for square in (gram(operator), gram(simplify(Adjoint(operator)))):
        spectrum = spectrum_of(square)
        if spectrum is not None:
            return largest(spectrum)
    return None


def norm_by_end(operator: Operator) -> tuple[Value, bool, str] | None:
    """‖B C‖² ≤ ‖B‖² ‖C‖², for the longest C at whose square Cᴴ C the norm is read off: what C adds up is added up first."""
    factors = operator.factors if isinstance(operator, Compose) and len(operator.factors) <= LONGEST else ()
    for i in range(1, len(factors)):
        bound, spectrum = norm_squared_bound(product(factors[:i])), spectrum_of(gram(product(factors[i:])))
        if bound is not None and spectrum is not None:
            return multiply(bound[0], largest(spectrum)), False, "‖B C‖ ≤ ‖B‖ ‖C‖"
    return None


def largest_by_ends(operator: Operator) -> Value | None:
    """‖B X C‖ ≤ ‖B‖ ‖X‖ ‖C‖, for the longest ends of one length whose norms are read off; None where there are none."""
    factors = operator.factors if isinstance(operator, Compose) and len(operator.factors) <= LONGEST else ()
    for i in range((len(factors) - 1) // 2, 0, -1):
        bound = norm_squared_bound(product(factors[i:-i]))
        first, last = (norm_read_off(simplify(product(end))) for end in (factors[:i], factors[-i:]))
        if bound is not None and first is not None and last is not None:
            return pointwise("sqrt", multiply(first, bound[0], last))
    return None


def product(factors: tuple[Operator, ...]) -> Operator:
    return factors[0] if len(factors) == 1 else Compose(factors)
