"""The images that a program is tried on: from files, or made and drawn by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from invlang.errors import mistake
from invlang.graph.program import UnknownOf
from invlang.graph.values import Value
from invlang.model import Model
from invlang.reading import read_all


def truths(model: Model, folders: Sequence[Path]) -> list[tuple[str, dict[str, Tensor]]]:
    """(title, truth by unknown) of each image that is to be reconstructed; no truth where only data are there."""
    program = model.program
    files: dict[str, Any] = {**dict(program.simulated), **dict(program.pictures)}
    observed = {name for name, _ in program.observed}
    if not files:
        if {m.name for m in program.measurements} - observed:
            raise mistake(
                f"{program.source.name} says neither what was measured nor what to simulate",
                program.measurements[0].span if program.measurements else None,
                help='add `observe y = load("y.npy")` or `simulate x = image("astronaut")`',
            )
        return [(Path(program.source.name).stem, {})]
    missing = [u for u in program.unknowns if u.name not in files]
    if missing and {m.name for m in program.measurements} - observed:
        name = missing[0].name
        raise mistake(
            f"`{name}` has no truth to simulate with", missing[0].span, help=f'add `simulate {name} = load("{name}.npy")`'
        )
    return combined({u: read_truths(model, u, files[u.name], folders) for u in program.unknowns if u.name in files})


def read_truths(model: Model, unknown: UnknownOf, file: Any, folders: Sequence[Path]) -> list[tuple[str, Tensor]]:
    if isinstance(file, Value):
        made = model.truth(unknown.name)
        return [(unknown.name, made.to(model._instances.dtype or made.dtype))]
    arrays = read_all(file, unknown.name, unknown.space, model._instances.sizes, folders)
    return [(title, torch.from_numpy(array).to(working_dtype(model, array))) for title, array in arrays]


def combined(parts: dict[UnknownOf, list[tuple[str, Tensor]]]) -> list[tuple[str, dict[str, Tensor]]]:
    """Images of several unknowns beside each other: as many as the most numerous has, single ones for all."""
    count = max(len(images) for images in parts.values())
    for unknown, images in parts.items():
        if len(images) not in (1, count):
            raise mistake(f"`{unknown.name}` has {len(images)} images where others have {count}", unknown.span)
    rows = []
    for i in range(count):
        row = {u.name: images[i if len(images) > 1 else 0] for u, images in parts.items()}
        rows.append((next((t[i][0] for t in parts.values() if len(t) == count)), {n: x for n, (_, x) in row.items()}))
    return rows


def working_dtype(model: Model, array: np.ndarray) -> torch.dtype:
    double = model._instances.dtype == torch.float64
    if np.iscomplexobj(array):
        return torch.complex128 if double else torch.complex64
    return torch.float64 if double else torch.float32
