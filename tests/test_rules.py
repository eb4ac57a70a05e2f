"""Every rule of the simplifier fires where it should and claims nothing where its side condition fails."""

from __future__ import annotations

import re

import numpy as np
import pytest

from invlang.graph.operators import Operator
from invlang.rules.simplify import simplify
from tests.dense import a_known, program_of
from tests.matrices import matrix
from tests.rule_equations import GIVENS, GRAMS, NORMAL_FORM, Equation
from tests.test_random_operators import close

SIZES = {"C": 2, "H": 4, "W": 5, "E": None}  # E: any size


def operator_of(space: str, text: str) -> tuple[Operator, dict]:
    """The operator of an expression, and a value for each of its givens of known size, by the given's name."""
    givens = [f"given {n} : {kind}" for n, kind in GIVENS.items() if re.search(rf"\b{n}\b", text)]
    written = " ".join((space, text, *givens))
    dims = ", ".join(n if size is None else f"{n} = {size}" for n, size in SIZES.items() if re.search(rf"\b{n}\b", written))
    lines = (f"dim {dims}", *givens, f"unknown x : {space}", f"let A = {text}", "data y ~ Normal(A @ x, sigma = 0.1)", "")
    program = program_of("\n".join(lines))
    numbers = [p for p in program.parameters if p.default is None]
    sized = [*numbers, *(g.known for g in program.givens if all(s.is_Integer for s in g.known.of.sizes))]
    values = {k: a_known(k, np.random.default_rng(ord(k.name[0]))) for k in sized}
    return program.operators[0].operator, values


@pytest.mark.parametrize("equation", [*NORMAL_FORM, *GRAMS], ids=str)
def test_the_simplifier_knows_what_is_equal(equation: Equation) -> None:
    """One normal form where the matrices are equal, two where they are not."""
    left, values = operator_of(equation.space, equation.left)
    right, more = operator_of(equation.space, equation.right)
    values |= more
    assert close(matrix(left, values), matrix(right, values)) == equation.holds
    for operator in (left, right):
        assert close(matrix(simplify(operator), values), matrix(operator, values))
    assert (simplify(left) is simplify(right)) == equation.holds
