"""One algorithm written down for one objective, with what it is predicted to cost; or why it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from invlang.graph.arithmetic import ONE
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Identity
from invlang.graph.program import EstimatorOf, OptionOf, Program
from invlang.graph.values import Bundle, Known, Number, Value, variable
from invlang.meaning.curves import has_derivative
from invlang.plan.contracts import Contract
from invlang.plan.eliminate import Eliminated
from invlang.plan.existence import not_held
from invlang.plan.fitting import Fit, fit
from invlang.plan.lower import run
from invlang.plan.misfits import BENT, REVERSED, Misfit, Obstacle, not_convex
from invlang.plan.numbers import with_parameters
from invlang.plan.options import Option, options_of, told, with_numbers, with_options
from invlang.plan.regions import is_unbounded
from invlang.plan.roles import DoesNotFit, Loop, Run
from invlang.plan.settling import begun_at, settling_of
from invlang.plan.starts import reads, starting_point
from invlang.plan.steps import Settling
from invlang.rules.parts import part_of
from invlang.rules.proximal import shifted_prox
from invlang.rules.simplify import simplify
from invlang.rules.theorems import has_no_entry_below_zero


@dataclass(frozen=True)
class Runner:
    """An algorithm that fits and was not taken.  slower: its predicted time against the chosen one's."""

    name: str
    slower: float


@dataclass(frozen=True)
class Chosen:
    """contract, fitted: the algorithm and its roles;  loop: what it does;  record: solves and proxes that were used.

    rounds: how many it takes as a rule;  cost: the seconds that they are predicted to take (`with_cost`), 0 where nobody asked.
    runners: the others that fit;  misfits: those that do not, and why.
    left_out: the unknown that is found from the others at the end, if one is.  options: what wraps its rounds.
    """

    contract: Contract
    fitted: Fit
    loop: Loop
    record: Run
    result: Value
    iterations: int
    asked: bool
    rounds: int
    cost: float = 0.0
    runners: tuple[Runner, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    parameters: tuple[tuple[str, Value], ...] = ()
    terms: tuple[Term, ...] = ()
    env: dict[str, Any] = field(default_factory=dict)
    start: Value = ONE
    names: list[tuple[Value, str]] = field(default_factory=list)
    settling: Settling | None = None
    unbounded: bool = False
    asked_nonconvex: bool = False
    visits: Value | None = None
    left_out: Eliminated | None = None
    options: tuple[Option, ...] = ()

    @property
    def effort(self) -> str:
        """How much work is predicted until the end, in words."""
        return f"{self.rounds} rounds of {1000 * self.cost / self.rounds:.2g} ms"

    @property
    def convergence(self) -> str:
        """What is promised of it, in words."""
        convex = all(t.is_convex for t in self.terms)
        if self.loop.direct:
            return f"exact{self.supposing}"
        rate = next((o.contract.rate for o in reversed(self.options) if o.contract.rate), self.contract.rate)
        if self.estimates:
            return "to an estimate after these rounds; of its limit nothing is promised"
        promise = f"converges, {rate}" if convex else f"{'converges ' * self.asked_nonconvex}to a stationary point"
        return f"{promise}{self.supposing}{', if its step is small enough' * self.unbounded}"

    @property
    def supposing(self) -> str:
        """What a promise takes for granted and nobody knows, in words."""
        signs = (f", if the map in {t.label or t.text} has no entries below zero" for t in self.of_unknown_sign)
        ends = (f", if {t.text or t.label} does not fall without end" for t in not_held(self.terms))
        return "".join((*signs, *ends))

    @property
    def of_unknown_sign(self) -> Iterator[Term]:
        """Counts of what is not known to keep images from going below zero, where the algorithm takes that for granted."""
        roles = {s.role for s in self.contract.slots if "poisson" in s.traits}
        counts = (t for role, terms in self.fitted.groups if role in roles for t in terms)
        return (t for t in counts if not has_no_entry_below_zero(simplify(t.operator)))

    @property
    def estimates(self) -> bool:
        """Whether a term plays its role by denoising, which minimises nothing."""
        roles = {s.role for s in self.contract.slots if "prior" in s.traits}
        return any(t.atom.has("denoises") for role, terms in self.fitted.groups if role in roles for t in terms)

    @property
    def doc(self) -> tuple[str, ...]:
        """Lines for the class that is written out."""
        how = dict.fromkeys(how for _, how in self.record.proxes)
        solves = dict.fromkeys(f"solved in {s.how}: {s.because}" for s in self.record.solves)
        return (
            f"{self.contract.name} ({self.contract.reference}), {self.convergence.replace('converges,', 'converges')}.",
            *(f"Its rounds are wrapped by {o.reference}." for o in self.options),
            *(() if self.left_out is None else (f"{self.left_out.name} is found at the end from the others, in closed form.",)),
            *(f"Linear system {s}." for s in solves),
            *(f"Proximal map: {h}." for h in how),
        )


def attempt(
    contract: Contract, wanted: EstimatorOf, program: Program, arguments: Any, asked: tuple[OptionOf, ...] = ()
) -> Chosen | Misfit | Any:
    """One algorithm written down for one objective."""
    if not wanted.nonconvex and any(t.is_reversed for t in wanted.terms):
        return Misfit(contract.name, REVERSED, Obstacle.REVERSED)
    fitted = fit(contract, tuple(map(passed_through, wanted.terms)) if wanted.nonconvex else wanted.terms)
    if isinstance(fitted, Misfit):
        return fitted
    if not wanted.nonconvex and any(bends(t, program) for t in wanted.terms):
        return Misfit(contract.name, BENT, Obstacle.BENT)
    if not wanted.nonconvex and (curved := next((t for t in wanted.terms if t.atom.has("nonconvex")), None)) is not None:
        return Misfit(contract.name, not_convex(curved.label or curved.text), Obstacle.CURVED)
    start = starting_point(wanted, program)
    if start is None:
        return Misfit(contract.name, "no data term says where to begin")
    taken = options_of(asked, contract, arguments)
    if not isinstance(taken, tuple):
        return taken
    found = {n: v for o in taken for n, v in o.found.items()}
    try:
        point = variable("x", start.space, settled=True) if contract.settles else start
        names, parameters, outside = with_parameters(contract, {**fitted.names, **found}, point, arguments)
        options = with_numbers(taken, asked, contract, names, point)
        if outside is not None or not isinstance(options, tuple):
            return outside or options
        loop, record = run(contract.algorithm, names, start, 2)
        loop = with_options(loop, contract, names, options, record)
        loop = begun_at(start, point, loop)
    except DoesNotFit as refusal:
        return Misfit(contract.name, str(refusal), refusal.obstacle)
    iterations = asked_iterations(arguments) or (0 if loop.direct else rounds_for(fitted, wanted))
    result = within_bounds(loop.result, wanted.terms)
    parameters += [p for o in options for p in o.parameters]
    names_of_values = [*record.names, *(pair for n, v in parameters for pair in called(n, v))]
    return Chosen(
        contract,
        fitted,
        loop,
        record,
        result,
        iterations,
        asked=wanted.algorithm is not None,
        rounds=max(rounds_of(fitted), 1),
        parameters=tuple(parameters),
        terms=wanted.terms,
        env=names,
        start=start,
        names=names_of_values,
        settling=settling_of(loop, point, contract.settles),
        unbounded=not found and is_unbounded(contract, {**names, "x": start}),
        asked_nonconvex=wanted.nonconvex,
        visits=next((names[n] for n in told(contract, "sweeps")), None),
        options=options,
    )


def passed_through(term: Term) -> Term:
    """The term as one with a gradient, where it has one almost everywhere: what `nonconvex` allows."""
    if isinstance(term.atom, SmoothAtom) and has_derivative(term.atom.value):
        return replace(term, atom=replace(term.atom, smooth=True))
    return term


def bends(term: Term, program: Program) -> bool:
    """Whether a term compares data with what they are not linear in."""
    return isinstance(term.atom, SmoothAtom) and any(m.operator is None and reads(term, m) for m in program.measurements)


def called(name: str, value: Value) -> list[tuple[Value, str]]:
    """The name of a number that a formula gives; of one for each block, numbered."""
    if isinstance(value, Bundle):
        return [(p, f"{name}{i + 1}") for i, p in enumerate(value.parts)]
    return [] if isinstance(value, Known | Number) else [(value, name)]


def rounds_for(fitted: Fit, wanted: EstimatorOf) -> int:
    """Twice as many as an objective needs as a rule; eight times where every term is a norm or a constraint, and nothing curves.

    Four times where a term is minimised over an array of its own, which only that term moves.  Twenty times where a test ends the loop.
    """
    flat = all(t.atom.has("norm") or t.atom.has("indicator") or t.atom.has("linear") for t in wanted.terms)
    return (8 if flat else 2) * rounds_of(fitted) * (4 if wanted.inner else 1) * (20 if wanted.stop is not None else 1)


def rounds_of(fitted: Fit) -> int:
    """How many rounds the algorithm needs as a rule: more where a square meets a map on the dual side."""
    through = {s.role for s in fitted.contract.slots if s.through}
    dual = [t for role, terms in fitted.groups if role in through for t in terms]
    return fitted.contract.rounds[any(t.atom.has("quadratic") for t in dual)]


def asked_iterations(arguments: Any) -> int | None:
    for name, (value, _) in arguments:
        if name == "iterations" and isinstance(value, Number):
            return int(value.value)  # type: ignore[arg-type]
    return None


# ---- where to end


def within_bounds(result: Value, terms: tuple[Term, ...]) -> Value:
    """The last iterate put back inside the constraints that act on the unknown itself."""
    for term in terms:
        if term.atom.has("indicator") and isinstance(simplify(term.operator), Identity) and isinstance(term.atom, Atom):
            if not isinstance(result, Bundle):
                result = shifted_prox(term.atom, ONE, result, term.offset)
        owned = part_of(simplify(term.operator)) if term.atom.has("indicator") and isinstance(result, Bundle) else None
        if owned is not None and isinstance(owned[1], Identity) and isinstance(term.atom, Atom) and isinstance(result, Bundle):
            inside = shifted_prox(term.atom, ONE, result.parts[owned[0]], term.offset)
            result = Bundle(tuple(inside if i == owned[0] else p for i, p in enumerate(result.parts)))
    return result
