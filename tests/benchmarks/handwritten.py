"""The problems solved by hand-written torch, as a good engineer would write them: one Fourier pair per iteration.

All are over-relaxed ADMM [Eckstein, Bertsekas 1992] in its one-variable form: for z = prox of the split at v,
    x = argmin data(x) + rho / 2 ‖K x − (2 z − v)‖²,        v ← v + 1.8 (K x − z).
The Neumann gradient is a mask times the circular one, so the x-update is diagonal in Fourier space.
rho = weight / (1.5 mean|K x|) is read off the running x three times and kept from then on.
Inpainting needs no transform with PDHG.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from problems import Problem, kernel_spectrum
from torch import Tensor
from torch.fft import fft, fft2, ifft, ifft2, irfft2, rfft2
from wavelets import Wavelet

RELAXATION = 1.8
TUNED = (0, 4, 8)  # iterations that read rho off the running x

Solver = Callable[[Tensor, int], Tensor]  # (y, iterations) -> x


def solver(problem: Problem) -> Callable[[int], Tensor]:
    """The hand-written solver of a problem; what depends on the data is computed within the call."""
    solve = SOLVERS[problem.name](problem)
    return lambda iterations: solve(problem.y, iterations)


def tv_deblur(problem: Problem) -> Solver:
    size, (low, high) = problem.truth.shape[-2:], problem.box
    data_weight, ratio = 1 / problem.sigma**2, 0.5
    spectrum = kernel_spectrum(problem.parts["h"], size)
    power, laplacian = data_weight * spectrum.abs().square(), laplacian_spectrum(size)

    def solve(y: Tensor, iterations: int) -> Tensor:
        back = data_weight * spectrum.conj() * rfft2(y)
        x = irfft2(back / data_weight, s=size)
        g, rho = gradient(x), None
        v, w = g.clone(), x.clone()
        for k in range(iterations):
            if k in TUNED:
                rho, v = tuned(problem.weight, g, v, rho)
                gain = 1 / (power / rho + laplacian + ratio)
                bias = back / rho * gain
            p = project(v, problem.weight / rho)
            inside = w.clamp(low, high)
            x = irfft2((rfft2(gradient_adjoint(v - 2 * p) + ratio * (2 * inside - w)) * gain).add_(bias), s=size)
            g = gradient(x)
            v = torch.lerp(v, p.add_(g), RELAXATION)
            w = w.add_(x - inside, alpha=RELAXATION)
        return x.clamp(low, high)

    return solve


def super_resolution(problem: Problem) -> Solver:
    size, (low, high), f = problem.truth.shape[-2:], problem.box, problem.factor
    variance, ratio = problem.sigma**2, 0.5
    spectrum, laplacian = kernel_spectrum(problem.parts["h"], size), laplacian_spectrum(size)
    small = (size[0] // f, size[1] // f)

    def solve(y: Tensor, iterations: int) -> Tensor:
        back = spectrum.conj() * unfold(rfft2(y), f, small) / variance
        x = irfft2(back, s=size) * variance
        g, rho = gradient(x), None
        v, w = g.clone(), x.clone()
        for k in range(iterations):
            if k in TUNED:
                rho, v = tuned(problem.weight, g, v, rho)
                inverse = 1 / (laplacian + ratio)  # one rank-one correction per group of aliases: Sherman, Morrison
                seen = spectrum * inverse
                met = fold(spectrum.abs().square() * inverse, f, small).real
                share, source = 1 / (f * f * variance * rho + met), back / rho
            p = project(v, problem.weight / rho)
            inside = w.clamp(low, high)
            b = rfft2(gradient_adjoint(v - 2 * p) + ratio * (2 * inside - w)).add_(source)
            common = unfold(fold(seen * b, f, small) * share, f, small)
            x = irfft2((b * inverse).sub_(common.mul_(seen.conj())), s=size)
            g = gradient(x)
            v = torch.lerp(v, p.add_(g), RELAXATION)
            w = w.add_(x - inside, alpha=RELAXATION)
        return x.clamp(low, high)

    return solve


def fold(s: Tensor, f: int, small: tuple[int, int]) -> Tensor:
    """Adds up the aliases in a half spectrum: the half spectrum, of size `small`, of f² times every f-th sample. f even."""
    w, half = small[1], small[1] // 2
    s = s.unflatten(-2, (f, small[0])).sum(-3)
    plain = sum(s[..., b * w : b * w + half + 1] for b in range(f // 2))
    mirrored = sum(s[..., b * w - half : b * w + 1] for b in range(1, f // 2 + 1))
    return plain + opposite(mirrored.flip(-1))


def unfold(s: Tensor, f: int, small: tuple[int, int]) -> Tensor:
    """The adjoint of `fold`: the half spectrum of the image that has the samples of s and zeros between."""
    back = opposite(s[..., : small[1] // 2]).flip(-1)
    period = torch.cat((s[..., : small[1] // 2], opposite(s)[..., 1:].flip(-1)), -1)
    columns = torch.cat([period] * (f // 2 - 1) + [s, back], -1)
    return columns.repeat(*([1] * (s.dim() - 2)), f, 1)


def opposite(s: Tensor) -> Tensor:
    """The conjugate, with rows in the order 0, −1, −2, …"""
    return torch.cat((s[..., :1, :], s[..., 1:, :].flip(-2)), -2).conj()


def tv_mri(problem: Problem) -> Solver:
    size, data_weight = problem.truth.shape[-2:], 1 / problem.sigma**2
    mask = torch.fft.ifftshift(problem.parts["m"].expand(size), (-2, -1))
    laplacian = laplacian_spectrum(size, whole=True)

    def solve(y: Tensor, iterations: int) -> Tensor:
        x = problem.adjoint(y)
        back = fft2(data_weight * x)
        g, rho = gradient(x), None
        v = g.clone()
        for k in range(iterations):
            if k in TUNED:
                rho, v = tuned(problem.weight, g, v, rho)
                gain = 1 / (mask * (data_weight / rho) + laplacian).clamp(min=1e-12)
                bias = back / rho * gain
            p = project(v, problem.weight / rho)
            x = ifft2((fft2(gradient_adjoint(v - 2 * p)) * gain).add_(bias))
            g = gradient(x)
            ahead = torch.view_as_real(p.add_(g))  # lerp of complex numbers is far slower
            v = torch.view_as_complex(torch.lerp(torch.view_as_real(v), ahead, RELAXATION))
        return x

    return solve


def wavelet_deblur(problem: Problem) -> Solver:
    size, (low, high) = problem.truth.shape[-2:], problem.box
    data_weight = 1 / problem.sigma**2
    spectrum, wavelet = kernel_spectrum(problem.parts["h"], size), Wavelet(size[0])
    power = data_weight * spectrum.abs().square()

    def solve(y: Tensor, iterations: int) -> Tensor:
        back = data_weight * spectrum.conj() * rfft2(y)
        x = irfft2(back / data_weight, s=size)
        c, rho = wavelet.forward(x), None
        v, w = c.clone(), x.clone()
        for k in range(iterations):
            if k in TUNED:
                rho, v = tuned_scalar(problem.weight, c, v, rho)
                gain = 1 / (power / rho + 2)
                bias = back / rho * gain
            p = cut_short(v, problem.weight / rho)
            inside = w.clamp(low, high)
            b = wavelet.adjoint(v - 2 * p).add_(2 * inside - w)
            x = irfft2((rfft2(b) * gain).add_(bias), s=size)
            c = wavelet.forward(x)
            v = torch.lerp(v, p.add_(c), RELAXATION)
            w = w.add_(x - inside, alpha=RELAXATION)
        return wavelet.adjoint(v - cut_short(v, problem.weight / rho)).clamp_(low, high)

    return solve


def wavelet_mri(problem: Problem) -> Solver:
    size, data_weight = problem.truth.shape[-2:], 1 / problem.sigma**2
    mask, wavelet = torch.fft.ifftshift(problem.parts["m"], -1), Wavelet(size[0])  # varies along W only: so do the transforms

    def planes(x: Tensor) -> Tensor:
        return torch.stack((x.real, x.imag))

    def solve(y: Tensor, iterations: int) -> Tensor:
        x = problem.adjoint(y)
        back = fft(data_weight * x)
        c, rho = wavelet.forward(planes(x)), None
        v = c.clone()
        for k in range(iterations):
            if k in TUNED:
                rho, v = tuned_pairs(problem.weight, c, v, rho)
                gain = 1 / (mask * (data_weight / rho) + 1)
                bias = back / rho * gain
            p = project_pairs(v, problem.weight / rho)
            b = wavelet.adjoint(v - 2 * p)
            x = ifft((fft(torch.complex(b[0], b[1])) * gain).add_(bias))
            c = wavelet.forward(planes(x))
            v = torch.lerp(v, p.add_(c), RELAXATION)
        x = wavelet.adjoint(v - project_pairs(v, problem.weight / rho))
        return torch.complex(x[0], x[1])

    return solve


def inpainting(problem: Problem) -> Solver:
    """PDHG [Chambolle, Pock 2011], over-relaxed: data and box in one closed-form prox, TV on the dual side. Denoising too."""
    mask, (low, high) = problem.parts.get("m", torch.ones(())), problem.box or (-math.inf, math.inf)

    def solve(y: Tensor, iterations: int) -> Tensor:
        x, p, step = mask * y, None, None
        reflected, g = x, gradient(x, circular=False)
        p = torch.zeros_like(g)
        for k in range(iterations):
            if k in TUNED:
                step = problem.weight / (1.5 * lengths(g).mean())
                tau = 1 / (8 * step)
                trust = mask * (tau / problem.sigma**2)
                shrink, known = 1 / (1 + trust), trust / (1 + trust) * y
            ahead = torch.addcmul(known, x.sub(tau * gradient_adjoint(p, circular=False)), shrink).clamp_(low, high)
            reflected = 2 * ahead - x
            x = torch.lerp(x, ahead, RELAXATION)
            g = gradient(reflected, circular=False)
            p = torch.lerp(p, project(p + step * g, problem.weight, circular=False), RELAXATION)
        return ahead

    return solve


def tuned(weight: float, g: Tensor, v: Tensor, rho: Tensor | None) -> tuple[Tensor, Tensor]:
    """rho for coefficients g in pairs along the first axis (or complex), and v with its dual part rescaled to it."""
    return rescaled(weight / (1.5 * lengths(g).mean()), weight, v, rho, project)


def tuned_scalar(weight: float, c: Tensor, v: Tensor, rho: Tensor | None) -> tuple[Tensor, Tensor]:
    return rescaled(weight / (1.5 * c.abs().mean()), weight, v, rho, cut_short)


def cut_short(v: Tensor, t: Tensor) -> Tensor:
    """Each entry between −t and t: one clamp between two tensors is far slower than two with one."""
    return v.clamp(min=-t).clamp_(max=t)


def tuned_pairs(weight: float, c: Tensor, v: Tensor, rho: Tensor | None) -> tuple[Tensor, Tensor]:
    mean = torch.addcmul(c[0] * c[0], c[1], c[1]).sqrt_().mean()
    return rescaled(weight / (1.5 * mean), weight, v, rho, project_pairs)


def rescaled(new: Tensor, weight: float, v: Tensor, old: Tensor | None, projection) -> tuple[Tensor, Tensor]:
    return (new, v) if old is None else (new, v + (old / new - 1) * projection(v, weight / old))


def gradient(x: Tensor, circular: bool = True) -> Tensor:
    """Forward differences, circular or zero at the far border. (..., H, W) -> (2, ..., H, W)"""
    g = x.new_empty(2, *x.shape)
    torch.sub(x[..., 1:, :], x[..., :-1, :], out=g[0, ..., :-1, :])
    torch.sub(x[..., :, 1:], x[..., :, :-1], out=g[1, ..., :, :-1])
    if circular:
        torch.sub(x[..., 0, :], x[..., -1, :], out=g[0, ..., -1, :])
        torch.sub(x[..., :, 0], x[..., :, -1], out=g[1, ..., :, -1])
    else:
        g[0, ..., -1, :] = 0
        g[1, ..., :, -1] = 0
    return g


def gradient_adjoint(g: Tensor, circular: bool = True) -> Tensor:
    """The adjoint of `gradient`; where not circular, the last differences must be zero."""
    down, right = g
    x = torch.empty_like(down)
    torch.sub(down[..., :-1, :], down[..., 1:, :], out=x[..., 1:, :])
    torch.sub(down[..., -1, :], down[..., 0, :], out=x[..., 0, :])
    x -= right
    x[..., :, 1:] += right[..., :, :-1]
    if circular:
        x[..., :, 0] += right[..., :, -1]
    return x


def lengths(g: Tensor) -> Tensor:
    """The length of each pixel's gradient, those across the far border left out."""
    down, right = squares(g)
    return (down + right).sqrt_()


def squares(g: Tensor) -> tuple[Tensor, Tensor]:
    square = (torch.view_as_real(g) if g.is_complex() else g).square()
    down, right = square[..., 0] + square[..., 1] if g.is_complex() else square
    down[..., -1, :] = 0
    right[..., :, -1] = 0
    return down, right


def project(v: Tensor, radius: Tensor | float, circular: bool = True) -> Tensor:
    """Each pixel's pair into the ball; pairs across the far border, which TV does not see, to zero."""
    down, right = squares(v)
    p = v * (down.add_(right).rsqrt_() * radius).clamp_(max=1)
    p[0, ..., -1, :] = 0
    p[1, ..., :, -1] = 0
    return p


def project_pairs(v: Tensor, radius: Tensor) -> Tensor:
    return v * (torch.addcmul(v[0] * v[0], v[1], v[1]).rsqrt_() * radius).clamp_(max=1)


def laplacian_spectrum(size: tuple[int, int], whole: bool = False) -> Tensor:
    """The spectrum of ∇ᴴ∇, circular: 2 − 2 cos per axis; half of it unless whole."""
    rows, columns = size
    down = 2 - 2 * torch.cos(2 * math.pi * torch.arange(rows) / rows)
    right = 2 - 2 * torch.cos(2 * math.pi * torch.arange(columns if whole else columns // 2 + 1) / columns)
    return down[:, None] + right


SOLVERS = {
    "tv_deblur": tv_deblur,
    "wavelet_deblur": wavelet_deblur,
    "inpainting": inpainting,
    "wavelet_mri": wavelet_mri,
    "tv_mri": tv_mri,
    "super_resolution": super_resolution,
    "tv_prox": inpainting,
}
