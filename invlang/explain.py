"""The derivation of an estimator: model → objective → laws used → algorithm → cost of a round."""

from __future__ import annotations

import re
from dataclasses import replace

from invlang.derivation import Derivation, Entry, Item, Note, Section, Table
from invlang.explain_forms import legend, pieces, simplifies
from invlang.explain_sought import sought
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.show import axes_called_as_in, letter
from invlang.graph.values import Number, Value
from invlang.meaning.choices import RULES
from invlang.plan.attempt import Chosen
from invlang.plan.eliminate import Eliminated
from invlang.plan.implicit import in_words
from invlang.plan.misfits import Misfit
from invlang.plan.module import Planned, plan_program
from invlang.plan.options import Option
from invlang.plan.steps import Estimator
from invlang.plan.stopping import EVERY
from invlang.plan.work import KINDS, counts, work_of_round


def explain(program: Program, planned: Planned, name: str | None = None) -> Derivation:
    """The derivation of one estimator, or of the first where none is named."""
    wanted = program.estimator(name) if name else program.estimators[0]
    chosen = dict(planned.chosen).get(wanted.name)
    with axes_called_as_in(u.space for u in program.unknowns):
        sections = [sought(program, wanted), pieces(planned, wanted), simplifies(planned, chosen)]
        sections[1] = Section(sections[1].heading, (*sections[1].items, *legend(planned, wanted, chosen, tuple(sections))))
        if chosen is not None:
            sections += [algorithm(planned, wanted, chosen), cost(planned, wanted)]
    return Derivation(f"{file_of(program)} · {wanted.name}", tuple(s for s in sections if s.items))


def file_of(program: Program) -> str:
    return program.source.name.rsplit("/", 1)[-1]


def algorithm(planned: Planned, wanted: EstimatorOf, chosen: Chosen) -> Section:
    contract = chosen.contract
    how = "as asked" if chosen.asked else "chosen"
    items: list[Item] = [Note(f"{contract.name} ({contract.reference}), {how}: {roles_in_words(chosen)}")]
    items += [Note(f"{chosen.convergence}{region(chosen)}", indent=1)]
    if chosen.left_out is not None:
        items.append(Note(of_left_out(chosen.left_out), indent=1))
    for name, text in dict.fromkeys(chosen.record.proxes):
        items.append(Note(f"prox of {name}: {text}", indent=1))
    items += [Note(f"{o.reference} wraps its rounds{finding(o)}", indent=1) for o in chosen.options]
    declared = (chosen.contract, *(o.contract for o in chosen.options))
    shown = dict(chosen.parameters)
    formulas = {
        p.name.text: p.default for c in declared for p in c.algorithm.parameters if p.default is not None and p.name.text in shown
    }
    for name, value in chosen.parameters:
        default = value.value if isinstance(value, Number) else getattr(value, "default", None)
        text = f"{default:g}" if default is not None else in_mathematics(formulas[name].span.text)
        items.append(Note(f"{letter(name)} {'∝' if 'balance' in text else '='} {text}", indent=1))
    if any("lipschitz" in f.span.text for f in formulas.values()):
        items.append(Note("L: the Lipschitz constant of ∇f", indent=1))
    if chosen.settling is not None:
        items.append(
            Note(
                f"what depends on x is read off the first iterate, once more after round {chosen.settling.rounds}, then kept",
                indent=1,
            )
        )
    if compiled(planned, wanted).in_basis:
        items.append(
            Note(
                "a round is diagonal in the basis of a transform: the loop keeps coefficients, and transforms before and after it",
                indent=1,
            )
        )
    if wanted.choice is not None:
        items.append(Note(f"{letter(wanted.choice.name)} is where {RULES[wanted.choice.rule]}", indent=1))
    if wanted.stop is not None and not chosen.loop.direct:
        ends = f"ends when {wanted.stop.quantity} < {wanted.stop.tolerance:g}, looked at every {EVERY} rounds"
        items.append(Note(f"{ends}, at the latest after {chosen.iterations}", indent=1))
    if wanted.implicit and not chosen.loop.direct:
        items.append(Note(in_words(chosen), indent=1))
    if chosen.runners or chosen.misfits:
        items.append(Note("Not taken"))
    items += [Entry(r.name, f"fits; predicted {as_many_times(r.slower)}", 1) for r in chosen.runners]
    items += [Entry(", ".join(names), why, 1) for why, names in by_reason(chosen.misfits).items()]
    return Section("Which algorithm", tuple(items))


def finding(option: Option) -> str:
    """The numbers that an option finds while it runs."""
    return f" and finds {', '.join(map(letter, option.found))}" if option.found else ""


def of_left_out(left: Eliminated) -> str:
    """z is left out: for every x its best value is known in closed form, and put in at the end"""
    others = ", ".join(u.name for u in left.program.unknowns)
    return f"{left.name} is left out: for every {others} its best value is known in closed form, and put in at the end"


def by_reason(misfits: tuple[Misfit, ...]) -> dict[str, list[str]]:
    """The algorithms that do not fit, those with one reason together."""
    found: dict[str, list[str]] = {}
    for misfit in misfits:
        found.setdefault(misfit.because, []).append(misfit.name)
    return found


def as_many_times(ratio: float) -> str:
    """How much slower: 1.4 times slower"""
    if 0.95 < ratio < 1.05:
        return "to be as fast"
    return f"{ratio:.1f} times slower" if ratio > 1 else f"{1 / ratio:.1f} times faster"


def roles_in_words(chosen: Chosen) -> str:
    """f = fidelity(y); g = TV, box through K"""
    parts = []
    slots = {s.role: s for s in chosen.contract.slots}
    for role, terms in chosen.fitted.groups:
        if terms:
            through = f" through {slots[role].through}" if slots[role].through else ""
            parts.append(f"{role} = {', '.join(t.label or t.text for t in terms)}{through}")
    return "; ".join(parts)


def region(chosen: Chosen) -> str:
    found = {n for o in chosen.options for n in o.found}
    facts = [f for f in chosen.contract.algorithm.facts if f.name.text == "region" and f.arguments[0].span.text not in found]
    if not facts:
        return ""
    closed = {f.arguments[0].span.text for f in chosen.contract.algorithm.facts if f.name.text == "closed"}
    texts = []
    for fact in facts:
        name, low, high = fact.arguments[0].span.text, *(in_mathematics(a.span.text) for a in fact.arguments[1:])
        texts.append(f"{low} < {letter(name)} {'≤' if name in closed else '<'} {'∞' if high == 'inf' else high}")
    return f", for {', '.join(texts)}"


FORMULAS = (
    (r" @ ", " "),
    (r"balance\((\w+), ([\w ]+)\)", r"weight of each term of \1 / mean size of \2, so that they balance"),
    (r"norm2\(K, (\w+)\)", r"‖√\1 K‖²"),
    (r"cauchy_step\(.*\)", r"1 / curvature of f along its first gradient"),
    (r"lipschitz\((\w+)\)", r"L"),
    (r"\btau\b", "τ"),
    (r"\brho\b", "ρ"),
)


def in_mathematics(written: str) -> str:
    """A formula of an algorithm's numbers as one would write it: 1 / norm2(K, s) is 1 / ‖√s K‖²."""
    text = " ".join(written.split())
    for pattern, formula in FORMULAS:
        text = re.sub(pattern, formula, text)
    return text


def compiled(planned: Planned, wanted: EstimatorOf) -> Estimator:
    return next(e for e in planned.module.estimators if e.called == wanted.name)


def cost(planned: Planned, wanted: EstimatorOf) -> Section:
    loop = compiled(planned, wanted)
    after = counts(work_of_round([s.next for s in loop.states] or [loop.result]))
    before = counts(work_of_round(as_written(planned, wanted)))
    rows = tuple((what, str(before[what]), str(after[what])) for what in KINDS if before[what] or after[what])
    return Section("What a round costs", (Table(("", "as written", "as compiled"), rows),))


def as_written(planned: Planned, wanted: EstimatorOf) -> list[Value]:
    """The values of a round at -O0, for the algorithm that the estimator asks for."""
    plain = plan_program(replace(planned.program, estimators=(wanted,)), 0)
    estimator = next((e for e in plain.module.estimators if e.called == wanted.name), None)
    return [s.next for s in estimator.states] if estimator is not None else []
