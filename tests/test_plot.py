"""Pictures and curves that are written."""

import io

import numpy as np
import pytest
from PIL import Image

from invlang.page import to_data_uri
from invlang.plot import as_bytes, convergence, png_bytes, save_png, side_by_side, suboptimality


def test_values_are_clipped_to_the_stated_range(tmp_path):
    save_png(np.array([[-1.0, 0.0], [0.5, 7.0]]), tmp_path / "a.png")
    assert np.asarray(Image.open(tmp_path / "a.png")).tolist() == [[0, 0], [128, 255]]
    assert as_bytes(np.array([[2.0, 4.0]]), None, None).tolist() == [[0, 255]]
    assert as_bytes(np.array([[0.0, 4.0]]), 0, 8).tolist() == [[0, 128]]


def test_complex_values_show_their_magnitude():
    assert as_bytes(np.array([[1j, -0.5]])).tolist() == [[255, 128]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("bounds", [(0.0, 1.0), (None, None)])
def test_what_is_not_finite_is_still_a_picture(value, bounds):
    assert as_bytes(np.array([[value, 0.0, 1.0]]), *bounds)[0, 1:].tolist() == [0, 255]
    assert as_bytes(np.full((2, 2), value), *bounds).shape == (2, 2)


@pytest.mark.parametrize(
    "shape, result",
    [((4, 6), (4, 6)), ((1, 4, 6), (4, 6)), ((3, 4, 6), (4, 6, 3)), ((4, 8, 8), (16, 16)), ((2, 3, 8, 8), (16, 24))],
)
def test_shapes(shape, result):
    assert as_bytes(np.ones(shape)).shape == result


def test_a_line_is_no_picture():
    with pytest.raises(ValueError, match="two axes"):
        as_bytes(np.ones(3))


def test_panels_of_any_number_and_kind(tmp_path):
    panels = [(f"p${i}_", np.random.default_rng(i).random((3, 20, 30) if i % 2 else (20, 20)), "28 dB $x") for i in range(7)]
    for count in (1, 5, 7):
        side_by_side(panels[:count], tmp_path / f"{count}.png")
        assert Image.open(tmp_path / f"{count}.png").width > 300
    with pytest.raises(ValueError):
        side_by_side([], tmp_path / "none.png")


def test_curves(tmp_path):
    curves = {"tv": [3.0, 2.0, 1.5, np.nan, 1.0], "flat": [1.0, 1.0], "bad": [np.nan], "wavelet $": [2.0, 1.1]}
    convergence(curves, tmp_path / "c.svg", optimum={"tv": 0.9})
    assert (tmp_path / "c.svg").read_text().lstrip().startswith("<?xml")
    buffer = io.BytesIO()
    convergence({}, buffer)
    assert buffer.getvalue().startswith(b"\x89PNG")


def test_suboptimality_is_relative_to_the_lowest_value():
    rounds, gaps = suboptimality([4.0, 3.0, 2.0])
    assert rounds.tolist() == [0, 1] and gaps.tolist() == [1.0, 0.5]


def test_the_same_picture_gives_the_same_bytes():
    assert png_bytes(np.eye(4)) == png_bytes(np.eye(4))
    assert to_data_uri(b"hi", "text/plain") == "data:text/plain;base64,aGk="
