"""Kernels that say where k-space is sampled, in radians a pixel: spokes, spirals, the tracks of an array of antennas; and how densely."""

import torch
from torch import Tensor


def radial_trajectory(sizes: tuple[int, ...], like: Tensor, spokes: int = 32, golden: bool = True) -> Tensor:
    """Spokes through the middle, S / spokes samples each, from −π to π without the last end.  -> real[..., S, k]

    In two dimensions a spoke is turned by the golden angle (111.246°) after the one before [Winkelmann 2007], or by π / spokes; in
    three by the golden means [Chan 2009].  Frames, along axes in front, go on where the one before ended.
    """
    samples, frames = sizes[-2] // spokes, torch.Size(sizes[:-2]).numel()
    kind: dict = {"dtype": torch.float64, "device": like.device}
    turns, radius = torch.arange(frames * spokes, **kind), 2 * torch.pi * (torch.arange(samples, **kind) - samples // 2) / samples
    if sizes[-1] == 3:
        height, turn = (0.465571231876768 * turns) % 1, 2 * torch.pi * 0.682327803828019 * turns
        flat = (1 - height.square()).sqrt()
        directions = torch.stack([height, flat * turn.cos(), flat * turn.sin()], -1)
    else:
        angle = turns * (torch.pi * (5**0.5 - 1) / 2 if golden else torch.pi / spokes)
        directions = torch.stack([angle.sin(), angle.cos()], -1)[:, -sizes[-1] :]
    return (radius[:, None] * directions[:, None, :]).reshape(sizes).to(like.real.dtype)


def spiral_trajectory(sizes: tuple[int, int], like: Tensor, arms: int = 16, turns: float = 4.0, density: float = 1.0) -> Tensor:
    """Spirals from the middle to π, S / arms samples each and turned against each other evenly.  -> real[S, 2]

    Arm a is at radius π s^density and angle 2π (turns s + a / arms), s from 0 to 1: Archimedes' spiral where density is 1, denser in
    the middle above.  Samples follow each other at nearly constant speed: s = √(i / n).
    """
    samples = sizes[0] // arms
    kind: dict = {"dtype": torch.float64, "device": like.device}
    s = (torch.arange(samples, **kind) / samples).sqrt()
    angle = 2 * torch.pi * (turns * s + torch.arange(arms, **kind)[:, None] / arms)
    radius = torch.pi * s**density
    return torch.stack([radius * angle.sin(), radius * angle.cos()], -1).flatten(0, 1).to(like.real.dtype)


def uv_tracks(
    sizes: tuple[int, int],
    like: Tensor,
    antennas: int = 27,
    hours: float = 8.0,
    declination: float = 45.0,
    latitude: float = 34.0,
) -> Tensor:
    """What the pairs of a Y of antennas see while the earth turns, the longest pair up to π.  -> real[S, 2]

    All pairs at the first time, then all at the next, times evenly over `hours` around the transit.  Antennas stand along three arms, 120° apart, at distances ∝ i^1.716 from
    the middle, on the ground at that latitude; angles in degrees. [Thompson, Moran, Swenson 2017; Napier, Thompson, Ekers 1983]
    """
    kind: dict = {"dtype": torch.float64, "device": like.device}
    number = torch.arange(antennas, **kind)
    away, arm = (1 + torch.div(number, 3, rounding_mode="floor")) ** 1.716, torch.deg2rad(120 * (number % 3) - 5)
    east, north = away * arm.sin(), away * arm.cos()
    first, second = torch.triu_indices(antennas, antennas, 1, device=like.device)
    phi, delta = (torch.deg2rad(torch.tensor(a, **kind)) for a in (latitude, declination))
    across, up = east[second] - east[first], north[second] - north[first]
    x, z = -up * phi.sin(), up * phi.cos()
    times = -(-sizes[0] // len(first))
    turn = torch.deg2rad(15 * hours * ((torch.arange(times, **kind) + 0.5) / times - 0.5))[:, None]
    u = turn.sin() * x + turn.cos() * across
    v = -delta.sin() * turn.cos() * x + delta.sin() * turn.sin() * across + delta.cos() * z
    points = torch.stack([v, u], -1).flatten(0, 1)[: sizes[0]]
    return (points * (0.999 * torch.pi / torch.hypot(points[:, 0], points[:, 1]).max())).to(like.real.dtype)
