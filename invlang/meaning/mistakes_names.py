"""Mistakes about names, arguments and what stands where."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.diagnostics import Fix
from invlang.meaning.mistake import Mistake, did_you_mean
from invlang.source import Span


@dataclass(frozen=True)
class UnknownName(Mistake):
    """close: the nearest known name.  among: all names that are possible here, where they are few."""

    name: str
    kind: str = "name"
    close: str | None = None
    among: tuple[str, ...] = ()
    hint: str | None = None
    code = "E0201"
    page = """A name that is not known

A name is declared above the line that uses it, or is part of the library (`invlang doc` lists it).

    let A = Blurr(h)        # wrong: the library has no Blurr
    let A = Blur(h)         # right
"""

    def headline(self) -> str:
        return f"there is no {self.kind} called `{self.name}`"

    def help(self) -> str | None:
        return did_you_mean(self.close, self.among, self.hint)

    def fix(self) -> Fix | None:
        return Fix(self.span, quoted_like(self.span, self.close)) if self.close else None


def quoted_like(span: Span, word: str) -> str:
    """The word, in quotes where the text that it replaces has them."""
    return f'"{word}"' if span.text.startswith('"') else word


@dataclass(frozen=True)
class DeclaredTwice(Mistake):
    name: str
    how: str = "declared"
    code = "E0202"
    page = """A name that is declared twice

One name means one thing in a program.  Give the second declaration another name, or delete it.

    given h : real[9, 9]
    given h : real[5, 5]         # wrong: h is taken
    given g : real[5, 5]         # right
"""

    def headline(self) -> str:
        return f"`{self.name}` is {self.how} twice"

    def here(self) -> str:
        return "here again"


@dataclass(frozen=True)
class WrongArgument(Mistake):
    """An argument that the callee does not take, or lacks, or takes twice."""

    what: str
    takes: str = ""
    close: str | None = None
    code = "E0203"
    page = """Arguments that do not fit

Arguments are given in the order of the declaration, or by name, and those by name come last; `invlang doc NAME` shows them.

    let D = Wavelet("db4", level = 3)           # wrong: the argument is called levels
    let D = Wavelet("db4", levels = 3)          # right
"""

    def headline(self) -> str:
        return self.what

    def notes(self) -> tuple[str, ...]:
        return (f"it takes {self.takes}",) if self.takes else ()

    def help(self) -> str | None:
        return did_you_mean(self.close)

    def fix(self) -> Fix | None:
        return Fix(self.span, self.close) if self.close else None


@dataclass(frozen=True)
class UnknownChoice(Mistake):
    """A word, or the name in a text, that is none of those a parameter may have."""

    name: str
    parameter: str
    among: tuple[str, ...]
    close: str | None = None
    code = "E0204"
    page = """A word that is not a choice

Some arguments are one of a few words; the message lists them.

    let A = Blur(h, boundary = periodic)         # wrong
    let A = Blur(h, boundary = circular)         # right
"""

    def headline(self) -> str:
        return f"`{self.name}` is not a choice of `{self.parameter}`"

    def notes(self) -> tuple[str, ...]:
        return (f"the choices are {', '.join(self.among)}",)

    def help(self) -> str | None:
        if self.span.text.startswith('"') and self.name in self.among:
            return f"write `{self.name}` without quotes: it is a word of the language"
        return did_you_mean(self.close)

    def fix(self) -> Fix | None:
        if self.name in self.among:
            return Fix(self.span, self.name)
        return Fix(self.span, quoted_like(self.span, self.close)) if self.close else None


@dataclass(frozen=True)
class NotExpected(Mistake):
    """Something of another kind than what is wanted here."""

    found: str
    wanted: str
    hint: str | None = None
    code = "E0205"
    page = """Something of another kind than what is wanted

Each place of a program wants one kind of thing: an operator, an array, a number, a functional, a noise law, a word.

    given d : real[H, W]
    let B = d @ Blur(h)                  # wrong: `@` composes operators, and d is an array
    let B = Diagonal(d) @ Blur(h)        # right
"""

    def headline(self) -> str:
        return f"expected {self.wanted}, found {self.found}"

    def help(self) -> str | None:
        return self.hint


@dataclass(frozen=True)
class StarBetweenOperators(Mistake):
    """at: where the sign stands."""

    at: Span | None = None
    code = "E0206"
    page = """`*` between operators

Operators are composed, and applied, with `@`.  `*` multiplies numbers, and arrays element by element.

    let A = Diagonal(m) * Fourier(H, W)          # wrong
    let A = Diagonal(m) @ Fourier(H, W)          # right
"""

    def headline(self) -> str:
        return "operators are composed, and applied, with `@`, not with `*`"

    def help(self) -> str | None:
        return "write `@`"

    def fix(self) -> Fix | None:
        return Fix(self.at, "@") if self.at else None


@dataclass(frozen=True)
class NotAnAdjoint(Mistake):
    what: str
    wanted: str = "an adjoint"
    code = "E0207"
    page = """The adjoint of something that is not linear

Only linear operators have an adjoint, a pseudo-inverse, a Gram.  A map such as `abs2 @ F` has a derivative at each point;
`minimize` takes it by itself, so nonlinear measurements need no adjoint.

    let P = abs2 @ Fourier(H, W)
    reconstruct first { estimate P.H @ y }                        # wrong: P is not linear
    reconstruct first { estimate Fourier(H, W).H @ sqrt(y) }      # right: a linear operator has an adjoint
"""

    def headline(self) -> str:
        return f"{self.what} is not linear, so it has no {self.wanted.removeprefix('an ').removeprefix('a ')}"


@dataclass(frozen=True)
class DeclaredBelow(Mistake):
    """declared: where the name is declared, further down."""

    name: str
    declared: Span
    code = "E0208"
    page = """A name that is used above its declaration

A program reads from top to bottom: what a line uses is declared above it.

    let A = Blur(h)                      # wrong: h is declared below
    given h : real[9, 9]

    given h : real[9, 9]                 # right
    let A = Blur(h)
"""

    def headline(self) -> str:
        return f"`{self.name}` is used before it is declared"

    def help(self) -> str | None:
        return f"move its declaration (line {self.declared.line}) above this line"


@dataclass(frozen=True)
class DefinedByItself(Mistake):
    name: str
    code = "E0209"
    page = """A definition that uses itself

What a name means cannot depend on itself.

    let A = A @ Blur(h)                  # wrong where no A is declared above
    let B = A @ Blur(h)                  # right where one is
"""

    def headline(self) -> str:
        return f"`{self.name}` is defined by itself"


@dataclass(frozen=True)
class OperatorCalled(Mistake):
    """applied: the same with `@`."""

    name: str
    applied: str
    code = "E0210"
    page = """An operator that is called like a function

An operator is applied with `@`.  Brackets after the name of an operator hold what the operator is made from.

    data y ~ Normal(A(x), sigma = 0.1)           # wrong
    data y ~ Normal(A @ x, sigma = 0.1)          # right
"""

    def headline(self) -> str:
        return f"the operator `{self.name}` is applied with `@`, not called like a function"

    def help(self) -> str | None:
        return f"write `{self.applied}`"

    def fix(self) -> Fix | None:
        return Fix(self.span, self.applied)


@dataclass(frozen=True)
class PythonFunction(Mistake):
    name: str
    code = "E0211"
    page = """A Python function in an expression

A program from a stranger is safe to check, compile and run: no Python is evaluated, and none of Python's functions are known.

    let A = eval("Blur(h)")              # wrong
    let A = Blur(h)                      # right
"""

    def headline(self) -> str:
        return f"`{self.name}` is a function of Python, and no Python is evaluated here"

    def help(self) -> str | None:
        return 'networks and kernels of your own come in with `use python "nets.py"` and --allow-python'


ALL: tuple[type[Mistake], ...] = (
    UnknownName,
    DeclaredTwice,
    WrongArgument,
    UnknownChoice,
    NotExpected,
    StarBetweenOperators,
    NotAnAdjoint,
    DeclaredBelow,
    DefinedByItself,
    OperatorCalled,
    PythonFunction,
)
