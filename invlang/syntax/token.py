"""A word or sign of a program, with its place."""

from __future__ import annotations

from invlang.source import Span


class Token:
    """type: the grammar's terminal.  text: as written ("" for what was put in to go on after a mistake).
    first: nothing but space stands before it on its line."""

    __slots__ = ("type", "text", "span", "first")

    def __init__(self, type: str, text: str, span: Span, first: bool = False):
        self.type = type
        self.text = text
        self.span = span
        self.first = first

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"
