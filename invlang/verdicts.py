"""The verdict on each operator and estimator as lines in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from invlang.derivation_text import columns, pad


class Said(Protocol):
    """A name and what was found of it."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...


def verdict_lines(verdicts: Sequence[Said], margin: int = 2) -> list[str]:
    """One line each, the names in a column."""
    widest = max((columns(v.name) for v in verdicts), default=0)
    return [f"{' ' * margin}{pad(v.name, widest + 2)}{v.text}".rstrip() for v in verdicts]
