"""The examples: they check, are laid out, run, and have a small picture each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from commands import invlang
from PIL import Image

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(p.name for p in EXAMPLES.iterdir() if p.is_dir())


def test_there_is_one_for_each_story():
    assert NAMES == [
        "cassi",
        "ct",
        "deblur",
        "denoising",
        "dynamic",
        "fluorescence",
        "haze",
        "inpainting",
        "interferometry",
        "lidar",
        "mosaic",
        "mri",
        "multicoil",
        "pansharpening",
        "poisson",
        "ptychography",
        "radial",
        "shake",
        "single_pixel",
        "superresolution",
    ]


def test_all_check_and_are_laid_out(capsys):
    assert invlang(capsys, "check", EXAMPLES).code == 0
    assert invlang(capsys, "fmt", EXAMPLES, "--check").code == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_shows_a_small_picture(name):
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    picture = EXAMPLES / name / f"{name}.png"
    assert f"]({name}.png)" in readme and f"invlang run {name}.inv" in readme
    assert picture.stat().st_size < 200_000 and Image.open(picture).width >= 800


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name, capsys, tmp_path):
    """A few rounds only; the right number of them is for people."""
    ran = invlang(capsys, "run", EXAMPLES / name / f"{name}.inv", "-o", tmp_path / "out", "--set", "iterations=3", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_script_runs(name, tmp_path):
    found = subprocess.run([sys.executable, EXAMPLES / name / "run.py"], cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert list(tmp_path.glob("*.png"))
