"""The derivation of an estimator: model → objective → laws used → algorithm → cost of a round."""

from __future__ import annotations

from invlang.derivation import Derivation, Entry, Item, Line, Note, Section, Table
from invlang.graph.functionals import Term
from invlang.graph.operators import Adjoint, Compose, Diagonal, Operator, Stack, Sum, children_of, with_children
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.show import derived, letter, show, show_interval, show_number, show_term, show_value
from invlang.graph.spaces import SCALAR
from invlang.graph.values import Known, Value
from invlang.plan.choose import Chosen
from invlang.plan.costs import Counts, counts_of_round
from invlang.plan.maps import put
from invlang.plan.module import Planned, PlannedOperator, plan_program
from invlang.plan.stopping import EVERY
from invlang.rules.facts import norm_squared_bound
from invlang.rules.law import Derivation as Chain
from invlang.rules.simplify import derive

BOOKKEEPING = (
    "flatten-product",
    "identity-in-product",
    "flatten-sum",
    "single-term",
    "zero-in-sum",
    "numbers-to-the-front",
    "adjoint-of-leaf",
    "adjoint-of-adjoint",
    "real-diagonal",
)


def explain(program: Program, planned: Planned, name: str | None = None) -> Derivation:
    """The derivation of one estimator, or of the first where none is named."""
    wanted = program.estimator(name) if name else program.estimators[0]
    chosen = dict(planned.chosen).get(wanted.name)
    sections = [sought(program, wanted), pieces(planned, wanted), simplifies(planned, wanted, chosen)]
    if chosen is not None:
        sections += [algorithm(wanted, chosen), cost(planned, wanted, chosen)]
    return Derivation(f"{program.source.name.rsplit('/', 1)[-1]} · {wanted.name}", tuple(s for s in sections if s.items))


def line_of(term: Term) -> str | None:
    return f"line {term.span.line}" if term.span is not None and not term.span.source.name.startswith("stdlib") else None


def sought(program: Program, wanted: EstimatorOf) -> Section:
    unknown = ", ".join(u.name for u in program.unknowns)
    bounds = [show_interval(u.name, *map(show_number, u.interval)) for u in program.unknowns if u.interval is not None]
    energies = [t for t in wanted.terms if t.source != "constraint"]
    if wanted.expression is not None:
        return Section("What is sought", (Line(f"{unknown}̂", "=", wanted.text, "a direct estimate"),))
    shown = " + ".join(named_term(t, program) for t in energies)
    items: list[Item] = [Line(f"{unknown}̂", "=", f"argmin {shown}", f"over {', '.join(bounds)}" if bounds else "")]
    words = iter(("because", *("and",) * 20))
    for m in program.measurements:
        if any(t.source == "data" for t in energies):
            numbers = ", ".join(f"{letter(n)} = {show_parameter(v)}" for n, v in m.parameters)
            mean = " ".join(filter(None, (operator_name(program, m.operator), unknown))) if m.operator else "its mean"
            fit = next((t for t in energies if t.source == "data" and f"({m.name})" in t.text), None)
            if fit is None:
                continue
            energy = named_term(fit, program)
            means = energy if fit.atom.has("indicator") else f"−log p({m.name} | {unknown}) = {energy} + a constant"
            items.append(Note(f"{m.name} ~ {m.law}({mean}, {numbers})  means  {means}", next(words), f"line {m.span.line}"))
    for t in energies:
        if t.source == "prior" and t.text:
            items.append(Note(f"{t.text} = {show_term(t)}", next(words), line_of(t)))
    return Section("What is sought", tuple(items))


def show_parameter(value: Value) -> str:
    default = getattr(value, "default", None)
    return f"{default:g}" if default is not None else show_value(value)


def operator_name(program: Program, operator: object) -> str:
    """The name the program gave an operator, or its formula."""
    for named in program.operators:
        if named.operator is operator or derive(named.operator).result is derive(operator).result:  # type: ignore[arg-type]
            return named.name
    return show(derive(operator).result).replace("I", "", 1) if operator is not None else ""  # type: ignore[arg-type]


def named_term(term: Term, program: Program) -> str:
    """The term with the program's own names of operators."""
    text = show_term(term)
    shown = show(derived(term.operator))
    name = operator_name(program, term.operator) if term.source == "data" else ""
    return text.replace(f"‖{shown} ", f"‖{name} ", 1).replace(f"({shown} ", f"({name} ", 1) if name else text


def pieces(planned: Planned, wanted: EstimatorOf) -> Section:
    items: list[Item] = []
    for operator in planned.operators:
        facts = describe_operator(operator)
        items.append(Line(operator.named.name, "=", show(operator.forward), facts))
    seen: set[str] = set()
    for term in wanted.terms:
        symbol = show_term(term).removeprefix(f"{show_value(term.weight)} ")
        if symbol in seen or term.source == "data":
            continue
        seen.add(symbol)
        bound = norm_squared_bound(derive(term.operator).result)
        norm = f" · ‖K‖² ≤ {show_value(bound[0])}" if bound is not None and show(term.operator) not in ("I", "") else ""
        items.append(
            Line(symbol, because=f"convex{norm}" if term.is_convex else "smooth" if term.atom.has("smooth") else "not convex")
        )
    return Section("What the pieces are", tuple(items))


def describe_operator(planned: PlannedOperator) -> str:
    """Linear, how it is diagonal, how large it is."""
    bound = norm_squared_bound(planned.forward)
    facts = [basis(planned)]
    if bound is not None:
        facts.append(f"‖{planned.named.name}‖² {'=' if bound[1] else '≤'} {show_value(bound[0])}")
    return " · ".join(filter(None, facts))


def basis(planned: PlannedOperator) -> str:
    text = show(planned.gram)
    if text == "I":
        return "an isometry"
    leaves = [w for w in text.split() if w and w[0].isalpha()]
    if planned.solved.how == "closed form" and leaves and leaves[0].endswith("ᴴ") and leaves[-1] == leaves[0][:-1]:
        return f"diagonal under {leaves[-1]}"
    return "its Gram is diagonal" if planned.solved.how == "closed form" else ""


def simplifies(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None) -> Section:
    items: list[Item] = []
    for operator in planned.operators:
        name = operator.named.name
        chain = derive(Compose((Adjoint(operator.forward), operator.forward)))
        items += chain_lines(f"{name}ᴴ {name}", chain)
        if operator.solved.is_closed:
            text = show(operator.solved.operator)
            items.append(Line(f"({name}ᴴ {name} + ρ I)⁻¹", "=", text, operator.solved.because))
    if chosen is not None:
        items += other_forms(chosen)
        for solved in chosen.record.solves:
            forward = show(in_letters(solved.forward, chosen))
            if solved.is_closed:
                items.append(Line(f"({forward})⁻¹", "=", show(in_letters(solved.operator, chosen)), solved.because))
            else:
                items.append(Line(f"({forward})⁻¹", because=f"conjugate gradients: {solved.because}"))
    if uses_half(planned):
        items.append(Line("F on real images keeps half a spectrum", because="the images and the kernels are real"))
    return Section("What simplifies", tuple(dict.fromkeys(items)))


def other_forms(chosen: Chosen) -> list[Item]:
    """Maps that were written another way so that the linear system has a closed form."""
    lines: list[Item] = []
    written = {t.text: derive(t.operator).result for _, terms in chosen.fitted.groups for t in terms}
    for slot in chosen.contract.slots:
        if slot.through is None:
            continue
        kept = chosen.fitted.names[slot.role].terms
        operator = chosen.fitted.names[slot.through].operator
        parts = operator.parts if isinstance(operator, Stack) else (operator,)
        for term, part in zip(kept, parts, strict=True):
            inner = term.operator.inner
            shown = f"{show(inner)} {show(part)}"
            if isinstance(inner, Diagonal) and term.text in written and show(written[term.text]) != shown:
                because = "a mask m takes back what the circular form adds, and the circular form is diagonal under F"
                lines.append(Line(show(written[term.text]), "=", shown, because))
    return lines


def in_letters(operator: Operator, chosen: Chosen) -> Operator:
    """The operator with the algorithm's numbers by their letters instead of their formulas."""
    letters = {v: Known(n, SCALAR, "parameter") for v, n in chosen.names if v.space == SCALAR and not isinstance(v, Known)}

    def renamed(term: Operator) -> Operator:
        match term:
            case Diagonal(value, space):
                return Diagonal(put(value, letters), space)
            case Sum(terms):
                return Sum(tuple((put(c, letters), renamed(t)) for c, t in terms))
        return with_children(term, tuple(map(renamed, children_of(term))))

    return renamed(operator)


def uses_half(planned: Planned) -> bool:
    return any(counts_of_round([f.result], whole=True).real_transforms for f in planned.module.functions)


def chain_lines(left: str, chain: Chain) -> list[Item]:
    """The steps that change what one sees."""
    shown = show(chain.start)
    lines: list[Item] = [Line(left, "=", shown)]
    because = ""
    for step in chain.steps:
        text = show(step.after)
        if step.law not in BOOKKEEPING:
            because = step.because
        if text == shown or step.law in BOOKKEEPING and step is not chain.steps[-1]:
            continue
        lines.append(Line(None, "=", text, because))
        shown = text
    return lines


def algorithm(wanted: EstimatorOf, chosen: Chosen) -> Section:
    contract = chosen.contract
    how = "as asked" if chosen.asked else "chosen"
    items: list[Item] = [Note(f"{contract.name} ({contract.reference}), {how}: {roles(chosen)}")]
    items += [Note(f"{chosen.convergence}{region(chosen)}", indent=1)]
    for name, text in dict.fromkeys(chosen.record.proxes):
        items.append(Note(f"prox of {name}: {text}", indent=1))
    formulas = {p.name.text: p.default for p in chosen.contract.algorithm.parameters if p.default is not None}
    for name, value in chosen.parameters:
        default = getattr(value, "default", None)
        text = f"{default:g}" if default is not None else " ".join(formulas[name].span.text.split())
        items.append(Note(f"{letter(name)} = {text}", indent=1))
    if wanted.stop is not None and not chosen.loop.direct:
        ends = f"ends when {wanted.stop.quantity} < {wanted.stop.tolerance:g}, looked at every {EVERY} rounds"
        items.append(Note(f"{ends}, at the latest after {chosen.iterations}", indent=1))
    if chosen.settling is not None:
        items.append(Note(f"numbers that depend on x are read again after round {chosen.settling.rounds}, then kept", indent=1))
    if chosen.runners or chosen.misfits:
        items.append(Note("Not taken"))
    items += [Entry(n, f"fits; predicted {ratio:.1f} times slower", 1) for n, ratio in chosen.runners]
    items += [Entry(m.name, m.because, 1) for m in chosen.misfits]
    return Section("Which algorithm", tuple(items))


def roles(chosen: Chosen) -> str:
    parts = []
    slots = {s.role: s for s in chosen.contract.slots}
    for role, terms in chosen.fitted.groups:
        if terms:
            through = f" through {slots[role].through}" if slots[role].through else ""
            parts.append(f"{role} = {', '.join(t.label or t.text for t in terms)}{through}")
    return "; ".join(parts)


def region(chosen: Chosen) -> str:
    facts = [f for f in chosen.contract.algorithm.facts if f.name.text == "region"]
    if not facts:
        return ""
    closed = {f.arguments[0].span.text for f in chosen.contract.algorithm.facts if f.name.text == "closed"}
    texts = []
    for fact in facts:
        name, low, high = (" ".join(a.span.text.split()) for a in fact.arguments)
        texts.append(f"{low} < {letter(name)} {'≤' if name in closed else '<'} {'∞' if high == 'inf' else high}")
    return f", for {', '.join(texts)}"


def cost(planned: Planned, wanted: EstimatorOf, chosen: Chosen) -> Section:
    compiled = next(e for e in planned.module.estimators if e.called == wanted.name)
    after = counts_of_round([s.next for s in compiled.states] or [compiled.result])
    before = counts_of_round(as_written(planned, wanted))
    rows = tuple(
        (what, str(getattr(before, key)), str(getattr(after, key)))
        for what, key in Counts.LABELS
        if getattr(before, key) or getattr(after, key)
    )
    return Section("What a round costs", (Table(("", "as written", "as compiled"), rows),))


def as_written(planned: Planned, wanted: EstimatorOf) -> list[Value]:
    """The values of a round at -O0, for the same algorithm."""
    plain = plan_program(planned.program, 0)
    estimator = next((e for e in plain.module.estimators if e.called == wanted.name), None)
    return [s.next for s in estimator.states] if estimator is not None else []
