"""What algorithms say of themselves: templates, the traits of roles, and what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invlang.meaning import library
from invlang.syntax import tree


@dataclass(frozen=True)
class Slot:
    """A place of a template: a role, and the map it acts through (`g(K @ x)`), or None (`g(x)`).  of_map: the traits of that map."""

    role: str
    through: str | None
    traits: tuple[str, ...]
    of_map: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """An algorithm's template and what it promises.

    rounds: how many it needs as a rule, and how many where a square meets a map on the dual side.
    settles: the round before which its numbers are read off x once more, or 0.
    """

    algorithm: tree.Algorithm
    slots: tuple[Slot, ...]
    rounds: tuple[int, int]
    rate: str
    reference: str
    settles: int = 0

    @property
    def name(self) -> str:
        return self.algorithm.name.text


def contract_of(algorithm: tree.Algorithm) -> Contract:
    traits = {p.name.text: tuple(n.text for n in p.kind.names) for p in algorithm.parameters if isinstance(p.kind, tree.Traits)}
    slots = tuple(slot_of(part, traits) for part in addends(algorithm.template))
    facts = {f.name.text: f.arguments for f in algorithm.facts}
    text = lambda key, default: facts[key][0].value.text if key in facts else default
    rounds = [int(a.value.text) for a in facts["rounds"]] if "rounds" in facts else [200]
    return Contract(algorithm, slots, (rounds[0], rounds[-1]), text("rate", ""), text("reference", ""), int(text("settles", "0")))


def addends(node: Any) -> list[Any]:
    if isinstance(node, tree.Binary) and node.operator == "+":
        return [*addends(node.left), *addends(node.right)]
    return [node]


def slot_of(part: tree.Call, traits: dict[str, tuple[str, ...]]) -> Slot:
    assert isinstance(part.function, tree.Name)
    role = part.function.text
    inner = part.arguments[0].value
    through = inner.left.text if isinstance(inner, tree.Binary) else None
    return Slot(role, through, traits[role], traits.get(through or "", ()))


def contracts() -> tuple[Contract, ...]:
    """The algorithms of the library that solve, and that the compiler may choose: not those that are `named`, for who asks for them."""
    names = [n for n, e in library.entries().items() if e.keyword == "algorithm"]
    found = [library.definition(n) for n in names]
    solving = [a for a in found if isinstance(a, tree.Algorithm) and a.verb == "solves"]
    return tuple(contract_of(a) for a in solving if not any(f.name.text in ("named", "option") for f in a.facts))
