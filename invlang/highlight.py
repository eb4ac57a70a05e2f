"""Colour a program's text for HTML."""

from __future__ import annotations

import re
from html import escape

KEYWORDS = (
    "use dim given unknown let data observe simulate operator functional algorithm network reconstruct train evaluate primitive "
    "python as in"
).split()
CLAUSES = (
    "by solves samples where is law example repeat minimize sample estimate from over metrics report unroll equilibrium learn "
    "per iteration on loss optimizer epochs batch seed checkpoint augment crop accelerate"
).split()
TYPES = "real complex binary integer number".split()
TOKEN = re.compile(
    r'(?P<d>"""[\s\S]*?(?:"""|\Z))|(?P<s>"(?:\\.|[^"\\\n])*"?)|(?P<c>\#[^\n]*)'
    r"|(?P<n>(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)|(?P<rest>[\s\S])"
)


def highlight(text: str) -> str:
    """The text as HTML with spans: k keyword, t space, n number, s string, d documentation, c comment.

    >>> highlight("dim H = 2")
    '<span class="k">dim</span> H = <span class="n">2</span>'
    """
    return "".join(coloured(match) for match in TOKEN.finditer(text))


def coloured(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match.group()
    if kind == "word":
        kind = "k" if text in KEYWORDS or text in CLAUSES else "t" if text in TYPES else "rest"
    return escape(text) if kind == "rest" else f'<span class="{kind}">{escape(text)}</span>'
