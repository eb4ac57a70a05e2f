"""A program that has been understood: what was measured, what is sought, what is tried.  Data only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from invlang.graph.functionals import Term
from invlang.graph.noise import NoiseForms
from invlang.graph.operators import Operator
from invlang.graph.spaces import AnySpace, Product, Space
from invlang.graph.values import Known, Value, Variable
from invlang.source import Source, Span


@dataclass(frozen=True)
class File:
    """Something to be loaded or made: image("astronaut"), load("mask.npy"), images("folder/")."""

    kind: str
    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class DimOf:
    name: str
    size: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True)
class GivenOf:
    """A known quantity.  default: a value the module can make by itself (a kernel, a mask drawn at random), or None."""

    known: Known
    default: Value | None
    file: File | None
    doc: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True)
class UnknownOf:
    name: str
    space: Space
    interval: tuple[float, float] | None
    span: Span = field(compare=False)


@dataclass(frozen=True)
class NamedOperator:
    """A `let` that is an operator, on the space it is used on."""

    name: str
    operator: Operator
    domain: AnySpace
    codomain: AnySpace
    span: Span = field(compare=False)


@dataclass(frozen=True)
class NamedMap:
    """A map that is not linear: a `let`, or the mean of a measurement.  value: in terms of the variables, one for each argument."""

    name: str
    value: Value
    variables: tuple[Value, ...]
    codomain: AnySpace
    span: Span = field(compare=False)

    @property
    def domain(self) -> AnySpace:
        spaces = tuple(v.space for v in self.variables)
        return spaces[0] if len(spaces) == 1 else Product(spaces)


@dataclass(frozen=True)
class Measurement:
    """data name ~ law(mean, parameters).  value: the data as a value (a bundle where they have several parts).

    operator, offset: where the mean is operator · unknown + offset;  mean: the mean in terms of the unknown's variable.
    sample: a draw, in terms of the unknown's variable.  parameters: the law's numbers.  claims: what the law says of its parameters,
    its mean and its data, as (fact, names).  forms: its formulas of any mean and any data, worked out when they are asked for.
    """

    name: str
    space: AnySpace
    value: Value
    law: str
    operator: Operator | None
    offset: Value | None
    mean: Value
    sample: Value
    parameters: tuple[tuple[str, Value], ...]
    span: Span = field(compare=False)
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    forms: Callable[[], NoiseForms] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class StopOf:
    """stop when quantity < tolerance: change, gap or discrepancy."""

    quantity: str
    tolerance: float
    span: Span = field(compare=False)


@dataclass(frozen=True)
class ChoiceOf:
    """where name = rule(): a number of an objective that the data choose, by discrepancy, gcv, lcurve or sure."""

    name: str
    rule: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class OptionOf:
    """An option after an algorithm, and its arguments."""

    name: str
    arguments: tuple[tuple[str, Any], ...]
    span: Span = field(compare=False)


@dataclass(frozen=True)
class EstimatorOf:
    """reconstruct name { … }.  terms: the objective of minimize;  expression: what estimate evaluates.

    algorithm: the name after `by`, and its arguments; None where the compiler chooses.  options: what stands behind it.
    start: the first iterate, one for each unknown, None where the default is taken.  nonconvex: a stationary point is asked for.
    stop: when to end before the last round.  choice: the number that a rule chooses.
    implicit: derivatives are those of the minimiser, not of the rounds that find it.
    inner: arrays that the objective is minimised over beside the unknowns, which its terms act on after them, and where each begins,
    in terms of the unknowns' variable.
    """

    name: str
    verb: str
    terms: tuple[Term, ...]
    expression: Value | None
    algorithm: str | None
    algorithm_arguments: tuple[tuple[str, Any], ...]
    text: str
    doc: str | None
    span: Span = field(compare=False)
    algorithm_span: Span | None = field(default=None, compare=False)
    not_yet: str | None = None
    start: tuple[Value | None, ...] = ()
    nonconvex: bool = False
    stop: StopOf | None = None
    choice: ChoiceOf | None = None
    inner: tuple[tuple[Variable, Value], ...] = ()
    implicit: bool = False
    options: tuple[OptionOf, ...] = ()


@dataclass(frozen=True)
class EvaluationOf:
    names: tuple[str, ...]
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """name: a Python-like name made of the file's;  unknown: the space and the variable of all unknowns together.

    simulated, pictures: truths to measure, by unknown: from files, and those that the program makes or draws by itself.
    """

    name: str
    source: Source
    doc: str
    dims: tuple[DimOf, ...]
    givens: tuple[GivenOf, ...]
    unknowns: tuple[UnknownOf, ...]
    operators: tuple[NamedOperator, ...]
    measurements: tuple[Measurement, ...]
    observed: tuple[tuple[str, File], ...]
    simulated: tuple[tuple[str, File], ...]
    estimators: tuple[EstimatorOf, ...]
    evaluations: tuple[EvaluationOf, ...]
    variable: Value
    parameters: tuple[Known, ...]
    not_yet: tuple[tuple[Span, str], ...] = ()
    maps: tuple[NamedMap, ...] = ()
    pictures: tuple[tuple[str, Value], ...] = ()

    def estimator(self, name: str) -> EstimatorOf:
        return next(e for e in self.estimators if e.name == name)
