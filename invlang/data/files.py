"""Read arrays and pictures from a user's files: only below allowed folders, and never by unpickling."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

PICTURE_TYPES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp")
ARRAY_TYPES = (".npy", ".npz")


class DataError(ValueError):
    """Data that cannot be read or used; its text is one sentence for the user."""


class FileOutside(DataError):
    """A path leaves the folders that the program may read."""


class FileUnreadable(DataError):
    """A file is missing, of the wrong type, or broken."""


def allowed_path(path: str | Path, inside: Sequence[Path]) -> Path:
    """The real place of `path` (relative ones start at the first allowed folder), symbolic links followed.

    Raises FileOutside if that place is below none of the folders `inside`.

    >>> allowed_path("mask.npy", [Path("/scans")])
    PosixPath('/scans/mask.npy')
    """
    if not inside:
        raise FileOutside(f"`{path}` cannot be read: this program may read no folder")
    if "\0" in str(path):
        raise FileOutside("a file's name holds a character that no file can have")
    try:
        place = (Path(inside[0]) / path).resolve()
        roots = [Path(folder).resolve() for folder in inside]
    except (OSError, RuntimeError) as error:
        raise FileUnreadable(f"`{path}` leads nowhere: its links form a circle") from error
    if not any(place == root or root in place.parents for root in roots):
        raise FileOutside(f"`{path}` lies outside the folder of the program; only files below it may be read")
    return place


def read_array(path: str | Path, inside: Sequence[Path]) -> np.ndarray:
    """The array in a PNG, JPEG, TIFF, NPY, NPZ or safetensors file (`scan.npz:kspace` names one of several arrays).

    Integer pictures come as float64 in [0, 1], [H, W] or [C, H, W]; other arrays come as they are (numbers only).
    Raises FileOutside and FileUnreadable.
    """
    wanted, member = archive_and_member(str(path))
    place = allowed_path(wanted, inside)
    require_file(place, wanted)
    kind = place.suffix.lower()
    if kind in ARCHIVES:
        return numbers_only(ARCHIVES[kind](place, member, wanted), wanted)
    if kind == ".npy":
        return read_npy(place, wanted)
    if kind in PICTURE_TYPES:
        return read_picture_file(place, wanted)
    raise FileUnreadable(f"`{wanted}` is of a type that cannot be read; these can: PNG, JPEG, TIFF, NPY, NPZ, safetensors")


def archive_and_member(path: str) -> tuple[str, str]:
    """The file, and the array in it that is named behind a colon, or "".

    >>> archive_and_member("scan.npz:kspace"), archive_and_member("scan.npy")
    (('scan.npz', 'kspace'), ('scan.npy', ''))
    """
    for ending in ARCHIVES:
        text, _, member = path.partition(f"{ending}:")
        if member:
            return f"{text}{ending}", member
    return path, ""


def read_pictures(folder: str | Path, inside: Sequence[Path]) -> Iterator[tuple[str, np.ndarray]]:
    """The pictures and arrays of a folder with their names, one after the other: 2 before 10, subfolders left aside."""
    for place in picture_files(folder, inside):
        yield place.stem, read_array(place, inside)


def picture_files(folder: str | Path, inside: Sequence[Path]) -> list[Path]:
    """The files of a folder that `read_array` can read, in the order a person would list them.  Raises when there is none."""
    place = allowed_path(folder, inside)
    if not place.is_dir():
        raise FileUnreadable(f"there is no folder `{folder}`")
    known = PICTURE_TYPES + ARRAY_TYPES
    files = [f for f in place.iterdir() if f.suffix.lower() in known and not f.name.startswith(".")]
    if not files:
        raise FileUnreadable(f"the folder `{folder}` holds no picture")
    return sorted(files, key=lambda f: [int(p) if p.isdigit() else p.lower() for p in re.split(r"(\d+)", f.name)])


def require_file(place: Path, name: str) -> None:
    if place.is_dir():
        raise FileUnreadable(f"`{name}` is a folder; a file is wanted")
    if not place.exists():
        raise FileUnreadable(f"there is no file `{name}`")
    if not place.is_file():
        raise FileUnreadable(f"`{name}` is not an ordinary file")


def read_npy(place: Path, name: str) -> np.ndarray:
    try:
        array = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError, SyntaxError) as error:
        raise FileUnreadable(broken_array(name, error)) from error
    return numbers_only(array, name)


def read_npz(place: Path, member: str, name: str) -> np.ndarray:
    try:
        with np.load(place, allow_pickle=False) as archive:
            return archive[member_of(list(archive.files), member, name)]  # type: ignore[no-any-return]
    except FileUnreadable:
        raise
    except (OSError, ValueError, EOFError, MemoryError, SyntaxError, zipfile.BadZipFile) as error:
        raise FileUnreadable(broken_array(name, error)) from error


def read_from_safetensors(place: Path, member: str, name: str) -> np.ndarray:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(place, framework="numpy") as archive:
            return archive.get_tensor(member_of(list(archive.keys()), member, name))  # type: ignore[no-any-return]
    except TypeError as error:
        raise FileUnreadable(f"`{name}` holds numbers that NumPy lacks: {error}") from error
    except (OSError, MemoryError, SafetensorError) as error:
        raise FileUnreadable(broken_array(name, error)) from error


def member_of(members: list[str], asked: str, name: str) -> str:
    """The array of an archive that is asked for, or the only one.  Raises FileUnreadable."""
    if not asked and len(members) != 1:
        listing = ", ".join(f"`{name}:{m}`" for m in members[:8])
        raise FileUnreadable(f"`{name}` holds {len(members)} arrays; say which: {listing}")
    if asked and asked not in members:
        raise FileUnreadable(f"`{name}` holds no array `{asked}`, but {', '.join(members[:8])}")
    return asked or members[0]


ARCHIVES = {".npz": read_npz, ".safetensors": read_from_safetensors}
"""Files of several arrays with names, by their ending."""


def broken_array(name: str, error: BaseException) -> str:
    if "pickle" in str(error):
        return f"`{name}` holds Python objects, not numbers; such files are not opened, since opening them can run code"
    if isinstance(error, MemoryError):
        return f"`{name}` asks for more memory than there is"
    return f"`{name}` is broken: it does not hold an array"


def numbers_only(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "biufc":
        raise FileUnreadable(f"`{name}` does not hold numbers")
    if array.size == 0:
        raise FileUnreadable(f"`{name}` holds an empty array")
    return array


def read_picture_file(place: Path, name: str) -> np.ndarray:
    """A picture file's values, float64 in [0, 1] for integer files: [H, W] or [C, H, W]; transparency is laid on white."""
    if place.suffix.lower() in (".tif", ".tiff") and find_spec("tifffile"):
        return read_tiff(place, name)
    try:
        with Image.open(place) as picture:
            picture.load()
            return pillow_values(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise FileUnreadable(f"`{name}` is broken: it does not hold a picture") from error
    except Image.DecompressionBombError as error:
        raise FileUnreadable(f"`{name}` is larger than any picture this program would open") from error


def pillow_values(picture: Image.Image) -> np.ndarray:
    if picture.mode in ("P", "PA", "LA", "RGBA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, picture).convert("RGB")
        gray = picture.convert("L")
        if np.array_equal(np.asarray(picture), np.asarray(gray)[..., None].repeat(3, -1)):
            picture = gray
    elif picture.mode not in ("1", "L", "RGB", "F") and not picture.mode.startswith("I"):
        picture = picture.convert("RGB")
    if picture.mode == "I":
        return np.clip(np.asarray(picture, dtype=np.float64) / 65535, 0, 1)
    return unit_range(channels_first(np.asarray(picture)))


def read_tiff(place: Path, name: str) -> np.ndarray:
    from tifffile import TiffFile, TiffFileError  # optional, and slow to import

    try:
        with TiffFile(place) as file:
            series = file.series[0]
            array, axes = series.asarray(), series.axes
    except (TiffFileError, OSError, ValueError, IndexError, KeyError, RuntimeError, MemoryError) as error:
        raise FileUnreadable(f"`{name}` is broken: it does not hold a picture") from error
    if "S" in axes:
        array = np.moveaxis(array, axes.index("S"), -3)
    return unit_range(numbers_only(array, name))


def channels_first(array: np.ndarray) -> np.ndarray:
    return np.moveaxis(array, -1, 0) if array.ndim == 3 else array


def unit_range(array: np.ndarray) -> np.ndarray:
    """Integers divided by their type's largest value; the rest as it is."""
    if array.dtype.kind in "iu":
        return np.ascontiguousarray(array, dtype=np.float64) / np.iinfo(array.dtype).max
    kind = np.complex128 if array.dtype.kind == "c" else np.float64
    return np.ascontiguousarray(array, dtype=kind)
