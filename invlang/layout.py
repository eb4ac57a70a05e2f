"""Lay a graph out in layers, from top to bottom: by the `dot` program where there is one, else by ourselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

from invlang.layers import Edge, Layering, Node, coordinates, layered

Point = tuple[float, float]
Size = tuple[float, float]
PROGRAMS = ("dot", "graphviz-pure")
POINTS_PER_INCH = 72
GAP_BETWEEN_LAYERS = 22.0
LABEL_OFFSET = 6.0
PORT = 18.0


@dataclass(frozen=True)
class Layout:
    """Where everything lies, in pixels, y downwards.

    nodes: the centre of each.  edges: for each, a start and then cubic Bézier pieces of three points.  labels: the
    centre of each edge's label.
    """

    width: float
    height: float
    nodes: dict[Node, Point]
    edges: dict[Edge, tuple[Point, ...]]
    labels: dict[Edge, Point]


def lay_out(graph: nx.DiGraph, sizes: dict[Node, Size], label_sizes: dict[Edge, Size], program: str = "auto") -> Layout:
    """The layout of a graph whose boxes and labels have these sizes.

    program: "auto" takes Graphviz where it is installed, "own" never does.  Either way the same graph gives the same layout.
    """
    command = graphviz_program() if program == "auto" else None
    if command and graph.number_of_nodes():
        try:
            return layout_by_program(command, graph, sizes, label_sizes)
        except (OSError, subprocess.SubprocessError, ValueError, KeyError):
            return own_layout(graph, sizes, label_sizes)
    return own_layout(graph, sizes, label_sizes)


def graphviz_program() -> str | None:
    """The path of an installed Graphviz, also when it lies beside this Python only."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    return next((found for name in PROGRAMS if (found := shutil.which(name, path=path))), None)


def layout_by_program(command: str, graph: nx.DiGraph, sizes: dict[Node, Size], label_sizes: dict[Edge, Size]) -> Layout:
    """Graphviz sees numbered boxes of fixed sizes and no text of the user's."""
    names = {node: f"n{i}" for i, node in enumerate(graph)}
    lines = ['digraph { graph [ranksep=0.32 nodesep=0.3] node [shape=box fixedsize=true label=""] edge [arrowhead=none]']
    lines += [f"{names[n]} [width={w / POINTS_PER_INCH:.4f} height={h / POINTS_PER_INCH:.4f}]" for n, (w, h) in sizes.items()]
    for tail, head in graph.edges:
        wide, high = label_sizes.get((tail, head), (0, 0))
        cell = f'<TR><TD FIXEDSIZE="TRUE" WIDTH="{wide:.0f}" HEIGHT="{high:.0f}"></TD></TR>'
        label = f' [label=<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">{cell}</TABLE>>]' if wide else ""
        lines.append(f"{names[tail]} -> {names[head]}{label}")
    text = "\n".join([*lines, "}"])
    done = subprocess.run([command, "-Tjson"], input=text, capture_output=True, text=True, timeout=20, check=True)
    return read_layout(json.loads(done.stdout), {name: node for node, name in names.items()})


def read_layout(found: dict, nodes: dict[str, Node]) -> Layout:
    left, bottom, right, top = (float(v) for v in found["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")[-2:]
        return float(x) - left, top - float(y)

    numbers = {item["_gvid"]: nodes[item["name"]] for item in found["objects"]}
    edges, labels = {}, {}
    for edge in found.get("edges", []):
        key = numbers[edge["tail"]], numbers[edge["head"]]
        edges[key] = tuple(point(p) for p in edge["pos"].split() if p[0] not in "es")
        if "lp" in edge:
            labels[key] = point(edge["lp"])
    places = {numbers[item["_gvid"]]: point(item["pos"]) for item in found["objects"]}
    return Layout(right - left, top - bottom, places, edges, labels)


def own_layout(graph: nx.DiGraph, sizes: dict[Node, Size], label_sizes: dict[Edge, Size]) -> Layout:
    """Layers, their order and positions from `layers`; edges are smooth curves that leave and arrive vertically."""
    if not graph.number_of_nodes():
        return Layout(0, 0, {}, {}, {})
    layering = layered(graph)
    extents: dict[Node, Size] = {name: (wide / 2, wide / 2) for name, (wide, _) in sizes.items()}
    heights: dict[Node, float] = {name: high for name, (_, high) in sizes.items()}
    for edge, waypoints in layering.paths.items():
        for position, waypoint in enumerate(waypoints):
            wide, high = label_sizes.get(edge, (0.0, 0.0)) if position == 0 else (0.0, 0.0)
            extents[waypoint] = (2.0, LABEL_OFFSET + wide if wide else 2.0)
            heights[waypoint] = high
    across = coordinates(layering, extents)
    depth, height = layer_depths(layering, heights)
    left = min(across[n] - extents[n][0] for n in across)
    place = {name: (across[name] - left, depth[name]) for name in across}
    width = max(place[n][0] + extents[n][1] for n in place)
    labels = {e: beside(place[layering.paths[e][0]], size) for e, size in label_sizes.items() if layering.paths[e]}
    return Layout(width, height, {n: place[n] for n in graph}, edge_curves(graph, layering, place, sizes), labels)


def beside(waypoint: Point, size: Size) -> Point:
    return waypoint[0] + LABEL_OFFSET + size[0] / 2, waypoint[1]


def layer_depths(layering: Layering, heights: dict) -> tuple[dict, float]:
    """The middle of each node's layer, and the height of all."""
    depth, y = {}, 0.0
    for layer in layering.layers:
        high = max((heights[name] for name in layer), default=0.0)
        depth |= {name: y + high / 2 for name in layer}
        y += high + GAP_BETWEEN_LAYERS
    return depth, y - GAP_BETWEEN_LAYERS


def edge_curves(graph: nx.DiGraph, layering: Layering, place: dict, sizes: dict[Node, Size]) -> dict:
    """The curve of each edge; edges that share a box's side are set apart in the order in which they arrive."""
    ends: dict = {}
    for edge in graph.edges:
        upwards = place[edge[1]][1] < place[edge[0]][1]
        points = [edge[0], *(reversed(layering.paths[edge]) if upwards else layering.paths[edge]), edge[1]]
        ends.setdefault((edge[0], "above" if upwards else "below"), []).append((place[points[1]][0], edge, 0))
        ends.setdefault((edge[1], "below" if upwards else "above"), []).append((place[points[-2]][0], edge, -1))
    tips: dict = {}
    for (node, side), arrivals in ends.items():
        step = min(PORT, 0.7 * sizes[node][0] / len(arrivals))
        y = place[node][1] + (sizes[node][1] / 2 if side == "below" else -sizes[node][1] / 2)
        for rank, (_, edge, end) in enumerate(sorted(arrivals, key=lambda a: a[0])):
            tips[edge, end] = (place[node][0] + (rank - (len(arrivals) - 1) / 2) * step, y)
    curves = {}
    for edge in graph.edges:
        upwards = place[edge[1]][1] < place[edge[0]][1]
        waypoints = layering.paths[edge][::-1] if upwards else layering.paths[edge]
        curves[edge] = smooth([tips[edge, 0], *(place[w] for w in waypoints), tips[edge, -1]])
    return curves


def smooth(points: list[Point]) -> tuple[Point, ...]:
    """A Bézier curve through points that go down (or up): vertical at its ends, never overshooting in between."""
    slopes = [0.0]
    for (x0, y0), (x1, _), (x2, y2) in zip(points, points[1:], points[2:], strict=False):
        turns = (x1 - x0) * (x2 - x1) <= 0
        slopes.append(0.0 if turns or y2 == y0 else (x2 - x0) / (y2 - y0))
    slopes.append(0.0)
    out = [points[0]]
    for i, ((x0, y0), (x1, y1)) in enumerate(zip(points, points[1:], strict=False)):
        third = (y1 - y0) * 0.42
        out += [(x0 + slopes[i] * third, y0 + third), (x1 - slopes[i + 1] * third, y1 - third), (x1, y1)]
    return tuple(out)
