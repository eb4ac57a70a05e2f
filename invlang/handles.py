"""What a program's names are from Python: operators as functions of tensors, estimators as modules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from invlang.asking import problem_of
from invlang.choosing import Choice, choose
from invlang.domains import check_data
from invlang.emit.names import python_name
from invlang.ended import Ended
from invlang.errors import mistake
from invlang.graph.program import EstimatorOf, NamedOperator
from invlang.graph.spaces import AnySpace, parts_of
from invlang.graph.values import Bundle
from invlang.instances import Instances
from invlang.kernels.iterative import conjugate_gradient, power_iteration
from invlang.ready import Ready
from invlang.sizes import evaluate, unknown_dims
from invlang.tensors import in_precision, real_of

Arrays = Tensor | tuple[Tensor, ...]
PINV_ROUNDS = 200


class Operator:
    """A linear operator of the program: a function of tensors with any leading batch axes, in the tensor's precision.

    A(x), A.H(y), A.gram(x) = Aᴴ A x, A.solve(b, rho) = (Aᴴ A + ρ)⁻¹ b, A.pinv(y), A.norm.  An argument or result of
    several parts is a tuple.
    """

    def __init__(self, instances: Instances, named: NamedOperator):
        self._instances, self._named, self._ready = instances, named, Ready(instances)

    @property
    def name(self) -> str:
        return self._named.name

    def __call__(self, x: Any) -> Any:
        """A x.  x: any leading batch axes, then the axes of the domain."""
        return self._apply("", self._named.domain, x)

    @property
    def H(self) -> Adjoint:
        """The adjoint, exact for the real inner product Re⟨·, ·⟩."""
        return Adjoint(self)

    def gram(self, x: Any) -> Any:
        """Aᴴ A x, simplified."""
        return self._apply("_gram", self._named.domain, x, otherwise=lambda x: self.H(self(x)))

    def solve(self, b: Any, rho: Any) -> Any:
        """(Aᴴ A + ρ)⁻¹ b.  rho: a positive number, or one per sample."""
        parts, method = self._prepared("_solve", "b", self._named.domain, b)
        weight = rho if isinstance(rho, int | float) else torch.as_tensor(rho)
        if isinstance(weight, Tensor):
            weight = in_precision(
                weight.to(torch.get_default_dtype()) if not weight.is_floating_point() else weight,
                real_of(parts[0]),
                parts[0].device,
            )
        if not (bool((weight >= 0).all()) if isinstance(weight, Tensor) else weight >= 0):
            raise mistake("`rho` is below zero: Aᴴ A + ρ need not be invertible then")
        if method is None:
            raise mistake(f"`{self.name}` has no solve", self._named.span)
        return method(*parts, weight)

    def pinv(self, y: Any) -> Any:
        """A⁺ y: of all x that come nearest to A x = y the shortest; by conjugate gradients where no closed form is known."""
        return self._apply("_pinv", self._named.codomain, y, otherwise=self._least_squares)

    def _least_squares(self, y: Any) -> Any:
        start = self.H(y)
        parts = parts_of(self._named.domain)
        if len(parts) == 1:
            return conjugate_gradient(self.gram, start, PINV_ROUNDS, rank=parts[0].rank, singular=True)
        return conjugate_gradient(self.gram, start, PINV_ROUNDS, rank=tuple(p.rank for p in parts), singular=True)  # type: ignore[arg-type]

    @property
    def norm(self) -> float:
        """‖A‖, its largest singular value; by the power method where the program knows no formula."""
        instances, domain = self._instances, self._named.domain
        missing = unknown_dims(instances.sizes, domain)
        if missing:
            example = ", ".join(f"{d} = 256" for d in missing)
            raise mistake(
                f"the norm of `{self.name}` depends on {' and '.join(missing)}", self._named.span, help=f"say it: {example}"
            )
        zeros = self.zeros()
        _, model = instances.prepared([("x", domain, zeros)])
        known = getattr(model, f"{python_name(self.name)}_norm", None)
        if known is not None:
            return float(known())
        return self._observed_norm(zeros)

    def _observed_norm(self, zeros: Arrays) -> float:
        if isinstance(zeros, tuple):
            sizes = [z.numel() for z in zeros]

            def apply(v: Tensor) -> Tensor:
                pieces = v.split(sizes)
                return torch.cat(
                    [p.flatten() for p in self.gram(tuple(p.view_as(z) for p, z in zip(pieces, zeros, strict=True)))]
                )

            squared = power_iteration(apply, (sum(sizes),), zeros[0].dtype, zeros[0].device, safety=0.0)
        else:
            squared = power_iteration(self.gram, tuple(zeros.shape), zeros.dtype, zeros.device, safety=0.0)
        return float(squared.sqrt())

    def zeros(self, side: str = "domain", dtype: torch.dtype = torch.float64) -> Arrays:
        """An element of the domain (or codomain) that is all zero; every size must be known."""
        instances = self._instances
        space: AnySpace = getattr(self._named, side)
        made = []
        for part in parts_of(space):
            sizes = [evaluate(instances.sizes, axis.size) for axis in part.axes]
            assert None not in sizes, "asked for an element of a space whose sizes are not known"
            zero = torch.zeros(sizes, dtype=instances.dtype or dtype, device=instances.device)  # type: ignore[arg-type]
            made.append(torch.complex(zero, zero) if part.field == "complex" else zero)
        return made[0] if len(made) == 1 else tuple(made)

    def _apply(self, suffix: str, space: AnySpace, argument: Any, otherwise: Callable | None = None) -> Any:
        found = self._ready.find(suffix, (argument,))
        if found is not None:
            return found(argument)
        tensors, method = self._prepared(suffix, "y" if suffix in ("_adjoint", "_pinv") else "x", space, argument)
        if method is None:
            assert otherwise is not None, f"the compiled module lacks {self.name}{suffix}"
            return otherwise(tensors[0] if len(tensors) == 1 else tuple(tensors))
        return method(*tensors)

    def _prepared(self, suffix: str, name: str, space: AnySpace, argument: Any) -> tuple[Sequence[Tensor], Callable | None]:
        """The parts of an argument as tensors that meet, and the function of the model for them, or None."""
        found = self._ready.find(suffix, (argument,))
        if found is not None:
            return (argument,), found
        tensors, model = self._instances.prepared([(name, space, argument)])
        method = getattr(model, f"{python_name(self.name)}{suffix}", None)
        if method is not None:
            self._ready.keep(suffix, (argument,), tensors, method)
        return tensors, method

    def __repr__(self) -> str:
        return f"{self.name} : {self._named.domain} → {self._named.codomain}"


class Adjoint:
    """Aᴴ, as a function; its H is A again."""

    def __init__(self, operator: Operator):
        self.H = operator

    def __call__(self, y: Any) -> Any:
        """Aᴴ y.  y: any leading batch axes, then the axes of A's codomain."""
        return self.H._apply("_adjoint", self.H._named.codomain, y)

    def __repr__(self) -> str:
        return f"{self.H.name}ᴴ : {self.H._named.codomain} → {self.H._named.domain}"


class Estimator(nn.Module):
    """An estimator of the program as a module: m.tv(y) gives the reconstruction, m.tv.objective(x, y) what it minimises.

    Sizes are learnt from y.  Leading axes are batches.  Keyword arguments are the estimator's own numbers for this call:
    m.tv(y, iterations=50).  Where the program says `stop when …`, m.tv.ended tells of the last call whether it converged and after
    how many rounds; where a rule chooses a number, `where weight = gcv()`, m.tv.chosen tells which.  `.to("cuda")` and `.double()` say where to calculate; else it happens where y lies.
    """

    where: Tensor

    def __init__(self, instances: Instances, spec: EstimatorOf, settings: dict[str, Any] | None = None):
        super().__init__()
        self._instances, self._spec, self._settings = instances, spec, settings or {}
        self.ended: Ended | None = None
        self.chosen: Choice | None = None
        self._pinned: tuple[torch.dtype | None, torch.device | None] = (instances.dtype, instances.device)
        self.register_buffer("where", torch.empty(0), persistent=False)

    def _apply(self, fn, recurse=True):  # noqa: ANN001  the signature is torch's
        before = self.where
        super()._apply(fn, recurse)
        dtype, device = self._pinned
        if self.where.dtype != before.dtype:
            dtype = self.where.dtype
        if self.where.device != before.device:
            device = self.where.device
        self._pinned = dtype, device
        return self

    def forward(self, *y: Any, watch: Callable | None = None, generator: torch.Generator | None = None, **numbers: Any) -> Any:
        """The reconstruction from the data, in the order in which the program declares them; or from a dict of them by name.

        watch: called with (round, x) in every round.
        """
        given = self._given(y)
        if self._spec.choice is not None and self._spec.choice.name not in {**self._settings, **numbers}:
            self.chosen = choose(self._spec.choice.name, self._spec.choice.rule, problem_of(self, given, numbers))
            numbers = {**numbers, self.chosen.name: self.chosen.value}
        tensors, model = self._prepared([(m.name, m.space, v) for m, v in zip(self._read, given, strict=True)])
        check_data(self._read, tensors)
        made = self._made(model, numbers, tensors[0])
        self.ended = None
        wanted = made.forward.__code__.co_varnames[: made.forward.__code__.co_argcount]
        tests: list[tuple[int, float]] = []
        options = {"watch": watch, "looked": lambda *test: tests.append(test), "generator": generator}
        found = made(*tensors, **{k: v for k, v in options.items() if v is not None and k in wanted})
        stopping = self._instances.plan_of(self._spec.name).stopping
        if stopping is not None:
            self.ended = Ended(stopping.quantity, made.tolerance, tuple(tests))
        return found

    def objective(self, *arguments: Any, **numbers: Any) -> Tensor:
        """The value of what is minimised, one number per sample: objective(x, y), first the unknowns, then the data."""
        unknowns = self._instances.program.unknowns
        x, y = arguments[: len(unknowns)], self._given(arguments[len(unknowns) :])
        if len(x) < len(unknowns):
            raise mistake(f"objective takes {', '.join(u.name for u in unknowns)}, then the data")
        named: list[tuple[str, AnySpace, Any]] = [(u.name, u.space, v) for u, v in zip(unknowns, x, strict=True)]
        named += [(m.name, m.space, v) for m, v in zip(self._read, y, strict=True)]
        tensors, model = self._prepared(named)
        made = self._made(model, numbers, tensors[0])
        if not hasattr(made, "objective"):
            why = "a term is least over an array of its own" if self._spec.inner else f"it {self._spec.verb}s"
            raise mistake(f"`{self._spec.name}` has no objective that one can look at: {why}", self._spec.span)
        return made.objective(*tensors)

    def _made(self, model: nn.Module, numbers: dict[str, Any], like: Tensor) -> Any:
        """The module with its numbers, those that are one per sample in the precision of `like` and where it lies."""
        chosen = {**self._settings, **numbers}
        exact = {n: in_precision(v, real_of(like), like.device) for n, v in chosen.items() if isinstance(v, Tensor)}
        return self._instances.estimator(self._spec.name, model, {**chosen, **exact})

    @property
    def rounds(self) -> int:
        """How many rounds its loop makes; 0 where the result is direct."""
        default = self._signature.get("iterations")
        return int(self._settings.get("iterations", default.default if default else 0))

    @property
    def has_objective(self) -> bool:
        return hasattr(self._instances.estimator_class(self._spec.name), "objective")

    @property
    def numbers(self) -> dict[str, Any]:
        """Its own numbers and their values."""
        return {n: self._settings.get(n, p.default) for n, p in self._signature.items() if n != "model"}

    @property
    def _signature(self) -> dict[str, inspect.Parameter]:
        return dict(inspect.signature(self._instances.estimator_class(self._spec.name)).parameters)

    def with_numbers(self, **numbers: Any) -> Estimator:
        """The same estimator with other numbers: m.tv.with_numbers(weight = 10)."""
        self._instances.estimator(self._spec.name, nn.Module(), numbers)
        return Estimator(self._instances, self._spec, {**self._settings, **numbers})

    @cached_property
    def _read(self) -> list[Any]:
        """The measurements that it reads, in the program's order."""
        read = {k.name for k in self._instances.plan_of(self._spec.name).data}
        return [m for m in self._instances.program.measurements if read & {p.name for p in each_part(m.value)}]

    def _given(self, y: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [m.name for m in self._read]
        if len(y) == 1 and isinstance(y[0], dict):
            missing = [n for n in names if n not in y[0]]
            if missing:
                raise mistake(f"`{self._spec.name}` takes {' and '.join(names)}; {' and '.join(missing)} is missing")
            return tuple(y[0][n] for n in names)
        if len(y) != len(names):
            raise mistake(f"`{self._spec.name}` takes {len(names)} measurement{'s' * (len(names) != 1)}: {', '.join(names)}")
        return y

    def _prepared(self, named: Sequence[tuple[str, AnySpace, Any]]) -> tuple[list[Tensor], nn.Module]:
        dtype, device = self._pinned
        return self._instances.placed(dtype, device).prepared(named)

    def extra_repr(self) -> str:
        return self._spec.text

    def __repr__(self) -> str:
        return f"{self._spec.name} : {' '.join(self._spec.text.split())}"


def each_part(value: Any) -> tuple[Any, ...]:
    return value.parts if isinstance(value, Bundle) else (value,)
