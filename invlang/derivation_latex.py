"""Set a derivation as a LaTeX document that needs amsmath only."""

from __future__ import annotations

from itertools import groupby

from typing_extensions import assert_never

from invlang.derivation import Derivation, Entry, Line, Mathematics, Note, Section, Table, as_formula
from invlang.mathematics import reads_as_words, split_prose, to_latex
from invlang.mathematics.latex import escape_text, relation_latex

LONG_REMARK = 44
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper, margin=20mm]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath, amssymb}
\usepackage{booktabs}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\setlength{\emergencystretch}{3em}
"""


def derivation_latex(derivation: Derivation) -> str:
    """A whole document; compile it with pdflatex, xelatex or lualatex."""
    body = "\n".join(section_latex(section) for section in derivation.sections)
    title = prose_latex(derivation.title)
    return f"{PREAMBLE}\\title{{{title}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n{body}\n\\end{{document}}\n"


def section_latex(section: Section) -> str:
    groups = [group_latex(kind, tuple(items)) for kind, items in groupby(section.items, type)]
    return "\n".join([f"\\section{{{prose_latex(section.heading)}}}", *groups])


def group_latex(kind: type, items: tuple) -> str:
    if kind is Line:
        return align(items)
    if kind is Note:
        return "\n\n".join(map(note_latex, items)) + "\n"
    if kind is Entry:
        entries = "\n".join(f"  \\item[{prose_latex(e.name)}] {prose_latex(e.text)}" for e in items)
        return f"\\begin{{description}}\\sloppy\n{entries}\n\\end{{description}}"
    if kind is Table:
        return "\n".join(map(table_latex, items))
    assert_never(kind)


def align(lines: tuple[Line, ...]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(map(line_latex, lines)) + "\n\\end{align*}"


def line_latex(line: Line) -> str:
    left = mathematics(line.left)
    relation = relation_latex(line.relation) if line.relation else ""
    remark = ", ".join(part for part in (line.because, line.place) if part)
    reason = f" && {boxed(remark)}" if remark else ""
    return f"  {left} &{relation} {mathematics(line.right)}{reason}".rstrip()


def boxed(remark: str) -> str:
    """A remark in a formula's line; a long one is set in several lines."""
    if len(remark) <= LONG_REMARK:
        return f"\\text{{{prose_latex(remark)}}}"
    return f"\\parbox[t]{{0.45\\linewidth}}{{\\raggedright {prose_latex(remark)}}}"


def mathematics(content: Mathematics | None) -> str:
    """Formulas in mathematics mode; a line that is a sentence stays one."""
    if content is None or content == "":
        return ""
    if isinstance(content, str) and reads_as_words(content):
        return f"\\text{{{prose_latex(content)}}}"
    return to_latex(as_formula(content))


def note_latex(note: Note) -> str:
    word = f"\\emph{{{prose_latex(note.word)}}} " if note.word else ""
    place = f" \\hfill {{\\small {prose_latex(note.place)}}}" if note.place else ""
    space = f"\\hspace*{{{note.indent}em}}" if note.indent > 0 else ""
    return f"{space}{word}{prose_latex(note.text)}{place}"


def table_latex(table: Table) -> str:
    rows = [" & ".join(map(prose_latex, row)) + r" \\" for row in (table.columns, *table.rows)]
    body = "\n".join(["\\toprule", rows[0], "\\midrule", *rows[1:], "\\bottomrule"])
    sides = "l" + "r" * (len(table.columns) - 1)
    return f"\\begin{{center}}\n\\begin{{tabular}}{{{sides}}}\n{body}\n\\end{{tabular}}\n\\end{{center}}"


def prose_latex(text: str) -> str:
    r"""A sentence; the mathematics in it is set as mathematics.

    >>> prose_latex("step 1/L with ‖∇‖² ≤ 8")
    'step $\\frac{1}{L}$ with $\\lVert \\nabla \\rVert^{2} \\leq 8$'
    """
    return "".join(escape_text(piece) if isinstance(piece, str) else f"${to_latex(piece)}$" for piece in split_prose(text))
