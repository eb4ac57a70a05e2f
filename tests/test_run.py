"""Runs of small programs: the table, the folder, the report."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from commands import TINY, invlang
from PIL import Image

from invlang.seeds import stream

QUICK = ["--set", "tv.iterations=30", "--quiet"]


class Links(HTMLParser):
    """Everything that a page would load."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [v for k, v in attrs if k in ("src", "href") and v]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "tiny.inv") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_a_run_fills_a_folder(folder, capsys):
    write(folder, TINY)
    ran = invlang(capsys, "run", "tiny.inv", *QUICK)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0].split() == ["psnr", "ssim", "mse", "nmse", "mae", "rounds", "seconds"]
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == ["y", "tv"]
    out = folder / "tiny-out"
    assert {p.name for p in out.iterdir()} == {
        "truth.png", "data_y.png", "tv.png", "side_by_side.png", "convergence.png", "metrics.json", "table.txt", "module.py",
        "report.html",
    }  # fmt: skip
    assert Image.open(out / "tv.png").size == (24, 20)
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []


def test_the_metrics_as_data(folder, capsys):
    write(folder, TINY)
    ran = invlang(capsys, "run", "tiny.inv", *QUICK, "--json")
    data = json.loads(ran.out)
    assert data == json.loads((folder / "tiny-out" / "metrics.json").read_text(encoding="utf-8"))
    image = data["images"][0]
    tv = image["estimators"]["tv"]
    assert tv["metrics"]["x"]["psnr"] > image["measured"]["metrics"]["x"]["psnr"]
    assert tv["rounds"] == 30 and tv["curve"][-1][0] == 29
    values = [v for _, v in tv["curve"]]
    assert values[-1] < values[0]
    assert data["settings"]["seed"] == "0"


def test_the_seed_decides(folder, capsys):
    write(folder, TINY)

    def psnr(*words):
        data = json.loads(invlang(capsys, "run", "tiny.inv", *QUICK, "--json", *words).out)
        return data["images"][0]["estimators"]["tv"]["metrics"]["x"]["psnr"]

    assert psnr() == psnr("--seed", "0") != psnr("--seed", "1")
    assert psnr("--dtype", "float64") == pytest.approx(psnr(), abs=0.1)
    assert psnr("-O0") == pytest.approx(psnr(), abs=1e-2)
    assert psnr("--set", "sigma=0.2") < psnr()


def test_the_report_needs_nothing_else(folder, capsys):
    write(folder, TINY)
    invlang(capsys, "run", "tiny.inv", *QUICK)
    page = (folder / "tiny-out" / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    assert links.found and all(link.startswith(("data:", "#")) for link in links.found)
    assert "What is sought" in page and "<math" in page and "<svg" in page and "A tiny blurred picture." in page


def test_observed_data_have_no_truth(folder, capsys):
    rng = np.random.default_rng(0)
    np.save(folder / "y.npy", rng.random((20, 24)))
    write(folder, TINY.replace('simulate x = image("camera")', 'observe y = load("y.npy")'))
    ran = invlang(capsys, "run", "tiny.inv", *QUICK, "-o", "res")
    assert ran.code == 0 and ran.out.split()[:3] == ["rounds", "seconds", "tv"]
    assert not (folder / "res" / "truth.png").exists() and (folder / "res" / "tv.png").exists()


def test_observed_data_of_another_size_are_told_at_the_name_of_their_file(folder, capsys):
    np.save(folder / "y.npy", np.zeros((20, 30)))
    write(folder, TINY.replace('simulate x = image("camera")', 'observe y = load("y.npy")'))
    ran = invlang(capsys, "run", "tiny.inv", *QUICK)
    assert ran.code == 1 and "`y` is 20 × 30 and does not fit" in ran.err and 'observe y = load("y.npy")' in ran.err


def test_a_folder_of_pictures(folder, capsys):
    (folder / "photos").mkdir()
    for name, level in [("a", 60), ("b", 200)]:
        Image.fromarray(np.full((40, 48), level, np.uint8)).save(folder / "photos" / f"{name}.png")
    write(folder, TINY.replace('image("camera")', 'images("photos")'))
    ran = invlang(capsys, "run", "tiny.inv", *QUICK, "--json")
    assert [i["image"] for i in json.loads(ran.out)["images"]] == ["a", "b"]
    assert {"a-tv.png", "b-tv.png", "side_by_side.png"} <= {p.name for p in (folder / "tiny-out").iterdir()}


def test_complex_data_show_their_spectrum(folder, capsys):
    write(
        folder,
        """
dim H = 20, W = 24
unknown x : complex[H, W]
given   m : binary[1, W] ~ CartesianMask(acceleration = 2)
let     A = MRI(m)
data    y ~ Normal(A @ x, sigma = 0.01)
simulate x = image("brain")
reconstruct smooth { minimize fidelity(y) + 10 * Tikhonov(x) }
""",
    )
    ran = invlang(capsys, "run", "tiny.inv", "--quiet")
    assert ran.code == 0 and "Aᴴ y" in ran.out
    assert {"naive.png", "data_y.png", "smooth.png"} <= {p.name for p in (folder / "tiny-out").iterdir()}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('image("camera")', 'image("camra")', "there is no picture called `camra`"),
        ('simulate x = image("camera")', "", "says neither what was measured nor what to simulate"),
        ('image("camera")', 'image("../camera.png")', "outside"),
        ('image("camera")', 'image("./camera.png")', "there is no file"),
        ('image("camera")', 'images("nowhere/")', "there is no folder"),
    ],
)
def test_mistakes_before_anything_is_calculated(folder, capsys, old, new, said):
    write(folder, TINY.replace(old, new))
    ran = invlang(capsys, "run", "tiny.inv", *QUICK)
    assert ran.code == 1 and said in ran.err and ran.out == ""


def test_what_is_not_there_yet_is_left_out_in_words(folder, capsys):
    write(folder, TINY + "reconstruct chain {\n  sample 4 from fidelity(y) + 20 * TV_smooth(x)\n  by     ULA(step = 1e-4)\n}\n")
    ran = invlang(capsys, "run", "tiny.inv", "--set", "tv.iterations=5")
    assert ran.code == 0 and "`chain`" in ran.err and "not there yet" in ran.err
    assert invlang(capsys, "run", "tiny.inv", "--only", "chain").code == 1


def test_several_programs(folder, capsys):
    write(folder, TINY, "one.inv")
    write(folder, TINY, "two.inv")
    ran = invlang(capsys, "run", ".", *QUICK, "-o", "all")
    assert ran.code == 0 and "one.inv" in ran.out and "two.inv" in ran.out
    assert (folder / "all" / "one" / "report.html").exists() and (folder / "all" / "two" / "report.html").exists()


def test_streams_have_their_own_seeds():
    seeds = {stream(seed, name).initial_seed() for seed in range(5) for name in ("noise", "mask", "noise ")}
    assert len(seeds) == 15 and all(0 <= s < 2**63 for s in seeds)
