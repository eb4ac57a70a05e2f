"""What depends on whose turn it is and on nothing else that changes is worked out before the loop, once for each part of the data."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.spaces import Product
from invlang.graph.values import Apply, Call, Iterative, Value, Variable, inside, operands_of
from invlang.plan.products import parts
from invlang.plan.steps import ORDER, ROUND, TURN, Estimator, State
from invlang.plan.subsets import count_in
from invlang.rules.derivative import put
from invlang.rules.facts import claims


def tabled(estimator: Estimator) -> Estimator:
    """The estimator with tables of what its visits to the parts have in common from sweep to sweep."""
    if estimator.visits is None:
        return estimator
    count = count_in(estimator.visits)
    nexts = [s.next for s in estimator.states]
    whose = next((v for v in inside(*nexts) if is_drawn(v)), ROUND)
    is_of_turn = lambda value: free_variables(value, {whose: frozenset({ROUND})}) == {ROUND}
    wholes = inside(*nexts, stop=is_of_turn)
    tables: dict[Value, Value] = {}
    for value in wholes:
        if value is not whose and is_of_turn(value) and not isinstance(value.space, Product) and is_work(value):
            each = Iterative("each_turn", TURN, put(value, {whose: TURN}, {}), (), (("count", count),), value.space)
            tables[value] = Call("turns", "of_turn", (each, whose), (("count", count),), value.space)
    memory: dict[Value, Value] = {}
    states = tuple(State(s.variable, s.start, put(s.next, tables, memory)) for s in estimator.states)
    names = tuple((put(v, tables, memory), n) for v, n in estimator.names)
    return replace(estimator, states=states, names=names)


def is_drawn(value: Value) -> bool:
    """Whose turn it is, where that is drawn."""
    return isinstance(value, Call) and ORDER in value.operands


def free_variables(value: Value, memory: dict[Value, frozenset[Value]]) -> frozenset[Value]:
    """What a value is in terms of; not the bound variables of functions in it."""
    if value not in memory:
        own: frozenset[Value] = frozenset({value}) if isinstance(value, Variable) else frozenset()
        found = own.union(*(free_variables(o, memory) for o in operands_of(value)))
        bound = parts(value.variable) if isinstance(value, Iterative) else ()
        memory[value] = found.difference(bound)
    return memory[value]


def is_work(value: Value) -> bool:
    """Whether it takes more than looking at some of the entries of an array."""
    maps = (v.leaf for v in (value, *inside(value)) if isinstance(v, Apply))
    return any(not claims(leaf, "selection") for leaf in maps)
