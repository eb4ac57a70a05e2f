"""Put a graph's nodes into layers: which layer, in which order, how far across.  The same graph gives the same result."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import networkx as nx

Node = Hashable
Edge = tuple[Node, Node]
SWEEPS = 12
GAP = 22.0
STRAIGHT = 6


@dataclass(frozen=True)
class Waypoint:
    """Where the edge from tail to head passes a layer."""

    tail: Node
    head: Node
    layer: int


@dataclass(frozen=True)
class Layering:
    """layers: even ones hold nodes, odd ones edge labels and waypoints, from top to bottom, each from left to right.
    paths: the waypoints of each edge.  links: neighbours across one layer, downwards."""

    layers: tuple[tuple[Node, ...], ...]
    paths: dict[Edge, tuple[Node, ...]]
    links: tuple[tuple[Node, Node], ...]


def layered(graph: nx.DiGraph) -> Layering:
    """Layers by longest path, few crossings by barycentres."""
    acyclic = without_cycles(graph)
    depth = depths(acyclic)
    layers: list[list[Node]] = [[] for _ in range(2 * max(depth.values(), default=0) + 1)]
    for node in graph:
        layers[2 * depth[node]].append(node)
    paths: dict[Edge, tuple[Node, ...]] = {}
    links: list[tuple[Node, Node]] = []
    for tail, head in graph.edges:
        top, bottom = sorted((tail, head), key=lambda n: depth[n])
        waypoints = tuple(Waypoint(tail, head, level) for level in range(2 * depth[top] + 1, 2 * depth[bottom]))
        for level, waypoint in enumerate(waypoints, 2 * depth[top] + 1):
            layers[level].append(waypoint)
        paths[(tail, head)] = waypoints
        chain = [top, *waypoints, bottom]
        links += list(zip(chain, chain[1:], strict=False)) if tail != head else []
    return Layering(ordered(layers, links), paths, tuple(links))


def without_cycles(graph: nx.DiGraph) -> nx.DiGraph:
    """A copy whose edges that close a circle are turned round."""
    copy = nx.DiGraph()
    copy.add_nodes_from(graph)
    for tail, head in graph.edges:
        if tail == head:
            continue
        if nx.has_path(copy, head, tail):
            tail, head = head, tail
        copy.add_edge(tail, head)
    return copy


def depths(graph: nx.DiGraph) -> dict[Node, int]:
    """The longest way down to each node; sources then sink to just above what they feed."""
    depth = {node: level for level, nodes in enumerate(nx.topological_generations(graph)) for node in nodes}
    for node in graph:
        if graph.in_degree(node) == 0 and graph.out_degree(node):
            depth[node] = min(depth[after] for after in graph.successors(node)) - 1
    return depth


def ordered(layers: list[list[Node]], links: list[tuple[Node, Node]]) -> tuple[tuple[Node, ...], ...]:
    """Sweeps down and up, each layer sorted by its neighbours' mean place; the order with the fewest crossings is kept."""
    above, below = neighbours(links)
    best, fewest = [list(layer) for layer in layers], crossings(layers, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            near = above if down else below
            place = {node: i for other in layers for i, node in enumerate(other)}
            key = {n: mean([place[m] for m in near.get(n, ())], place[n]) for n in layer}
            layer.sort(key=key.__getitem__)
        count = crossings(layers, below)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    return tuple(tuple(layer) for layer in best)


def neighbours(links: list[tuple[Node, Node]] | tuple[tuple[Node, Node], ...]) -> tuple[dict, dict]:
    above: dict[Node, list[Node]] = {}
    below: dict[Node, list[Node]] = {}
    for top, bottom in links:
        above.setdefault(bottom, []).append(top)
        below.setdefault(top, []).append(bottom)
    return above, below


def mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def crossings(layers: list[list[Node]], below: dict[Node, list[Node]]) -> int:
    place = {node: i for layer in layers for i, node in enumerate(layer)}
    count = 0
    for layer in layers:
        ends = [(i, place[b]) for i, node in enumerate(layer) for b in below.get(node, ())]
        count += sum(a < c and b > d for a, b in ends for c, d in ends)
    return count


def coordinates(layering: Layering, extents: dict[Node, tuple[float, float]]) -> dict[Node, float]:
    """Each node's place across: near its neighbours' mean, boxes never closer than GAP.  extents: room to the left and right.

    Waypoints pull more than nodes do, which keeps long edges straight.
    """
    links = [pair for top, bottom in layering.links for pair in [(top, bottom)] * pull(top, bottom)]
    above, below = neighbours(links)
    across: dict[Node, float] = {}
    for layer in layering.layers:
        across |= dict(zip(layer, packed([0.0] * len(layer), [extents[n] for n in layer]), strict=True))
    for sweep in range(6 * SWEEPS):
        for layer in layering.layers if sweep % 2 == 0 else layering.layers[::-1]:
            near = [[across[m] for m in (*above.get(n, ()), *below.get(n, ()))] for n in layer]
            wanted = [mean(values, across[n]) for n, values in zip(layer, near, strict=True)]
            across |= dict(zip(layer, packed(wanted, [extents[n] for n in layer]), strict=True))
    return across


def pull(top: Node, bottom: Node) -> int:
    return STRAIGHT if isinstance(top, Waypoint) and isinstance(bottom, Waypoint) else 1


def packed(wanted: list[float], extents: list[tuple[float, float]]) -> list[float]:
    """The places nearest to the wanted ones (least squares) at which boxes of these extents keep their distance.

    >>> packed([0.0, 0.0], [(5.0, 5.0), (5.0, 5.0)])
    [-16.0, 16.0]
    """
    shift, total = [], 0.0
    for i, (left, _) in enumerate(extents):
        total += extents[i - 1][1] + left + GAP if i else 0.0
        shift.append(total)
    blocks: list[list[float]] = []
    for value in (w - s for w, s in zip(wanted, shift, strict=True)):
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value_b, count_b = blocks.pop()
            value_a, count_a = blocks.pop()
            count = count_a + count_b
            blocks.append([(value_a * count_a + value_b * count_b) / count, count])
    level = [value for value, count in blocks for _ in range(int(count))]
    return [v + s for v, s in zip(level, shift, strict=True)]
