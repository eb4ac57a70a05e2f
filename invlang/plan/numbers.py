"""The numbers of an algorithm or of an option: those that are given, and the others by their formulas."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import SCALAR
from invlang.graph.values import Known, Number, Value
from invlang.meaning.arguments import choices
from invlang.meaning.meanings import Word
from invlang.plan.contracts import Contract
from invlang.plan.lower import evaluate
from invlang.plan.regions import is_claim, region_mistake
from invlang.plan.roles import Run
from invlang.syntax import tree


def with_parameters(
    contract: Contract, roles: dict[str, Any], start: Value, arguments: Any
) -> tuple[dict[str, Any], list[tuple[str, Value]], Any]:
    """The algorithm's numbers: those given, as parameters; the others by their formulas.  Words are in the first only."""
    names: dict[str, Any] = dict(roles)
    given = {n: v for n, v in arguments if n != "iterations"}
    record = Run(2)
    parameters: list[tuple[str, Value]] = []
    outside = None
    for parameter in contract.algorithm.parameters:
        name = parameter.name.text
        if parameter.default is None or name in roles:
            continue
        if choices(parameter):
            names[name] = given[name][0] if name in given else Word(choices(parameter)[0])
            continue
        if name in given:
            value, span = given[name]
            if isinstance(value, Number) and not is_whole(contract, name):
                outside = outside or region_mistake(contract, name, value, span, {**names, "x": start}, record)
                value = Known(name, SCALAR, "parameter", value.value, frozenset({"positive"}))  # type: ignore[arg-type]
        elif isinstance(parameter.default, tree.Number) and not is_whole(contract, name):
            value = Known(name, SCALAR, "parameter", float(parameter.default.text), frozenset({"positive"}))
        else:
            value = evaluate(parameter.default, {**names, "x": start}, record)
        names[name] = value
        parameters.append((name, value))
    return names, parameters, outside


def is_whole(contract: Contract, name: str) -> bool:
    """Whether a number says how a round is written down, so that it is no parameter of the module."""
    return any(is_claim(f, "whole", name) for f in contract.algorithm.facts)
