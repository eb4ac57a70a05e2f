"""How messages look, in a terminal and as JSON, and the nearest word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from invlang.diagnostics import Diagnostic, Fix, Label, as_json, columns, render
from invlang.pipeline import check
from invlang.source import Source, Span
from invlang.spelling import closest

BRAIN = Source(
    "brain.inv",
    "\n" * 4 + "given mask : binary[H, 230]\n" + "\n" * 4 + "let M = Diagonal(mask)\n" + "\n" * 3 + "let A = M @ F @ S\n",
)


def place(source: Source, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def simple(span: Span, text: str = "", **more) -> Diagnostic:
    return Diagnostic("E0001", "wrong", (Label(span, text, primary=True),), **more)


def test_the_message_of_the_design() -> None:
    d = Diagnostic(
        "E0301",
        "these operators do not meet: what `F` gives is not what `M` takes",
        (
            Label(place(BRAIN, "M @ F"), "F gives   C · H · 256\nM takes       H · 230", primary=True),
            Label(place(BRAIN, "Diagonal(mask)"), "takes complex[H, 230], because mask : binary[H, 230] (line 5)"),
        ),
        (
            "`M` names no coil axis: that is fine, it acts on every coil.",
            "the last axis has 256 samples in the model but 230 in `mask`.",
        ),
        "crop first, `M @ Crop(W, 230) @ F`",
    )
    assert render([d]) == (
        "error[E0301]: these operators do not meet: what `F` gives is not what `M` takes\n"
        "  --> brain.inv:14:9\n"
        "   |\n"
        "10 |   let M = Diagonal(mask)\n"
        "   |           -------------- takes complex[H, 230], because mask : binary[H, 230] (line 5)\n"
        "14 |   let A = M @ F @ S\n"
        "   |           ^^^^^\n"
        "   |     F gives   C · H · 256\n"
        "   |     M takes       H · 230\n"
        "   = `M` names no coil axis: that is fine, it acts on every coil.\n"
        "   = the last axis has 256 samples in the model but 230 in `mask`.\n"
        "     help: crop first, `M @ Crop(W, 230) @ F`\n"
    )


def test_sorted_by_place_and_each_once() -> None:
    first, second = simple(place(BRAIN, "mask")), simple(place(BRAIN, "let A"))
    nowhere = Diagnostic("E0002", "nowhere", ())
    assert render([nowhere, second, first, second]) == render([first, second, nowhere])
    assert [d["line"] for d in as_json([nowhere, second, first, second])] == [5, 14, None]
    assert render([]) == "" and as_json([]) == []


def test_places_in_two_files() -> None:
    other = Source("stdlib/prelude.inv", "operator F = G\n")
    shown = render(
        [
            Diagnostic(
                "E1", "x", (Label(place(other, "F"), "declared here"), Label(place(BRAIN, "F @"), "used here", primary=True))
            )
        ]
    )
    assert "  --> brain.inv:14:13\n" in shown and "  ::: stdlib/prelude.inv:1:10\n" in shown
    assert shown.index("-->") < shown.index(":::")


@pytest.mark.parametrize(
    "text", ["", "\n", "x", "x\n", "\t\tx = 1", "let 漢字 = é́ x", "a\r\nb\r\n", "x" * 10_000, "\x1b[31mx\x07", "a\u200bb"]
)
def test_any_place_in_any_text(text: str) -> None:
    source = Source("f.inv", text)
    for start in {0, len(text) // 2, max(0, len(text) - 1), len(text)}:
        for end in {start, min(start + 1, len(text)), len(text)}:
            shown = render([simple(Span(source, start, end), "here")], width=60)
            assert "^" in shown and "here" in shown
            assert "\x1b" not in shown and "\x07" not in shown
            lines = [line.partition("^")[0] if "^" in line else line for line in shown.split("\n")]
            assert all(columns(line) <= 60 for line in lines), shown


def test_signs_stand_under_their_place() -> None:
    for text in ("\tlet a = b", "漢字 = b", "é́ = b", "y" * 500 + " b " + "z" * 500):
        source = Source("f", text)
        shown = render([simple(place(source, "b"))], width=80).split("\n")
        code, signs = shown[3], shown[4]
        before = columns(signs.partition("^")[0])
        at = next(i for i in range(len(code) + 1) if columns(code[:i]) == before and code[i : i + 1] == "b")
        assert code[at] == "b"


def test_long_notes_are_wrapped() -> None:
    shown = render([simple(place(BRAIN, "M"), notes=("word " * 60,), help="word " * 60)], width=80)
    assert all(columns(line) <= 80 for line in shown.split("\n"))


def test_colours_change_nothing_else() -> None:
    import re

    d = simple(place(BRAIN, "M"), "here", notes=("a note",), help="try", severity="warning")
    coloured = render([d], colour=True)
    assert "\x1b[1;33m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render([d], colour=False)


def test_json_has_stable_keys() -> None:
    span = place(BRAIN, "M @ F")
    (found,) = as_json([simple(span, "here", fix=Fix(span, "F @ M"), notes=("n",), help="h")])
    assert list(found) == [
        "code", "severity", "headline", "file", "line", "column", "end_line", "end_column", "labels", "notes", "help", "fix",
    ]  # fmt: skip
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (14, 9, 14, 14)
    assert found["fix"]["replacement"] == "F @ M" and found["labels"][0]["primary"] is True
    json.dumps(found)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("reconstuct", "reconstruct"), ("minimise", "minimize"), ("Forier", "Fourier"), ("fourier", "Fourier"), ("xyz", None),
        ("tehta", "theta"), ("x", None), ("", None), ("circluar", "circular"), ("neuman", "neumann"),
    ],
)  # fmt: skip
def test_closest(word: str, meant: str | None) -> None:
    assert closest(word, ["reconstruct", "minimize", "Fourier", "theta", "y", "circular", "neumann"]) == meant


@pytest.mark.parametrize(
    "line", ['use "scanner.inv', 'let h = load("kernel.npy)', 'let W = Wavelet("db4, levels = 2)', 'observe y = load("y.npy)']
)
def test_a_text_without_an_end_is_told_once(line: str) -> None:
    """What is wrong with the text as it was read is no mistake of its own; what is wrong elsewhere is told as well."""
    program = f"unknown x : real[4, 4]\ndata y ~ Normal(x, sigma = 1)\n{line}\nlet B = Nothing @ x\n"
    told = check(Source("a.inv", program), Path(".")).diagnostics
    assert [d.code for d in told] == ["E0102", "E0201"]
