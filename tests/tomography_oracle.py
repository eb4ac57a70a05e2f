"""Projections ray by ray in plain NumPy: what the kernels of tomography must give, from the definition alone."""

from itertools import product

import numpy as np


def joseph(image, source, through, diverging):
    """The integral of an image along one line, linear between the samples of each row (or column) that the line crosses.

    source: a point of the line (or its direction), through: another point; from the middle of the image, in the order of its axes.
    """
    direction = through - source if diverging else source
    middle = (np.array(image.shape) - 1) / 2
    along = int(np.argmax(np.abs(direction)))
    total = 0.0
    for step in range(image.shape[along]):
        place = through + (step - middle[along] - through[along]) / direction[along] * direction + middle
        total += sum(
            image[cell] * weight
            for cell, weight in neighbours(place, along, step)
            if all(0 <= c < n for c, n in zip(cell, image.shape, strict=True))
        )
    return total * np.linalg.norm(direction) / abs(direction[along])


def neighbours(place, along, step):
    """The samples around a place in a row, with their weights."""
    below = [step if axis == along else int(np.floor(p)) for axis, p in enumerate(place)]
    for shift in product((0, 1), repeat=len(place)):
        if shift[along]:
            continue
        cell = tuple(b + s for b, s in zip(below, shift, strict=True))
        parts = [1 if axis == along else 1 - abs(place[axis] - cell[axis]) for axis in range(len(place))]
        yield cell, float(np.prod(parts))


def projections(image, views, size, diverging):
    """All views of an image: -> [A, cells…]"""
    found = np.zeros(size)
    for ray in product(*map(range, size)):
        start, middle, *steps = views[ray[0]]
        through = middle + sum((c - (n - 1) / 2) * s for c, n, s in zip(ray[1:], size[1:], steps, strict=True))
        found[ray] = joseph(image, start, through, diverging)
    return found


def dense_matrix(sizes, views, size, diverging):
    """The matrix of the projections."""
    count = int(np.prod(sizes))
    columns = [projections(e.reshape(sizes), views, size, diverging).ravel() for e in np.eye(count)]
    return np.stack(columns, 1)


def disk(radius, distance):
    """The integral of a disk of height 1 along a line at a distance from its middle."""
    return 2 * np.sqrt(np.maximum(radius**2 - np.asarray(distance) ** 2, 0))


SPOTS = ((1.0, (0.12, -0.15), 0.06), (0.7, (-0.15, 0.1), 0.08))  # height, place (x, y), width; in units of the image


def smooth_image(n):
    """Two Gaussian spots on n × n samples; rows go down, y goes up."""
    place = (np.arange(n) - (n - 1) / 2) / n
    y, x = np.meshgrid(-place, place, indexing="ij")
    return sum(h * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s**2)) for h, (a, b), s in SPOTS)


def smooth_projections(n, angles, cells, middle=(0.0, 0.0), offset=0.0):
    """Their integrals along the rays x cos θ + y sin θ = t, in samples.

    middle: about which the image turns, in samples (x, y); offset: where it lies on the detector.
    """
    turn = np.deg2rad(angles)[:, None]
    t = (np.arange(cells) - (cells - 1) / 2 - offset) / n
    total = np.zeros((len(angles), cells))
    for height, (x, y), width in SPOTS:
        shadow = t - (x - middle[0] / n) * np.cos(turn) - (y - middle[1] / n) * np.sin(turn)
        total += height * np.sqrt(2 * np.pi) * width * np.exp(-(shadow**2) / (2 * width**2))
    return total * n


def shadow_matrix(cameras, sizes, size):
    """The matrix of `footprints`: each sample added to the cells around its shadow, times 1 / w²."""
    matrix = np.zeros((*size, *sizes))
    for sample in product(*map(range, sizes)):
        place = [i - (n - 1) / 2 for i, n in zip(sample, sizes, strict=True)]
        for view, camera in enumerate(cameras):
            *u, w = camera @ np.array([*place, 1.0])
            where = [v / w + (n - 1) / 2 for v, n in zip(u, size[1:], strict=True)]
            for shift in product((0, 1), repeat=len(where)):
                cell = [int(np.floor(p)) + s for p, s in zip(where, shift, strict=True)]
                if all(0 <= c < n for c, n in zip(cell, size[1:], strict=True)):
                    share = np.prod([1 - abs(p - c) for p, c in zip(where, cell, strict=True)])
                    matrix[(view, *cell, *sample)] += share / w**2
    return matrix.reshape(int(np.prod(size)), int(np.prod(sizes)))
