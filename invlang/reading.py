"""Read what a program names: load("mask.npy"), image("astronaut"), images("folder/"), as arrays of their spaces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from invlang.bundled import PICTURES
from invlang.data.files import DataError
from invlang.data.fit import fit_field, fit_picture
from invlang.data.pictures import picture, read_array, read_pictures
from invlang.errors import mistake
from invlang.graph.program import File
from invlang.graph.spaces import Space
from invlang.sizes import Shape, Sizes, learn, shape_in


def read_one(file: File, name: str, space: Space, sizes: Sizes, folders: Sequence[Path]) -> np.ndarray:
    """The array that `name : space = file` means.  Raises InvError."""
    return read_all(file, name, space, sizes, folders)[0][1]


def read_all(file: File, name: str, space: Space, sizes: Sizes, folders: Sequence[Path]) -> list[tuple[str, np.ndarray]]:
    """(title, array) of each picture: one, or as many as the folder of images("folder/") holds."""
    shape = shape_in(sizes, space)
    try:
        match file.kind:
            case "images":
                return [(title, fit_picture(array, shape, space.field)) for title, array in read_pictures(file.name, folders)]
            case "image":
                bundled = "." not in file.name and "/" not in file.name
                array = picture(file.name) if bundled else read_array(file.name, folders)
                return [(Path(file.name).stem, fit_picture(array, shape, space.field))]
            case _:
                return [(Path(file.name).stem, as_declared(read_array(file.name, folders), name, space, sizes, file))]
    except DataError as error:
        raise mistake(sentence(error), file.span, help=bundled_hint(file)) from error


def as_declared(array: np.ndarray, name: str, space: Space, sizes: Sizes, file: File) -> np.ndarray:
    learn(sizes, [Shape(name, space, array.shape, file.span)])
    return fit_field(array, space.field, f"{name} : {space}")


def sentence(error: DataError) -> str:
    text = str(error)
    return text[0].lower() + text[1:] if text[:1].isupper() and not text[1:2].isupper() else text


def bundled_hint(file: File) -> str | None:
    """A name without a folder may mean a picture that ships with the library, or a file."""
    if file.kind == "load" and file.name in PICTURES:
        return f'write image("{file.name}") for the picture of that name'
    return None
