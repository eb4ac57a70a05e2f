"""Named streams of random numbers: each use has its own, so that adding one use does not change the others."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def stream_seed(seed: int, name: str) -> int:
    """The seed of a stream, below 2⁶³: the same for the same seed and name, on every machine.

    >>> stream_seed(0, "noise of y") == stream_seed(0, "noise of y"), stream_seed(0, "a") == stream_seed(0, "b")
    (True, False)
    """
    return int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:8], "big") >> 1


def stream(seed: int, name: str) -> torch.Generator:
    """A generator of that stream, on the CPU whatever the data's device: the same noise everywhere."""
    import torch  # this module is read by parts that do without torch

    return torch.Generator().manual_seed(stream_seed(seed, name))
