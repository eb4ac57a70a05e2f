"""Functions that the library's own equations call, called by a user with whatever else: a message at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.diagnostics import render
from invlang.pipeline import check
from invlang.source import Source

CALLS = """
waves_to() outgoing_wave() waves_to(q) waves_to(q,1.0) waves_to(circular,1.0,H,W) fan_views() fan_views(q)
parallel_views(circular) ramp_taps(circular) fan_cameras(circular) parallel_cameras() filter_bank(circular)
""".split()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_the_library_never_makes_is_refused(call: str) -> None:
    text = f"dim H = 5, W = 5\ngiven q : real[3, 2]\nunknown x : complex[H, W]\nlet v = {call}\ndata y ~ Normal(x, sigma = 1)\n"
    said = render(check(Source("t.inv", text), Path()).diagnostics)
    assert said.startswith("error[E") and "t.inv:4:9" in said
