"""Whether an objective has a least value: refused where it surely has none, a condition of the promise where nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.pipeline import check
from invlang.plan.attempt import Chosen
from invlang.plan.choose import choose
from invlang.source import Source

MASKED = "given m : binary[H, W]\nunknown x : real[H, W]\ndata y ~ Normal(m * x, sigma = 0.1)"
WHOLE = "unknown x : real[H, W]\ndata y ~ Normal(x, sigma = 0.1)"
LAPLACE = "unknown x : real[H, W]\ndata y ~ Laplace(x, scale = 0.1)"
TWO = f"{WHOLE}\nunknown z : real[H, W]"
POSITIVE = TWO + " in [0, inf]"
MATRIX = "given a : real[W, W]\nunknown x : real[H, W]\ndata y ~ Normal(Dense(a, axis = W) @ x, sigma = 0.1)"
SURE, OPEN, NONE = "promised", "on a condition", "refused"
OBJECTIVES = [
    (WHOLE, "fidelity(y) + 3 * sum(x)", SURE),  # the square of all of x outgrows it
    (WHOLE, "fidelity(y) - 3 * sum(x) + TV(x)", SURE),
    (WHOLE, "3 * sum(x)", NONE),
    (WHOLE, "sum(x) by GD(step = 0.1)", NONE),
    (LAPLACE, "fidelity(y) + 3 * sum(x)", OPEN),  # it has one, for 1 / 0.1 > 3
    (LAPLACE, "fidelity(y) + 30 * sum(x)", OPEN),  # it has none
    (MASKED, "fidelity(y) + 3 * sum(x)", OPEN),
    (MASKED, "fidelity(y) + 3 * sum(x) + TV(x)", OPEN),
    (MASKED, "fidelity(y) + 3 * sum(x) + 0.1 * sq(x)", SURE),
    (MASKED, "fidelity(y) + TV(x)", SURE),  # nothing is linear
    (MASKED.replace("unknown x : real[H, W]", "unknown x : real[H, W] in [0, inf]"), "fidelity(y) + 3 * sum(x)", SURE),
    (MASKED.replace("unknown x : real[H, W]", "unknown x : real[H, W] in [0, inf]"), "fidelity(y) - 3 * sum(x)", OPEN),
    (MASKED.replace("unknown x : real[H, W]", "unknown x : real[H, W] in [0, 1]"), "fidelity(y) - 3 * sum(x)", SURE),
    (MATRIX, "fidelity(y) + sum(x)", OPEN),
    (TWO, "fidelity(y) + 3 * sum(z)", NONE),
    (TWO, "fidelity(y) + 3 * sum(z) + TV(z)", OPEN),
    (TWO, "fidelity(y) + 3 * sum(z) + sq(z)", SURE),
    (TWO, "fidelity(y) + 3 * sum(z) + sq(x - z)", SURE),  # the squares together see both
    (TWO, "fidelity(y) + 3 * sum(x + z)", NONE),  # the data hold x alone
    (TWO, "fidelity(y) + 3 * sum(x + z) + TV(z)", OPEN),
    (TWO, "fidelity(y) + 3 * sum(x + z) + sq(z)", SURE),
    (TWO, "fidelity(y) + sum(Gradient(H, W, boundary = circular) @ z)", OPEN),  # it is zero everywhere
    (POSITIVE, "fidelity(y) + 3 * sum(z)", SURE),
    (POSITIVE, "fidelity(y) + 3 * sum(x - z)", OPEN),  # it falls where z rises
    (POSITIVE, "fidelity(y) - 3 * sum(z)", OPEN),
    (TWO + " in [0, 1]", "fidelity(y) - 3 * sum(z)", SURE),
]


@pytest.mark.parametrize(("model", "objective", "wanted"), OBJECTIVES)
def test_what_is_said_of_the_least_value(model: str, objective: str, wanted: str) -> None:
    text = f"dim H = 4, W = 5\n{model}\nreconstruct r {{ minimize {objective} }}\n"
    checked = check(Source("a.inv", text), Path("."))
    if wanted == NONE:
        assert [d.code for d in checked.diagnostics] == ["E0709"]
        return
    assert checked.program is not None, checked.diagnostics
    chosen = choose(checked.program.estimators[0], checked.program)
    assert isinstance(chosen, Chosen)
    assert ("does not fall without end" in chosen.convergence) == (wanted == OPEN)
