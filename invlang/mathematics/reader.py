"""Read one line of Unicode mathematics back into a formula, so that it can be set as LaTeX or MathML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

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
)
from invlang.mathematics.unicode import LOWERED, RAISED

UP = {raised: c for c, raised in RAISED.items() if c not in "-'*" and raised not in "†′*"}
DOWN = {lowered: c for c, lowered in LOWERED.items() if c != "-"}
NAMES = set("argmin argmax min max prox sup inf log exp sin cos tr det diag rank sign sqrt lim supp Re Im".split())
WORDS = set("over on of for if where and in with when is are the each all per to by at from or not only constant".split())
RELATIONS = ("=", "≤", "≥", "<", ">", "~", "∈", "→", "≈", "≠", "↦", "⇒", "⇔", ":=", ":", "∝", "⪰", "≪", "≫")
CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌊": "⌋"}
MARKS = {"\u0302": Hat, "\u0304": Conjugate, "\u0305": Conjugate}
ACCENTS = {"hat": Hat, "conj": Conjugate}
SCRIPTS = re.escape("".join([*UP, *DOWN]))
LETTER = rf"(?![{SCRIPTS}])[^\W\d_][\u0300-\u036f]*"
TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)
    |(?P<up>[{re.escape("".join(UP))}]+)
    |(?P<down>[{re.escape("".join(DOWN))}]+)
    |(?P<name>{LETTER}(?:_?(?:{LETTER}|\d))*['′]?)
    |(?P<sign>:=|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    spaced: bool


class Unreadable(Exception):
    """The text is not mathematics that this reader knows."""


def read_formula(text: str) -> Formula:
    """The formula that a line of Unicode shows; what cannot be read is kept as words, so nothing is lost.

    >>> read_formula("2x")
    Juxtapose(parts=(Number(text='2'), Symbol(text='x', upright=False)), tight=True)
    """
    reader = Reader(tokens_of(text))
    try:
        formula = reader.listing()
        if reader.kind != "end":
            raise Unreadable(text)
        return formula
    except (Unreadable, RecursionError):
        return Text(text)


def tokens_of(text: str) -> list[Token]:
    tokens, spaced = [], False
    for match in TOKEN.finditer(normalize("NFC", text)):
        kind = match.lastgroup or "sign"
        if kind != "space":
            tokens.append(Token(kind, match.group(), spaced))
        spaced = kind == "space"
    return [*tokens, Token("end", "", True)]


class Reader:
    """A recursive descent: lists of relations of sums of products of factors with scripts."""

    def __init__(self, tokens: list[Token]):
        self.tokens, self.place, self.bars = tokens, 0, ""

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def kind(self) -> str:
        return self.token.kind

    def take(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        return self.kind == "sign" and self.token.text in signs

    def listing(self) -> Formula:
        parts = [self.relation()]
        while self.at(","):
            self.take()
            parts.append(self.relation())
        return parts[0] if len(parts) == 1 else Listing(tuple(parts))

    def relation(self) -> Formula:
        left = self.total()
        while self.at(*RELATIONS) or self.at_given():
            sign = self.take().text
            left = Relation(left, sign, self.total())
        return left

    def at_given(self) -> bool:
        """At the bar of p(y | x), which has room on both sides."""
        return self.at("|") and self.token.spaced and self.tokens[self.place + 1].spaced

    def total(self) -> Formula:
        sign = self.take().text if self.at("−", "-") else "+"
        terms = [("−" if sign in "−-" else "+", self.product())]
        while self.at("+", "−", "-"):
            sign = self.take().text
            terms.append(("+" if sign == "+" else "−", self.product()))
        return SumOf(tuple(terms)) if len(terms) > 1 or terms[0][0] == "−" else terms[0][1]

    def product(self) -> Formula:
        groups: list[list[Formula]] = []
        while self.begins_factor():
            spaced = self.token.spaced or not groups
            part = self.factor()
            if self.at("/"):
                self.take()
                part = Fraction(part, unwrapped(self.factor()))
            if spaced:
                groups.append([part])
            else:
                groups[-1].append(part)
        if not groups:
            raise Unreadable
        parts = tuple(group[0] if len(group) == 1 else Juxtapose(tuple(group), tight=True) for group in groups)
        return parts[0] if len(parts) == 1 else Juxtapose(parts)

    def begins_factor(self) -> bool:
        if self.kind in ("number", "name"):
            return True
        text = self.token.text
        if self.kind != "sign" or text in RELATIONS or text in ",+−-/)]}⟩⌋" or self.at_given():
            return False
        return not self.bars.endswith(text)

    def factor(self) -> Formula:
        base = self.atom()
        while self.kind in ("up", "down") or self.at("†", "′", "_", "^") or (self.at("*") and not self.token.spaced):
            base = self.scripted(base)
        if self.at("(") and not self.token.spaced and isinstance(base, (Symbol, OperatorName, Subscript, Text)):
            inside = self.bracketed()
            arguments = inside.parts if isinstance(inside, Listing) else (inside,)
            base = called(Symbol(base.text) if isinstance(base, Text) else base, arguments)
            while self.kind == "up":
                base = self.scripted(base)
        return base

    def scripted(self, base: Formula) -> Formula:
        token = self.take()
        if token.kind == "up":
            return with_exponent(base, script_formula("".join(UP[c] for c in token.text)))
        if token.kind == "down":
            return with_index(base, script_formula("".join(DOWN[c] for c in token.text)))
        if token.text in "_^":
            script = unwrapped(self.atom())
            return with_index(base, script) if token.text == "_" else with_exponent(base, script)
        return with_exponent(base, Symbol(token.text, upright=True))

    def atom(self) -> Formula:
        token = self.token
        if token.kind == "number":
            return Number(self.take().text)
        if token.kind == "name":
            return named(self.take().text)
        if token.kind != "sign" or self.at(*RELATIONS, *CLOSING.values(), ",", "/"):
            raise Unreadable
        if token.text in CLOSING:
            brackets = token.text + CLOSING[token.text]
            return Parenthesised(self.bracketed(), brackets)
        if token.text in "|‖":
            return self.barred()
        return Symbol(self.take().text)

    def bracketed(self) -> Formula:
        closing, outer = CLOSING[self.take().text], self.bars
        self.bars = ""
        inside = self.listing()
        self.bars = outer
        if not self.at(closing):
            raise Unreadable
        self.take()
        return inside

    def barred(self) -> Formula:
        bar = self.take().text
        self.bars += bar
        inside = self.listing()
        if not self.at(bar):
            raise Unreadable
        self.take()
        self.bars = self.bars[:-1]
        return AbsoluteValue(inside) if bar == "|" else NormOf(inside)


def called(function: Formula, arguments: tuple[Formula, ...]) -> Formula:
    """f(x, y);  hat(kernel) and conj(kernel) are accents over long names."""
    accent = ACCENTS.get(function.text) if isinstance(function, Symbol) and len(arguments) == 1 else None
    return accent(arguments[0]) if accent else Call(function, arguments)


def named(text: str) -> Formula:
    """A letter with its accents, a known function, an English word, or a name of several letters."""
    base = normalize("NFD", text)
    if len(base) > 1 and all(c in MARKS for c in base[1:]):
        formula: Formula = Symbol(base[0])
        for mark in base[1:]:
            formula = MARKS[mark](formula)
        return formula
    if text in NAMES:
        return OperatorName(text, limits=text in ("argmin", "argmax", "min", "max"))
    return Text(text) if text in WORDS else Symbol(text)


def script_formula(text: str) -> Formula:
    if text == "H":
        return Symbol("H", upright=True)
    return Number(text) if text.lstrip("−").isdigit() else read_formula(text)


def with_exponent(base: Formula, exponent: Formula) -> Formula:
    if isinstance(base, NormOf) and base.sup is None:
        return NormOf(base.inside, base.sub, exponent)
    return Superscript(base, exponent)


def with_index(base: Formula, index: Formula) -> Formula:
    if isinstance(base, NormOf) and base.sub is None:
        return NormOf(base.inside, index, base.sup)
    return Subscript(base, index)


def unwrapped(formula: Formula) -> Formula:
    return formula.inside if isinstance(formula, Parenthesised) and formula.brackets == "()" else formula
