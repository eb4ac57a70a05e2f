"""The linear cameras of the catalogue against their dense matrices: forward, adjoint, Gram, solve, norm, pseudo-inverse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from dense import compare

import invlang
from invlang.errors import InvError
from tests.test_algebra import K33, program


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


BANK = "given f : real[2, 3, 3]\ngiven w : real[2, {}]"
CASES = {
    "decolorize flat": ("real[3, 4, 5]", "Decolorize(flat)", ""),
    "decolorize given": ("real[4, 3, 2]", "Decolorize(response = r)", "given r : real[4]"),
    "upsampling": ("real[2, 3, 2]", "Upsampling(factor = 2, filter = h)", K33),
    "upsampling of nothing else": ("complex[3, 2]", "Upsampling(factor = 3)", ""),
    "downsampling alone": ("real[2, 6, 4]", "Downsampling(factor = 2)", ""),
    "downsampling alone complex": ("complex[6, 3]", "Downsampling(factor = 3)", ""),
    "space-varying": ("real[5, 4]", "SpaceVaryingBlur(f, w)", BANK.format("5, 4")),
    "space-varying colours": ("real[2, 4, 5]", "SpaceVaryingBlur(f, w, after)", BANK.format("4, 5")),
    "space-varying complex": ("complex[4, 5]", "SpaceVaryingBlur(f, w)", BANK.format("4, 5")),
    "space-varying 3-D": ("real[3, 4, 2]", "SpaceVaryingBlur(f, w)", "given f : real[2, 2, 3, 2]\ngiven w : real[2, 3, 4, 2]"),
    "unmixing": ("real[2, 3, 4]", "HyperSpectralUnmixing(a)", "given a : real[2, 5]"),
    "unmixing of many": ("real[5, 3, 2]", "HyperSpectralUnmixing(a)", "given a : real[5, 3]"),
    "pansharpen": ("real[3, 6, 4]", "Pansharpen(factor = 2, filter = h, response = r)", K33 + "\ngiven r : real[3]"),
    "pansharpen flat": ("real[2, 4, 6]", "Pansharpen(factor = 2, filter = none)", ""),
    "pansharpen gaussian": ("real[2, 16, 18]", "Pansharpen(factor = 2)", ""),
    "compressed sensing": ("real[2, 3, 4]", "CompressedSensing(a)", "given a : real[5, 12]"),
    "compressed sensing tall": ("real[3, 2]", "CompressedSensing(a)", "given a : real[8, 6]"),
    "compressed sensing complex": ("real[3, 4]", "CompressedSensing(a)", "given a : complex[5, 12]"),
    "compressed sensing of complex": ("complex[3, 2]", "CompressedSensing(a)", "given a : complex[4, 6]"),
    "random by cosines": ("real[4, 3]", "StructuredRandom(s)", "given s : real[2, 4, 3]"),
    "random by sines": ("real[2, 3, 4]", "StructuredRandom(s, sine)", "given s : real[1, 3, 4]"),
    "random by phases": ("complex[4, 3]", "StructuredRandom(s, fourier)", "given s : complex[2, 4, 3]"),
    "random by phases of real": ("real[4, 3]", "StructuredRandom(s, fourier)", "given s : complex[2, 4, 3]"),
    "random by signs and transforms of real": ("real[4, 3]", "StructuredRandom(s, fourier)", "given s : real[2, 4, 3]"),
    "random of fewer": ("real[4, 4]", "StructuredRandom(s, hadamard, size = [2, 3])", "given s : real[2, 4, 4]"),
    "random of more": ("real[3, 4]", "StructuredRandom(s)", "given s : real[2, 6, 5]"),
    "single pixel": ("real[2, 4, 8]", "SinglePixelCamera(m = 9)", ""),
    "single pixel, all": ("complex[4, 2]", "SinglePixelCamera(m = 8, ordering = xy)", ""),
    "mosaic after blur": ("real[3, 4, 5]", "Demosaicing(mosaic = true) @ Blur(h)", K33),
    "unmixing after blur": ("real[2, 4, 3]", "HyperSpectralUnmixing(a) @ Blur(h)", K33 + "\ngiven a : real[2, 5]"),
    "frames": ("real[4, 6]", "Stack(Blur(h), Blur(k), 0.5 * Blur(h, boundary = circular))", K33 + "\ngiven k : real[3, 2]"),
}
for boundary in ("valid", "reflect", "replicate", "zero"):
    CASES[f"space-varying {boundary}"] = ("real[5, 4]", f"SpaceVaryingBlur(f, w, boundary = {boundary})", BANK.format("5, 4"))
for ordering in ("sequency", "cake_cutting", "zig_zag", "xy"):
    CASES[f"single pixel {ordering}"] = ("real[4, 4]", f"SinglePixelCamera(m = 6, ordering = {ordering})", "")
for mode in ("sd", "ss"):
    for axis in ("vertical", "horizontal"):
        for more in ("", ", wrap", ", mean", ", wrap, mean"):
            call = f"CompressiveSpectralImaging(m, {mode}, {axis}{more})"
            CASES[f"cassi {mode} {axis}{more}"] = ("real[3, 4, 5]", call, "given m : binary[4, 5]")
CASES["cassi of a cube"] = ("real[3, 4, 5]", "CompressiveSpectralImaging(m, ss)", "given m : real[3, 4, 5]")

NAMED = {
    "cassi of named axes": ("real[3, H, W]", "CompressiveSpectralImaging(m, ss)", "dim H = 4, W = 5\ngiven m : binary[H, W]"),
    "cassi of named axes, upright": (
        "real[3, H, W]",
        "CompressiveSpectralImaging(m, ss, vertical)",
        "dim H = 4, W = 5\ngiven m : binary[H, W]",
    ),
    "sine": ("real[H, W]", "Sine(H, W)", "dim H = 5, W = 4"),
    "sine of one axis": ("complex[H, W]", "Sine(H)", "dim H = 4, W = 3"),
    "hadamard": ("real[C, H, W]", "Hadamard(H, W)", "dim C = 2, H = 4, W = 8"),
    "hadamard of one": ("complex[H, W]", "Hadamard(W)", "dim H = 3, W = 1"),
    "flatten": ("real[C, H, W]", "Flatten(C, W)", "dim C = 2, H = 3, W = 2"),
    "shear": ("complex[C, H, W]", "Shear(C, H)", "dim C = 4, H = 3, W = 2"),
    "joint compressed sensing": (
        "real[C, H, W]",
        "CompressedSensing(a, C, H, W)",
        "dim C = 2, H = 3, W = 2\ngiven a : real[5, 12]",
    ),
    "two axes": (
        "real[H, W]",
        "Dense(a, axis = H) @ Dense(b, axis = W)",
        "dim H = 3, W = 4\ngiven a : real[2, H]\ngiven b : real[5, W]",
    ),
    "axes one by one": (
        "real[H, W]",
        "Stack(Dense(a, axis = H), Dense(b, axis = W))",
        "dim H = 3, W = 4\ngiven a : real[2, H]\ngiven b : real[5, W]",
    ),
}


@pytest.mark.parametrize("name", CASES | NAMED)
def test_a_camera_is_its_matrix(name: str) -> None:
    assert compare(program((CASES | NAMED)[name])) == []


SIZES = {"Downsampling(factor = 2)": "2 does not divide 5", "Hadamard(H, W)": "powers of two, and an axis has 5 samples"}


def test_random_numbers_and_transforms_make_complex_data_of_a_real_image() -> None:
    """y = Π F D x as it is defined: no real part is taken, between the layers or behind them."""
    x, s, m = torch.randn(4, 3), torch.randn(2, 4, 3), torch.randn(5, 12, dtype=torch.complex128)
    text = """unknown x : real[4, 3]
given s : real[2, 4, 3]
given m : complex[5, 12]
let A = StructuredRandom(s, fourier)
let B = CompressedSensing(m)
data y ~ Normal(A @ x, sigma = 1)
"""
    model = invlang.loads(text, s=s, m=m)
    transformed = lambda d, x: torch.fft.fft2(d * x, norm="ortho")
    assert torch.allclose(model.A(x), transformed(s[1], transformed(s[0], x)))
    assert torch.allclose(model.B(x), m @ x.flatten().to(m.dtype))


@pytest.mark.parametrize("operator", SIZES)
def test_sizes_that_only_the_image_tells(operator: str) -> None:
    model = invlang.loads(f"dim H, W\nunknown x : real[H, W]\nlet A = {operator}\ndata y ~ Normal(A @ x, sigma = 0.1)\n")
    with pytest.raises(InvError, match=SIZES[operator]):
        model.A(torch.zeros(5, 4))
