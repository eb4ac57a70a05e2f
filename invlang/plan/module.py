"""From a program to its plan: operators as functions, estimators as loops, and what is to be said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invlang.diagnostics import Diagnostic
from invlang.graph.apply import apply
from invlang.graph.arithmetic import pointwise
from invlang.graph.operators import Adjoint, Compose, Operator
from invlang.graph.program import EstimatorOf, NamedOperator, Program
from invlang.graph.spaces import SCALAR, dim
from invlang.graph.values import Bundle, Known, Number, Value, operands_of
from invlang.plan.attempt import Chosen
from invlang.plan.carrying import carried
from invlang.plan.choose import choose
from invlang.plan.classes import estimator_classes, model_class
from invlang.plan.implicit import implicit_of
from invlang.plan.inner import with_inner, without_inner
from invlang.plan.magnitudes import norm_squared
from invlang.plan.maps import argument, functions_of_map, put, value_of
from invlang.plan.mistakes import CannotDifferentiate, CannotStop
from invlang.plan.objective import objective_value
from invlang.plan.pinv import pseudo_inverse
from invlang.plan.polish import polished
from invlang.plan.resolve import resolved
from invlang.plan.steps import Estimator, Function, GivenArray, Implicit, ModelModule, State, Stopping
from invlang.plan.stopping import predicted, stopping_of
from invlang.plan.turns import tabled
from invlang.rules.inverse import Solved, solve
from invlang.rules.norms import norm_of
from invlang.rules.proximal import normal
from invlang.source import Span


@dataclass(frozen=True)
class PlannedOperator:
    """A named operator with its normal form, Gram and solve."""

    named: NamedOperator
    forward: Operator
    gram: Operator
    solved: Solved


@dataclass(frozen=True)
class Verdict:
    """A line of `check`: a name and what was found of it."""

    name: str
    text: str


@dataclass(frozen=True)
class Planned:
    """module: what is written out.  chosen: the algorithm of each estimator and why.  operators: the named operators, worked out."""

    program: Program
    module: ModelModule
    operators: tuple[PlannedOperator, ...]
    chosen: tuple[tuple[str, Chosen], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def subsets(self) -> tuple[tuple[Operator, Span], ...]:
        """The choices of parts of the data that estimators make, and where they are asked for."""
        places = {e.name: e.algorithm_span or e.span for e in self.program.estimators}
        return tuple((leaf, places[name]) for name, chosen in self.chosen for leaf in chosen.record.subsets)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One line for each operator and estimator."""
        found = [Verdict(o.named.name, operator_text(o)) for o in self.operators]
        chosen = dict(self.chosen)
        for estimator in self.program.estimators:
            found.append(Verdict(estimator.name, estimator_text(estimator, chosen.get(estimator.name))))
        return tuple(found)


def operator_text(planned: PlannedOperator) -> str:
    """real[3, H, W] → real[3, H, W]   linear, solved in closed form, norm …"""
    named = planned.named
    facts = ["linear"]
    if planned.solved.is_closed:
        facts.append(f"(AᴴA + ρ)⁻¹ in closed form ({planned.solved.because})")
    bound = norm_of(planned.forward)
    if bound is not None and isinstance(bound[0], Number) and bound[1]:
        facts.append(f"norm {float(bound[0].value) ** 0.5:g}")  # type: ignore[arg-type]
    return f"{named.domain} → {named.codomain}   {', '.join(facts)}"


def estimator_text(estimator: EstimatorOf, chosen: Chosen | None) -> str:
    if estimator.not_yet is not None:
        return f"{estimator.not_yet} is checked; this version does not run it yet"
    if chosen is None:
        return "direct" if estimator.expression is not None else "no algorithm"
    convex = all(t.is_convex for t in estimator.terms)
    solves = [s for s in chosen.record.solves if not s.is_closed]
    system = (
        ""
        if not chosen.record.solves
        else ", linear system in closed form"
        if not solves
        else ", linear system by conjugate gradients"
    )
    asked = ", as asked" if chosen.asked else ""
    bends = estimator.nonconvex or any(t.atom.has("nonconvex") or t.is_reversed for t in estimator.terms)
    return f"{'convex' if convex else 'not convex' if bends else 'not known to be convex'} · {chosen.contract.name}{asked}{system} · {chosen.convergence}"


RHO = Known("rho", SCALAR, "argument", None, frozenset({"positive"}))


def plan_program(program: Program, level: int = 2) -> Planned:
    """level 2 simplifies; level 0 writes down what the program says."""
    program = resolved(program, level)
    operators = tuple(plan_operator(o, level) for o in program.operators)
    functions = [f for o in operators for f in functions_of(o, level)]
    functions += [f for m in program.maps for f in functions_of_map(m)]
    functions += simulation(program)
    functions += means(program, level)
    classes = estimator_classes(e.name for e in program.estimators)
    estimators: list[Estimator] = []
    chosen: list[tuple[str, Chosen]] = []
    diagnostics: list[Diagnostic] = []
    for wanted in program.estimators:
        if wanted.not_yet is not None:
            continue
        if wanted.verb == "estimate":
            estimators.append(direct(program, wanted, classes[wanted.name]))
            continue
        wider, begun = with_inner(program, wanted)
        result = choose(begun, wider, level)
        stopping = stopping_of(begun, wider, result, level) if isinstance(result, Chosen) else None
        implicit = implicit_of(wanted, result, level) if isinstance(result, Chosen) else None
        wrong = next((m for m in (stopping, implicit) if isinstance(m, CannotStop | CannotDifferentiate)), None)
        if isinstance(result, Chosen) and wrong is None:
            chosen.append((wanted.name, result))
            estimators.append(iterative(program, wanted, result, stopping, implicit, level, classes[wanted.name]))
        else:
            diagnostics.append((wrong or result).diagnostic())
    module = ModelModule(
        name=model_class(program.name, classes.values()),
        file=program.source.name.rsplit("/", 1)[-1],
        doc=program.doc,
        summary=summary(program),
        dims=dims_of(program),
        givens=tuple(GivenArray(g.known, g.default) for g in program.givens),
        parameters=program.parameters,
        functions=tuple(functions),
        estimators=tuple(estimators),
    )
    return Planned(program, polished(module) if level else module, operators, tuple(chosen), tuple(diagnostics))


def dims_of(program: Program) -> tuple[Any, ...]:
    return tuple(dim(d.name) for d in program.dims if d.size is None)


def summary(program: Program) -> tuple[str, ...]:
    """The model in a few lines, as the program writes it."""
    lines = []
    for line in program.source.text.splitlines():
        text = line.split("#")[0].rstrip()
        if text.split(" ")[0] in ("unknown", "let", "data"):
            lines.append(" ".join(text.split()))
    return tuple(lines)


# ---- operators


def plan_operator(named: NamedOperator, level: int) -> PlannedOperator:
    forward = normal(named.operator, level)
    gram = normal(Compose((Adjoint(forward), forward)), level)
    solved = solve(((Number(1), forward),), RHO, level)
    return PlannedOperator(named, forward, gram, solved)


def functions_of(planned: PlannedOperator, level: int) -> list[Function]:
    """A, A_adjoint, A_gram, A_solve, A_pinv and A_norm."""
    name = planned.named.name
    x, y = argument("x", planned.named.domain), argument("y", planned.named.codomain)
    b = argument("b", planned.named.domain)
    back = normal(Adjoint(planned.forward), level)
    pinv = pseudo_inverse(planned.forward, value_of(y), level)
    bound = norm_of(planned.forward)
    norm = pointwise("sqrt", bound[0] if bound is not None else norm_squared(planned.forward))
    return [
        Function(name, x, apply(planned.forward, value_of(x))),
        Function(f"{name}_adjoint", y, apply(back, value_of(y))),
        Function(f"{name}_gram", x, apply(planned.gram, value_of(x))),
        Function(f"{name}_solve", (*b, RHO), apply(planned.solved.operator, value_of(b))),
        Function(f"{name}_pinv", y, pinv),
        Function(f"{name}_norm", (), norm),
    ]


def simulation(program: Program) -> list[Function]:
    """simulate(x): a draw of every measurement."""
    if not program.measurements:
        return []
    arguments = tuple(Known(u.name, u.space, "argument") for u in program.unknowns)
    inner = unknown_parts(program)
    draws = [put(m.sample, dict(zip(inner, arguments, strict=True))) for m in program.measurements]
    result = draws[0] if len(draws) == 1 else Bundle(tuple(draws))
    return [Function("simulate", arguments, result)]


def means(program: Program, level: int) -> list[Function]:
    """mean_of_y, which rules that choose numbers read, where no map of that name is there."""
    if not any(e.choice for e in program.estimators):
        return []
    arguments = tuple(Known(u.name, u.space, "argument") for u in program.unknowns)
    x = arguments[0] if len(arguments) == 1 else Bundle(arguments)
    measured = [m for m in program.measurements if m.operator is not None]
    return [Function(f"mean_of_{m.name}", arguments, predicted(m, program, x, level)) for m in measured]


def unknown_parts(program: Program) -> tuple[Value, ...]:
    """The variables that stand for the unknowns in expressions, one for each; none where nothing is sought."""
    if not program.unknowns:
        return ()
    whole = program.variable
    return whole.parts if isinstance(whole, Bundle) else (whole,)


# ---- estimators


def data_of(program: Program, values: tuple[Value, ...]) -> tuple[Known, ...]:
    """The measurements that an estimator reads, in the order of the program."""
    read = {k for v in values for k in known_in(v)}
    found = []
    for m in program.measurements:
        parts = m.value.parts if isinstance(m.value, Bundle) else (m.value,)
        if any(p in read for p in parts):
            found += parts
    return tuple(found)  # type: ignore[return-value]


def known_in(value: Value) -> dict[Value, None]:
    """What a value reads that comes from outside, each once, in order."""
    seen: dict[Value, None] = {}

    def visit(inner: Value) -> None:
        if inner not in seen:
            seen[inner] = None
            for operand in operands_of(inner):
                visit(operand)

    visit(value)
    return {v: None for v in seen if isinstance(v, Known)}


def parameters_of(program: Program, values: tuple[Value, ...]) -> tuple[Known, ...]:
    """The numbers of an estimator itself: parameters that are not the model's."""
    found: dict[Known, None] = {}
    for v in values:
        for k in known_in(v):
            if isinstance(k, Known) and k.origin == "parameter" and k not in program.parameters:
                found[k] = None
    return tuple(found)


def direct(program: Program, wanted: EstimatorOf, name: str) -> Estimator:
    assert wanted.expression is not None
    result = wanted.expression
    unknown = unknown_parts(program)[0]
    values = (result,)
    title = wanted.text
    parameters, data = parameters_of(program, values), data_of(program, values)
    return Estimator(name, title, (), parameters, data, (), result, 0, unknown, called=wanted.name)


def iterative(
    program: Program,
    wanted: EstimatorOf,
    chosen: Chosen,
    stopping: Stopping | None,
    implicit: Implicit | None,
    level: int,
    name: str,
) -> Estimator:
    objective = None if wanted.inner else objective_value(wanted.terms, program.variable, level)
    result = without_inner(chosen.result, len(program.unknowns)) if wanted.inner else chosen.result
    states = tuple(State(s.variable, s.start, s.next) for s in chosen.loop.states)
    tested = (stopping.value,) if stopping is not None else ()
    values = (*filter(None, (objective,)), chosen.loop.result, *tested, *(v for s in states for v in (s.start, s.next)))
    estimator = Estimator(
        name=name,
        title=f"argmin {wanted.text}",
        doc=chosen.doc,
        parameters=parameters_of(program, values),
        data=data_of(program, values),
        states=states,
        result=result,
        iterations=chosen.iterations,
        unknown=program.variable,
        objective=objective,
        settling=chosen.settling,
        stopping=stopping,
        names=tuple(chosen.names),
        called=wanted.name,
        visits=chosen.visits,
        implicit=implicit and shown_of(implicit, wanted, program),
    )
    return carried(tabled(estimator)) if level else estimator


def shown_of(implicit: Implicit, wanted: EstimatorOf, program: Program) -> Implicit:
    """What an estimate shows of a result with derivatives: the unknowns, without the arrays that terms are least over."""
    hides = implicit.value is not None and wanted.inner
    return Implicit(without_inner(implicit.value, len(program.unknowns))) if hides and implicit.value is not None else implicit
