"""What the compiler does to a whole problem and to the steps of its solution, by rule; and where every rule is tested."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import torch

import invlang
from invlang.emit.fusing import fuse, gather
from invlang.emit.stages import variables_of
from invlang.emit.updates import live_states
from invlang.graph.arithmetic import add, divide, multiply, negate, number, reciprocal
from invlang.graph.spaces import Axis, Space, size
from invlang.graph.values import Variable
from invlang.plan.steps import State
from invlang.rules.inverse import Refusal
from invlang.rules.proximal import dual_prox, prox
from tests import rule_equations, test_rules_of_goals
from tests import test_rules_in_use as in_use
from tests import test_rules_of_proxes as proxes
from tests import test_rules_of_solves as solves
from tests.dense import program_of
from tests.matrices import Calculator
from tests.test_counts import counted

SHAPE = (6, 5)
IMAGE = Space("real", (Axis(size(6)), Axis(size(5))))
ROW = Space("real", (Axis(size(1)), Axis(size(5))))


def image(seed: int, low: float = 0.2) -> torch.Tensor:
    return low + torch.rand(*SHAPE, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def model_of(law: str, objective: str = "fidelity(y)", interval: str = "", by: str = "", field: str = "real"):
    """A model of one measurement; d and s are images that are given."""
    given = [f"given {n} : real[6, 5]" for n in "ds" if re.search(rf"\b{n}\b", law + objective)]
    kernel = ["given h : real[3, 3]"] if re.search(r"\bh\b", law + objective) else []
    lines = (
        *given,
        *kernel,
        f"unknown x : {field}[6, 5]{interval}",
        f"data y ~ {law}",
        f"reconstruct r {{ minimize {objective}{by} }}",
    )
    values = {g.split()[1]: image(ord(g[6])) for g in given} | ({"h": image(9)[:3, :3]} if kernel else {})
    return invlang.loads("\n".join((*lines, "")), dtype="float64", **values), values


def cost(law: str, objective: str = "fidelity(y)"):
    """x, y and the objective at them, less the objective where x = y: constants do not count."""
    model, values = model_of(law, objective)
    x, y = image(1), image(2)
    return x, y, values, float(model.r.objective(x, y) - model.r.objective(y, y))


def squares(residual: torch.Tensor, other: torch.Tensor, scale: float = 1.0) -> float:
    return float(scale * ((residual**2).sum() - (other**2).sum()))


# ---- Q: from the law to an objective


def test_q01_a_noise_law_is_its_likelihood() -> None:
    x, y, _, found = cost("Normal(x, sigma = 0.5)")
    assert found == pytest.approx(squares(x - y, y - y, 2.0))
    x, y, _, found = cost("Laplace(x, scale = 0.5)")
    assert found == pytest.approx(float((x - y).abs().sum() / 0.5))
    assert found != pytest.approx(squares(x - y, y - y, 2.0))  # the modulus, not its square
    x, y, _, found = cost("Poisson(x)")
    assert found == pytest.approx(float((x - y * x.log() - y + y * y.log()).sum()))


def test_q02_q03_scales_and_offsets_keep_their_places() -> None:
    """f(β (x − d)) moves by β d, not by d."""
    x, y, values, found = cost("Normal(2 * (x - d) + s, sigma = 1)")
    d, s = values["d"], values["s"]
    assert found == pytest.approx(squares(2 * x - 2 * d + s - y, 2 * y - 2 * d + s - y, 0.5))
    assert found != pytest.approx(squares(2 * x - d + s - y, 2 * y - d + s - y, 0.5))


def test_q04_quadratics_of_one_map_keep_their_weights() -> None:
    model, values = model_of("Normal(x, sigma = 1)", "fidelity(y) + 2 * sq(x - d) + 3 * sq(x - s)")
    y = image(2)
    wanted = (y + 4 * values["d"] + 6 * values["s"]) / 11
    torch.testing.assert_close(model.r(y), wanted, atol=1e-9, rtol=0)
    assert not torch.allclose(model.r(y), (y + values["d"] + values["s"]) / 3, atol=1e-3)  # weights forgotten


def test_q05_an_interval_is_a_term_and_none_is_none() -> None:
    text = "unknown x : real[6, 5]{}\ndata y ~ Normal(x, sigma = 0.1)\nreconstruct r {{ minimize fidelity(y) + norm1(x) }}\n"
    sources = [[t.source for t in program_of(text.format(i)).estimators[0].terms] for i in (" in [0, 1]", "")]
    assert "constraint" in sources[0] and "constraint" not in sources[1]
    y = 3 * image(2) - 1.5
    assert model_of("Normal(x, sigma = 0.1)", interval=" in [0, 1]")[0].r(y).aminmax() == (0, 1)
    torch.testing.assert_close(model_of("Normal(x, sigma = 0.1)")[0].r(y), y, atol=1e-9, rtol=0)


def test_q06_the_square_is_completed() -> None:
    model, values = model_of("Normal(x, sigma = 1)", "fidelity(y) + inner(d, x)")
    y = image(2)
    torch.testing.assert_close(model.r(y), y - values["d"], atol=1e-9, rtol=0)


def test_q07_residuals_are_weighed_by_the_variance_not_the_deviation() -> None:
    x, y, values, found = cost("Normal(x, sigma = d)")
    assert found == pytest.approx(float((((x - y) / values["d"]) ** 2).sum() / 2))
    assert found != pytest.approx(float(((x - y) ** 2 / values["d"]).sum() / 2))


def explained(law: str, objective: str) -> str:
    return model_of(law, objective)[0].explain()


def test_q09_terms_are_split_as_their_facts_allow() -> None:
    """What has no gradient is not the smooth part, what is not a likelihood of counts is not MLEM's."""
    told = explained("Normal(Blur(h) @ x, sigma = 0.1)", "fidelity(y) + TV(x)")
    assert re.search(r"GD +TV has no gradient everywhere", told) and re.search(r"CG, .* TV is not quadratic", told)
    told = explained("Normal(Blur(h) @ x, sigma = 0.1)", "fidelity(y) + sq(x)")
    assert "has no gradient" not in told and re.search(r"Direct .*chosen", told)


# ---- N24: maps that are not linear


def test_n24_what_stands_behind_a_nonlinear_map_is_shared_and_nothing_else_moves() -> None:
    """|F x|² + |F x| takes one transform; |F x|² + |F d x|² takes two, for |a|² + |b|² is not |a + b|²."""
    x, d = torch.randn(*SHAPE, dtype=torch.complex128), image(3)
    given = "dim H = 6, W = 5\ngiven d : real[H, W]\nunknown x : complex[H, W]\n"
    for mean, transforms in (("abs(F @ x)", 1), ("abs2(F @ (d * x))", 2)):
        text = f"{given}let F = Fourier(H, W)\ndata y ~ Normal(abs2(F @ x) + {mean}, sigma = 0.1)\n"
        model = invlang.loads(text, dtype="float64", d=d)
        assert counted(model.mean_of_y, x).transforms == transforms
    spectra = [torch.fft.fft2(v, norm="ortho").abs().square() for v in (x, d * x)]
    torch.testing.assert_close(model.mean_of_y(x), spectra[0] + spectra[1])


# ---- S: the steps


def source(objective: str, law: str = "Normal(Blur(h) @ x, sigma = 0.1)", by: str = "", field: str = "real") -> tuple[str, str]:
    """The rounds of the loop, and what stands before them."""
    text = model_of(law, objective, by=by, field=field)[0].source
    whole = text[text.index("class R(") :]
    before, _, loop = whole.partition("for ")
    return before, loop


def test_s01_what_no_round_changes_is_worked_out_before() -> None:
    before, loop = source("fidelity(y) + 0.1 * norm1(x)", by=" by FISTA(iterations = 7)")
    assert "y" in before and not re.search(r"\by\b", loop.split("return")[0])


def test_s01_what_rounds_change_is_not_worked_out_before() -> None:
    """The transform of y is; those of the iterate are not."""
    before, loop = source("fidelity(y) + 0.1 * norm1(x)", by=" by FISTA(iterations = 7)")
    assert re.findall(r"\brfft2\((\w)", before) == ["y"] and re.findall(r"\brfft2\((\w)", loop.split("return")[0]) == ["z"]


def test_s02_a_transform_is_shared_by_what_takes_it_of_the_same_image_only() -> None:
    """Two blurs of x take one transform of it; a blur of x and one of d x take two."""
    h, k = image(5)[:3, :3], image(6)[:3, :3]
    given = "dim H = 6, W = 5\ngiven h : real[3, 3]\ngiven k : real[3, 3]\ngiven d : real[H, W]\nunknown x : real[H, W]\n"
    found = []
    for second in ("Blur(k)", "Blur(k) @ Diagonal(d)"):
        text = f"{given}let A = Stack(Blur(h), {second})\n"
        model = invlang.loads(f"{text}data y ~ Normal(A @ x, sigma = 0.1)\n", dtype="float64", h=h, k=k, d=image(7))
        model.A(image(1))  # sets up
        found.append(counted(model.A, image(1)).transforms)
    assert found[1] == found[0] + 1


def test_s04_half_a_spectrum_is_enough_for_real_images_only() -> None:
    real = model_of("Normal(Blur(h) @ x, sigma = 0.1)", "fidelity(y) + sq(x)")[0].source
    whole = model_of("Normal(Blur(h) @ x, sigma = 0.1)", "fidelity(y) + sq(x)", field="complex")[0].source
    assert "rfft" in real and "irfft" in real
    assert "irfft" not in whole


def rounds_of(objective: str, by: str, law: str = "Normal(Blur(h) @ x, sigma = 0.1)") -> int:
    """How many transforms ten rounds take."""
    model, _ = model_of(law, objective, by=f" by {by}")
    y = image(2)
    model.r(y)  # sets up
    few, many = (counted(lambda y, n=n: model.r(y, iterations=n), y).transforms for n in (5, 15))
    return many - few


def test_s03_a_round_is_a_pair_where_one_basis_makes_all_of_it_diagonal_and_more_where_none_does() -> None:
    """ADMM divides by a sum of spectra; where pixels are weighed, no spectrum says how, and the least value is found all the same."""
    assert rounds_of("fidelity(y) + TV(x, boundary = circular)", "ADMM") == 2 * 10
    weighed = "fidelity(y) + sq(d * x) + TV(x, boundary = circular)"
    assert rounds_of(weighed, "ADMM") > 2 * 10
    y = image(2)
    best, model = (model_of("Normal(Blur(h) @ x, sigma = 0.1)", weighed, by=by)[0] for by in ("", " by ADMM"))
    least = best.r.objective(best.r(y, iterations=3000), y)
    torch.testing.assert_close(model.r.objective(model.r(y, iterations=300), y), least, rtol=1e-6, atol=0)


def test_s06_what_is_fused_is_what_was_written() -> None:
    """lerp(v, q, 2) is 2 q − v of real arrays of one shape only; a product that is read twice is made once and added as it is."""
    v, q, wide = Variable("v", IMAGE), Variable("q", IMAGE), Variable("r", ROW)
    cv, cq = (Variable(n, IMAGE.over("complex")) for n in "ab")
    assert gather(add(multiply(number(2), q), negate(v)), {}).function == "lerp"
    for kept in (
        add(multiply(number(2), cq), negate(cv)),
        add(multiply(number(2), wide), negate(v)),
        add(multiply(number(3), q), negate(v)),
        add(multiply(number(2), q), v),
    ):
        assert gather(kept, {}) == kept
    step = add(v, multiply(wide, q))
    assert fuse((step,), {})[0].function == "fused_add"
    assert fuse((step, multiply(wide, q)), {})[0] == step


def test_s10_only_what_nobody_reads_through_any_number_of_rounds_is_left_out() -> None:
    """x reads y and y reads z: z is kept although the result does not read it; what reads itself alone is not."""
    x, y, z, lost = (Variable(n, IMAGE) for n in ("x", "y", "z", "lost"))
    moves = [(x, add(x, y)), (y, add(y, z)), (z, multiply(number(2), z)), (lost, add(lost, x))]
    states = tuple(State(v, number(0), to) for v, to in moves)
    assert [s.variable for s in live_states(states, x, variables_of)] == [x, y, z]
    assert [s.variable for s in live_states(states, z, variables_of)] == [z]


def test_s10_what_only_the_test_of_a_loop_reads_is_kept_and_worked_out_when_it_is_looked_at() -> None:
    """Every ten rounds and at the last: rounds in between cost what they do without a test."""
    tested, plain = (source("fidelity(y) + 0.1 * norm1(x)", by=f" by FISTA{t}") for t in (" stop when change < 1e-3", ""))
    assert "seen = x" in tested[0] and "seen" not in plain[0] + plain[1]
    model, _ = model_of("Normal(Blur(h) @ x, sigma = 0.1)", "fidelity(y) + TV(x)", by=" by PDHG stop when gap < 1e-6")
    y = image(2)
    model.r(y)  # sets up
    cost = {n: counted(lambda y, n=n: model.r(y, iterations=n, tolerance=0.0), y).transforms for n in (5, 9, 10, 11, 19)}
    one = cost[10] - cost[9]
    assert cost[9] - cost[5] == 4 * one and cost[19] - cost[11] == 8 * one
    assert cost[11] - cost[10] > one


# ---- duals


def test_g45_moreaus_identity_joins_a_term_and_its_dual() -> None:
    """z = prox of s g* at z + s · prox of g / s at z / s; where g has no prox that is known, g* has none either."""
    at, step = image(3) * 4 - 2, number(0.7)
    for text in ("norm1(x - d)", "2 * norm21(x, axis = H)", "box(x, 0, 1)", "sq(Blur(h) @ x)"):
        terms, values, unknown = test_rules_of_goals.terms_of("real[H, W]", text)
        point = Variable("p", unknown)
        values = {**values, point: at[:4]}
        dual, plain = dual_prox(terms, step, point), prox(terms, reciprocal(step), divide(point, step))
        assert not isinstance(dual, Refusal) and not isinstance(plain, Refusal)
        both = Calculator(values, {}).of(add(dual.value, multiply(step, plain.value)))
        torch.testing.assert_close(both, at[:4], atol=1e-10, rtol=0)
    terms, _, unknown = test_rules_of_goals.terms_of("real[H, W]", "norm1(Blur(h) @ x)")
    assert isinstance(dual_prox(terms, step, Variable("p", unknown)), Refusal)


# ---- the table


ELSEWHERE = {
    "N19": "test_rules_of_programs.test_q02_q03_scales_and_offsets_keep_their_places",
    "G06": "test_random_operators.test_simplified_is_as_written",
}
WANTED = [
    *(f"N{i:02}" for i in range(1, 25)),
    *(f"P{i:02}" for i in range(1, 13)),
    *(f"G{i:02}" for i in range(1, 14)),
    *(f"G{i}" for i in (20, 21, 22, 23, 24, 25, 29, 30, 31, *range(40, 49))),
    *(f"Q{i:02}" for i in (1, 2, 3, 4, 5, 6, 7, 9)),
    *(f"S{i:02}" for i in (1, 2, 3, 4, 6, 10)),
]


def rules_in_rows() -> dict[str, set[bool]]:
    """For each rule whether it has a row that holds and a row that does not."""
    goals = test_rules_of_goals
    found: dict[str, set[bool]] = {}
    for e in (*rule_equations.NORMAL_FORM, *rule_equations.GRAMS):
        found.setdefault(e.rule, set()).add(e.holds)
    for rows in (goals.FACTS, goals.NORMS, proxes.PROXES, goals.CONVEX, in_use.USES):
        for row in rows:
            found.setdefault(row[0], set()).add(row[-1] is True)
    for row in solves.NEAREST:
        found.setdefault(row[0], set()).add(row[-1] is not None)
    for row in (*solves.SOLVES, *solves.UNSHIFTED):
        found.setdefault(row[0], set()).add(row[-1] != solves.ITERATED)
    return found


def own_tests() -> set[str]:
    """The rules that tests of this file are named after."""
    return {r.upper() for n in globals() if n.startswith("test_") for r in re.findall(r"_([gnqs]\d\d)", n)}


def test_every_rule_has_a_test_that_it_fires_and_one_that_it_does_not() -> None:
    found = rules_in_rows()
    told = {rule for rule, kinds in found.items() if kinds == {True, False}} | {"P10"} | own_tests() | set(ELSEWHERE)
    assert [r for r in WANTED if r not in told] == []


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_the_tests_of_the_table_are_there(place: str) -> None:
    file, name = place.split(".")
    tree = ast.parse((Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8"))
    assert name in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
