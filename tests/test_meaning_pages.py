"""The examples of the pages that teach about mistakes: the wrong ones make that mistake, the right ones make none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from invlang.meaning.elaborate import elaborate
from invlang.meaning.mistakes import ALL, Mistake
from invlang.source import Source
from invlang.syntax.parse import parse

FOLDER = Path(__file__).parent / "programs"

# What an example may speak of without saying so; a name that it declares itself is left out here.
AROUND = {
    "H": "dim H = 64",
    "W": "dim W = 64",
    "C": "dim C = 4",
    "h": "given h : real[9, 9]",
    "m": "given m : binary[H, W]",
    "x": "unknown x : real[H, W]",
    "A": "let A = Blur(g)",
    "g": "given g : real[3, 3]",
    "y": "data y ~ Normal(x, sigma = 0.1)",
}
ORDER = ("H", "W", "C", "h", "m", "g", "x", "A", "y")


def examples(page: str) -> list[tuple[bool, str]]:
    """(is right, program) for each example: lines marked wrong and right of one paragraph are alternatives."""
    found = []
    for paragraph in page.split("\n\n"):
        lines = [line[4:] for line in paragraph.split("\n") if line.startswith("    ")]
        marks = [mark for mark in ("wrong", "right") if any(f"# {mark}" in line for line in lines)]
        for mark in marks:
            other = {"wrong": "right", "right": "wrong"}[mark]
            found.append((mark == "right", "\n".join(line for line in lines if not is_marked(lines, line, other))))
    return found


def is_marked(lines: list[str], line: str, mark: str) -> bool:
    """Whether a line is marked, or goes on from one that is."""
    if line.startswith("  ") and f"# {mark}" not in line:
        line = lines[lines.index(line) - 1]
    return f"# {mark}" in line


def whole(example: str) -> str:
    """The example with what it leaves unsaid."""
    declared = set(re.findall(r"^(?:dim|given|unknown|let|data|operator|functional|network) (\w+)", example, re.M))
    declared |= {
        name for line in re.findall(r"^dim (.*?)(?:#|$)", example, re.M) for name in re.findall(r"(\w+) *(?:,|=|$)", line)
    }
    around = [AROUND[name] for name in ORDER if name not in declared and needed(name, example)]
    return "\n".join([*around, example]) + "\n"


def needed(name: str, example: str) -> bool:
    """Every example has an image; the others are added where they are spoken of."""
    return name in ("H", "W", "x") or re.search(rf"\b{name}\b", example) is not None or name == "g" and needed("A", example)


def codes(text: str) -> list[str]:
    source = Source("page.inv", text)
    tree, syntax = parse(source)
    _, mistakes = elaborate(tree, source, FOLDER)
    return [d.code for d in (*syntax, *mistakes)]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
def test_the_examples_are_true(kind: type[Mistake]) -> None:
    found = examples(kind.page)
    assert {is_right for is_right, _ in found} == {True, False}
    for is_right, example in found:
        said = set(codes(whole(example))) - {"E0401"} if kind.code != "E0401" else set(codes(whole(example)))
        if is_right:
            assert not said, whole(example)
        else:
            assert kind.code in said, whole(example)
