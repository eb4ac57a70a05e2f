"""Kernels of ultrasound: when echoes arrive, linear between samples of time, and delay and sum."""

import torch
from torch import Tensor


def echoes(x: Tensor, send: Tensor, receive: Tensor, axes: tuple[int, ...], times: int) -> Tensor:
    """Each sample added to what every receiver hears, when it arrives, linear between times.  number[..., n₁, …] -> number[..., A, E, T]

    send: when each wave meets each sample, receive: how long it takes from there to each receiver; in samples of time, the image
    as a vector.  real[A, n], real[E, n]; leading axes of their own are one array for each sample of those axes.
    """
    if max(send.ndim, receive.ndim) > 2:
        return torch.stack([echoes(*each, axes, times) for each in each_array(x, send, receive, len(axes))])
    if x.is_complex():
        return torch.complex(*(echoes(part, send, receive, axes, times) for part in (x.real, x.imag)))
    x = x.movedim(axes, tuple(range(-len(axes), 0))).flatten(-len(axes))
    heard = len(send) * len(receive)
    field = x.new_zeros(*x.shape[:-1], heard * (times + 3))
    for samples in chunks(x.shape[-1], heard, x.device):
        place, share = arrivals(send.to(x.dtype), receive.to(x.dtype), samples, times)
        value = x.index_select(-1, samples).unsqueeze(-2)
        later = value * share
        for at, part in ((place, value - later), (place + 1, later)):
            field.scatter_add_(-1, at.flatten().expand(*field.shape[:-1], -1), part.flatten(-2))
    return field.unflatten(-1, (len(send), len(receive), times + 3))[..., 1 : times + 1]


def echoes_adjoint(y: Tensor, send: Tensor, receive: Tensor, axes: tuple[int, ...], times: int, sizes: tuple[int, ...]) -> Tensor:
    """Delay and sum: what all receivers heard when the echo of a sample arrived.  number[..., A, E, T] -> number[..., n₁, …]"""
    if max(send.ndim, receive.ndim) > 2:
        return torch.stack([echoes_adjoint(*each, axes, times, sizes) for each in each_array(y, send, receive, 3)])
    if y.is_complex():
        return torch.complex(*(echoes_adjoint(part, send, receive, axes, times, sizes) for part in (y.real, y.imag)))
    field, pieces = torch.nn.functional.pad(y, (1, 2)).flatten(-3), []
    for samples in chunks(send.shape[-1], len(send) * len(receive), y.device):
        place, share = arrivals(send.to(y.dtype), receive.to(y.dtype), samples, times)
        now, later = (field.index_select(-1, at.flatten()).unflatten(-1, at.shape) for at in (place, place + 1))
        pieces.append(torch.lerp(now, later, share).sum(-2))
    return torch.cat(pieces, -1).unflatten(-1, sizes).movedim(tuple(range(-len(axes), 0)), axes)


def arrivals(send: Tensor, receive: Tensor, samples: Tensor, times: int) -> tuple[Tensor, Tensor]:
    """Where the echoes of some samples begin to be heard, in times with one before and two behind, and how far towards the next.

    What arrives outside stands in those three.  integer[s] -> integer[A E, s], real[A E, s]
    """
    when = (send.index_select(-1, samples).unsqueeze(1) + receive.index_select(-1, samples)).flatten(0, 1)
    when = when.clamp(-1, times)
    below = when.floor()
    first = torch.arange(len(when), device=samples.device) * (times + 3) + 1
    return first[:, None] + below.long(), when - below


def chunks(count: int, each: int, device: torch.device) -> tuple[Tensor, ...]:
    """The numbers of all samples, as many at a time as fit into a fast memory with `each` times a sample.  -> integer[s] each"""
    times = 2**17 if device.type == "cpu" else 2**24
    return torch.arange(count, device=device).split(max(times // each, 1))


def each_array(x: Tensor, send: Tensor, receive: Tensor, rank: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """x, send and receive of each sample; x is the same for all where it has no batch."""
    count = len(send) if send.ndim > 2 else len(receive)
    x = x.unsqueeze(0) if x.ndim == rank else x
    several = (t.expand(count, *t.shape[-2:]) for t in (send, receive))
    return list(zip(x.expand(count, *x.shape[1:]), *several, strict=True))
