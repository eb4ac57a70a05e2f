"""Applying the fixes that messages offer: `invlang check --fix`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from invlang.diagnostics import Diagnostic, Fix, in_order
from invlang.source import Source

Diagnose = Callable[[Source], Sequence[Diagnostic]]


def apply_fix(source: Source, diagnostics: Iterable[Diagnostic], diagnose: Diagnose) -> str:
    """The text with each offered fix that leaves fewer mistakes, one at a time.

    diagnose: gives the mistakes of a changed text.  A fix that does not help is left out, so the result is never worse.
    """
    text, left = source.text, in_order(diagnostics)
    tried: set[tuple[int, int, str, str]] = set()
    while True:
        own = [d.fix for d in left if d.fix is not None and d.fix.span.source.name == source.name]
        fix = next((f for f in own if key(f, text) not in tried), None)
        if fix is None:
            return text
        tried.add(key(fix, text))
        changed = Source(source.name, text[: fix.span.start] + fix.replacement + text[fix.span.end :])
        found = in_order(diagnose(changed))
        if len(found) < len(left):
            text, left = changed.text, found


def key(fix: Fix, text: str) -> tuple[int, int, str, str]:
    """What tells one attempt from another: the place in the text as it is now."""
    return fix.span.start, fix.span.end, fix.replacement, text
