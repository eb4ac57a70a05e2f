"""The frame of every HTML page that the compiler writes: one style, no network, fit for a phone, for night and for paper."""

from __future__ import annotations

from base64 import b64encode
from html import escape

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

STYLE = """
:root { --ink:#1c2330; --quiet:#667085; --paper:#ffffff; --card:#f7f8fa; --rule:#e4e7ec; --accent:#2f5fd0; --warn:#8a5a00;
  --warnpaper:#fff7e6; --keyword:#7a3fb8; --string:#1f7a4d; --number:#b3541e; --type:#1f6fb2; --comment:#8a94a6;
  --maths:"STIX Two Math","Latin Modern Math","Cambria Math","STIX Math","TeX Gyre Termes Math","DejaVu Math TeX Gyre",
    "DejaVu Serif",serif;
  --mono:ui-monospace,"SF Mono","Cascadia Code",Menlo,Consolas,"DejaVu Sans Mono",monospace; color-scheme:light dark }
@media (prefers-color-scheme: dark) { :root { --ink:#e6e9ef; --quiet:#98a2b3; --paper:#12151c; --card:#1a1e27; --rule:#2b313d;
  --accent:#8fb2ff; --warn:#ffd28a; --warnpaper:#2c2413; --keyword:#c79bff; --string:#7fd6a6; --number:#ffb285; --type:#86c5ff;
  --comment:#7d8798 } }
* { box-sizing:border-box }
html { -webkit-text-size-adjust:100% }
body { margin:0; background:var(--paper); color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif }
main { max-width:68rem; margin:0 auto; padding:2.5rem 1.25rem 4rem }
h1 { font-size:1.9rem; line-height:1.2; margin:0 0 .4rem; letter-spacing:-.015em }
h2 { font-size:1.2rem; margin:2.6rem 0 .8rem; letter-spacing:-.005em }
h3 { font-size:1rem; margin:1.6rem 0 .5rem }
p { margin:.4rem 0 } .lead { color:var(--quiet); font-size:1.08rem; max-width:46rem; white-space:pre-line }
.number { display:inline-block; min-width:1.6rem; color:var(--quiet); font-weight:400 }
.scroll { overflow-x:auto; margin:.6rem 0 }
table { border-collapse:collapse; font-variant-numeric:tabular-nums }
th,td { padding:.42rem 1.4rem .42rem 0; text-align:right; border-bottom:1px solid var(--rule); white-space:nowrap }
th { font-weight:600; font-size:.85rem; color:var(--quiet) } th:first-child,td:first-child { text-align:left }
th:last-child,td:last-child { padding-right:.2rem }
tbody tr:last-child td { border-bottom:0 } td.text,th.text { text-align:left }
pre { margin:0; padding:1rem 1.1rem; background:var(--card); border:1px solid var(--rule); border-radius:10px; overflow-x:auto;
  font:13.5px/1.6 var(--mono); tab-size:2 }
.k { color:var(--keyword); font-weight:600 } .s { color:var(--string) } .n { color:var(--number) } .t { color:var(--type) }
.c { color:var(--comment); font-style:italic } .d { color:var(--string); font-style:italic }
math { font-family:var(--maths); font-size:1.1em } .m { font-family:var(--maths); font-size:1.04em }
.warning { background:var(--warnpaper); color:var(--warn); border-radius:8px; padding:.6rem .9rem; margin:.5rem 0;
font-size:.95rem }
footer { margin-top:3.5rem; padding-top:1rem; border-top:1px solid var(--rule); color:var(--quiet); font-size:.85rem }
.derivation section { margin:0 0 1.6rem }
.derivation h2,.derivation h3,.derivation h4 { font-size:1.02rem; margin:1.6rem 0 .5rem }
.lines { display:grid; grid-template-columns:max-content max-content minmax(16rem,1fr) max-content; padding-left:1.6rem;
  overflow:auto hidden }
.line { display:grid; grid-template-columns:subgrid; grid-column:1/-1; align-items:baseline; padding:.22rem 0 }
.left { text-align:left; padding-right:.5rem } .left.whole { grid-column:span 2 } .right { white-space:nowrap }
.relation { font-family:var(--maths); padding-right:.5rem }
.because { color:var(--quiet); font-size:.92rem; padding-left:2.2rem }
.place { color:var(--quiet); font-size:.82rem; white-space:nowrap }
.place { padding-left:1.2rem } .note { padding-left:1.6rem; display:flex; justify-content:space-between;
align-items:baseline; margin:.25rem 0 }
.word { color:var(--quiet); font-style:italic; margin-right:.3rem } .in1 { margin-left:1.2rem } .in2 { margin-left:2.4rem }
.in3 { margin-left:3.6rem }
.derivation dl { margin:.3rem 0 .3rem 2.8rem }
dl div { display:grid; grid-template-columns:11rem 1fr; gap:.2rem 1rem; padding:.2rem 0; align-items:baseline }
dt { font-weight:600 } dd { margin:0; color:var(--ink) } .derivation .scroll { padding-left:1.6rem }
@media (max-width:44rem) {
  main { padding:1.5rem 1rem 3rem } h1 { font-size:1.5rem }
  .lines,.note { padding-left:0 } .derivation .scroll { padding-left:0 }
  .line { display:block; padding:.4rem 0; overflow-x:auto }
  .left,.right { display:inline } .because,.place { display:block; padding-left:0 } .note { display:block }
  .derivation dl { margin-left:0 } dl div { grid-template-columns:1fr }
}
@media print { main { max-width:none; padding:0 } h2 { break-after:avoid } figure,pre,section { break-inside:avoid }
pre { white-space:pre-wrap } }
"""


def html_page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A whole HTML page around `body`, which must be safe HTML already; `title` is escaped here."""
    ending = f"<script>{script}</script>" if script else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="generator" content="invlang">
<title>{escape(title)}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{body}
{ending}
</body>
</html>
"""


def to_data_uri(content: bytes | str, kind: str = "image/png") -> str:
    """`content` as a URI that holds it, for pages that stand alone.

    >>> to_data_uri(b"hi", "text/plain")
    'data:text/plain;base64,aGk='
    """
    return f"data:{kind};base64,{b64encode(content.encode() if isinstance(content, str) else content).decode()}"
