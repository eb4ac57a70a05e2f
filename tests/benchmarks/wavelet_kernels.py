"""The wavelet kernels beside other programs': db4, three levels, periodic, two and three axes."""

from __future__ import annotations

from collections.abc import Callable

import pywt
import torch
from measure import interleaved
from torch import Tensor
from wavelets import Wavelet

from invlang.kernels.wavelets import filter_bank, wavelet, wavelet_adjoint

LEVELS = 3


def measure_wavelets(repeats: int) -> list[dict]:
    """{operation, seconds by program} for images of two and of three axes, both ways."""
    measured = []
    for shape, axes in (((3, 256, 256), (-2, -1)), ((3, 512, 512), (-2, -1)), ((64, 64, 64), (-3, -2, -1))):
        calls = programs(torch.rand(shape, generator=torch.Generator().manual_seed(0)), axes)
        for way, pick in (("analysis", 0), ("synthesis", 1)):
            seconds = interleaved({name: pair[pick] for name, pair in calls.items()}, repeats)
            measured.append({"operation": f"{way}, {' × '.join(map(str, shape))}", "seconds": seconds})
    return measured


def programs(x: Tensor, axes: tuple[int, ...]) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Analysis and synthesis of each program; PyWavelets works on the same memory."""
    bank = filter_bank(torch.tensor(pywt.Wavelet("db4").dec_lo[::-1]))
    array, options = x.numpy(), {"mode": "periodization", "axes": axes}
    bands = pywt.wavedecn(array, "db4", level=LEVELS, **options)
    calls = {
        "invlang": (lambda: wavelet(x, axes, bank, LEVELS), lambda: wavelet_adjoint(x, axes, bank, LEVELS)),
        "PyWavelets": (
            lambda: pywt.wavedecn(array, "db4", level=LEVELS, **options),
            lambda: pywt.waverecn(bands, "db4", **options),
        ),
    }
    if len(axes) == 2:
        by_hand = Wavelet(x.shape[-1])
        calls["hand-written"] = (lambda: by_hand.forward(x), lambda: by_hand.adjoint(x))
    return calls
