"""What an algorithm's text speaks of while it is run on symbols: functionals in roles, maps, energies, and what a run leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from invlang.graph.arithmetic import ONE
from invlang.graph.functionals import Term
from invlang.graph.operators import Leaf, Operator
from invlang.graph.values import Value
from invlang.plan.misfits import Obstacle
from invlang.plan.steps import State
from invlang.rules.derivative import put
from invlang.rules.facts import scaled_identity
from invlang.rules.inverse import Solved
from invlang.syntax import tree


class DoesNotFit(Exception):
    """An algorithm cannot be written down for an objective; says why in words, and what kind of obstacle it is."""

    def __init__(self, because: str, obstacle: Obstacle = Obstacle.OTHER):
        super().__init__(because)
        self.obstacle = obstacle


@dataclass(frozen=True)
class Role:
    """A functional in an algorithm's text: terms, and what scales or dualises them."""

    terms: tuple[Term, ...]
    scale: Value = ONE
    conjugate: bool = False


@dataclass(frozen=True)
class Map:
    """A linear map in an algorithm's text."""

    operator: Operator


@dataclass(frozen=True)
class Free:
    """operator · v + offset: an expression of the variable of an argmin."""

    operator: Operator
    offset: Value | None


@dataclass(frozen=True)
class Energy:
    """A sum of terms of the variable of an argmin."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Curried:
    """prox(g), grad(f), …: a function that waits for its point.  others: what else it was given."""

    name: str
    role: Role
    others: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Touch:
    """A proximal map that was taken: of which block of a role, scaled by step, at which point, and what it gave.

    terms: the role's own;  block: those of them that act together here, as functionals of the point.
    """

    terms: tuple[Term, ...]
    index: int
    block: tuple[Term, ...]
    step: Value
    point: Value
    value: Value
    conjugate: bool


@dataclass
class Run:
    """One execution.  solves: the linear solves that were used;  names: what values were called;  proxes: how each was found;
    touches: the proximal maps of the loop;  subsets: the choices of parts of the data."""

    level: int
    names: list[tuple[Value, str]] = field(default_factory=list)
    solves: list[Solved] = field(default_factory=list)
    proxes: list[tuple[str, str]] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    subsets: list[Leaf] = field(default_factory=list)

    def keep(self, system: Solved) -> None:
        """Keeps a linear system that is one: dividing by a number is none."""
        if scaled_identity(system.forward) is None:
            self.solves.append(system)


@dataclass(frozen=True)
class Loop:
    """states: the loop variables;  result: what x is in the end, in terms of them;  iterate: the variable of x, if it has one;
    touches: the proximal maps of a round;  carried: what the algorithm's text calls its variables."""

    states: tuple[State, ...]
    result: Value
    direct: bool
    iterate: Value | None = None
    touches: tuple[Touch, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Carried:
    """All that a loop carries from round to round: a value for each of its variables."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Wrapped:
    """An algorithm in the text of an option.  names: its roles and numbers;  loop: what it does, once that is known;
    governing: its variables that a round reads."""

    algorithm: tree.Algorithm
    names: dict[str, Any]
    loop: Loop | None = None
    governing: tuple[State, ...] = ()

    @property
    def called(self) -> dict[str, Value]:
        """The algorithm's own variables, by what its text calls them; they come before those of options."""
        return {} if self.loop is None else {n: s.variable for n, s in zip(self.loop.carried, self.loop.states, strict=False)}

    def after(self, carried: Carried) -> Carried:
        """What is carried after a round from what is carried before it."""
        now = {s.variable: v for s, v in zip(self.governing, carried.values, strict=True) if v is not s.variable}
        return Carried(tuple(put(s.next, now, {}) if now else s.next for s in self.governing))


@dataclass(frozen=True, eq=False)
class Block(Operator):
    """What is left of a term's operator after K was peeled off: it acts on one block of K's codomain.  through: that block of K."""

    inner: Operator
    index: int
    through: Operator

    @property
    def domain(self) -> Any:
        return self.inner.domain

    @property
    def codomain(self) -> Any:
        return self.inner.codomain
