"""The clause `stop`: `stop when change < 1e-4`, `stop when gap < 1e-4`, `stop when discrepancy`."""

from __future__ import annotations

from typing import Any

from invlang.graph.program import StopOf
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import describe
from invlang.meaning.mistakes import NotExpected, Refused, UnknownChoice, shortened
from invlang.meaning.numbers import as_array, number_of
from invlang.meaning.scope import Scope
from invlang.meaning.synonyms import nearest
from invlang.syntax import tree

QUANTITIES = ("change", "gap", "discrepancy")
WANTED = "a test such as `change < 1e-4`, `gap < 1e-4` or `discrepancy`"


def when_to_end(clause: tree.Clause, statement: tree.Reconstruct, scope: Scope) -> StopOf:
    """What is measured while an estimator runs, and below which value it ends."""
    if statement.verb == "estimate":
        raise Refused(NotExpected(clause.span, "`stop` where nothing is repeated", "`stop` in a block that minimises"))
    if len(clause.arguments) != 1 or clause.arguments[0].name is not None:
        raise Refused(NotExpected(clause.span, f"`{shortened(clause.span.text)}`", f"{WANTED} after `stop when`"))
    node = clause.arguments[0].value
    if not isinstance(node, tree.Comparison) or is_alone(node):
        quantity = quantity_of(node.left if isinstance(node, tree.Comparison) else node)
        if quantity != "discrepancy":
            hint = f"`stop when {quantity} < 1e-4`"
            raise Refused(NotExpected(node.span, f"`{quantity}` alone", f"how small `{quantity}` must be", hint))
        return StopOf(quantity, 1.0, clause.span)
    quantity = quantity_of(node.left)
    if node.operator not in ("<", "<="):
        hint = f"`stop when {quantity} < {shortened(node.right.span.text)}`"
        raise Refused(NotExpected(node.span, f"`{node.operator}`", f"`<`: `{quantity}` falls from round to round", hint))
    return StopOf(quantity, tolerance_of(node.right, scope), clause.span)


def is_alone(node: tree.Comparison) -> bool:
    """A test without a comparison is read as one with `true`."""
    return node.operator == "==" and isinstance(node.right, tree.Name) and node.right.span == node.left.span


def quantity_of(node: Any) -> str:
    if not isinstance(node, tree.Name):
        raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`", WANTED))
    if node.text not in QUANTITIES:
        raise Refused(UnknownChoice(node.span, node.text, "stop when", QUANTITIES, nearest(node.text, QUANTITIES)))
    return node.text


def tolerance_of(node: Any, scope: Scope) -> float:
    meaning = as_array(evaluate(node, scope))
    found = number_of(meaning)
    if not isinstance(found, int | float) or not found > 0:
        told = describe(meaning) if found is None else f"{found:g}"
        raise Refused(NotExpected(node.span, told, "a number above 0"))
    return float(found)
