"""Which algorithms fit an objective, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product as cartesian
from typing import Any

from invlang.graph.arithmetic import is_number
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.values import variable
from invlang.meaning.mistake import shortened
from invlang.plan.contracts import Contract, Slot
from invlang.plan.forms import best_forms, in_parts, peel, step_symbol
from invlang.plan.gradient import gram
from invlang.plan.linearised import residual_of
from invlang.plan.magnitudes import has_lipschitz
from invlang.plan.misfits import Misfit
from invlang.plan.roles import Map, Role
from invlang.plan.turning import alone, counted
from invlang.rules.facts import scaled_identity
from invlang.rules.inverse import Refusal, solve
from invlang.rules.proximal import is_box, is_quadratic, prox
from invlang.rules.simplify import simplify
from invlang.rules.theorems import has_no_entry_below_zero

FEW = 6  # terms of an objective that are assigned to roles in every way
ZERO_HAS = (
    "proximable",
    "positivity",
    "positivities",
    "box",
    "quadratic",
    "penalty",
)  # traits of the functional that is 0 everywhere


@dataclass(frozen=True)
class Fit:
    """An assignment of terms to roles that a contract accepts.  names: the roles and maps of the algorithm's text."""

    contract: Contract
    names: dict[str, Any]
    groups: tuple[tuple[str, tuple[Term, ...]], ...]
    inner_solves: int


Groups = dict[Slot, tuple[Term, ...]]


def fit(contract: Contract, terms: tuple[Term, ...], level: int = 2) -> Fit | Misfit:
    """The best assignment of the terms to the contract's roles."""
    found = [f for _, f in ways_to_fit(contract, terms, level)]
    fitting = [f for f in found if isinstance(f, Fit)]
    if fitting:
        return min(fitting, key=rank)
    reasons = [f.because for f in found if isinstance(f, Misfit)]
    return Misfit(contract.name, most_telling(reasons) or too_few(contract, terms))


def ways_to_fit(contract: Contract, terms: tuple[Term, ...], level: int = 2) -> Iterator[tuple[Groups, Fit | Misfit]]:
    """Every assignment of the terms to the roles that leaves none empty that must not be, and what comes of it."""
    kinds = kinds_of(contract, terms, level) if len(terms) > FEW else tuple(range(len(terms)))
    for choice in cartesian(contract.slots, repeat=len(set(kinds))):
        groups = {s: tuple(t for t, kind in zip(terms, kinds, strict=True) if choice[kind] is s) for s in contract.slots}
        if all(groups[s] or may_be_empty(s) for s in contract.slots):
            yield groups, check_groups(contract, groups, level)


def kinds_of(contract: Contract, terms: tuple[Term, ...], level: int) -> tuple[int, ...]:
    """A number for each of many terms, the same for those that play one role together: squares, and what could play the same roles."""
    numbers: dict[object, int] = {}
    alone = [(is_quadratic(t), tuple(refuse(s, played(s, (t,)), level) is None for s in contract.slots)) for t in terms]
    return tuple(numbers.setdefault("squares" if square else roles, len(numbers)) for square, roles in alone)


def played(slot: Slot, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms as they play a role: through a map, a measurement of several parts does so part by part."""
    return terms if slot.through is None else tuple(p for t in terms for p in in_parts(t))


def rank(found: Fit) -> tuple[int, int, int]:
    """Fewer inner solves first, then fewer gradients without a known Lipschitz constant, then fewer terms on the dual side."""
    slots = {s.role: s for s in found.contract.slots}
    dual = sum(len(terms) for role, terms in found.groups if slots[role].through)
    steep = sum(not has_lipschitz(t) for role, terms in found.groups if "smooth" in slots[role].traits for t in terms)
    return found.inner_solves, steep, dual


def may_be_empty(slot: Slot) -> bool:
    """Whether 0 can play the role."""
    return slot.through is None and "isotropic" not in slot.traits and any(t in slot.traits for t in ZERO_HAS)


def too_few(contract: Contract, terms: tuple[Term, ...]) -> str:
    wanted = " + ".join(f"{s.role}({s.through} x)" if s.through else f"{s.role}(x)" for s in contract.slots)
    return f"it wants {wanted}, and the objective has {len(terms)} term{'s' if len(terms) > 1 else ''}"


def most_telling(reasons: list[str]) -> str | None:
    """The reason that is about the fewest obstacles: the last one found for the most natural assignment."""
    return min(reasons, key=len) if reasons else None


def check_groups(contract: Contract, groups: Groups, level: int) -> Fit | Misfit:
    names: dict[str, Any] = {}
    groups = {s: played(s, terms) for s, terms in groups.items()}
    for slot, terms in groups.items():
        because = refuse(slot, terms, level)
        if because is not None:
            return Misfit(contract.name, because)
        if slot.through is None:
            names[slot.role] = Role(terms)
        else:
            peeled, operator = peel(terms)
            names[slot.role], names[slot.through] = Role(peeled), Map(operator)
    solves = 0
    squares = quadratic_slot(contract, groups)
    if squares is not None:
        names, solves = with_best_forms(groups, names, squares)
    return Fit(contract, names, tuple((s.role, t) for s, t in groups.items()), solves)


def refuse(slot: Slot, terms: tuple[Term, ...], level: int) -> str | None:
    """Why the terms cannot play a role, or None."""
    for trait in slot.traits:
        for term in terms:
            because = lacks(term, trait, slot)
            if because is not None:
                return because
    if "nonnegative" in slot.of_map:
        below = next((t for t in terms if not has_no_entry_below_zero(simplify(t.operator))), None)
        if below is not None:
            return f"the map in {below.label or below.text} is not known to have no entries below zero"
    if "isotropic" in slot.traits and not is_isotropic(terms):
        return f"{terms[0].label or terms[0].text} is not equally curved in every direction"
    if terms and ("proximable" in slot.traits or "prior" in slot.traits):
        return lacks_prox(slot, terms, level)
    if "solvable" in slot.traits:
        squares = tuple((t.weight, simplify(t.operator)) for t in terms)
        solved = solve(squares, None, 2)
        if not solved.is_closed:
            return f"its normal equations have no closed form: {solved.because}"
        if not surely_positive(terms):
            return "its normal equations may be singular"
    return None


def is_isotropic(terms: tuple[Term, ...]) -> bool:
    """Is the Hessian of these quadratics a multiple of I?"""
    hessian = gram(terms, 2)
    return hessian is not None and scaled_identity(hessian) is not None


def surely_positive(terms: tuple[Term, ...]) -> bool:
    """A quadratic with a multiple of ‖x‖² in it has one solution."""
    return any(scaled_identity(simplify(t.operator)) is not None for t in terms)


def lacks(term: Term, trait: str, slot: Slot) -> str | None:
    written_out = isinstance(term.atom, SmoothAtom) and term.source == "prior"  # as an expression, which has no name of its own
    called = (shortened(term.text) if written_out else term.label) or term.label or "a term"
    match trait:
        case "dataless" if term.source == "data":
            return f"{called} compares with data, which are taken part by part, and {slot.role} does not"
        case "penalty":
            return lacks(term, "smooth", slot) or lacks(term, "convex", slot)
        case "smooth" if not term.atom.has("smooth"):
            return f"{called} has no gradient everywhere, and {slot.role} must be smooth"
        case "convex" | "proximable" | "quadratic" | "poisson" if term.is_reversed:
            return f"{called} has a weight below zero, which makes it not convex"
        case "prior" if not term.atom.has("denoises"):
            return lacks(term, "convex", slot)
        case "proximable" if term.atom.has("denoises"):
            return f"the prox of {called} is an estimate under noise, which minimises nothing"
        case "convex" if not term.atom.has("convex"):
            return f"{called} is not convex" if term.atom.has("nonconvex") else f"{called} is not known to be convex"
        case "quadratic" if not is_quadratic(term):
            return f"{called} is not quadratic, and {slot.role} must be"
        case "positivity" if not is_positivity(term):
            return f"{called} is not the constraint x ≥ 0 that its steps keep by themselves"
        case "positivities" if not is_positivity(alone(term)):
            return f"{called} is not the constraint that an unknown is not below zero, which its steps keep by themselves"
        case "counts" if counted(term) is None:
            return f"{called} is not a Poisson likelihood of a product of unknowns"
        case "squares" if not (term.atom.has("quadratic") or residual_of(term)):
            return f"{called} is not a sum of squares, and {slot.role} must be"
        case "moduli" if not (isinstance(term.atom, SmoothAtom) and term.atom.within is not None):
            return f"{called} is not a sum of (|A x| − a)² with a linear A"
        case "simplex" if not is_simplex(term):
            return f"{called} is not the constraint that entries are not below zero and have a given sum"
        case "box" if not (isinstance(term.atom, Atom) and is_box(term)):
            return f"{called} is not an interval for x, which its steps keep"
        case "poisson" if not term.atom.has("counts"):
            return f"{called} is not a Poisson likelihood"
    return None


def is_positivity(term: Term) -> bool:
    """x ≥ 0 and nothing else."""
    if isinstance(term.atom, SmoothAtom) or not is_box(term):
        return False
    limits = dict(term.atom.arguments)
    return is_number(limits["lower"], 0) and is_number(limits["upper"], float("inf"))


def is_simplex(term: Term) -> bool:
    """A sum of entries of x itself that are not below zero."""
    scale = scaled_identity(simplify(term.operator))
    return isinstance(term.atom, Atom) and term.atom.has("mixture") and is_number(scale, 1) and term.offset is None


def lacks_prox(slot: Slot, terms: tuple[Term, ...], level: int) -> str | None:
    if slot.through is not None:
        peeled, _ = peel(terms)
        for term in peeled:
            block = replace(term, operator=term.operator.inner)  # type: ignore[attr-defined]
            found = prox((block,), step_symbol(), variable("v", block.operator.domain), level)
            if isinstance(found, Refusal):
                return found.because
        return None
    found = prox(terms, step_symbol(), variable("v", terms[0].operator.domain), 2)
    if isinstance(found, Refusal):
        return found.because
    if found.solved is not None and not found.solved.is_closed:
        return f"its prox is a linear solve without a closed form: {found.solved.because}"
    return None


def quadratic_slot(contract: Contract, groups: dict[Slot, tuple[Term, ...]]) -> Slot | None:
    """The role that is solved together with K, as in ADMM."""
    if not any(s.through for s in contract.slots):
        return None
    return next((s for s in groups if "quadratic" in s.traits and s.through is None), None)


def with_best_forms(groups: dict[Slot, tuple[Term, ...]], names: dict[str, Any], quadratic: Slot) -> tuple[dict[str, Any], int]:
    """K written so that it is solved in closed form together with the quadratic role, if it can be; and how many inner solves are left."""
    slot = next(s for s in groups if s.through is not None)
    assert slot.through is not None
    squares = tuple((t.weight, simplify(t.operator)) for t in groups[quadratic] if t.atom.has("quadratic"))
    peeled, operator, solves = best_forms(groups[slot], squares)
    return {**names, slot.role: Role(peeled), slot.through: Map(operator)}, solves
