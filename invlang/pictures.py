"""What a program makes or draws by itself, as tensors: its known quantities, and the truths it simulates with."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from invlang.emit.module import write_module
from invlang.emit.names import python_name
from invlang.errors import mistake
from invlang.instances import Instances, suggestion
from invlang.pipeline import Compiled
from invlang.plan.pictures import picture_module
from invlang.seeds import samples_of


class Pictures:
    """The known quantities and the truths of a program, drawn where they are drawn."""

    def __init__(self, instances: Instances):
        module = picture_module(instances.program)
        compiled = Compiled(replace(instances.compiled.planned, module=module), write_module(module))
        own = Instances(
            instances.program, compiled, instances.arrays, instances.numbers, instances.sizes, instances.dtype, instances.device,
            instances.seed,
        )  # fmt: skip
        self._instances = own.drawn(instances.seed, instances.epoch, instances.sample)

    def given(self, name: str, batch: tuple[int, ...] = ()) -> Tensor:
        """A known quantity by name.  Raises InvError where there is none, or where its size is not known."""
        known = [g.known.name for g in self._instances.program.givens]
        if name not in known:
            raise mistake(f"there is no known quantity `{name}`", help=suggestion(name, known))
        return self.value(name, batch)

    def truth(self, name: str, batch: tuple[int, ...] = ()) -> Tensor:
        """The truth of an unknown that `simulate` makes or draws."""
        return self.value(f"truth_of_{name}", batch)

    def value(self, name: str, batch: tuple[int, ...]) -> Tensor:
        at = self._instances
        samples = samples_of(at.sample, batch)
        device = at.device or torch.device("cpu")
        model = at.model(at.sizes, at.dtype or torch.get_default_dtype(), device, samples)
        return torch.as_tensor(getattr(model, python_name(f"value_of_{name}"))())
