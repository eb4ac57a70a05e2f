"""Pictures by name: what image("astronaut") gives, from packages that are installed, without a network."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from invlang.bundled import INSTALL, PICTURES, Bundled, bundled, nearest_pictures
from invlang.data.files import DataError, FileOutside, FileUnreadable, allowed_path, read_array, read_picture_file, read_pictures
from invlang.data.fit import PictureDoesNotFit, fit_picture, to_gray

__all__ = [
    "DataError", "FileOutside", "FileUnreadable", "PictureDoesNotFit", "PictureNotFound",
    "allowed_path", "fit_picture", "picture", "picture_names", "read_array", "read_pictures",
]  # fmt: skip


class PictureNotFound(DataError):
    """No bundled picture has that name, or the package that holds it is not installed."""


def picture(name: str) -> np.ndarray:
    """The bundled picture of that name: float64 in [0, 1], [H, W] when gray, [3, H, W] in colour.

    Raises PictureNotFound with the names that exist, or with what to install.

    >>> picture("brain").shape
    (256, 256)
    """
    entry = bundled(name)
    if entry is None:
        raise PictureNotFound(unknown_name(name))
    values = read_bundled(bundled_path(name, entry), name)
    return to_gray(values, "a gray picture") if entry.gray and values.ndim == 3 else values


def picture_names() -> list[str]:
    """The names that `picture` knows, without their aliases."""
    return sorted(PICTURES)


def unknown_name(name: str) -> str:
    close = nearest_pictures(name)
    guess = f"; did you mean {' or '.join(f'`{c}`' for c in close)}?" if close else "."
    return f"there is no picture `{name}`{guess} There are: {', '.join(picture_names())}"


def bundled_path(name: str, entry: Bundled) -> Path:
    package = INSTALL[entry.package]
    found = find_spec(entry.package)
    if found is None or not found.submodule_search_locations:
        raise PictureNotFound(f"the picture `{name}` comes with {package}, which is not installed: pip install {package}")
    path = Path(next(iter(found.submodule_search_locations))) / entry.file
    if not path.is_file():
        raise PictureNotFound(f"the picture `{name}` is not in the {package} that is installed here; another version may have it")
    return path


def read_bundled(path: Path, name: str) -> np.ndarray:
    match path.suffix:
        case ".gz":
            return spread(np.frombuffer(gzip.decompress(path.read_bytes()), "<u2").reshape(256, 256))
        case ".npz":
            return spread(np.load(path, allow_pickle=False)["elevation"], from_lowest=True)
        case ".npy":
            return spread(np.load(path, allow_pickle=False), from_lowest=True)
        case ".dcm":
            return spread(read_dicom(path), from_lowest=True)
        case _:
            return read_picture_file(path, name)


def read_dicom(path: Path) -> np.ndarray:
    from pydicom import dcmread  # pyright: ignore[reportMissingImports]  # optional, and slow to import

    return dcmread(path).pixel_array


def spread(values: np.ndarray, from_lowest: bool = False) -> np.ndarray:
    """Values brought to [0, 1] by their largest one, zero staying zero unless from_lowest."""
    values = np.asarray(values, dtype=np.float64)
    lowest = values.min() if from_lowest else 0.0
    return (values - lowest) / (values.max() - lowest)
