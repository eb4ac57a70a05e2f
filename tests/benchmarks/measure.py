"""How time and iterations are measured, the same way for every program."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch


def clock() -> Callable[[], float]:
    """Seconds of the processor where torch has one thread, so that other programs do not count; else seconds on the wall."""
    return time.process_time if torch.get_num_threads() == 1 else time.perf_counter


def interleaved(
    calls: dict[str, Callable[[], object]], repeats: int, of: Callable[[list[float]], float] = min
) -> dict[str, float]:
    """The least seconds of each call, which other programs disturb least; the calls take turns, so that a slow moment meets all of them."""
    now = clock()
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = now()
            call()
            seconds[name].append(now() - start)
    return {name: of(times) for name, times in seconds.items()}


def iterations_needed(gap: Callable[[int], float], tolerance: float, most: int, within: float = 0) -> int | None:
    """The fewest iterations with gap(iterations) ≤ tolerance, found by doubling and bisection; None if `most` do not suffice.

    within: how many more than the fewest are as good, relative.
    """
    low, high = 0, 8
    while gap(high) > tolerance:
        if high == most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > max(1, within * high):
        middle = (low + high) // 2
        if gap(middle) <= tolerance:
            high = middle
        else:
            low = middle
    return high
