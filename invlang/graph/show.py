"""Terms as mathematics in one line of Unicode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
from invlang.graph.spaces import Space, show_size
from invlang.graph.values import (
    Aligned,
    Applied,
    Apply,
    Bundle,
    Call,
    Known,
    Number,
    Pointwise,
    Reduce,
    SizeValue,
    Table,
    Value,
    Variable,
)

GREEK = {
    "sigma": "σ",
    "rho": "ρ",
    "tau": "τ",
    "lambda": "λ",
    "lam": "λ",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "mu": "μ",
    "theta": "θ",
    "epsilon": "ε",
}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
HAT, BAR = "\u0302", "\u0304"


def letter(name: str) -> str:
    """A name as mathematics writes it: sigma is σ, rho1 is ρ₁, sigma_y is σ_y."""
    stem, _, rest = name.partition("_")
    if rest and stem in GREEK:
        return f"{GREEK[stem]}_{rest}"
    stem = name.rstrip("0123456789")
    if stem in GREEK:
        return GREEK[stem] + name[len(stem) :].translate(SUBSCRIPTS)
    return name


def show_number(value: int | float | complex) -> str:
    return f"{value:g}" if isinstance(value, int | float) else f"({value:g})"


def show_value(value: Value) -> str:
    """A value: ĥ, |ĥ|², 1/(2σ²), …"""
    match value:
        case Number(v):
            return show_number(v)
        case SizeValue(e):
            return show_size(e)
        case Known(name, default=default, origin="parameter") if default is not None and "weight" in name:
            return show_number(default)
        case Known(name) | Variable(name):
            return letter(name)
        case Table(_, name):
            return name
        case Pointwise(function, operands):
            return show_pointwise(function, operands)
        case Call():
            return show_call(value)
        case Reduce("max", operand):
            return f"max {show_value(operand)}"
        case Reduce("sum", operand):
            return f"Σ {factor(operand)}"
        case Reduce("mean", operand):
            return f"mean {factor(operand)}"
        case Reduce("norm2", operand):
            return f"‖{show_value(operand)}‖"
        case Apply(leaf, operand):
            return f"{show(leaf)} {factor(operand)}".strip()
        case Applied(operator, operand):
            return show_product(show(operator), operand)
        case Aligned(operand):
            return show_value(operand)
        case Bundle(parts):
            return f"({', '.join(map(show_value, parts))})"
    return getattr(value, "function", "c")


def show_product(gain: str, value: Value) -> str:
    """gain · value, the sign of the value in front."""
    text = factor(value)
    return f"−{gain} {text[1:]}" if text.startswith("−") else f"{gain} {text}".strip()


def show_call(value: Call) -> str:
    inner = show_value(value.operands[0]) if value.operands else ""
    match value.function:
        case "spectrum" | "half_spectrum":
            return accented(inner, HAT, "hat") if isinstance(value.operands[0], Known) else f"k{HAT}"
        case "laplacian_eigenvalues":
            return "Λ"
        case "modulation":
            return "ω"
        case "left_power" | "right_power":
            return "s²"
        case "shift":
            return f"{inner}′"
        case "fold_mean":
            return f"⟨{inner}⟩"
        case "half_of" | "whole_of":
            return inner
        case "comb":
            return "c"
        case "inner_differences":
            return "χ"
        case "reciprocal_or_zero":
            return f"{factor(value.operands[0])}⁺"
        case "sample_index":
            return inner
    return value.function.replace("_", " ")


def is_raised(value: Value) -> bool:
    """Is it written with an exponent of its own, as σ² is?"""
    return isinstance(value, Pointwise) and value.function in ("power", "abs2")


def show_pointwise(function: str, operands: tuple[Value, ...]) -> str:
    first = operands[0]
    match function:
        case "add":
            return " + ".join(map(show_value, operands)).replace("+ -", "− ").replace("+ −", "− ")
        case "multiply":
            shown = numbers_joined([factor(o) for o in operands])
            return "−" + " ".join(shown[1:]) if shown[0] == "-1" else " ".join(shown)
        case "divide":
            return f"{factor(first)}/{bottom(operands[1])}"
        case "power":
            exponent = show_value(operands[1]).translate(str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·"))
            return f"({show_value(first)}){exponent}" if is_raised(first) else f"{factor(first)}{exponent}"
        case "conj":
            return accented(show_value(first), BAR, "conj")
        case "abs2":
            return f"|{show_value(first)}|²"
        case "abs":
            return f"|{show_value(first)}|"
        case "sqrt":
            return f"√{bottom(first)}"
    return f"{function}({', '.join(map(show_value, operands))})"


def numbers_joined(factors: list[str]) -> list[str]:
    """A product's factors with its numbers as one, in front.

    >>> numbers_joined(["0.5", "σ", "10"])
    ['5', 'σ']
    >>> numbers_joined(["max m", "4"])
    ['4', 'max m']
    """
    numbers = [f for f in factors if f.replace(".", "", 1).isdecimal()]
    if not numbers:
        return factors
    rest = [f for f in factors if f not in numbers]
    product = math.prod(map(float, numbers))
    said = numbers[0] if len(numbers) == 1 else show_number(product)
    return [said, *rest] if product != 1 or not rest else rest


def accented(text: str, accent: str, word: str) -> str:
    """A letter under an accent; of a longer name the word for it: hat(kernel)."""
    return text + accent if len(text.replace(HAT, "")) == 1 else f"{word}({text})"


def factor(value: Value) -> str:
    """A value as a factor of a product: sums in parentheses."""
    text = show_value(value)
    compound = isinstance(value, Pointwise) and value.function in ("add", "divide")
    return f"({text})" if compound else text


def bottom(value: Value) -> str:
    text = show_value(value)
    compound = isinstance(value, Pointwise) and value.function in ("add", "multiply", "divide")
    return f"({text})" if compound else text


def show(operator: Operator) -> str:
    """An operator: Fᴴ |ĥ|² F.  The embedding of real images in complex ones is not shown."""
    match operator:
        case Identity():
            return "I"
        case Zero():
            return "0"
        case Leaf():
            if "embedding" in operator.primitive.facts:
                return ""
            return symbol_of(operator) + ("ᴴ" if operator.adjoint else "")
        case Diagonal(value):
            return factor(value)
        case Compose(factors):
            return " ".join(filter(None, map(show_factor, factors)))
        case Sum(terms):
            return " + ".join(show_scaled(c, t) for c, t in terms).replace("+ −", "− ")
        case Stack(parts):
            return f"({'; '.join(map(show, parts))})"
        case Row(parts):
            return f"({', '.join(map(show, parts))})"
        case BlockDiagonal(parts):
            return f"diag({', '.join(map(show, parts))})"
        case Adjoint(inner):
            return f"{wrapped(inner)}ᴴ"
        case Inverse(inner):
            return f"({show(inner)})⁻¹"
        case PseudoInverse(inner):
            return f"{wrapped(inner)}⁺"
    return "?"


DECLARED: ContextVar[tuple[Space, ...]] = ContextVar("declared", default=())


@contextmanager
def axes_called_as_in(spaces: Iterable[Space]) -> Iterator[None]:
    """Within it axes are called as these spaces call theirs, at the same place from the end and of the same size.

    Terms do not tell axes of one size apart, so that a term may know an axis by the name that another program gave it.
    """
    token = DECLARED.set(tuple(spaces))
    try:
        yield
    finally:
        DECLARED.reset(token)


def name_of_axis(space: Space, axis: int) -> str | None:
    """axis: from the end, −1 the last."""
    own = space.axes[axis]
    return next((s.axes[axis].name for s in DECLARED.get() if s.rank >= -axis and s.axes[axis] == own), own.name)


def symbol_of(leaf: Leaf) -> str:
    """The letter of a primitive: that of a choice, where the library gives it one of its own; with its axis, where it is one of several."""
    words = {v for _, v in leaf.arguments if isinstance(v, str)}
    symbol = next((s for w, s in leaf.primitive.symbols_of_words if w in words), leaf.primitive.symbol)
    axes = next((v for n, v in leaf.arguments if n == "axes" and isinstance(v, tuple)), ())
    axis = name_of_axis(leaf.of, axes[0]) if len(axes) == 1 and isinstance(leaf.of, Space) and leaf.of.rank > 1 else None
    return f"{symbol}_{axis}" if axis and axis.isidentifier() else symbol


def show_factor(operator: Operator) -> str:
    return f"({show(operator)})" if isinstance(operator, Sum) else show(operator)


def show_scaled(coefficient: Value, operator: Operator) -> str:
    if isinstance(coefficient, Number) and coefficient.value == 1:
        return show(operator) or "I"
    if isinstance(coefficient, Number) and coefficient.value == -1:
        return f"−{show_factor(operator)}"
    return f"{factor(coefficient)} {show_factor(operator)}"


def wrapped(operator: Operator) -> str:
    text = show(operator)
    return text if " " not in text and text[-1:] not in "ᴴ⁺¹" else f"({text})"
