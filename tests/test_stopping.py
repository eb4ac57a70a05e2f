"""`stop when …`: loops that end by themselves, what they say of it, and whether it is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from commands import TINY, invlang

from invlang import load, loads
from tests.test_algorithms import CASES, program

COUNTS = ("fidelity(y) + 3 * TV(x)", " in [0, inf]", "Poisson(50 * (A @ x) + 1)", "real")
SHAPES = {
    "no interval": ("fidelity(y) + 30 * sq(x) + 4 * TV(x)", "", "Normal(A @ x, sigma = 0.1)", "real"),
    "half an interval": ("fidelity(y) + 4 * TV(x)", " in [0, inf]", "Normal(A @ x, sigma = 0.1)", "real"),
    "complex": ("fidelity(y) + 4 * norm1(x)", "", "Normal(A @ x, sigma = 0.1)", "complex"),
    "counts": COUNTS,
    "median": ("fidelity(y) + 4 * TV(x)", " in [0, 1]", "Laplace(A @ x, scale = 0.1)", "real"),
}
TWO = """
dim H = 6, W = 7
unknown u : real[H, W] in [0, 1]
unknown v : real[H, W]
data    y ~ Normal(u + v, sigma = 0.1)
reconstruct r { minimize fidelity(y) + 4 * TV(u) + 2 * norm1(v) stop when gap < 1e-4 }
"""


def stopped(text: str, test: str) -> str:
    return (
        text.replace("\n  by", f"\n  stop when {test}\n  by") if "\n  by" in text else text.replace(" }", f" stop when {test} }}")
    )


def measured(text: str, seed: int = 0, batch: tuple[int, ...] = ()):
    """The model and data of a random truth."""
    draw = torch.Generator().manual_seed(3)
    h = torch.rand(3, 3, generator=draw, dtype=torch.float64)
    model = loads(text, **({"h": h / h.sum()} if " h : " in text else {}))
    spaces = [u.space for u in model.program.unknowns]
    truth = [
        torch.rand(*batch, 6, 7, generator=draw, dtype=torch.complex128 if s.field == "complex" else torch.float64)
        for s in spaces
    ]
    return model, model.simulate(*truth, seed=seed)["y"]


def without_test(text: str) -> str:
    return text.split(" stop when")[0] + " }\n"


@pytest.mark.parametrize("name", CASES)
def test_the_gap_bounds_how_far_the_objective_is_above_its_least_value(name: str) -> None:
    objective, box = CASES[name]
    text = stopped(program(objective, name, box), "gap < 1e-4")
    model, y = measured(text)
    by = "CG" if not box and "norm1" not in objective and "TV" not in objective else None
    best, _ = measured(without_test(text) if by is None else program(objective, by, box))
    least = float(best.r.objective(best.r(y, iterations=1500 if by is None else 80), y))
    for tolerance in (1e-2, 1e-4):
        above = float(model.r.objective(model.r(y, tolerance=tolerance), y)) / least - 1
        assert model.r.ended.converged and model.r.ended.value < tolerance
        assert above < model.r.ended.value + 1e-9


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gap_of_objectives_of_other_shapes(shape: str) -> None:
    objective, box, law, field = SHAPES[shape]
    plain = program(objective, "", box, law, field).replace(" by ", " ")
    model, y = measured(stopped(plain, "gap < 1e-4"))
    best, _ = measured(plain)
    least = float(best.r.objective(best.r(y, iterations=1500), y))
    for tolerance in (1e-2, 1e-4):
        above = (float(model.r.objective(model.r(y, tolerance=tolerance), y)) - least) / abs(least)
        assert model.r.ended.converged
        assert above < model.r.ended.value + 1e-9


def test_the_gap_of_two_unknowns() -> None:
    model, y = measured(TWO)
    best, _ = measured(without_test(TWO))
    least = float(best.r.objective(*best.r(y, iterations=1500), y))
    above = float(model.r.objective(*model.r(y), y)) / least - 1
    assert model.r.ended.converged and above < model.r.ended.value


def test_change_is_how_far_x_moved_between_two_looks() -> None:
    model, y = measured(stopped(program(*CASES["FISTA"][:1], "FISTA"), "change < 1e-3"))
    found = model.r(y)
    rounds = model.r.ended.rounds
    plain, _ = measured(program(*CASES["FISTA"][:1], "FISTA"))
    now, before = plain.r(y, iterations=rounds), plain.r(y, iterations=rounds - 10)
    assert torch.equal(found, now)
    assert model.r.ended.value == pytest.approx(float((now - before).norm() / now.norm()))
    assert model.r.ended.tests[-2][1] >= 1e-3 > model.r.ended.value


@pytest.mark.parametrize("law", ["Normal(A @ x, sigma = 0.1)", "Poisson(50 * (A @ x) + 1)"])
def test_discrepancy_ends_where_noise_explains_what_is_left(law: str) -> None:
    text = stopped(program("fidelity(y)", "MLEM" if "Poisson" in law else "PGD", " in [0, inf]", law), "discrepancy < 1.02")
    model, y = measured(text, seed=1)
    mean = 50 * model.A(model.r(y)) + 1 if "Poisson" in law else model.A(model.r(y))
    misfit = (mean - y).square().sum() / model.noise.y.discrepancy(mean)
    assert model.r.ended.converged and model.r.ended.value == pytest.approx(float(misfit.sqrt()))


def test_the_worst_of_a_batch_decides() -> None:
    text = stopped(program(CASES["ADMM"][0], "ADMM", CASES["ADMM"][1]), "gap < 1e-5")
    model, y = measured(text, batch=(3,))
    together = model.r(y)
    rounds = model.r.ended.rounds
    alone = [model.r(one) is not None and model.r.ended.rounds for one in y]
    assert rounds == max(alone) and together.shape == (3, 6, 7)


def test_the_last_round_is_looked_at_too() -> None:
    model, y = measured(stopped(program(CASES["PDHG"][0], "PDHG", CASES["PDHG"][1]), "gap < 1e-12"))
    model.r(y, iterations=13)
    assert [k for k, _ in model.r.ended.tests] == [10, 13]
    assert not model.r.ended.converged and "not converged after 13 rounds" in str(model.r.ended)


def test_a_call_leaves_nothing_in_the_module() -> None:
    """What was measured is told to who asks for it; the module is as it was."""
    model, y = measured(stopped(program(CASES["ADMM"][0], "ADMM", CASES["ADMM"][1]), "gap < 1e-5"))
    h = torch.rand(3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    written: dict = {}
    exec(model.source, written)
    solver = written["R"](written["Program"](h / h.sum()).double())
    told: list[tuple[int, float]] = []
    before = dict(vars(solver))
    found = solver(y, looked=lambda *test: told.append(test))
    assert vars(solver) == before
    assert torch.equal(found, solver(y)) and [k for k, _ in told] == list(range(10, told[-1][0] + 1, 10))
    assert told[-1][1] < solver.tolerance <= told[-2][1]


def test_without_a_test_nothing_is_looked_at() -> None:
    source = measured(program(*CASES["ADMM"][:1], "ADMM"))[0].source
    assert "looked" not in source and "tolerance" not in source and "break" not in source


def test_what_is_solved_at_once_has_nothing_to_stop() -> None:
    model, y = measured(stopped(program("fidelity(y) + 30 * sq(x)", "Direct"), "change < 1e-3"))
    model.r(y)
    assert "for k in" not in model.source.split("class R")[1] and model.r.ended is None


def test_an_unsimplified_program_stops_at_the_same_round() -> None:
    text = stopped(program(CASES["ADMM"][0], "ADMM", CASES["ADMM"][1]), "gap < 1e-5")
    model, y = measured(text)
    h = torch.rand(3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    plain = loads(text, level=0, h=h / h.sum())
    torch.testing.assert_close(plain.r(y), model.r(y))
    assert plain.r.ended.rounds == model.r.ended.rounds


def test_a_run_says_how_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.inv").write_text(TINY.replace("minimize", "stop when gap < 1e-3\n  minimize"), encoding="utf-8")
    ran = invlang(capsys, "run", "tiny.inv", "--json", "--quiet")
    told = json.loads(ran.out)["images"][0]["estimators"]["tv"]
    assert told["stop"]["converged"] and told["stop"]["tests"][-1][0] == told["rounds"]
    assert told["stop"]["tests"][-1][1] < told["stop"]["tolerance"] == 1e-3
    page = Path("tiny-out/report.html").read_text(encoding="utf-8")
    assert "gap by iteration" in page and "looked at every 10 rounds" in page
    ran = invlang(capsys, "run", "tiny.inv", "--set", "tv.iterations=10")
    assert "`tv` not converged after 10 rounds" in ran.err and "gap" in ran.out.splitlines()[0]


def test_the_tolerance_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "a.inv"
    path.write_text(stopped(program(CASES["ADMM"][0], "ADMM", CASES["ADMM"][1]), "gap < 1e-2"), encoding="utf-8")
    h = torch.full((3, 3), 1 / 9, dtype=torch.float64)
    model = load(path, h=h)
    y = torch.rand(6, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    tighter = model.r.with_numbers(tolerance=1e-6)
    tighter(y)
    assert tighter.ended.tolerance == 1e-6 and tighter.ended.value < 1e-6
