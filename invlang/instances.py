"""The generated module, built for the sizes, the precision and the device that are asked for."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from invlang.emit.load import load_module
from invlang.emit.names import python_name
from invlang.errors import mistake
from invlang.graph.program import Program
from invlang.graph.spaces import AnySpace, Space, parts_of
from invlang.pipeline import Compiled
from invlang.plan.steps import Estimator as Planned
from invlang.requirements import check_places, check_sizes
from invlang.seeds import Samples, batch_of, number_named, samples_of
from invlang.sizes import Shape, Sizes, Told, learn, show_sizes
from invlang.spelling import closest
from invlang.tensors import as_tensor, in_precision, precision_of

KEPT = 8


class Instances:
    """arrays: what the givens are, by name;  numbers: parameters;  sizes: the dims that are known whatever is passed.

    dtype, device: where to calculate; None: in the precision and on the device of what is passed.
    """

    def __init__(
        self, program: Program, compiled: Compiled, arrays: Mapping[str, Tensor], numbers: Mapping[str, Any], sizes: Sizes,
        dtype: torch.dtype | None, device: torch.device | None, seed: int,
    ):  # fmt: skip
        self.program, self.compiled, self.arrays, self.numbers, self.sizes = program, compiled, arrays, numbers, sizes
        self.dtype, self.device, self.seed = dtype, device, seed
        self.epoch: int = 0
        self.sample: Samples = 0
        self.built: dict[Any, nn.Module] = {}
        self.learnt: dict[Any, dict[str, Told]] = {}
        self.seen: dict[Any, tuple[nn.Module, Any]] = {}  # by the looks of what was passed as it is needed: the model for it
        self.taken: dict[str, tuple[str, ...]] = {}  # the numbers that each estimator's constructor takes

    @cached_property
    def code(self) -> ModuleType:
        """The generated module, run once."""
        return load_module(self.compiled.text, self.compiled.planned.module.name)

    @cached_property
    def model_class(self) -> type[nn.Module]:
        return getattr(self.code, python_name(self.compiled.planned.module.name))

    @cached_property
    def wanted(self) -> dict[str, inspect.Parameter]:
        """What the model's constructor takes."""
        return dict(list(inspect.signature(self.model_class).parameters.items()))

    @cached_property
    def dims(self) -> tuple[str, ...]:
        """The dims that the constructor is told."""
        return tuple(str(d) for d in self.compiled.planned.module.dims)

    def estimator_class(self, name: str) -> type[nn.Module]:
        return getattr(self.code, python_name(self.plan_of(name).name))

    def plan_of(self, name: str) -> Planned:
        """The plan of an estimator, by the name that the program gives it."""
        return next(e for e in self.compiled.planned.module.estimators if e.called == name)

    def placed(self, dtype: torch.dtype | None, device: torch.device | None) -> Instances:
        """The same, calculating in that precision and on that device."""
        if (dtype, device) == (self.dtype, self.device):
            return self
        other = copy(self)
        other.dtype, other.device, other.seen = dtype, device, {}
        return other

    def drawn(self, seed: int, epoch: int, sample: Samples) -> Instances:
        """The same where quantities that are drawn are those of other samples.  sample: the first one's index, or all of them."""
        if (seed, epoch, sample) == (self.seed, self.epoch, self.sample):
            return self
        assert self.code  # run once for all
        other = copy(self)
        other.seed, other.epoch, other.sample, other.seen = seed, epoch, sample, {}
        return other

    def with_sizes(self, sizes: Sizes) -> Instances:
        """The same where more sizes are known, whatever is passed."""
        other = copy(self)
        other.sizes, other.learnt, other.seen = {**self.sizes, **sizes}, {}, {}
        return other

    # ---- arguments

    def prepared(self, named: Sequence[tuple[str, AnySpace, Any]]) -> tuple[list[Tensor], nn.Module]:
        """(name, space, value) of each argument → tensors that meet, and the model for their sizes."""
        looks = looks_of(named)
        if looks in self.seen and not self.follows:  # nothing to convert, nothing to learn
            return [v for _, _, v in named], self.seen[looks][0]
        tensors, model = self.prepared_at_first(named)
        values = [v for _, _, v in named]
        plain = all(isinstance(s, Space) and s.field in ("real", "complex") for _, s, _ in named)
        if plain and len(tensors) == len(values) and all(t is v for t, v in zip(tensors, values, strict=True)):
            if len(self.seen) >= KEPT:
                self.seen.clear()
            self.seen[looks] = model, [s for _, s, _ in named]  # spaces that are kept keep their ids
        return tensors, model

    def prepared_at_first(self, named: Sequence[tuple[str, AnySpace, Any]]) -> tuple[list[Tensor], nn.Module]:
        flat = [item for name, space, value in named for item in split(name, space, value)]
        tensors = [as_tensor(value, name, space) for name, space, value in flat]
        dtype = self.dtype or precision_of(tensors)
        device = self.device or next((t.device for t in tensors if t.device.type != "cpu"), torch.device("cpu"))
        shapes = tuple((name, space, tuple(t.shape)) for (name, space, _), t in zip(flat, tensors, strict=True))
        sizes = self.sizes_of(shapes)
        samples = self.samples_in([(space, tuple(t.shape)) for (_, space, _), t in zip(flat, tensors, strict=True)])
        return [in_precision(t, dtype, device) for t in tensors], self.model(sizes, dtype, device, samples)

    def samples_in(self, shapes: Sequence[tuple[Space, tuple[int, ...]]]) -> Samples:
        """The sample at each place of a batch: of the leading axes of all arrays together, those that were given included."""
        known = [(g.known.of, tuple(self.arrays[g.known.name].shape)) for g in self.program.givens if g.known.name in self.arrays]
        batches = [shape[: len(shape) - space.rank] for space, shape in (*shapes, *known)]
        try:
            batch = batches[0] if len(set(batches)) == 1 else tuple(torch.broadcast_shapes(*batches))
            return samples_of(self.sample, batch)
        except RuntimeError:
            listing = " and ".join(show_sizes(b) for b in dict.fromkeys(batches) if b)
            raise mistake(f"the batches do not fit: {listing}") from None

    def sizes_of(self, shapes: tuple[tuple[str, Any, tuple[int, ...]], ...]) -> dict[str, Told]:
        if shapes not in self.learnt:
            if len(self.learnt) > 256:
                self.learnt.clear()
            self.learnt[shapes] = learn(self.sizes, [Shape(*s) for s in shapes])
        return self.learnt[shapes]

    def whole_batch(self, tensors: list[Tensor], spaces: Sequence[Space]) -> tuple[list[Tensor], Samples]:
        """Arguments with all the batch axes that any of them has, and the sample at each place."""
        pairs = list(zip(tensors, spaces, strict=True))
        samples = self.samples_in([(space, tuple(t.shape)) for t, space in pairs])
        batch = batch_of(samples)
        return [t.expand(*batch, *t.shape[t.ndim - space.rank :]) for t, space in pairs], samples

    # ---- building

    def model(self, sizes: Sizes, dtype: torch.dtype, device: torch.device, samples: Samples = 0) -> nn.Module:
        """The model; the latest few are kept, so that the same sizes and samples are set up once.

        One that is made of arrays or numbers with derivatives is not kept: what is worked out of them belongs to one call.
        """
        drawn = (self.seed, self.epoch, str(samples)) if "samples" in self.wanted else ()
        key = (tuple(sizes[d].number if d in sizes else None for d in self.dims), dtype, device, drawn)
        if self.follows or key not in self.built:
            check_sizes(self.program, sizes, self.arrays, self.compiled.planned.subsets)
            arguments = self.arguments(sizes, dtype, device, samples)
            if len(self.built) >= KEPT and key not in self.built:
                self.built.pop(next(iter(self.built)))
            with default_precision(dtype), torch.set_grad_enabled(self.follows):
                self.built[key] = self.model_class(**arguments).to(device, dtype)
            self.check_drawn(self.built[key])
            check_places(
                self.program,
                sizes,
                {g.known.name: getattr(self.built[key], python_name(g.known.name), None) for g in self.program.givens},
            )
        return self.built[key]

    @cached_property
    def given(self) -> tuple[Tensor, ...]:
        """The arrays and numbers that the model is made of, those that are tensors."""
        return tuple(v for passed in (self.arrays, self.numbers) for v in passed.values() if isinstance(v, Tensor))

    @property
    def follows(self) -> bool:
        """Whether derivatives are followed into the arrays and numbers that the model is made of."""
        return torch.is_grad_enabled() and any([v.requires_grad for v in self.given])

    def check_drawn(self, model: nn.Module) -> None:
        """Refuses a drawn mask that keeps nothing, or that is none."""
        for given in self.program.givens:
            name, space = given.known.name, given.known.of
            mask = getattr(model, python_name(name), None)
            if name in self.arrays or given.default is None or space.field != "binary" or not isinstance(mask, Tensor):
                continue
            if not bool(((mask == 0) | (mask == 1)).all()):
                raise mistake(f"`{name}` was drawn with other numbers than 0 and 1, and {space} takes only these", given.span)
            if space.rank and not bool(mask.flatten(-min(mask.ndim, space.rank)).any(-1).all()):
                raise mistake(f"`{name}` was drawn empty: nothing would be measured", given.span)

    def arguments(self, sizes: Sizes, dtype: torch.dtype, device: torch.device, samples: Samples = 0) -> dict[str, Any]:
        """The constructor's arguments."""
        stream = {"seed": self.seed, "epoch": self.epoch, "samples": samples}
        told = {python_name(d): sizes[d].number for d in self.dims if d in sizes}
        arrays = {python_name(n): in_precision(a, dtype, torch.device("cpu")) for n, a in self.arrays.items()}
        numbers = {
            python_name(n): in_precision(v, dtype, device) if isinstance(v, Tensor) else v for n, v in self.numbers.items()
        }
        given = {**told, **arrays, **numbers, **{n: v for n, v in stream.items() if n in self.wanted}}
        missing = [n for n, p in self.wanted.items() if p.default is inspect.Parameter.empty and n not in given]
        if missing:
            raise self.not_told(missing)
        return given

    def not_told(self, missing: Sequence[str]) -> Exception:
        """What is lacking before anything can be calculated."""
        dims = [d for d in self.dims if python_name(d) in missing]
        names = [n for n in missing if n not in map(python_name, dims)]
        places = {python_name(g.known.name): g.span for g in self.program.givens}
        if names:
            listing = " and ".join(f"`{n}`" for n in names)
            was = "was" if len(names) == 1 else "were"
            example = ", ".join(f"{n} = …" for n in names)
            return mistake(
                f"{listing} {was} not given", places.get(names[0]), help=f"pass {'it' if len(names) == 1 else 'them'}: {example}"
            )
        place = next((d.span for d in self.program.dims if d.name == dims[0]), None)
        listing = " and ".join(f"`{d}`" for d in dims)
        example = ", ".join(f"{d} = 256" for d in dims)
        return mistake(f"the size {listing} cannot be told from what was passed", place, help=f"say it: {example}")

    def estimator(self, name: str, model: nn.Module, parameters: Mapping[str, Any]) -> Any:
        """The estimator on that model; parameters: its own numbers, where they differ from what the program says."""
        made = self.estimator_class(name)
        if name not in self.taken:
            self.taken[name] = tuple(n for n in inspect.signature(made).parameters if n != "model")
        known = self.taken[name]
        for wrong in (n for n in parameters if n not in known):
            raise mistake(f"`{name}` has no parameter `{wrong}`", help=suggestion(wrong, known))
        positive = {k.name for k in self.plan_of(name).parameters if "positive" in k.traits}
        for said, value in parameters.items():
            check_number(said, value, said in positive)
        stream = {n: v for n, v in (("seed", self.seed), ("epoch", self.epoch)) if n in known}
        return made(model, **{**stream, **parameters})


def looks_of(named: Sequence[tuple[str, AnySpace, Any]]) -> tuple[Any, ...]:
    return tuple((n, id(s), v.shape, v.dtype, v.device) if isinstance(v, Tensor) else None for n, s, v in named)


def check_number(name: str, value: Any, positive: bool) -> None:
    """Raises InvError where a number of an estimator is not what its algorithm was derived for."""
    if name in ("seed", "epoch"):
        number_named(value, name)
    if name == "iterations" and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise mistake(f"`iterations` is a whole number of rounds, and {value!r} is none")
    above = value > 0 if positive and isinstance(value, int | float | Tensor) else True
    if not (above if isinstance(above, bool) else bool(above.all())):
        raise mistake(f"`{name}` is above 0, and here it is not", help="the algorithm and its steps were derived for that")


def suggestion(word: str, known: Sequence[str]) -> str:
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else f"there are: {', '.join(known)}" if known else "there are none"


def split(name: str, space: AnySpace, value: Any) -> list[tuple[str, Any, Any]]:
    """The parts of an argument of a product space, each with a name."""
    parts = parts_of(space)
    if len(parts) == 1:
        return [(name, parts[0], value)]
    if not isinstance(value, tuple | list) or len(value) != len(parts):
        raise mistake(f"`{name}` has {len(parts)} parts: pass a tuple of {len(parts)} arrays", help=f"its space is {space}")
    return [(f"{name}[{i}]", p, v) for i, (p, v) in enumerate(zip(parts, value, strict=True))]


@contextmanager
def default_precision(dtype: torch.dtype) -> Iterator[None]:
    """Arrays that the model makes by itself (kernels, masks) are made in this precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
