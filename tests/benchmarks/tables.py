"""The benchmark's report as tables: for the terminal and in Markdown."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table


def print_tables(report: dict, programs: list[str]) -> None:
    """The report on standard output."""
    console = Console()
    console.print(f"{report['date']} · {report['machine']}")
    for title, header, rows in tables(report, programs):
        table = Table(title=title)
        for column in header:
            table.add_column(column, justify="left" if column == header[0] else "right")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for line in remarks(report):
        console.print(line)


def write_markdown(report: dict, programs: list[str], path: Path) -> None:
    """The report as a Markdown file."""
    lines = [f"{report['date']} · {report['machine']}", ""]
    for title, header, rows in tables(report, programs):
        lines += [f"**{title}**", "", line(header), line(["---"] + ["---:"] * (len(header) - 1)), *map(line, rows), ""]
    path.write_text("\n".join(lines + remarks(report)) + "\n")


def line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def tables(report: dict, programs: list[str]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Each table: its title, its header, its rows."""
    to_objective = [
        [solve["problem"].replace("_", " ")] + [cell(solve["seconds"].get(p), solve["iterations"].get(p)) for p in programs]
        for solve in report["time to objective"]
    ]
    operations = [
        [operation["operation"]] + [cell(operation["seconds"].get(p)) for p in programs] for operation in report["operations"]
    ]
    made = [(f"Time to within {report['tolerance']:g} of the least objective (iterations)", ["problem", *programs], to_objective)]
    if operations:
        made.append(("One operation", ["operation", *programs], operations))
    return made + further_tables(report)


def further_tables(report: dict) -> list[tuple[str, list[str], list[list[str]]]]:
    """The wavelets, the growth with the image, and how soon a program is checked; none that was not measured."""
    made = []
    if report["wavelets"]:
        names = list(dict.fromkeys(name for row in report["wavelets"] for name in row["seconds"]))
        rows = [[row["operation"], *(cell(row["seconds"].get(n)) for n in names)] for row in report["wavelets"]]
        made.append(("Wavelets: db4, three levels", ["transform", *names], rows))
    if report["growth"]:
        names, first = list(report["growth"][0]["seconds"]), report["growth"][0]
        rows = [
            [f"{row['size']}²", *(f"{cell(row['seconds'][n])} ({relative(row, first, n):.2f})" for n in names)]
            for row in report["growth"]
        ]
        made.append(("The first program: a round (over n log n, the smallest image being 1)", ["pixels × 3", *names], rows))
    if report["start-up"]:
        made.append(("The first program: check and compile", ["", "time"], [[n, cell(s)] for n, s in report["start-up"].items()]))
    return made


def relative(row: dict, first: dict, name: str) -> float:
    return row["over n log n"][name] / first["over n log n"][name]


def cell(seconds: float | None, iterations: int | None = None) -> str:
    if seconds is None:
        return "–"
    shown = f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
    return shown if iterations is None else f"{shown} ({iterations})"


def remarks(report: dict) -> list[str]:
    means = report["geometric mean speed-up"]
    spoken = [f"{name} takes {means[name]:.3g} times as long as invlang, geometric mean." for name in means if means[name]]
    return spoken + [f"{name} is missing: {reason}" for name, reason in report["missing"].items()]
