"""Dense matrices of compiled operators, by unit vectors: real embedding, so that the real inner product is exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import sympy
import torch

from invlang.emit.load import load_module
from invlang.graph.program import Program
from invlang.graph.spaces import AnySpace, Space, dim, parts_of
from invlang.graph.values import Known
from invlang.pipeline import check, compile_program
from invlang.plan.module import Planned
from invlang.rules.traits import is_unimodular, spacing
from invlang.source import Source

TOLERANCE = 1e-10
WEIGHTS = (0.3, 1.7)


@dataclass(frozen=True)
class Built:
    """A program compiled and loaded.  model: an instance of the module, its givens in float64."""

    program: Program
    planned: Planned
    model: Any
    text: str


def program_of(text: str) -> Program:
    """The program that the text says; wrong programs fail the test with what is wrong."""
    checked = check(Source("case.inv", text), Path("."))
    assert checked.program is not None, [str(d) for d in checked.diagnostics]
    return checked.program


def build(program: Program, level: int, givens: dict[str, torch.Tensor] | None = None) -> Built:
    compiled = compile_program(program, level)
    module = load_module(compiled.text, f"case_O{level}")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        model = getattr(module, compiled.planned.module.name)(**(values_of(program) if givens is None else givens))
    finally:
        torch.set_default_dtype(before)
    return Built(program, compiled.planned, model, compiled.text)


def values_of(program: Program, seed: int = 0) -> dict[str, torch.Tensor]:
    """A random float64 value for every given that has no value of its own."""
    generator = np.random.default_rng(seed)
    return {g.known.name: a_value(g.known.of, generator) for g in program.givens if g.default is None}


def a_known(known: Known, generator: np.random.Generator) -> torch.Tensor:
    """A random float64 value that is what the declaration says of its entries."""
    value = a_value(known.of, generator)
    factor = spacing(known)
    if factor is not None:
        places = torch.arange(value.shape[-1]) - value.shape[-1] // 2
        return (places % factor == 0).double().expand(value.shape)
    return value.sgn() if is_unimodular(known) else value


def a_value(space: Space, generator: np.random.Generator) -> torch.Tensor:
    shape = tuple(int(s) for s in space.sizes)
    if space.field == "binary":
        return torch.tensor(generator.integers(0, 2, shape), dtype=torch.float64)
    if space.field == "integer":
        return torch.tensor(generator.integers(0, 2, shape))
    if space.field == "complex":
        return torch.tensor(generator.normal(size=shape) + 1j * generator.normal(size=shape))
    return torch.tensor(generator.normal(size=shape), dtype=torch.float64)


# ---- the real embedding


def widths(space: AnySpace) -> list[int]:
    return [prod(int(s) for s in p.sizes) * (2 if p.field == "complex" else 1) for p in parts_of(space)]


def from_rows(rows: torch.Tensor, space: AnySpace) -> tuple[torch.Tensor, ...]:
    """Rows of real numbers as one batch of elements of the space.  real[batch, n] → one tensor a part."""
    ends = np.cumsum([0, *widths(space)])
    pieces = []
    for part, (start, end) in zip(parts_of(space), pairwise(ends), strict=True):
        piece, shape = rows[:, start:end], tuple(int(s) for s in part.sizes)
        if part.field == "complex":
            piece = torch.view_as_complex(piece.reshape(len(rows), *shape, 2).contiguous())
        pieces.append(piece.reshape(len(rows), *shape))
    return tuple(pieces)


def to_rows(value: torch.Tensor | tuple[torch.Tensor, ...], space: AnySpace, count: int) -> torch.Tensor:
    values = value if isinstance(value, tuple | list) else (value,)
    rows = []
    for part, v in zip(parts_of(space), values, strict=True):
        shape = (count, *(int(s) for s in part.sizes))
        assert v.shape == shape, f"{tuple(v.shape)} where {shape} is meant"
        assert v.is_complex() == (part.field == "complex"), f"{v.dtype} where {part} is meant"
        rows.append((torch.view_as_real(v) if v.is_complex() else v).flatten(1))
    return torch.cat(rows, dim=1)


def matrix_of(function: Any, domain: AnySpace, codomain: AnySpace, *more: Any) -> np.ndarray:
    """The matrix of a linear function, all unit vectors in one batch."""
    n = sum(widths(domain))
    images = function(*from_rows(torch.eye(n, dtype=torch.float64), domain), *more)
    return to_rows(images, codomain, n).numpy().T


# ---- the comparison


def compare(text: str, givens: dict[str, torch.Tensor] | None = None, pinv: bool = True) -> list[str]:
    """Every function of every named operator at -O2 against the matrix of the operator as written: what is wrong."""
    program = program_of(text)
    return compare_program(program, values_of(program) if givens is None else givens, pinv)


def compare_program(program: Program, givens: dict[str, torch.Tensor], pinv: bool = False) -> list[str]:
    plain, best = build(program, 0, givens), build(program, 2, givens)
    wrong: list[str] = []
    for planned in best.planned.operators:
        codomain = counted(planned.named.codomain, givens)
        seen = replace(planned, named=replace(planned.named, codomain=codomain))
        wrong += compare_operator(seen, plain.model, best.model, pinv)
    return wrong


def counted(space: AnySpace, givens: dict[str, torch.Tensor]) -> AnySpace:
    """The space with the number of samples of a mask in place of its symbol."""
    if not isinstance(space, Space):
        return space
    counts = {dim(f"count_{name}"): int(mask.sum()) for name, mask in givens.items() if not mask.is_complex()}
    return replace(space, axes=tuple(replace(a, size=sympy.sympify(a.size).subs(counts)) for a in space.axes))


def compare_operator(planned: Any, plain: Any, best: Any, pinv: bool) -> list[str]:
    name, domain, codomain = planned.named.name, planned.named.domain, planned.named.codomain
    matrix = matrix_of(getattr(plain, name), domain, codomain)
    expected = {
        f"{name}": (matrix, domain, codomain),
        f"{name}_adjoint": (matrix.T, codomain, domain),
        f"{name}_gram": (matrix.T @ matrix, domain, domain),
    }
    wrong = []
    for model, level in ((plain, "O0"), (best, "O2")):
        for function, (wanted, from_, to) in expected.items():
            wrong += differ(f"{function} at -{level}", matrix_of(getattr(model, function), from_, to), wanted)
    wrong += compare_solve(planned, best, matrix)
    wrong += compare_norm(planned, best, matrix)
    if pinv and closed_pinv(planned):
        wanted = np.linalg.pinv(matrix, rcond=1e-9)
        wrong += differ(f"{name}_pinv", matrix_of(getattr(best, f"{name}_pinv"), codomain, domain), wanted)
    return wrong


def compare_solve(planned: Any, model: Any, matrix: np.ndarray) -> list[str]:
    """(AᴴA + ρ)⁻¹ where it has a closed form, with one ρ, and with one ρ a sample."""
    if not planned.solved.is_closed:
        return []
    name, domain = planned.named.name, planned.named.domain
    n = matrix.shape[1]
    inverses = [np.linalg.inv(matrix.T @ matrix + rho * np.eye(n)) for rho in WEIGHTS]
    solve = getattr(model, f"{name}_solve")
    # what an inverse loses to rounding, here and in the oracle, grows with its condition number
    slack = max(TOLERANCE, 1e-15 * (np.linalg.norm(matrix, 2) ** 2 / min(WEIGHTS) if matrix.size else 0))
    wrong = differ(f"{name}_solve", matrix_of(solve, domain, domain, WEIGHTS[0]), inverses[0], slack)
    right = np.random.default_rng(5).normal(size=(2, n))
    solved = solve(*from_rows(torch.tensor(right), domain), torch.tensor(WEIGHTS, dtype=torch.float64))
    wanted = np.stack([a @ b for a, b in zip(inverses, right, strict=True)])
    return wrong + differ(f"{name}_solve with a weight per sample", to_rows(solved, domain, 2).numpy(), wanted, slack)


def compare_norm(planned: Any, model: Any, matrix: np.ndarray) -> list[str]:
    """Never below the norm; the norm itself where it is claimed exact."""
    from invlang.rules.norms import norm_of

    name = planned.named.name
    true = np.linalg.norm(matrix, 2)
    found = getattr(model, f"{name}_norm")()
    found = float(found)
    bound = norm_of(planned.forward)
    slack = TOLERANCE if bound is not None else 0.05 * true
    if found < true - slack * max(1, true):
        return [f"{name}_norm is {found}, the matrix has {true}"]
    if matrix.size and bound is not None and bound[1] and abs(found - true) > TOLERANCE * max(1, true):
        return [f"{name}_norm claims to be exact: {found}, the matrix has {true}"]
    return []


def closed_pinv(planned: Any) -> bool:
    from invlang.graph.values import Iterative
    from invlang.plan.maps import argument, value_of
    from invlang.plan.pinv import pseudo_inverse

    return not isinstance(pseudo_inverse(planned.forward, value_of(argument("y", planned.named.codomain))), Iterative)


def differ(what: str, found: np.ndarray, wanted: np.ndarray, tolerance: float = TOLERANCE) -> list[str]:
    if found.shape != wanted.shape:
        return [f"{what}: shape {found.shape} where {wanted.shape} is meant"]
    if not found.size:
        return []
    worst = np.abs(found - wanted).max()
    return [] if worst <= tolerance * max(1, np.abs(wanted).max()) else [f"{what} is off by {worst:.2g}"]


def single(domain: str, operator: str, givens: str = "") -> str:
    """A program with one operator A on a space."""
    return f'''"""One operator."""

unknown x : {domain}
{givens}
let A = {operator}
data y ~ Normal(A @ x, sigma = 0.1)
'''
