"""Mistakes in whole statements: words that begin none, clauses that belong elsewhere, parts missing or said twice."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.diagnostics import Label
from invlang.source import Span
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.words import CLAUSES, OBJECTIVES, STATEMENTS

SAID_FOR = {
    **dict.fromkeys(
        ("estimator", "estimate", "recover", "solve", "minimize", "minimise", "argmin", "sample"), "reconstruct NAME { … }"
    ),
    **dict.fromkeys(("measure", "measurement", "observation", "observed", "likelihood"), "data"),
    **dict.fromkeys(("variable", "var", "image", "signal", "sought"), "unknown"),
    **dict.fromkeys(("parameter", "param", "input", "known"), "given"),
    **dict.fromkeys(("def", "define", "function", "const", "set"), "let, operator or functional"),
    **dict.fromkeys(("size", "sizes", "dims", "shape"), "dim"),
    **dict.fromkeys(("prior", "penalty", "regularizer", "regulariser"), "functional"),
    **dict.fromkeys(("test", "metric", "compare", "plot"), "evaluate"),
}  # what people call the statements


@dataclass(frozen=True)
class MisspeltWord(SyntaxMistake):
    """span: the word; meant: the keyword that it resembles."""

    meant: str
    code = "E0127"
    page = """A misspelt keyword

The word resembles one of the language's.  The rest of the statement was read as if it were spelt right.

    reconstuct tv { minimise fidelity(y) + TV(x) }        # wrong, twice
    reconstruct tv { minimize fidelity(y) + TV(x) }       # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` is no word of the language"

    def remark(self) -> str:
        return f"did you mean `{self.meant}`?"

    def replacement(self) -> str | None:
        return self.meant

    def help(self) -> str | None:
        return f"write `{self.meant}`"


@dataclass(frozen=True)
class NotAStatement(SyntaxMistake):
    """span: what the line begins with; follows: the sign after it."""

    follows: str = ""
    code = "E0128"
    page = """A line that begins with no keyword

Every statement begins with the word that says what it is: dim, given, unknown, let, data, observe, simulate, operator,
functional, algorithm, network, reconstruct, train, evaluate, use.

    A = Blur(h)              # wrong
    let A = Blur(h)          # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` begins no statement"

    def notes(self) -> tuple[str, ...]:
        return () if self.span.text.lower() in SAID_FOR else ("a statement begins with one of  " + " ".join(STATEMENTS),)

    def help(self) -> str | None:
        name = self.span.text
        if name.lower() in SAID_FOR:
            return f"the language says `{SAID_FOR[name.lower()]}`"
        if not name[0].isalpha():
            return "a comment begins with `#`" if name in ("//", "/", "-") else None
        return {
            "=": f"to give an expression a name, write `let {name} = …`",
            "~": f"a measurement is declared by `data {name} ~ …`",
            ":": f"what is sought is `unknown {name} : …`, what is known is `given {name} : …`",
        }.get(self.follows)


@dataclass(frozen=True)
class UnknownClause(SyntaxMistake):
    """span: the word; block: the word before the braces it stands in."""

    block: str
    code = "E0129"
    page = """A clause that does not belong there

Inside braces each line begins with a word that says what it is, and each kind of braces has its own: reconstruct knows
by, unroll, equilibrium, report; train knows on, loss, optimizer, epochs, batch, seed, checkpoint; evaluate knows metrics.

    reconstruct tv {
      minimize fidelity(y) + TV(x)
      using FISTA                    # wrong
      by FISTA                       # right
    }
"""

    def headline(self) -> str:
        return f"`{self.block}` has no clause `{self.span.text}`"

    def notes(self) -> tuple[str, ...]:
        return (f"it has  {' '.join(self.known())}",)

    def known(self) -> tuple[str, ...]:
        return (*(OBJECTIVES if self.block == "reconstruct" else ()), *CLAUSES.get(self.block, ()))

    def help(self) -> str | None:
        if self.span.text in ("using", "with", "via"):
            return "the algorithm is named by `by`"
        return "if it belongs to what stands before it, a comma or an operator is missing between them"


class ReservedName(SyntaxMistake):
    code = "E0130"
    page = """A reserved word used as a name

Clause words are reserved, so that a line may go on where one begins:
by solves samples where law is has example in if else.

    let law = 3              # wrong
    let noise_law = 3        # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` is a word of the language and cannot be a name"

    def help(self) -> str | None:
        return f"choose another name, such as `{self.span.text}_`"


class MissingObjective(SyntaxMistake):
    """span: the estimator's name."""

    code = "E0133"
    page = """An estimator that does not say what it is

reconstruct needs one of  minimize E,  sample N from E  or  estimate EXPRESSION.

    reconstruct tv { by PGD }                                        # wrong
    reconstruct tv { minimize fidelity(y) + TV(x)  by PGD }          # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` does not say what to minimize, sample or estimate"

    def help(self) -> str | None:
        return "begin with `minimize …`, `sample 64 from …` or `estimate …`"


@dataclass(frozen=True)
class SaidTwice(SyntaxMistake):
    """span: the second one; first: the first one; what: what may be said once."""

    first: Span
    what: str
    code = "E0134"
    page = """Something that may be said only once

An estimator has one objective, a definition one equation, an algorithm one template, a file one description.  Two
objectives that belong together are one sum.

    reconstruct tv { minimize fidelity(y)  minimize TV(x) }          # wrong
    reconstruct tv { minimize fidelity(y) + TV(x) }                  # right
"""

    def headline(self) -> str:
        return f"{self.what} is said twice"

    def remark(self) -> str:
        return "the second time"

    def causes(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first time"),)


class MissingTemplate(SyntaxMistake):
    """span: the algorithm's name."""

    code = "E0135"
    page = """An algorithm that does not say what it solves

The compiler matches the terms of an objective to the template after `solves` (or `samples`): without it, it could not
know when the algorithm fits.

    algorithm GD(f : smooth, step) { repeat { x = x - step * grad(f)(x) } }                     # wrong
    algorithm GD(f : smooth, step) solves f(x) { repeat { x = x - step * grad(f)(x) } }         # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` does not say what it solves"

    def help(self) -> str | None:
        return "add `solves f(x) + g(x)`, or `samples E(x)`"


class LateDescription(SyntaxMistake):
    code = "E0136"
    page = '''A description that is not at the top

The text between three quotes describes the file and stands before its first statement.  A definition is described by
lines that begin with ## above it.

    use mri
    """Cartesian MRI."""         # wrong

    """Cartesian MRI."""         # right
    use mri
'''

    def headline(self) -> str:
        return "the description of a file stands at its top"

    def help(self) -> str | None:
        return "move it above the first statement, or write it as lines that begin with `##`"
