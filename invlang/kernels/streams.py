"""Named streams of random numbers: (seed, name, epoch, sample) fixes a draw, whatever the batch, its order and the device."""

from hashlib import shake_256

import torch
from torch import Tensor


def stream(seed: int, name: str, epoch: int = 0, sample: int = 0) -> torch.Generator:
    """The generator of that stream, on the CPU, where it draws the same for every device.

    Its whole state is a hash of what it is called: torch's own seeds count only to 2³², so that streams would soon be shared.
    """
    digest = shake_256(f"{seed}/{name}/{epoch}/{sample}".encode()).digest(8 + 4 * 624)
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
    state = generator.get_state()
    words = torch.frombuffer(bytearray(digest[8:]), dtype=torch.uint8)
    state[24 : 24 + 8 * 624].view(624, 8)[:, :4] = words.view(624, 4)  # after the seed and two counters
    return generator.set_state(state)


def stream_key(seed: int, name: str, epoch: int = 0) -> int:
    """The whole number by which draws in plain arithmetic know that stream, from 0 to 2⁶⁴ − 1; alike for all samples."""
    return int.from_bytes(shake_256(f"{seed}/{name}/{epoch}/0".encode()).digest(8), "little")


def streams(seed: int, name: str, epoch: int, samples: int | list) -> list[torch.Generator]:
    """The stream of each sample, in the order of a batch.  samples: an index, or lists of them, one list inside the other."""
    if not isinstance(samples, list):
        return [stream(seed, name, epoch, samples)]
    return [generator for inner in samples for generator in streams(seed, name, epoch, inner)]


def each_sample(draw, seed: int, name: str, epoch: int = 0, samples: int | list = 0) -> Tensor:
    """draw(generator) from the stream of each sample; a list of samples gives a batch axis."""
    if not isinstance(samples, list):
        return draw(stream(seed, name, epoch, samples))
    return torch.stack([each_sample(draw, seed, name, epoch, inner) for inner in samples])


def generator_of(generator, name: str):
    """The generators of that name, where there is one set for each measurement; else what is given."""
    return generator[name] if isinstance(generator, dict) else generator
