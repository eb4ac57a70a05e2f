"""A loaded program in a few lines, for an interactive prompt and for a notebook."""

from __future__ import annotations

from html import escape

from invlang.draw import to_svg
from invlang.graph.program import Program
from invlang.highlight import highlight
from invlang.picture_of import program_graph
from invlang.plan.module import Planned
from invlang.verdicts import verdict_lines

STYLE = """
.invlang { font:14px/1.5 system-ui,sans-serif; max-width:60rem } .invlang pre { overflow-x:auto; line-height:1.5; margin:.4rem 0 }
.invlang .k { color:#7a3fb8; font-weight:600 } .invlang .s,.invlang .d { color:#1f7a4d } .invlang .n { color:#b3541e }
.invlang .t { color:#1f6fb2 } .invlang .c { color:#8a94a6 } .invlang summary { cursor:pointer }
.invlang svg { max-width:100%; height:auto }
@media (prefers-color-scheme:dark) { .invlang .k { color:#c79bff } .invlang .s,.invlang .d { color:#7fd6a6 }
.invlang .n { color:#ffb285 } .invlang .t { color:#86c5ff } }
"""


def describe_text(program: Program, planned: Planned) -> str:
    """The name, what was found of each part, and what the caller has to pass."""
    lines = [program.source.name, *verdict_lines(planned.verdicts)]
    lines += [f"  needs {need}" for need in needs(program)]
    return "\n".join(lines)


def needs(program: Program) -> list[str]:
    """Known quantities that the caller must give."""
    missing = [f"{g.known.name} : {g.known.of}" for g in program.givens if g.default is None and g.file is None]
    missing += [f"{k.name} : {k.of}" for k in program.parameters if k.default is None]
    return missing


def describe_html(program: Program, planned: Planned) -> str:
    """The same with the program's text and its graph, folded."""
    facts = "\n".join(verdict_lines(planned.verdicts, margin=0))
    said = f"<p>{escape(program.doc.strip())}</p>" if program.doc.strip() else ""
    wants = f"<p>needs {escape(', '.join(needs(program)))}</p>" if needs(program) else ""
    graph = to_svg(program_graph(program, planned, True))
    return (
        f'<div class="invlang"><style>{STYLE}</style><b>{escape(program.source.name)}</b>{said}<pre>{escape(facts)}</pre>{wants}'
        f"<details><summary>program</summary><pre>{highlight(program.source.text.rstrip())}</pre></details>"
        f"<details><summary>graph</summary>{graph}</details></div>"
    )
