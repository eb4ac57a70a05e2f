"""A derivation in the terminal, in HTML and in LaTeX."""

import re

from invlang.derivation import Derivation, Entry, Line, Note, Section, Table
from invlang.derivation_html import derivation_html, derivation_page
from invlang.derivation_latex import derivation_latex
from invlang.derivation_text import columns, derivation_text
from invlang.mathematics import Symbol, adjoint

SOUGHT = Section(
    "What is sought",
    (
        Line("x̂", "=", "argmin 1/(2σ²) ‖A x − y‖² + 20 ‖∇x‖₂₁", "over 0 ≤ x ≤ 1"),
        Note("y ~ Normal(A x, σ = 0.02)  means  −log p(y | x) = 1/(2σ²) ‖A x − y‖² + a constant", "because", "line 8"),
        Note("TV(x) = ‖∇x‖₂₁, isotropic, forward differences that end at the border", "and", "stdlib priors"),
    ),
)
PIECES = Section(
    "What the pieces are",
    (
        Line("A = Blur(h), circular", "=", "Fᴴ ĥ F", "Fourier-diagonal · ‖A‖ = max |ĥ| = 1, seen when h was bound"),
        Line(Symbol("∇"), because="‖∇‖² ≤ 8"),
        Line("‖·‖₂₁", because="convex · its prox shortens each pixel's gradient"),
        Line("[0, 1]", because="convex · its prox clips"),
    ),
)
SIMPLIFIES = Section(
    "What simplifies",
    (
        Line("Aᴴ A", "=", "(Fᴴ ĥ F)ᴴ (Fᴴ ĥ F)"),
        Line(None, "=", "Fᴴ ĥ̄ F Fᴴ ĥ F", "adjoint of a product"),
        Line(None, "=", "Fᴴ ĥ̄ ĥ F", "F Fᴴ = I: F is unitary"),
        Line(None, "=", "Fᴴ |ĥ|² F", "diagonals multiply"),
        Line("(I + r Aᴴ A)⁻¹", "=", "Fᴴ (1 + r |ĥ|²)⁻¹ F", "everything is diagonal in one basis"),
        Line("F on real images keeps half a spectrum", because="x, h and y are real"),
    ),
)
ALGORITHM = Section(
    "Which algorithm",
    (
        Note("PDHG (Chambolle, Pock 2011):  data term as prox in closed form; TV and the box on the dual side, K = (∇, I)"),
        Note("converges if τ s ‖K‖² ≤ 1;  ‖K‖² ≤ ‖∇‖² + ‖I‖² = 9;  chosen τ s = 1/9", indent=1),
        Note("Not taken"),
        Entry("FISTA", "two terms have no joint closed-form prox (TV, box)", 1),
        Entry("ADMM", "would solve Aᴴ A + ρ ∇ᴴ ∇: Fourier-diagonal only if ∇ were circular too", 1),
        Entry("Condat–Vũ", "fits; its step is bound by L = 1/σ² = 2500: predicted 6 times slower", 1),
    ),
)
COST = Section(
    "What an iteration costs",
    (
        Table(
            ("3 × 512²", "as written", "as compiled"),
            (("real transforms", "4", "2"), ("∇ and ∇ᴴ", "2", "2"), ("passes over memory", "31", "19")),
        ),
        Note("Once, before the loop: ĥ, |ĥ|², 1/(1 + r|ĥ|²), Aᴴ y", indent=-1),
    ),
)
EXAMPLE = Derivation("deblur.inv · tv", (SOUGHT, PIECES, SIMPLIFIES, ALGORITHM, COST))

PRINTED = """\
1  What is sought
     x̂ = argmin 1/(2σ²) ‖A x − y‖² + 20 ‖∇x‖₂₁      over 0 ≤ x ≤ 1
     because  y ~ Normal(A x, σ = 0.02)  means  −log p(y | x) = 1/(2σ²) ‖A x − y‖² + a constant            line 8
     and      TV(x) = ‖∇x‖₂₁, isotropic, forward differences that end at the border                        stdlib priors

2  What the pieces are
     A = Blur(h), circular = Fᴴ ĥ F      Fourier-diagonal · ‖A‖ = max |ĥ| = 1, seen when h was bound
     ∇                                   ‖∇‖² ≤ 8
     ‖·‖₂₁                               convex · its prox shortens each pixel's gradient
     [0, 1]                              convex · its prox clips

3  What simplifies
     Aᴴ A = (Fᴴ ĥ F)ᴴ (Fᴴ ĥ F)
          = Fᴴ ĥ̄ F Fᴴ ĥ F                        adjoint of a product
          = Fᴴ ĥ̄ ĥ F                             F Fᴴ = I: F is unitary
          = Fᴴ |ĥ|² F                            diagonals multiply
     (I + r Aᴴ A)⁻¹ = Fᴴ (1 + r |ĥ|²)⁻¹ F        everything is diagonal in one basis
     F on real images keeps half a spectrum      x, h and y are real

4  Which algorithm
     PDHG (Chambolle, Pock 2011):  data term as prox in closed form; TV and the box on the dual side, K = (∇, I)
       converges if τ s ‖K‖² ≤ 1;  ‖K‖² ≤ ‖∇‖² + ‖I‖² = 9;  chosen τ s = 1/9
     Not taken
       FISTA        two terms have no joint closed-form prox (TV, box)
       ADMM         would solve Aᴴ A + ρ ∇ᴴ ∇: Fourier-diagonal only if ∇ were circular too
       Condat–Vũ    fits; its step is bound by L = 1/σ² = 2500: predicted 6 times slower

5  What an iteration costs, 3 × 512²    as written    as compiled
     real transforms                             4              2
     ∇ and ∇ᴴ                                    2              2
     passes over memory                         31             19
   Once, before the loop: ĥ, |ĥ|², 1/(1 + r|ĥ|²), Aᴴ y
"""


def test_the_terminal():
    assert derivation_text(EXAMPLE).splitlines() == PRINTED.splitlines()


def test_a_narrow_terminal_wraps_reasons_under_themselves():
    lines = derivation_text(EXAMPLE, width=80).splitlines()
    assert max(map(columns, lines)) <= 80
    where = next(i for i, line in enumerate(lines) if "seen when h was bound" in line)
    assert lines[where].index("seen") == lines[where - 1].index("Fourier")


def test_a_formula_too_long_for_its_column_has_its_reason_below():
    long = Line("A", "=", " + ".join(["Fᴴ ĥ F"] * 12), "a sum", "line 3")
    lines = derivation_text(Derivation("t", (Section("s", (Line("B", "=", "I", "short"), long)),))).splitlines()
    assert lines[2].strip().startswith("A =") and lines[3].strip().startswith("a sum") and lines[3].endswith("line 3")


def test_html_holds_every_word_and_sets_mathematics():
    html = derivation_html(EXAMPLE)
    assert html.count("<section>") == 5 and html.count("<math>") > 25
    for words in ("adjoint of a product", "stdlib priors", "Condat–Vũ", "passes over memory"):
        assert words in html
    assert "<math><msup><mi>A</mi>" in derivation_html(Derivation("t", (Section("s", (Line(adjoint(Symbol("A")), "=", "I"),)),)))


def test_html_escapes():
    evil = "<script>"
    items = (Line(evil, evil, evil, evil, evil), Note(evil), Entry(evil, evil), Table((evil,), ((evil,),)))
    derivation = Derivation(evil, (Section(evil, items),))
    assert evil not in derivation_page(derivation)


def test_latex_is_balanced_and_ascii_mostly():
    latex = derivation_latex(EXAMPLE)
    for name in re.findall(r"\\begin\{(\w+\*?)\}", latex):
        assert latex.count(f"\\begin{{{name}}}") == latex.count(f"\\end{{{name}}}")
    assert latex.count("$") % 2 == 0 and latex.count(r"\left") - latex.count(r"\leftarrow") >= latex.count(r"\right")
    assert {c for c in latex if not c.isascii()} <= set("ũ")
    assert r"&= F^{\mathsf{H}} \, \lvert \hat{h} \rvert^{2} \, F && \text{diagonals multiply}" in latex


def test_latex_escapes():
    latex = derivation_latex(Derivation("50%_#", (Section("a & b", (Line("x_prev", "=", "#1", "100% {sure} \\input{x}"),)),)))
    assert r"50\%\_\#" in latex and r"\section{a \& b}" in latex and "\\input" not in latex
