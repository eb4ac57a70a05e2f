"""Formulas as one line of Unicode: Fᴴ |ĥ|² F."""

from __future__ import annotations

from unicodedata import combining, normalize

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

RAISED = dict(zip("0123456789+-−=()HTnikjmtx*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᴴᵀⁿⁱᵏʲᵐᵗˣ*", strict=True)) | {"†": "†", "′": "′", "'": "′"}
LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
HAT, BAR = "\u0302", "\u0304"


def to_unicode(formula: Formula) -> str:
    """The formula on one line, with the brackets it needs and no others.

    >>> to_unicode(Superscript(Juxtapose((Symbol("A"), Symbol("B"))), Symbol("H")))
    '(A B)ᴴ'
    """
    match formula:
        case Symbol(text) | Number(text) | OperatorName(text) | Text(text):
            return text
        case Superscript(base, exponent):
            return at_least(base, 6 if not isinstance(base, Subscript) else 5) + script(to_unicode(exponent), RAISED, "^")
        case Subscript(base, index):
            return at_least(base, 6) + script(to_unicode(index), LOWERED, "_")
        case Juxtapose(parts, tight):
            return ("" if tight else " ").join(factor(part, parts[:place]) for place, part in enumerate(parts))
        case Fraction(above, below):
            return f"{at_least(above, 5)}/{at_least(below, 5)}"
        case NormOf(inside, sub, sup):
            return f"‖{between_bars(inside, '‖')}‖{optional_script(sub, LOWERED, '_')}{optional_script(sup, RAISED, '^')}"
        case AbsoluteValue(inside):
            return f"|{between_bars(inside, '|')}|"
        case Parenthesised(inside, brackets):
            return f"{brackets[0]}{to_unicode(inside)}{brackets[1]}"
        case SumOf(terms):
            return signed(terms)
        case Hat(base):
            return accented(base, HAT, "hat")
        case Conjugate(base):
            return accented(base, BAR, "conj")
        case Call(function, arguments):
            return f"{at_least(function, 5)}({', '.join(map(to_unicode, arguments))})"
        case Relation(left, relation, right):
            return f"{to_unicode(left)} {relation} {to_unicode(right)}"
        case Listing(parts):
            return ", ".join(map(to_unicode, parts))
        case _:
            assert_never(formula)


def at_least(formula: Formula, level: int) -> str:
    text = to_unicode(formula)
    return text if binding(formula) >= level else f"({text})"


def factor(part: Formula, before: tuple[Formula, ...]) -> str:
    """A factor of a product; a fraction is plain in the first place only, where it cannot be misread."""
    leads = all(isinstance(earlier, (OperatorName, Text)) for earlier in before)
    return at_least(part, 4 if leads else 5)


def signed(terms: tuple[tuple[str, Formula], ...]) -> str:
    sign, first = terms[0]
    start = ("−" if sign == "−" else "") + at_least(first, 3)
    return start + "".join(f" {sign} {at_least(term, 3)}" for sign, term in terms[1:])


def script(text: str, table: dict[str, str], mark: str) -> str:
    """Raised or lowered characters where Unicode has them all, else after a mark."""
    tight = text.replace(" ", "")
    if all(c in table for c in tight):
        return "".join(table[c] for c in tight)
    return mark + (text if letters(text) == 1 or text.isalnum() else f"({text})")


def optional_script(formula: Formula | None, table: dict[str, str], mark: str) -> str:
    return "" if formula is None else script(to_unicode(formula), table, mark)


def accented(base: Formula, mark: str, word: str) -> str:
    text = to_unicode(base)
    return normalize("NFC", text + mark) if letters(text) == 1 else f"{word}({text})"


def letters(text: str) -> int:
    """How many characters are seen; those that stand on another one do not count.

    >>> letters("ĥ̄")
    1
    """
    return sum(1 for c in text if not combining(c))


def between_bars(inside: Formula, bar: str) -> str:
    """What stands between two bars, in brackets where it has such bars itself: which one closes would be anyone's guess."""
    text = to_unicode(inside)
    return f"({text})" if bar in text and not isinstance(inside, Parenthesised) else text
