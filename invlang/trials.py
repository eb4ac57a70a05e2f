"""Tests of a program's own operators and objectives: on random arrays, in float64, against their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from invlang.errors import InvError
from invlang.graph.program import Program
from invlang.graph.spaces import AnySpace, Space, parts_of
from invlang.handles import Estimator, Operator
from invlang.model import Model
from invlang.seeds import stream
from invlang.sizes import evaluate

TOLERANCE = 1e-8
STEP = 1e-6
SMALL = (24, 20, 18, 16, 14)


@dataclass(frozen=True)
class Trial:
    """what: the operator or objective;  test: what was compared;  error: relative;  holds: whether it is small enough."""

    what: str
    test: str
    error: float
    holds: bool


def small_sizes(program: Program) -> dict[str, int]:
    """Sizes to test with where the program leaves them open: small, and no two alike."""
    told = {str(s) for g in program.givens if g.file for a in g.known.of.axes for s in a.size.free_symbols}
    free = [d.name for d in program.dims if d.size is None and d.name not in told]
    return {name: SMALL[i % len(SMALL)] for i, name in enumerate(free)}


def trials(model: Model, seed: int = 0) -> list[Trial]:
    """Every test of every operator and every objective.  All sizes must be known."""
    found: list[Trial] = []
    for name in model.operators:
        found += operator_trials(model[name], seed)
    for name in model.estimators:
        if model[name].has_objective:
            found += objective_trials(model, model[name], name, seed)
    return found


def draw(model: Model, space: AnySpace, seed: int, name: str) -> Any:
    """A random element with a batch of two; a tuple for several parts."""
    made = []
    for i, part in enumerate(parts_of(space)):
        sizes = [2, *(evaluate(model._instances.sizes, a.size) for a in part.axes)]
        generator = stream(seed, f"{name}{i}")
        dtype = torch.complex128 if part.field == "complex" else torch.float64
        made.append(torch.randn(sizes, generator=generator, dtype=dtype))  # type: ignore[arg-type]
    return made[0] if len(made) == 1 else tuple(made)


def random_like(x: Tensor) -> Tensor:
    return torch.randn(x.shape, generator=stream(0, str(tuple(x.shape))), dtype=x.dtype).to(x.device)


def inner(a: Any, b: Any) -> float:
    pairs = zip(a, b, strict=True) if isinstance(a, tuple) else [(a, b)]
    return sum(float((p.conj() * q).real.sum()) for p, q in pairs)


def length(a: Any) -> float:
    return inner(a, a) ** 0.5


def difference(a: Any, b: Any) -> Any:
    return tuple(p - q for p, q in zip(a, b, strict=True)) if isinstance(a, tuple) else a - b


def operator_trials(operator: Operator, seed: int) -> list[Trial]:
    named, model = operator._named, Model(operator._instances)
    x = draw(model, named.domain, seed, "x")
    image = operator(x)
    y = tuple(map(random_like, image)) if isinstance(image, tuple) else random_like(image)
    back = operator.H(y)
    name, scale = operator.name, length(image) * length(y) + length(x) * length(back)
    checks = [("⟨A x, y⟩ = ⟨x, Aᴴ y⟩", abs(inner(image, y) - inner(x, back)) / (scale or 1.0))]
    gram = operator.gram(x)
    checks.append(("gram = Aᴴ A", length(difference(gram, operator.H(image))) / (length(gram) or 1.0)))
    rows = [Trial(name, test.replace("A", name), error, error < TOLERANCE) for test, error in checks]
    return rows + solve_trials(operator, x, name) + norm_trials(operator, name)


def solve_trials(operator: Operator, x: Any, name: str) -> list[Trial]:
    """(Aᴴ A + ρ) solve(b, ρ) = b, with a weight per sample."""
    rho = torch.tensor([0.7, 1.9], dtype=torch.float64)
    solved = operator.solve(x, rho)
    gram = operator.gram(solved)

    def weighed(v: Tensor) -> Tensor:
        return rho.reshape(-1, *(1,) * (v.ndim - 1)) * v

    parts = list(zip(gram, solved, strict=True)) if isinstance(gram, tuple) else [(gram, solved)]
    again = tuple(g + weighed(s) for g, s in parts)
    error = length(difference(again if isinstance(gram, tuple) else again[0], x)) / (length(x) or 1.0)
    return [Trial(name, f"({name}ᴴ {name} + ρ)⁻¹", error, error < 1e-5)]


def norm_trials(operator: Operator, name: str) -> list[Trial]:
    """What is said of the norm is not below what is observed; and not far above."""
    observed = operator._observed_norm(operator.zeros())
    said = operator.norm
    excess = max(0.0, observed / said - 1) if said else observed
    return [Trial(name, f"‖{name}‖ ≤ {said:.6g}, seen {observed:.6g}", excess, excess < 1e-6)]


def objective_trials(model: Model, estimator: Estimator, name: str, seed: int) -> list[Trial]:
    """The slope that torch finds against a difference quotient, along a random direction, where the objective is finite."""
    program = model.program
    spaces: list[Space] = [u.space for u in program.unknowns]
    try:
        point = [
            abs(draw(model, s, seed, f"point{i}")) * 0.2 + 0.3 if s.field == "real" else draw(model, s, seed, f"point{i}")
            for i, s in enumerate(spaces)
        ]
        data = model.simulate(*point, seed=seed)
    except InvError:
        return []
    along = [draw(model, s, seed, f"along{i}") for i, s in enumerate(spaces)]
    leaves = [p.clone().requires_grad_() for p in point]
    value = estimator.objective(*leaves, data).sum()
    if not value.isfinite() or not value.requires_grad:
        return []
    slopes = torch.autograd.grad(value, leaves)
    slope = sum(inner(g, a) for g, a in zip(slopes, along, strict=True))
    ahead, behind = (
        float(estimator.objective(*(p + t * a for p, a in zip(point, along, strict=True)), data).sum()) for t in (STEP, -STEP)
    )
    error = abs((ahead - behind) / (2 * STEP) - slope) / (abs(slope) + 1e-12)
    return [Trial(name, "gradient of the objective", error, error < 1e-4)]
