"""Random laws, filters and phantoms beside deepinv's, against their definitions: `python tests/benchmarks/generators.py`.

Each row is one number of both programs beside what the definition says, and who is right where they differ.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import deepinv
import torch
from deepinv.physics import functional
from deepinv.physics import generator as theirs
from deepinv.physics.functional.interp import ThinPlateSpline
from scipy.interpolate import RBFInterpolator
from torch import Tensor

import invlang
from invlang.kernels.blurs import matern_path
from invlang.kernels.masks import line_chances
from invlang.kernels.optics import grid_points, thin_plate
from invlang.kernels.streams import stream

Row = tuple[str, float | None, float | None, float | None, str]


def drawn(space: str, law: str, batch: int) -> Tensor:
    """Draws of a law, as a program names it, in double precision."""
    text = f"dim N = 1\ngiven a : {space} ~ {law}\nunknown x : real[N]\ndata y ~ Normal(x)\n"
    return invlang.loads(text, dtype="float64").given("a", batch).double()


def made(space: str, kernel: str) -> Tensor:
    text = f"dim N = 1\ngiven a : {space} = {kernel}\nunknown x : real[N]\ndata y ~ Normal(x)\n"
    return invlang.loads(text, dtype="float64").given("a").double()


def their_masks(kind: Any, batch: int, **options: Any) -> Tensor:
    return kind((1, 1, 128), acceleration=4, center_fraction=0.08, **options).step(batch_size=batch, seed=0)["mask"].double()


def lines() -> list[Row]:
    """Masks of 128 lines, a quarter of which is wanted: 32, of which round(10.24) = 10 are in the middle."""
    rows: list[Row] = []
    for name, kind in [
        ("RandomMask", theirs.RandomMaskGenerator),
        ("GaussianMask", theirs.GaussianMaskGenerator),
        ("EquispacedMask", theirs.EquispacedMaskGenerator),
        ("PolyOrderMask", theirs.PolyOrderMaskGenerator),
    ]:
        ours, peer = drawn("binary[1, 128]", f"{name}(acceleration = 4, centre = 0.08)", 1000), their_masks(kind, 1000)
        per_mask = lambda m: float(m.flatten(1).sum(1).mean())
        word = "deepinv's last line is never drawn" if name == "EquispacedMask" else ""
        rows.append((f"{name}: lines of 128, mean", per_mask(ours), per_mask(peer), 32.0, word))
        if name == "EquispacedMask":
            last = lambda m: float(m.flatten(1)[:, -1].mean())
            rows.append(
                (f"{name}: chance of the last line", last(ours), last(peer), 1 / 5, "one of five places of the first line")
            )
    their_chances = theirs.PolyOrderMaskGenerator((1, 1, 128), acceleration=4, center_fraction=0.08).pdf
    ours = line_chances(128, 4, 0.08, 8)
    rows.append(
        (
            "PolyOrderMask: sum of the chances",
            float(ours.sum()),
            float(their_chances.sum()),
            32.0,
            "their search stops at a mean within 1e-3",
        )
    )
    odd = theirs.PolyOrderMaskGenerator((1, 1, 129), acceleration=4, center_fraction=0.08).pdf
    ours = line_chances(129, 4, 0.08, 8)
    rows.append(
        ("PolyOrderMask: chances of 129, difference from ours", None, float((ours - odd).abs().max()), 0.0, "to their 1e-3")
    )
    return rows


def splittings() -> list[Row]:
    ours = drawn("binary[64, 64]", "BernoulliSplittingMask(ratio = 0.6)", 100)
    peer = theirs.BernoulliSplittingMaskGenerator((1, 64, 64), split_ratio=0.6).step(batch_size=100, seed=0)["mask"]
    rows: list[Row] = [("BernoulliSplittingMask: kept", float(ours.mean()), float(peer.mean()), 0.6, "")]
    ours = drawn("binary[64, 64]", "GaussianSplittingMask(ratio = 0.6, centre = 8)", 100)
    kind = theirs.GaussianSplittingMaskGenerator((1, 64, 64), split_ratio=0.6, center_block=8)
    peer = kind.step(batch_size=100, seed=0)["mask"][:, 0].double()
    rows.append(("GaussianSplittingMask: kept", float(ours.mean()), float(peer.mean()), 0.6, ""))
    block = lambda m: float(m[..., 28:36, 28:36].mean())
    rows.append(("GaussianSplittingMask: the central block kept", block(ours), block(peer), 1.0, ""))
    apart = lambda m: float(((1 - m).mean(0) * ((torch.arange(64) - 32) ** 2).double()).sum() / (1 - m).mean(0).sum()) ** 0.5
    rows.append(("GaussianSplittingMask: spread of what is left", apart(ours), apart(peer), None, "the same law"))
    ours = drawn("binary[8, 4, 4]", "Artifact2ArtifactSplitting(size = 2)", 50)
    kind = theirs.Artifact2ArtifactSplittingMaskGenerator((1, 8, 4, 4), split_size=2)
    peer = kind.step(batch_size=50, seed=0)["mask"]
    frames = lambda m: float(m.amax((-1, -2)).reshape(50, -1).sum(1).mean())
    rows.append(("Artifact2ArtifactSplitting: frames kept of 8", frames(ours), frames(peer), 2.0, ""))
    return rows


def shaken() -> list[Row]:
    """Paths and kernels of camera shake."""
    path, peer = matern_path((20_000,), 0.3, 0.25, 160, stream(0, "h")), theirs.MotionBlurGenerator((31, 31))
    peer.rng_manual_seed(0)
    found = peer.f_matern(20_000).double()
    covariance = lambda p, lag: float((p[:, 0] * p[:, lag]).mean())
    definition = lambda r: 0.0625 * (1 + r + r * r / 3) * math.exp(-r)
    rows: list[Row] = [
        ("MotionBlur: variance of a path", covariance(path, 0), covariance(found, 0), definition(0), ""),
        ("MotionBlur: covariance after 0.3", covariance(path, 48), covariance(found, 48), definition(5**0.5 * 47.85 / 47.7), ""),
    ]
    ours = drawn("real[31, 31]", "MotionBlur(steps = 1000)", 100)
    other = theirs.MotionBlurGenerator((31, 31)).step(batch_size=100, seed=0)["filter"].double()
    steps = lambda h: float(torch.stack([1 / k[k > 0].min() for k in h.flatten(1)]).max())
    rows.append(("MotionBlur: points of a path of 1000", steps(ours), steps(other), 1000.0, "theirs bins 159 of them"))
    far = theirs.MotionBlurGenerator((31, 31), sigma=1e4).step(batch_size=1, seed=0)["filter"]
    here = drawn("real[31, 31]", "MotionBlur(sigma = 10000)", 1)
    rows.append(
        ("MotionBlur: sum of a kernel beyond the window", float(here.sum()), float(far.sum()), 1.0, "theirs is 0, no kernel")
    )
    return rows


def kernels() -> list[Row]:
    """Filters that sum to one."""
    rows: list[Row] = []
    for sizes, word in [((9, 9), ""), ((8, 8), "theirs is centred at (n − 1)/2, between the samples")]:
        ours = made(f"real[{sizes[0]}, {sizes[1]}]", "gaussian_blur(sigma = 1.5)")
        peer = functional.gaussian_blur(sizes, sigma=(1.5, 1.5))[0, 0].double()
        x = torch.arange(sizes[0]).double() - sizes[0] // 2
        hand = torch.exp(-(x[:, None] ** 2 + x**2) / 4.5)
        rows.append(difference(f"gaussian_blur {sizes[0]} × {sizes[1]}", ours, peer, hand / hand.sum(), word))
    ours = made("real[9, 9]", "gaussian_blur(sigma = [3, 1], angle = 30)")
    peer = functional.gaussian_blur((9, 9), sigma=(3.0, 1.0), angle=30.0)[0, 0].double()
    rows.append(difference("gaussian_blur σ = (3, 1), 30°", ours, peer, None, ""))
    for name, size, factor in [("bilinear_filter", 6, 3), ("bicubic_filter", 12, 3)]:
        ours = made(f"real[{size}, {size}]", f"{name}(factor = {factor}, shift = 0.5)")
        rows.append(difference(name, ours, getattr(functional, name)(factor)[0, 0].double(), None, ""))
    ours = made("real[11, 11]", "sinc_filter(factor = 2)")
    rows.append(difference("sinc_filter", ours, functional.sinc_filter(2)[0, 0].double(), None, "π and √2 to six digits there"))
    return rows


def difference(name: str, ours: Tensor, peer: Tensor, hand: Tensor | None, word: str) -> Row:
    """Both against the filter written by hand; where there is none, theirs against ours."""
    if hand is None:
        return f"{name}: difference from ours", None, float((peer - ours).abs().max()), 0.0, word
    return f"{name}: largest error", float((ours - hand).abs().max()), float((peer - hand).abs().max()), 0.0, word


def spots() -> list[Row]:
    """Diffraction: the power beyond twice the cutoff, and the sum; thin plates against SciPy's."""
    ours = drawn("real[63, 63]", "DiffractionBlur(cutoff = 0.1, amplitude = 0.15, pupil = 63)", 4)
    peer = (
        theirs.DiffractionBlurGenerator((63, 63), fc=0.1, pupil_size=(63, 63)).step(batch_size=4, seed=0)["filter"][:, 0].double()
    )
    f = torch.fft.fftfreq(63).double()
    beyond = torch.hypot(f[:, None], f) > 0.2 + 2 / 63
    leak = lambda h: float(torch.fft.fft2(h).abs()[..., beyond].max() / torch.fft.fft2(h).abs().max())
    rows: list[Row] = [
        ("DiffractionBlur: sum", float(ours.sum((-1, -2)).mean()), float(peer.sum((-1, -2)).mean()), 1.0, ""),
        ("DiffractionBlur: spectrum beyond the pupil's", leak(ours), leak(peer), 0.0, "theirs in single precision"),
    ]
    still = drawn("real[63, 63]", "DiffractionBlur(cutoff = 0.05, amplitude = 0, pupil = 512)", 1)[0]
    kind = theirs.DiffractionBlurGenerator((63, 63), fc=0.05, max_zernike_amplitude=0.0, pupil_size=(512, 512))
    other = kind.step(batch_size=1, seed=0)["filter"][0, 0].double()
    x = torch.arange(63).double() - 31
    r = 2 * math.pi * 0.05 * torch.hypot(x[:, None], x).clamp(min=1e-9)
    airy = (torch.special.bessel_j1(r) / r) ** 2
    airy = airy / airy.sum()
    rows.append(
        ("DiffractionBlur: still lens, error beside Airy's disk", float((still - airy).abs().max() / airy.max()),
         float((other - airy).abs().max() / airy.max()), 0.0, "a pupil on a grid of 512")
    )  # fmt: skip
    nodes, points = grid_points((4, 4), ours), torch.rand(30, 2, dtype=torch.float64, generator=stream(0, "p"))
    values = torch.randn(16, 3, dtype=torch.float64, generator=stream(0, "v"))
    hand = torch.from_numpy(RBFInterpolator(nodes.numpy(), values.numpy(), kernel="thin_plate_spline")(points.numpy()))
    spline = ThinPlateSpline(0.0)
    spline.fit(nodes, values)
    found = spline.transform(points).reshape(30, 3)
    error = lambda v: float((v - hand).abs().max())
    rows.append(("thin plates: error beside SciPy", error(thin_plate(nodes, points) @ values), error(found), 0.0, ""))
    return rows


def volumes() -> list[Row]:
    """Spots through focus without aberrations: what their planes are, and whether the two ways of a confocal microscope differ."""
    kind = theirs.DiffractionBlurGenerator3D((9, 15, 15), max_zernike_amplitude=0.0, pupil_size=(128, 128))
    peer = kind.step(batch_size=1, seed=0)["filter"][0, 0].double()
    rows: list[Row] = []
    for step, word in [
        ("1", "theirs are nz / (nz − 1) apart"),
        ("9 / 8", "the same in their planes, but for the edge of the pupil"),
    ]:
        ours = drawn("real[9, 15, 15]", f"DiffractionBlur3D(amplitude = 0, step = {step})", 1)[0]
        rows.append(
            (
                f"DiffractionBlur3D: planes {step} apart, difference from ours",
                None,
                float((peer - ours).abs().max() / ours.max()),
                0.0,
                word,
            )
        )
    both = theirs.ConfocalBlurGenerator3D((3, 9, 9), pupil_size=(64, 64)).step(batch_size=50, seed=0)
    pair = torch.stack([both["coeff_ill"].flatten(), both["coeff_coll"].flatten()])
    ours = drawn("real[3, 9, 9]", "ConfocalBlur3D()", 1)
    rows.append(("ConfocalBlur3D: sum", float(ours.sum()), float(both["filter"][0].sum()), 1.0, ""))
    rows.append(
        ("ConfocalBlur3D: correlation of both ways' aberrations", None, float(torch.corrcoef(pair)[0, 1]), 0.0,
         "one seed for both; ours draws them one after the other")
    )  # fmt: skip
    return rows


def streams() -> list[Row]:
    """Whether a draw depends on what is drawn beside it, and whether two laws of one seed draw the same numbers."""
    text = "dim N = 1\ngiven s : real ~ Sigma(low = 0.1, high = 0.4)\ngiven g : real ~ Gain()\nunknown x : real[N]\ndata y ~ Normal(x)\n"
    model = invlang.loads(text, dtype="float64")
    ours = torch.corrcoef(torch.stack([model.given("s", 500), model.given("g", 500)]))[0, 1]
    levels = [
        theirs.SigmaGenerator(0.1, 0.4).step(500, seed=0)["sigma"],
        theirs.GainGenerator(0.1, 0.4).step(500, seed=0)["gain"],
    ]
    rows: list[Row] = [
        ("Sigma and Gain of one seed: correlation", float(ours), float(torch.corrcoef(torch.stack(levels))[0, 1]), 0.0,
         "deepinv's share a stream")
    ]  # fmt: skip
    kind = theirs.MotionBlurGenerator((9, 9))
    alone, among = kind.step(1, seed=0)["filter"][0], kind.step(4, seed=0)["filter"][0]
    here = drawn("real[9, 9]", "MotionBlur()", 1)[0], drawn("real[9, 9]", "MotionBlur()", 4)[0]
    rows.append(
        ("MotionBlur: sample 1 alone and in a batch of 4", float((here[0] - here[1]).abs().max()),
         float((alone - among).abs().max()), 0.0, "theirs depends on the batch")
    )  # fmt: skip
    return rows


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"invlang {invlang.__version__}, deepinv {deepinv.__version__}")
    print(f"{'':56}{'invlang':>12}{'deepinv':>12}{'definition':>12}")
    for name, ours, peer, reference, word in [*lines(), *splittings(), *shaken(), *kernels(), *spots(), *volumes(), *streams()]:
        shown = "".join(f"{'·' if v is None else f'{v:.4g}':>12}" for v in (ours, peer, reference))
        print(f"{name:56}{shown}   {word}".rstrip())


if __name__ == "__main__":
    main()
