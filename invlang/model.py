"""What `invlang.load` gives: a program's operators and estimators as torch functions and modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from invlang.derivation_html import derivation_page
from invlang.derivation_text import derivation_text
from invlang.describe import describe_html, describe_text
from invlang.domains import check_draw, check_known, check_parameters, check_traits, check_truth
from invlang.draw import to_svg_pair
from invlang.emit.stages import streams_in
from invlang.errors import InvError, mistake
from invlang.explain import explain
from invlang.graph.program import Program
from invlang.handles import Estimator, Operator
from invlang.instances import Instances, suggestion
from invlang.maps import Map
from invlang.noise import Noise
from invlang.passed import check_names, number, told_sizes
from invlang.picture_of import program_graph
from invlang.pictures import Pictures
from invlang.pipeline import check, compile_program
from invlang.plan.module import Planned
from invlang.reading import read_one
from invlang.seeds import Samples, number_named, sample_named, streams
from invlang.shown import Shown
from invlang.sizes import Shape, learn
from invlang.source import Source
from invlang.tensors import as_tensor, device_named, precision_named


class Model:
    """A compiled program.

    m.A(x), m.A.H(y), m.A.gram(x), m.A.solve(b, rho), m.A.pinv(y), m.A.norm     operators of the program
    m.P(x), m.P.jvp(x, v), m.P.vjp(x, w); m.mean_of_y                  maps that are not linear, and the mean of such a measurement y
    m.simulate(x, seed=0)                                             {"y": …}, with noise
    m.draw(epoch=2, sample=7), m.draw(sample=[3, 1])                  the model whose drawn quantities are those of these samples
    m.given("mask"), m.given("mask", batch=4)                         a known quantity, drawn or as it was given
    m.tv(y), m.tv.objective(x, y), m.tv.to("cuda")                    estimators, each an nn.Module
    m.noise.y.nll(A(x), y), m.noise.y.sample(mean, seed=0), …         what the noise law of y says, see NoiseLaw
    m.source, m.explain(), m.graph()                                  the torch code, the derivation, the picture

    m["tv"] is the same as m.tv, also where a name of the program is one of those above.
    """

    def __init__(self, instances: Instances):
        self._instances = instances
        program = instances.program
        self._names: dict[str, Operator | Map | Estimator] = {o.name: Operator(instances, o) for o in program.operators}
        self._names |= {p.name: Map(instances, p) for p in program.maps}
        self.noise = Noise(instances)
        self._names |= {e.name: Estimator(instances, e) for e in program.estimators if not e.not_yet}

    # ---- what the program names

    def __getitem__(self, name: str) -> Any:
        """The operator or estimator of that name."""
        if name not in self._names:
            later = next((e for e in self._instances.program.estimators if e.name == name and e.not_yet), None)
            if later:
                raise mistake(f"`{name}` cannot be run: {later.not_yet} is not there yet", later.span)
            raise KeyError(
                f"there is no `{name}` in {self._instances.program.source.name}: {suggestion(name, list(self._names))}"
            )
        return self._names[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error.args[0])) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._names})

    @property
    def operators(self) -> tuple[str, ...]:
        return tuple(o.name for o in self._instances.program.operators)

    @property
    def estimators(self) -> tuple[str, ...]:
        return tuple(e.name for e in self._instances.program.estimators if not e.not_yet)

    # ---- measuring

    def draw(self, *, seed: int | None = None, epoch: int = 0, sample: Any = 0) -> Model:
        """The model whose drawn quantities (`given m ~ …`) are those of other samples.

        (seed, name, epoch, sample) fixes every draw: a batch has the samples sample, sample + 1, … in the order of its leading
        axes, or those that a list names, and a sample's draw does not depend on what stands beside it.  seed: that of `load`.
        """
        own = self._instances.seed if seed is None else number_named(seed, "seed")
        return Model(self._instances.drawn(own, number_named(epoch, "epoch"), sample_named(sample)))

    def given(self, name: str, batch: int | tuple[int, ...] = ()) -> Tensor:
        """A known quantity by name, as it was given or is drawn.  batch: of how many samples, where it is drawn."""
        return Pictures(self._instances).given(name, (batch,) if isinstance(batch, int) else tuple(batch))

    def truth(self, name: str, batch: int | tuple[int, ...] = ()) -> Tensor:
        """The picture that `simulate name = …` makes or draws, or as many of them as the batch has samples."""
        if name not in [n for n, _ in self.program.pictures]:
            raise mistake(f"the program makes no picture of `{name}`", help="write `simulate x ~ DeadLeaves()`, for one")
        return Pictures(self._instances).truth(name, (batch,) if isinstance(batch, int) else tuple(batch))

    def simulate(self, *x: Any, seed: int = 0, epoch: int | None = None, sample: Any = None, **named: Any) -> dict[str, Any]:
        """Measurements of x with noise, by name: {"y": tensor}.  x: the unknowns in order, or by name.

        seed: of the noise; with epoch and sample as for `draw`, the noise and what is drawn are those of these samples.
        Each sample of a batch has noise of its own, whatever the batch and the device.
        """
        if epoch is not None or sample is not None:
            at = self._instances
            return self.draw(epoch=at.epoch if epoch is None else epoch, sample=at.sample if sample is None else sample).simulate(
                *x, seed=seed, **named
            )
        program = self._instances.program
        values = self._unknowns(x, named)
        tensors, model = self._instances.prepared([(u.name, u.space, v) for u, v in zip(program.unknowns, values, strict=True)])
        check_truth(program.unknowns, tensors)
        simulate = getattr(model, "simulate", None)
        if simulate is None:
            raise mistake("this program measures nothing", help="add a line such as `data y ~ Normal(A @ x, sigma = 0.02)`")
        tensors, samples = self._instances.whole_batch(tensors, [u.space for u in program.unknowns])
        found = named_data(program, simulate(*tensors, **self._noise_streams(number_named(seed, "seed"), samples)))
        for measurement in program.measurements:
            check_draw(measurement, found[measurement.name])
        return found

    def _noise_streams(self, seed: int, samples: Samples) -> dict[str, Any]:
        """The generators of the noise: one for each sample, of several measurements by their names."""
        simulate = next(f for f in self._instances.compiled.planned.module.functions if f.name == "simulate")
        made = {n: streams(seed, f"noise of {n}", self._instances.epoch, samples) for n in streams_in(simulate.result)}
        if not made:
            return {}
        return {"generator": made if len(made) > 1 else next(iter(made.values()))}

    def _unknowns(self, x: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any]:
        names = [u.name for u in self._instances.program.unknowns]
        for wrong in (n for n in named if n not in names):
            raise mistake(f"there is no unknown `{wrong}`", help=suggestion(wrong, names))
        given = {**dict(zip(names, x, strict=False)), **named}
        if len(x) > len(names) or len(given) < len(names) or len(x) + len(named) > len(given):
            raise mistake(f"simulate takes {' and '.join(names)}, each once")
        return [given[n] for n in names]

    # ---- reading

    @property
    def source(self) -> str:
        """The torch module that runs: the same text that `invlang compile` writes."""
        return self._instances.compiled.text

    @property
    def program(self) -> Program:
        """The program as it was understood."""
        return self._instances.program

    def explain(self, name: str | None = None) -> Shown:
        """The derivation, of one estimator or of all: text that prints, HTML in a notebook."""
        known = [e.name for e in self.program.estimators]
        if name is not None and name not in known:
            raise mistake(f"there is no estimator `{name}`", help=suggestion(name, known))
        derivation = explain(self.program, self._instances.compiled.planned, name)
        return Shown(derivation_text(derivation), derivation_page(derivation))

    def graph(self) -> Shown:
        """The operator graph before and after simplification, as SVG text that a notebook draws."""
        planned = self._instances.compiled.planned
        before, after = (program_graph(self.program, planned, simplified) for simplified in (False, True))
        svg = to_svg_pair(before, after)
        return Shown(svg, svg, f"the graph of {self.program.source.name}, as SVG ({len(svg) // 1000} kB): print it into a file")

    def __repr__(self) -> str:
        return describe_text(self.program, self._instances.compiled.planned)

    def _repr_html_(self) -> str:
        return describe_html(self.program, self._instances.compiled.planned)


def named_data(program: Program, result: Any) -> dict[str, Any]:
    """What the generated `simulate` gives, by the measurements' names; several parts of one are a tuple."""
    flat, named = flattened(result), {}
    for measurement in program.measurements:
        count = len(getattr(measurement.space, "parts", (None,)))
        part, flat = flat[:count], flat[count:]
        named[measurement.name] = part[0] if count == 1 else tuple(part)
    return named


def flattened(result: Any) -> list[Any]:
    """The arrays of tuples of tuples, in order."""
    return [array for part in result for array in flattened(part)] if isinstance(result, tuple) else [result]


# ---- loading


def load(
    path: str | Path, *, dtype: str | torch.dtype | None = None, device: str | torch.device | None = None, seed: int = 0,
    level: int = 2, allow_read: Sequence[str | Path] = (), allow_python: bool = False, given: Mapping[str, Any] | None = None,
    **givens: Any,
) -> Model:  # fmt: skip
    """The program in a file, compiled.

    givens: known quantities, numbers and sizes by name (mask = array, sigma = 0.05, H = 256); a wrong name is an error.
    given: the same as a dict, for names that are parameters here.  dtype ("float32", "float64"), device: where to calculate;
    without them, as the tensors that are passed.  seed: of known quantities that are drawn at random.  level: 2 simplifies,
    0 runs what the program says, word for word.  allow_read: folders that the program may read besides its own.

    Raises InvError (a ValueError) whose text shows every mistake and its place.

    >>> m = load("deblur.inv", sigma=0.05)  # doctest: +SKIP
    >>> x = m.tv(m.simulate(photograph)["y"])  # doctest: +SKIP
    """
    source = Source(str(path), read_text(Path(path)))
    arguments = {**givens, **(given or {})}
    return built(
        source, Path(path).resolve().parent, arguments, dtype, device, seed, level, tuple(map(Path, allow_read)), allow_python
    )


def loads(
    text: str, *, folder: str | Path = ".", dtype: str | torch.dtype | None = None, device: str | torch.device | None = None,
    seed: int = 0, level: int = 2, allow_read: Sequence[str | Path] = (), allow_python: bool = False,
    given: Mapping[str, Any] | None = None, name: str = "program.inv", **givens: Any,
) -> Model:  # fmt: skip
    """The program in a text, compiled.  folder: where its files are looked for;  name: what messages call it.  Else as `load`."""
    arguments = {**givens, **(given or {})}
    return built(
        Source(name, text), Path(folder), arguments, dtype, device, seed, level, tuple(map(Path, allow_read)), allow_python
    )


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise mistake(f"there is no file `{path}`") from None
    except IsADirectoryError:
        raise mistake(f"`{path}` is a folder; a program is a file") from None
    except UnicodeDecodeError:
        raise mistake(f"`{path}` is not text in UTF-8, so it is no program") from None
    except OSError as error:
        raise mistake(f"`{path}` cannot be read: {(error.strerror or 'the disk says no').lower()}") from None


def built(
    source: Source, folder: Path, arguments: Mapping[str, Any], dtype: Any, device: Any, seed: int, level: int,
    allowed: tuple[Path, ...], allow_python: bool,
) -> Model:  # fmt: skip
    checked = check(source, folder, allowed, allow_python)
    if checked.program is None or any(d.severity == "error" for d in checked.diagnostics):
        raise InvError(checked.diagnostics)
    return bind(checked.program, arguments, dtype, device, seed, level, (folder, *allowed), checked.planned)


def bind(
    program: Program,
    arguments: Mapping[str, Any],
    dtype: Any,
    device: Any,
    seed: int,
    level: int,
    folders: tuple[Path, ...],
    planned: Planned | None = None,
) -> Model:
    """A program with what it is given.  Raises InvError for a wrong name, array or size, and an algorithm that does not fit."""
    check_names(program, arguments)
    sizes = told_sizes(program, arguments)
    arrays: dict[str, Tensor] = {}
    for given in sorted(program.givens, key=lambda g: g.known.name not in arguments):
        name, space = given.known.name, given.known.of
        if name in arguments:
            arrays[name] = check_known(name, as_tensor(arguments[name], name, space, given.span), given.span)
            check_traits(given.known, arrays[name], given.span)
        elif given.file is not None:
            read = as_tensor(read_one(given.file, name, space, sizes, folders), name, space, given.span)
            arrays[name] = check_known(name, read, given.span)
        else:
            continue
        sizes = learn(sizes, [Shape(name, space, tuple(arrays[name].shape), given.span)])
    numbers = {k.name: number(arguments[k.name], k.name) for k in program.parameters if k.name in arguments}
    check_parameters(program, {**arrays, **numbers})
    compiled = compile_program(program, level, planned)
    if any(d.severity == "error" for d in compiled.planned.diagnostics):
        raise InvError(compiled.planned.diagnostics)
    return Model(Instances(program, compiled, arrays, numbers, sizes, precision_named(dtype), device_named(device), seed))


__all__ = ["Model", "load", "loads"]
