"""The parsing machine: shifts and reduces by the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from invlang.syntax.tables import Rule, Tables
from invlang.syntax.token import Token


class Unreadable(Exception):
    """The token at `index` cannot follow those before it; expected: the terminals that could."""

    def __init__(self, index: int, expected: frozenset[str]):
        self.index, self.expected = index, expected
        super().__init__(f"token {index}")


class _Spliced(list):
    """The children of a rule that makes no node of its own."""


def run(tables: Tables, tokens: Sequence[Token], start: str, actions: dict[str, Callable[[list], Any]]) -> Any:
    """What the actions make of the tokens, the last of which has the type "$END".

    Raises Unreadable at the first token that does not fit, and whatever the actions raise.
    """
    states, rules, end = tables.states, tables.rules, tables.ends[start]
    stack, values = [tables.starts[start]], []
    for index, token in enumerate(tokens):
        kind = token.type
        while True:
            step = states[stack[-1]].get(kind)
            if step is None:
                raise Unreadable(index, _acceptable(tables, stack))
            if step >= 0:
                stack.append(step)
                values.append(token)
                break
            rule = rules[-1 - step]
            size = rule.size
            if size == 1 and rule.only_if_many:
                stack.pop()
            else:
                children = values[len(values) - size :] if size else []
                if size:
                    del stack[-size:], values[-size:]
                values.append(_reduced(rule, children, actions))
            stack.append(states[stack[-1]][rule.origin])
            if kind == "$END" and stack[-1] == end:
                return values[-1]
    raise AssertionError("the tokens end without $END")


def _reduced(rule: Rule, children: list, actions: dict[str, Callable[[list], object]]) -> object:
    for place in rule.missing:
        children.insert(place, None)
    if any(type(child) is _Spliced for child in children):
        children = [inner for child in children for inner in (child if type(child) is _Spliced else (child,))]
    if rule.action == "*":
        return _Spliced(children)
    if rule.only_if_many and len(children) == 1:
        return children[0]
    return actions[rule.action](children)


def _acceptable(tables: Tables, stack: list[int]) -> frozenset[str]:
    """The terminals that could come next, looking through the reductions that each would cause."""
    return frozenset(symbol for symbol in tables.states[stack[-1]] if _is_terminal(symbol) and _is_shifted(tables, stack, symbol))


def _is_terminal(symbol: str) -> bool:
    return symbol.isupper() and not symbol.startswith("_")


def _is_shifted(tables: Tables, stack: list[int], symbol: str) -> bool:
    stack = list(stack)
    while True:
        step = tables.states[stack[-1]].get(symbol)
        if step is None or step >= 0:
            return step is not None
        rule = tables.rules[-1 - step]
        if rule.size:
            del stack[-rule.size :]
        goto = tables.states[stack[-1]][rule.origin]
        stack.append(goto)
        if symbol == "$END" and goto in tables.ends.values():
            return True
