"""The numbers of this machine's device, measured in a second: what a pass, a transform and a call take."""

from __future__ import annotations

from collections.abc import Callable
from math import log2
from time import perf_counter

import torch

from invlang.commands.stop import Stop
from invlang.plan.device import CPU, DEVICES, Device

SIDE = 512
AS_IN_ROUNDS = CPU.entry / 0.3e-9
"""What a pass of a round takes against one plain sum of two arrays, on the core that the rounds of the examples were measured on."""


def measured(name: str) -> Device:
    """The device of that name with its own numbers; one core of a CPU.  Raises Stop where there is none here."""
    if name == "cuda" and not torch.cuda.is_available():
        raise Stop("there is no device `cuda` here to measure; without --measure its rough numbers are used")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        image = torch.rand(SIDE, SIDE, device=name)
        spectrum, dot = torch.complex(image, image), torch.rand(1, device=name)
        call = shortest(lambda: dot + dot, name)
        entry = (shortest(lambda: image + image, name) - call) / image.numel()
        butterfly = (shortest(lambda: torch.fft.fft2(spectrum), name) - call) / (image.numel() * log2(image.numel()))
    finally:
        torch.set_num_threads(threads)
    rough = DEVICES[name]
    return Device(f"{name}, measured", max(entry * AS_IN_ROUNDS, rough.entry / 100), max(butterfly, rough.butterfly / 100), call)


def shortest(work: Callable[[], object], name: str, repeats: int = 12, inner: int = 8) -> float:
    """The least time of a few, in seconds; the first ones warm up."""
    wait = torch.cuda.synchronize if name == "cuda" else lambda: None
    best = float("inf")
    for _ in range(repeats):
        wait()
        begun = perf_counter()
        for _ in range(inner):
            work()
        wait()
        best = min(best, (perf_counter() - begun) / inner)
    return best
