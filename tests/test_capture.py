"""Every example's estimators and operators become one graph, and nothing in them asks for a value on the way."""

from pathlib import Path

import pytest
import torch

import invlang
from invlang.emit.names import python_name
from invlang.run import measured, sized, truths

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = sorted(EXAMPLES.glob("*/*.inv"))
ROUNDS = 4  # on both sides of the round where a penalty is read off the iterate once more


def solvers(path: Path):
    """(name, generated solver, data) of each estimator of a program, on its first image."""
    model = invlang.load(path, dtype="float32")
    _, truth = truths(model, [path.parent])[0]
    model = sized(model, truth)
    data = measured(model, truth, 0, [path.parent])
    for name in model.estimators:
        handle = model[name]
        named = [(m.name, m.space, data[m.name]) for m in handle._read]
        tensors, built = handle._prepared(named)
        yield name, handle._instances.estimator(name, built, {"iterations": ROUNDS} if handle.rounds else {}), tensors


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_its_solvers_are_one_graph(path):
    for _, solver, data in solvers(path):
        torch._dynamo.reset()
        with torch.no_grad():
            captured = torch.compile(solver, fullgraph=True, backend="eager")(*data)
            plain = solver(*data)  # both in single precision, added up in another order
        for one, other in zip(parts(captured), parts(plain), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4 * float(other.abs().max()))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_its_solvers_ask_for_no_value(path):
    for _, solver, data in solvers(path):
        with torch.no_grad():
            shapes = [x.shape for x in parts(solver.to("meta")(*(d.to("meta") for d in data)))]
        assert all(len(s) for s in shapes)


def parts(x):
    return x if isinstance(x, tuple) else (x,)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_its_operators_are_one_graph(path):
    model = invlang.load(path, dtype="float32")
    _, truth = truths(model, [path.parent])[0]
    model = sized(model, truth)
    for name in model.operators:
        x = model[name].zeros(dtype=torch.float32)
        named = [("x", model[name]._named.domain, x)]
        arrays, built = model._instances.prepared(named)
        for suffix in ("", "_gram"):
            torch._dynamo.reset()
            torch.compile(getattr(built, python_name(name) + suffix), fullgraph=True, backend="eager")(*arrays)
