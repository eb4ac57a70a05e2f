"""Single operations in hand-written torch: Gram, (AᴴA + rho)⁻¹ b, prox. Set-up is done once, outside the timed call."""

from __future__ import annotations

from collections.abc import Callable

import torch
from handwritten import fold, unfold
from problems import Problem, blur, coil_maps, kernel_spectrum, mri
from torch import Tensor
from torch.fft import fft, ifft, irfft2, rfft2
from wavelets import Wavelet

RHO = 0.1
L1_WEIGHT = 0.1
Call = Callable[[], Tensor]


def gram(problem: Problem) -> Call:
    """AᴴA x at the truth."""
    x, size = problem.truth, problem.truth.shape[-2:]
    if problem.kind == "inpainting":
        mask = problem.parts["m"]
        return lambda: mask * x
    if problem.kind == "mri":
        mask = torch.fft.ifftshift(problem.parts["m"], -1)
        return lambda: ifft(mask * fft(x))
    spectrum = kernel_spectrum(problem.parts["h"], size)
    if problem.kind == "blur":
        power = spectrum.abs().square()
        return lambda: irfft2(power * rfft2(x), s=size)
    f, back = problem.factor, spectrum.conj()
    small = (size[0] // f, size[1] // f)
    return lambda: irfft2(back * unfold(fold(spectrum * rfft2(x), f, small) / f**2, f, small), s=size)


def solve(problem: Problem) -> Call:
    """(AᴴA + RHO)⁻¹ b at b = the truth."""
    b, size = problem.truth, problem.truth.shape[-2:]
    if problem.kind == "inpainting":
        mask = problem.parts["m"]
        return lambda: b / (mask + RHO)
    if problem.kind == "mri":
        mask = torch.fft.ifftshift(problem.parts["m"], -1)
        return lambda: ifft(fft(b) / (mask + RHO))
    spectrum = kernel_spectrum(problem.parts["h"], size)
    if problem.kind == "blur":
        power = spectrum.abs().square()
        return lambda: irfft2(rfft2(b) / (power + RHO), s=size)
    f, back = problem.factor, spectrum.conj()
    small = (size[0] // f, size[1] // f)
    met = fold(spectrum.abs().square(), f, small).real

    def downsampled() -> Tensor:
        s = rfft2(b)
        common = unfold(fold(spectrum * s, f, small) / (f * f * RHO + met), f, small)
        return irfft2((s - back * common) / RHO, s=size)

    return downsampled


def extra_gram(name: str) -> Call:
    if name == "blur ∘ blur":
        problem = blur()
        size = problem.truth.shape[-2:]
        power = kernel_spectrum(problem.parts["h"], size).abs().square().square()
        return lambda: irfft2(power * rfft2(problem.truth), s=size)
    problem = mri()
    maps, mask = coil_maps(), torch.fft.ifftshift(problem.parts["m"], -1)
    back = maps.conj()
    return lambda: (back * ifft(mask * fft(maps * problem.truth))).sum(0)


def prox(name: str) -> Call:
    x = blur().y
    if name == "box":
        return lambda: x.clamp(0, 1)
    wavelet = Wavelet(x.shape[-1])

    def shrink() -> Tensor:
        c = wavelet.forward(x)
        return wavelet.adjoint(c - c.clamp(-L1_WEIGHT, L1_WEIGHT))

    return shrink
