"""Layout and printing: what changes, what does not, and that the meaning stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import check_syntax, fuzz
from hypothesis import given, settings
from hypothesis import strategies as some
from programs_of_the_language import FIRST, PROGRAMS

from invlang.source import Source, Span
from invlang.syntax import tree
from invlang.syntax.format import format_source
from invlang.syntax.parse import parse, parse_expression
from invlang.syntax.show import print_expression, print_parameter, print_space

ROOT = Path(__file__).parent.parent


def formatted(text: str, spelling: str = "keep") -> str:
    return format_source(Source("x.inv", text), spelling)


@pytest.mark.parametrize("text", PROGRAMS)
def test_the_language_description_is_laid_out_already(text: str) -> None:
    assert formatted(text) == text


@pytest.mark.parametrize("text", PROGRAMS)
def test_both_spellings_mean_the_same(text: str) -> None:
    plain, mathematical = formatted(text, "ascii"), formatted(text, "unicode")
    assert plain == text
    assert parse(Source("", mathematical))[0] == parse(Source("", text))[0]
    assert parse(Source("", formatted(mathematical, "ascii")))[0] == parse(Source("", text))[0]


def test_untidy_program() -> None:
    untidy = (
        FIRST.replace("  ", " ")
        .replace(" = ", "=")
        .replace(", W", ",W")
        .replace("{ ", "{")
        .replace(" }", "}")
        .replace(" : ", ":")
    )
    code = [line.partition("#")[0].rstrip() for line in formatted(untidy).split("\n")]
    assert code == [line.partition("#")[0].rstrip() for line in FIRST.split("\n")]


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("", ""),
        ("\n\n\n", ""),
        ("let a=1\n\n\n\nlet b=2\n\n", "let a = 1\n\nlet b = 2\n"),
        ("let a=-b^- 2*( - c+d ) [ ]".replace(" [ ]", ""), "let a = -b^-2 * (-c + d)\n"),
        ("let f = v->f( v )", "let f = v -> f(v)\n"),
        ("let a = ( A.H@x ) . H", "let a = (A.H @ x).H\n"),
        ("let a = ‖ r ‖ ² ".replace("‖ ²", "‖²"), "let a = ‖r‖²\n"),
        ("use   python   \"n.py\"  as n", 'use python "n.py" as n\n'),
        ("primitive A( axes ... ) :complex[ ... ]->real[axes ... ]\nis tight( 2 ),self-adjoint",
         "primitive A(axes...) : complex[...] -> real[axes...]\n  is tight(2), self-adjoint\n"),
        ("operator A(h)\n:real[H]->real[H]\n=B if p==q\nelse C", "operator A(h)\n       : real[H] -> real[H]\n  = B if p == q\n  else C\n"),
        ("let A = Blur(\nh,\n    boundary = circular\n)", "let A = Blur(\n  h,\n  boundary = circular\n)\n"),
        ("reconstruct a{minimize f(y)by PGD}", "reconstruct a { minimize f(y)  by PGD }\n"),
        ("reconstruct a {\n\nminimize f(y)\n+ g(x)\nby PGD\n# done\n\n}",
         "reconstruct a {\n  minimize f(y)\n    + g(x)\n  by       PGD\n  # done\n}\n"),
        ("algorithm A(f)\nsolves f(x)\n{\nx=1;y=2\nrepeat{\nlong=1\nx'=2\n}\n}",
         "algorithm A(f)\n  solves f(x)\n{\n  x = 1; y = 2\n  repeat {\n    long = 1\n    x'   = 2\n  }\n}\n"),
        ("given m:real[H]=1\nlet A=2\n# apart\nlet longer=3", "given m : real[H] = 1\nlet   A = 2\n# apart\nlet longer = 3\n"),
        ("functional TV(x)=1\nfunctional Longer(x)=2", "functional TV(x)     = 1\nfunctional Longer(x) = 2\n"),
        ("#remark\n##doc\nlet a = 1 #beside\nlet b = 2     # further", "# remark\n## doc\nlet a = 1     # beside\nlet b = 2     # further\n"),
    ],
)  # fmt: skip
def test_what_is_tidied(untidy: str, tidy: str) -> None:
    assert formatted(untidy) == tidy
    assert formatted(tidy) == tidy


@pytest.mark.parametrize(
    ("plain", "mathematical"),
    [
        ("let a = A.H @ B @ x", "let a = Aᴴ ∘ B @ x"),
        ("let sigma = 2 * beta_1^2 + inf", "let σ = 2 * β_1² + ∞"),
        ("let a = sq(A @ x - y) + norm1(x) + norm2(x) * norminf(x)", "let a = ‖A @ x - y‖² + ‖x‖₁ + ‖x‖ * ‖x‖∞"),
        ("let a = argmin(v -> f(v)) if p <= 2 else c", "let a = argmin(v → f(v)) if p ≤ 2 else c"),
        ("let a = norm2(x)^2 + sq(norm1(x)) + norm2(x, axis = C)", "let a = norm2(x)^2 + sq(‖x‖₁) + norm2(x, axis = C)"),
    ],
)
def test_spellings(plain: str, mathematical: str) -> None:
    assert formatted(plain, "unicode") == mathematical + "\n"
    assert formatted(mathematical, "ascii") == plain + "\n"


@pytest.mark.parametrize(
    ("mathematical", "plain"),
    [
        ("(f²)(x)", "(f^2)(x)"),
        ("x²ᴴ", "(x^2).H"),
        ("x² ^ 3", "(x^2)^3"),
        ("2 ^ x² ^ 3", "2^(x^2)^3"),
        ("a ⊙ b · c", "a * b * c"),
        ("‖‖x‖‖²", "sq(norm2(x))"),
    ],  # fmt: skip
)
def test_ascii_keeps_the_meaning(mathematical: str, plain: str) -> None:
    assert formatted(f"let a = {mathematical}", "ascii") == f"let a = {plain}\n"


def test_wrong_programs_are_left_alone() -> None:
    for path in sorted((ROOT / "tests" / "mistakes" / "syntax").glob("*.inv")):
        text = path.read_text(encoding="utf-8")
        assert formatted(text) == text and formatted(text, "unicode") == text


def test_the_library_means_the_same_when_formatted() -> None:
    for path in sorted([*(ROOT / "stdlib").rglob("*.inv"), *(ROOT / "examples").rglob("*.inv")]):
        text = path.read_text(encoding="utf-8")
        if not parse(Source(str(path), text))[1]:
            check_syntax(text)


def test_mutated_programs() -> None:
    failures = list(fuzz(check_syntax, count=150, seed=1, longest=1500))
    assert not failures, failures[0].trace + failures[0].text


# ---- random trees, printed and read again

SPAN = Span(Source("", ""), 0, 0)
NAMES = some.sampled_from(["x", "y'", "A", "sigma", "lambda", "inf", "norm2", "sq", "F_1", "gradient", "theta_2", "noise"])


def node(kind: type, *parts: object) -> tree.Node:
    return kind(*parts, span=SPAN)


names = NAMES.map(lambda text: node(tree.Name, text))
leaves = some.one_of(
    names,
    some.sampled_from(["0", "1", "2", "0.5", "1e-4"]).map(lambda text: node(tree.Number, text)),
    some.sampled_from(["", "db4", "a b/c.npy"]).map(lambda text: node(tree.Text, text)),
)
splats = names.filter(lambda n: not n.text.endswith("'")).map(lambda n: node(tree.Splat, n))


def larger(inner: some.SearchStrategy) -> some.SearchStrategy:
    comparisons = some.builds(
        lambda op, a, b: node(tree.Comparison, op, a, b), some.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner
    )
    positional = some.one_of(inner, splats).map(lambda v: node(tree.Argument, None, v))
    named = some.builds(lambda n, v: node(tree.Argument, n, v), names, inner)
    bindings = some.lists(some.builds(lambda n, v: node(tree.Binding, n, v), names, inner), min_size=1, max_size=2).map(tuple)
    return some.one_of(
        some.builds(
            lambda op, a, b: node(tree.Binary, op, a, b), some.sampled_from(["+", "-", "*", "/", "//", "^", "@"]), inner, inner
        ),
        inner.map(lambda a: node(tree.Negate, a)),
        some.builds(lambda f, a: node(tree.Call, f, tuple(a)), inner, some.lists(some.one_of(positional, named), max_size=3)),
        some.builds(
            lambda a, n: node(tree.Attribute, a, n), inner, some.sampled_from(["H", "A"]).map(lambda t: node(tree.Name, t))
        ),
        some.lists(some.one_of(inner, splats), max_size=3).map(lambda items: node(tree.ListOf, tuple(items))),
        some.builds(lambda n, b: node(tree.Lambda, n, b), names, inner),
        some.builds(lambda c, a, b: node(tree.Conditional, c, a, b), comparisons, inner, inner),
        some.builds(lambda b, w: node(tree.Where, b, w), inner, bindings),
        comparisons,
    )


expressions = some.recursive(leaves, larger, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_printed_expressions_read_back(expression: tree.Expression) -> None:
    if isinstance(expression, tree.Comparison):
        return
    for spelling in ("ascii", "unicode"):
        printed = print_expression(expression, spelling)
        assert parse_expression(Source("", printed)) == expression, printed


@settings(max_examples=150, deadline=None)
@given(some.lists(expressions.filter(lambda e: not isinstance(e, tree.Comparison)), min_size=1, max_size=3))
def test_printed_programs_are_formatted(values: list[tree.Expression]) -> None:
    text = "".join(f"let a{i} = {print_expression(value)}\n" for i, value in enumerate(values))
    check_syntax(text)


def test_printing_spaces_and_parameters() -> None:
    text = "operator A(axes..., m : complex[..., 2*H], b : u | v = u, f : smooth convex) : (real[H], number) -> complex[...] = B"
    (found,) = parse(Source("", text))[0].statements
    assert isinstance(found, tree.Definition) and found.signature is not None
    assert print_space(found.signature) == "(real[H], number) -> complex[...]"
    shown = [print_parameter(p) for p in found.parameters]
    assert shown == ["axes...", "m : complex[..., 2 * H]", "b : u | v = u", "f : smooth convex"]


def test_the_library_and_the_examples_are_laid_out():
    home = Path(__file__).parent.parent
    files = [*(home / "stdlib").rglob("*.inv"), *(home / "examples").rglob("*.inv")]
    texts = {f: f.read_text(encoding="utf-8") for f in files}
    assert len(files) > 100
    assert [f.name for f, text in texts.items() if format_source(Source(f.name, text)) != text] == []
