"""The option --sweep: several values of a number that --set takes."""

from __future__ import annotations

import re
from argparse import Namespace

from invlang.commands.programs import as_number
from invlang.commands.stop import Stop

SPACED = re.compile(r"(logspace|linspace)\(([^,()]+),([^,()]+),([^,()]+)\)")
MOST = 1000


def sweep_of(options: Namespace) -> tuple[str, list[float]] | None:
    """The number's name and its values, None without --sweep.

    Raises Stop where they are not written as name=logspace(-4, 0, 9), name=linspace(0, 1, 5) or name=1,3,10.
    """
    if not options.sweep:
        return None
    if len(options.sweep) > 1:
        raise Stop("--sweep takes one number at a time; fix the others with --set", 2)
    name, equals, text = (part.strip() for part in options.sweep[0].partition("="))
    spaced = SPACED.fullmatch(text.replace(" ", ""))
    if not equals or not name or not text or ("(" in text and spaced is None):
        form = "--sweep wants name=values, as in --sweep weight=logspace(-4,0,9) or --sweep weight=1,3,10"
        raise Stop(f"{form}; `{options.sweep[0]}` is not of that form", 2)
    values = [as_number(v.strip(), name) for v in text.split(",")] if spaced is None else between(spaced, name)
    if name.rpartition(".")[2] == "iterations":
        values = [max(1, round(v)) for v in values]
    return name, values


def between(written: re.Match[str], name: str) -> list[float]:
    """Values at equal distances, of logspace those powers of ten; whole ones as whole numbers."""
    kind, *ends = written.groups()
    low, high, number = (as_number(v, name) for v in ends)
    if not isinstance(number, int) or not 2 <= number <= MOST:
        raise Stop(f"--sweep {name}: {kind} takes a start, an end and how many values, from 2 to {MOST}", 2)
    at = [low + (high - low) * i / (number - 1) for i in range(number)]
    try:
        values = [10.0**v for v in at] if kind == "logspace" else at
    except OverflowError:
        raise Stop(
            f"--sweep {name}: logspace takes powers of ten, so that -4 means 0.0001; 10^{max(at):g} is too large", 2
        ) from None
    return [round(v) if abs(v - round(v)) < 1e-9 * max(1, abs(v)) and abs(v) >= 1 else v for v in values]
