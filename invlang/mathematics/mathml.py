"""Formulas as MathML Core, which browsers draw without any script."""

from __future__ import annotations

from html import escape
from unicodedata import normalize

from typing_extensions import assert_never

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
    binding,
)

THIN, MEDIUM = '<mspace width="0.17em"/>', '<mspace width="0.25em"/>'
COMMA = '<mo separator="true">,</mo>'
INFIX = set("·×⊙∘⊗⊕@*")
SLANTED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZαβγδεζηθικλμνξπρστυφχψω")


def to_mathml(formula: Formula, display: bool = False) -> str:
    """A whole <math> element.

    >>> to_mathml(Symbol("x"))
    '<math><mi>x</mi></math>'
    """
    opening = '<math display="block">' if display else "<math>"
    return f"{opening}{to_row(formula)}</math>"


def to_row(formula: Formula) -> str:
    """The elements inside <math>, always one element or a sequence that a row may hold."""
    match formula:
        case Symbol(text, upright):
            return symbol(text, upright)
        case Number(text):
            return number(text)
        case OperatorName(text):
            return f"<mi>{escape(text)}</mi>" if len(text) > 1 else f'<mi mathvariant="normal">{escape(text)}</mi>'
        case Text(text):
            return f"<mtext>{escape(text)}</mtext>"
        case Superscript(Subscript(base, index), exponent):
            return f"<msubsup>{one(base, 6)}{one(index)}{one(exponent)}</msubsup>"
        case Superscript(base, exponent):
            return f"<msup>{one(base, 6)}{one(exponent)}</msup>"
        case Subscript(OperatorName(_, True) as base, index):
            return f"<munder>{one(base)}{one(index)}</munder>"
        case Subscript(base, index):
            return f"<msub>{one(base, 6)}{one(index)}</msub>"
        case Juxtapose(parts, tight):
            return ("" if tight else THIN).join(one(part, 3) for part in parts)
        case Fraction(above, below):
            return f"<mfrac>{one(above)}{one(below)}</mfrac>"
        case NormOf(inside, sub, sup):
            return scripts(fenced("‖", inside, "‖"), sub, sup)
        case AbsoluteValue(inside):
            return fenced("|", inside, "|")
        case Parenthesised(inside, brackets):
            return fenced(brackets[0], inside, brackets[1])
        case SumOf(terms):
            return signed(terms)
        case Hat(base):
            return f'<mover accent="true">{one(base)}<mo stretchy="false">^</mo></mover>'
        case Conjugate(base):
            return f'<mover accent="true">{one(base)}<mo stretchy="true">¯</mo></mover>'
        case Call(function, arguments):
            return one(function, 5) + fenced("(", Listing(arguments), ")")
        case Relation(left, relation, right):
            return f"{to_row(left)}{relation_mathml(relation)}{to_row(right)}"
        case Listing(parts):
            return COMMA.join(map(to_row, parts))
        case _:
            assert_never(formula)


def one(formula: Formula, level: int = 0) -> str:
    """The formula as exactly one element, in brackets where it binds too loosely."""
    inside = to_row(formula)
    if binding(formula) < level:
        return fenced("(", formula, ")")
    match formula:
        case Juxtapose() | SumOf() | Relation() | Listing() | Call() | Number():
            return f"<mrow>{inside}</mrow>"
        case _:
            return inside


def fenced(left: str, inside: Formula, right: str) -> str:
    """Brackets that are only as tall as the text, unless a fraction stands between them."""
    row = to_row(inside)
    tall = "true" if "<mfrac>" in row else "false"
    bracket = f'<mo fence="true" stretchy="{tall}" form='
    return f'<mrow>{bracket}"prefix">{escape(left)}</mo>{row}{bracket}"postfix">{escape(right)}</mo></mrow>'


def scripts(base: str, sub: Formula | None, sup: Formula | None) -> str:
    if sub is not None and sup is not None:
        return f"<msubsup>{base}{one(sub)}{one(sup)}</msubsup>"
    if sub is not None:
        return f"<msub>{base}{one(sub)}</msub>"
    return base if sup is None else f"<msup>{base}{one(sup)}</msup>"


def signed(terms: tuple[tuple[str, Formula], ...]) -> str:
    sign, first = terms[0]
    start = ('<mo form="prefix">−</mo>' if sign == "−" else "") + one(first, 3)
    return start + "".join(f'<mo form="infix">{"−" if sign == "−" else "+"}</mo>{one(term, 3)}' for sign, term in terms[1:])


def symbol(text: str, upright: bool = False) -> str:
    """A name: one letter slanted as browsers do, several upright; x_prev has an index."""
    name, _, index = text.partition("_")
    if name and index:
        return f"<msub>{symbol(name, upright)}{symbol(index)}</msub>"
    if text.endswith("'"):
        return f"<msup>{symbol(text[:-1], upright)}<mo>′</mo></msup>"
    if text in INFIX:
        return f"<mo>{text}</mo>"
    upright = upright or text not in SLANTED
    opening = '<mi mathvariant="normal">' if upright and len(text) == 1 else "<mi>"
    return f"{opening}{escape(normalize('NFC', text))}</mi>"


def number(text: str) -> str:
    mantissa, mark, power = text.partition("e")
    if mark and power.lstrip("+-").isdigit():
        minus = "<mo>−</mo>" if power.startswith("-") else ""
        exponent = f"<mrow>{minus}<mn>{int(power.lstrip('+-'))}</mn></mrow>"
        return f"<mn>{escape(mantissa)}</mn><mo>·</mo><msup><mn>10</mn>{exponent}</msup>"
    if text.startswith(("-", "−")):
        return f'<mo form="prefix">−</mo><mn>{escape(text[1:])}</mn>'
    return f"<mn>{escape(text)}</mn>"


def relation_mathml(relation: str) -> str:
    if len(relation) <= 2 and not relation.isalpha():
        return f"<mo>{'∼' if relation == '~' else escape(relation)}</mo>"
    return f"{MEDIUM}<mtext>{escape(relation)}</mtext>{MEDIUM}"
