"""Mistakes about the problem itself: laws, constraints, objectives, files."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.diagnostics import Fix
from invlang.meaning.mistake import Mistake, did_you_mean


@dataclass(frozen=True)
class ComplexOrder(Mistake):
    what: str
    code = "E0307"
    page = """An order among complex numbers

Complex numbers have no order: an interval, a minimum, a positivity constraint need a real image.

    unknown x : complex[H, W] in [0, 1]          # wrong
    unknown x : real[H, W] in [0, 1]             # right
"""

    def headline(self) -> str:
        return f"{self.what} needs an order, and complex numbers have none"

    def help(self) -> str | None:
        return "constrain `real(x)` or `abs(x)`, or declare the unknown real"


@dataclass(frozen=True)
class NotALaw(Mistake):
    found: str
    among: tuple[str, ...] = ()
    close: str | None = None
    hint: str | None = None
    code = "E0308"
    page = """Something after `~` that is not a law

A measurement follows a noise law: its mean, then its parameters by name.

    data y ~ A @ x                               # wrong: the mean alone
    data y ~ Normal(A @ x, sigma = 0.02)         # right
"""

    def headline(self) -> str:
        return f"`{self.found}` is not a noise law"

    def help(self) -> str | None:
        return self.hint or did_you_mean(self.close, self.among)

    def fix(self) -> Fix | None:
        return Fix(self.span, self.close) if self.close else None


@dataclass(frozen=True)
class UnusedUnknown(Mistake):
    name: str
    code = "E0401"
    page = """An unknown that nothing mentions

An unknown that no measurement and no term mentions could be anything.  Add a data term or a prior for it, or delete it.

    unknown x : real[H, W]
    unknown z : real[H, W]
    data y ~ Normal(x, sigma = 0.1)              # wrong: nothing says z
    data y ~ Normal(x + z, sigma = 0.1)          # right
"""

    def headline(self) -> str:
        return f"no measurement and no term mentions the unknown `{self.name}`"

    def help(self) -> str | None:
        return "say how it was measured, add a prior for it, or delete it"


@dataclass(frozen=True)
class NotAFunctional(Mistake):
    found: str
    hint: str | None = None
    code = "E0402"
    page = """An objective that is not a number

What is minimised is a number: a sum of terms such as `fidelity(y) + 20 * TV(x)`.

    reconstruct r { minimize fidelity(y) + 20 * x }              # wrong: x is an image
    reconstruct r { minimize fidelity(y) + 20 * sq(x) }          # right
"""

    def headline(self) -> str:
        return f"this should be a number that depends on the unknown, and it is {self.found}"

    def help(self) -> str | None:
        return self.hint


@dataclass(frozen=True)
class WrongDomain(Mistake):
    """A value outside of what a law or a function is defined for."""

    what: str
    why: str
    code = "E0403"
    page = """A value outside of what a law or a function is defined for

Laws and functions have a domain: a standard deviation is above 0, nothing is divided by 0, a Poisson mean is not negative.

    data y ~ Normal(A @ x, sigma = -1)           # wrong
    data y ~ Normal(A @ x, sigma = 1)            # right
"""

    def headline(self) -> str:
        return self.what

    def notes(self) -> tuple[str, ...]:
        return (self.why,) if self.why else ()


@dataclass(frozen=True)
class EmptyInterval(Mistake):
    lower: str
    upper: str
    code = "E0404"
    page = """An interval that holds nothing

An interval is written [lower, upper]; `inf` stands for no bound.

    unknown x : real[H, W] in [1, 0]             # wrong
    unknown x : real[H, W] in [0, 1]             # right
"""

    def headline(self) -> str:
        return f"nothing lies in this interval: {self.lower} is above {self.upper}"

    def help(self) -> str | None:
        return f"write `[{self.upper}, {self.lower}]`"

    def fix(self) -> Fix | None:
        return Fix(self.span, f"[{self.upper}, {self.lower}]")


@dataclass(frozen=True)
class TooLarge(Mistake):
    """An expression that grows beyond all use."""

    what: str = "this expression"
    code = "E0405"
    page = """An expression that grows beyond all use

Names may stand for expressions that hold other names, so a few lines can say something of astronomical size.  No reconstruction
needs that; the compiler stops before it fills the memory.

    let c = 10^10^10                     # wrong
    let c = 10^10                        # right
"""

    def headline(self) -> str:
        return f"{self.what} is too large to be understood"


@dataclass(frozen=True)
class NotAllowed(Mistake):
    """What a program may not do by itself: leave its folder, run Python."""

    what: str
    how: str
    code = "E0501"
    page = """Something that needs the caller's leave

A file from a stranger is safe to check, compile and run: it reads files below its own folder, or where the caller allows
(`--allow-read DIR`), and runs no Python unless the caller says `--allow-python`.

    given m : binary[H, W] = load("/etc/mask.npy")       # wrong: outside of the program's folder
    given m : binary[H, W] = load("mask.npy")            # right
"""

    def headline(self) -> str:
        return self.what

    def help(self) -> str | None:
        return self.how


@dataclass(frozen=True)
class NoSuchFile(Mistake):
    file: str
    close: str | None = None
    why: str = ""
    code = "E0502"
    page = """A file that is not there

`use` names a file by its path from the folder of the program.

    use "scaner.inv" as scanner          # wrong where the file is called scanner.inv
    use "scanner.inv" as scanner         # right
"""

    def headline(self) -> str:
        return f"`{self.file}` {self.why or 'is not there'}"

    def help(self) -> str | None:
        return did_you_mean(self.close)

    def fix(self) -> Fix | None:
        return Fix(self.span, f'"{self.close}"') if self.close else None


ALL: tuple[type[Mistake], ...] = (
    ComplexOrder,
    NotALaw,
    UnusedUnknown,
    NotAFunctional,
    WrongDomain,
    EmptyInterval,
    TooLarge,
    NotAllowed,
    NoSuchFile,
)
