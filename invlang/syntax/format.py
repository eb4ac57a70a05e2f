"""A program's layout: the same program, as everybody lays it out."""

from __future__ import annotations

from typing import Literal

from invlang.source import Source
from invlang.syntax.layout import lay_out
from invlang.syntax.parse import parse
from invlang.syntax.respell import respell_ascii, respell_unicode
from invlang.syntax.show import print_expression

__all__ = ["format_source", "print_expression"]


def format_source(source: Source, spelling: Literal["keep", "unicode", "ascii"] = "keep") -> str:
    """The program laid out: indentation, spaces, aligned columns; comments and line breaks stay where they are.

    spelling: "unicode" for ∘ ᴴ σ ‖r‖², "ascii" for @ .H sigma sq(r), "keep" for what is there.
    The result means the same and is laid out already: formatting it again changes nothing.
    A text with syntax mistakes is given back untouched.
    """
    _, diagnostics = parse(source)
    if diagnostics:
        return source.text
    if spelling == "ascii":
        source = Source(source.name, respell_ascii(source))
    elif spelling == "unicode":
        source = Source(source.name, respell_unicode(source))
    return lay_out(source)
