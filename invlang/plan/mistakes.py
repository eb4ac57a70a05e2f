"""What can be wrong with a plan: an algorithm that does not fit, a step outside its region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from invlang.meaning.mistakes import Mistake

NOT_CONVEX = "the data are not linear in the unknown, so that it is not convex and may have minima that are not the lowest"
REVERSED = "a term has a weight below zero, and minus a convex term is not convex: the objective may have no least value"
NO_STEP = "has no known Lipschitz constant"
CURVED = "is not convex, so that there may be minima that are not the lowest"


def not_convex(label: str) -> str:
    """Why a term stands in the way of the promise of a least value."""
    return f"{label} {CURVED}"


@dataclass(frozen=True)
class DoesNotFitObjective(Mistake):
    """`by X` asks for an algorithm whose roles the objective does not fill."""

    algorithm: str
    because: str
    nearest: str | None
    code: ClassVar[str] = "E0701"
    page: ClassVar[str] = (
        "Each algorithm solves objectives of one shape, its template: FISTA solves f(x) + g(x) with a smooth convex f and a g whose\n"
        "prox has a closed form.  Leave `by` out and the compiler chooses one that fits; `invlang explain` says why."
    )

    def headline(self) -> str:
        return f"{self.algorithm} does not fit this objective: {self.because}"

    def help(self) -> str | None:
        if self.because.endswith(CURVED):
            return "a stationary point is enough? then write `nonconvex` beside `by`"
        if self.because in (NOT_CONVEX, REVERSED):
            return "a stationary point is enough? then write `nonconvex` beside `by`, and perhaps `start` and where to begin"
        if self.nearest:
            return f"{self.nearest} fits: write `by {self.nearest}`, or leave `by` out"
        return f"with a step of your own it runs: `by {self.algorithm}(step = 0.001)`" if NO_STEP in self.because else None


@dataclass(frozen=True)
class NothingFits(Mistake):
    """No algorithm of the library solves the objective."""

    reasons: tuple[tuple[str, str], ...]
    code: ClassVar[str] = "E0702"
    page: ClassVar[str] = (
        "The compiler found no algorithm that provably solves this objective.  The notes say what each lacked.  Often a smooth\n"
        "version of a term (TV_smooth) or a convex one helps."
    )

    def headline(self) -> str:
        return "no algorithm of the library solves this objective"

    def notes(self) -> tuple[str, ...]:
        if len({why for _, why in self.reasons}) == 1:
            return (self.reasons[0][1],)
        width = max((len(n) for n, _ in self.reasons), default=0)
        return tuple(f"{n.ljust(width)}  {why}" for n, why in self.reasons)

    def help(self) -> str | None:
        if any(why.endswith(CURVED) for _, why in self.reasons):
            return "a stationary point is enough? then write `nonconvex`"
        if any(why in (NOT_CONVEX, REVERSED) for _, why in self.reasons):
            return "a stationary point is enough? then write `nonconvex`, and an algorithm with a step: `by GD(step = 0.001)`"
        needy = next((n for n, why in self.reasons if n in ("GD", "PGD") and NO_STEP in why), None)
        return f"with a step of your own {needy} runs: `by {needy}(step = 0.001)`" if needy else None


@dataclass(frozen=True)
class CannotStop(Mistake):
    """What `stop when` asks for cannot be measured here."""

    quantity: str
    because: str
    code: ClassVar[str] = "E0704"
    page: ClassVar[str] = (
        "A loop ends before its last round when what is measured along the way is small enough: `change`, how far x moved since it was\n"
        "last looked at; `gap`, how far a convex objective can be above its least value; `discrepancy`, the misfit of the data over\n"
        "what noise explains.  `change` can always be measured."
    )

    def headline(self) -> str:
        return f"`{self.quantity}` cannot be measured here: {self.because}"

    def help(self) -> str | None:
        return "`stop when change < 1e-4` looks at x alone"


@dataclass(frozen=True)
class CannotDifferentiate(Mistake):
    """`implicit` beside an algorithm whose rounds do not stand still at the solution."""

    algorithm: str
    code: ClassVar[str] = "E0705"
    page: ClassVar[str] = (
        "`implicit` differentiates the minimiser: where every term has a gradient by the Hessian, else by the round of an algorithm that\n"
        "leaves a solution where it is.  One that takes a part of the data a round, or whose penalty grows, does not; without\n"
        "`implicit` its rounds are differentiated, and memory grows with them."
    )

    def headline(self) -> str:
        return f"{self.algorithm} does not stand still at a solution, so that no round of it tells the derivatives"

    def help(self) -> str | None:
        return "leave `by` out, or take `implicit` away: then all rounds are differentiated"


@dataclass(frozen=True)
class StepOutside(Mistake):
    """A number of an algorithm lies outside the region where it converges.  closed: the upper end still belongs to it."""

    algorithm: str
    name: str
    value: float
    lower: float
    upper: float
    closed: bool
    why: str
    code: ClassVar[str] = "E0703"
    page: ClassVar[str] = (
        "A step that is too long makes an algorithm diverge.  Each algorithm says in which region it converges; without the argument\n"
        "the compiler takes the best step of the region."
    )

    def headline(self) -> str:
        return f"{self.algorithm} does not converge with {self.name} = {self.value:g}"

    def notes(self) -> tuple[str, ...]:
        end = f"{'≤' if self.closed else '<'} {self.upper:.4g}"
        return (f"it converges for {self.lower:g} < {self.name} {end}{', which is ' + self.why if self.why else ''}",)

    def help(self) -> str | None:
        return f"leave `{self.name}` out: the compiler chooses it"
