"""Sweeps: one number, several values, which was best."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commands import TINY, invlang
from PIL import Image

QUICK = ["--set", "tv.iterations=20"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.inv").write_text(TINY, encoding="utf-8")
    return tmp_path


def swept(capsys, *words: str):
    return invlang(capsys, "run", "tiny.inv", *QUICK, *words)


def test_the_best_weight_is_the_one_that_single_runs_find_best(capsys, folder) -> None:
    told = json.loads(swept(capsys, "--sweep", "weight=logspace(0,4,5)", "--json", "--quiet").out)
    assert told == json.loads((folder / "tiny-out" / "metrics.json").read_text(encoding="utf-8"))
    sweep = told["sweep"]
    alone = []
    for weight in (1, 10, 100, 1000, 10000):
        run = json.loads(swept(capsys, "--set", f"weight={weight}", "--json", "--quiet").out)
        alone.append(run["images"][0]["estimators"]["tv"]["metrics"]["x"]["psnr"])
    assert sweep["values"] == [1, 10, 100, 1000, 10000]
    assert sweep["estimators"]["tv"]["metrics"]["psnr"] == pytest.approx(alone)
    assert sweep["estimators"]["tv"]["best"] == sweep["values"][alone.index(max(alone))]
    assert told["images"][0]["estimators"]["tv"]["metrics"]["x"]["psnr"] == pytest.approx(max(alone))


def test_the_table_marks_it_and_the_report_shows_curve_and_sheet(capsys, folder) -> None:
    ran = swept(capsys, "--sweep", "tv.weight=1,30,1000,0.1")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["tv.weight", "psnr", "ssim", "mse", "nmse", "mae", "rounds", "seconds", "best"]
    assert [line.split()[1] for line in lines[1:]] == ["0.1", "1", "30", "1000"]
    assert sum("←" in line for line in lines) == 1 and "tv: best tv.weight = " in ran.err
    out = folder / "tiny-out"
    assert Image.open(out / "sweep.png").size[0] > 400 and Image.open(out / "sheet_tv.png").size[0] > 400
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<h2>Sweep</h2>" in page and "PSNR by tv.weight" in page and "tv for each tv.weight" in page


def test_a_number_of_the_measurement_changes_the_data(capsys) -> None:
    ran = swept(capsys, "--sweep", "sigma=linspace(0.01,0.2,3)", "--json")
    told = json.loads(ran.out)["sweep"]
    heights = told["estimators"]["tv"]["metrics"]["psnr"]
    assert told["values"] == pytest.approx([0.01, 0.105, 0.2]) and heights[0] > heights[2]
    assert told["estimators"]["tv"]["best"] is None and "changes the data" in ran.err


def test_rounds_are_whole(capsys) -> None:
    told = json.loads(swept(capsys, "--sweep", "iterations=logspace(0,1,4)", "--json", "--quiet").out)
    assert told["sweep"]["values"] == [1, 2, 5, 10] == told["sweep"]["estimators"]["tv"]["rounds"]


def test_without_a_truth_nothing_is_called_the_best(capsys, folder) -> None:
    np.save(folder / "y.npy", np.ones((20, 24)))
    (folder / "tiny.inv").write_text(TINY.replace('simulate x = image("camera")', 'observe y = load("y.npy")'), encoding="utf-8")
    ran = swept(capsys, "--sweep", "weight=1,10")
    assert "best" not in ran.out and "no truth is known" in ran.err
    assert not (folder / "tiny-out" / "sweep.png").exists() and (folder / "tiny-out" / "sheet_tv.png").exists()


@pytest.mark.parametrize(
    "wrong, says",
    [
        ("weight", "--sweep wants name=values"),
        ("weight=logspace(1,2)", "is not of that form"),
        ("weight=linspace(0,1,1)", "how many values, from 2 to 1000"),
        ("weight=logspace(1,400,3)", "powers of ten"),
        ("weight=1,two", "`two` is no number"),
        ("wieght=1,2", "did you mean `weight`?"),
        ("h=1,2", "nothing of that name can be swept"),
    ],
)
def test_what_is_no_sweep_is_said(capsys, wrong: str, says: str) -> None:
    ran = swept(capsys, "--sweep", wrong)
    assert ran.code != 0 and says in ran.err and "Traceback" not in ran.err


def test_one_sweep_at_a_time(capsys) -> None:
    assert "one number at a time" in swept(capsys, "--sweep", "weight=1,2", "--sweep", "sigma=1,2").err
