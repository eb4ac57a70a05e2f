"""Mistakes in how signs follow each other: brackets, commas, equals signs, lines that end too early."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.diagnostics import Fix, Label
from invlang.source import Span
from invlang.syntax.mistake import SyntaxMistake

CLOSING = {"(": ")", "[": "]", "{": "}", "‖": "‖"}


@dataclass(frozen=True)
class Unclosed(SyntaxMistake):
    """span: where the closing bracket was missed; opening: the bracket that waits for it."""

    opening: Span
    code = "E0120"
    page = """A bracket that is never closed

Every ( [ { needs its ) ] }.  The message shows the place where the closing one was missed at the latest, and the
opening one that waits for it; the right place is somewhere between.

    let A = Blur(h, boundary = circular          # wrong
    let A = Blur(h, boundary = circular)         # right
"""

    def headline(self) -> str:
        return f"`{self.opening.text}` is never closed"

    def remark(self) -> str:
        return f"`{CLOSING[self.opening.text]}` was missed here at the latest"

    def causes(self) -> tuple[Label, ...]:
        return (Label(self.opening, "opened here"),)

    def help(self) -> str | None:
        return f"add `{CLOSING[self.opening.text]}`"


class ClosesNothing(SyntaxMistake):
    code = "E0121"
    page = """A closing bracket that closes nothing

    let A = Blur(h))         # wrong
    let A = Blur(h)          # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` closes nothing"

    def replacement(self) -> str | None:
        return ""

    def help(self) -> str | None:
        return "remove it, or open the bracket that it was to close"


@dataclass(frozen=True)
class MissingComma(SyntaxMistake):
    """span: what follows; before: what stands before it; opening: the bracket around both."""

    before: Span
    opening: Span
    code = "E0122"
    page = """A missing comma

Arguments, axes and parameters are separated by commas.  Two values that follow each other are not multiplied.

    let A = Blur(h boundary = circular)          # wrong
    let A = Blur(h, boundary = circular)         # right
"""

    def headline(self) -> str:
        if self.before.text in CLOSING.values():
            return f"a comma is missing before `{_shortened(self.span)}`"
        return f"a comma is missing between `{_shortened(self.before)}` and `{_shortened(self.span)}`"

    def remark(self) -> str:
        return "a comma was expected before this"

    def help(self) -> str | None:
        if self.before.text in CLOSING.values():
            return f"put a comma before `{_shortened(self.span)}`"
        return f"write `{_shortened(self.before)}, {_shortened(self.span)}`"


@dataclass(frozen=True)
class MissingEquals(SyntaxMistake):
    """span: what follows the name; name: what is to be defined."""

    name: Span
    sign: str
    code = "E0123"
    page = """A missing equals sign

A name and what it means are joined by =, a measurement and its noise law by ~, a name and its space by a colon.

    let A Blur(h)                    # wrong
    let A = Blur(h)                  # right
    data y ~ Normal(A @ x)           # right
    unknown x : real[3, H, W]        # right
"""

    def headline(self) -> str:
        return f"`{self.sign}` is missing after `{_shortened(self.name)}`"

    def remark(self) -> str:
        return f"`{self.sign}` was expected before this"

    def help(self) -> str | None:
        return f"write `{_shortened(self.name)} {self.sign} …`"


@dataclass(frozen=True)
class WrongSign(SyntaxMistake):
    """span: the sign; expected: what joins the two sides in this statement; statement: its keyword."""

    expected: str
    statement: str
    code = "E0124"
    page = """One sign in another's place

= says what a name means, ~ says which law a measurement follows, : says in which space something lies, and == compares
(only in the cases of an equation).

    let A == Blur(h)                 # wrong
    let A = Blur(h)                  # right
    data y = Normal(A @ x)           # wrong: y is not equal to a law, it is drawn from it
    data y ~ Normal(A @ x)           # right
"""

    def headline(self) -> str:
        return f"`{self.statement}` wants `{self.expected}` here, not `{self.span.text}`"

    def notes(self) -> tuple[str, ...]:
        return {
            "==": ("`==` compares two values, in the cases of an equation; `=` defines",),
            "~": ("`~` draws from a law; `=` defines",),
            "=": ("`==` compares, `~` draws from a law, `:` names a space; `=` defines",),
        }.get(self.span.text, ())

    def replacement(self) -> str | None:
        return self.expected

    def help(self) -> str | None:
        return f"write `{self.expected}`"


@dataclass(frozen=True)
class SpaceOfData(SyntaxMistake):
    """span: the colon and the space; name: the measurement."""

    name: str
    code = "E0137"
    page = """A measurement with a space of its own

In which space a measurement lies follows from its law: it has the shape of its mean.

    data y : real[H, W] ~ Normal(A @ x, sigma = 0.02)      # wrong
    data y ~ Normal(A @ x, sigma = 0.02)                   # right
"""

    def headline(self) -> str:
        return "the space of a measurement follows from its law"

    def replacement(self) -> str | None:
        return ""

    def help(self) -> str | None:
        return f"write `data {self.name} ~ …`"


@dataclass(frozen=True)
class GivenWithoutSpace(SyntaxMistake):
    """span: the equals sign; name: what is given."""

    name: str
    code = "E0138"
    page = """Something given without its space

What is given may come from outside, so its space is said; a value after = is what it is where nothing else is given.

    given h = gaussian_kernel(sigma = 1.6)                  # wrong
    given h : real[9, 9] = gaussian_kernel(sigma = 1.6)     # right
    given s : real = 0.02                                   # right: a number
"""

    def headline(self) -> str:
        return f"in which space `{self.name}` lies is not said"

    def remark(self) -> str:
        return "a colon and a space are expected before this"

    def help(self) -> str | None:
        return f"write `given {self.name} : real[…] = …`, or `: real` for a number"


class MissingElse(SyntaxMistake):
    code = "E0126"
    page = """A case without an else

An equation must hold in every case, so the last one is the `else`.

    operator B(h, boundary : circular | valid = circular) = Circ(h) if boundary == circular                    # wrong
    operator B(h, boundary : circular | valid = circular) = Circ(h) if boundary == circular else Valid(h)      # right
"""

    def headline(self) -> str:
        return "this `if` has no `else`"

    def notes(self) -> tuple[str, ...]:
        return ("an equation must say what holds in every case",)

    def help(self) -> str | None:
        return "add `else …`"


@dataclass(frozen=True)
class UnfinishedLine(SyntaxMistake):
    """span: the last word of the line; expected: what must follow, in words."""

    expected: str = "something"
    code = "E0131"
    page = """A line that ends too early

A statement ends with its line.  It goes on inside brackets, after an operator or a comma, and where the next line begins
with an operator or a clause word: by, solves, where, is, law, example, has, =, :, {.

    let A =                      # wrong
    let A = Blur(h)              # right
    let B =                      # right: goes on
      Blur(h)
"""

    def headline(self) -> str:
        return "this line ends too early"

    def remark(self) -> str:
        return f"{self.expected} must follow"


@dataclass(frozen=True)
class Unexpected(SyntaxMistake):
    """span: what cannot stand there; expected: what could, in words; hint: what to try."""

    expected: tuple[str, ...] = ()
    hint: str | None = None
    code = "E0132"
    page = """Something that cannot stand where it stands

Two values do not follow each other without an operator between them, an operator needs a value on both sides, and a
statement ends with its line.  The message says what could have stood there.

    let A = Blur(h) Fourier(H)           # wrong: an operator is missing
    let A = Blur(h) @ Fourier(H)         # right
    let A = Blur(h) ; let B = A          # wrong: one statement to a line
"""

    def headline(self) -> str:
        return f"`{_shortened(self.span)}` cannot stand here"

    def remark(self) -> str:
        if not self.expected:
            return ""
        *most, last = self.expected
        return f"expected {', '.join(most)} or {last}" if most else f"expected {last}"

    def help(self) -> str | None:
        return self.hint


class TooDeep(SyntaxMistake):
    code = "E0139"
    page = """An expression that is nested too deeply

An expression may be nested a hundred levels deep, and a sum may have a hundred terms.  Name its parts with `let`.
"""

    def headline(self) -> str:
        return "this is nested more than a hundred levels deep"

    def help(self) -> str | None:
        return "name its parts with `let`"


def insertion(before: Span, text: str) -> Fix:
    """Text put in directly after a place."""
    return Fix(Span(before.source, before.end, before.end), text)


def _shortened(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= 30 else text[:29] + "…"
