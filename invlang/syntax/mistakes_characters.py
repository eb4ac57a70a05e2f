"""Mistakes in single words: characters, numbers, quotes, names."""

from __future__ import annotations

import re

from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.words import spelt_out

_INSTEAD = {
    "∇": "the gradient of a functional f is `grad(f)`, that of an image is `Gradient(H, W) @ x`",
    "√": "write `sqrt(x)`",
    "∑": "write `sum(x)`",
    "∏": "there is no product over an axis",
    "ᵀ": "the adjoint is `A.H` (or `Aᴴ`); for real operators it is the transpose",
    "†": "the pseudo-inverse is `pinv(A)`",
    "′": "a next value is written with the straight prime of the keyboard: `x'`",
    "’": "a next value is written with the straight prime of the keyboard: `x'`",
    "∗": "a convolution is `Blur(h) @ x`, a product is `*`",
    "⊗": "there is no sign for the Kronecker product",
    "“": 'texts stand between straight quotes: `"astronaut"`',
    "”": 'texts stand between straight quotes: `"astronaut"`',
    "∼": "write `~`",
    "∈": "write `in`",
    "½": "write `0.5` or `1 / 2`",
    "|": "an absolute value is `abs(x)`, a norm is `‖x‖` or `norm2(x)`",
    "!": "`!=` compares; a factorial does not exist",
    "?": "a choice is written `a if condition else b`",
    "%": "a percentage is written as a fraction: `0.05`; a comment begins with `#`",
    "$": "names begin with a letter",
    "&": "there is no logical and; give each case its own `if`",
    "\\": "a line goes on inside brackets and after an operator; no sign is needed",
    "'": 'texts stand between double quotes: `"astronaut"`; a prime follows a name: `x\'`',
    "`": "names need no quotes",
}


class UnknownCharacter(SyntaxMistake):
    code = "E0101"
    page = """A character that the language does not use

Programs are made of letters (Latin and Greek), digits, the operators + - * / // ^ @, brackets, and some signs of mathematics:
∘ ᴴ ⊙ ‖ ‖ ² → ≤ ≥ ≠ · ×.  Other letters and signs cannot be part of a name, because the same name must appear in the
generated torch code.

    let größe = 3            # wrong
    let size = 3             # right
    let σ = 0.02             # right, and the same as  let sigma = 0.02
"""

    def headline(self) -> str:
        text = self.span.text
        if text[0].isalpha():
            return f"names are made of Latin and Greek letters, which `{text}` is not"
        shown = f"`{text}`" if text.isprintable() else f"U+{ord(text[0]):04X}"
        return f"the language does not use the character {shown}"

    def help(self) -> str | None:
        return _INSTEAD.get(self.span.text[0])


class UnterminatedText(SyntaxMistake):
    code = "E0102"
    page = """A text that does not end

A text begins and ends with a double quote on the same line.  Only the description at the top of a file, between three
quotes on either side, may run over several lines.

    simulate x = image("astronaut)       # wrong
    simulate x = image("astronaut")      # right
"""

    def headline(self) -> str:
        if self.span.text.startswith('"""'):
            return "the description has no closing quotes"
        return "this text has no closing quote"

    def help(self) -> str | None:
        return 'end it with `"""`' if self.span.text.startswith('"""') else 'end it with `"` on the same line'


class SingleQuotes(SyntaxMistake):
    code = "E0103"
    page = """Single quotes

A text stands between double quotes.  The single quote is the prime of mathematics: inside an algorithm x' is the next
value of x.

    simulate x = image('astronaut')      # wrong
    simulate x = image("astronaut")      # right
"""

    def headline(self) -> str:
        return "texts stand between double quotes"

    def replacement(self) -> str | None:
        inner = self.span.text[1:-1]
        return None if '"' in inner else f'"{inner}"'

    def help(self) -> str | None:
        text = self.replacement()
        return f"write `{text}`" if text else None


class MalformedNumber(SyntaxMistake):
    code = "E0104"
    page = """A number that is not written like one

Numbers are written with digits, at most one decimal point with digits on both sides, and an exponent if need be:
20, 0.02, 1e-4, 6.02e23.  There are no underscores, no hexadecimal digits and no suffixes.

    let weight = 1.2.3       # wrong
    let weight = .5          # wrong
    let weight = 0.5         # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` is not a number"

    def replacement(self) -> str | None:
        text = self.span.text.replace("_", "")
        candidates = (text, "0" + text, text + "0", text.rstrip("."))
        good = [c for c in candidates if re.fullmatch(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", c)]
        return good[0] if good else None

    def help(self) -> str | None:
        text = self.replacement()
        return f"write `{text}`" if text else "numbers look like `20`, `0.02` or `1e-4`"


class NameBeginsWithDigit(SyntaxMistake):
    code = "E0105"
    page = """A name that begins with a digit

Names begin with a letter.  And a product needs its sign: 2x could be a name or a product, so it is neither.

    let 3d = 2x                  # wrong, twice
    let volume = 2 * x           # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` is neither a number nor a name"

    def notes(self) -> tuple[str, ...]:
        return ("a name begins with a letter, and a product is written with `*`",)

    def help(self) -> str | None:
        match = re.match(r"([0-9.]+)(.*)", self.span.text, re.S)
        if match is None:
            return None
        number, name = match.groups()
        return f"`{number} * {name}` for the product, `{spelt_out(name)}_{number}` for a name"
