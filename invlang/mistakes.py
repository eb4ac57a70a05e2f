"""Every kind of mistake, and the page that teaches it."""

from __future__ import annotations

from typing import Any

import invlang.meaning.mistakes
import invlang.plan.mistakes
import invlang.syntax.mistakes

MODULES = (invlang.syntax.mistakes, invlang.meaning.mistakes, invlang.plan.mistakes)


def every_mistake() -> list[Any]:
    """The classes of all mistakes, in the order of their codes."""
    found = {c.code: c for m in MODULES for c in vars(m).values() if isinstance(c, type) and getattr(c, "page", None)}
    return [found[code] for code in sorted(found)]


def all_pages() -> dict[str, str]:
    """The page of each code."""
    return {c.code: c.page for c in every_mistake()}


def page(code: str) -> str | None:
    """The page of one code; None where there is no such code."""
    return all_pages().get(code.upper())
