"""What every mistake of meaning has: a code, a place, what caused it, a sentence, and a page that teaches."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from invlang.diagnostics import Diagnostic, Fix, Label
from invlang.source import Span


@dataclass(frozen=True)
class Mistake:
    """span: where it is.  causes: the places that led to it, each with its remark.  asides: lines under the notes."""

    span: Span
    causes: tuple[tuple[Span, str], ...] = field(default=(), kw_only=True)
    asides: tuple[str, ...] = field(default=(), kw_only=True)
    code: ClassVar[str] = ""
    page: ClassVar[str] = ""

    def headline(self) -> str:
        raise AssertionError(type(self))

    def here(self) -> str:
        """What stands under the place itself."""
        return ""

    def notes(self) -> tuple[str, ...]:
        return ()

    def help(self) -> str | None:
        return None

    def fix(self) -> Fix | None:
        """A replacement that surely mends it; `check --fix` tries it."""
        return None

    def moved_to(self, span: Span, aside: str) -> Mistake:
        """The same mistake, found inside a definition of the library, at the place of the user's call."""
        causes = tuple((s, t) for s, t in self.causes if not is_in_library(s))
        return replace(self, span=span, causes=causes, asides=(*self.asides, aside) if aside else self.asides)

    def with_repair(self, hint: str, span: Span, text: str) -> Mistake:
        """The same mistake with what mends it: `text` in place of `span`.  Mistakes that no simple repair mends ignore it."""
        return self

    def diagnostic(self) -> Diagnostic:
        causes = [
            c for i, c in enumerate(self.causes) if not overlap(c[0], self.span) and c[0] not in [s for s, _ in self.causes[:i]]
        ]
        labels = (Label(self.span, plain(self.here()), primary=True), *(Label(s, plain(t)) for s, t in causes))
        notes = tuple(plain(n) for n in (*self.notes(), *self.asides))
        help = self.help()
        return Diagnostic(self.code, plain(self.headline()), labels, notes, plain(help) if help else None, self.fix())


def overlap(a: Span, b: Span) -> bool:
    return a.source.name == b.source.name and a.start < b.end and b.start < a.end


def plain(text: str) -> str:
    """Without the sign that keeps apart sizes of the compiler's own making."""
    return text.replace("°", "")


class Refused(Exception):
    """Stops the understanding of one statement; carries the mistake, or None where another message already says it."""

    def __init__(self, mistake: Mistake | None):
        self.mistake = mistake
        super().__init__(mistake.headline() if mistake else "")


def is_in_library(span: Span) -> bool:
    """Whether a place lies in the library's text, which a user never sees."""
    return span.source.name.startswith("stdlib/")


def did_you_mean(close: str | None, among: tuple[str, ...] = (), otherwise: str | None = None) -> str | None:
    """The help of a word that is not known."""
    if close:
        return f"did you mean `{close}`?"
    return f"it can be {listed(among)}" if among else otherwise


def listed(words: tuple[str, ...], limit: int = 12) -> str:
    """a, b or c"""
    if len(words) > limit:
        return f"{', '.join(words[:limit])} …"
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def shortened(text: str, limit: int = 36) -> str:
    """A piece of a program on one line, as short as a headline wants it."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def plural(count: int, word: str) -> str:
    """one axis, 2 axes"""
    many = f"{word[:-2]}es" if word.endswith("is") else f"{word}s"
    return f"one {word}" if count == 1 else f"{count} {many}" if count else f"no {many}"
