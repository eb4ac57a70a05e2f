"""Maps of a program that are not linear, from Python: their values and their derivatives."""

from __future__ import annotations

from typing import Any

from invlang.emit.names import python_name
from invlang.errors import mistake
from invlang.graph.program import NamedMap
from invlang.instances import Instances
from invlang.ready import Ready


class Map:
    """A map of the program that is not linear, a function of tensors with any leading batch axes.

    P(x), P.jvp(x, v) = J(x) v and P.vjp(x, w) = J(x)ᵀ w for the real inner product Re⟨·, ·⟩.  Of several unknowns P(x1, x2),
    P.jvp((x1, x2), (v1, v2)); P.vjp((x1, x2), w) is a tuple.
    """

    def __init__(self, instances: Instances, named: NamedMap):
        self._instances, self._named, self._ready = instances, named, Ready(instances)

    @property
    def name(self) -> str:
        return self._named.name

    def __call__(self, *x: Any) -> Any:
        """P(x).  x: any leading batch axes, then the axes of the domain, one tensor for each unknown."""
        return self._apply("", x)

    def jvp(self, x: Any, v: Any) -> Any:
        """J(x) v, the change of P(x) when x moves along v."""
        return self._apply("_jvp", tuple_of_parts(x), ("v", self._named.domain, v))

    def vjp(self, x: Any, w: Any) -> Any:
        """J(x)ᵀ w, the gradient of Re⟨w, P(x)⟩ in x."""
        return self._apply("_vjp", tuple_of_parts(x), ("w", self._named.codomain, w))

    def _apply(self, suffix: str, x: tuple[Any, ...], *more: Any) -> Any:
        passed = (*x, *(value for _, _, value in more))
        found = self._ready.find(suffix, passed)
        if found is not None:
            return found(*passed)
        count = len(self._named.variables)
        if len(x) != count:
            raise mistake(f"`{self.name}` takes {count} array{'s' * (count > 1)}, and here it has {len(x)}", self._named.span)
        tensors, model = self._instances.prepared([("x", self._named.domain, x if count > 1 else x[0]), *more])
        method = getattr(model, f"{python_name(self.name)}{suffix}", None)
        if method is None:
            raise mistake(f"`{self.name}` has no derivative: it holds a function that has none", self._named.span)
        self._ready.keep(suffix, passed, tensors, method)
        return method(*tensors)

    def __repr__(self) -> str:
        return f"{self.name} : {self._named.domain} → {self._named.codomain}, not linear"


def tuple_of_parts(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)
