"""Functions of the generated module by what they are called with: arguments that look like earlier ones are not looked into again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from invlang.instances import KEPT, Instances


class Ready:
    """The latest few functions, each with the shapes, the precision and the device of arguments that it takes as they are."""

    def __init__(self, instances: Instances):
        self._instances = instances
        self._functions: dict[Any, Callable] = {}

    def find(self, name: str, arguments: tuple[Any, ...]) -> Callable | None:
        """The function of that name for such arguments, where they need nothing and no derivative is followed into the model."""
        known = self._functions.get(looks_of(name, arguments)) if self._functions else None
        return None if known is None or self._instances.follows else known

    def keep(self, name: str, arguments: tuple[Any, ...], tensors: Sequence[Tensor], function: Callable) -> None:
        """tensors: what was made of the arguments; where anything was done to them, or is followed, nothing is kept."""
        as_they_are = len(tensors) == len(arguments) and all(t is a for t, a in zip(tensors, arguments, strict=True))
        if not as_they_are or self._instances.follows:
            return
        if len(self._functions) >= KEPT:
            self._functions.clear()
        self._functions[looks_of(name, arguments)] = function


def looks_of(name: str, arguments: tuple[Any, ...]) -> Any:
    """What tells arguments apart; None of anything but tensors, of which nothing is kept."""
    return name, *[(a.shape, a.dtype, a.device) if isinstance(a, Tensor) else None for a in arguments]
