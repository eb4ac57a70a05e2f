"""Draw a program's graph: SVG that stands alone, DOT, Mermaid."""

from __future__ import annotations

from html import escape
from unicodedata import combining

import networkx as nx

from invlang.layout import Layout, Point, Size, lay_out

KINDS = ("unknown", "operator", "data", "given", "prior", "constraint", "noise", "objective", "value")
FILLS = {
    "unknown": ("#fff1dc", "#d98a1f"), "operator": ("#e8effd", "#4a78d4"), "data": ("#e3f5ec", "#2f9a68"),
    "given": ("#f1f3f6", "#98a2b3"), "prior": ("#f2eafb", "#8b5fc7"), "constraint": ("#fbeaf1", "#c4527f"),
    "noise": ("#e6f6f8", "#3597a6"), "objective": ("#fdeceb", "#cf4d43"), "value": ("#ffffff", "#b6bdc9"),
}  # fmt: skip
NIGHT_FILLS = {
    "unknown": "#3a2c14", "operator": "#1b2742", "data": "#16322a", "given": "#232832", "prior": "#2c2140",
    "constraint": "#3a1d2c", "noise": "#153038", "objective": "#3c1f1e", "value": "#1a1e27",
}  # fmt: skip
PAIR = ("as written", "as compiled")
STYLE = """
.invlang-graph text { font-family:"STIX Two Text",Cambria,"DejaVu Serif",serif; font-size:15px; fill:#1c2330; text-anchor:middle }
.invlang-graph .detail,.invlang-graph .heading { font-family:system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif }
.invlang-graph .detail { font-size:11.5px; fill:#667085 }
.invlang-graph .heading { font-size:13px; font-weight:600; fill:#667085; text-anchor:start }
.invlang-graph .space { font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace; font-size:11px; fill:#667085 }
.invlang-graph rect { stroke-width:1.2 }
.invlang-graph .edge { fill:none; stroke:#98a2b3; stroke-width:1.3 }
.invlang-graph .rule { stroke:#e4e7ec } .invlang-graph .tip { fill:#98a2b3 }"""
NIGHT_STYLE = """
.invlang-graph text { fill:#e6e9ef }
.invlang-graph .detail,.invlang-graph .space,.invlang-graph .heading { fill:#98a2b3 }
.invlang-graph .edge { stroke:#667085 } .invlang-graph .rule { stroke:#2b313d }"""
PADDING, LINE_HEIGHT, EDGE = (14.0, 9.0), 20.0, 12.0
NARROW, WIDE = set("ijl|.,:;'()[]{}!ftrI ‖"), set("mwMWΨ∑%@—")


def to_svg(graph: nx.DiGraph, program: str = "auto") -> str:
    """The graph as an <svg> element that can stand in a page or in a file; dark where the reader's screen is.

    Nodes carry `label` (one or more lines), `kind`, optionally `detail`; edges may carry `label`.
    program: "auto" lets an installed Graphviz place the boxes, "own" does it here.
    """
    width, height, body = drawn(graph, program)
    return svg(width, height, body)


def to_svg_pair(before: nx.DiGraph, after: nx.DiGraph, program: str = "auto", titles: tuple[str, str] = PAIR) -> str:
    """Two graphs below each other under their titles."""
    top, bottom = drawn(before, program), drawn(after, program)
    width = max(top[0], bottom[0], 120.0)
    middle = top[1] + 34
    body = (
        f'{heading(titles[0], 0)}<g transform="translate({number((width - top[0]) / 2)} 30)">{top[2]}</g>'
        f'<path class="rule" d="M{number(EDGE)} {number(middle + 8)}H{number(width - EDGE)}"/>{heading(titles[1], middle + 14)}'
        f'<g transform="translate({number((width - bottom[0]) / 2)} {number(middle + 44)})">{bottom[2]}</g>'
    )
    return svg(width, middle + 44 + bottom[1], body)


def heading(title: str, y: float) -> str:
    return f'<text class="heading" x="{number(EDGE)}" y="{number(y + 20)}">{escape(title)}</text>'


def drawn(graph: nx.DiGraph, program: str) -> tuple[float, float, str]:
    """Width, height and elements."""
    sizes = {node: box_size(data) for node, data in graph.nodes(data=True)}
    label_sizes = {(a, b): label_size(d["label"]) for a, b, d in graph.edges(data=True) if d.get("label")}
    layout = lay_out(graph, sizes, label_sizes, program)
    edges = "".join(edge_svg(layout, (a, b), data.get("label", "")) for a, b, data in graph.edges(data=True))
    nodes = "".join(node_svg(data, layout.nodes[node], sizes[node]) for node, data in graph.nodes(data=True))
    inside = f'<g transform="translate({number(EDGE)} {number(EDGE)})">{edges}{nodes}</g>'
    return layout.width + 2 * EDGE, layout.height + 2 * EDGE, inside


def svg(width: float, height: float, body: str) -> str:
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    marker = (
        '<defs><marker id="invlang-arrow" viewBox="0 0 8 8" refX="7.2" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0.8 1L7.2 4L0.8 7z"/></marker></defs>'
    )
    role = 'class="invlang-graph" role="img" aria-label="graph of the program"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {role} {size}>'
    return f"{opening}<style>{style()}</style>{marker}{body}</svg>"


def style() -> str:
    day = "".join(f"\n.invlang-graph .{kind} rect {{ fill:{fill}; stroke:{line} }}" for kind, (fill, line) in FILLS.items())
    night = "".join(f"\n.invlang-graph .{kind} rect {{ fill:{fill} }}" for kind, fill in NIGHT_FILLS.items())
    return f"{STYLE}{day}\n@media (prefers-color-scheme:dark) {{{NIGHT_STYLE}{night} }}\n"


def node_svg(data: dict, centre: Point, size: Size) -> str:
    (x, y), (wide, high) = centre, size
    radius = high / 2 if kind_of(data) in ("data", "unknown") and len(lines_of(data)) == 1 else 8
    corner = f'x="{number(x - wide / 2)}" y="{number(y - high / 2)}"'
    box = f'<rect {corner} width="{number(wide)}" height="{number(high)}" rx="{number(radius)}"/>'
    rows = lines_of(data)
    first = y - (len(rows) - 1) * LINE_HEIGHT / 2
    texts = "".join(text_svg(text, small, x, first + i * LINE_HEIGHT + 5) for i, (text, small) in enumerate(rows))
    return f'<g class="{kind_of(data)}">{box}{texts}</g>'


def text_svg(text: str, small: bool, x: float, y: float) -> str:
    style = ' class="detail"' if small else ""
    return f'<text{style} x="{number(x)}" y="{number(y)}">{escape(text)}</text>'


def edge_svg(layout: Layout, edge: tuple, label: str) -> str:
    start, *rest = layout.edges[edge]
    pieces = "".join(f"C{' '.join(pair(p) for p in rest[i : i + 3])}" for i in range(0, len(rest), 3))
    line = f'<path class="edge" d="M{pair(start)}{pieces}" marker-end="url(#invlang-arrow)"/>'
    if not label or edge not in layout.labels:
        return line
    x, y = layout.labels[edge]
    return f'{line}<text class="space" x="{number(x)}" y="{number(y + 4)}">{escape(label)}</text>'


def kind_of(data: dict) -> str:
    return data["kind"] if data.get("kind") in KINDS else "value"


def lines_of(data: dict) -> list[tuple[str, bool]]:
    """The box's lines, and whether each is small."""
    rows = [(line, False) for line in str(data.get("label", "")).split("\n")]
    return rows + [(line, True) for line in str(data.get("detail") or "").split("\n") if line]


def box_size(data: dict) -> Size:
    rows = lines_of(data)
    wide = max(text_width(text) * (0.74 if small else 1.0) for text, small in rows)
    return max(44.0, wide + 2 * PADDING[0]), len(rows) * LINE_HEIGHT + 2 * PADDING[1] - 2


def label_size(label: str) -> Size:
    return 6.7 * sum(1 for c in label if not combining(c)) + 10, 16.0


def text_width(text: str) -> float:
    """A width, in pixels at 15, that no usual typeface exceeds."""
    return sum(0.0 if combining(c) else 5.6 if c in NARROW else 14.0 if c in WIDE else 9.4 for c in text)


def pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    """A coordinate with one decimal at most.

    >>> number(3.0), number(-0.04), number(2.25)
    ('3', '0', '2.2')
    """
    return f"{value + 0.0:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
