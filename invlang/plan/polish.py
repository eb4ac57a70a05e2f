"""The last pass over the values of a module, when all are known: what is calculated in fewer steps than it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invlang.graph.values import Value
from invlang.plan.basis import in_its_basis
from invlang.plan.directly import directly
