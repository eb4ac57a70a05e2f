"""invlang graph: the operator graph as SVG, DOT or Mermaid."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from invlang.commands.inputs import read_input
from invlang.commands.output import say, target, write_file
from invlang.commands.programs import checked
from invlang.commands.stop import Stop
from invlang.draw import to_svg, to_svg_pair
from invlang.draw_text import to_dot, to_mermaid
from invlang.graph.program import Program
from invlang.picture_of import program_graph
from invlang.plan.module import Planned

ENDINGS = (".svg", ".dot", ".gv", ".mmd", ".mermaid")


def run(options: Namespace) -> int:
    inputs = read_input(options.files)
    for given in inputs:
        path = target(options.output, given.stem, ".svg", len(inputs) > 1)
        if path is not None and path.suffix not in ENDINGS:
            raise Stop(f"`{path}` should end in .svg, .dot or .mmd: the ending says what to draw", 2)
        program, planned = checked(given, options)
        text = drawn(program, planned, path, options)
        if path is None:
            sys.stdout.write(text)
        else:
            write_file(path, text)
            say(f"{given.source.name} → {path}", options)
    return 0


def drawn(program: Program, planned: Planned, path: Path | None, options: Namespace) -> str:
    """SVG shows both graphs unless one is asked for; DOT and Mermaid show one, as compiled unless --before."""
    ending = path.suffix if path is not None else ".mmd"
    if ending == ".svg" and not (options.before or options.after):
        return to_svg_pair(program_graph(program, planned, False), program_graph(program, planned, True)) + "\n"
    graph = program_graph(program, planned, not options.before)
    if ending == ".svg":
        return to_svg(graph) + "\n"
    return to_dot(graph) if ending in (".dot", ".gv") else to_mermaid(graph)
