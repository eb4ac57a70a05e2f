"""What a plan is: functions and loops over values, ready to be written out.  Data only."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from invlang.graph.spaces import Space
from invlang.graph.values import Known, Value, Variable

ROUND = Variable("k", Space("integer"))
TURN = Variable("turn", Space("integer"), settled=True)
"""The number of the round, from 0; and of a part of the data, likewise."""
ORDER = Variable("order", Space("integer"), settled=True)
"""Which stream the order of the parts is drawn from, as a whole number: the estimator's own, of the program's seed."""


@dataclass(frozen=True)
class Function:
    """A method of the model: `A`, `A_adjoint`, `A_gram`, `A_solve`, `mean_of_y`, `simulate`, …

    arguments: what the caller passes, in order (origin "argument" or "data").  result: a value, or a Bundle (returned as a tuple).
    comment: one line of mathematics to stand beside it, such as `Aᴴ A = Fᴴ |ĥ|² F`.
    """

    name: str
    arguments: tuple[Known, ...]
    result: Value
    comment: str = ""
    doc: str = ""


@dataclass(frozen=True)
class State:
    """A loop variable: where it starts (in terms of data), and its next value (in terms of all variables of before the round)."""

    variable: Value
    start: Value
    next: Value


@dataclass(frozen=True)
class Settling:
    """What is read off an iterate twice and kept from then on: when the loop begins, and once more after some rounds.

    iterate: a loop variable;  point: the settled variable that stands for it where it is read;  rounds: until the second reading.
    """

    iterate: Value
    point: Value
    rounds: int


@dataclass(frozen=True)
class Stopping:
    """When a loop ends before its last round: every `every` rounds `value` (one a sample) is compared with a tolerance.

    seen: variables for what the result was when it was last looked at, where `value` speaks of that.
    """

    quantity: str
    value: Value
    tolerance: float
    every: int
    seen: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Implicit:
    """How a result is differentiated without its rounds.  value: the result with its derivatives, or None where one more round tells them."""

    value: Value | None


@dataclass(frozen=True)
class Estimator:
    """An estimator as a loop.  result: in terms of the variables after the last round (and data).

    title: the objective, one line.  doc: further lines (algorithm, reference, why it converges, cost of an iteration).
    parameters: its own numbers with defaults (weight, step, …); iterations: rounds by default, 0 where the result is direct.
    stopping: when it ends before its last round.  settling: which numbers of the loop are read off its iterate, and when.  objective: in terms of `unknown` (a Variable) and the data.  names: how values were called in the algorithm, for readable code.
    comments: lines of mathematics that belong to values.  name: of its class;  called: how the program calls it.
    implicit: how it is differentiated, where not round by round.
    in_basis: the loop keeps the transforms of its images, where its rounds are diagonal.
    visits: rounds of the loop to one of `iterations`, where that counts sweeps through the parts of the data.
    """

    name: str
    title: str
    doc: tuple[str, ...]
    parameters: tuple[Known, ...]
    data: tuple[Known, ...]
    states: tuple[State, ...]
    result: Value
    iterations: int
    unknown: Value
    objective: Value | None = None
    names: tuple[tuple[Value, str], ...] = ()
    comments: tuple[tuple[Value, str], ...] = ()
    settling: Settling | None = None
    called: str = ""
    stopping: Stopping | None = None
    visits: Value | None = None
    implicit: Implicit | None = None
    in_basis: bool = False


@dataclass(frozen=True)
class GivenArray:
    """An array the model is built from.  default: the value it has when the caller passes none (a Call or Random), or None."""

    known: Known
    default: Value | None = None


@dataclass(frozen=True)
class ModelModule:
    """A whole generated module.  dims: the sizes the constructor is told, those that no given's shape fixes."""

    name: str
    file: str
    doc: str
    summary: tuple[str, ...]
    dims: tuple[sympy.Symbol, ...]
    givens: tuple[GivenArray, ...]
    parameters: tuple[Known, ...]
    functions: tuple[Function, ...]
    estimators: tuple[Estimator, ...]
    names: tuple[tuple[Value, str], ...] = ()
    comments: tuple[tuple[Value, str], ...] = ()
