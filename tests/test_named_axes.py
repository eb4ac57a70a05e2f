"""Maps of axes that are named: an axis behind these, as one before them, is another image, and its adjoint is its adjoint."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import invlang
from invlang.meaning import library
from invlang.pipeline import check
from invlang.source import Source
from invlang.syntax import tree
from tests.dense import a_known
from tests.random_operators import GIVENS
from tests.test_stdlib import EXAMPLES


def is_of_named_axes(name: str, call: str) -> bool:
    """A primitive by its own name; not of vectors, whose axis stands right before the last ones."""
    definition = library.definition(name)
    if definition is None or definition.keyword != "primitive" or not call.startswith(name):
        return False
    of_vectors = any(isinstance(a, tree.Name) for a in definition.signature.domain.axes)
    return not of_vectors and re.search(r"\b[CHW]\b", call) is not None


NAMED = [e for e in EXAMPLES if is_of_named_axes(e[0], e[1])]


def map_of(call: str, kind: str, sizes: dict[str, str], behind: tuple[str, ...]) -> tuple[object, Tensor, tuple[int, ...]]:
    """The compiled map, an image for it, and the sizes that the checker says its result has."""
    axes = (*sizes, *behind)
    dims = ", ".join(f"{a} = {n}" for a, n in sizes.items())
    givens = "".join(f"given {g} : {s}\n" for g, s in GIVENS.items() if re.search(rf"\b{g}\b", call))
    text = f"dim {dims}, Z = 3, K = 2\nunknown x : {kind}[{', '.join(axes)}]\n{givens}let A = {call}\ndata y ~ Normal(A @ x, sigma = 1)\n"
    program = check(Source("axes.inv", text), Path(".")).program
    assert program is not None
    knowns = [g.known for g in program.givens if g.known.default is None and all(s.is_Integer for s in g.known.of.sizes)]
    model = invlang.loads(text, **{k.name: a_known(k, np.random.default_rng(3)) for k in knowns})
    shape = [int({**sizes, "Z": "3"}[a]) for a in axes]
    x = torch.randn(
        shape, generator=torch.Generator().manual_seed(1), dtype=torch.complex128 if kind == "complex" else torch.float64
    )
    return model.A, x, tuple(int(s) for s in program.operators[0].operator.codomain.sizes)


@pytest.mark.parametrize(("name", "call", "space"), NAMED)
def test_an_axis_behind_those_that_are_named_is_another_image(name: str, call: str, space: str) -> None:
    kind, text = space[:-1].split("[")
    numbers = [n.strip() for n in text.split(",")]
    sizes = dict(zip(("C", "H", "W")[-len(numbers) :], numbers, strict=True))
    A, x, says = map_of(call, kind, sizes, ("Z",))
    one, image, _ = map_of(call, kind, sizes, ())
    y = A(x)
    assert tuple(y.shape) == says
    w = torch.randn(y.shape, generator=torch.Generator().manual_seed(2), dtype=y.dtype)
    assert torch.allclose(torch.vdot(w.flatten(), y.flatten()).real, torch.vdot(A.H(w).flatten(), x.flatten()).real)
    inserted = y.dim() - x.dim()
    named = sum(bool(re.search(rf"\b{a}\b", call)) for a in sizes)
    if inserted:  # what is new stands before as many axes as are named; what is made of all of them, last
        y = y.movedim(-named - 1, -named - 2) if inserted > 0 else y.movedim(-1, 0)
    for z in range(3):
        assert torch.allclose(y[..., z], one(x[..., z]))
