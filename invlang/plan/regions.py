"""Where a number of an algorithm may lie, and whether the one that was given does."""

from __future__ import annotations

from typing import Any

from invlang.graph.arithmetic import ONE
from invlang.graph.values import Number
from invlang.plan.contracts import Contract
from invlang.plan.lower import evaluate
from invlang.plan.magnitudes import known_number
from invlang.plan.mistakes import StepOutside
from invlang.plan.roles import DoesNotFit, Run
from invlang.source import Span
from invlang.syntax import tree


def region_mistake(
    contract: Contract, name: str, value: Number, span: Span, env: dict[str, Any], record: Run
) -> StepOutside | None:
    """A given number against the region where the algorithm converges, where that region is known now."""
    region = next((f for f in contract.algorithm.facts if is_claim(f, "region", name)), None)
    if region is None:
        return None
    closed = any(is_claim(f, "closed", name) for f in contract.algorithm.facts)
    low, high = (bound(a.value, env, record) for a in region.arguments[1:])
    given = float(value.value.real)
    if not (low is not None and given <= low) and (high is None or given < high or (given == high and closed)):
        return None
    written = region.arguments[2].value
    told = high in (None, float("inf")) or isinstance(written, tree.Number)
    why = "" if told else " ".join(written.span.text.split())
    return StepOutside(span, contract.name, name, given, low or 0.0, high if high is not None else float("inf"), closed, why)


def is_claim(fact: tree.Fact, word: str, parameter: str) -> bool:
    """Whether a claim has that name and speaks of that parameter."""
    about = fact.arguments[0].value if fact.arguments else None
    return fact.name.text == word and isinstance(about, tree.Name) and about.text == parameter


def bound(node: Any, env: dict[str, Any], record: Run) -> float | None:
    """The end of a region, or None where it depends on data, or on a constant that nobody knows."""
    if isinstance(node, tree.Name) and node.text == "inf":
        return float("inf")
    try:
        return known_number(evaluate(node, env, record))
    except DoesNotFit:
        return None


def is_unbounded(contract: Contract, env: dict[str, Any]) -> bool:
    """Whether nobody knows how large a step may be: the smooth part's gradient has no known Lipschitz constant."""
    for fact in contract.algorithm.facts:
        if fact.name.text == "region":
            try:
                evaluate(fact.arguments[2].value, {**env, "inf": ONE}, Run(2))
            except DoesNotFit:
                return True
    return False
