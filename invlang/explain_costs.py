"""invlang explain --cost: what a round takes, of the algorithm that was chosen and of each other that fits; and what comes before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from invlang.derivation import Derivation, Note, Section, Table
from invlang.explain import as_written, file_of
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.spaces import parts_of
from invlang.graph.values import Number
from invlang.plan.as_run import as_run, with_cost, work_as_run
from invlang.plan.attempt import Chosen
from invlang.plan.choose import attempts, by_cost, chosen_of
from invlang.plan.device import Device, Sizes, entries, length, seconds, typical_sizes
from invlang.plan.inner import with_inner
from invlang.plan.module import Planned
from invlang.plan.work import COMPLEX, INNER, MAP, MEMORY, REAL, Tally, counts, still_in, work_before, work_of, work_of_round

BYTES = 4  # of a real number in single precision
ACCURACY = {
    "cpu": "of 24 rounds of the examples, measured, each took 0.7 to 1.6 times as long as predicted",
    "cuda": "rough: from a large card's data sheet, no round was measured",
}
HEADINGS = ("", "transforms", "maps", "inner", "passes", "ms a round", "rounds", "seconds")


@dataclass(frozen=True)
class Row:
    """One algorithm's work.  round, before, written: of a round as compiled, of what comes before it, of a round as written;
    numbers: how many real numbers it keeps."""

    chosen: Chosen
    round: Tally
    before: Tally
    written: Tally
    numbers: float


def explain_cost(
    program: Program, planned: Planned, device: Device, name: str | None = None, told: Mapping[str, int] | None = None
) -> Derivation:
    """What the algorithms that fit take, for the sizes of the program, typical ones where it leaves them open, or as `told`."""
    wanted = program.estimator(name) if name else program.estimators[0]
    chosen = dict(planned.chosen).get(wanted.name)
    title = f"{file_of(program)} · {wanted.name} · cost"
    if chosen is None:
        return Derivation(title, (Section("What it takes", (Note("it is calculated from its formula, without rounds"),)),))
    sizes = typical_sizes(planned.program, told)
    rows = [row(planned, wanted, c, sizes) for c in everyone(planned, wanted, chosen)]
    return Derivation(title, (rounds(rows, device, sizes), before_the_rounds(rows, device, sizes), about(planned, device, sizes)))


def everyone(planned: Planned, wanted: EstimatorOf, chosen: Chosen) -> Iterator[Chosen]:
    """The algorithm that was taken, then the others that fit, the fastest first."""
    program, begun = with_inner(planned.program, wanted)
    yield with_cost(chosen, program)
    if chosen.left_out is None:
        fitting = by_cost(chosen_of(attempts(begun, program)), program)
        yield from (c for c in fitting if c.contract.name != chosen.contract.name)


def row(planned: Planned, wanted: EstimatorOf, chosen: Chosen, sizes: Sizes) -> Row:
    loop = as_run(chosen)
    nexts, starts = [s.next for s in loop.states], [s.start for s in loop.states]
    kept = dict.fromkeys([*(s.variable for s in loop.states), *(v for v in still_in(nexts, {}) if not isinstance(v, Number))])
    numbers = sum(entries(v.space, sizes) for v in kept if any(p.rank for p in parts_of(v.space)))
    name = chosen.contract.name
    asked = replace(wanted, algorithm=name, algorithm_span=wanted.algorithm_span or wanted.span)
    asked = wanted if name == wanted.algorithm else replace(asked, algorithm_arguments=())
    written = work_of_round(as_written(planned, asked))
    return Row(chosen, work_as_run(loop), work_before(starts, nexts) if nexts else work_of([]), written, numbers)


# ---- the tables


def rounds(rows: list[Row], device: Device, sizes: Sizes) -> Section:
    cells: list[tuple[str, ...]] = []
    for r in rows:
        per, name = seconds(r.round, device, sizes), r.chosen.contract.name
        direct = r.chosen.loop.direct
        cells.append(
            (name, *work(r.round), digits(1e3 * per), "–" if direct else str(r.chosen.rounds), digits(per * r.chosen.rounds))
        )
        if r.written:
            cells.append(("  as written", *work(r.written), digits(1e3 * seconds(r.written, device, sizes)), "", ""))
    return Section("What a round takes", (Table(HEADINGS, tuple(cells)),))


def work(tally: Tally) -> tuple[str, ...]:
    """Transforms (half ones marked), other maps, inner iterations, passes."""
    found = counts(tally)
    transforms = [f"{found[COMPLEX]}"] * bool(found[COMPLEX]) + [f"{found[REAL]} half"] * bool(found[REAL])
    return (" + ".join(transforms) or "–", *(str(found[k]) if found[k] else "–" for k in (MAP, INNER, MEMORY)))


def before_the_rounds(rows: list[Row], device: Device, sizes: Sizes) -> Section:
    cells = [
        (r.chosen.contract.name, *work(r.before), digits(1e3 * seconds(r.before, device, sizes)), digits(r.numbers * BYTES / 1e6))
        for r in rows
        if not r.chosen.loop.direct
    ]
    headings = (*HEADINGS[:5], "ms once", "MB kept")
    return Section("What comes before the rounds", (Table(headings, tuple(cells)),) if cells else ())


def digits(number: float) -> str:
    """Two digits, as predictions deserve.

    >>> digits(0.0123), digits(8.39), digits(1234.0)
    ('0.012', '8.4', '1200')
    """
    rounded = float(f"{number:.2g}")
    return f"{rounded:.0f}" if rounded >= 10 else f"{rounded:g}"


def about(planned: Planned, device: Device, sizes: Sizes) -> Section:
    spaces = [p for u in planned.program.unknowns for p in parts_of(u.space)]
    shapes = " and ".join(" × ".join(f"{length(s, sizes):.0f}" for s in p.sizes) for p in spaces)
    opened = ", ".join(f"{s} = {n}" for s, n in sizes)
    numbers = f"{1e9 * device.entry:.2g} ns an entry and pass, {1e9 * device.butterfly:.2g} ns for each n log n of a transform"
    items = [
        Note(
            f"predicted for one image of {shapes} in single precision on `{device.name}`: {numbers}, {1e6 * device.call:.2g} µs a call"
        ),
        Note("rounds are as many as an algorithm needs as a rule; half: a transform that keeps half a spectrum"),
        Note(ACCURACY[device.name]) if device.name in ACCURACY else Note("measured here, just now"),
    ]
    items += [Note(f"sizes that the program leaves open are taken to be {opened}; `--set` says others")] * bool(opened)
    return Section("What this is worth", tuple(items))
