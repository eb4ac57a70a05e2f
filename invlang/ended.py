"""How a loop with `stop when …` ended.  Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """quantity: what was measured, change, gap or discrepancy;  tests: (round, its value) whenever it was, the largest of a batch.

    >>> print(Ended("gap", 1e-4, ((10, 3e-3), (20, 5e-5))))
    converged after 20 rounds: gap 5e-05 < 0.0001
    >>> print(Ended("gap", 1e-4, ((10, 3e-3),)))
    not converged after 10 rounds: gap 0.003, asked for < 0.0001
    """

    quantity: str
    tolerance: float
    tests: tuple[tuple[int, float], ...]

    @property
    def rounds(self) -> int:
        return self.tests[-1][0] if self.tests else 0

    @property
    def value(self) -> float:
        """What was measured last."""
        return self.tests[-1][1] if self.tests else float("nan")

    @property
    def converged(self) -> bool:
        return self.value < self.tolerance

    def __str__(self) -> str:
        if self.converged:
            return f"converged after {self.rounds} rounds: {self.quantity} {self.value:.2g} < {self.tolerance:g}"
        return f"not converged after {self.rounds} rounds: {self.quantity} {self.value:.2g}, asked for < {self.tolerance:g}"
