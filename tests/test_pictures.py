"""Pictures by name, arrays from files, and how they are made to fit."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from invlang.data import pictures
from invlang.data.files import FileOutside, FileUnreadable, picture_files
from invlang.data.fit import PictureDoesNotFit, fit_picture, resize
from invlang.data.pictures import PICTURES, PictureNotFound, picture, picture_names, read_array, read_pictures


@pytest.mark.parametrize("name", [n for n in picture_names() if PICTURES[n].package in ("skimage", "matplotlib")])
def test_every_bundled_picture_is_an_image_in_the_unit_range(name):
    array = picture(name)
    assert array.dtype == np.float64 and array.ndim in (2, 3)
    assert array.ndim == 2 or array.shape[0] == 3
    assert array.min() >= 0 and 0.4 < array.max() <= 1


def test_aliases_and_sizes():
    assert np.array_equal(picture("chelsea"), picture("cat"))
    assert np.array_equal(picture("mri_head"), picture("brain"))
    assert picture("brain").shape == (256, 256) and picture("astronaut").shape == (3, 512, 512)


def test_an_unknown_picture_lists_the_names_and_the_nearest():
    with pytest.raises(PictureNotFound, match="did you mean `astronaut`") as caught:
        picture("astronout")
    assert "camera" in str(caught.value)


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    with pytest.raises(PictureNotFound, match="pip install scikit-image"):
        picture("astronaut")


def save(path, array, **how):
    Image.fromarray(array).save(path, **how)
    return path


def test_pictures_from_files(tmp_path):
    gray = np.arange(256, dtype=np.uint8).reshape(16, 16)
    save(tmp_path / "gray.png", gray)
    save(tmp_path / "colour.png", np.stack([gray] * 3, -1))
    save(tmp_path / "deep.png", gray.astype(np.uint16) * 257)
    save(tmp_path / "deep.tif", gray.astype(np.uint16) * 257)
    save(tmp_path / "bits.png", gray > 100)
    for name in ("gray.png", "deep.png", "deep.tif"):
        assert np.allclose(read_array(name, [tmp_path]), gray / 255)
    assert read_array("colour.png", [tmp_path]).shape == (3, 16, 16)
    assert set(np.unique(read_array("bits.png", [tmp_path]))) == {0.0, 1.0}


def test_a_transparent_picture_lies_on_white(tmp_path):
    clear = np.zeros((4, 4, 4), np.uint8)
    save(tmp_path / "clear.png", clear)
    assert np.allclose(read_array("clear.png", [tmp_path]), 1)


def test_arrays_from_files(tmp_path):
    kspace = np.ones((2, 3)) * 1j
    np.save(tmp_path / "a.npy", kspace)
    np.savez(tmp_path / "two.npz", a=kspace, b=np.zeros(4, int))
    np.savez(tmp_path / "one.npz", only=kspace)
    assert np.array_equal(read_array("a.npy", [tmp_path]), kspace)
    assert np.array_equal(read_array("one.npz", [tmp_path]), kspace)
    assert np.array_equal(read_array("two.npz:b", [tmp_path]), np.zeros(4))
    with pytest.raises(FileUnreadable, match="say which: `two.npz:a`, `two.npz:b`"):
        read_array("two.npz", [tmp_path])
    with pytest.raises(FileUnreadable, match="no array `c`"):
        read_array("two.npz:c", [tmp_path])


def test_nothing_is_unpickled(tmp_path):
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(FileUnreadable, match="can run code"):
        read_array("evil.npy", [tmp_path])


def test_paths_stay_inside(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    np.save(outside / "secret.npy", np.ones(3))
    (inside / "link.npy").symlink_to(outside / "secret.npy")
    (inside / "folder").symlink_to(outside)
    for path in ("../out/secret.npy", "link.npy", "folder/secret.npy", str(outside / "secret.npy")):
        with pytest.raises(FileOutside):
            read_array(path, [inside])
        assert read_array(path, [inside, outside]).shape == (3,)


def test_broken_and_missing_files_are_said_in_one_line(tmp_path):
    for name in ("bad.png", "bad.npy", "bad.npz", "bad.tif", "bad.txt"):
        (tmp_path / name).write_bytes(b"\x93NUMPY nonsense")
    (tmp_path / "folder.png").mkdir()
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**40, 2**10)})
    (tmp_path / "huge.npy").write_bytes(header.getvalue())
    for name in ("bad.png", "bad.npy", "bad.npz", "bad.tif", "bad.txt", "folder.png", "none.png", "huge.npy", "a\0b"):
        with pytest.raises((FileUnreadable, FileOutside)) as caught:
            read_array(name, [tmp_path])
        assert "\n" not in str(caught.value)


def test_a_folder_is_read_as_a_person_lists_it(tmp_path):
    for name in ("im10.png", "im2.png", "im1.png"):
        save(tmp_path / name, np.zeros((2, 2), np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    assert [name for name, _ in read_pictures(".", [tmp_path])] == ["im1", "im2", "im10"]
    with pytest.raises(FileUnreadable, match="no folder"):
        picture_files("nowhere", [tmp_path])


@pytest.mark.parametrize(
    "shape, wanted, result",
    [
        ((3, 8, 6), [3, "H", "W"], (3, 8, 6)),
        ((3, 8, 6), ["H", "W"], (8, 6)),
        ((3, 8, 6), [1, "H", "W"], (1, 8, 6)),
        ((8, 6), [3, None, None], (3, 8, 6)),
        ((8, 6), ["C", "H", "W"], (1, 8, 6)),
        ((3, 8, 6), ["H", "H"], (6, 6)),
        ((3, 8, 6), [3, 4, 4], (3, 4, 4)),
        ((8, 6), [16, 4], (16, 4)),
        ((8, 6), [4, "W"], (4, 3)),
        ((5, 8, 6), [5, 8, 6], (5, 8, 6)),
        ((4, 5, 8, 6), [None] * 4, (4, 5, 8, 6)),
    ],
)
def test_what_fits_what(shape, wanted, result):
    assert fit_picture(np.ones(shape), wanted).shape == result


@pytest.mark.parametrize(
    "array, wanted, field, words",
    [
        (np.ones((4, 8, 6)), [3, None, None], "real", "4 channels does not fit"),
        (np.ones((4, 8, 6)), [None, None], "real", "cannot become gray"),
        (np.ones((8, 6)) * 1j, [None, None], "real", "is complex"),
        (np.full((8, 6), 0.5), [None, None], "binary", "zeros and ones only"),
        (np.full((8, 6), 0.5), [None, None], "integer", "whole numbers"),
        (np.ones(8), [None, None], "real", "does not fit real"),
    ],
)
def test_what_does_not_fit_is_said(array, wanted, field, words):
    with pytest.raises(PictureDoesNotFit, match=words):
        fit_picture(array, wanted, field)


def test_luma_and_complex():
    red = np.zeros((3, 2, 2))
    red[0] = 1
    assert np.allclose(fit_picture(red, [None, None]), 0.299)
    assert fit_picture(red, ["H", "W"], "complex").dtype == np.complex128


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_a_resize_keeps_constants_and_shrinking_keeps_the_mean(old, new, other):
    assert np.allclose(resize(np.full((old, other), 0.3), new, 5), 0.3)
    array = np.random.default_rng(old).random((old, other))
    small = resize(array, min(new, old), other)
    assert np.isclose(small.mean(), array.mean())
