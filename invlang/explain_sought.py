"""The first part of a derivation: the objective, and where each of its terms comes from."""

from __future__ import annotations

from unicodedata import normalize

from invlang.bayes import Posterior, posterior_of
from invlang.derivation import Item, Line, Note, Section
from invlang.graph.functionals import Term
from invlang.graph.operators import Identity
from invlang.graph.program import EstimatorOf, Measurement, Program
from invlang.graph.show import HAT, letter, show_number, show_value
from invlang.graph.show_terms import Named, shifted, show_applied, show_interval, show_term
from invlang.graph.values import Value
from invlang.plan.inner import with_inner


def sought(program: Program, wanted: EstimatorOf) -> Section:
    hats = [normalize("NFC", f"{u.name}{HAT}") if len(u.name) == 1 else u.name for u in program.unknowns]
    left = hats[0] if len(hats) == 1 else f"({', '.join(hats)})"
    if wanted.expression is not None:
        return Section("What is sought", (Line(left, "=", wanted.text, "a direct estimate"),))
    found = unknowns_of(program)
    program, _ = with_inner(program, wanted)
    bounds = [show_interval(u.name, *map(show_number, u.interval)) for u in program.unknowns if u.interval is not None]
    energies = [t for t in wanted.terms if t.source != "constraint"]
    shown = " + ".join(named_term(t, program) for t in energies)
    remarks = [f"over {', '.join(bounds)}"] * bool(bounds) + [f"and over {', '.join(v.name for v, _ in wanted.inner)}"] * bool(
        wanted.inner
    )
    items: list[Item] = [Line(left, "=", f"argmin {shown}", ", ".join(remarks))]
    words = iter(("because", *("and",) * 20))
    for m in program.measurements:
        fit = next((t for t in energies if t.source == "data" and f"({m.name})" in t.text), None)
        if fit is not None:
            items.append(Note(of_measurement(program, m, fit, found), next(words), f"line {m.span.line}"))
    for text, parts in as_written([t for t in energies if t.source == "prior" and t.text]).items():
        shown, least = " + ".join(named_term(t, program) for t in parts), "the least of " * bool(parts[0].inner)
        if shown != text:
            items.append(Note(f"{text} = {least}{shown}", next(words), line_of(parts[0])))
    items += [] if wanted.inner else of_posterior(program, wanted, bounds)
    return Section("What is sought", tuple(items))


def of_posterior(program: Program, wanted: EstimatorOf, bounds: list[str]) -> list[Item]:
    """That the objective is −log of a posterior, and what prior that takes."""
    found = posterior_of(program, wanted)
    unknowns = ", ".join(unknowns_of(program))
    if not isinstance(found, Posterior):
        return [] if found is None else [Note(f"not exactly the most probable {unknowns}: {found}", "that is")]
    given = f"p({unknowns} | {', '.join(m.name for m in found.data)})"
    exponent = " + ".join(named_term(t, program) for t in found.prior)
    over = f" over {', '.join(bounds)}" if bounds else ""
    if found.prior:
        exponent = f"({exponent})" if len(found.prior) > 1 else exponent
        prior = f"the prior p({unknowns}) ∝ exp(−{exponent}){over}{'' if found.proper else ', which may be improper'}"
    else:
        prior = f"a prior that is the same{over or f' for every {unknowns}'}{'' if found.proper else ': the largest likelihood'}"
    items: list[Item] = [Note(f"where {given} is largest (MAP), for {prior}", "that is")]
    if found.normal:
        items.append(Note(f"the mean (MMSE) of {given}, for it is a normal law", "and"))
    return items


def as_written(terms: list[Term]) -> dict[str, list[Term]]:
    """The terms that stand for one and the same text, together."""
    found: dict[str, list[Term]] = {}
    for term in terms:
        found.setdefault(term.text, []).append(term)
    return found


def of_measurement(program: Program, m: Measurement, fit: Term, unknowns: tuple[str, ...]) -> str:
    """y ~ Normal(A x, σ = 0.1)  means  −log p(y | x) = 1/(2 σ²) ‖A x − y‖² + a constant"""
    numbers = [f"{letter(n)} = {show_parameter(v)}" for n, v in m.parameters]
    mean = mean_of(program, m)
    energy = named_term(fit, program)
    sign = "≈" if any(claim == "approximate" for claim, _ in m.claims) else "="
    if fit.text != fit.label:
        return f"{m.name} ~ {m.law}({', '.join([mean, *numbers])}),  {fit.text} = {energy}"
    means = energy if fit.atom.has("indicator") else f"−log p({m.name} | {', '.join(unknowns)}) {sign} {energy} + a constant"
    return f"{m.name} ~ {m.law}({', '.join([mean, *numbers])})  means  {means}"


def mean_of(program: Program, m: Measurement) -> str:
    """A x + b; a mean that is not linear as the program writes it."""
    if m.operator is not None:
        return shifted(show_applied(m.operator, unknowns_of(program), named_operators(program)), m.offset)
    return first_argument(program.source.text[m.span.end :])


def first_argument(text: str) -> str:
    """What stands between the first bracket and its comma, or its end.

    >>> first_argument(" ~ Normal(Haze(I, d), sigma = 0.01)")
    'Haze(I, d)'
    """
    depth, start = 0, text.index("(") + 1
    for place in range(start, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth < 0 or (depth == 0 and text[place] == ","):
            return " ".join(text[start:place].split())
    return "its mean"


def unknowns_of(program: Program) -> tuple[str, ...]:
    return tuple(u.name for u in program.unknowns)


def named_operators(program: Program) -> Named:
    return tuple((o.name, o.operator) for o in program.operators if not isinstance(o.operator, Identity))


def named_term(term: Term, program: Program) -> str:
    """The term with the program's own names of unknowns and operators."""
    return show_term(term, unknowns_of(program), named_operators(program))


def line_of(term: Term) -> str | None:
    return f"line {term.span.line}" if term.span is not None and not term.span.source.name.startswith("stdlib") else None


def show_parameter(value: Value) -> str:
    default = getattr(value, "default", None)
    return f"{default:g}" if default is not None else show_value(value)
