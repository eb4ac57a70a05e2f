"""The command line: what it says, where, and with which exit code."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import TINY, WRONG, in_shell, invlang

from invlang.cli import COMMANDS
from invlang.meaning import library


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny.inv").write_text(TINY, encoding="utf-8")
    (tmp_path / "wrong.inv").write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- check


def test_a_right_program_is_fine(folder, capsys):
    ran = invlang(capsys, "check", "tiny.inv")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "tiny.inv is fine"
    assert [line.split()[0] for line in lines[1:]] == ["A", "tv"]


def test_a_wrong_program_is_told_where(folder, capsys):
    ran = invlang(capsys, "check", "wrong.inv")
    assert ran.code == 1
    assert "wrong.inv:7:" in ran.out and "did you mean `Blur`?" in ran.out


def test_json_holds_the_same(folder, capsys):
    ran = invlang(capsys, "check", "tiny.inv", "wrong.inv", "--json")
    assert ran.code == 1
    right, wrong = json.loads(ran.out)
    assert right["fine"] and [v["name"] for v in right["verdicts"]] == ["A", "tv"]
    assert not wrong["fine"] and wrong["diagnostics"][0]["line"] == 7


def test_fix_is_applied_where_the_result_checks(folder, capsys):
    ran = invlang(capsys, "check", "wrong.inv", "--fix")
    assert ran.code == 0 and "wrong.inv was repaired" in ran.err
    assert (folder / "wrong.inv").read_text(encoding="utf-8") == TINY


def test_standard_input(folder):
    ran = in_shell("check", "-", folder=folder, text=WRONG)
    assert ran.code == 1 and "<standard input>:7:" in ran.out


def test_files_that_are_not_there_are_told_where_they_are_named(folder, capsys):
    """The program is right, and does not run before they are there."""
    (folder / "data.npy").write_bytes(b"")
    text = 'unknown x : real[8, 9]\ngiven m : binary[8, 9] = load("mask.npy")\ndata y ~ Normal(m * x, sigma = 0.1)\nobserve y = load("dat.npy")\n'
    (folder / "measured.inv").write_text(text, encoding="utf-8")
    ran = invlang(capsys, "check", "measured.inv")
    assert ran.code == 0 and "measured.inv is fine" in ran.out
    assert "warning[E0502]: `mask.npy` is not there\n --> measured.inv:2:31" in ran.out
    assert "did you mean `data.npy`?" in ran.out and "measured.inv:4:18" in ran.out


# ---- files


def test_folders_and_globs(folder, capsys):
    (folder / "sub").mkdir()
    (folder / "sub" / "more.inv").write_text(TINY, encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "not.inv").write_text(WRONG, encoding="utf-8")
    assert "sub/more.inv is fine" in invlang(capsys, "check", "sub").out
    ran = invlang(capsys, "check", "**/*.inv")
    assert ran.out.count("is fine") == 2 and "2 of 3 programs are fine" in ran.err


def test_inventories_of_sphinx_are_left_alone(folder, capsys):
    (folder / "objects.inv").write_bytes(b"# Sphinx inventory version 2\n\x9c\x00")
    assert "objects" not in invlang(capsys, "check", ".").out
    ran = invlang(capsys, "check", "objects.inv")
    assert ran.code == 0 and "is an inventory of Sphinx" in ran.err
    ran = invlang(capsys, "fmt", ".", "--check")
    assert "objects" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "tinyy.inv"], 1, "there is no file `tinyy.inv`; did you mean `tiny.inv`?"),
        (["check", "no*.inv"], 1, "nothing matches `no*.inv`"),
        (["check", "empty"], 1, "the folder `empty` holds no .inv file"),
        (["check", "picture.inv"], 1, "`picture.inv` is not text in UTF-8"),
        (["chek", "tiny.inv"], 2, "did you mean `invlang check`?"),
        (["check", "tiny.inv", "--jsn"], 2, "did you mean `--json`?"),
        (["check"], 2, "FILE"),
        (["run", "tiny.inv", "--set", "sigma"], 2, "--set wants name=value"),
        (["run", "tiny.inv", "--set", "sigm=1"], 2, "did you mean `sigma`?"),
        (["run", "tiny.inv", "--set", "tv.iteration=3"], 2, "did you mean `tv.iterations`?"),
        (["run", "tiny.inv", "--set", "sigma=big"], 2, "`big` is no number"),
        (["run", "tiny.inv", "--set", "h=nothere.npy"], 1, "there is no file `nothere.npy`"),
        (["run", "tiny.inv", "--set", "H=30"], 1, "`H` is 20 in the program"),
        (["run", "tiny.inv", "--only", "tw"], 1, "did you mean `tv`?"),
        (["run", "tiny.inv", "--device", "quantum"], 1, "there is no device `quantum` here"),
        (["run", "tiny.inv", "--dtype", "float8"], 2, "float8"),
        (["run", "tiny.inv", "-o", "tiny.inv"], 1, "`tiny.inv` is a file"),
        (["run", "tiny.inv", "-o", "tiny.inv/sub"], 1, "cannot be written"),
        (["compile", "tiny.inv", "-o", "tiny.inv/x.py"], 1, "cannot be written"),
        (["explain", "tiny.inv", "tw"], 1, "there is no estimator `tw` in tiny.inv; did you mean `tv`?"),
        (["explain", "E9999"], 1, "no message has the code E9999"),
        (["graph", "tiny.inv", "-o", "tiny.bmp"], 2, "should end in .svg, .dot or .mmd"),
        (["doc", "Blurr"], 1, "did you mean `Blur`"),
        (["new", "empty/.."], 1, "is there already"),
        (["train", "tiny.inv"], 1, "training is not there yet"),
        (["lsp"], 1, "the language server is not there yet"),
    ],
)
def test_mistakes_of_the_user_end_in_one_sentence(folder, capsys, words, code, said):
    (folder / "empty").mkdir()
    (folder / "picture.inv").write_bytes(b"\x89PNG\xff\xfe")
    ran = invlang(capsys, *words)
    assert ran.code == code, ran
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_nothing_is_half_written(folder, capsys, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *a: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    ran = invlang(capsys, "compile", "tiny.inv", "-o", "m.py")
    assert ran.code == 1 and "no space left on device" in ran.err
    assert sorted(p.name for p in folder.iterdir()) == ["tiny.inv", "wrong.inv"]


# ---- the other commands


def test_compile_writes_a_module(folder, capsys):
    ran = invlang(capsys, "compile", "tiny.inv")
    assert ran.code == 0 and "class Tiny(nn.Module)" in ran.out
    imported = {n.module or n.names[0].name for n in ast.walk(ast.parse(ran.out)) if isinstance(n, ast.ImportFrom)}
    assert all(name.split(".")[0] in ("torch", "math", "zlib") for name in imported)
    assert invlang(capsys, "compile", "tiny.inv", "-o", "m.py").code == 0
    assert (folder / "m.py").read_text(encoding="utf-8") == ran.out
    assert invlang(capsys, "compile", "tiny.inv", "-o", "-").out == ran.out and not (folder / "-").exists()
    assert invlang(capsys, "compile", "tiny.inv", "-O0").out != ran.out


def test_a_wrong_program_compiles_to_nothing(folder, capsys):
    ran = invlang(capsys, "compile", "wrong.inv", "-o", "m.py")
    assert ran.code == 1 and "wrong.inv:7:" in ran.err and not (folder / "m.py").exists()


def test_explain_in_three_forms(folder, capsys):
    assert "1  What is sought" in invlang(capsys, "explain", "tiny.inv", "tv").out
    assert invlang(capsys, "explain", "tiny.inv", "--html").out.startswith("<!doctype html>")
    assert "\\" in invlang(capsys, "explain", "tiny.inv", "--tex").out
    invlang(capsys, "explain", "tiny.inv", "-o", "d.html")
    assert (folder / "d.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_explain_a_code(folder, capsys):
    ran = invlang(capsys, "explain", "e0301")
    assert ran.code == 0 and "E0301" in ran.out


def test_graph_in_three_forms(folder, capsys):
    for name, start in [("g.svg", "<svg"), ("g.dot", "digraph"), ("g.mmd", "flowchart")]:
        assert invlang(capsys, "graph", "tiny.inv", "-o", name).code == 0
        assert (folder / name).read_text(encoding="utf-8").lstrip("/").lstrip().startswith(start)
    assert invlang(capsys, "graph", "tiny.inv").out.startswith("flowchart")


def test_fmt(folder, capsys):
    (folder / "loose.inv").write_text(TINY.replace("  minimize", " minimize   "), encoding="utf-8")
    assert invlang(capsys, "fmt", "loose.inv", "--check").code == 1
    assert "-" in invlang(capsys, "fmt", "loose.inv", "--diff").out
    assert invlang(capsys, "fmt", "loose.inv").code == 0
    assert (folder / "loose.inv").read_text(encoding="utf-8") == TINY
    assert invlang(capsys, "fmt", "loose.inv", "--check").code == 0
    assert "σ = 0.02" in in_shell("fmt", "-", "--unicode", folder=folder, text=TINY).out


def test_doc(folder, capsys, monkeypatch):
    assert "Blur" in invlang(capsys, "doc").out
    page = invlang(capsys, "doc", "Blur").out
    assert "operator Blur(" in page and "boundary says" in page
    assert "astronaut" in invlang(capsys, "doc", "pictures").out
    assert "FISTA" in invlang(capsys, "doc", "algorithms").out
    whole = library.gallery()
    monkeypatch.setattr(library, "gallery", lambda: {"Blur": whole["Blur"]})  # the others: tests/test_gallery.py, slow
    assert invlang(capsys, "doc", "--html", "lib").code == 0
    page = (folder / "lib" / "operators.html").read_text(encoding="utf-8")
    assert "Blur" in page and page.count("<img") == 1


def test_new_gives_a_project_that_checks(folder, capsys):
    assert invlang(capsys, "new", "first").code == 0
    assert {p.name for p in (folder / "first").iterdir()} == {"deblur.inv", "run.py", "README.md"}
    assert invlang(capsys, "check", "first").code == 0
    assert invlang(capsys, "fmt", "first", "--check").code == 0


def test_test_measures_the_users_operators(folder, capsys):
    ran = invlang(capsys, "test", "tiny.inv", "--json")
    assert ran.code == 0
    tests = json.loads(ran.out)[0]["tests"]
    assert len(tests) == 5 and all(t["holds"] for t in tests)


def test_every_command_has_examples(capsys):
    for name in COMMANDS:
        ran = invlang(capsys, name, "--help")
        assert ran.code == 0 and f"  invlang {name}" in ran.out


def test_quiet_and_version(folder, capsys):
    assert invlang(capsys, "--version").out.startswith("invlang 0.")
    assert invlang(capsys, "compile", "tiny.inv", "-o", "m.py", "--quiet").err == ""


# ---- what a process does


def test_reading_commands_do_without_torch(folder):
    code = (
        "import sys; from invlang.cli import main\n"
        "for words in (['check', 'tiny.inv'], ['compile', 'tiny.inv'], ['explain', 'tiny.inv'], ['fmt', 'tiny.inv', '--check'],"
        " ['graph', 'tiny.inv'], ['doc', 'Blur']):\n"
        "    assert main(words) == 0, words\n"
        "    assert 'torch' not in sys.modules, words\n"
    )
    home = str(Path(__file__).parent.parent)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": home})
    assert found.returncode == 0, found.stderr


def test_importing_is_light():
    code = "import sys, invlang; sys.exit('torch' in sys.modules or 'sympy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent).returncode == 0


def test_an_interrupt_is_one_line(folder, capsys, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("invlang.commands.check.run", interrupted)
    ran = invlang(capsys, "check", "tiny.inv")
    assert ran.code == 130 and ran.err == "\ninvlang: interrupted\n"


def test_a_closed_pipe_is_no_traceback(folder):
    home = str(Path(__file__).parent.parent)
    found = subprocess.run(
        f"{sys.executable} -m invlang doc | head -1", shell=True, capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": home},
    )  # fmt: skip
    assert found.stdout.strip() and "Traceback" not in found.stderr and "Exception" not in found.stderr


@pytest.mark.parametrize("text", ["dim H = 4\n", "dim H = 4\ngiven x : real[H]\ndata y ~ Normal(x, sigma = 0.1)\n"])
def test_programs_that_seek_nothing_are_checked_and_compiled_and_derive_nothing(text, folder, capsys):
    (folder / "bare.inv").write_text(text, encoding="utf-8")
    assert invlang(capsys, "check", "bare.inv").code == invlang(capsys, "compile", "bare.inv").code == 0
    for command in ("explain", "run"):
        ran = invlang(capsys, command, "bare.inv")
        assert ran.code == 1 and "bare.inv has nothing to " in ran.err
