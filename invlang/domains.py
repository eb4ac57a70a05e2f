"""What noise laws ask of the numbers that a caller passes: refused in words, by name, before anything is calculated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from invlang.errors import mistake
from invlang.graph.program import Measurement, Program, UnknownOf
from invlang.graph.spaces import parts_of
from invlang.graph.values import Known
from invlang.source import Span

Test = tuple[Callable[[Tensor], Tensor], str]
OF_ONE: dict[str, Test] = {
    "positive": (lambda v: (v > 0) & v.isfinite(), "above 0 and finite"),
    "nonnegative": (lambda v: (v >= 0) & v.isfinite(), "at least 0 and finite"),
    "shares": (lambda v: (v >= 0) & (v <= 1), "between 0 and 1"),
}
OF_TWO: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], str]] = {
    "shares": (lambda a, b: a + b <= 1, "together at most 1"),
    "ascending": (lambda a, b: a < b, "in ascending order"),
}


def check_parameters(program: Program, passed: Mapping[str, Any]) -> None:
    """Refuses numbers and arrays that the parameters of a law cannot be.  passed: by the names that the program gives them."""
    for m in program.measurements:
        values = {n: v for n, v in ((n, value_of(p, passed)) for n, p in m.parameters) if v is not None}
        for fact, names in m.claims:
            here = [n for n in names if n in values]
            if not any(own_name(m, n) in passed for n in here):
                continue
            for name in here if fact in OF_ONE else []:
                holds, says = OF_ONE[fact]
                if not bool(holds(values[name]).all()):
                    raise mistake(f"`{own_name(m, name)}` is {says} for `{m.law}`, and this is not", m.span)
            if fact in OF_TWO and len(here) == 2 and not bool(OF_TWO[fact][0](*(values[n] for n in here)).all()):
                listing = " and ".join(f"`{own_name(m, n)}`" for n in here)
                raise mistake(f"{listing} are {OF_TWO[fact][1]} for `{m.law}`, and these are not", m.span)


def own_name(measurement: Measurement, name: str) -> str:
    """What the program calls a parameter of the law."""
    return getattr(dict(measurement.parameters).get(name), "name", name)


def value_of(parameter: Any, passed: Mapping[str, Any]) -> Tensor | None:
    if not isinstance(parameter, Known):
        return None
    value = passed.get(parameter.name, parameter.default)
    return None if value is None else torch.as_tensor(value)


def check_array(measurement: Measurement, role: str, value: Tensor, called: str) -> None:
    """Refuses NaN, and numbers below 0 where the law claims that its `role` (mean, or y for the data) has none."""
    holes = holes_in(value)
    if holes:
        raise mistake(f"`{called}` holds NaN, which is no number, in {entries(holes)}", measurement.span)
    if any(fact == "nonnegative" and role in names for fact, names in measurement.claims):
        low = int((value < 0).sum())
        if low:
            what = "means" if role == "mean" else "data"
            help = f"`{measurement.law}` knows only {what} of at least 0: clip them, or add the background that was taken off"
            raise mistake(f"`{called}` is below 0 in {entries(low)}", measurement.span, help=help)


def check_known(name: str, array: Tensor, place: Span | None) -> Tensor:
    """What is known, as it is.  Refuses NaN: everything that is calculated with it would be NaN too."""
    holes = holes_in(array)
    if holes:
        raise mistake(f"`{name}` holds NaN, which is no number, in {entries(holes)}", place)
    return array


def check_traits(known: Known, array: Tensor, place: Span | None) -> None:
    """Refuses an array that is not what the declaration says of its entries: laws were used that hold for these only."""
    for trait in known.traits:
        word, _, factor = trait.partition(" ")
        if word == "unimodular" and bool(((array.abs() - 1).abs() > 1e-4).any()):
            help = f"declare `given {known.name} : {known.of}` alone for other numbers"
            raise mistake(
                f"`{known.name}` is declared as signs or phases, and what was passed has other moduli than 1", place, help=help
            )
        if word == "spaced":
            n = array.shape[-1]
            lines = (torch.arange(n, device=array.device) - n // 2) % int(factor) == 0
            if not bool((array == lines).all()):
                what = f"`{known.name}` is declared as every {ordinal(int(factor))} line, and what was passed is not"
                raise mistake(what, place, help=f"declare `given {known.name} : {known.of}` alone for other masks")


def ordinal(number: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def check_data(measurements: list[Measurement], tensors: list[Tensor]) -> None:
    """Refuses data that no draw of their law can be.  tensors: of all parts of the measurements, in order."""
    left = iter(tensors)
    for measurement in measurements:
        names = [n for fact, names in measurement.claims for n in names if fact == "nonnegative"]
        role = "y" if "y" in names else ""
        for _ in parts_of(measurement.space):
            check_array(measurement, role, next(left), measurement.name)


def check_truth(unknowns: Sequence[UnknownOf], tensors: Sequence[Tensor]) -> None:
    """Refuses a truth with NaN in it before anything is measured of it."""
    for unknown, tensor in zip(unknowns, tensors, strict=False):
        check_known(unknown.name, tensor, unknown.span)


def check_draw(measurement: Measurement, value: Any) -> None:
    """Refuses a simulated measurement with NaN in it: the law has no draw for such a mean."""
    for part in value if isinstance(value, tuple) else (value,):
        holes = holes_in(part)
        if holes:
            below = any(fact == "nonnegative" and "mean" in names for fact, names in measurement.claims)
            why = (
                f"its mean is below 0 there, and `{measurement.law}` has no draw for that" if below else "its mean is none there"
            )
            raise mistake(f"`{measurement.name}` cannot be simulated in {entries(holes)}: {why}", measurement.span)


def holes_in(array: Tensor) -> int:
    """How many entries are NaN; that none is, one sum tells."""
    array = array.detach()
    return int(array.isnan().sum()) if bool(array.sum().isnan()) else 0


def entries(count: int) -> str:
    return "one entry" if count == 1 else f"{count} entries"
