"""Make a picture fit a space: its channels, its size, its field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from invlang.data.files import DataError

REC601 = np.array([0.299, 0.587, 0.114])


class PictureDoesNotFit(DataError):
    """A picture cannot be brought into a space without inventing or losing something that matters."""


def fit_picture(array: np.ndarray, shape: Sequence[int | str | None], field: str = "real") -> np.ndarray:
    """`array` brought into the space field[shape]; a free axis is None or a name, and equal names mean equal sizes.

    Colour becomes gray by rec601 luma, gray fills three channels, fixed sizes are met by a centred crop to the right
    proportions and an area-weighted resize.  An array that fits already is left as it is.
    Gives float64, or complex128 for complex.  Raises PictureDoesNotFit.

    >>> fit_picture(np.ones((3, 64, 48)), ["H", "W"]).shape
    (64, 48)
    >>> fit_picture(np.ones((64, 48)), [3, 32, 32]).shape
    (3, 32, 32)
    """
    space = show_space(shape, field)
    if not sizes_agree(array.shape, shape):
        array = fit_channels(array, shape, space)
        array = fit_size(array, shape[-2:])
    return fit_field(array, field, space)


def show_space(shape: Sequence[int | str | None], field: str) -> str:
    return f"{field}[{', '.join('…' if n is None else str(n) for n in shape)}]"


def show_array(array: np.ndarray) -> str:
    return " × ".join(map(str, array.shape)) or "a single number"


def sizes_agree(sizes: Sequence[int], shape: Sequence[int | str | None]) -> bool:
    if len(sizes) != len(shape):
        return False
    bound: dict[str, int] = {}
    for size, wanted in zip(sizes, shape, strict=True):
        expected = bound.setdefault(wanted, size) if isinstance(wanted, str) else wanted
        if expected is not None and expected != size:
            return False
    return True


def fit_channels(array: np.ndarray, shape: Sequence[int | str | None], space: str) -> np.ndarray:
    if len(shape) not in (2, 3) or array.ndim not in (2, 3):
        raise PictureDoesNotFit(f"an array of {show_array(array)} does not fit {space}")
    channels = array.shape[0] if array.ndim == 3 else 1
    planes = array.reshape(channels, *array.shape[-2:])
    if len(shape) == 2 or shape[0] == 1:
        gray = to_gray(planes, space)
        return gray if len(shape) == 2 else gray[None]
    wanted = shape[0]
    if not isinstance(wanted, int) or wanted == channels:
        return planes
    if channels == 1 and wanted == 3:
        return np.repeat(planes, 3, axis=0)
    raise PictureDoesNotFit(f"a picture with {count(channels)} does not fit {space}, which has {count(wanted)}")


def count(channels: int) -> str:
    return "one channel" if channels == 1 else f"{channels} channels"


def to_gray(planes: np.ndarray, space: str) -> np.ndarray:
    """[H, W] of [1, H, W] or, by rec601 luma, of [3, H, W]."""
    if planes.shape[0] == 1:
        return planes[0]
    if planes.shape[0] == 3:
        return np.tensordot(REC601, planes, 1)
    raise PictureDoesNotFit(f"a picture with {count(planes.shape[0])} cannot become gray, as {space} wants")


def fit_size(array: np.ndarray, wanted: Sequence[int | str | None]) -> np.ndarray:
    """The last two axes brought to the wanted sizes; a free one follows the picture's proportions."""
    height, width = array.shape[-2:]
    high, wide = (n if isinstance(n, int) else None for n in wanted)
    if isinstance(wanted[0], str) and wanted[0] == wanted[1]:
        high = wide = min(height, width)
    if high is None and wide is None:
        return array
    if high is None:
        high = max(1, round(height * wide / width))
    if wide is None:
        wide = max(1, round(width * high / height))
    return resize(crop_to_proportions(array, high, wide), high, wide)


def crop_to_proportions(array: np.ndarray, high: int, wide: int) -> np.ndarray:
    """The largest centred part of `array` whose sides are as high : wide."""
    height, width = array.shape[-2:]
    rows = min(height, max(1, round(width * high / wide)))
    columns = min(width, max(1, round(height * wide / high)))
    top, left = (height - rows) // 2, (width - columns) // 2
    return array[..., top : top + rows, left : left + columns]


def resize(array: np.ndarray, high: int, wide: int) -> np.ndarray:
    """Separable resize of the last two axes: means over areas when it shrinks, linear in between when it grows.

    >>> resize(np.array([[0.0, 1.0], [2.0, 3.0]]), 1, 1)
    array([[1.5]])
    """
    rows, columns = resize_weights(array.shape[-2], high), resize_weights(array.shape[-1], wide)
    return rows @ array @ columns.T


def resize_weights(old: int, new: int) -> np.ndarray:
    """[new, old], rows sum to one: each new sample's overlap with the old ones."""
    if new > old:
        centre = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        return np.maximum(0, 1 - np.abs(centre[:, None] - np.arange(old)))
    start = np.arange(new)[:, None] * old / new
    overlap = np.minimum(start + old / new, np.arange(old) + 1.0) - np.maximum(start, np.arange(old))
    return np.maximum(0, overlap) * new / old


def fit_field(array: np.ndarray, field: str, space: str) -> np.ndarray:
    if field == "complex":
        return np.ascontiguousarray(array, dtype=np.complex128)
    if np.iscomplexobj(array):
        raise PictureDoesNotFit(f"the array is complex and {space} is not: take its abs or its real part first")
    array = np.ascontiguousarray(array, dtype=np.float64)
    if field == "binary" and not np.isin(array, (0, 1)).all():
        extent = f"from {array.min():.3g} to {array.max():.3g}"
        raise PictureDoesNotFit(f"{space} takes zeros and ones only; the array holds values {extent}")
    if field == "integer" and not (array == np.round(array)).all():
        raise PictureDoesNotFit(f"{space} takes whole numbers only; the array holds others")
    return array
