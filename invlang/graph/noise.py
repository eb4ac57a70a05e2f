"""A noise law at one measurement, as formulas of any mean and any data: what everything else of it follows from.  Data only."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.graph.functionals import Term
from invlang.graph.spaces import AnySpace
from invlang.graph.values import Known, Value


@dataclass(frozen=True)
class NoiseForms:
    """mean, data, stabilised: what the formulas are in terms of, an argument for each part of the data.

    terms: −log p(data | ·) as terms of an objective of the mean, empty where the law has no density.
    formulas: by name, those that the law declares, in terms of the arguments.
    exact_risk: the law claims Stein's identity with its variance, ⟨f(y), y − mean⟩ = ⟨variance(y), ∂f(y)⟩ on average.
    """

    space: AnySpace
    mean: tuple[Known, ...]
    data: tuple[Known, ...]
    stabilised: tuple[Known, ...]
    terms: tuple[Term, ...]
    formulas: dict[str, Value]
    exact_risk: bool
