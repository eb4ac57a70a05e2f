"""The operator graph of a program, before and after simplification, ready to be drawn."""

from __future__ import annotations

import networkx as nx

from invlang.explain_sought import named_term
from invlang.graph.operators import Compose, Identity, Operator, Stack, Sum
from invlang.graph.program import Program
from invlang.graph.show import show
from invlang.graph.values import Bundle, Value
from invlang.plan.module import Planned, known_in
from invlang.rules.proximal import normal


def program_graph(program: Program, planned: Planned, simplified: bool) -> nx.DiGraph:
    """Unknowns flow through their operators into the data; terms of each objective gather in its estimator."""
    graph = nx.DiGraph()
    for unknown in program.unknowns:
        bounds = "" if unknown.interval is None else f" in [{unknown.interval[0]:g}, {unknown.interval[1]:g}]"
        graph.add_node(f"unknown {unknown.name}", label=f"{unknown.name}", kind="unknown", detail=f"{unknown.space}{bounds}")
    source = f"unknown {program.unknowns[0].name}" if program.unknowns else ""
    for measurement in program.measurements:
        end = f"data {measurement.name}"
        graph.add_node(end, label=measurement.name, kind="data", detail=f"{measurement.law} · {measurement.space}")
        if measurement.operator is not None:
            operator = normal(measurement.operator, 2) if simplified else measurement.operator
            chain(graph, source, end, operator, measurement.name)
        else:
            graph.add_edge(source, end, label="nonlinear")
    for estimator in program.estimators:
        add_estimator(graph, planned, estimator.name, source, simplified)
    return graph


def chain(graph: nx.DiGraph, start: str, end: str, operator: Operator, key: str) -> None:
    """One node for each factor, the first applied nearest the unknown."""
    factors = [f for f in flat(operator) if show(f)]
    previous = start
    for i, factor in enumerate(reversed(factors)):
        node = f"{key} {i}"
        graph.add_node(node, label=short(show(factor)), kind="operator")
        graph.add_edge(previous, node, label="" if i else str(operator.domain))
        previous = node
    graph.add_edge(previous, end)


def flat(operator: Operator) -> list[Operator]:
    match operator:
        case Compose(factors):
            return [g for f in factors for g in flat(f)]
        case Identity():
            return []
        case Sum() | Stack():
            return [operator]
    return [operator]


def short(text: str) -> str:
    return text if len(text) <= 32 else f"{text[:31]}…"


def add_estimator(graph: nx.DiGraph, planned: Planned, name: str, source: str, simplified: bool) -> None:
    wanted = planned.program.estimator(name)
    chosen = dict(planned.chosen).get(name)
    method = f"{chosen.contract.name}" if chosen is not None else wanted.verb
    node = f"estimator {name}"
    graph.add_node(node, label=name, kind="objective", detail=method if simplified else wanted.verb)
    for i, term in enumerate(wanted.terms):
        kind = {"data": "noise", "constraint": "constraint"}.get(term.source, "prior")
        part = f"{name} term {i}"
        graph.add_node(part, label=short(term.text if not simplified else named_term(term, planned.program)), kind=kind)
        origins = [f"data {m.name}" for m in planned.program.measurements if reads(term.offset, m.value)]
        graph.add_edge(origins[0] if term.source == "data" and origins else source, part)
        graph.add_edge(part, node)


def reads(offset: Value | None, data: Value) -> bool:
    if offset is None:
        return False
    parts = data.parts if isinstance(data, Bundle) else (data,)
    return any(p in known_in(offset) for p in parts)
