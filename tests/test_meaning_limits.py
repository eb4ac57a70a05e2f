"""Programs that are too deep, too long or too large: a message, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from counting import at_most

from invlang.diagnostics import render
from invlang.meaning.elaborate import elaborate
from invlang.source import Source
from invlang.syntax.parse import parse

NOWHERE = Path(__file__).parent / "nothing"
HEAD = "dim H, W\nunknown x : real[H, W]\ndata y ~ Normal(x, sigma = 0.1)\n"


def doubling(step: str, first: str, count: int = 60) -> str:
    lines = [f"let a0 = {first}", *(f"let a{i + 1} = {step.replace('?', f'a{i}')}" for i in range(count))]
    return "\n".join(lines) + "\n"


def calling(count: int = 60) -> str:
    lines = ["operator A0() = Identity()", *(f"operator A{i + 1}() = A{i} @ A{i}" for i in range(count))]
    return "\n".join(lines) + f"\ndata z ~ Normal(A{count}() @ x, sigma = 1)\n"


def functionals(count: int = 60) -> str:
    lines = [
        "functional F0(u : real[H, W]) = sq(u)",
        *(f"functional F{i + 1}(u : real[H, W]) = F{i}(u) + F{i}(u)" for i in range(count)),
    ]
    return "\n".join(lines) + f"\nreconstruct r {{ minimize F{count}(x) }}\n"


LARGE = {
    "sums of the unknown": doubling("? + ?", "x"),
    "products of the unknown": doubling("? * ?", "x"),
    "sums of arrays": "given g : real[H, W]\n" + doubling("? + ?", "g"),
    "products of arrays": "given g : real[H, W]\n" + doubling("? * ?", "g"),
    "functions of arrays": "given g : real[H, W]\n" + doubling("exp(? + 1) * ?", "g"),
    "powers of numbers": doubling("? * ?", "3"),
    "towers of numbers": doubling("?^?", "3", 8),
    "operators": doubling("? @ ?", "Fourier(H, W)"),
    "sums of operators": doubling("? + ?", "Fourier(H, W)"),
    "adjoints": doubling("?.H @ ?", "Fourier(H, W)"),
    "functionals": doubling("? + ?", "sq(x)"),
    "maps": doubling("exp(?) + ?", "exp(x)"),
    "definitions": calling(),
    "definitions of functionals": functionals(),
    "a long chain": doubling("exp(?)", "exp(x)", 3000),
    "a long chain of operators": doubling("? @ Shift(H, offset = 1)", "Identity()", 3000),
    "a long chain of sums": doubling("? + 1", "x", 3000),
    "a long sum": f"reconstruct r {{ minimize {' + '.join(['sq(x)'] * 3000)} }}\n",
    "a large number": f"let n = {'9' * 5000}\n",
    "a large fraction": f"let n = 1.{'9' * 5000}e999\n",
    "a large size": f"dim N = {'9' * 5000}\n",
    "a large power": "dim N = 10^100\ndim M = H^99999\nlet n = 10^100000\nlet m = 2^H\n",
    "a long formula": f"given g : real[{' * '.join(['(H + W + 1)'] * 40)}]\n",
    "a power of a formula": "given g : real[(H + W)^4 * (H - W)^4 * (2*H + 3*W + 1)^4]\n",
    "quotients": f"given g : real[{'(' * 30}H{' // 3 + 1)' * 30}]\n",
    "deep brackets": f"let n = {'(' * 3000}1{')' * 3000}\n",
    "deep calls": f"let n = {'exp(' * 2000}1{')' * 2000}\n",
    "deep lists": f"let n = {'[' * 2000}1{']' * 2000}\n",
    "many minus signs": f"let n = {'-' * 3000}1\n",
    "many dots": f"let n = Blur{'.H' * 3000}\n",
    "a long product": f"let n = {' * '.join(['3'] * 5000)}\n",
    "a long composition": f"data z ~ Normal({'Identity() @ ' * 2500}x, sigma = 1)\n",
    "large levels": 'reconstruct r { minimize norm1(Wavelet("db4", levels = 100000000) @ x) }\n',
    "many axes": f"given g : real[{', '.join(['2'] * 2000)}]\nlet f = Blur(g)\ndata z ~ Normal(f @ x, sigma = 1)\n",
    "many names": "\n".join(f"let n{i} = {i}" for i in range(3000)) + "\nlet m = n\n",
    "infinities": "let a = inf - inf\nlet b = inf * 0\nunknown z : real[H, W] in [inf, inf]\nlet c = 0^(-1)\nlet d = inf^inf\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_it_ends_in_words_and_soon(name: str) -> None:
    source = Source("large.inv", HEAD + LARGE[name])
    tree, syntax = parse(source)
    with at_most(20_000_000):
        program, mistakes = elaborate(tree, source, NOWHERE)
    assert program is not None or mistakes
    assert len(render([*syntax, *mistakes])) < 30_000
