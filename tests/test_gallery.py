"""Every example of the library is a program that checks, runs, and shows what its name says."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import invlang

from invlang.documentation import entry_text, html_pages
from invlang.errors import InvError
from invlang.gallery import gallery_picture
from invlang.meaning import library
from invlang.pipeline import check, compile_program
from invlang.source import Source

NAMES = sorted(library.gallery())


def test_each_example_is_of_a_definition() -> None:
    assert not set(NAMES) - set(library.entries())


@pytest.mark.parametrize("name", NAMES)
def test_it_checks_compiles_and_speaks_of_its_name(name: str) -> None:
    path = library.gallery()[name]
    source = library.source_of(path)
    found = check(source, path.parent)
    assert found.program is not None, [d.headline for d in found.diagnostics]
    assert name.removeprefix("~") in source.text
    assert compile_program(found.program).text


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_picture(name: str) -> None:
    picture = gallery_picture(name)
    assert picture is not None and picture.startswith(b"\x89PNG")


def test_an_example_whose_algorithm_does_not_fit_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "Denoising.inv"
    path.write_text(
        'unknown x : real[8, 9]\ndata y ~ Normal(Denoising() @ x, sigma = 1)\nsimulate x = image("camera")\n'
        "reconstruct r { minimize fidelity(y) + TV(x) by FISTA }\n"
    )
    monkeypatch.setattr(library, "gallery", lambda: {"Denoising": path})
    monkeypatch.setattr(library, "source_of", lambda path: Source(path.name, path.read_text()))
    with pytest.raises(InvError, match="FISTA does not fit"):
        gallery_picture("Denoising")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("unknown x : real[8, 9", "`[` is never closed"),
        ('unknown x : real[8, 9]\nsimulate x = image("nowhere.png")\ndata y ~ Normal(x, sigma = 1)', "no file `nowhere.png`"),
        ("unknown x : real[8, 9]\ndata y ~ Normal(Blurr() @ x, sigma = 1)", "called `Blurr`"),
    ],
)
def test_pages_with_a_wrong_example_end_in_a_sentence(
    line: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "Denoising.inv"
    path.write_text(line)
    whole = library.source_of
    monkeypatch.setattr(library, "gallery", lambda: {"Denoising": path})
    monkeypatch.setattr(library, "source_of", lambda p: Source(p.name, p.read_text()) if p == path else whole(p))
    ran = invlang(capsys, "doc", "--html", tmp_path / "pages")
    assert ran.code == 1 and said in ran.err and "Denoising.inv:" in ran.err and "Traceback" not in ran.err


def test_a_page_shows_the_program_and_its_picture() -> None:
    assert "at work" in entry_text("Denoising") and "simulate x" in entry_text("Denoising")
    page = html_pages(lambda name: b"\x89PNG" if name == "Denoising" else None)["operators.html"]
    assert page.count("<img") == 1 and 'alt="Denoising at work"' in page


def test_a_law_that_shares_its_name_has_a_page_and_a_program_of_its_own() -> None:
    """`Downsampling` is an operator, and after `~` a random filter for it."""
    operator, law = entry_text("Downsampling"), entry_text("~Downsampling")
    assert "operators/cameras.inv" in operator and "generators/blurs.inv" in law
    assert "~ Downsampling(" in law and "~ Downsampling(" not in operator
    page = html_pages(lambda name: b"\x89PNG" if name == "~Downsampling" else None)
    assert 'alt="Downsampling at work"' in page["generators.html"] and 'alt="Downsampling at work"' not in page["operators.html"]
