"""Arrays with names in one file of the safetensors format: a description in JSON and the numbers themselves, nothing that could run.

Eight bytes say how long the description is; it tells of each array its type, its shape and where its bytes lie behind the description.
Source: https://github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

KINDS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "C64": "<c8", "BOOL": "?",
    **{f"{letter}{8 * n}": f"<{letter.lower()}{n}" for letter in "IU" for n in (1, 2, 4, 8)},
}  # fmt: skip
LONGEST = 100_000_000  # bytes of a description: the format allows no more


class Broken(ValueError):
    """What a file says of itself does not hold; its text says what."""


def names_in(path: Path) -> list[str]:
    """The names of the arrays.  Raises Broken and OSError."""
    return [n for n in described(path)[0] if n != "__metadata__"]


def read_safetensors(path: Path, name: str) -> np.ndarray:
    """One array.  Numbers of two bytes that NumPy lacks, BF16, come as float32.  Raises Broken, OSError and KeyError."""
    told, begin = described(path)
    kind, shape, (first, last) = entry(told[name])
    itemsize = 2 if kind == "BF16" else np.dtype(KINDS[kind]).itemsize if kind in KINDS else 0
    if not itemsize:
        raise Broken(f"its type {kind} is none of {', '.join((*KINDS, 'BF16'))}")
    if not 0 <= first <= last <= path.stat().st_size - begin or last - first != itemsize * prod(shape):
        raise Broken("its bytes do not lie inside the file, or are not as many as its shape says")
    with path.open("rb") as file:
        file.seek(begin + first)
        stored = file.read(last - first)
    if kind == "BF16":
        return (np.frombuffer(stored, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    return np.frombuffer(stored, KINDS[kind]).reshape(shape)


def described(path: Path) -> tuple[dict[str, Any], int]:
    """The description, and where the bytes of the arrays begin."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(LONGEST, path.stat().st_size - 8):
            raise Broken("it does not begin with how long its description is")
        try:
            told = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise Broken("its description is no JSON") from error
    if not isinstance(told, dict):
        raise Broken("its description lists no arrays")
    return told, 8 + length


def entry(told: Any) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """The type, the shape and the bytes of an array."""
    match told:
        case {"dtype": str(kind), "shape": [*sizes], "data_offsets": [int(first), int(last)]} if all(map(is_size, sizes)):
            return kind, tuple(sizes), (first, last)
    raise Broken("its description lacks a type, a shape or a place")


def is_size(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0


def write_safetensors(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """A file with these arrays, as precise as they are."""
    kinds = {np.dtype(code): kind for kind, code in KINDS.items()}
    told, place = {}, 0
    for name, array in arrays.items():
        told[name] = {"dtype": kinds[array.dtype], "shape": array.shape, "data_offsets": (place, place := place + array.nbytes)}
    text = json.dumps(told, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers begin at a multiple of eight bytes
    path.write_bytes(b"".join((len(text).to_bytes(8, "little"), text, *(a.tobytes() for a in arrays.values()))))
