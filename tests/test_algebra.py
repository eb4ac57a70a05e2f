"""Every operator of the library, compiled, against its dense matrix: adjoint, Gram, solve, norm, pseudo-inverse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from dense import compare, single


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    """Arrays that modules make for themselves are as precise as the comparison."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


K33, K34, K4 = "given h : real[3, 3]", "given h : real[3, 4]", "given h : real[4]"
M = "given m : binary[{}]"

CASES = {
    "identity": ("real[3, 5]", "Identity()", ""),
    "scaled": ("complex[3, 2]", "-2 * Identity()", ""),
    "diagonal real": ("real[4, 5]", "Diagonal(d)", "given d : real[4, 5]"),
    "diagonal of one axis": ("complex[4, 5]", "Diagonal(d)", "given d : complex[5]"),
    "diagonal complex": ("complex[4, 5]", "Diagonal(d)", "given d : complex[4, 5]"),
    "repeat": ("real[4, 3]", "Repeat(C)", "dim C = 3"),
    "denoising": ("real[3, 4, 5]", "Denoising()", ""),
    "inpainting": ("real[3, 4, 5]", "Inpainting(m)", M.format("4, 5")),
    "inpainting of a channel each": ("real[3, 4, 5]", "Inpainting(m)", M.format("3, 4, 5")),
    "demosaicing": ("real[3, 4, 5]", "Demosaicing()", ""),
    "mosaic": ("real[3, 4, 5]", "Demosaicing(mosaic = true)", ""),
    "decolorize": ("real[3, 4, 5]", "Decolorize()", ""),
    "downsampling": ("real[2, 6, 4]", "Downsampling(factor = 2, filter = h)", K33),
    "downsampling of one channel": ("real[9, 6]", "Downsampling(factor = 3, filter = h)", K34),
    "downsampling complex": ("complex[6, 4]", "Downsampling(factor = 2, filter = h)", K33),
    "mri": ("complex[6, 4]", "MRI(m)", M.format("6, 4")),
    "mri odd": ("complex[5, 3]", "MRI(m)", M.format("5, 3")),
    "mri lines": ("complex[6, 5]", "MRI(m)", M.format("1, 5")),
    "mri batch": ("complex[2, 5, 4]", "MRI(m)", M.format("5, 4")),
    "tomography": ("real[2, 4, 5]", "Tomography(a)", "given a : real[3]"),
    "tomography of the disk": ("real[5, 5]", "Tomography(a, circle = true)", "given a : real[2]"),
    "tomography by a fan": ("complex[4, 3]", "Tomography(90 * a, geometry = fan, detectors = 6)", "given a : real[3]"),
    "coils": ("complex[4, 3]", "MultiCoilMRI(s, m)", "given s : complex[2, 4, 3]\n" + M.format("4, 3")),
    "coils lines": ("complex[4, 3]", "MultiCoilMRI(s, m)", "given s : complex[2, 4, 3]\n" + M.format("1, 3")),
    "coils of every third line": (
        "complex[2, 6]",
        "MultiCoilMRI(s, m)",
        "given s : complex[2, 2, 6]\ngiven m : binary[1, 6] = RegularMask(factor = 3)",
    ),
}
for boundary in ("circular", "valid", "reflect", "replicate", "zero"):
    CASES[f"blur {boundary}"] = ("real[2, 6, 5]", f"Blur(h, boundary = {boundary})", K33)
    CASES[f"blur {boundary} even kernel"] = ("complex[5, 6]", f"Blur(h, boundary = {boundary})", K34)
    CASES[f"blur {boundary} 1-D"] = ("real[3, 7]", f"Blur(h, boundary = {boundary})", K4)
CASES["blur 3-D"] = ("real[4, 3, 5]", "Blur(h)", "given h : real[2, 3, 3]")
CASES["blur by a complex kernel"] = ("complex[4, 5]", "Blur(h)", "given h : complex[3, 3]")
CASES["blur with an axis of one"] = ("real[1, 5]", "Blur(h)", "given h : real[1, 3]")
CASES["blur of equal axes"] = ("real[4, 4, 4]", "Blur(h)", K33)

NAMED = {
    "dense": ("real[H, W]", "Dense(a, axis = W)", "dim H = 4, W = 3\ngiven a : real[2, W]"),
    "dense square": ("complex[H, W]", "Dense(a, axis = H)", "dim H = 3, W = 4\ngiven a : complex[H, H]"),
    "fourier": ("complex[H, W]", "Fourier(H, W)", "dim H = 5, W = 4"),
    "fourier of one axis": ("complex[H, W]", "Fourier(H)", "dim H = 5, W = 4"),
    "fourier centred": ("complex[D, H, W]", "Fourier(H, W, centred)", "dim D = 2, H = 5, W = 4"),
    "fourier 3-D": ("complex[D, H, W]", "Fourier(D, H, W)", "dim D = 2, H = 3, W = 4"),
    "cosine": ("real[H, W]", "Cosine(H, W)", "dim H = 5, W = 4"),
    "shift": ("real[H, W]", "Shift(H, W, offset = [1, -2])", "dim H = 5, W = 4"),
    "gradient neumann": ("real[C, H, W]", "Gradient(H, W)", "dim C = 2, H = 5, W = 4"),
    "gradient circular": ("complex[H, W]", "Gradient(H, W, boundary = circular)", "dim H = 5, W = 4"),
    "gradient dirichlet": ("real[C, H, W]", "Gradient(H, W, boundary = dirichlet)", "dim C = 2, H = 5, W = 4"),
    "gradient dirichlet of an axis between": ("complex[T, H, W]", "Gradient(H, boundary = dirichlet)", "dim T = 2, H = 3, W = 2"),
    "gradient 1-D": ("real[H, W]", "Gradient(W)", "dim H = 3, W = 4"),
    "gradient of a first axis": ("real[T, H, W]", "Gradient(T)", "dim T = 4, H = 2, W = 3"),
    "gradient of an axis between": ("complex[T, H, W]", "Gradient(H)", "dim T = 2, H = 3, W = 2"),
    "gradient of axes apart": ("real[T, H, W]", "Gradient(W, T)", "dim T = 3, H = 2, W = 4"),
    "gradient 3-D": ("real[D, H, W]", "Gradient(D, H, W, boundary = circular)", "dim D = 2, H = 3, W = 4"),
    "gradient of one": ("real[H, W]", "Gradient(H, W)", "dim H = 1, W = 4"),
    "wavelet": ("real[H, W]", 'Wavelet("db2", levels = 2)', "dim H = 8, W = 8"),
    "wavelet odd": ("complex[H, W]", 'Wavelet("haar", levels = 1)', "dim H = 5, W = 7"),
    "wavelet 3-D": ("real[D, H, W]", 'Wavelet(D, H, W, "haar", levels = 1)', "dim D = 4, H = 2, W = 4"),
    "undecimated wavelet": ("real[H, W]", 'UndecimatedWavelet("db2", levels = 2)', "dim H = 5, W = 4"),
    "undecimated wavelet of a first axis": ("complex[H, W]", "UndecimatedWavelet(H, levels = 2)", "dim H = 6, W = 2"),
    "undecimated wavelet 3-D": ("real[D, H, W]", "UndecimatedWavelet(D, H, W, levels = 1)", "dim D = 3, H = 2, W = 4"),
    "blurred undecimated wavelet": ("real[H, W]", "UndecimatedWavelet(levels = 1) @ Blur(h)", "dim H = 4, W = 5\n" + K33),
    "all patches": ("real[H, W]", "AllPatches(size = [3, 2])", "dim H = 4, W = 3"),
    "every second patch": ("complex[C, H, W]", "AllPatches(H, W, size = [2, 4], every = 2)", "dim C = 2, H = 4, W = 6"),
    "all patches of a blur": ("real[H, W]", "AllPatches(size = [2, 2]) @ Blur(h)", "dim H = 4, W = 5\n" + K33),
    "downsample": ("real[H, W]", "Downsample(H, W, factor = 2)", "dim H = 6, W = 4"),
    "crop": ("real[H, W]", "Crop(H, W, size = [3, 2], start = [1, 1])", "dim H = 5, W = 4"),
    "sum": ("real[C, H]", "Sum(C)", "dim C = 3, H = 4"),
    "weigh": ("complex[C, H]", "Weigh(C, w)", "dim C = 3, H = 4\ngiven w : real[C]"),
    "stack": ("real[H, W]", "Stack(Blur(h), Gradient(H, W, boundary = circular))", "dim H = 5, W = 4\n" + K33),
    "stack of masks": (
        "real[H, W]",
        "Stack(Diagonal(d), 2 * Diagonal(m))",
        "dim H = 3, W = 4\ngiven d : real[H, W]\ngiven m : binary[W]",
    ),
}
POINTS, WEIGHTS = "given p : real[9, 2]", "given w : real[9]"
NAMED |= {
    "non-uniform": ("complex[H, W]", "NonUniformFourier(points = p)", f"dim H = 5, W = 4\n{POINTS}"),
    "non-uniform real": ("real[H, W]", "NonUniformFourier(points = p)", f"dim H = 4, W = 3\n{POINTS}"),
    "non-uniform of one axis": ("real[H, W]", "NonUniformFourier(W, points = p)", "dim H = 2, W = 5\ngiven p : real[7, 1]"),
    "non-uniform 3-D": ("complex[D, H, W]", "NonUniformFourier(points = p)", "dim D = 2, H = 3, W = 2\ngiven p : real[7, 3]"),
    "non-uniform weighted": (
        "real[H, W]",
        "Diagonal(w) @ NonUniformFourier(points = p)",
        f"dim H = 4, W = 3\n{POINTS}\n{WEIGHTS}",
    ),
    "non-uniform weighted by complex numbers": (
        "complex[T, H, W]",
        "Diagonal(w) @ NonUniformFourier(points = p)",
        f"dim T = 2, H = 3, W = 2\n{POINTS}\ngiven w : complex[T, 9]",
    ),
    "non-uniform coils": (
        "complex[H, W]",
        "2 * NonUniformFourier(points = p) @ Diagonal(s) @ Repeat(C)",
        f"dim H = 3, W = 4, C = 2\n{POINTS}\ngiven s : complex[C, H, W]",
    ),
    "non-uniform coils of a real image": (
        "real[H, W]",
        "Diagonal(w) @ NonUniformFourier(points = p) @ Diagonal(s) @ Repeat(C)",
        f"dim H = 3, W = 4, C = 2\n{POINTS}\n{WEIGHTS}\ngiven s : complex[C, H, W]",
    ),
    "mri real": ("real[H, W]", "MRI(m)", "dim H = 5, W = 4\ngiven m : binary[H, W]"),
    "mri lines real": ("real[H, W]", "MRI(m)", "dim H = 4, W = 5\ngiven m : binary[1, W]"),
    "mri padded real": (
        "real[H, W]",
        "Fourier(H, W).H @ Diagonal(m) @ Fourier(H, W) @ Pad(H, W, before = [1, 0], after = [1, 1])",
        "dim H = 3, W = 4\ngiven m : binary[5, 5]",
    ),
}
NAMED |= {
    "any trajectory": ("complex[H, W]", "NonCartesianMRI(p)", f"dim H = 4, W = 3\n{POINTS}"),
    "any trajectory weighted": ("complex[H, W]", "NonCartesianMRI(p, weights = w)", f"dim H = 3, W = 4\n{POINTS}\n{WEIGHTS}"),
    "any trajectory of coils": (
        "complex[H, W]",
        "NonCartesianMRI(p, s, weights = w)",
        f"dim C = 2, H = 3, W = 3\n{POINTS}\n{WEIGHTS}\ngiven s : complex[C, H, W]",
    ),
    "any trajectory in 3-D": (
        "complex[D, H, W]",
        "NonCartesianMRI(p, maps = s)",
        "dim C = 2, D = 2, H = 3, W = 2\ngiven p : real[7, 3]\ngiven s : complex[C, D, H, W]",
    ),
    "film along trajectories": ("complex[T, H, W]", "NonCartesianMRI(p)", "dim T = 2, H = 3, W = 4\ngiven p : real[T, 7, 2]"),
    "film along trajectories, weighted": (
        "complex[T, H, W]",
        "NonCartesianMRI(p, weights = w)",
        "dim T = 3, H = 2, W = 3\ngiven p : real[T, 5, 2]\ngiven w : real[T, 5]",
    ),
    "film of coils along trajectories": (
        "complex[T, H, W]",
        "NonCartesianMRI(p, s, weights = w)",
        "dim C = 2, T = 2, H = 3, W = 2\ngiven p : real[T, 5, 2]\ngiven w : real[5]\ngiven s : complex[C, 1, H, W]",
    ),
    "film of volumes along trajectories": (
        "complex[T, D, H, W]",
        "NonCartesianMRI(p)",
        "dim T = 2, D = 2, H = 3, W = 2\ngiven p : real[T, 5, 3]",
    ),
    "antennas": ("real[H, W]", "RadioInterferometry(p)", f"dim H = 5, W = 4\n{POINTS}"),
    "antennas weighted": ("real[H, W]", "RadioInterferometry(p, w)", f"dim H = 3, W = 4\n{POINTS}\n{WEIGHTS}"),
}
S2, FILM = "given s : complex[C, H, W]", "given m : binary[T, H, W]"
NAMED |= {
    "mri 3-D": ("complex[D, H, W]", "MRI(D, H, W, m)", "dim D = 3, H = 5, W = 4\ngiven m : binary[D, H, W]"),
    "mri 3-D lines": ("complex[T, D, H, W]", "MRI(D, H, W, m)", "dim T = 2, D = 3, H = 2, W = 4\ngiven m : binary[D, 1, W]"),
    "mri by name": ("complex[H, W]", "MRI(mask = m)", "dim H = 5, W = 4\ngiven m : binary[1, W]"),
    "coils 3-D": (
        "complex[D, H, W]",
        "MultiCoilMRI(D, H, W, maps = s, mask = m)",
        "dim C = 2, D = 2, H = 3, W = 2\ngiven s : complex[C, D, H, W]\ngiven m : binary[D, H, W]",
    ),
    "coils of a film": (
        "complex[T, H, W]",
        "MultiCoilMRI(s, m)",
        f"dim C = 2, T = 2, H = 3, W = 2\ngiven s : complex[C, 1, H, W]\n{FILM}",
    ),
    "coils of a real image": ("real[H, W]", "MultiCoilMRI(s, m)", f"dim C = 2, H = 3, W = 4\n{S2}\ngiven m : binary[1, W]"),
    "coils fully sampled": (
        "complex[H, W]",
        "Fourier(H, W, centred) @ Diagonal(s) @ Repeat(C)",
        f"dim C = 3, H = 3, W = 4\n{S2}",
    ),
    "dynamic mri": ("complex[T, H, W]", "DynamicMRI(m)", f"dim T = 2, H = 3, W = 4\n{FILM}"),
    "dynamic mri lines": ("complex[T, H, W]", "DynamicMRI(m)", "dim T = 3, H = 4, W = 5\ngiven m : binary[T, 1, W]"),
    "dynamic mri 3-D": (
        "complex[T, D, H, W]",
        "DynamicMRI(D, H, W, m)",
        "dim T = 2, D = 2, H = 3, W = 2\ngiven m : binary[T, D, H, W]",
    ),
    "sequential mri": ("complex[H, W]", "SequentialMRI(m)", f"dim T = 3, H = 5, W = 4\n{FILM}"),
    "sequential mri lines": ("complex[H, W]", "SequentialMRI(m)", "dim T = 3, H = 3, W = 4\ngiven m : binary[T, 1, W]"),
    "sequential mri 3-D": (
        "complex[D, H, W]",
        "SequentialMRI(D, H, W, m)",
        "dim T = 2, D = 2, H = 3, W = 2\ngiven m : binary[T, D, H, W]",
    ),
    "sequential mri of a real image": ("real[H, W]", "SequentialMRI(m)", f"dim T = 3, H = 3, W = 4\n{FILM}"),
}
NAMED |= {
    "blur of a volume with a border": (
        "real[D, H, W]",
        "Blur(h, boundary = reflect)",
        "dim D = 3, H = 4, W = 3\ngiven h : real[2, 3, 2]",
    ),
    "blur of a film": ("real[T, H, W]", "Blur(h, boundary = zero)", "dim T = 2, H = 4, W = 3\n" + K33),
    "blur in time": ("real[T, H, W]", "Blur(h)", "dim T = 4, H = 3, W = 2\ngiven h : real[3, 1, 1]"),
    "mask of a volume": ("real[D, H, W]", "Inpainting(m)", "dim D = 2, H = 3, W = 4\ngiven m : binary[D, H, W]"),
    "fewer voxels": (
        "real[D, H, W]",
        "Downsample(D, H, W, factor = 2) @ Blur(h)",
        "dim D = 4, H = 4, W = 2\ngiven h : real[3, 2, 1]",
    ),
    "views of a film": ("real[T, H, W]", "Tomography(a)", "dim T = 2, H = 3, W = 3\ngiven a : real[3]"),
    "random projections of a volume": (
        "real[D, H, W]",
        "CompressedSensing(a, D, H, W)",
        "dim D = 2, H = 3, W = 2\ngiven a : real[5, 12]",
    ),
}
for mode in ("zero", "circular", "reflect", "replicate"):
    NAMED[f"pad {mode}"] = ("real[H, W]", f"Pad(H, W, before = [1, 2], after = [0, 1], mode = {mode})", "dim H = 4, W = 5")


def program(case: tuple[str, str, str]) -> str:
    domain, operator, givens = case
    dims, _, rest = givens.partition("\n") if givens.startswith("dim") else ("", "", givens)
    text = single(domain, operator, rest)
    return text.replace("\nunknown", f"\n{dims}\nunknown", 1)


@pytest.mark.parametrize("name", CASES | NAMED)
def test_a_library_operator_is_its_matrix(name: str) -> None:
    assert compare(program((CASES | NAMED)[name])) == []


@pytest.mark.parametrize("operator", ["Inpainting(m)", "MRI(m)"])
@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_an_empty_and_a_full_mask(operator: str, fill: float) -> None:
    mask = torch.full((3, 4), fill, dtype=torch.float64)
    assert compare(single("complex[3, 4]", operator, "given m : binary[3, 4]"), {"m": mask}) == []
