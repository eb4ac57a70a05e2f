"""Fit a mixture of Gaussians to patches of pictures, for the prior `EPLL`, by expectation maximisation.

Source: Dempster, Laird and Rubin (1977); for patches Zoran and Weiss (2011).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from invlang.data.files import DataError

TOLERANCE = 1e-3  # nats a patch, below which another round is not worth it


@dataclass(frozen=True)
class Mixture:
    """weights: real[K];  means: real[K, n];  covariances: real[K, n, n].  likelihoods: mean log-density of a patch after each round."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    likelihoods: tuple[float, ...] = ()

    def save(self, path: str | Path) -> None:
        """Writes an .npz or a .safetensors file, which a program reads with `given means : real[K, n] = load("patches.npz:means")`."""
        arrays = {"weights": self.weights, "means": self.means, "covariances": self.covariances}
        single = {name: array.astype(np.float32) for name, array in arrays.items()}
        if Path(path).suffix == ".safetensors":
            from safetensors.numpy import save_file

            save_file(single, path)
        else:
            np.savez_compressed(path, **single)  # type: ignore[arg-type]


def fit_mixture(
    pictures: Iterable[np.ndarray],
    components: int = 20,
    size: int = 8,
    patches: int = 20000,
    rounds: int = 50,
    smallest: float = 0.01,
    seed: int = 0,
    advance: Callable[[int, str], None] = lambda steps, note: None,
) -> Mixture:
    """The mixture of `components` Gaussians that makes random patches of the pictures likeliest.  number[..., H, W] each

    smallest: the standard deviation that no direction falls below, in the units of the pictures.  patches: how many are drawn.
    Raises DataError where there are too few.

    >>> stripes = np.tile([0.0, 1.0], (16, 8))
    >>> fit_mixture([stripes], components=2, size=2, patches=200).means.shape
    (2, 4)
    """
    if components < 1 or size < 1 or rounds < 1 or smallest <= 0:
        raise DataError("components, size and rounds are whole numbers above 0, and the smallest deviation is above 0")
    generator = np.random.default_rng(seed)
    vectors = drawn_patches(list(pictures), size, patches, generator)
    if len(vectors) < 10 * components:
        raise DataError(f"{len(vectors)} patches are too few for {components} components: at least ten for each are wanted")
    shares, likelihoods = first_shares(vectors, components, generator), []
    for k in range(rounds):
        found = estimated(vectors, shares, smallest)
        scores = log_densities(vectors, found)
        highest = scores.max(1, keepdims=True)
        totals = highest[:, 0] + np.log(np.exp(scores - highest).sum(1))
        shares = np.exp(scores - totals[:, None])
        likelihoods.append(float(totals.mean()))
        advance(1, f"{likelihoods[-1]:.2f}")
        if k and likelihoods[-1] - likelihoods[-2] < TOLERANCE:
            break
    return Mixture(found.weights, found.means, found.covariances, tuple(likelihoods))


def drawn_patches(pictures: list[np.ndarray], size: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """Patches from random places of random pictures, one a row; each plane of a picture is one.  -> real[count, size²]"""
    planes = [p for picture in pictures for p in np.real(picture).reshape(-1, *picture.shape[-2:]) if min(p.shape) >= size]
    if not planes:
        raise DataError(f"no picture has room for a patch of {size} × {size} samples")
    room = np.array([(p.shape[0] - size + 1) * (p.shape[1] - size + 1) for p in planes], dtype=float)
    found = np.empty((count, size * size))
    for i, which in enumerate(generator.choice(len(planes), count, p=room / room.sum())):
        plane = planes[which]
        row, column = (int(generator.integers(n - size + 1)) for n in plane.shape)
        found[i] = plane[row : row + size, column : column + size].ravel()
    return found


def first_shares(vectors: np.ndarray, components: int, generator: np.random.Generator) -> np.ndarray:
    """Each vector belongs to the nearest of some of them, whatever its mean.  -> real[count, components]"""
    shapes = vectors - vectors.mean(1, keepdims=True)
    centres = shapes[generator.choice(len(shapes), components, replace=False)]
    distances = (centres**2).sum(1) - 2 * shapes @ centres.T
    return np.eye(components)[distances.argmin(1)]


def estimated(vectors: np.ndarray, shares: np.ndarray, smallest: float) -> Mixture:
    """The likeliest components, where the shares say how much of each vector is of which."""
    mass = shares.sum(0) + 1e-9
    means = shares.T @ vectors / mass[:, None]
    n = vectors.shape[1]
    covariances = np.empty((len(mass), n, n))
    for k, mean in enumerate(means):
        away = vectors - mean
        covariances[k] = (away * shares[:, k : k + 1]).T @ away / mass[k] + smallest**2 * np.eye(n)
    return Mixture(mass / mass.sum(), means, covariances)


def log_densities(vectors: np.ndarray, mixture: Mixture) -> np.ndarray:
    """log w_k N(x; μ_k, Σ_k).  real[count, n] -> real[count, K]"""
    found = np.empty((len(vectors), len(mixture.weights)))
    for k, (weight, mean, covariance) in enumerate(zip(mixture.weights, mixture.means, mixture.covariances, strict=True)):
        values, basis = np.linalg.eigh(covariance)
        far = (((vectors - mean) @ basis) ** 2 / values).sum(1) + np.log(2 * np.pi * values).sum()
        found[:, k] = np.log(weight) - far / 2
    return found
