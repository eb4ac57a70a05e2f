"""Operators before they know their space: identity, multiples, diagonals, and applying any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invlang.graph.apply import applied
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Sum
from invlang.graph.spaces import AnySpace, Product, Space, stretch
from invlang.graph.values import Bundle, Value
from invlang.meaning.meanings import Affine, Array, Built, Causes, Curve, Template, describe
from invlang.meaning.mistakes import DoNotMeet, NotExpected, Refused
from invlang.meaning.primitives import primitive_named
from invlang.meaning.repairs import axes_with_names
from invlang.meaning.shapes import axes_text
from invlang.source import Span


def identity() -> Template:
    return Template("Identity", lambda space, _: (Identity(space), space), lambda space, _: (Identity(space), space))


def scalar(value: Value) -> Template:
    """A number where an operator is wanted: that multiple of the identity."""

    def on(space: AnySpace, span: Span) -> Built:
        return Sum(((value, Identity(space)),)), space

    return Template("the number", on, on)


def diagonal(array: Array, span: Span, causes: Causes = ()) -> Template:
    """x ↦ d ⊙ x; a complex d takes real images as complex ones.  span: where it is written."""

    def on(space: AnySpace, place: Span) -> Built:
        if isinstance(array.value, Bundle) or isinstance(space, Product):
            raise Refused(NotExpected(place, f"data of several parts {space}", "one array to multiply"))
        if not is_stretched_to(array.space, space):
            name = f"`{span.text}`" if span.text.startswith("Diagonal") and len(span.text) < 30 else "`Diagonal`"
            remarks = misnamed(array.space, space)
            shown = axes_with_names if remarks else axes_text
            free = frozenset({"1"})
            raise Refused(DoNotMeet(place, None, name, shown(space), shown(array.space), remarks, free=free, causes=causes))
        if array.space.field == "complex" and space.field != "complex":
            field = space.over("complex")
            return Compose((Diagonal(array.value, field), embed(space))), field
        return Diagonal(array.value, space), space

    return Template("Diagonal", on, on, causes=causes)


def is_stretched_to(array: Space, space: Space) -> bool:
    """Whether the array may multiply images of the space: it stretches, and the space does not."""
    stretched = stretch(space.axes, array.axes)
    if stretched is None or len(stretched) != space.rank:
        return False
    return all(a.size == b.size for a, b in zip(stretched, space.axes, strict=True)) and not misnamed(array, space)


def misnamed(a: Space, b: Space) -> tuple[str, ...]:
    """Axes of one size that the program calls by different names: they are not the same axis."""
    pairs = zip(reversed(a.axes), reversed(b.axes), strict=False)
    wrong = [(p, q) for p, q in pairs if p.name and q.name and p.name != q.name and p.size == q.size and p.size != 1]
    made_up = ("°", "#")  # labels of signatures and of laws, not of the program
    known = [(p, q) for p, q in wrong if p.size.is_Integer and not any(m in f"{p.name}{q.name}" for m in made_up)]
    return ("axes of one size are not one axis when the program calls them differently",) if known else ()


def embed(space: Space) -> Leaf:
    """The node `Complex`: a real image as a complex one."""
    return Leaf(primitive_named("Complex"), (), space.over("real"), space.over("complex"))


def real_part(space: Space) -> Operator:
    """The node `Real`, adjoint of `Complex`."""
    return Leaf(primitive_named("Complex"), (), space.over("real"), space.over("complex"), adjoint=True)


def apply_template(template: Template, argument: Any, span: Span) -> Any:
    """operator @ something: a known array, what depends on the unknown, or a map of either."""
    if template.apply is not None:
        return template.apply(argument, span)
    if not isinstance(argument, Array | Affine | Curve):
        raise Refused(NotExpected(span, describe(argument), "an array to apply the operator to"))
    operator, out = template.on(argument.space, span)
    match argument:
        case Array(value):
            return Array(applied(operator, value), out)
        case Affine(inner, offset):
            moved = None if offset is None else applied(operator, offset)
            return Affine(Compose((operator, inner)), moved, out, argument.variable)
    return Curve(applied(operator, argument.value), out)  # type: ignore[arg-type]


def shifted(inner: Template, add: Callable[[Any], Any], span: Span) -> Template:
    """x ↦ A x + b, a map that is not linear.  add: adds b."""

    def refuse(*_: Any) -> Any:
        hint = "an array acts as an operator as `Diagonal(…)`; added, it is an offset of what the operator gives"
        raise Refused(NotExpected(span, "an operator and an array, added: a map that is not linear", "a linear operator", hint))

    return Template(inner.name, refuse, refuse, lambda argument, place: add(apply_template(inner, argument, place)))
