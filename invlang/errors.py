"""What a caller from Python catches: a mistake of the user's, in words."""

from __future__ import annotations

from collections.abc import Iterable

from invlang.diagnostics import Diagnostic, Label, render
from invlang.source import Span


class InvError(ValueError):
    """A mistake in a program or in what it is given.  str: the rendered messages;  diagnostics: the same as data.

    >>> try:
    ...     raise InvError([Diagnostic("", "`mask` was not given", ())])
    ... except InvError as error:
    ...     print(error)
    error: `mask` was not given
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]):
        self.diagnostics = tuple(diagnostics)
        super().__init__(render(self.diagnostics).rstrip("\n"))


def mistake(
    headline: str, place: Span | None = None, *, label: str = "", notes: tuple[str, ...] = (), help: str | None = None
) -> InvError:
    """An error of one message.  place: the declaration it is about, label: what is said beside it."""
    labels = () if place is None else (Label(place, label, primary=True),)
    return InvError([Diagnostic("", headline, labels, notes, help)])
