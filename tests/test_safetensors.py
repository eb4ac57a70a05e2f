"""Files of the safetensors format: what is written is read, and what is broken is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from invlang.data.files import FileUnreadable, read_array

KINDS = ("f8", "f4", "f2", "c8", "?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read(kind: str, tmp_path: Path) -> None:
    arrays = {"a": np.arange(6).reshape(2, 3).astype(kind), "β": np.asarray(1, dtype=kind)}
    save_file(arrays, tmp_path / "two.safetensors")
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


def test_numbers_that_numpy_lacks_are_said(tmp_path: Path) -> None:
    by_hand(
        tmp_path / "one.safetensors", {"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, bytes.fromhex("803f20c1")
    )
    with pytest.raises(FileUnreadable, match="holds numbers that NumPy lacks"):
        read_array("one.safetensors", [tmp_path])


X = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "told",
    [
        {"x": {**X, "data_offsets": [0, 16]}},
        {"x": {**X, "data_offsets": [-8, 0]}},
        {"x": {**X, "shape": [3]}},
        {"x": {**X, "shape": [-2]}},
        {"x": [1, 2]},
        [1, 2],
        b"{not json",
        b"[" * 5000,
    ],
)
def test_what_is_broken_is_said(told: object, tmp_path: Path) -> None:
    by_hand(tmp_path / "bad.safetensors", told, bytes(8))
    with pytest.raises(FileUnreadable, match="bad.safetensors"):
        read_array("bad.safetensors:x" if isinstance(told, dict) else "bad.safetensors", [tmp_path])


@pytest.mark.parametrize("length", [0, 1, 3000, 2**63])
def test_a_length_that_is_none_is_said(length: int, tmp_path: Path) -> None:
    by_hand(tmp_path / "bad.safetensors", {"x": X}, bytes(8), length)
    with pytest.raises(FileUnreadable, match="bad.safetensors"):
        read_array("bad.safetensors", [tmp_path])


def test_a_file_that_is_too_short_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"ab")
    with pytest.raises(FileUnreadable, match="bad.safetensors"):
        read_array("bad.safetensors", [tmp_path])
