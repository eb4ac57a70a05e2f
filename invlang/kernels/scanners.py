"""Kernels that say where the rays and the shadows of a scanner lie, and what its filtered back-projection weighs and filters.

Places are in samples from the middle of the image, in the order of its axes; angles in degrees, counter-clockwise for rows that go down.
"""

import torch
from torch import Tensor


def parallel_views(angles: Tensor) -> Tensor:
    """The views of a parallel beam, cells one sample apart, angles in degrees: at 0° rays run down the columns.

    real[..., A] -> real[..., A, 3, 2]
    """
    along, across = turned(angles)
    return torch.cat((along, torch.zeros_like(along), across), -2)


def fan_views(
    angles: Tensor, source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, sizes: tuple[int, int]
) -> Tensor:
    """The views of a fan beam on a flat detector, angles in degrees; at 0° the source is above the image.

    source, detector: how far they are from the middle of the image; spacing: between cells; all in samples.
    real[..., A] -> real[..., A, 3, 2]
    """
    check_source(source, sizes)
    along, across = turned(angles)
    return torch.cat((-source * along, detector * along, spacing * across), -2)


def cone_views(
    angles: Tensor, source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, sizes: tuple[int, int]
) -> Tensor:
    """The views of a cone beam that turns about the first axis of a volume, the rest as in `fan_views`.  -> real[..., A, 4, 3]"""
    flat = torch.nn.functional.pad(fan_views(angles, source, detector, spacing, sizes), (1, 0))
    rise = torch.zeros_like(flat[..., :1, :])
    rise[..., :1] += spacing
    return torch.cat((flat[..., :2, :], rise, flat[..., 2:, :]), -2)


def turned(angles: Tensor) -> tuple[Tensor, Tensor]:
    """Where the rays of each view go, and where its detector does; degrees.  real[..., A] -> real[..., A, 1, 2], the same"""
    if not angles.numel() or not bool(angles.isfinite().all()):
        raise ValueError("a scanner looks from one angle at least, and each is a finite number of degrees")
    turn = torch.deg2rad(angles)[..., None, None]
    return torch.cat((turn.cos(), turn.sin()), -1), torch.cat((-turn.sin(), turn.cos()), -1)


def fan_spacing(source: Tensor | float, detector: Tensor | float, like: Tensor, cells: int, sizes: tuple[int, int]) -> Tensor:
    """How far the cells of a fan's detector are apart, so that all of them together just see an image of these sizes.  -> real[]"""
    radius = check_source(source, sizes)
    spacing = 2 * (source + detector) * radius / (source**2 - radius**2) ** 0.5 / cells
    return like.real.new_zeros(()) + spacing


def check_source(source: Tensor | float, sizes: tuple[int, ...]) -> float:
    """How far the corners of the image are from its middle.  Raises ValueError where the source is not outside of them."""
    corner = sum(n * n for n in sizes) ** 0.5 / 2
    if bool(torch.any(torch.as_tensor(source) <= corner)):
        raise ValueError(f"`source` is above {corner:.1f} for an image of {sizes}: it turns around it")
    return corner


def parallel_cameras(angles: Tensor) -> Tensor:
    """The cameras of `parallel_views`.  real[..., A] -> real[..., A, 2, 3]"""
    _, across = turned(angles)
    ones = torch.ones_like(across[..., :1])
    zeros = torch.zeros_like(ones)
    return torch.cat((torch.cat((across, zeros), -1), torch.cat((zeros, zeros, ones), -1)), -2)


def fan_cameras(
    angles: Tensor, source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, sizes: tuple[int, int]
) -> Tensor:
    """The cameras of `fan_views`; w is 1 in the middle of the image.  real[..., A] -> real[..., A, 2, 3]"""
    check_source(source, sizes)
    along, across = turned(angles)
    ones = torch.ones_like(along[..., :1])
    magnified = (source + detector) / (source * spacing) * across
    return torch.cat((torch.cat((magnified, 0 * ones), -1), torch.cat((along / source, ones), -1)), -2)


def cone_cameras(
    angles: Tensor, source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, sizes: tuple[int, int]
) -> Tensor:
    """The cameras of `cone_views`; w is 1 on the axis.  real[..., A] -> real[..., A, 3, 4]"""
    flat = torch.nn.functional.pad(fan_cameras(angles, source, detector, spacing, sizes), (1, 0))
    rise = torch.zeros_like(flat[..., :1, :])
    rise[..., :1] += (source + detector) / (source * spacing)
    return torch.cat((rise, flat), -2)


def ray_weights(
    source: Tensor | float, detector: Tensor | float, spacing: Tensor | float, like: Tensor, cells: tuple[int, ...]
) -> Tensor:
    """What diverging rays count in filtered back-projection: the cosine of their angle, per spacing in the middle.  -> real[cells]"""
    far = source + detector
    square = like.real.new_zeros(cells) + far**2
    for axis, n in enumerate(cells):
        place = torch.arange(n, dtype=square.dtype, device=like.device) - (n - 1) / 2
        square = square + (spacing * place).square().reshape(-1, *(1,) * (len(cells) - 1 - axis))
    return far / square.sqrt() * (far / (spacing * source))


def ramp_taps(cells: int, like: Tensor, window: str = "ram_lak") -> Tensor:
    """The taps of the ramp filter |f| of samples one apart, its middle at index cells − 1.  -> real[2 cells − 1]

    window, in frequencies f of at most ½: ram_lak 1, shepp_logan sin(πf) / πf, cosine cos πf, hamming 0.54 + 0.46 cos 2πf,
    hann ½ + ½ cos 2πf.  Source: Kak and Slaney, Principles of Computerized Tomographic Imaging (1988), chapter 3.
    """
    lag = torch.arange(2 * cells, device=like.device)
    lag = torch.minimum(lag, 2 * cells - lag)
    odd = lag % 2 == 1
    taps = torch.where(odd, -1 / (torch.pi * lag.clamp(min=1).to(like.real.dtype)).square(), torch.where(lag == 0, 0.25, 0.0))
    f = torch.fft.fftfreq(2 * cells, dtype=like.real.dtype, device=like.device)
    if window == "shepp_logan":
        gain = torch.sinc(f)
    elif window == "cosine":
        gain = (torch.pi * f).cos()
    else:
        share = {"ram_lak": 0.0, "hamming": 0.46, "hann": 0.5}[window]
        gain = 1 - share + share * (2 * torch.pi * f).cos()
    return torch.fft.ifft(torch.fft.fft(taps.to(f.dtype)) * gain).real.roll(cells - 1)[: 2 * cells - 1]


def plane_wave_delays(angles: Tensor, speed: Tensor | float, sizes: tuple[int, int]) -> Tensor:
    """When a plane wave from the top meets each sample, counted from its first touch of the top row.  real[..., A] -> real[..., A, H W]

    angles: in degrees, from straight down towards higher columns; speed: samples of the image that a wave crosses in one of time.
    """
    if not bool(angles.isfinite().all()) or bool(angles.abs().max() >= 90):
        raise ValueError("a plane wave goes down: its angles are above −90 and below 90 degrees")
    depth, side = below_the_top(sizes, angles)
    turn = torch.deg2rad(angles).unsqueeze(-1)
    late = depth * turn.cos() + side * turn.sin() + (sizes[1] - 1) / 2 * turn.sin().abs()
    return late / per_speed(speed, 2)


def receiver_delays(elements: Tensor, speed: Tensor | float, sizes: tuple[int, int]) -> Tensor:
    """How long an echo takes from each sample to each element on the top row.  real[..., E] -> real[..., E, H W]"""
    depth, side = below_the_top(sizes, elements)
    return torch.hypot(depth, side - elements.unsqueeze(-1)) / per_speed(speed, 2)


def below_the_top(sizes: tuple[int, int], like: Tensor) -> tuple[Tensor, Tensor]:
    """How deep each sample is, and how far to the right of the middle.  -> real[H W] each"""
    depth = torch.arange(sizes[0], dtype=like.dtype, device=like.device)
    side = torch.arange(sizes[1], dtype=like.dtype, device=like.device) - (sizes[1] - 1) / 2
    return depth.repeat_interleave(sizes[1]), side.repeat(sizes[0])


def per_speed(speed: Tensor | float, rank: int) -> Tensor | float:
    """One speed, or one per sample, to divide arrays of that rank by.  Raises ValueError where it is not above 0."""
    if not bool(torch.all(torch.as_tensor(speed) > 0)):
        raise ValueError("`speed` is above 0")
    return speed.reshape(*speed.shape, *(1,) * rank) if isinstance(speed, Tensor) and speed.ndim else speed
