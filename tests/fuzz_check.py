"""Mutates programs and watches that `check` and `fmt` end in nothing but diagnostics.

python tests/fuzz_check.py --count 100000
"""

from __future__ import annotations

import sys

from fuzz import ROOT, check_syntax, main

from invlang.diagnostics import Diagnostic, as_json, render
from invlang.pipeline import check
from invlang.source import Source


def check_whole(text: str) -> None:
    """Formats and checks a program, and shows what was found."""
    check_syntax(text)
    diagnostics = check(Source("fuzz.inv", text), ROOT / "examples" / "deblur").diagnostics
    assert all(isinstance(d, Diagnostic) and d.headline for d in diagnostics)
    assert bool(render(diagnostics)) == bool(diagnostics) == bool(as_json(diagnostics))


if __name__ == "__main__":
    sys.exit(main(check_whole))
