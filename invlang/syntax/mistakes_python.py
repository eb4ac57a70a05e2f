"""Python, and other languages, smuggled into a program."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.syntax.mistake import SyntaxMistake

STATEMENTS = {
    "import": "a library module is brought in with `use fourier`, a file with `use \"scanner.inv\" as scanner`",
    "from": "a library module is brought in with `use fourier`, and its names need no prefix",
    "def": "an operator is defined by `operator Name(parameters) = …`, a prior by `functional`, an algorithm by `algorithm`",
    "class": "a definition is an equation: `operator Name(parameters) = …`",
    "for": "loops stand only inside an algorithm: `repeat { … }`",
    "while": "loops stand only inside an algorithm: `repeat { … }`",
    "return": "a definition is an equation: `operator Name(parameters) = …`",
    "print": "`invlang run` prints the table; `report mean, std` adds pictures",
    "with": "a program declares; it does not run step by step",
    "try": "a program declares; it does not run step by step",
    "if": "cases stand inside an equation: `= a if boundary == circular else b`",
    "async": "a program declares; it does not run step by step",
    "exec": "no Python is ever evaluated",
    "eval": "no Python is ever evaluated",
    "assert": "a fact about a primitive is claimed with `is`, and tested",
    "raise": "a program declares; it does not run step by step",
    "global": "every name of a program is visible below its declaration",
    "del": "names are declared once and never deleted",
    "pass": "an empty definition does not exist",
    "function": "a functional is defined by `functional Name(x) = …`",
    "var": "a name is given to an expression with `let`",
    "const": "a name is given to an expression with `let`",
    "model": "a program needs no header: its statements are the model",
    "parameters": "what is sought is declared with `unknown`",
}  # fmt: skip


class DoubleStar(SyntaxMistake):
    code = "E0110"
    page = """Two stars for a power

A power is written with ^, or with a superscript.

    let r = t ** 2           # wrong
    let r = t^2              # right
    let r = t²               # right
"""

    def headline(self) -> str:
        return "a power is written `^`"

    def replacement(self) -> str | None:
        return "^"

    def help(self) -> str | None:
        return "write `^` in place of `**`"


class DunderName(SyntaxMistake):
    code = "E0111"
    page = """A name that begins with two underscores

Such names are Python's own.  A program in this language never reaches into Python: it can be checked, compiled and run
whoever wrote it.  A network or kernel of your own comes in with `use python "nets.py"` and the option --allow-python.

    let A = h.__class__          # wrong
    use python "nets.py"         # right, with --allow-python
"""

    def headline(self) -> str:
        return f"`{self.span.text}` is Python's own name, and no part of this language"

    def notes(self) -> tuple[str, ...]:
        return ("no Python is evaluated, so that anybody's program is safe to run",)

    def help(self) -> str | None:
        return 'your own networks and kernels come in with `use python "nets.py"` and --allow-python'


class PythonStatement(SyntaxMistake):
    code = "E0112"
    page = """A statement of Python

A program declares what was measured and what is sought.  It does not import, loop, branch or call for effect: those
words do not exist, and no Python is ever evaluated.

    import numpy as np           # wrong
    use fourier                  # right: a module of the library

    def blur(x): return A(x)     # wrong
    operator Twice(h) = Blur(h) @ Blur(h)      # right
"""

    def headline(self) -> str:
        return f"`{self.span.text}` begins no statement here: this is not Python"

    def help(self) -> str | None:
        return STATEMENTS.get(self.span.text)


class PythonLambda(SyntaxMistake):
    code = "E0113"
    page = """lambda

A function without a name is written with an arrow, as in mathematics.  (λ and lambda are also good names for a weight.)

    x = argmin(lambda v: f(v))       # wrong
    x = argmin(v -> f(v))            # right
"""

    def headline(self) -> str:
        return "a function without a name is written with an arrow"

    def help(self) -> str | None:
        return "write `v -> f(v)`"


class Subscript(SyntaxMistake):
    code = "E0114"
    page = """A subscript

Arrays are not indexed: a part of an image is taken by an operator, so that the part has an adjoint.  Brackets after a
name belong to spaces (real[3, H, W]), brackets alone make an interval or a list ([0, 1]).

    let first = x[0]                 # wrong
    let first = Sample(at) @ x       # right
    let part = Crop(H, 64) @ x       # right
"""

    def headline(self) -> str:
        return "nothing is indexed with brackets"

    def remark(self) -> str:
        return "a subscript"

    def notes(self) -> tuple[str, ...]:
        return ("a part of an image is taken by an operator, which has an adjoint: Crop, Sample, Patches",)


@dataclass(frozen=True)
class PythonLogic(SyntaxMistake):
    code = "E0115"
    page = """and, or, not

Conditions compare two choices or sizes, and nothing else.  Several conditions are several cases.

    = a if p == 1 and q == 1 else b                      # wrong
    = (a if q == 1 else b) if p == 1 else b              # right
"""

    def headline(self) -> str:
        return f"conditions cannot be joined with `{self.span.text}`"

    def help(self) -> str | None:
        return "give each condition its own case: `a if p == 1 else b if q == 1 else c`"
