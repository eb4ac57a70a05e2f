"""Numbers that the data choose: `minimize fidelity(y) + weight * TV(x) where weight = discrepancy()`."""

from __future__ import annotations

from typing import Any

from invlang.graph.program import ChoiceOf, Measurement
from invlang.graph.spaces import SCALAR, Space
from invlang.graph.values import Known
from invlang.meaning.meanings import Array
from invlang.meaning.mistakes import NotExpected, Refused, WrongArgument
from invlang.syntax import tree

RULES = {
    "discrepancy": "the misfit is what noise explains (Morozov 1966)",
    "gcv": "left-out data are predicted best, generalised cross-validation (Golub, Heath, Wahba 1979)",
    "lcurve": "misfit against prior has its corner (Hansen 1992)",
    "sure": "Stein's estimate of the error is least (Stein 1981; Ramani, Blu, Unser 2008)",
}


def rule_of(node: Any) -> str | None:
    """gcv of `gcv()`; None of anything else."""
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text in RULES:
        return node.function.text
    return None


def chosen_number(name: str) -> Array:
    """The number itself: a parameter of the estimator, 1 as long as nobody says otherwise."""
    return Array(Known(name, SCALAR, "parameter", 1.0, frozenset({"positive"})), SCALAR)


def choice_in(statement: tree.Reconstruct, measurements: tuple[Measurement, ...], unknowns: int) -> ChoiceOf | None:
    """The number of an objective that a rule chooses, if there is one, and whether the rule can be asked."""
    bindings = statement.objective.bindings if isinstance(statement.objective, tree.Where) else ()
    found = [(b, rule) for b in bindings if (rule := rule_of(b.value)) is not None]
    if not found:
        return None
    binding, rule = found[0]
    if len(found) > 1:
        raise Refused(WrongArgument(found[1][0].span, "one number of an objective can be chosen by a rule, this is the second"))
    assert isinstance(binding.value, tree.Call)
    if binding.value.arguments:
        raise Refused(WrongArgument(binding.value.arguments[0].span, f"`{rule}()` takes no arguments"))
    span = binding.value.span
    if not measurements or not all(isinstance(m.space, Space) for m in measurements):
        raise Refused(NotExpected(span, f"`{rule}()` for data of several parts", f"measurements of one part each for `{rule}()`"))
    for measurement in measurements:
        refuse_law(rule, measurement, len(measurements), span)
    return ChoiceOf(binding.name.text, rule, span)


def refuse_law(rule: str, measurement: Measurement, count: int, span: Any) -> None:
    """What a rule asks of the noise law."""
    forms = measurement.forms() if measurement.forms is not None else None
    if (rule == "discrepancy" or count > 1) and (forms is None or "variance" not in forms.formulas):
        hint = "`gcv()` needs none" if count == 1 else "several measurements are added, each over its noise"
        raise Refused(NotExpected(span, measurement.law, f"a noise law with a variance for `{rule}()`", hint))
    if rule == "sure" and (forms is None or not forms.exact_risk):
        raise Refused(NotExpected(span, measurement.law, "a noise law with Stein's identity for `sure()`", "`gcv()` needs none"))
