"""Operators beside deepinv's, against their definitions: `python tests/benchmarks/operators.py`.

Each row is the largest difference of both programs' data of one random image, relative to the largest datum, the dot test of
each (|⟨Ax, y⟩ − ⟨x, Aᴴy⟩| / (‖Ax‖ ‖y‖)), and, where they differ, who is right and why.  Double precision where deepinv has it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import deepinv
import torch
from deepinv import physics
from scipy.fft import dctn, idctn
from torch import Tensor

import invlang


@dataclass(frozen=True)
class Case:
    """One operator in both programs.  text: ours, of an image of `space`;  given: what it knows;  theirs: their physics.

    into, out: from our image to theirs, with a batch axis, and from their data to ours.  gram: AᴴA x is compared, not A x;
    single: theirs knows single precision only.
    """

    name: str
    space: str
    text: str
    theirs: Any
    given: dict[str, Tensor]
    word: str = ""
    into: Any = lambda x: x[None]
    out: Any = lambda y: y[0]
    gram: bool = False
    single: bool = False


def random(*shape: int, seed: int = 1) -> Tensor:
    return torch.rand(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def two_channels(x: Tensor) -> Tensor:
    """deepinv's complex images: the parts are channels 0 and 1, behind a batch axis."""
    return torch.view_as_real(x).movedim(-1, 0)[None]


def one_number(y: Tensor) -> Tensor:
    return torch.view_as_complex(y[0].movedim(0, -1).contiguous())


def cameras(n: int = 16) -> list[Case]:
    mask = (random(n, n) > 0.5).double()
    plain = f"real[3, {n}, {n}]"
    size = (3, n, n)
    filters = [Case(f"Downsampling, {name}", f"real[3, {2 * n}, {2 * n}]", f"Downsampling(factor = 2, filter = {name})",
                    physics.Downsampling((3, 2 * n, 2 * n), filter=name, factor=2), {}, word)
               for name, word in [("bilinear", ""), ("bicubic", ""), ("gaussian", "single precision there"),
                                  ("sinc", "π and √2 to six digits there")]]  # fmt: skip
    return [
        Case("Denoising", plain, "Denoising()", physics.Denoising(), {}),
        Case("Inpainting", plain, "Inpainting(m)", physics.Inpainting(size, mask=mask.expand(3, n, n)), {"m": mask}),
        Case("Demosaicing", plain, "Demosaicing()", physics.Demosaicing(size), {}),
        Case("Decolorize", plain, "Decolorize()", physics.Decolorize(), {}, "theirs: 0.2989, 0.5870, 0.1140, which sum to 0.9999"),
        Case("Decolorize, flat", plain, "Decolorize(response = flat)", physics.Decolorize(srf="flat"), {}),
        *filters,
    ]  # fmt: skip


def blurs(n: int = 16) -> list[Case]:
    odd, even = random(5, 3), random(4, 4)
    cases = []
    for boundary, theirs in [
        ("circular", "circular"),
        ("valid", "valid"),
        ("reflect", "reflect"),
        ("replicate", "replicate"),
        ("zero", "constant"),
    ]:
        for word, h in (("5 × 3", odd), ("4 × 4", even)):
            cases.append(Case(f"Blur, {boundary}, {word}", f"real[{n}, {n}]", f"Blur(h, boundary = {boundary})",
                              physics.Blur(filter=h[None, None], padding=theirs), {"h": h}, into=lambda x: x[None, None],
                              out=lambda y: y[0, 0]))  # fmt: skip
    cases.append(Case("BlurFFT", f"real[{n}, {n}]", "BlurFFT(h)", physics.BlurFFT((1, n, n), filter=odd[None, None]), {"h": odd},
                      into=lambda x: x[None, None], out=lambda y: y[0, 0]))  # fmt: skip
    filters, weights = random(2, 3, 3), random(2, n, n, seed=2)
    for name, after, first in (("weights first", "false", True), ("blurs first", "true", False)):
        cases.append(Case(f"SpaceVaryingBlur, {name}", f"real[{n}, {n}]", f"SpaceVaryingBlur(h, w, after = {after})",
                          physics.SpaceVaryingBlur(filters[None, None], weights[None, None], padding="circular", mask_first=first),
                          {"h": filters, "w": weights}, into=lambda x: x[None, None], out=lambda y: y[0, 0]))  # fmt: skip
    return cases


def scanners(n: int = 16) -> list[Case]:
    mask = (random(n, n) > 0.5).double()
    maps = torch.complex(random(4, n, n), random(4, n, n, seed=2))
    frames = (random(3, n, n) > 0.5).double()
    plain, both = f"complex[{n}, {n}]", mask.expand(1, 2, n, n)
    film = frames[None, None].expand(1, 2, 3, n, n)
    angles = torch.arange(6) * 30.0
    return [
        Case("MRI", plain, "MRI(m)", physics.MRI(mask=both, img_size=(n, n)), {"m": mask}, into=two_channels, out=one_number),
        Case("MultiCoilMRI", plain, "MultiCoilMRI(s, m)", physics.MultiCoilMRI(mask=both, coil_maps=maps[None], img_size=(n, n)),
             {"s": maps, "m": mask}, into=two_channels, out=one_number),
        Case("DynamicMRI", f"complex[3, {n}, {n}]", "DynamicMRI(m)", physics.DynamicMRI(mask=film, img_size=(n, n)),
             {"m": frames}, into=two_channels, out=one_number),
        Case("SequentialMRI", plain, "SequentialMRI(m)", physics.SequentialMRI(mask=film, img_size=(n, n)), {"m": frames},
             "their adjoint averages what shots share; Σ Fᴴ M y is the adjoint", two_channels, one_number),
        Case("Tomography", f"real[{4 * n}, {4 * n}]", "Tomography(a, circle = true)",
             physics.Tomography(angles=angles, img_width=4 * n, circle=True, normalize=False), {"a": angles.double()},
             "two discretisations: they turn the image, we follow rays (Joseph); of a smooth image",
             lambda x: x[None, None], lambda y: y[0, 0].T, single=True),
    ]  # fmt: skip


def compressive(n: int = 16) -> list[Case]:
    mask, M = (random(n, n) > 0.5).double(), random(3, 5)
    cases = [
        Case(
            "HyperSpectralUnmixing",
            f"real[3, {n}, {n}]",
            "HyperSpectralUnmixing(M)",
            physics.HyperSpectralUnmixing(M=M),
            {"M": M},
        )
    ]
    shifted = "where a padded side is even theirs moves every band by one more each way, and its adjoint is not one"
    for mode, size, word in (("sd", n - 1, ""), ("ss", n - 1, ""), ("sd", n, shifted), ("ss", n, shifted)):
        kind = physics.CompressiveSpectralImaging((3, size, size), mask=mask[None, None, :size, :size], mode=mode, shear_dir="h")
        cases.append(Case(f"CompressiveSpectralImaging, {mode}, {size}", f"real[3, {size}, {size}]", f"CompressiveSpectralImaging(m, mode = {mode}, axis = vertical, mean = true)",
                          kind, {"m": mask[:size, :size]}, word, out=lambda y: y[0, 0]))  # fmt: skip
    for ordering in ("sequency", "cake_cutting", "zig_zag", "xy"):
        told = (
            "the Gram"
            if ordering in ("sequency", "zig_zag")
            else "the Gram; of patterns of equal rank theirs takes others, as its sort is not stable"
        )
        kind = physics.SinglePixelCamera(100, (1, n, n), ordering=ordering)
        cases.append(Case(f"SinglePixelCamera, {ordering}", f"real[{n}, {n}]", f"SinglePixelCamera(m = 100, ordering = {ordering})", kind,
                          {}, told, lambda x: x[None, None], lambda y: y[0, 0], gram=True))  # fmt: skip
    matrix = random(20, n * n) - 0.5
    kind = physics.CompressedSensing(20, (1, n, n), dtype=torch.float64)
    kind.register_buffer("_A", matrix)
    kind.register_buffer("_A_adjoint", matrix.T.contiguous())
    kind.register_buffer("_A_dagger", torch.linalg.pinv(matrix))
    cases.append(
        Case("CompressedSensing", f"real[{n}, {n}]", "CompressedSensing(a)", kind, {"a": matrix}, "", lambda x: x[None, None])
    )
    signs = (random(2, n, n) > 0.5).double() * 2 - 1
    kind = physics.StructuredRandom(
        (1, n, n), (1, n, n), n_layers=2, transform_func=cosine, transform_func_inv=back, diagonals=list(signs)
    )
    cases.append(Case("StructuredRandom, 2 layers", f"real[{n}, {n}]", "StructuredRandom(d)", kind, {"d": signs}, "", lambda x: x[None, None], lambda y: y[0, 0]))  # fmt: skip
    points = (random(30, 2) - 0.5) * 6
    kind = physics.RadioInterferometry((n, n), points.T.float())
    cases.append(Case("RadioInterferometry", f"real[{n}, {n}]", "RadioInterferometry(q)", kind, {"q": points}, "theirs, doubled, in single precision: it divides by the root of its doubled grid too",
                      lambda x: x[None, None], lambda y: 2 * y.flatten(), single=True))  # fmt: skip
    return cases


def several(n: int = 16) -> list[Case]:
    """Operators with data of several parts, and those that field libraries calculate for deepinv."""
    wide, side = 2 * n, 3 * n // 8
    pan = physics.Pansharpen((3, wide, wide), filter="bilinear", factor=2, srf="flat", use_brovey=False)
    steps = torch.linspace(0, n - side, 6).round().long()
    at = torch.cartesian_prod(steps, steps)
    disk = physics.phase_retrieval.build_probe((1, side, side), probe_radius=side // 3)
    scan = physics.PtychographyLinearOperator((1, n, n), probe=disk, shifts=at - (n - side) // 2)
    return [
        Case("Pansharpen", f"real[3, {wide}, {wide}]", "Pansharpen(factor = 2, filter = bilinear)", pan, {},
             "single precision there", out=lambda y: (y[0][0], y[1][0]), single=True),
        Case("PtychographyLinearOperator", f"complex[{n}, {n}]", "PtychographyLinearOperator(p, at)", scan,
             {"p": scan.probe[0, 0], "at": at}, "the Gram; theirs has the origin in a corner", lambda x: x[None, None],
             lambda y: y[0, 0], gram=True, single=True),
        ultrasound(n),
    ]  # fmt: skip


def ultrasound(n: int) -> Case:
    """Five plane waves and 16 elements: one sample of the image is one of time; theirs counts time from the wave's touch of the middle."""
    angles, elements, times = torch.linspace(-16, 16, 5).double(), torch.linspace(-n / 3, n / 3, 16).double(), 3 * n
    pulse = torch.tensor([-0.5, 1.0, -0.5], dtype=torch.float64) / 1.5**0.5
    kind = physics.UltrasoundPlaneWave(
        (n, n), torch.deg2rad(angles).float(), torch.stack((elements, 0 * elements), -1).float(), times, 1.0, 1.0,
        t0=((n - 1) / 2 * torch.deg2rad(angles).sin().abs()).float(), pixel_size=(1.0, 1.0), pixel_origin=(0.0, -(n - 1) / 2), pulse=pulse.float(),
    )  # fmt: skip
    return Case("PlaneWaveUltrasound", f"real[{n}, {n}]", f"PlaneWaveUltrasound(a, e, h, times = {times})", kind,
                {"a": angles, "e": elements, "h": pulse}, "", lambda x: x[None, None], lambda y: y[0, 0], single=True)  # fmt: skip


def cosine(x: Tensor) -> Tensor:
    return torch.from_numpy(dctn(x.numpy(), norm="ortho", axes=(-2, -1)))


def back(x: Tensor) -> Tensor:
    return torch.from_numpy(idctn(x.numpy(), norm="ortho", axes=(-2, -1)))


def compared(case: Case) -> tuple[float | None, float, float | None, str]:
    """The difference of the data, and both dot tests; None where deepinv refuses or gives data of another shape."""
    A, x = program(case), image_of(case)
    ours = A(x)
    z = draws(ours, 7)
    own = dot(flat(ours), flat(z), x, A.H(z))
    try:
        with torch.no_grad():
            operator, image = (case.theirs, in_single(case.into(x))) if case.single else (in_double(case.theirs), case.into(x))
            theirs = operator.A(image)
            w = draws(theirs, 8)
            peer = dot(flat(theirs), flat(w), image, operator.A_adjoint(w))
            found = flat(case.out(operator.A_adjoint(theirs) if case.gram else theirs)).to(flat(ours).dtype)
    except (RuntimeError, TypeError, AttributeError, IndexError) as error:
        return None, own, None, f"deepinv refuses: {str(error).splitlines()[0][:60]}"
    ours = flat(A.gram(x) if case.gram else ours)
    if found.shape != ours.shape and found.numel() != ours.numel():
        return None, own, peer, f"theirs is {' × '.join(map(str, found.shape))}, ours {' × '.join(map(str, ours.shape))}"
    return float((found.reshape(ours.shape) - ours).abs().max() / ours.abs().max()), own, peer, ""


def flat(y: Any) -> Tensor:
    """Data of several parts as one row; one array as it is."""
    return y if isinstance(y, Tensor) else torch.cat([part.flatten() for part in y])


def draws(y: Any, seed: int) -> Any:
    """Random data of the same shape."""
    if isinstance(y, Tensor):
        return random(*y.shape, seed=seed).to(y.dtype)
    parts = [draws(part, seed + i) for i, part in enumerate(y)]
    return tuple(parts) if isinstance(y, tuple) else deepinv.utils.TensorList(parts)


def in_single(x: Tensor) -> Tensor:
    return x.to(torch.complex64 if x.is_complex() else torch.float32)


def program(case: Case, dtype: str = "float64") -> invlang.Model:
    """Our operator, compiled."""
    lines = [
        f"given {name} : {'complex' if v.is_complex() else 'real' if v.is_floating_point() else 'integer'}[{', '.join(map(str, v.shape))}]"
        for name, v in case.given.items()
    ]
    text = "\n".join([f"unknown x : {case.space}", *lines, f"let A = {case.text}", "data y ~ Normal(A @ x, sigma = 1)"])
    return invlang.loads(text, dtype=dtype, **case.given).A


def image_of(case: Case) -> Tensor:
    """A random image, smooth where two programs interpolate differently."""
    shape = [int(n) for n in case.space[case.space.index("[") + 1 : -1].split(", ")]
    if case.name == "Tomography":
        place = torch.arange(shape[-1], dtype=torch.float64) - (shape[-1] - 1) / 2
        return torch.exp(-((place[:, None] - 2) ** 2 + place**2) / shape[-1])
    if case.space.startswith("real"):
        return random(*shape, seed=5)
    return torch.complex(random(*shape, seed=5), random(*shape, seed=6))


def in_double(operator: Any) -> Any:
    """Their operator in double precision; one with complex arrays is that already, and would lose the imaginary parts."""
    return operator if any(b.is_complex() for b in operator.buffers()) else operator.to(torch.float64)


def dot(image: Tensor, y: Tensor, x: Tensor, back: Tensor) -> float:
    """How far an adjoint is from one."""
    left, right = (image.conj() * y).real.sum(), (x.conj() * back.reshape(x.shape)).real.sum()
    return float((left - right).abs() / (image.norm() * y.norm()))


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"invlang {invlang.__version__}, deepinv {deepinv.__version__}")
    print(f"{'':40}{'difference':>12}{'our dot':>10}{'their dot':>11}")
    for case in [*cameras(), *blurs(), *scanners(), *compressive(), *several()]:
        difference, ours, peer, problem = compared(case)
        cells = [f"{'·' if v is None else f'{v:.1e}':>{wide}}" for v, wide in ((difference, 12), (ours, 10), (peer, 11))]
        print(f"{case.name:40}{''.join(cells)}   {problem or case.word}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
