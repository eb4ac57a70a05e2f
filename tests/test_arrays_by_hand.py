"""The arrays that the library's equations are made of, called by a user with whatever comes to hand: words, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.meaning import arrays
from invlang.pipeline import check
from invlang.source import Source

HEAD = "dim H = 8, W = 8\nunknown x : real[H, W]\ngiven h : real[3, 3]\n"
TAIL = "data y ~ Normal(A @ x, sigma = 0.1)\nreconstruct r {{ minimize fidelity(y) }}\n"
PROGRAMS = (
    HEAD + "given a : real[H, W] = {0}\nlet A = Diagonal(a)\n" + TAIL,
    HEAD + "let A = Diagonal({0})\n" + TAIL,
    "functional F(x : real[H, W], h : real[3, 3]) = sum({0} * x)\n",
)
CALLS = ("", "H", "3", "h", "H, W", "h, H, W")


@pytest.mark.parametrize("name", arrays.BUILDERS)
def test_it_ends_in_words(name: str) -> None:
    for program in PROGRAMS:
        for given in CALLS:
            found = check(Source("array.inv", program.format(f"{name}({given})")), Path())
            assert found.program is not None or found.diagnostics
