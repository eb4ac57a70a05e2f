"""What can be wrong with a plan: an algorithm that does not fit, a step outside its region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from invlang.meaning.mistakes import Mistake
from invlang.plan.misfits import Misfit, Obstacle

WORD = "a stationary point is enough? then write `nonconvex`"


@dataclass(frozen=True)
class DoesNotFitObjective(Mistake):
    """`by X` asks for an algorithm whose roles the objective does not fill.  finder: the option that finds its step."""

    algorithm: str
    because: str
    obstacle: Obstacle
    nearest: str | None
    finder: str | None = None
    code: ClassVar[str] = "E0701"
    page: ClassVar[str] = (
        "Each algorithm solves objectives of one shape, its template: FISTA solves f(x) + g(x) with a smooth convex f and a g whose\n"
        "prox has a closed form.  Leave `by` out and the compiler chooses one that fits; `invlang explain` says why."
    )

    def headline(self) -> str:
        return f"{self.algorithm} does not fit this objective: {self.because}"

    def help(self) -> str | None:
        match self.obstacle:
            case Obstacle.CURVED:
                return f"{WORD} beside `by`"
            case Obstacle.BENT | Obstacle.REVERSED:
                return f"{WORD} beside `by`, and perhaps `start` and where to begin"
        needy = self.obstacle is Obstacle.NO_STEP
        if needy and self.finder:
            return f"`by {self.algorithm}, {self.finder}` finds a step on the way"
        if self.nearest:
            return f"{self.nearest} fits: write `by {self.nearest}`, or leave `by` out"
        return f"with a step of your own it runs: `by {self.algorithm}(step = 0.001)`" if needy else None


@dataclass(frozen=True)
class NothingFits(Mistake):
    """No algorithm of the library solves the objective.  remedy: what would let one."""

    misfits: tuple[Misfit, ...]
    remedy: str | None = None
    code: ClassVar[str] = "E0702"
    page: ClassVar[str] = (
        "The compiler found no algorithm that provably solves this objective.  The notes say what each lacked.  Often a smooth\n"
        "version of a term (TV_smooth) or a convex one helps."
    )

    def headline(self) -> str:
        return "no algorithm of the library solves this objective"

    def notes(self) -> tuple[str, ...]:
        if len({m.because for m in self.misfits}) == 1:
            return (self.misfits[0].because,)
        width = max((len(m.name) for m in self.misfits), default=0)
        return tuple(f"{m.name.ljust(width)}  {m.because}" for m in self.misfits)

    def help(self) -> str | None:
        return self.remedy


@dataclass(frozen=True)
class FallsWithoutEnd(Mistake):
    """A linear term is the only one that sees an unknown."""

    term: str
    unknown: str
    code: ClassVar[str] = "E0709"
    page: ClassVar[str] = (
        "A linear term, as `sum(x)`, falls for ever in one direction.  Something else has to hold it: data that see all of x, a square, an\n"
        "interval.  Where no other term sees the unknown at all, the objective has no least value, and there is nothing to find.  Where\n"
        "one does and it is not known to be enough, the promise of the algorithm says so."
    )

    def headline(self) -> str:
        return f"`{self.term}` falls without end: no other term sees `{self.unknown}`"

    def help(self) -> str | None:
        return (
            f"an interval holds it, `unknown {self.unknown} : … in [0, 1]`, or a square beside it, `+ 0.1 * sq({self.unknown})`"
        )


@dataclass(frozen=True)
class NothingTakes(Mistake):
    """Options without an algorithm, and none of those that solve the objective is one that they wrap."""

    option: str
    trait: str
    fitting: tuple[str, ...]
    others: tuple[str, ...]
    code: ClassVar[str] = "E0708"
    page: ClassVar[str] = (
        "An option that stands alone, `by AdaptiveRestart`, leaves the choice of the algorithm to the compiler, among those whose rounds it\n"
        "wraps.  Here none of those solves the objective."
    )

    def headline(self) -> str:
        return f"{self.option} wraps algorithms {TRAITS.get(self.trait, self.trait)}, and none of those solves this objective"

    def notes(self) -> tuple[str, ...]:
        return (f"it wraps {', '.join(self.others)}", f"this objective is solved by {', '.join(self.fitting)}")

    def help(self) -> str | None:
        return "without `by` the compiler chooses"


TRAITS = {
    "averaged": "that settle step by step",
    "accelerated": "with a momentum",
    "forward": "that step along a gradient",
    "nonexpansive": "whose rounds are all one map that brings nothing further apart",
}


@dataclass(frozen=True)
class CannotTake(Mistake):
    """An option behind an algorithm whose rounds it does not wrap.  others: those that it does.

    own: the number that does the same;  behind: an option in front of it, after which rounds are no longer what it needs."""

    option: str
    algorithm: str
    trait: str
    others: tuple[str, ...]
    own: str | None
    behind: str | None = None
    code: ClassVar[str] = "E0706"
    page: ClassVar[str] = (
        "An option wraps the rounds of an algorithm, and asks something of them: `AdaptiveRestart` a momentum that it can set back,\n"
        "`Relaxation` a map that is averaged, so that going further than it still converges.  An algorithm claims what it has."
    )

    def headline(self) -> str:
        if self.behind:
            return f"{self.option} cannot stand behind {self.behind}: it wraps algorithms {TRAITS.get(self.trait, self.trait)}"
        if self.own:
            return f"{self.algorithm} goes further than its rounds by a number of its own, so that {self.option} is not for it"
        return f"{self.option} wraps algorithms {TRAITS.get(self.trait, self.trait)}, and {self.algorithm} is none"

    def notes(self) -> tuple[str, ...]:
        return (f"it wraps {', '.join(self.others)}",)

    def help(self) -> str | None:
        return f"write `by {self.algorithm}({self.own} = 1.5)`" if self.own else None


@dataclass(frozen=True)
class FoundOnTheWay(Mistake):
    """A number is given to an algorithm whose option finds it."""

    option: str
    algorithm: str
    name: str
    code: ClassVar[str] = "E0707"
    page: ClassVar[str] = (
        "`Backtracking` finds the step of its algorithm while it runs, and shortens the first one as often as it has to.  So it alone is told\n"
        "where to begin: `by FISTA, Backtracking(first = 0.5)`."
    )

    def headline(self) -> str:
        return f"{self.option} finds `{self.name}` on the way, so that {self.algorithm} is given none"

    def help(self) -> str | None:
        return f"`by {self.algorithm}, {self.option}(first = …)` says where to begin"


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
