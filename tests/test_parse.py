"""Text to tree: every construct of the language, spans, comments, recovery, speed."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from programs_of_the_language import FIRST, PROGRAMS

from invlang.diagnostics import Mistakes
from invlang.source import Source
from invlang.syntax import tree
from invlang.syntax.parse import parse, parse_expression
from invlang.syntax.respell import walk
from invlang.syntax.show import print_expression
from invlang.syntax.tables import fingerprint, grammar_path, make_tables


def program(text: str) -> tree.Program:
    found, diagnostics = parse(Source("<text>", text))
    assert not diagnostics, diagnostics
    return found


def statement(text: str) -> tree.Statement:
    (found,) = program(text).statements
    return found


def expression(text: str) -> tree.Expression:
    return parse_expression(Source("<text>", text))


def bracketed(node: tree.Node) -> str:
    """An expression with all its brackets, to see how it was read."""
    match node:
        case tree.Binary(operator=sign, left=left, right=right):
            return f"({bracketed(left)} {sign} {bracketed(right)})"
        case tree.Negate(operand=operand):
            return f"(-{bracketed(operand)})"
        case tree.Call(function=function, arguments=arguments):
            return f"{bracketed(function)}({', '.join(bracketed(a.value) for a in arguments)})"
        case tree.Attribute(object=base, name=name):
            return f"{bracketed(base)}.{name.text}"
        case tree.Lambda(parameter=parameter, body=body):
            return f"({parameter.text} -> {bracketed(body)})"
        case tree.Conditional(test=test, then=then, otherwise=otherwise):
            return f"({bracketed(then)} if {bracketed(test)} else {bracketed(otherwise)})"
        case tree.Comparison(operator=sign, left=left, right=right):
            return f"[{bracketed(left)} {sign} {bracketed(right)}]"
        case tree.Where(body=body, bindings=bindings):
            return f"({bracketed(body)} where {', '.join(f'{b.name.text} = {bracketed(b.value)}' for b in bindings)})"
        case tree.Name(text=text) | tree.Number(text=text):
            return text
        case _:
            return print_expression(node)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a * B @ x", "(a * (B @ x))"),
        ("A @ B @ x", "((A @ B) @ x)"),
        ("rho / 2 * sq(K @ v - z + u)", "((rho / 2) * sq((((K @ v) - z) + u)))"),
        ("-a^2", "(-(a ^ 2))"),
        ("2^-n", "(2 ^ (-n))"),
        ("a^b^c", "(a ^ (b ^ c))"),
        ("-A @ x", "((-A) @ x)"),
        ("A @ -x", "(A @ (-x))"),
        ("F.H @ d", "(F.H @ d)"),
        ("H // factor * 2", "((H // factor) * 2)"),
        ("prox(step * g)(x)", "prox((step * g))(x)"),
        ("v -> f(v) + 1", "(v -> (f(v) + 1))"),
        ("a if p == q else b if p != r else c", "(a if [p == q] else (b if [p != r] else c))"),
        ("a + b if p <= 2 else c", "((a + b) if [p <= 2] else c)"),
        ("a if centred else b", "(a if [centred == true] else b)"),
        ("a + b where a = 1, b = a", "((a + b) where a = 1, b = a)"),
        ("a where a = b where b = 1", "((a where a = b) where b = 1)"),
        ("f((a where a = 1), b)", "f((a where a = 1), b)"),
        ("(a == b)", "[a == b]"),
        ("A ∘ Bᴴ ⊙ x", "((A @ B.H) * x)"),
        ("‖r‖² + ‖r‖ + ‖r‖₁ + ‖r‖∞", "(((sq(r) + norm2(r)) + norm1(r)) + norminf(r))"),
        ("‖ ‖a‖ * b ‖₂²", "sq((norm2(a) * b))"),
        ("x² + x⁻¹ + t'³", "(((x ^ 2) + (x ^ (-1))) + (t' ^ 3))"),
        ("σ · λ × θ_1 − ∞", "(((sigma * lambda) * theta_1) - inf)"),
        ("v → v", "(v -> v)"),
        ("a if p ≠ q else b", "(a if [p != q] else b)"),
        ("[0, inf]", "[0, inf]"),
        ("Fourier(axes..., centred)", "Fourier(axes..., centred)"),
    ],
)
def test_how_expressions_are_read(text: str, read: str) -> None:
    assert bracketed(expression(text)) == read


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_of_the_language_description(text: str) -> None:
    assert program(text).statements


def test_first_program() -> None:
    found = program(FIRST)
    assert found.doc == "Recover a photograph from a blurred, noisy copy."
    assert [type(s).__name__ for s in found.statements] == [
        "Dim", "Unknown", "Given", "Let", "Data", "Simulate", "Reconstruct", "Reconstruct", "Evaluate",
    ]  # fmt: skip
    assert [c.text[:8] for c in found.comments] == ["# sizes;", "# no rea", "# two no"]
    wavelet = found.statements[7]
    assert isinstance(wavelet, tree.Reconstruct) and wavelet.clauses[0].word.text == "by"


@pytest.mark.parametrize(
    ("text", "keyword", "parts"),
    [
        ("primitive functional norm1(x : number[...]) is convex, separable\n  has value = sum(abs(x))", "primitive",
         {"of": "functional", "facts": 2, "formulas": 1}),
        ("noise Normal(mean : number[...], sigma : real = 1)\n  has sample = mean + sigma * randn(mean)\n"
         "  has fidelity(y) = sq(mean - y) / (2 * sigma^2)", "noise", {"formulas": 2}),
        ("primitive Fourier(axes...) : complex[...] -> complex[...]\n  is unitary, self-adjoint, tight(2)\n"
         "  law Fourier(a, b) = Fourier(a) @ Fourier(b)\n  example Fourier(H, W) on complex[8, 6]\n  example Fourier(H)",
         "primitive", {"facts": 3, "laws": 1, "examples": 2}),
        ("generator Mask(acceleration = 4) : binary[1, W] = lines(acceleration)", "generator", {}),
        ("operator Identity = I", "operator", {"parameters": 0}),
        ("operator B(h, boundary : circular | valid | reflect = circular) : real[H]\n  = C(h) if boundary == circular\n"
         "    else V(h)", "operator", {"parameters": 2}),
    ],
)  # fmt: skip
def test_definitions(text: str, keyword: str, parts: dict) -> None:
    found = statement(text)
    assert isinstance(found, tree.Definition) and found.keyword == keyword
    for name, value in parts.items():
        part = getattr(found, name)
        assert (part if isinstance(part, str) else len(part)) == value


def test_kinds_of_parameters() -> None:
    found = statement("operator A(a, b : real, c : smooth, d : smooth convex, e : u | v = u, f : real[H] = 1, g...) = B")
    assert isinstance(found, tree.Definition)
    kinds = [type(p.kind).__name__ for p in found.parameters]
    assert kinds == ["NoneType", "Space", "Traits", "Traits", "Choices", "Space", "NoneType"]
    assert found.parameters[-1].variadic and not found.parameters[0].variadic


def test_facts_with_hyphens_are_names_with_underscores() -> None:
    found = statement("primitive A is self-adjoint, norm_at_most(1)")
    assert isinstance(found, tree.Definition)
    assert [f.name.text for f in found.facts] == ["self_adjoint", "norm_at_most"]


def test_statement_words_are_names_elsewhere() -> None:
    found = program("let noise = sample(data, use = from) + on.over\nnoise N(mean) has sample = mean")
    assert isinstance(found.statements[0], tree.Let) and isinstance(found.statements[1], tree.Definition)


def test_clauses_need_no_line_of_their_own() -> None:
    one = statement('train a { on images("t/"), crop = 64  loss mse(x)  epochs 20  batch 8 }')
    many = statement('train a {\n  on images("t/"), crop = 64\n  loss mse(x)\n  epochs 20\n  batch 8\n}')
    semicolons = statement('train a { on images("t/"), crop = 64; loss mse(x); epochs 20; batch 8; }')
    assert one == many == semicolons


def test_special_clauses() -> None:
    found = statement(
        "reconstruct a {\n minimize E(x)\n by PGD\n unroll 8 { learn step per iteration, D }\n stop when change < 1e-4\n}"
    )
    assert isinstance(found, tree.Reconstruct)
    _, unroll, stop = found.clauses
    learn = unroll.inner[0]
    assert bracketed(learn.arguments[0].value) == "per(step, iteration)" and bracketed(learn.arguments[1].value) == "D"
    assert bracketed(stop.arguments[0].value) == "[change < 1e-4]"


def test_minimize_over_a_variable() -> None:
    found = statement("reconstruct a { minimize E(x) over theta where x = G(theta)  by Adam(lr = 1e-3) }")
    assert isinstance(found, tree.Reconstruct) and found.over == statement("let theta = 1").name
    assert isinstance(found.objective, tree.Where) and found.clauses[0].word.text == "by"


@pytest.mark.parametrize(
    "text",
    [
        "let A = B @\n  C",
        "let A = B\n  @ C",
        "let A\n  = B @ C",
        "let A = (B @\n\n # a remark\n C)",
        "let A =\n  # a remark\n  B @ C",
        "let A = B @ C   # a remark",
        "\ufefflet\tA\u00a0=  B @ C\r\n",
    ],
)
def test_where_a_line_goes_on(text: str) -> None:
    assert statement(text) == statement("let A = B @ C")


def test_docs_stand_directly_above() -> None:
    found = program("## One.\n##   Two.\nlet a = 1\n## apart\n\nlet b = 2\n# plain\nlet c = 3\n## ends")
    assert [s.doc for s in found.statements] == ["One.\n  Two.", None, None]


def test_description_loses_its_indentation() -> None:
    assert program('"""First.\n\n    Second,\n      third.\n    """\nlet a = 1').doc == "First.\n\nSecond,\n  third."


def test_spans_are_exact() -> None:
    text = FIRST + PROGRAMS[1] + "let A = F ∘ (Sᴴ + 1)² ⊙ ‖r‖²\n"
    found = program(text)
    for node in walk(found):
        assert 0 <= node.span.start < node.span.end <= len(text)
        assert node.span.text.strip() == node.span.text or node is found
        if isinstance(node, tree.Number | tree.Space | tree.Reconstruct | tree.Let):
            assert node.span.text.startswith((*"0123456789rcib⁰¹²³(l", "reconstruct"))
    product = found.statements[-1].value
    assert product.left.span.text == "F ∘ (Sᴴ + 1)²" and product.left.right.left.span.text == "(Sᴴ + 1)"


def test_one_mistake_does_not_hide_the_rest() -> None:
    text = "let a = (1\nlet b = 2 2\nreconstruct t {\n  minimize f(x\n  by PGD\n}\nlet c = 3\nlet = 4\n"
    found, diagnostics = parse(Source("x", text))
    assert sorted({d.place.line for d in diagnostics}) == [1, 2, 5, 8] or len({d.place.line for d in diagnostics}) == 4
    assert {"a", "c", "t"} <= {s.name.text for s in found.statements}


def test_parse_expression_raises_mistakes() -> None:
    for text in ("", "a b", "(", "a +", "let x = 1", "‖a", "%"):
        with pytest.raises(Mistakes):
            expression(text)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a remark", '"""doc"""', "\x00", "}" * 50, "(" * 5000, "let a = " + "-" * 5000 + "x"]
)
def test_odd_files(text: str) -> None:
    parse(Source("x", text))


def test_stored_tables_are_those_of_the_grammar() -> None:
    path = grammar_path()
    text = path.read_text(encoding="utf-8")
    stored = json.loads(path.with_name("tables.json").read_text(encoding="utf-8"))
    assert stored["grammar"] == fingerprint(text), "run  python -m invlang.syntax.tables"
    assert stored == make_tables(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example('let a = \'"""')
@given(some.text(alphabet="let a=(b){}[]\n\"'#;:~.,^*-‖²ᴴσ0e∘@x ", max_size=80))
def test_any_text_gives_a_tree_and_diagnostics(text: str) -> None:
    found, diagnostics = parse(Source("x", text))
    assert isinstance(found, tree.Program)
    assert all(d.labels for d in diagnostics)
