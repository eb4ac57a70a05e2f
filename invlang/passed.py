"""What a caller passes by name, checked against what a program takes: names, sizes, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from invlang.errors import mistake
from invlang.graph.program import Program
from invlang.instances import suggestion
from invlang.sizes import Told


def check_names(program: Program, arguments: Mapping[str, Any]) -> None:
    fixed = {d.name: d.size for d in program.dims if d.size is not None}
    known = [*(g.known.name for g in program.givens), *(p.name for p in program.parameters), *(d.name for d in program.dims)]
    for name, value in arguments.items():
        if name not in known:
            raise mistake(
                f"{program.source.name} has nothing that is called `{name}` and can be given", help=suggestion(name, known)
            )
        if name in fixed and fixed[name] != value:
            place = next(d.span for d in program.dims if d.name == name)
            raise mistake(
                f"`{name}` is {fixed[name]} in the program", place, help=f"write `dim {name}` there, and it can be given"
            )


def told_sizes(program: Program, arguments: Mapping[str, Any]) -> dict[str, Told]:
    sizes: dict[str, Told] = {}
    for dim in program.dims:
        if dim.size is not None:
            sizes[dim.name] = Told(dim.size, "the program")
        elif dim.name in arguments:
            value = arguments[dim.name]
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise mistake(f"`{dim.name}` is a size, and {value!r} is no whole number above 0", dim.span)
            sizes[dim.name] = Told(value, "as given")
    return sizes


def number(value: Any, name: str) -> Any:
    """A parameter: a plain number, or one per sample as a tensor."""
    if isinstance(value, bool) or not isinstance(value, int | float | Tensor):
        try:
            return torch.as_tensor(value, dtype=torch.float64) if hasattr(value, "__len__") else float(value)
        except (TypeError, ValueError):
            raise mistake(f"`{name}` is a number, and {value!r} is none") from None
    return value
