"""Laws and derivations: what a rewriting is, and the trace it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from invlang.graph.operators import Operator

Factors = tuple[Operator, ...]


@dataclass(frozen=True)
class Law:
    """A rewriting.  name: a stable word;  because: the reason, as a derivation says it.

    width: how many neighbouring factors of a composition it looks at; 0 where it looks at a whole term.
    rewrite: the factors (or the one term) → what takes their place, or None where the law does not apply.
    text: the law as a formula, where it stands beside an operator of the library; that of others is what `rewrite` documents.
    """

    name: str
    because: str
    width: int
    rewrite: Callable[..., Factors | Operator | None]
    text: str = ""

    @property
    def statement(self) -> str:
        """The law as a formula, and where it holds."""
        return self.text or " ".join((self.rewrite.__doc__ or "").split())


@dataclass(frozen=True)
class Step:
    """One use of a law.  before, after: the whole terms.  at: the place inside, before and after."""

    law: str
    because: str
    before: Operator
    after: Operator


@dataclass(frozen=True)
class Derivation:
    """A chain of equal terms: start = … = result."""

    start: Operator
    steps: tuple[Step, ...]

    @property
    def result(self) -> Operator:
        return self.steps[-1].after if self.steps else self.start


def law(name: str, because: str, width: int = 0) -> Callable[[Callable[..., Factors | Operator | None]], Law]:
    """Makes a law of the function that rewrites."""
    return lambda rewrite: Law(name, because, width, rewrite)
