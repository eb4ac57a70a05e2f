"""The Radon transform beside scikit-image, deepinv and ASTRA (on the processor): `python tests/benchmarks/tomography.py`.

Prints for each operation the median seconds of each program, and how many times as long as invlang each takes. What is not
installed is left out. All images are squares of `size` samples, gray, in single precision, seen from `views` angles over 180°.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))

from measure import interleaved

Calls = dict[str, Callable[[], object]]
PROGRAM = """
dim H, W, A
unknown x : real[H, W]
given   a : real[A]
data    y ~ Normal(Tomography(a, circle = true) @ x, sigma = 0.1)
let     T = Tomography(a, circle = true)
reconstruct fbp { estimate FBP(a, circle = true) @ y }
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Times the projector, its adjoint and filtered back-projection.")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--views", type=int, default=90)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    image = disk(arguments.size)
    angles = torch.arange(arguments.views) * (180 / arguments.views)
    known = {n: program(image, angles) for n, program in PROGRAMS.items() if find_spec(PACKAGES[n])}
    print(f"{arguments.size} × {arguments.size}, {arguments.views} views, one thread of the processor; seconds (× invlang)")
    for operation in ("forward", "adjoint", "fbp"):
        times = interleaved({n: calls[operation] for n, calls in known.items() if operation in calls}, arguments.repeats)
        cells = [f"{n} {t:.4f} ({t / times['invlang']:.2f})" for n, t in times.items()]
        print(f"{operation:8}", "   ".join(cells))
    return 0


def disk(size: int) -> torch.Tensor:
    """Noise in a disk, which all programs see."""
    place = torch.arange(size) - (size - 1) / 2
    inside = place.square()[:, None] + place.square() < (0.47 * size) ** 2
    return torch.rand(size, size) * inside


def ours(image: torch.Tensor, angles: torch.Tensor) -> Calls:
    import invlang

    model = invlang.loads(PROGRAM, a=angles, H=len(image), W=len(image), dtype="float32")
    y = model.T(image)
    return {"forward": lambda: model.T(image), "adjoint": lambda: model.T.H(y), "fbp": lambda: model.fbp(y)}


def scikit_image(image: torch.Tensor, angles: torch.Tensor) -> Calls:
    """It has no adjoint; `iradon` without a filter is the nearest."""
    from skimage.transform import iradon, radon

    x, theta = image.numpy(), angles.numpy()
    y = radon(x, theta)
    return {
        "forward": lambda: radon(x, theta),
        "adjoint": lambda: iradon(y, theta, filter_name=None),
        "fbp": lambda: iradon(y, theta),
    }


def deep_inverse(image: torch.Tensor, angles: torch.Tensor) -> Calls:
    from deepinv.physics import Tomography

    physics = Tomography(angles=angles, img_width=len(image), circle=True, normalize=False)
    x = image[None, None]
    y = physics.A(x)
    return {"forward": lambda: physics.A(x), "adjoint": lambda: physics.A_adjoint(y), "fbp": lambda: physics.A_dagger(y)}


def astra(image: torch.Tensor, angles: torch.Tensor) -> Calls:
    """The strip of ASTRA that is as ours: `linear`, Joseph's method."""
    import astra as library

    n = len(image)
    volume = library.create_vol_geom(n, n)
    rays = library.create_proj_geom("parallel", 1.0, n, np.deg2rad(angles.numpy()))
    projector = library.create_projector("linear", rays, volume)
    operator = library.OpTomo(projector)
    x = image.numpy().ravel()
    y = operator.FP(x.reshape(n, n))
    return {
        "forward": lambda: operator.FP(x.reshape(n, n)),
        "adjoint": lambda: operator.BP(y),
        "fbp": lambda: operator.reconstruct("FBP", y),
    }


PROGRAMS = {"invlang": ours, "scikit-image": scikit_image, "deepinv": deep_inverse, "ASTRA": astra}
PACKAGES = {"invlang": "torch", "scikit-image": "skimage", "deepinv": "deepinv", "ASTRA": "astra"}

if __name__ == "__main__":
    raise SystemExit(main())
