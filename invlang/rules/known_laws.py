"""Every law by its name: those of the language's constructs, and those beside operators of the library."""

from __future__ import annotations

from functools import cache

from invlang.graph.declarations import Primitive
from invlang.graph.operators import Operator
from invlang.meaning import library
from invlang.meaning.laws import DeclaredLaw, laws_of
from invlang.meaning.primitives import primitive_of
from invlang.rules.adjoint import from_either_side
from invlang.rules.law import Factors, Law
from invlang.rules.simplify import LAWS
from invlang.syntax import tree


@cache
def known_laws() -> dict[str, tuple[Law, ...]]:
    """The laws under each name, in the order in which they are tried.  A law that stands beside an operator has the operator's name."""
    found: dict[str, tuple[Law, ...]] = {}
    for law in (*LAWS, *beside_operators()):
        found[law.name] = (*found.get(law.name, ()), law)
    return found


def beside_operators() -> tuple[Law, ...]:
    primitives = [primitive_of(d, entry.stem) for entry in library.entries().values() if (d := definition_with_laws(entry.name))]
    return tuple(as_law(primitive, declared) for primitive in primitives for declared in laws_of(primitive))


def definition_with_laws(name: str) -> tree.Definition | None:
    definition = library.definition(name)
    return definition if isinstance(definition, tree.Definition) and definition.laws else None


def as_law(primitive: Primitive, declared: DeclaredLaw) -> Law:
    """The law as one of neighbouring factors, read from either side."""

    def forwards(*factors: Operator) -> Factors | None:
        built = declared.rewrite(factors)
        return None if built is None else (built,)

    rewrite = lambda *factors: from_either_side(forwards, *factors)
    return Law(primitive.name, declared.reason, declared.width, rewrite, declared.text.removeprefix("law "))
