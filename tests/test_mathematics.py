"""Formulas: three printers, the reader, and mathematics inside sentences."""

import xml.etree.ElementTree as ElementTree
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invlang.mathematics import (
    AbsoluteValue,
    Call,
    Conjugate,
    Fraction,
    Hat,
    Juxtapose,
    Listing,
    NormOf,
    Number,
    OperatorName,
    Parenthesised,
    Relation,
    Subscript,
    SumOf,
    Superscript,
    Symbol,
    Text,
    adjoint,
    inverse,
    product,
    read_formula,
    reads_as_words,
    split_prose,
    squared,
    to_latex,
    to_mathml,
    to_unicode,
    total,
)
from invlang.mathematics.latex import escape_text

A, B, F, h, x, y, r, σ = (Symbol(c) for c in "ABFhxyrσ")
ONE, TWO = Number("1"), Number("2")
hat = Hat(h)
GOLDEN = [
    (product(adjoint(F), squared(AbsoluteValue(hat)), F), "Fᴴ |ĥ|² F", r"F^{\mathsf{H}} \, \lvert \hat{h} \rvert^{2} \, F"),
    (product(adjoint(F), Conjugate(hat), F), "Fᴴ ĥ̄ F", r"F^{\mathsf{H}} \, \overline{\hat{h}} \, F"),
    (adjoint(product(A, B)), "(A B)ᴴ", r"\left( A \, B \right)^{\mathsf{H}}"),
    (
        inverse(total(Symbol("I"), product(r, adjoint(A), A))),
        "(I + r Aᴴ A)⁻¹",
        r"\left( I + r \, A^{\mathsf{H}} \, A \right)^{-1}",
    ),
    (adjoint(adjoint(A)), "(Aᴴ)ᴴ", r"\left( A^{\mathsf{H}} \right)^{\mathsf{H}}"),
    (Fraction(ONE, Juxtapose((TWO, squared(σ)), tight=True)), "1/(2σ²)", r"\frac{1}{2 \sigma^{2}}"),
    (product(A, Fraction(x, y)), "A (x/y)", r"A \, \frac{x}{y}"),
    (product(Fraction(ONE, TWO), x), "1/2 x", r"\frac{1}{2} \, x"),
    (product(A, total(x, y)), "A (x + y)", r"A \, \left( x + y \right)"),
    (SumOf((("−", x), ("−", total(A, y)))), "−x − (A + y)", r"- x - \left( A + y \right)"),
    (NormOf(Juxtapose((Symbol("∇"), x), tight=True), Number("21")), "‖∇x‖₂₁", r"\lVert \nabla x \rVert_{21}"),
    (NormOf(x, Number("∞"), TWO), "‖x‖_∞²", r"\lVert x \rVert_{\infty}^{2}"),
    (squared(Subscript(x, Symbol("k"))), "xₖ²", r"x_{k}^{2}"),
    (Superscript(x, Symbol("θ")), "x^θ", r"x^{\theta}"),
    (Superscript(x, total(Symbol("n"), ONE)), "xⁿ⁺¹", r"x^{n + 1}"),
    (
        Call(Subscript(OperatorName("prox"), product(r, σ)), (x,)),
        "prox_(r σ)(x)",
        r"\operatorname{prox}_{r \, \sigma}\left( x \right)",
    ),
    (Relation(Number("0"), "≤", Relation(x, "≤", ONE)), "0 ≤ x ≤ 1", r"0 \leq x \leq 1"),
    (
        Relation(y, "~", Call(Symbol("Normal"), (product(A, x),))),
        "y ~ Normal(A x)",
        r"y \sim \mathrm{Normal}\left( A \, x \right)",
    ),
    (Conjugate(product(A, B)), "conj(A B)", r"\overline{A \, B}"),
    (Hat(Symbol("mask")), "hat(mask)", r"\widehat{\mathrm{mask}}"),
    (Parenthesised(Listing((Number("0"), ONE)), "[]"), "[0, 1]", r"\left[ 0,\; 1 \right]"),
    (Text("50% & more"), "50% & more", r"\text{50\% \& more}"),
    (Symbol("x_prev"), "x_prev", r"x_{\mathrm{prev}}"),
    (Number("4.0e-4"), "4.0e-4", r"4.0 \cdot 10^{-4}"),
    (squared(Number("−1")), "(−1)²", r"\left( -1 \right)^{2}"),
]


@pytest.mark.parametrize("formula, text, latex", GOLDEN, ids=[case[1] for case in GOLDEN])
def test_printers(formula, text, latex):
    assert to_unicode(formula) == normalize("NFC", text)
    assert to_latex(formula) == latex
    ElementTree.fromstring(to_mathml(formula))


def test_mathml_is_core_and_gives_scripts_their_number_of_parts():
    parts = {"msup": 2, "msub": 2, "msubsup": 3, "mfrac": 2, "mover": 2, "munder": 2}
    known = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", *parts}
    for formula, _, _ in GOLDEN:
        for element in ElementTree.fromstring(to_mathml(formula, display=True)).iter():
            assert element.tag in known
            assert len(element) == parts.get(element.tag, len(element))
    assert to_mathml(squared(x)) == "<math><msup><mi>x</mi><mrow><mn>2</mn></mrow></msup></math>"


@pytest.mark.parametrize(
    "text",
    [
        "Fᴴ |ĥ|² F", "(I + r Aᴴ A)⁻¹", "x̂ = argmin 1/(2σ²) ‖A x − y‖² + 20 ‖∇x‖₂₁", "0 ≤ x ≤ 1", "Fᴴ ĥ̄ F Fᴴ ĥ F",
        "‖A‖ = max |ĥ| = 1", "prox_(τ g)(v)", "y ~ Normal(A x, σ = 0.02)", "−log p(y | x)", "[0, 1]", "K = (∇, I)", "A†",
        "1/(1 + r|ĥ|²)", "∇ᴴ ∇", "⌊n/2⌋", "‖·‖₂₁", "⟨x, y⟩", "x'", "A_prev",
    ],
)  # fmt: skip
def test_a_line_that_is_read_is_printed_as_it_was(text):
    formula = read_formula(text)
    assert not isinstance(formula, Text) and to_unicode(formula) == normalize("NFC", text)


@pytest.mark.parametrize("text", ["(", "a ) b", "‖x", "", "x +", "= 1", "<b>"])
def test_what_is_no_formula_is_kept_as_words(text):
    assert read_formula(text) == Text(text)


def test_what_is_read():
    assert read_formula("Aᴴ y") == product(adjoint(A), y)
    assert read_formula("2σ²") == Juxtapose((TWO, squared(σ)), tight=True)
    assert read_formula("ĥ̄") == Conjugate(hat)
    assert read_formula("TV(x)") == Call(Symbol("TV"), (x,))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="xAFσ∇ᴴ²⁻₁‖|()[],+−=≤/ ~_^·\u0302\u0304ĥ123.e'<&", max_size=24))
def test_any_text_can_be_set(text):
    formula = read_formula(text)
    ElementTree.fromstring(to_mathml(formula))
    assert to_latex(formula).count("{") == to_latex(formula).count("}")
    for piece in split_prose(text):
        assert isinstance(piece, str) or to_unicode(piece)


FORMULAS = st.recursive(
    st.sampled_from([A, x, σ, ONE, TWO, hat, Symbol("∇"), Symbol("mask")]),
    lambda inner: st.one_of(
        inner.map(adjoint),
        inner.map(inverse),
        inner.map(AbsoluteValue),
        inner.map(NormOf),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Juxtapose(tuple(parts))),
        st.lists(st.tuples(st.sampled_from("+−"), inner), min_size=2, max_size=3).map(lambda terms: SumOf(tuple(terms))),
        st.tuples(inner, inner).map(lambda pair: Fraction(*pair)),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_brackets_suffice_printing_what_was_read_changes_nothing(formula):
    text = to_unicode(formula)
    assert to_unicode(read_formula(text)) == text
    ElementTree.fromstring(to_mathml(formula))


def test_sentences():
    pieces = split_prose("converges if τ s ‖K‖² ≤ 1; chosen τ s = 1/9")
    found = [p if isinstance(p, str) else to_unicode(p) for p in pieces]
    assert found == ["converges if ", "τ s ‖K‖² ≤ 1", "; chosen ", "τ s = 1/9"]
    words = "two terms have no joint closed-form prox (TV, box)"
    assert split_prose(words) == [words]
    assert split_prose("") == []
    assert reads_as_words("F on real images keeps half a spectrum") and not reads_as_words("prox_(τ g)(v) + Blur(h)")


def test_text_for_latex():
    assert escape_text("a_b & 50% {x} \\ ~ ^ # $") == (
        r"a\_b \& 50\% \{x\} \textbackslash{} \textasciitilde{} \textasciicircum{} \# \$"
    )
    assert escape_text("σ² ‖x‖₂ − ĥ … –") == r"$\sigma$$^{2}$ $\Vert$x$\Vert$$_{2}$ $-$ $\hat{h}$ \dots{} --"
