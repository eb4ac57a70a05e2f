"""What the pieces of a derivation are, and what simplifies: facts, Grams, inverses, and the laws behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from invlang.derivation import Item, Line, Section
from invlang.explain_sought import named_operators, named_term, unknowns_of
from invlang.graph.arithmetic import ONE
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, Compose, Diagonal, Identity, Leaf, Operator, Stack, children_of
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.show import show, show_value
from invlang.graph.show_terms import show_applied
from invlang.graph.values import Call, Known, Value, operands_of
from invlang.lettering import abbreviated, in_letters
from invlang.meaning.primitives import text_of
from invlang.plan.attempt import Chosen
from invlang.plan.inner import with_inner
from invlang.plan.module import Planned, PlannedOperator
from invlang.plan.work import REAL, counts, work_of
from invlang.rules.facts import norm_squared_bound
from invlang.rules.inverse import Solved
from invlang.rules.law import Derivation as Chain
from invlang.rules.norms import norm_of
from invlang.rules.simplify import derive

BOOKKEEPING = (
    "flatten-product",
    "identity-in-product",
    "flatten-sum",
    "single-term",
    "zero-in-sum",
    "numbers-to-the-front",
    "adjoint-of-leaf",
    "real-diagonal",
    "shift-by-nothing",
)


# ---- the pieces


def pieces(planned: Planned, wanted: EstimatorOf) -> Section:
    items: list[Item] = []
    for operator in planned.operators:
        items.append(Line(operator.named.name, "=", show(operator.forward), describe_operator(operator)))
    seen: dict[str, Item] = {}
    program, _ = with_inner(planned.program, wanted)
    for term in wanted.terms:
        if term.source != "data":
            shown = show_piece(term, program)
            seen.setdefault(shown, Line(shown, because=describe_term(term, program)))
    return Section("What the pieces are", (*items, *seen.values()))


def show_piece(term: Term, program: Program) -> str:
    """A term without its weight."""
    return named_term(replace(term, weight=ONE), program)


def describe_operator(planned: PlannedOperator) -> str:
    """Linear, how it is diagonal, how large it is."""
    bound = norm_of(planned.forward)
    facts = [basis(planned)]
    if bound is not None:
        facts.append(f"‖{planned.named.name}‖² {'=' if bound[1] else '≤'} {show_value(bound[0])}")
    return " · ".join(filter(None, facts))


def describe_term(term: Term, program: Program) -> str:
    """Convex or not, how large its map is, what its prox does."""
    facts = ["convex" if term.is_convex else "smooth" if term.atom.has("smooth") else "not convex"]
    bound = norm_squared_bound(derive(term.operator).result)
    shown = show_applied(term.operator, unknowns_of(program), named_operators(program))
    head, _, last = shown.rpartition(" ")
    if bound is not None and head and last in unknowns_of(program) and not {*head.split()} & {*unknowns_of(program)}:
        facts.append(f"‖{head}‖² ≤ {show_value(bound[0])}")
    effect = text_of(term.atom.primitive.definition, "effect") if isinstance(term.atom, Atom) else None
    return " · ".join([*facts, *([f"its prox {effect}"] if effect else [])])


def basis(planned: PlannedOperator) -> str:
    text = show(planned.gram)
    if text == "I":
        return "an isometry"
    leaves = [w for w in text.split() if w and w[0].isalpha()]
    if planned.solved.how == "closed form" and leaves and leaves[0].endswith("ᴴ") and leaves[-1] == leaves[0][:-1]:
        return f"diagonal under {leaves[-1]}"
    return "its Gram is diagonal" if planned.solved.how == "closed form" else ""


def legend(planned: Planned, wanted: EstimatorOf, chosen: Chosen | None, sections: tuple[Section, ...]) -> tuple[Item, ...]:
    """What each letter that is shown means, as the library says it."""
    text = " ".join(text_of_item(i) for section in sections for i in section.items)
    operators = (*(o.forward for o in planned.operators), *(t.operator for t in wanted.terms))
    solves = (o for s in chosen.record.solves for o in (s.forward, s.operator)) if chosen is not None else ()
    found: dict[str, str] = {}
    for operator in (*operators, *(derive(o).result for o in operators), *solves):
        for leaf in leaves_in(operator):
            if show(leaf) and re.search(rf"(?<!\w){re.escape(show(leaf))}(?!\w)", text):
                found.setdefault(leaf.primitive.symbol, first_sentence(leaf))
        found |= {show_value(s): f"the spectrum of {show_value(k)}" for s, k in spectra(derive(operator).result)}
    found |= {letter: words for letter, words in LETTERS if letter in text}
    return tuple(Line(symbol, because=words) for symbol, words in found.items())


def spectra(operator: Operator) -> Iterator[tuple[Value, Value]]:
    """The spectra of named kernels on the diagonals, and those kernels."""
    waiting = [operator.value] if isinstance(operator, Diagonal) else []
    while waiting:
        value = waiting.pop()
        waiting += operands_of(value)
        if isinstance(value, Call) and value.function in ("spectrum", "half_spectrum") and isinstance(value.operands[0], Known):
            yield value, value.operands[0]
    for child in children_of(operator):
        yield from spectra(child)


LETTERS = (
    ("Λ", "the eigenvalues of ∇ᴴ ∇, known in closed form"),
    ("χ", "0 where a difference would go around the border, 1 elsewhere"),
    ("ω", "the phases of a shift"),
    ("s²", "the squared singular values of the matrix"),
    ("′", "moved along with the image"),
)


def text_of_item(item: Item) -> str:
    return f"{item.left} {item.right}" if isinstance(item, Line) else getattr(item, "text", "")


def leaves_in(operator: Operator) -> Iterator[Leaf]:
    if isinstance(operator, Leaf):
        yield operator
    for child in children_of(operator):
        yield from leaves_in(child)


def first_sentence(leaf: Leaf) -> str:
    """The beginning of what the library says of a primitive: up to a colon, a comma of remarks or a full stop."""
    said = " ".join((leaf.primitive.definition.doc or "").split())
    sentence = re.split(r"\. |: | \(the last two", said)[0].removesuffix(".")
    return sentence[:1].lower() + sentence[1:]


# ---- what simplifies


def simplifies(planned: Planned, chosen: Chosen | None) -> Section:
    items: list[Item] = []
    for operator in planned.operators:
        name = operator.named.name
        items += chain_lines(f"{name}ᴴ {name}", derive(Compose((Adjoint(operator.forward), operator.forward))))
        if operator.solved.is_closed and not isinstance(operator.gram, Identity):
            items += inverse_lines(f"({name}ᴴ {name} + ρ I)⁻¹", operator.solved, (operator.solved.operator,))
    if chosen is not None:
        items += other_forms(chosen)
        for solved in chosen.record.solves:
            forward, inverse = (in_letters(o, tuple(chosen.names)) for o in (solved.forward, solved.operator))
            items += inverse_lines("", solved, (forward, inverse))
    if counts(work_of(f.result for f in planned.module.functions))[REAL]:
        items.append(Line("F on real images keeps half a spectrum", because="the images and the kernels are real"))
    return Section("What simplifies", tuple(dict.fromkeys(items)))


def inverse_lines(left: str, solved: Solved, operators: tuple[Operator, ...]) -> Iterator[Item]:
    """forward⁻¹ = inverse, because; what both read again and again is called D."""
    operators, called = abbreviated(*operators)
    left = left or f"({unbracketed(operators[0])})⁻¹"
    if not solved.is_closed:
        yield Line(left, because=f"conjugate gradients: {solved.because}")
        return
    yield Line(left, "=", unbracketed(operators[-1]), solved.because)
    for value in called:
        yield Line("D", "=", show_value(value), "for short")


def unbracketed(operator: Operator) -> str:
    return show_value(operator.value) if isinstance(operator, Diagonal) else show(operator)


def other_forms(chosen: Chosen) -> Iterator[Item]:
    """Maps that were written another way so that the linear system has a closed form."""
    written = {t.text: derive(t.operator).result for _, terms in chosen.fitted.groups for t in terms}
    for slot in chosen.contract.slots:
        if slot.through is None:
            continue
        operator = chosen.fitted.names[slot.through].operator
        parts = operator.parts if isinstance(operator, Stack) else (operator,)
        for term, part in zip(chosen.fitted.names[slot.role].terms, parts, strict=True):
            shown = f"{show(term.operator.inner)} {show(part)}"
            if isinstance(term.operator.inner, Diagonal) and term.text in written and show(written[term.text]) != shown:
                yield Line(show(written[term.text]), "=", shown, reason_of_form(written[term.text]))


def reason_of_form(operator: Operator) -> str:
    """Why a primitive may be written the other way, as the library says it beside the form."""
    said = (text_of(leaf.primitive.definition, "form_reason") for leaf in leaves_in(operator))
    return next(filter(None, said), "")


def chain_lines(left: str, chain: Chain) -> list[Item]:
    """The steps that change what one sees; neighbours with one reason are one line."""
    lines: list[Line] = [Line(left, "=", show(chain.start))]
    because = ""
    for step in chain.steps:
        text = show(step.after)
        if step.law not in BOOKKEEPING:
            because = step.because
        if text == lines[-1].right or step.law in BOOKKEEPING and step is not chain.steps[-1]:
            continue
        if lines[-1].because == because and because:
            lines.pop()
        lines.append(Line(None, "=", text, because))
    return list(lines)
