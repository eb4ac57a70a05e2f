"""Rows of metrics as aligned text or as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

Cell = str | int | float | None
Row = Mapping[str, Cell]


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Every key of every row, in the order of first appearance."""
    return list(dict.fromkeys(key for row in rows for key in row))


def show_cell(value: Cell) -> str:
    """A cell's text: four significant digits or two decimals for numbers, a dash for nothing.

    >>> show_cell(28.1345), show_cell(0.91234), show_cell(None)
    ('28.13', '0.9123', '–')
    """
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return "∞" if value > 0 else "−∞"
        if value and not 1e-3 <= abs(value) < 1e5:
            return f"{value:.2e}"
        return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4g}"
    return str(value)


def is_numeric(rows: Sequence[Row], column: str) -> bool:
    return all(isinstance(row.get(column), (int, float, type(None))) for row in rows)


def table_text(rows: Sequence[Row]) -> str:
    """The rows as aligned text with a heading; numbers at the right.  Empty for no rows."""
    columns = columns_of(rows)
    cells = [columns, *([show_cell(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    right = [is_numeric(rows, c) for c in columns]
    lines = ["  ".join(t.rjust(w) if r else t.ljust(w) for t, w, r in zip(line, widths, right, strict=True)) for line in cells]
    return "".join(line.rstrip() + "\n" for line in lines) if columns else ""


def table_html(rows: Sequence[Row]) -> str:
    """The rows as an HTML table that scrolls where it is too wide."""
    columns = columns_of(rows)
    kinds = ["" if is_numeric(rows, c) else ' class="text"' for c in columns]
    head = "".join(f"<th{kind}>{escape(c)}</th>" for c, kind in zip(columns, kinds, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{escape(show_cell(row.get(c)))}</td>' for c, kind in zip(columns, kinds, strict=True))}</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
