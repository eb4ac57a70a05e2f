"""Formulas as small trees: what derivations are made of, whatever they are printed as."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """A letter or a name: x, σ, F, ∇.  `upright` for what is not a variable (I, H)."""

    text: str
    upright: bool = False


@dataclass(frozen=True)
class Number:
    """A number as it should be read: "20", "4.0e-4", "∞"."""

    text: str


@dataclass(frozen=True)
class OperatorName:
    """An upright name: argmin, max, prox.  With limits, what is below it stands under it."""

    text: str
    limits: bool = False


@dataclass(frozen=True)
class Text:
    """Words inside a formula."""

    text: str


@dataclass(frozen=True)
class Superscript:
    base: Formula
    exponent: Formula


@dataclass(frozen=True)
class Subscript:
    base: Formula
    index: Formula


@dataclass(frozen=True)
class Juxtapose:
    """Factors, left to right: products, compositions, applications.  `tight` ones touch: 2σ², ∇x."""

    parts: tuple[Formula, ...]
    tight: bool = False


@dataclass(frozen=True)
class Fraction:
    above: Formula
    below: Formula


@dataclass(frozen=True)
class NormOf:
    """‖inside‖ with what stands below and above its right bar."""

    inside: Formula
    sub: Formula | None = None
    sup: Formula | None = None


@dataclass(frozen=True)
class AbsoluteValue:
    inside: Formula


@dataclass(frozen=True)
class Parenthesised:
    """Brackets that are always shown; printers add the needed ones by themselves.  `brackets` is one of (), [], {}, ⟨⟩, ⌊⌋."""

    inside: Formula
    brackets: str = "()"


@dataclass(frozen=True)
class SumOf:
    """Terms with their signs, each "+" or "−"."""

    terms: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True)
class Hat:
    base: Formula


@dataclass(frozen=True)
class Conjugate:
    base: Formula


@dataclass(frozen=True)
class Call:
    """function(arguments)."""

    function: Formula
    arguments: tuple[Formula, ...]


@dataclass(frozen=True)
class Relation:
    """left relation right: =, ≤, ~, ∈, →."""

    left: Formula
    relation: str
    right: Formula


@dataclass(frozen=True)
class Listing:
    """Parts set apart by a comma."""

    parts: tuple[Formula, ...]


Formula = (
    Symbol | Number | OperatorName | Text | Superscript | Subscript | Juxtapose | Fraction | NormOf | AbsoluteValue
    | Parenthesised | SumOf | Hat | Conjugate | Call | Relation | Listing
)  # fmt: skip


def adjoint(base: Formula) -> Formula:
    """baseᴴ."""
    return Superscript(base, Symbol("H", upright=True))


def inverse(base: Formula) -> Formula:
    """base⁻¹."""
    return Superscript(base, Number("−1"))


def squared(base: Formula) -> Formula:
    """base²."""
    return Superscript(base, Number("2"))


def product(*parts: Formula) -> Formula:
    """The factors side by side.

    >>> product(Symbol("A"), Symbol("x"))
    Juxtapose(parts=(Symbol(text='A', upright=False), Symbol(text='x', upright=False)), tight=False)
    """
    return parts[0] if len(parts) == 1 else Juxtapose(parts)


def total(*terms: Formula) -> Formula:
    """The terms with + in between."""
    return terms[0] if len(terms) == 1 else SumOf(tuple(("+", term) for term in terms))


def binding(formula: Formula) -> int:
    """How tightly a formula holds together: 0 list, 1 relation, 2 sum, 3 product, 4 fraction, 5 with a script, 6 a unit."""
    match formula:
        case Listing():
            return 0
        case Relation():
            return 1
        case SumOf():
            return 2
        case Juxtapose():
            return 3
        case Fraction():
            return 4
        case Number(text):
            return 2 if text.startswith(("-", "−")) else 5 if "e" in text else 6
        case Superscript() | Subscript():
            return 5
        case NormOf(_, sub, sup):
            return 6 if sub is None and sup is None else 5
        case _:
            return 6
