"""Drawings of graphs: every format, with and without Graphviz."""

import json
import xml.etree.ElementTree as ElementTree

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from invlang import layout
from invlang.draw import FILLS, KINDS, NIGHT_FILLS, to_svg, to_svg_pair
from invlang.draw_text import to_dot, to_mermaid
from invlang.layers import layered, packed
from invlang.layout import lay_out, own_layout

EVIL = '</text><script>alert(1)</script>"]; evil [label="\'&\\N `|{}'
SVG = "{http://www.w3.org/2000/svg}"


def model() -> nx.DiGraph:
    graph = nx.DiGraph()
    for name, label, kind in [
        ("x", "x", "unknown"), ("h", "h", "given"), ("A", "Fᴴ ĥ F", "operator"), ("y", "y", "data"),
        ("f", "½ ‖A x − y‖²\nsmooth", "value"), ("g", "20 ‖∇x‖₂₁", "prior"), ("E", "minimize", "objective"),
    ]:  # fmt: skip
        graph.add_node(name, label=label, kind=kind)
    for tail, head in ["xA", "hA", "Af", "yf", "xg", "fE", "gE"]:
        graph.add_edge(tail, head)
    graph.edges["x", "A"]["label"] = "real[3, H, W]"
    return graph


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    rects = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in rects]


def touch(a, b) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def test_a_drawing_is_well_formed_the_same_each_time_and_boxes_keep_apart():
    svg = to_svg(model(), "own")
    assert svg == to_svg(model(), "own")
    places = boxes(svg)
    assert len(places) == 7
    assert not any(touch(a, b) for i, a in enumerate(places) for b in places[:i])
    texts = [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert "Fᴴ ĥ F" in texts and "real[3, H, W]" in texts and "smooth" in texts


def test_every_kind_has_its_colours():
    assert set(FILLS) == set(NIGHT_FILLS) == set(KINDS)


def test_text_is_only_text():
    graph = model()
    graph.add_node(EVIL, label=EVIL, kind=EVIL, detail=EVIL)
    graph.add_edge("y", EVIL, label=EVIL)
    root = ElementTree.fromstring(to_svg(graph, "own"))
    assert not list(root.iter(f"{SVG}script")) and EVIL in [t.text for t in root.iter(f"{SVG}text")]
    assert "<script" not in to_mermaid(graph) and to_mermaid(graph).count('"') % 2 == 0
    assert r"\"]; evil [label=\"" in to_dot(graph) and r"\\N" in to_dot(graph)


def test_dot_and_mermaid_have_every_node_and_edge():
    assert to_dot(model()).count("->") == 7 and to_mermaid(model()).count("-->") == 7
    assert to_mermaid(model()).startswith("flowchart TD\n") and ":::unknown" in to_mermaid(model())


def test_before_and_after_stand_below_each_other():
    root = ElementTree.fromstring(to_svg_pair(model(), nx.DiGraph(), "own", ("before & now", "after")))
    assert "before & now" in [t.text for t in root.iter(f"{SVG}text")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_any_graph_is_laid_out_also_with_cycles(count, pairs):
    edges = {(a % (count + 1), b % (count + 1)) for a, b in pairs}
    graph = nx.DiGraph()
    graph.add_nodes_from(range(count + 1))
    graph.add_edges_from(sorted(edges))
    labels = {edge: (40.0, 16.0) for edge in list(graph.edges)[::2]}
    found = own_layout(graph, {n: (60.0, 30.0) for n in graph}, labels)
    places = [(x - 30, y - 15, 60, 30) for x, y in found.nodes.values()]
    assert not any(touch(a, b) for i, a in enumerate(places) for b in places[:i])
    assert all(-0.1 <= x and x + 60 <= found.width + 0.1 and y + 30 <= found.height + 0.1 for x, y, _, _ in places)
    assert set(found.edges) == set(graph.edges)


def test_sources_stand_near_what_they_feed():
    graph = nx.DiGraph([("x", "a"), ("a", "b"), ("b", "c"), ("late", "c")])
    layers = layered(graph).layers
    assert "late" in layers[4]


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_packed_boxes_keep_their_distance(wanted):
    places = packed(wanted, [(3.0, 5.0)] * len(wanted))
    assert all(b - a > 7.9 for a, b in zip(places, places[1:], strict=False))


def test_an_installed_graphviz_is_used_and_sees_no_text(monkeypatch):
    seen = {}

    def run(command, input, **options):
        seen["text"] = input
        found = {
            "bb": "0,0,100,80",
            "objects": [{"_gvid": 0, "name": "n0", "pos": "50,60"}, {"_gvid": 1, "name": "n1", "pos": "50,10"}],
            "edges": [{"tail": 0, "head": 1, "pos": "50,50 50,40 50,30 50,20", "lp": "70,35"}],
        }
        return type("Done", (), {"stdout": json.dumps(found)})()

    monkeypatch.setattr(layout, "graphviz_program", lambda: "dot")
    monkeypatch.setattr(layout.subprocess, "run", run)
    graph = nx.DiGraph()
    graph.add_node("secret", label="secret", kind="data")
    graph.add_node("b", label="b")
    graph.add_edge("secret", "b", label="real[H]")
    svg = to_svg(graph)
    assert "secret" not in seen["text"] and "M50 30C50 40 50 50 50 60" in svg


def test_a_graphviz_that_fails_is_not_missed(monkeypatch):
    def run(*_, **__):
        raise OSError

    monkeypatch.setattr(layout, "graphviz_program", lambda: "dot")
    monkeypatch.setattr(layout.subprocess, "run", run)
    assert to_svg(model()) == to_svg(model(), "own")


def test_the_layout_of_this_machine_places_everything():
    sizes = {node: (60.0, 30.0) for node in model()}
    found = lay_out(model(), sizes, {("x", "A"): (80.0, 16.0)})
    assert set(found.nodes) == set(sizes) and ("x", "A") in found.labels
