"""What every syntax mistake has: a code, a place, a sentence, and a page that teaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from invlang.diagnostics import Diagnostic, Fix, Label
from invlang.source import Span


@dataclass(frozen=True)
class SyntaxMistake:
    """Something that cannot be read.  span: where.

    Each kind of mistake is a subclass with its `code`, its `page` (what `invlang explain E0101` prints) and its headline.
    """

    span: Span
    code: ClassVar[str] = ""
    page: ClassVar[str] = ""

    def headline(self) -> str:
        raise NotImplementedError

    def remark(self) -> str:
        """What stands under the place itself."""
        return ""

    def causes(self) -> tuple[Label, ...]:
        """Other places that have to do with it."""
        return ()

    def notes(self) -> tuple[str, ...]:
        return ()

    def help(self) -> str | None:
        return None

    def replacement(self) -> str | None:
        """What to write at the place instead, where that surely mends it."""
        return None

    def diagnostic(self) -> Diagnostic:
        labels = (Label(self.span, self.remark(), primary=True), *self.causes())
        text = self.replacement()
        fix = None if text is None else Fix(self.span, text)
        return Diagnostic(self.code, self.headline(), labels, self.notes(), self.help(), fix)
