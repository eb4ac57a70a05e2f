"""What work takes: units, counts, and what `explain --cost` says."""

from __future__ import annotations

from collections import Counter
from math import log2
from pathlib import Path

import pytest
from commands import TINY, invlang

from invlang.derivation import Table
from invlang.derivation_html import derivation_page
from invlang.derivation_latex import derivation_latex
from invlang.derivation_text import derivation_text
from invlang.explain_costs import digits, explain_cost
from invlang.graph.spaces import Axis, Space, dim, size
from invlang.pipeline import check
from invlang.plan.as_run import as_run, with_cost, work_as_run
from invlang.plan.choose import attempts, by_cost, chosen_of
from invlang.plan.device import CPU, CUDA, REAL_SHARE, Device, entries, seconds, typical_sizes, zoom_of
from invlang.plan.work import COMPLEX, INNER, KINDS, MAP, MEMORY, REAL, Work, counts
from invlang.source import Source

GOLDEN = Path(__file__).parent / "golden" / "cost"
OPEN = TINY.replace("dim H = 20, W = 24", "dim H, W")
SCANNER = """dim H = 16, W = 16
unknown x : real[H, W] in [0, 1]
given   angles : real[5] = ramp(step = 30)
let     A = Tomography(angles)
data    y ~ Normal(A @ x, sigma = 0.3)
reconstruct tv { minimize fidelity(y) + 10 * TV(x) }
reconstruct fbp { estimate FBP(angles) @ y }
"""
PROGRAMS = {"blur": OPEN, "tiny": TINY, "scanner": SCANNER}
UNITS = Device("units", entry=1.0, butterfly=100.0, call=10_000.0)
IMAGE = Space("real", (Axis(size(8)), Axis(size(4))))


def planned(name: str):
    found = check(Source(f"{name}.inv", PROGRAMS[name]), Path("."))
    assert found.program is not None and found.planned is not None, found.diagnostics
    return found.program, found.planned


@pytest.mark.parametrize(
    ("work", "time"),
    [
        (Work(MEMORY, IMAGE), 10_000 + 32),
        (Work(MEMORY, IMAGE.over("complex"), 2.0), 10_000 + 2 * 64),
        (Work(MAP, IMAGE, 20.0), 10_000 + 20 * 32),
        (Work(MEMORY, Space("real")), 10_000 + 1),
        (Work(INNER, Space("real"), 0), 0),
        (Work("", IMAGE, 0), 0),
        (Work(COMPLEX, IMAGE.over("complex"), axes=(-2, -1)), 10_000 + 100 * 32 * log2(32)),
        (Work(COMPLEX, IMAGE.over("complex"), axes=(-1,)), 10_000 + 100 * 32 * log2(4)),
        (Work(REAL, IMAGE, axes=(-2, -1)), 10_000 + 100 * REAL_SHARE * 32 * log2(32)),
    ],
)
def test_each_kind_of_work_has_its_unit(work: Work, time: float):
    assert seconds(Counter({work: 1}), UNITS, ()) == pytest.approx(time)
    assert seconds(Counter({work: 3}), UNITS, ()) == pytest.approx(3 * time)


def test_open_sizes_are_typical_or_as_told():
    program, plan = planned("blur")
    assert dict((s.name, n) for s, n in typical_sizes(plan.program)) == {"H": 256, "W": 256}
    told = typical_sizes(plan.program, {"H": 64})
    space = Space("complex", (Axis(dim("H")), Axis(dim("W") // 2)))
    assert entries(space, told) == 2 * 64 * 128


def test_a_choice_on_a_small_image_is_that_for_a_large_one():
    """Calls weigh most in an image of 20 × 24; the algorithm is the one for images of 256 × 256 nevertheless."""
    names = []
    for name in ("tiny", "blur"):
        _, plan = planned(name)
        names.append([c.contract.name for _, c in plan.chosen] + [r.name for _, c in plan.chosen for r in c.runners])
    assert names[0] == names[1]
    assert zoom_of(plan.program, typical_sizes(plan.program)) == 1.0


def test_the_ratios_of_a_derivation_are_those_of_the_costs():
    _, plan = planned("blur")
    (wanted,) = plan.program.estimators
    fitting = by_cost(chosen_of(attempts(wanted, plan.program)), plan.program)
    (_, chosen) = plan.chosen[0]
    assert [(c.contract.name, pytest.approx(c.cost / fitting[0].cost)) for c in fitting[1:]] == [
        (r.name, r.slower) for r in chosen.runners
    ]
    assert with_cost(chosen, plan.program).cost == pytest.approx(chosen.cost)


def test_a_round_as_run_is_the_round_that_is_written_out():
    for name in ("blur", "scanner"):
        _, plan = planned(name)
        for (_, chosen), compiled in zip(plan.chosen, plan.module.estimators, strict=False):
            states = [s.next for s in compiled.states]
            assert len(as_run(chosen).states) == len(states)


def test_what_the_loop_does_not_change_is_no_work_of_a_round():
    """A bound of a norm is found once, by rounds of its own, though its rounds have a variable."""
    _, plan = planned("scanner")
    found = counts(work_as_run(as_run(plan.chosen[0][1])))
    assert set(found) == set(KINDS) and found[INNER] == 0 and found[MAP] == 4


@pytest.mark.parametrize("name", ["blur", "scanner"])
@pytest.mark.parametrize("device", [CPU, CUDA], ids=lambda d: d.name)
def test_the_tables_are_those_of_the_golden_files(name: str, device: Device, update_golden: bool):
    text = derivation_text(explain_cost(*planned(name), device=device))
    path = GOLDEN / f"{name}-{device.name}.txt"
    if update_golden:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_twice_the_size_takes_four_times_as_long_and_more():
    program, plan = planned("blur")
    cells = [first_row(explain_cost(program, plan, CPU, told={"H": n, "W": n})) for n in (512, 1024)]
    assert 4 < float(cells[1][5]) / float(cells[0][5]) < 6


def first_row(derivation) -> tuple[str, ...]:
    (table, *_) = derivation.sections[0].items
    assert isinstance(table, Table)
    return table.rows[0]


def test_a_formula_has_no_rounds():
    assert "without rounds" in derivation_text(explain_cost(*planned("scanner"), device=CPU, name="fbp"))


def test_the_tables_in_three_forms():
    found = explain_cost(*planned("blur"), device=CPU)
    assert "<table>" in derivation_page(found) and r"\begin{tabular}" in derivation_latex(found)


@pytest.mark.parametrize(("number", "shown"), [(0.0123, "0.012"), (8.39, "8.4"), (1234.0, "1200"), (9.96, "10")])
def test_predictions_have_two_digits(number: float, shown: str):
    assert digits(number) == shown


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    Path("open.inv").write_text(OPEN, encoding="utf-8")
    assert "512 × 512" in invlang(capsys, "explain", "open.inv", "--cost", "--set", "H=512", "--set", "W=512").out
    assert "rough" in invlang(capsys, "explain", "open.inv", "--cost", "--device", "cuda").out
    assert "`cpu, measured`" in invlang(capsys, "explain", "open.inv", "--cost", "--measure").out
    for words, said in [
        (("--set", "H=512"), "--set is for `--cost`"),
        (("--device", "cuda"), "--device is for `--cost`"),
        (("--measure",), "--measure is for `--cost`"),
        (("--cost", "--set", "K=3"), "there is no open size `K`"),
        (("--cost", "--set", "H=0.5"), "a size is a whole number"),
        (("--cost", "--device", "tpu"), "invalid choice"),
    ]:
        ran = invlang(capsys, "explain", "open.inv", *words)
        assert ran.code in (1, 2) and said in ran.err and "Traceback" not in ran.err
