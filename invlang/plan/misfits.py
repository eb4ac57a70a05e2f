"""Why an algorithm does not take an objective: its words, and what kind of obstacle it is.  Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Obstacle(Enum):
    """What stands in the way, as far as it tells what to write instead."""

    OTHER = auto()  # the objective has another shape
    NO_STEP = auto()  # nobody knows how long a step may be
    CURVED = auto()  # a term is not convex
    BENT = auto()  # the data are not linear in the unknown
    REVERSED = auto()  # a term has a weight below zero


@dataclass(frozen=True)
class Misfit:
    """name: the algorithm's;  because: why it does not take the objective, in words;  obstacle: the kind of reason."""

    name: str
    because: str
    obstacle: Obstacle = Obstacle.OTHER


BENT = "the data are not linear in the unknown, so that it is not convex and may have minima that are not the lowest"
REVERSED = "a term has a weight below zero, and minus a convex term is not convex: the objective may have no least value"


def not_convex(label: str) -> str:
    """Why a term stands in the way of the promise of a least value."""
    return f"{label} is not convex, so that there may be minima that are not the lowest"
