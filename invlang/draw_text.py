"""Write a program's graph as DOT or Mermaid text."""

from __future__ import annotations

import re

import graphviz
import networkx as nx

from invlang.draw import FILLS, kind_of, lines_of

SHAPES = {"unknown": ("([", "])"), "data": ("([", "])"), "objective": ("{{", "}}")}


def to_dot(graph: nx.DiGraph) -> str:
    """The graph for Graphviz; names are numbered, so that no text of the user's is anything but a label."""
    dot = graphviz.Digraph("program", node_attr={"shape": "box", "style": "rounded,filled", "fontname": "DejaVu Serif"})
    dot.attr("edge", fontname="DejaVu Sans Mono", fontsize="10", color="#98a2b3")
    names = {node: f"n{i}" for i, node in enumerate(graph)}
    for node, data in graph.nodes(data=True):
        fill, line = FILLS[kind_of(data)]
        label = "\n".join(text for text, _ in lines_of(data))
        dot.node(names[node], label=graphviz.escape(label).replace("\n", r"\n"), fillcolor=fill, color=line)
    for tail, head, data in graph.edges(data=True):
        dot.edge(names[tail], names[head], **({"label": graphviz.escape(data["label"])} if data.get("label") else {}))
    return dot.source


def to_mermaid(graph: nx.DiGraph) -> str:
    """The graph for Mermaid, as pages of repositories show it."""
    names = {node: f"n{i}" for i, node in enumerate(graph)}
    lines = ["flowchart TD"]
    for node, data in graph.nodes(data=True):
        left, right = SHAPES.get(kind_of(data), ("(", ")"))
        label = "<br>".join(mermaid_text(text) for text, _ in lines_of(data))
        lines.append(f'  {names[node]}{left}"{label}"{right}:::{kind_of(data)}')
    for tail, head, data in graph.edges(data=True):
        label = f'|"{mermaid_text(data["label"])}"|' if data.get("label") else ""
        lines.append(f"  {names[tail]} -->{label} {names[head]}")
    used = {kind_of(data) for _, data in graph.nodes(data=True)}
    lines += [f"  classDef {k} fill:{fill},stroke:{line},color:#1c2330" for k, (fill, line) in FILLS.items() if k in used]
    return "\n".join(lines) + "\n"


def mermaid_text(text: str) -> str:
    """Text with every character that Mermaid or HTML reads as its own written as an entity."""
    return re.sub(r"[#&<>\"'`|{}()\[\]\\;]", lambda match: f"#{ord(match.group())};", text)
