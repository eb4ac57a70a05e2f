"""What a functional's declaration says of it at a point: its value, gradient and proximal map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.apply import stretched_to
from invlang.graph.arithmetic import add, number
from invlang.graph.functionals import Atom
from invlang.graph.spaces import Product, Space
from invlang.graph.values import Bundle, Call, Iterative, Reduce, Value, Variable
from invlang.meaning.elaborate import LIBRARY
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import Array, SizeList, Word, nameless
from invlang.meaning.primitives import formula, text_of
from invlang.rules.derivative import derivative_of_entries, substitute


def prox_of_atom(atom: Atom, step: Value, point: Value) -> Value:
    """The declared formula; where there is none, Newton's method on each entry, with the derivatives of the declared value."""
    point = spread_over(atom, point)
    if formula(atom.primitive.definition, "prox") is not None:
        return declared_formula(atom, "prox", step, point)
    if isinstance(point, Bundle):
        return Bundle(tuple(prox_of_atom(part_of_atom(atom, i, p), step, p) for i, p in enumerate(point.parts)))
    assert atom.has("separable"), atom.primitive.name
    z = Variable("z", point.space)
    value = entries_of_atom(atom, z)
    slope = derivative_of_entries(value, z)
    terms = Bundle((value, slope, derivative_of_entries(slope, z)))
    bounds = tuple(declared_formula(atom, name, None, point) for name in ("least", "most"))
    floor = formula(atom.primitive.definition, "floor")
    options: tuple[tuple[str, Any], ...] = () if floor is None else (("floor", declared_formula(atom, "floor", None, point)),)
    options = options if atom.has("convex") else (*options, ("convex", False))
    return Iterative("newton_prox", z, terms, (point, step, *bounds), options, point.space)


def how_found(atom: Atom) -> str:
    """How the prox of an atom is found, in words."""
    if formula(atom.primitive.definition, "prox") is None:
        return "by Newton's method in each entry"
    return text_of(atom.primitive.definition, "effect") or f"the prox of {atom.primitive.symbol}"


def entries_of_atom(atom: Atom, point: Value) -> Value:
    """The terms that a separable functional adds up."""
    value = declared_formula(atom, "value", None, point)
    assert isinstance(value, Reduce) and value.function == "sum", atom.primitive.name
    return value.operand


def gradient_of_atom(atom: Atom, point: Value) -> Value:
    """The declared gradient, or the derivative of the declared value."""
    if formula(atom.primitive.definition, "gradient") is not None:
        return declared_formula(atom, "gradient", None, point)
    if isinstance(point, Bundle):
        return Bundle(tuple(gradient_of_atom(part_of_atom(atom, i, p), p) for i, p in enumerate(point.parts)))
    z = Variable("z", point.space)
    return substitute(derivative_of_entries(entries_of_atom(atom, z), z), z, point)


def part_of_atom(atom: Atom, i: int, part: Value) -> Atom:
    """The functional of one part of data of several parts."""
    arguments = tuple((n, v.parts[i] if isinstance(v, Bundle) else v) for n, v in atom.arguments)
    return replace(atom, arguments=arguments, space=part.space)


def declared_formula(atom: Atom, name: str, step: Value | None, point: Value) -> Value:
    """A formula of the functional's declaration (prox, gradient, dual_prox, value) at a point."""
    if isinstance(point, Bundle):
        assert atom.has("separable") or atom.has("partwise"), atom.primitive.name
        parts = tuple(declared_formula(part_of_atom(atom, i, p), name, step, p) for i, p in enumerate(point.parts))
        return add(*parts) if name == "value" else Bundle(parts)
    has = formula(atom.primitive.definition, name)
    assert has is not None, f"{atom.primitive.name} has no {name}"
    parameters = [p.name.text for p in atom.primitive.definition.parameters]
    arguments = dict(atom.arguments)
    unknown = next(p for p in parameters if p not in arguments)
    names: dict[str, Any] = {unknown: nameless(point)}
    for key, value in arguments.items():
        names[key] = meaning_of(value)
    if has.parameters:
        assert step is not None
        names[has.parameters[0].text] = nameless(step)
    return evaluate(has.value, LIBRARY.inner(names)).value


def spread_over(atom: Atom, point: Value) -> Value:
    """A number as an image of it, of the kind of the functional's arrays where it has some."""
    if isinstance(atom.space, Product) or isinstance(point.space, Product) or point.space.rank or not atom.space.rank:
        return point
    like = next((v for _, v in atom.arguments if isinstance(v, Value) and v.space.rank), None)
    if like is None:
        return stretched_to(point, atom.space)
    return add(Call("arrays", "zeros", (like,), (("space", atom.space),), atom.space), point)


def meaning_of(value: Any) -> Any:
    match value:
        case Value():
            return nameless(value)
        case tuple():
            return SizeList(value)
        case str():
            return Word(value)
    return Array(number(value), Space("real"))
