"""What other libraries call the things of this language, for `did you mean`."""

from __future__ import annotations

from collections.abc import Iterable

from invlang.spelling import closest

CALLED: dict[str, str] = {
    "gaussian": "Normal",
    "gauss": "Normal",
    "awgn": "Normal",
    "periodic": "circular",
    "wrap": "circular",
    "mirror": "reflect",
    "symmetric": "reflect",
    "edge": "replicate",
    "nearest": "replicate",
    "constant": "zero",
    "zeros": "zero",
    "fft": "Fourier",
    "fft2": "Fourier",
    "dft": "Fourier",
    "dwt": "Wavelet",
    "swt": "UndecimatedWavelet",
    "stationarywavelet": "UndecimatedWavelet",
    "stochasticpdhg": "SPDHG",
    "dct": "Cosine",
    "radon": "Tomography",
    "nuclearnorm": "nuclear",
    "normnuclear": "nuclear",
    "upsample": "Upsampling",
    "conv": "Blur",
    "conv2d": "Blur",
    "convolution": "Blur",
    "convolve2d": "Blur",
    "filter": "Blur",
    "subsample": "Downsample",
    "decimate": "Downsample",
    "mask": "Inpainting",
    "sense": "MultiCoilMRI",
    "nabla": "Gradient",
    "finitedifference": "Gradient",
    "matrix": "Dense",
    "eye": "Identity",
    "diag": "Diagonal",
    "vstack": "Stack",
    "hstack": "Row",
    "l1": "norm1",
    "l2": "norm2",
    "linf": "norminf",
    "totalvariation": "TV",
    "ridge": "Tikhonov",
    "nonnegative": "Positivity",
    "likelihood": "fidelity",
    "loglikelihood": "fidelity",
    "pseudoinverse": "pinv",
    "chambollepock": "PDHG",
    "ista": "PGD",
    "proximalgradient": "PGD",
    "gradientdescent": "GD",
    "conjugategradient": "CG",
    "richardsonlucy": "RichardsonLucy",
    "absolute": "abs",
    "yes": "true",
    "on": "true",
    "no": "false",
    "off": "false",
    "power": "abs2",
}


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant: spelt nearly so, or the same thing under another library's name."""
    known = [c for c in candidates if c.isidentifier()]
    other = CALLED.get(word.lower().replace("_", ""))
    return other if other in known else closest(word, known)
