"""Formulas as data, and their three printers: Unicode, LaTeX, MathML."""

from invlang.mathematics.formula import (
    AbsoluteValue,
    Call,
    Conjugate,
    Formula,
    Fraction,
    Hat,
    Juxtapose,
    Listing,
    NormOf,
    Number,
    OperatorName,
    Parenthesised,
    Relation,
    Subscript,
    SumOf,
    Superscript,
    Symbol,
    Text,
    adjoint,
    inverse,
    product,
    squared,
    total,
)
from invlang.mathematics.latex import to_latex
from invlang.mathematics.mathml import to_mathml
from invlang.mathematics.prose import reads_as_words, split_prose
from invlang.mathematics.reader import read_formula
from invlang.mathematics.unicode import to_unicode

__all__ = [
    "AbsoluteValue", "Call", "Conjugate", "Formula", "Fraction", "Hat", "Juxtapose", "Listing", "NormOf", "Number",
    "OperatorName", "Parenthesised", "Relation", "Subscript", "SumOf", "Superscript", "Symbol", "Text", "adjoint", "inverse",
    "product", "read_formula", "reads_as_words", "split_prose", "squared", "to_latex", "to_mathml", "to_unicode", "total",
]  # fmt: skip
