"""Named streams of random numbers: each use has its own, so that adding one use does not change the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from invlang.errors import mistake

if TYPE_CHECKING:
    import torch

Samples = int | list


def stream(seed: int, name: str, epoch: int = 0, sample: int = 0) -> torch.Generator:
    """A generator of that stream, on the CPU whatever the data's device: the same numbers everywhere.

    >>> import torch
    >>> bool((torch.rand(2, generator=stream(0, "a")) == torch.rand(2, generator=stream(0, "a"))).all())
    True
    """
    from invlang.kernels import streams  # this module is read by parts that do without torch

    return streams.stream(seed, name, epoch, sample)


def streams(seed: int, name: str, epoch: int = 0, samples: Samples = 0) -> list[torch.Generator]:
    """The stream of each sample of a batch, in the batch's order.  samples: an index, or lists of them, one inside the other."""
    from invlang.kernels import streams

    return streams.streams(seed, name, epoch, samples)


def samples_of(sample: Samples, batch: tuple[int, ...]) -> Samples:
    """Which samples the places of a batch are: those that are listed, or those that follow the first one.

    Raises InvError where the list has another length than the batch.

    >>> samples_of(0, (2, 2)), samples_of(7, ()), samples_of([4, 1], (2, 1))
    ([[0, 1], [2, 3]], 7, [[4], [1]])
    """
    count = 1
    for n in batch:
        count *= n
    if isinstance(sample, int):
        return folded(list(range(sample, sample + count)), batch)
    if not batch:
        return sample
    if len(sample) != count:
        raise mistake(
            f"{len(sample)} samples were drawn, and the batch has {count}", help="draw(sample = …) lists one index each"
        )
    return folded(sample, batch)


def folded(flat: list[Any], batch: tuple[int, ...]) -> Any:
    """A flat list as lists inside each other, as many and as long as a batch's axes."""
    if not batch:
        return flat[0]
    step = len(flat) // batch[0] if batch[0] else 0
    return [folded(flat[i * step : (i + 1) * step], batch[1:]) for i in range(batch[0])]


def batch_of(samples: Samples) -> tuple[int, ...]:
    """The axes of a batch whose samples are these.

    >>> batch_of(3), batch_of([[0, 1, 2]])
    ((), (1, 3))
    """
    return (len(samples), *(batch_of(samples[0]) if samples else ())) if isinstance(samples, list) else ()


def sample_named(sample: Any) -> Samples:
    """A sample's index, or a list of them from whatever holds whole numbers.  Raises InvError."""
    try:
        if hasattr(sample, "__index__") and not hasattr(sample, "__len__"):
            return number_named(int(sample), "sample")
        return [number_named(int(s), "sample") for s in sample]
    except (TypeError, ValueError):
        raise mistake(f"`sample` is the index of a sample, or a list of them, and {sample!r} is none") from None


def number_named(value: Any, name: str) -> int:
    """A seed, an epoch or an index: a whole number, at least 0 but for seeds.  Raises InvError."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or (name != "seed" and int(value) < 0):
        raise mistake(f"`{name}` is a whole number{'' if name == 'seed' else ' of at least 0'}, and {value!r} is none")
    return int(value)
