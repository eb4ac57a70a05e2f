"""Leaving out an unknown whose best value is known in closed form for any value of the others: partial minimisation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invlang.graph.apply import apply
from invlang.graph.arithmetic import ONE, add, is_positive, multiply, negate
from invlang.graph.functionals import Term
from invlang.graph.operators import Adjoint, Compose, Operator, Row, Sum, Zero
from invlang.graph.program import EstimatorOf, Program
from invlang.graph.values import Bundle, Value
from invlang.plan.starts import starting_point
from invlang.rules.facts import scaled_identity
from invlang.rules.inverse import solve
from invlang.rules.parts import acts_on
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify


@dataclass(frozen=True)
class Eliminated:
    """The best value of one unknown, Σ Lⱼ xⱼ + m, for the values xⱼ of the others; and the problem that is left for these.

    name: the unknown's;  index: its place;  maps: Lⱼ;  offset: m, or None;  because: how its normal equations are solved.
    """

    name: str
    index: int
    maps: tuple[Operator, ...]
    offset: Value | None
    because: str
    wanted: EstimatorOf
    program: Program

    def completed(self, others: Value) -> Bundle:
        """All unknowns, in their order."""
        parts = others.parts if isinstance(others, Bundle) else (others,)
        images = [apply(normal(m, 2), p) for m, p in zip(self.maps, parts, strict=True) if not isinstance(m, Zero)]
        best = add(*images, *(() if self.offset is None else (self.offset,)))
        return Bundle((*parts[: self.index], best, *parts[self.index :]))


def eliminated(wanted: EstimatorOf, program: Program) -> Eliminated | None:
    """The first unknown that can be left out: nothing but squares see it, and its normal equations have a closed form."""
    if len(program.unknowns) < 2 or wanted.stop is not None or wanted.choice is not None or wanted.nonconvex:
        return None
    terms = tuple(replace(t, operator=simplify(t.operator)) for t in wanted.terms)
    if not all(isinstance(t.operator, Row) and len(t.operator.parts) == len(program.unknowns) for t in terms):
        return None
    start = starting_point(wanted, program)
    for index in range(len(program.unknowns)):
        found = without(index, terms, start, wanted, program)
        if found is not None:
            return found
    return None


def without(index: int, terms: tuple[Term, ...], start: Value | None, wanted: EstimatorOf, program: Program) -> Eliminated | None:
    seeing = tuple(t for t in terms if acts_on(t.operator, index))
    mixed = [t for t in seeing if any(acts_on(t.operator, j) for j in range(len(program.unknowns)) if j != index)]
    if not mixed or not isinstance(start, Bundle) or not all(t.atom.has("quadratic") and is_positive(t.weight) for t in seeing):
        return None
    own = tuple((t.weight, part(t, index)) for t in seeing)
    if not any(scaled_identity(simplify(Compose((Adjoint(b), b)))) is not None for _, b in own):
        return None
    solved = solve(own, None)
    if not solved.is_closed:
        return None
    others = [j for j in range(len(program.unknowns)) if j != index]
    maps = tuple(simplify(Sum(((negate(ONE), Compose((solved.operator, pulled(seeing, index, j)))),))) for j in others)
    backs = [multiply(t.weight, apply(normal(Adjoint(part(t, index)), 2), t.offset)) for t in seeing if t.offset is not None]
    offset = negate(apply(solved.operator, add(*backs))) if backs else None
    left = tuple(reduced(t, index, others, maps, offset) for t in terms)
    variables = tuple(program.variable.parts[j] for j in others)  # type: ignore[attr-defined]
    small = replace(
        program,
        unknowns=tuple(program.unknowns[j] for j in others),
        variable=variables[0] if len(variables) == 1 else Bundle(variables),
    )
    asked = replace(wanted, terms=left, start=tuple(start.parts[j] for j in others))
    return Eliminated(program.unknowns[index].name, index, maps, offset, solved.because, asked, small)


def part(term: Term, index: int) -> Operator:
    assert isinstance(term.operator, Row)
    return term.operator.parts[index]


def pulled(seeing: tuple[Term, ...], index: int, other: int) -> Operator:
    """Σ wᵢ Bᵢᴴ Aᵢⱼ"""
    return Sum(tuple((t.weight, Compose((Adjoint(part(t, index)), part(t, other)))) for t in seeing))


def reduced(term: Term, index: int, others: list[int], maps: tuple[Operator, ...], offset: Value | None) -> Term:
    """‖A x + B z + c‖² with z = L x + m: its operator is A + B L, its offset c + B m."""
    own = part(term, index)
    parts = [part(term, j) for j in others]
    if acts_on(term.operator, index):
        parts = [simplify(Sum(((ONE, p), (ONE, Compose((own, m)))))) for p, m in zip(parts, maps, strict=True)]
        moved = [] if offset is None else [apply(normal(own, 2), offset)]
        constants = [*moved, *([] if term.offset is None else [term.offset])]
        term = replace(term, offset=add(*constants) if constants else None)
    return replace(term, operator=parts[0] if len(parts) == 1 else Row(tuple(parts)))
