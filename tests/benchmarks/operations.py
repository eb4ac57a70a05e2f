"""The single operations that are timed: Gram, solve and closed-form prox, each as calls of the programs that offer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from problems import blur, inpainting, mri, super_resolution

Calls = dict[str, Callable[[], object]]


def operations(programs: dict) -> Iterator[tuple[str, Calls]]:
    """(name, calls) of every operation that at least one program offers."""
    problems = {"blur": blur(), "inpainting": inpainting(), "MRI": mri(), "downsample ∘ blur": super_resolution()}
    for name, problem in problems.items():
        for operation in ("gram", "solve"):
            yield f"{name}: {operation}", offered(programs, operation, problem)
    for name in ("blur ∘ blur", "multi-coil MRI"):
        yield f"{name}: gram", offered(programs, "extra_gram", name)
    for name in ("wavelet L1", "box"):
        yield f"prox of {name}", offered(programs, "prox", name)


def offered(programs: dict, operation: str, argument) -> Calls:
    """The calls of the programs whose module has that operation for that argument."""
    made = {name: getattr(module, operation)(argument) for name, module in programs.items() if hasattr(module, operation)}
    return {name: call for name, call in made.items() if call is not None}
