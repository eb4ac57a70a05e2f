"""What a caller passes, made into torch tensors of the declared space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from invlang.errors import mistake
from invlang.graph.spaces import Space
from invlang.source import Span

REAL_OF = {torch.complex64: torch.float32, torch.complex128: torch.float64}
COMPLEX_OF = {torch.float32: torch.complex64, torch.float64: torch.complex128}
PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


def as_tensor(value: Any, name: str, space: Space, place: Span | None = None) -> Tensor:
    """The value as a tensor of the space's field, in its own precision and on its own device.  Raises InvError."""
    tensor = any_tensor(value, name, place)
    match space.field:
        case "binary":
            if not bool(((tensor == 0) | (tensor == 1)).all()):
                raise mistake(f"`{name}` holds other numbers than 0 and 1, and {space} takes only these", place)
            return tensor.to(torch.bool)
        case "integer":
            if tensor.is_complex() or (tensor.is_floating_point() and not bool((tensor == tensor.round()).all())):
                raise mistake(f"`{name}` holds fractions, and {space} takes whole numbers only", place)
            return tensor.to(torch.int64)
        case "complex":
            return tensor if tensor.is_complex() else torch.complex(*two_parts(as_real(tensor)))
        case _:
            if tensor.is_complex():
                raise mistake(f"`{name}` is complex, and {space} is not", place, help="take its real part or its magnitude first")
            return as_real(tensor)


def any_tensor(value: Any, name: str, place: Span | None) -> Tensor:
    if isinstance(value, Tensor):
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise mistake(f"`{name}` is no array: its rows have different lengths", place) from None
    if array.dtype.kind not in "biufc":
        raise mistake(f"`{name}` is {type(value).__name__}, not numbers", place)
    if array.dtype.kind in "uif" and array.dtype.itemsize in (2, 16) or array.dtype.kind == "u":
        array = array.astype(np.float64 if array.dtype.itemsize >= 8 else np.float32)
    return torch.from_numpy(np.array(array, dtype=array.dtype.newbyteorder("="), order="C"))


def as_real(tensor: Tensor) -> Tensor:
    """float32 or float64: what is neither becomes the default."""
    return tensor if tensor.dtype in COMPLEX_OF else tensor.to(torch.get_default_dtype())


def two_parts(tensor: Tensor) -> tuple[Tensor, Tensor]:
    return tensor, torch.zeros_like(tensor)


def precision_of(tensors: Iterable[Tensor]) -> torch.dtype:
    """The finest precision among them."""
    found = [REAL_OF.get(t.dtype, t.dtype) for t in tensors]
    return torch.float64 if torch.float64 in found else torch.float32


def in_precision(tensor: Tensor, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The tensor on the device; real and complex numbers in that precision, masks and whole numbers as they are."""
    if tensor.is_complex():
        return tensor.to(device, COMPLEX_OF[dtype])
    return tensor.to(device, dtype) if tensor.is_floating_point() else tensor.to(device)


def real_of(tensor: Tensor) -> torch.dtype:
    """The precision of a tensor's real numbers."""
    return tensor.real.dtype if tensor.is_complex() else tensor.dtype


def precision_named(dtype: str | torch.dtype | None) -> torch.dtype | None:
    """float32 or float64, by name or as torch calls them."""
    found = PRECISIONS.get(dtype, None) if isinstance(dtype, str) else dtype
    if dtype is not None and found not in COMPLEX_OF:
        raise mistake(f"{str(dtype).removeprefix('torch.')} is no precision to calculate in", help="float32 or float64")
    return found


def device_named(device: str | torch.device | None) -> torch.device | None:
    """A device that is there.  Raises InvError for one that is not."""
    if device is None:
        return None
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise mistake(f"there is no device `{device}` here", help=devices_here()) from error
    return found


def devices_here() -> str:
    here = ["cpu", *(["cuda"] if torch.cuda.is_available() else []), *(["mps"] if torch.backends.mps.is_available() else [])]
    return f"this machine has {' and '.join(here)}"
