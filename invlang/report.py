"""Write the report of a run: one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from invlang.highlight import highlight
from invlang.page import html_page, to_data_uri
from invlang.tables import Row, table_html

STYLE = """
.pictures { display:grid; grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr)); gap:1.1rem }
figure { margin:0 } figcaption { margin-top:.35rem; font-size:.92rem; line-height:1.4 } figcaption span { color:var(--quiet) }
.zoom { display:block; width:100%; padding:0; border:0; background:none; cursor:zoom-in }
.zoom img { display:block; width:100%; height:auto; border-radius:6px }
.zoom:focus-visible { outline:2px solid var(--accent); outline-offset:2px }
.curves { background:#fff; border:1px solid var(--rule); border-radius:10px; padding:.8rem; max-width:46rem }
.curves+.curves { margin-top:1rem } .curves img { display:block; width:100% }
.graph { overflow-x:auto } .graph svg { max-width:100%; height:auto; display:block; margin:0 auto }
details>summary { cursor:pointer; color:var(--accent); margin:.4rem 0 }
dialog { width:100vw; height:100vh; max-width:none; max-height:none; border:0; padding:0; background:#000d; overflow:auto;
text-align:center }
dialog img { image-rendering:pixelated; margin:3rem auto 1rem; cursor:zoom-out }
dialog p { position:fixed; top:0; left:0; right:0; margin:0; padding:.6rem 1rem; background:#000b; color:#fff; font-size:.9rem }
@media (max-width:44rem) { .pictures { grid-template-columns:repeat(2,1fr); gap:.8rem } }
@media print { dialog { display:none } details:not([open])>*:not(summary) { display:block } }
"""
SCRIPT = """
const box = document.querySelector('dialog'), big = box.querySelector('img'), words = box.querySelector('p');
const all = [...document.querySelectorAll('.zoom')]; let now = 0;
function show(i) {
  now = (i + all.length) % all.length; const small = all[now].querySelector('img'), n = small.naturalWidth;
  big.src = small.src; big.style.width = n * Math.max(1, Math.floor(innerWidth / n)) + 'px';
  words.textContent = all[now].title + '   (← → next picture, Esc closes)'; if (!box.open) box.showModal();
}
all.forEach((b, i) => b.onclick = () => show(i)); box.onclick = () => box.close();
box.onkeydown = e => { const d = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (d) { e.preventDefault(); show(now + d); } };
"""


@dataclass(frozen=True)
class Part:
    """A section of its own, such as a sweep.  figures: (file name, PNG bytes, what it shows);  data: the same as JSON takes it."""

    title: str
    rows: tuple[Row, ...] = ()
    figures: tuple[tuple[str, bytes, str], ...] = ()
    words: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What a run found.

    title, doc, program_text: plain text.  metrics: rows with common keys.  pictures: (title, PNG bytes, caption).
    curves: PNG or SVG files' bytes, each with what it shows in words.  derivations: (estimator, HTML fragment).  graph_svg: an <svg> element.
    parts: further sections, after the results.  versions: what it was run with.  warnings: plain sentences.  Fragments and SVG must come from this package's printers.
    """

    title: str
    doc: str = ""
    program_text: str = ""
    metrics: tuple[Row, ...] = ()
    pictures: tuple[tuple[str, bytes, str], ...] = ()
    curves: tuple[tuple[bytes, str], ...] = ()
    derivations: tuple[tuple[str, str], ...] = ()
    graph_svg: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


def write_report(path: str | Path, report: Report) -> None:
    """Writes the page as UTF-8."""
    Path(path).write_text(report_html(report), encoding="utf-8")


def report_html(report: Report) -> str:
    """The whole page; it loads nothing from anywhere."""
    parts = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="lead">{escape(report.doc.strip())}</p>' if report.doc.strip() else "",
        *(f'<p class="warning">{escape(warning)}</p>' for warning in report.warnings),
        titled("Results", table_html(report.metrics) if report.metrics else ""),
        *(titled(escape(part.title), part_html(part)) for part in report.parts),
        titled("Pictures", pictures_html(report.pictures)),
        titled("Convergence", "".join(curves_html(*c) for c in report.curves)),
        titled("Program", f"<pre><code>{highlight(report.program_text.rstrip())}</code></pre>" if report.program_text else ""),
        titled("Derivation", derivations_html(report.derivations)),
        titled("Graph", f'<div class="graph">{report.graph_svg}</div>' if report.graph_svg else ""),
        footer(report.versions),
    ]
    dialog = '<dialog><p></p><img alt=""></dialog>' if report.pictures else ""
    return html_page(report.title, f"<main>{''.join(parts)}</main>{dialog}", STYLE, SCRIPT if report.pictures else "")


def titled(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""


def part_html(part: Part) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in part.words)
    figures = "".join(curves_html(png, words) for _, png, words in part.figures)
    return said + figures + (table_html(part.rows) if part.rows else "")


def pictures_html(pictures: tuple[tuple[str, bytes, str], ...]) -> str:
    return f'<div class="pictures">{"".join(picture_html(*p) for p in pictures)}</div>' if pictures else ""


def picture_html(title: str, png: bytes, caption: str) -> str:
    words = escape(f"{title} · {caption}" if caption else title)
    image = f'<button class="zoom" title="{words}"><img src="{to_data_uri(png)}" alt="{words}"></button>'
    return f"<figure>{image}<figcaption><b>{escape(title)}</b> <span>{escape(caption)}</span></figcaption></figure>"


def curves_html(curves: bytes, words: str) -> str:
    kind = "image/png" if curves.startswith(b"\x89PNG") else "image/svg+xml"
    return f'<div class="curves"><img src="{to_data_uri(curves, kind)}" alt="{escape(words)}"></div>'


def derivations_html(derivations: tuple[tuple[str, str], ...]) -> str:
    if len(derivations) == 1:
        return derivations[0][1]
    opened = [" open" if place == 0 else "" for place in range(len(derivations))]
    return "".join(
        f"<details{state}><summary>{escape(name)}</summary>{fragment}</details>"
        for state, (name, fragment) in zip(opened, derivations, strict=True)
    )


def footer(versions: Mapping[str, str]) -> str:
    words = " · ".join(f"{escape(name)} {escape(version)}" for name, version in versions.items())
    return f"<footer>{words}</footer>" if words else ""
