"""What a derivation says of a program: the user's own names, formulas that are true, letters that are explained."""

from __future__ import annotations

from pathlib import Path

import pytest

import invlang
from invlang.derivation_text import derivation_text
from invlang.explain import explain
from invlang.graph.show import show_value
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Known, Number, Pointwise
from invlang.mathematics import read_formula, to_latex, to_mathml
from invlang.pipeline import check
from invlang.source import Source

TWO = """dim H = 8, W = 6
unknown u : real[H, W] in [0, 1]
unknown v : real[H, W]
data    y ~ Normal(u + v, sigma = 0.1)
reconstruct split { minimize fidelity(y) + 2 * TV(u) + norm1(Wavelet("haar", levels = 1) @ v) }
"""
COUNTS = """dim H = 8, W = 6
unknown u : real[H, W] in [0, inf]
given   h : real[3, 3] = box_kernel()
given   b : real = 0.1
let     A = Blur(h)
data    y ~ Poisson(A @ u + b, gain = 0.05)
reconstruct tv { minimize fidelity(y) + 1 * TV(u) }
"""
PAIR = """dim H = 8, W = 6
unknown u : complex[H, W]
given   a : complex[H, W]
let     F = Fourier(H, W, centred)
data    y ~ Normal(F @ Diagonal(a) @ u, sigma = 0.1)
data    z ~ Normal(F @ u, sigma = 0.2)
reconstruct tv { minimize fidelity(y) + fidelity(z) + 2 * TV(u)  by PDHG }
"""


SMALL = """dim H = 12, W = 12
unknown x : real[3, H, W] in [0, 1]
data    y ~ Normal(Downsampling(factor = 3, filter = bicubic) @ x, sigma = 0.02)
reconstruct tv { minimize fidelity(y) + 6 * TV(x)  by ADMM }
"""


def said(text: str, name: str | None = None) -> str:
    found = check(Source("program.inv", text), Path("."))
    assert found.program is not None and found.planned is not None, found.diagnostics
    return derivation_text(explain(found.program, found.planned, name))


@pytest.mark.parametrize(
    ("program", "sentences"),
    [
        (TWO, ["(û, v̂) = argmin 1/(2 σ²) ‖u + v − y‖² + 2 ‖∇ u‖₂₁ + ‖W v‖₁", "y ~ Normal(u + v, σ = 0.1)", "‖∇‖² ≤ 8"]),
        (COUNTS, ["û = argmin KL(A u + b; y) / gain + ‖∇ u‖₂₁", "y ~ Poisson(A u + b, gain = 0.05)"]),
        (PAIR, ["1/(2 σ²) ‖F a u − y‖² + 1/(2 σ_z²) ‖F u − z‖²", "(τ/σ²) |a|²", "τ = 1 / ‖√s K‖²"]),
    ],
)
def test_it_speaks_of_the_unknowns_by_their_names(program: str, sentences: list[str]):
    text = said(program)
    assert [s for s in sentences if s not in text] == []


@pytest.mark.parametrize("program", [TWO, COUNTS, PAIR])
def test_nothing_trivial_and_no_inner_name_is_shown(program: str):
    text = said(program)
    assert not [w for w in ("I)⁻¹ = 0.", "I, 0", "maximum", "norm2(", "#", "the prox of box", "axes...") if w in text]


LEVELS = """dim H = 8, W = 6, R = 4
unknown u : real[H, W] in [0, 1]
given   m : real[R, H]
given   level : real[1, W]
let     A = Dense(m, axis = H)
data    y ~ Normal(A @ u, sigma = level)
reconstruct ridge { minimize fidelity(y) + 3 * sq(u) }
"""


def test_a_level_of_every_sample_stands_before_the_whole_residual():
    assert "argmin ‖√(1/(2 level²)) (A u − y)‖² + 3 ‖u‖²" in said(LEVELS)


def test_squared_singular_values_are_called_so():
    text = said(LEVELS.replace("sigma = level", "sigma = 0.1"))
    assert "(1/((1/ρ) s² + 1))" in text and "the squared singular values of the matrix" in text


def test_every_letter_of_a_map_is_explained():
    text = said(SMALL)
    pieces = text[text.index("2  What the pieces are") : text.index("3  What simplifies")]
    assert [letter for letter in "FΠ∇Λχ" if f"\n     {letter} " not in pieces] == []


def test_a_sum_that_is_read_again_and_again_is_called_D():
    text = said(SMALL)
    assert "(Fᴴ (D + (1/σ²) k̂̄ Πᴴ Π k̂) F)⁻¹ =" in text
    assert "D = ρ₂ + ρ₁ Λ" in text


def test_algorithms_that_one_reason_excludes_are_told_together():
    assert "FISTA, GD, PGD" in said(TWO)


def test_a_product_of_a_program_is_a_product_in_html():
    """And neither a raised star nor a hat on the first letter of a name."""
    assert to_mathml(read_formula("10 * TV(x)")) == to_mathml(read_formula("10 * TV(x)")).replace("<msup>", "")
    assert "<mover" in to_mathml(read_formula("hat(kernel) x"))


@pytest.mark.parametrize("inner, shown", [("power", "(σ²)²"), ("abs2", "(|σ|²)²")])
def test_a_square_that_is_squared_has_brackets(inner: str, shown: str):
    sigma = Known("σ", SCALAR, "parameter", 0.1)
    squared = Pointwise(inner, (sigma, Number(2)) if inner == "power" else (sigma,))
    assert show_value(Pointwise("power", (squared, Number(2)))) == shown
    assert to_latex(read_formula("(σ²)²")) == r"\left( \sigma^{2} \right)^{2}"


def test_axes_are_called_as_in_this_program() -> None:
    """Whatever programs of the same sizes were looked at before."""
    text = """
dim {a} = 16, {b} = 12
unknown x : complex[{a}, {b}]
let A = Fourier({b})
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct r {{ minimize fidelity(y) + Tikhonov(x) }}
"""
    said = [str(invlang.loads(text.format(a=a, b=b)).explain()) for a, b in (("H", "W"), ("P", "Q"))]
    assert "A = F_W" in said[0] and "A = F_Q" in said[1]
