"""Formulas, and words with mathematics in them, as LaTeX."""

from __future__ import annotations

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
from invlang.mathematics.unicode import LOWERED, RAISED

GREEK = dict(zip(
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(), strict=True,
))  # fmt: skip
SIGNS = {
    "∇": "nabla", "∞": "infty", "≤": "leq", "≥": "geq", "∈": "in", "→": "to", "·": "cdot", "×": "times", "⊙": "odot", "∘": "circ",
    "~": "sim", "≈": "approx", "≠": "neq", "†": "dagger", "⊤": "top", "⟨": "langle", "⟩": "rangle", "⌊": "lfloor", "⌋": "rfloor",
    "⊗": "otimes", "⊕": "oplus", "√": "surd", "∑": "sum", "∏": "prod", "∂": "partial", "ℓ": "ell", "…": "dots",
    "±": "pm", "∝": "propto", "⇒": "Rightarrow", "⇔": "Leftrightarrow", "↦": "mapsto", "∪": "cup", "∩": "cap", "⊂": "subset",
    "∀": "forall", "⁄": "/", "⪰": "succeq",
}  # fmt: skip
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
PUNCTUATION = {
    "…": r"\dots{}", "–": "--", "—": "---", "−": "$-$", "‖": r"$\Vert$", "“": "``", "”": "''", "’": "'",
    "\u0302": "", "\u0304": "",
}  # fmt: skip
UP = {raised: "-" if c == "−" else c for c, raised in RAISED.items() if c not in "-'*"}
DOWN = {lowered: "-" if c == "−" else c for c, lowered in LOWERED.items() if c != "-"}


def to_latex(formula: Formula) -> str:
    r"""The formula in LaTeX's mathematics mode.

    >>> to_latex(Superscript(AbsoluteValue(Hat(Symbol("h"))), Number("2")))
    '\\lvert \\hat{h} \\rvert^{2}'
    """
    match formula:
        case Symbol(text, upright):
            return symbol(text, upright)
        case Number(text):
            return number(text)
        case OperatorName(text, limits):
            return rf"\operatorname{'*' if limits else ''}{{{escape_text(text)}}}"
        case Text(text):
            return rf"\text{{{escape_text(text)}}}"
        case Superscript(base, exponent):
            return f"{at_least(base, 6 if not isinstance(base, Subscript) else 5)}^{{{exponent_latex(exponent)}}}"
        case Subscript(base, index):
            return f"{at_least(base, 6)}_{{{to_latex(index)}}}"
        case Juxtapose(parts, tight):
            return (" " if tight else r" \, ").join(at_least(part, 3) for part in parts)
        case Fraction(above, below):
            return rf"\frac{{{to_latex(above)}}}{{{to_latex(below)}}}"
        case NormOf(inside, sub, sup):
            scripts = (f"_{{{to_latex(sub)}}}" if sub else "") + (f"^{{{to_latex(sup)}}}" if sup else "")
            return rf"\lVert {to_latex(inside)} \rVert{scripts}"
        case AbsoluteValue(inside):
            return rf"\lvert {to_latex(inside)} \rvert"
        case Parenthesised(inside, brackets):
            return rf"\left{delimiter(brackets[0])} {to_latex(inside)} \right{delimiter(brackets[1])}"
        case SumOf(terms):
            return signed(terms)
        case Hat(base):
            return rf"\{'hat' if isinstance(base, Symbol) and len(base.text) == 1 else 'widehat'}{{{to_latex(base)}}}"
        case Conjugate(base):
            return rf"\overline{{{to_latex(base)}}}"
        case Call(function, arguments):
            return rf"{at_least(function, 5)}\left( {', '.join(map(to_latex, arguments))} \right)"
        case Relation(left, relation, right):
            return f"{to_latex(left)} {relation_latex(relation)} {to_latex(right)}"
        case Listing(parts):
            return r",\; ".join(map(to_latex, parts))
        case _:
            assert_never(formula)


def at_least(formula: Formula, level: int) -> str:
    text = to_latex(formula)
    return text if binding(formula) >= level else rf"\left( {text} \right)"


def signed(terms: tuple[tuple[str, Formula], ...]) -> str:
    text = " ".join(f"{'-' if sign == '−' else '+'} {at_least(term, 3)}" for sign, term in terms)
    return text.removeprefix("+ ")


def exponent_latex(exponent: Formula) -> str:
    match exponent:
        case Symbol("H" | "ᴴ"):
            return r"\mathsf{H}"
        case Symbol("T" | "⊤"):
            return r"\mathsf{T}"
        case _:
            return to_latex(exponent)


def symbol(text: str, upright: bool = False) -> str:
    """A name: one letter slanted, several upright; x_prev has an index; x′ keeps its prime."""
    if text in SIGNS:
        return rf"\{SIGNS[text]}" if SIGNS[text] != "/" else "/"
    if text in GREEK:
        return rf"\{GREEK[text]}"
    if text.endswith(("'", "′")):
        return symbol(text[:-1], upright) + "'"
    name, _, index = text.partition("_")
    if name and index:
        return f"{symbol(name, upright)}_{{{symbol(index)}}}"
    if len(text) == 1 and text.isascii():
        return rf"\mathrm{{{text}}}" if upright else SPECIAL.get(text, text)
    return rf"\mathrm{{{escape_math(text)}}}"


def number(text: str) -> str:
    text = text.replace("−", "-")
    mantissa, mark, power = text.partition("e")
    if mark and power.lstrip("+-").isdigit():
        return rf"{mantissa} \cdot 10^{{{int(power)}}}"
    return "".join(rf"\{SIGNS[c]}" if c in SIGNS else SPECIAL.get(c, c) for c in text)


def delimiter(bracket: str) -> str:
    return {"{": r"\{", "}": r"\}"}.get(bracket) or (rf"\{SIGNS[bracket]}" if bracket in SIGNS else bracket)


def relation_latex(relation: str) -> str:
    if relation in SIGNS:
        return rf"\{SIGNS[relation]}"
    return relation if relation in ("=", "<", ">", ":", ":=") else rf"\;\text{{{escape_text(relation)}}}\;"


def escape_math(text: str) -> str:
    """Letters for an upright name, Greek and signs by their commands."""
    out = []
    for c in normalize("NFC", text):
        command = GREEK.get(c) or SIGNS.get(c)
        out.append(rf"\{command} " if command and command != "/" else SPECIAL.get(c, c) if c.isascii() else rf"\text{{{c}}}")
    return "".join(out)


def escape_text(text: str) -> str:
    r"""Text with LaTeX's own characters made harmless.

    >>> escape_text("50% of x_1")
    '50\\% of x\\_1'
    """
    return "".join(map(text_character, normalize("NFC", text)))


def text_character(c: str) -> str:
    if c in SPECIAL or c.isascii():
        return SPECIAL.get(c, c)
    if c in PUNCTUATION:
        return PUNCTUATION[c]
    if c in UP or c in DOWN:
        return f"$^{{{UP[c]}}}$" if c in UP else f"$_{{{DOWN[c]}}}$"
    command = GREEK.get(c) or SIGNS.get(c)
    if command:
        return rf"$\{command}$" if command != "/" else "/"
    base = normalize("NFD", c)
    return rf"$\hat{{{base[0]}}}$" if len(base) == 2 and base[1] == "\u0302" else c
