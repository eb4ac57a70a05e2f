"""Files of the safetensors format: what is written is read, files written by hand are, and what is broken is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from invlang.data.files import FileUnreadable, read_array
from invlang.data.safetensors import write_safetensors

KINDS = ("f8", "f4", "f2", "c8", "?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read(kind: str, tmp_path: Path) -> None:
    arrays = {"a": np.arange(6).reshape(2, 3).astype(kind), "β": np.asarray(1, dtype=kind)}
    write_safetensors(tmp_path / "two.safetensors", arrays)
    for name, array in arrays.items():
        found = read_array(f"two.safetensors:{name}", [tmp_path])
        assert found.dtype == array.dtype and found.shape == array.shape and np.array_equal(found, array)
    with pytest.raises(FileUnreadable, match="say which: `two.safetensors:a`, `two.safetensors:β`"):
        read_array("two.safetensors", [tmp_path])
    with pytest.raises(FileUnreadable, match="holds no array `c`, but a, β"):
        read_array("two.safetensors:c", [tmp_path])


def by_hand(path: Path, told: object, stored: bytes = b"", length: int | None = None) -> Path:
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + stored)
    return path


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    """One array behind what others say of themselves; numbers of two bytes that keep the range of four."""
    told = {"__metadata__": {"by": "hand"}, "x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}
    by_hand(tmp_path / "one.safetensors", told, bytes.fromhex("803f20c1"))
    assert read_array("one.safetensors", [tmp_path]).tolist() == [1.0, -10.0]


X = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"x": {**X, "data_offsets": [0, 16]}}, "do not lie inside the file"),
        ({"x": {**X, "data_offsets": [-8, 0]}}, "do not lie inside the file"),
        ({"x": {**X, "shape": [3]}}, "not as many as its shape says"),
        ({"x": {**X, "shape": [-2]}}, "lacks a type, a shape or a place"),
        ({"x": {**X, "dtype": "F8_E4M3"}}, "its type F8_E4M3 is none of F64"),
        ({"x": [1, 2]}, "lacks a type, a shape or a place"),
        ([1, 2], "lists no arrays"),
        (b"{not json", "is no JSON"),
        (b"[" * 5000, "is no JSON"),
    ],
)
def test_what_is_broken_is_said(told: object, said: str, tmp_path: Path) -> None:
    by_hand(tmp_path / "bad.safetensors", told, bytes(8))
    with pytest.raises(FileUnreadable, match=said):
        read_array("bad.safetensors:x" if isinstance(told, dict) else "bad.safetensors", [tmp_path])


@pytest.mark.parametrize("length", [0, 1, 3000, 2**63])
def test_a_length_that_is_none_is_said(length: int, tmp_path: Path) -> None:
    by_hand(tmp_path / "bad.safetensors", {"x": X}, bytes(8), length)
    with pytest.raises(FileUnreadable, match="how long its description is"):
        read_array("bad.safetensors", [tmp_path])


def test_a_file_that_is_too_short_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"ab")
    with pytest.raises(FileUnreadable, match="how long its description is"):
        read_array("bad.safetensors", [tmp_path])
