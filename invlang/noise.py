"""What a program's noise laws answer from Python: draws, likelihoods, proximal maps, stabilisation, estimates of risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from invlang.domains import check_array, check_parameters
from invlang.emit.module import write_module
from invlang.errors import mistake
from invlang.graph.program import Measurement
from invlang.graph.spaces import parts_of
from invlang.instances import Instances, suggestion
from invlang.pipeline import Compiled
from invlang.plan.noise import noise_module, variance_follows_mean
from invlang.seeds import streams
from invlang.sizes import evaluate
from invlang.tensors import in_precision, real_of

LACKS = {
    "nll": "has no density that images could be compared by",
    "gradient": "has no density with a gradient everywhere",
    "prox": "has no proximal map that is known",
    "variance": "has no variance",
    "discrepancy": "has no variance",
    "stabilise": "has no transform that makes its noise alike everywhere",
    "unstabilise": "has no transform that makes its noise alike everywhere",
    "recorrupt": "cannot be split into two independent parts",
    "tweedie": "is no law that Tweedie's formula is known for",
    "risk": "does not fulfil Stein's identity, so its risk cannot be estimated from the data alone",
}


class Noise:
    """The noise of every measurement: m.noise.y, or m.noise["y"]."""

    def __init__(self, instances: Instances):
        self._laws = {m.name: NoiseLaw(instances, m) for m in instances.program.measurements}

    def __getitem__(self, name: str) -> NoiseLaw:
        if name not in self._laws:
            raise KeyError(f"there is no measurement `{name}`: {suggestion(name, list(self._laws))}")
        return self._laws[name]

    def __getattr__(self, name: str) -> NoiseLaw:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error.args[0])) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._laws)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._laws})

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._laws.values()))


class NoiseLaw:
    """The law of one measurement.  Means and data have any leading batch axes; of several parts they are tuples.

    Everything that it answers is a function of a generated module, `source`; parameters may be one per sample.
    """

    def __init__(self, instances: Instances, measurement: Measurement):
        self._program_instances, self._measurement = instances, measurement

    @property
    def law(self) -> str:
        """The law's name: Normal, Poisson, …"""
        return self._measurement.law

    @cached_property
    def _instances(self) -> Instances:
        """The instances of the law's own module, which needs nothing of the program's operators."""
        whole = self._program_instances
        module = noise_module(whole.program, self._measurement)
        compiled = Compiled(replace(whole.compiled.planned, module=module), write_module(module))
        arrays = {g.known.name: whole.arrays[g.known.name] for g in module.givens if g.known.name in whole.arrays}
        numbers = {p.name: whole.numbers[p.name] for p in module.parameters if p.name in whole.numbers}
        own = Instances(whole.program, compiled, arrays, numbers, whole.sizes, whole.dtype, whole.device, whole.seed)
        return own.drawn(whole.seed, whole.epoch, whole.sample)

    @property
    def source(self) -> str:
        """The torch module that answers."""
        return self._instances.compiled.text

    def with_numbers(self, **numbers: Any) -> NoiseLaw:
        """The same law with other parameters: m.noise.y.with_numbers(sigma = 0.2), or one per sample as a tensor."""
        known = [p.name for p in self._instances.compiled.planned.module.parameters]
        for wrong in (n for n in numbers if n not in known):
            raise mistake(f"the noise of `{self._measurement.name}` has no parameter `{wrong}`", help=suggestion(wrong, known))
        check_parameters(self._program_instances.program, numbers)
        other = copy(self._program_instances)
        other.numbers, other.built, other.learnt = {**other.numbers, **numbers}, {}, {}
        return NoiseLaw(other, self._measurement)

    # ---- what follows from the law

    def sample(self, mean: Any, seed: int = 0) -> Any:
        """A draw of the data around a mean, for each sample of its own; the same seed gives the same draw on every device."""
        return self._ask("sample", {"mean": mean}, seed=seed)

    def nll(self, mean: Any, y: Any) -> Tensor:
        """−log p(y | mean) without its constant: one number per sample."""
        return self._ask("nll", {"mean": mean, "y": y})

    def gradient(self, mean: Any, y: Any) -> Any:
        """The gradient of nll in the mean; at a kink a subgradient."""
        return self._ask("gradient", {"mean": mean, "y": y})

    def prox(self, v: Any, y: Any, step: Any) -> Any:
        """argmin over z of step · nll(z, y) + ½ ‖z − v‖².  step: a positive number, or one per sample."""
        return self._ask("prox", {"v": v, "y": y}, step=step)

    def variance(self, mean: Any) -> Any:
        """The variance of every real number of the data, by entry."""
        return self._ask("variance", {"mean": mean})

    def discrepancy(self, mean: Any = None) -> Tensor:
        """What ‖y − mean‖² is on average, one number per sample; without a mean where it does not depend on it."""
        return self._ask("discrepancy", {"mean": self._any_mean() if mean is None else mean})

    def stabilise(self, y: Any) -> Any:
        """The data with noise of variance 1, exactly or nearly."""
        return self._ask("stabilise", {"y": y})

    def unstabilise(self, z: Any) -> Any:
        """The data that `stabilise` gives z: its algebraic inverse."""
        return self._ask("unstabilise", {"z": z})

    def recorrupt(self, y: Any, share: Any = 0.15, seed: int = 0) -> tuple[Any, Any]:
        """Two independent data with the mean of y: one made of 1 − share of it, one of share."""
        if not bool(((torch.as_tensor(share) > 0) & (torch.as_tensor(share) < 1)).all()):
            raise mistake("`share` is between 0 and 1: what part of the data is set apart")
        both = self._ask("recorrupt", {"y": y}, seed=seed, share=share)
        half = len(both) // 2
        return (both[0], both[1]) if half == 1 else (both[:half], both[half:])

    def tweedie(self, y: Any, score: Any) -> Any:
        """The mean that y speaks of, given the score ∇ log p(y) of the data's own density."""
        return self._ask("tweedie", {"y": y, "score": score})

    def sure(self, f: Callable[[Any], Any], y: Any, seed: int = 0, tau: Any = None) -> Tensor:
        """Stein's estimate of the mean squared error of f(y), from the data alone: one number per sample.

        f is differentiated along a random direction by a difference of size tau.  Exact for Normal; for counts to first order
        in the gain, exactly where f is linear.
        """
        self._needs("risk")
        parts = self._parts(y)
        probe = self._ask("probe", {"y": y}, seed=seed)
        if tau is None:
            size = max(float(p.detach().abs().amax()) for p in parts)
            tau = torch.finfo(real_of(parts[0])).eps ** (1 / 3) * max(size, 1e-6)
        moved = tuple(p + tau * b for p, b in zip(parts, self._parts(probe), strict=True))
        answers = {"y": y, "probe": probe, "estimate": f(y), "moved": f(moved[0] if len(moved) == 1 else moved)}
        return self._ask("risk", answers, tau=tau)

    # ---- asking

    def _ask(self, question: str, arrays: dict[str, Any], seed: int | None = None, **numbers: Any) -> Any:
        self._needs(question)
        space = self._measurement.space
        tensors, model = self._instances.prepared([(n, space, v) for n, v in arrays.items()])
        count = len(parts_of(space))
        for i, name in enumerate(arrays):
            for tensor in tensors[i * count : (i + 1) * count]:
                check_array(self._measurement, {"estimate": "", "moved": "", "v": "", "z": ""}.get(name, name), tensor, name)
        method = getattr(model, question)
        options = {}
        if seed is not None and "generator" in method.__code__.co_varnames:
            tensors, samples = self._instances.whole_batch(tensors, parts_of(space))
            options = {"generator": streams(seed, f"{question} of {self._measurement.name}", self._instances.epoch, samples)}
        return method(*tensors, *(self._number(n, v, tensors[0]) for n, v in numbers.items()), **options)

    def _needs(self, question: str) -> None:
        if not hasattr(self._instances.model_class, question):
            raise mistake(f"`{self.law}` {LACKS[question]}", self._measurement.span)

    def _number(self, name: str, value: Any, like: Tensor) -> Any:
        number = torch.as_tensor(value)
        if isinstance(value, Tensor) or hasattr(value, "__len__"):
            floating = number if number.is_floating_point() else number.to(torch.get_default_dtype())
            value = number = in_precision(floating, real_of(like), like.device)
        if not bool((number > 0).all()):
            raise mistake(f"`{name}` is not above 0")
        return value

    def _parts(self, value: Any) -> tuple[Any, ...]:
        return tuple(value) if len(parts_of(self._measurement.space)) > 1 else (torch.as_tensor(value),)

    def _any_mean(self) -> Any:
        """A mean that is as good as any, for what does not depend on it."""
        self._needs("discrepancy")
        assert self._measurement.forms is not None
        if variance_follows_mean(self._measurement.forms()):
            raise mistake(f"the discrepancy of `{self.law}` depends on the mean: pass it", self._measurement.span)
        made = []
        for part in parts_of(self._measurement.space):
            sizes = [evaluate(self._instances.sizes, axis.size) for axis in part.axes]
            if None in sizes:
                raise mistake(f"the size of `{self._measurement.name}` is not known yet: pass a mean", self._measurement.span)
            dtype = torch.complex128 if part.field == "complex" else torch.float64
            made.append(torch.zeros(sizes, dtype=dtype))  # type: ignore[arg-type]
        return made[0] if len(made) == 1 else tuple(made)

    def __repr__(self) -> str:
        return f"{self._measurement.name} ~ {self.law}"
