"""Progress bars on standard error and tables on standard output, fit for people and for pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from invlang.tables import Row, columns_of, is_numeric, show_cell, table_text


class Advance(Protocol):
    """Moves a bar on by some steps, and may change the words after it."""

    def __call__(self, steps: int = 1, note: str = "") -> None: ...


@contextmanager
def progress_bar(title: str, total: int | None, quiet: bool = False, stream: TextIO | None = None) -> Iterator[Advance]:
    """A bar of `total` steps on standard error; nothing at all when quiet or when that is not a terminal.

    Use: `with progress_bar("tv", 300) as advance: … advance()`.
    """
    output = stream or sys.stderr
    if quiet or not is_terminal(output):
        yield silent
        return
    with Progress(
        TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False), console=console_for(output), transient=True,
    ) as bars:  # fmt: skip
        task = bars.add_task(title, total=total, note="")

        def advance(steps: int = 1, note: str = "") -> None:
            bars.update(task, advance=steps)
            if note:
                bars.update(task, note=note)

        yield advance


def silent(steps: int = 1, note: str = "") -> None:
    """Advances nothing."""


def is_terminal(stream: TextIO) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def console_for(stream: TextIO) -> Console:
    return Console(file=stream, no_color="NO_COLOR" in os.environ, highlight=False)


def metrics_table(rows: Sequence[Row], stream: TextIO | None = None) -> None:
    """Prints the rows on standard output: a light table in a terminal, plain aligned text elsewhere."""
    output = stream or sys.stdout
    if not rows:
        return
    if not is_terminal(output):
        output.write(table_text(rows))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    columns = columns_of(rows)
    for column in columns:
        table.add_column(Text(column), justify="right" if is_numeric(rows, column) else "left")
    for row in rows:
        table.add_row(*(Text(show_cell(row.get(column))) for column in columns))
    console_for(output).print(table)
