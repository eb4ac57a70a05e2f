"""Where algorithms begin: on the scale of the image, for unknowns of any name and number."""

from __future__ import annotations

import pytest
import torch

import invlang

COUNTS = """
dim H, W
unknown x : real[H, W] in [0, inf]
given h : real[5, 5] = gaussian_kernel(sigma = 1)
data y ~ Poisson(SCALE * (Blur(h) @ x) + 5)
reconstruct tv { minimize fidelity(y) + 4 * TV(x) }
"""
SPLIT = """
dim H, W
unknown u : real[H, W]
unknown v : real[H, W]
data y ~ Normal(u + v, sigma = 0.05)
reconstruct split { minimize fidelity(y) + 3 * TV(u) + 5 * norm1(Cosine(H, W) @ v) by ADMM(iterations = 300) }
"""


@pytest.mark.parametrize("scale", [1, 200, 3000])
def test_a_scale_of_the_data_is_undone(scale: int) -> None:
    """Counts of the scaled image lead to the image, not to scale² times it."""
    model = invlang.loads(COUNTS.replace("SCALE", str(scale)), dtype="float64")
    x = torch.linspace(0.2, 0.8, 144, dtype=torch.float64).reshape(12, 12)
    x[4:8, 4:8] = 0.9
    y = scale * x + 5
    soon, late = (float(m.objective(m(y), y)) for m in (model.tv, model.tv.with_numbers(iterations=2000)))
    assert soon == pytest.approx(late, rel=3e-3)


def test_several_unknowns_are_solved_for_together() -> None:
    """ADMM's linear system in (u, v) has no closed form here: conjugate gradients of both, the same at either level."""
    y = torch.rand(10, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    values = []
    for level in (0, 2):
        model = invlang.loads(SPLIT, dtype="float64", level=level)
        u, v = model.split(y, iterations=40)
        values.append(float(model.split.objective(u, v, y)))
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_an_unknown_may_have_any_name() -> None:
    text = "dim N\nunknown u : real[N]\ngiven k : real[3]\ndata y ~ Normal(Blur(k) @ u, sigma = 0.1)\n"
    model = invlang.loads(text, k=torch.tensor([0.25, 0.5, 0.25]))
    assert model.simulate(torch.ones(16), seed=1)["y"].shape == (16,)


def test_an_unknown_that_no_term_but_the_data_names_is_left_as_it_is() -> None:
    """Three unknowns, of which two have priors: a role without terms is no proximal map."""
    program = """
dim N = 8
unknown a : real[N]
unknown b : real[N]
unknown c : real[N]
data u ~ Normal(a, sigma = 0.1)
data v ~ Normal(b, sigma = 0.1)
data w ~ Normal(c, sigma = 0.1)
reconstruct best { minimize fidelity(u) + fidelity(v) + fidelity(w) + norm1(b) + 2 * norm1(c) }
"""
    model = invlang.loads(program)
    u, v, w = (torch.randn(8, dtype=torch.float64) for _ in range(3))
    a, b, c = model.best(u, v, w, iterations=2000)
    shrunk = [t.sign() * (t.abs() - k).clamp(min=0) for t, k in ((v, 0.01), (w, 0.02))]
    assert (a - u).abs().max() < 1e-6 and (b - shrunk[0]).abs().max() < 1e-6 and (c - shrunk[1]).abs().max() < 1e-6


def test_programs_that_name_axes_otherwise_do_not_meet() -> None:
    """One after the other in one process: their data are one value, the names of its axes are each program's own."""
    first = invlang.loads("""
dim P = 16, Q = 16
unknown u : real[P, Q]
data y ~ Normal(u, sigma = 0.1)
""")
    second = invlang.loads("""
dim H = 16, W = 16
unknown x : real[H, W] in [0, inf]
given h : real[5, 5] = gaussian_kernel(sigma = 1)
data y ~ Poisson(Blur(h) @ x + 0.02, gain = 0.01)
reconstruct tv { minimize fidelity(y) + 6 * TV(x) }
""")
    assert first is not second and second.tv(torch.ones(16, 16)).shape == (16, 16)


def test_two_unknowns_of_nothing_but_squares() -> None:
    model = invlang.loads("""
dim N = 8
unknown x : real[N]
unknown z : real[N]
data y ~ Normal(x, sigma = 0.02)
data w ~ Normal(x + z, sigma = 0.1)
reconstruct both { minimize fidelity(y) + fidelity(w) }
""")
    y, w = (torch.randn(8, dtype=torch.float64) for _ in range(2))
    x, z = model.both(y, w)
    assert (x - y).abs().max() < 1e-9 and (z - (w - y)).abs().max() < 1e-9
