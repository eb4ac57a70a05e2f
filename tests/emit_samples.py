"""Running generated text on random batches, and the interpreter on each sample of them."""

from __future__ import annotations

from types import ModuleType

import sympy
import torch
from hypothesis import currently_in_test_context, note
from value_interpreter import Interpreter, each

from invlang.emit.load import load_module
from invlang.emit.module import write_module
from invlang.emit.names import python_name
from invlang.graph.values import Value
from invlang.plan.steps import Estimator, Function, ModelModule

BATCH = 2
Arrays = dict[Value, torch.Tensor | float]


def random_arrays(module: ModelModule, sizes: dict[sympy.Symbol, int], per_sample: tuple[str, ...], seed: int = 0) -> Arrays:
    """A batch of everything that comes from outside; givens and numbers have a batch axis only where `per_sample` says so."""
    generator = torch.Generator().manual_seed(seed)
    estimators = [k for e in module.estimators for k in (*e.data, *e.parameters)]
    arguments = [k for f in module.functions for k in f.arguments]
    unknowns = [v for e in module.estimators for v in each(e.unknown)]
    arrays: Arrays = {}
    for known in dict.fromkeys([*(g.known for g in module.givens), *module.parameters, *estimators, *arguments, *unknowns]):
        shape = [int(s.subs(sizes)) for s in known.of.sizes]
        origin = getattr(known, "origin", "argument")
        fixed = known.name not in per_sample and (origin in ("given", "parameter") or not shape)
        if not shape and fixed:
            arrays[known] = float(getattr(known, "default", None) or 0.7)
        else:
            arrays[known] = draw(known, shape if fixed else [BATCH, *shape], generator)
    return arrays


def draw(known: Value, shape: list[int], generator: torch.Generator) -> torch.Tensor:
    field = known.of.field  # type: ignore[attr-defined]
    if field == "binary":
        return torch.rand(shape, generator=generator) > 0.4
    if not known.space.rank:
        scale = float(getattr(known, "default", None) or 0.7)
        return scale * (0.5 + torch.rand(shape, generator=generator, dtype=torch.float64))
    return torch.randn(shape, generator=generator, dtype=torch.complex128 if field == "complex" else torch.float64)


def sample(arrays: Arrays, number: int) -> dict[Value, torch.Tensor]:
    """The arrays of one sample, as the interpreter takes them."""
    found = {}
    for known, array in arrays.items():
        array = torch.as_tensor(array, dtype=torch.float64) if isinstance(array, float) else array
        array = array.to(torch.float64) if array.dtype == torch.bool else array
        found[known] = array[number] if array.ndim > known.space.rank else array
    return found


def load(module: ModelModule) -> ModuleType:
    text = write_module(module)
    if currently_in_test_context():
        note(text)
    return load_module(text, module.name)


def build(loaded: ModuleType, module: ModelModule, arrays: Arrays, sizes: dict[sympy.Symbol, int]) -> torch.nn.Module:
    """The model, in float64."""
    named = {python_name(g.known.name): arrays[g.known] for g in module.givens}
    named |= {python_name(k.name): arrays[k] for k in module.parameters}
    named |= {python_name(str(d)): sizes[d] for d in module.dims}
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return getattr(loaded, python_name(module.name))(**named)
    finally:
        torch.set_default_dtype(usual)


def agree(found, expected: list, tolerance: float = 1e-9) -> None:
    """found: what generated code gave for the batch; expected: what the interpreter gave for each sample."""
    if isinstance(found, tuple):
        for i, part in enumerate(found):
            agree(part, [e[i] for e in expected], tolerance)
        return
    stacked = torch.stack([torch.as_tensor(e) for e in expected])
    found = torch.as_tensor(found, dtype=stacked.dtype if not isinstance(found, torch.Tensor) else None)
    assert found.ndim <= stacked.ndim
    torch.testing.assert_close(found.expand_as(stacked), stacked, rtol=tolerance, atol=tolerance, check_dtype=False)


def check_function(
    module: ModelModule, function: Function, arrays: Arrays, sizes: dict[sympy.Symbol, int], tolerance: float = 1e-9
) -> None:
    model = build(load(module), module, arrays, sizes)
    found = getattr(model, python_name(function.name))(*(arrays[a] for a in function.arguments))
    agree(found, [Interpreter(sample(arrays, i), sizes).of(function.result) for i in range(BATCH)], tolerance)


def check_estimator(
    module: ModelModule,
    estimator: Estimator,
    arrays: Arrays,
    sizes: dict[sympy.Symbol, int],
    iterations: int,
    tolerance: float = 1e-9,
) -> None:
    """The result, the watched results and the objective."""
    loaded = load(module)
    model = build(loaded, module, arrays, sizes)
    rounds = {"iterations": iterations} if estimator.states else {}
    named = {python_name(k.name): arrays[k] for k in estimator.parameters}
    solver = getattr(loaded, python_name(estimator.name))(model, **named, **rounds)
    data = [arrays[k] for k in estimator.data]
    watched: list = []
    found = solver(*data, watch=lambda k, x: watched.append(x)) if estimator.states else solver(*data)
    agree(found, [Interpreter(sample(arrays, i), sizes).run(estimator, iterations) for i in range(BATCH)], tolerance)
    for k, seen in enumerate(watched):
        agree(seen, [Interpreter(sample(arrays, i), sizes).run(estimator, k + 1) for i in range(BATCH)], tolerance)
    if estimator.objective is not None:
        value = solver.objective(*(arrays[v] for v in each(estimator.unknown)), *data)
        agree(value, [Interpreter(sample(arrays, i), sizes).of(estimator.objective) for i in range(BATCH)], tolerance)
