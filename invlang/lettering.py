"""Long numbers and diagonals of a derivation by letters: τ/σ² instead of what τ is worked out from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import sympy

from invlang.graph.operators import Diagonal, Operator, Sum, children_of, with_children
from invlang.graph.show import show_value
from invlang.graph.spaces import SCALAR, Space
from invlang.graph.values import Known, Number, Pointwise, SizeValue, Value, operands_of
from invlang.plan.maps import put

Letters = tuple[tuple[Value, str], ...]
LONG = 8


def in_letters(operator: Operator, letters: Letters) -> Operator:
    """The operator with an algorithm's numbers by their letters instead of their formulas."""
    return over_values(operator, lambda value: value_in_letters(value, letters))


def value_in_letters(value: Value, letters: Letters) -> Value:
    known = [(v, Known(n, SCALAR, "parameter")) for v, n in letters if v.space == SCALAR and not isinstance(v, Known | Number)]
    return put(value, written(value, known))


def over_values(operator: Operator, change: Callable[[Value], Value]) -> Operator:
    """The operator with its diagonals and coefficients changed."""
    match operator:
        case Diagonal(value, space):
            return Diagonal(change(value), space)
        case Sum(terms):
            return Sum(tuple((change(c), over_values(t, change)) for c, t in terms))
    return with_children(operator, tuple(over_values(c, change) for c in children_of(operator)))


def written(value: Value, known: list[tuple[Value, Known]]) -> dict[Value, Value]:
    """The largest numbers inside that a letter makes shorter, and how."""
    if value.space.rank == 0 and not isinstance(value, Known | Number | SizeValue):
        forms = [form for formula, letter in known for form in multiples(value, formula, letter)]
        best = min(forms, key=lambda f: len(show_value(f)), default=value)
        if len(show_value(best)) < len(show_value(value)):
            return {value: best}
    found: dict[Value, Value] = {}
    for operand in operands_of(value):
        found |= written(operand, known)
    return found


def multiples(value: Value, formula: Value, letter: Known) -> Iterator[Value]:
    """The value as a multiple of a letter that stands for a formula, or as something over the letter."""
    atoms: dict[sympy.Symbol, Value] = {}
    number, stood_for = as_sympy(value, atoms), as_sympy(formula, atoms)
    symbol = sympy.Symbol("letter", positive=True)
    atoms[symbol] = letter
    for ratio, times in ((number / stood_for, symbol), (number * stood_for, 1 / symbol)):
        yield as_value(sympy.nsimplify(sympy.cancel(ratio), rational=True, tolerance=1e-9) * times, atoms)


def as_sympy(value: Value, atoms: dict[sympy.Symbol, Value]) -> sympy.Expr:
    """Arithmetic of numbers, in which everything else is a symbol.  atoms: which ones; new ones are added."""
    if isinstance(value, Number) and not isinstance(value.value, complex):
        return sympy.nsimplify(value.value, rational=True, tolerance=1e-9)
    if isinstance(value, Pointwise) and value.function in ARITHMETIC:
        return ARITHMETIC[value.function](*(as_sympy(o, atoms) for o in value.operands))
    for symbol, known in atoms.items():
        if known is value:
            return symbol
    symbol = sympy.Symbol(f"v{len(atoms)}", positive=True)
    atoms[symbol] = value
    return symbol


ARITHMETIC: dict[str, Callable[..., sympy.Expr]] = {
    "add": lambda *terms: sympy.Add(*terms),
    "multiply": lambda *factors: sympy.Mul(*factors),
    "divide": lambda above, below: above / below,
    "power": lambda base, exponent: base**exponent,
}


def as_value(expression: sympy.Expr, atoms: dict[sympy.Symbol, Value]) -> Value:
    """The expression as a fraction of sums, products and powers of its atoms."""
    above, below = sympy.fraction(expression)
    if below != 1:
        return Pointwise("divide", (as_value(above, atoms), as_value(below, atoms)))
    match expression:
        case sympy.Symbol():
            return atoms[expression]
        case sympy.Pow():
            return Pointwise("power", (as_value(expression.base, atoms), as_value(expression.exp, atoms)))
        case sympy.Add():
            return Pointwise("add", tuple(as_value(a, atoms) for a in expression.as_ordered_terms()))
        case sympy.Mul():
            return Pointwise("multiply", tuple(as_value(a, atoms) for a in expression.as_ordered_factors()))
    return Number(int(expression) if expression.is_Integer else float(expression))


def abbreviated(*operators: Operator) -> tuple[tuple[Operator, ...], tuple[Value, ...]]:
    """The operators with D for the longest sum that is read again and again, and that sum."""
    counted: Counter[Value] = Counter(v for o in operators for v in sums_in(o))
    often = [v for v, n in counted.items() if n > 2 and len(show_value(v)) > LONG]
    if not often:
        return operators, ()
    longest = max(often, key=lambda v: len(show_value(v)))
    assert isinstance(longest.space, Space)
    letter = {longest: Known("D", longest.space, "given")}
    return tuple(over_values(o, lambda value: put(value, letter)) for o in operators), (longest,)


def sums_in(operator: Operator) -> Iterator[Value]:
    """Every sum of arrays in the diagonals, as often as it is read."""
    if isinstance(operator, Diagonal):
        yield from sums_below(operator.value)
    for child in children_of(operator):
        yield from sums_in(child)


def sums_below(value: Value) -> Iterator[Value]:
    if isinstance(value, Pointwise) and value.function == "add" and value.space.rank:
        yield value
    for operand in operands_of(value):
        yield from sums_below(operand)
