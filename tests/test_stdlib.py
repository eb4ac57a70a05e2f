"""The library as it ships: every definition parses, is documented, and its examples check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from invlang.documentation import code_of, doc_of
from invlang.meaning import library
from invlang.pipeline import check
from invlang.source import Source
from tests.random_operators import GIVENS

NAMES = list(library.entries())
EXAMPLE = re.compile(r"^\s+example (?P<call>.+?) on (?P<space>\w+\[.*\])\s*$", re.M)
EXAMPLES = [(name, m["call"], m["space"]) for name in NAMES for m in EXAMPLE.finditer(code_of(library.entries()[name]))]


@pytest.mark.parametrize("name", NAMES)
def test_parses(name: str) -> None:
    definition = library.definition(name)
    assert definition is not None and definition.name.text == name.removeprefix("~")


@pytest.mark.parametrize("name", NAMES)
def test_is_documented(name: str) -> None:
    assert len(doc_of(library.entries()[name])) > 5


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("name", "call", "space"), EXAMPLES)
def test_examples_check(name: str, call: str, space: str) -> None:
    kind, sizes = space[:-1].split("[")
    axes = ("C", "H", "W")[-len(sizes.split(",")) :]
    dims = ", ".join(f"{a} = {n.strip()}" for a, n in zip(axes, sizes.split(","), strict=True))
    givens = "".join(f"given {g} : {s}\n" for g, s in GIVENS.items() if re.search(rf"\b{g}\b", call))
    text = f"dim {dims}, K = 2\nunknown x : {kind}[{', '.join(axes)}]\n{givens}let A = {call}\ndata y ~ Normal(A @ x)\n"
    checked = check(Source(f"{name}.inv", text), Path("."))
    assert checked.program is not None, [d.headline for d in checked.diagnostics]
