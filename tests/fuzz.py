"""Mutates programs and watches that nothing ends in anything but a diagnostic.

python tests/fuzz.py --count 100000            parse and fmt
python tests/fuzz.py --count 20000 --check     parse, and what the program means
python tests/fuzz.py --count 100000 --seed 7   another stretch of the same endless list
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from invlang.diagnostics import Diagnostic, as_json, render  # noqa: E402
from invlang.meaning.elaborate import elaborate  # noqa: E402
from invlang.source import Source  # noqa: E402
from invlang.syntax.format import format_source  # noqa: E402
from invlang.syntax.lexer import scan  # noqa: E402
from invlang.syntax.parse import parse  # noqa: E402
from invlang.syntax.words import CLAUSES, OBJECTIVES, RESERVED, STATEMENTS  # noqa: E402

CHARACTERS = " \n\t()[]{}=~:;,.+-*/^@'\"#|<>!_\\01e9xAσᴴ²‖∘⊙→∞é\u00a0\ufeff\U0001d465"
WORDS = (
    *STATEMENTS,
    *RESERVED,
    *OBJECTIVES,
    *(w for words in CLAUSES.values() for w in words),
    "lambda",
    "import",
    "x",
    "A",
    "1",
)
SIGNS = (
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "=",
    "==",
    "~",
    ":",
    ";",
    ",",
    "...",
    "->",
    "**",
    "‖",
    "‖²",
    "²",
    "ᴴ",
    ".H",
    '"',
    '"""',
    "#",
    "##",
    "'",
)


EMPTY = ROOT / "tests" / "mistakes" / "nothing"
SECONDS = 5


@dataclass(frozen=True)
class Failure:
    """A mutated program, and what came instead of a diagnostic."""

    text: str
    trace: str

    @property
    def place(self) -> str:
        """Where it was raised, and what: failures that agree in it have one cause."""
        lines = self.trace.strip().splitlines()
        return f"{[line for line in lines if line.startswith('  File')][-1].strip()}: {lines[-1][:80]}"


def seeds() -> list[str]:
    """All programs of the repository, right and wrong, and those in its documents."""
    folders = ("stdlib", "examples", "tests", "grammar", "docs")
    programs = [path.read_text(encoding="utf-8") for folder in folders for path in sorted((ROOT / folder).rglob("*.inv"))]
    documents = [ROOT / "README.md", *sorted((ROOT / "grammar").glob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
    for path in documents:
        if path.is_file():
            programs += re.findall(r"```inv\n(.*?)```", path.read_text(encoding="utf-8"), re.S)
    assert programs, "no program to mutate"
    return programs


def mutated(text: str, chance: random.Random, others: list[str]) -> str:
    """The text after one to four random changes of characters, tokens or lines."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        text = chance.choice(MUTATIONS)(text, chance, others)
    return text


def _replace_character(text: str, chance: random.Random, others: list[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(CHARACTERS) + text[at + chance.randrange(2) :]


def _delete_stretch(text: str, chance: random.Random, others: list[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 30)) :]


def _swap_tokens(text: str, chance: random.Random, others: list[str]) -> str:
    tokens = scan(Source("", text)).tokens
    if len(tokens) < 2:
        return text
    left, right = sorted(chance.sample(tokens, 2), key=lambda t: t.span.start)
    return "".join(
        (text[: left.span.start], right.text, text[left.span.end : right.span.start], left.text, text[right.span.end :])
    )


def _replace_token(text: str, chance: random.Random, others: list[str]) -> str:
    tokens = scan(Source("", text)).tokens
    if not tokens:
        return text
    span = chance.choice(tokens).span
    new = chance.choice((chance.choice(WORDS), chance.choice(SIGNS), "", chance.choice(tokens).text))
    return text[: span.start] + new + text[span.end :]


def _insert_token(text: str, chance: random.Random, others: list[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return f"{text[:at]} {chance.choice((chance.choice(WORDS), chance.choice(SIGNS)))} {text[at:]}"


def _repeat_stretch(text: str, chance: random.Random, others: list[str]) -> str:
    start = chance.randrange(len(text) + 1)
    stretch = text[start : start + chance.choice((1, 3, 10, 100))]
    return text[:start] + stretch * chance.choice((2, 3, 40)) + text[start:]


def _swap_lines(text: str, chance: random.Random, others: list[str]) -> str:
    lines = text.split("\n")
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return "\n".join(lines)


def _graft(text: str, chance: random.Random, others: list[str]) -> str:
    other = chance.choice(others)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


MUTATIONS = (
    _replace_character, _delete_stretch, _swap_tokens, _replace_token, _insert_token, _repeat_stretch, _swap_lines, _graft,
)  # fmt: skip


def check_syntax(text: str) -> None:
    """Reads, renders and formats a program; asserts what formatting promises."""
    source = Source("fuzz.inv", text)
    program, diagnostics = parse(source)
    shown = render(diagnostics, colour=False)
    assert all(isinstance(d, Diagnostic) and d.headline and d.place is not None for d in diagnostics)
    assert bool(shown) == bool(diagnostics) and len(as_json(diagnostics)) <= len(diagnostics)
    for spelling in ("keep", "unicode", "ascii"):
        laid_out = format_source(source, spelling)
        if diagnostics:
            assert laid_out == text
            return
        again, new = parse(Source("again.inv", laid_out))
        assert not new, f"formatted ({spelling}), it has mistakes: {new}"
        assert again == program, f"formatted ({spelling}), it means something else"
        assert format_source(Source("again.inv", laid_out), spelling) == laid_out, f"formatting twice ({spelling}) changes it"


def check_meaning(text: str) -> None:
    """Reads a program and asks what it means, in a folder with nothing in it; a program or diagnostics, and soon."""
    source = Source("fuzz.inv", text)
    tree, syntax = parse(source)
    begun = time.process_time()
    program, diagnostics = elaborate(tree, source, EMPTY)
    assert time.process_time() - begun < SECONDS, f"it took {time.process_time() - begun:.1f} s"
    assert (program is None) == bool(diagnostics) or syntax
    shown = render([*syntax, *diagnostics], colour=False)
    assert "°" not in shown
    for diagnostic in diagnostics:
        assert diagnostic.headline and diagnostic.place is not None and not diagnostic.place.source.name.startswith("stdlib/")


def fuzz(check: Callable[[str], object], count: int, seed: int, longest: int = 6000) -> Iterator[Failure]:
    """Calls check on `count` mutated programs and yields those on which it raised."""
    programs = seeds()
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        text = mutated(chance.choice(programs), chance, programs)[:longest]
        try:
            check(text)
        except (Exception, RecursionError):
            yield Failure(text, traceback.format_exc())


def main(check: Callable[[str], object] | None = None) -> int:
    """Runs a check from the command line; 1 if it ever raised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", action="store_true", help="also what the program means")
    parser.add_argument("--show", type=int, default=3, help="how many kinds of failures to print")
    options = parser.parse_args()
    begun, failures = time.process_time(), Counter[str]()
    check = check or (check_meaning if options.check else check_syntax)
    for failure in fuzz(check, options.count, options.seed):
        failures[failure.place] += 1
        if failures[failure.place] == 1 and len(failures) <= options.show:
            print(f"{failure.trace}\n---- on the program\n{failure.text}\n----", flush=True)
    for place, times in failures.most_common():
        print(f"{times} at {place}")
    print(f"{options.count} mutated programs, {failures.total()} failures, {time.process_time() - begun:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
