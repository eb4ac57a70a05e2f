"""Operators made of operators, before they know their space: composed, added, transposed, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.graph.operators import Adjoint, BlockDiagonal, Compose, PseudoInverse, Row, Stack, Sum
from invlang.graph.spaces import AnySpace, Product, Space, is_complex
from invlang.graph.values import Value
from invlang.meaning.meanings import Built, Template
from invlang.meaning.mistakes import DoNotAdd, DoNotMeet, NotAnAdjoint, NotExpected, Refused, SpaceNotKnown, TooLarge
from invlang.meaning.repairs import Written, meeting, other_ways
from invlang.meaning.shapes import axes_text
from invlang.meaning.templates import apply_template, embed
from invlang.source import Span

LARGEST = 2000


def compose(left: Template, right: Template, written: Written) -> Template:
    """left ∘ right"""

    def on(space: AnySpace, place: Span) -> Built:
        try:
            inner, middle = right.on(space, place)
        except Refused as refused:
            raise other_ways(refused, left, right, space, written) from None
        try:
            outer, out = left.on(middle, written.whole)
        except Refused as refused:
            raise other_ways(meeting(refused, left, middle, written), left, right, space, written) from None
        return Compose((outer, inner)), out

    def on_codomain(space: AnySpace, place: Span) -> Built:
        outer, middle = left.on_codomain(space, place)
        inner, out = right.on_codomain(middle, place)
        return Compose((outer, inner)), out

    apply = None
    if not (left.is_linear and right.is_linear):
        apply = lambda value, place: apply_template(left, apply_template(right, value, place), place)
    name = f"{left.name} @ {right.name}"
    return Template(name, on, on_codomain, apply, right.causes, added_size([left, right], written.whole))


def added_size(parts: list[Template], span: Span) -> int:
    """How many operators they have together; more than anybody writes is refused."""
    total = sum(p.size for p in parts)
    if total > LARGEST:
        raise Refused(TooLarge(span))
    return total


def add(parts: list[tuple[Value, Template]], span: Span, names: tuple[str, str] | None = None) -> Template:
    """Σ cᵢ Aᵢ.  names: what the two parts of a written sum are called."""

    def each(way: str) -> Callable[[AnySpace, Span], Built]:
        def on(space: AnySpace, place: Span) -> Built:
            built = [getattr(t, way)(space, place) for _, t in parts]
            if way == "on":
                built = over_one_field(built)
            first = built[0][1]
            for (_, template), (_, other) in zip(parts[1:], built[1:], strict=True):
                if other != first:
                    called = names or (f"`{parts[0][1].name}`", f"`{template.name}`")
                    fields = (field_of(first), field_of(other))
                    raise Refused(DoNotAdd(span, called, (axes_text(first), axes_text(other)), fields))
            return Sum(tuple((c, op) for (c, _), (op, _) in zip(parts, built, strict=True))), first

        return on

    refuse_maps([t for _, t in parts], span)
    size = added_size([t for _, t in parts], span)
    return Template(" + ".join(t.name for _, t in parts[:3]), each("on"), each("on_codomain"), size=size)


def over_one_field(built: list[Built]) -> list[Built]:
    """Where one part of a sum is complex, the real ones are taken as complex."""
    if not any(isinstance(out, Space) and out.field == "complex" for _, out in built):
        return built
    return [
        (Compose((embed(s), o)), s.over("complex")) if isinstance(s, Space) and s.field != "complex" else (o, s) for o, s in built
    ]


def field_of(space: AnySpace) -> str:
    return "complex" if is_complex(space) else "real"


def refuse_maps(parts: list[Template], span: Span, wanted: str = "linear operators here") -> None:
    for part in parts:
        if not part.is_linear:
            hint = "apply it to the unknown first, then calculate with the results"
            raise Refused(NotExpected(span, f"the map `{part.name}`, which is not linear", wanted, hint))


def domain_of(inner: Template, space: AnySpace, place: Span, hints: tuple[AnySpace, ...]) -> Built:
    """inner on the domain that gives this codomain: one of the unknowns' spaces, or what the signatures say backwards."""
    for hint in hints:
        try:
            operator, out = inner.on(hint, place)
        except Refused:
            continue
        if out == space:
            return operator, with_names_of(hint, space)
    return inner.on_codomain(space, place)


def with_names_of(space: AnySpace, other: AnySpace) -> AnySpace:
    """The space, its axes without a name called as those of as many axes are that have their size."""
    if not (isinstance(space, Space) and isinstance(other, Space) and space.rank == other.rank):
        return space
    pairs = zip(space.axes, other.axes, strict=True)
    return Space(space.field, tuple(b if a.name is None and a == b else a for a, b in pairs))


def backwards(inner: Template, node: type[Adjoint] | type[PseudoInverse], hints: tuple[AnySpace, ...]) -> Callable[..., Built]:
    """What `A.H` and `pinv(A)` do on a space: A's codomain, or a real space where that is complex."""

    def on(space: AnySpace, place: Span) -> Built:
        try:
            operator, domain = domain_of(inner, space, place, hints)
        except Refused:
            if not isinstance(space, Space) or space.field == "complex":
                raise
            complex_space = space.over("complex")
            try:
                operator, domain = domain_of(inner, complex_space, place, hints)
            except Refused:
                pass
            else:
                return Compose((node(operator), embed(space))), domain
            raise
        return node(operator), domain

    return on


def adjoint(inner: Template, span: Span, hints: tuple[AnySpace, ...] = (), what: str | None = None) -> Template:
    """inner.H"""
    if not inner.is_linear:
        raise Refused(NotAnAdjoint(span, what or f"`{inner.name}`"))

    def on_codomain(space: AnySpace, place: Span) -> Built:
        operator, codomain = inner.on(space, place)
        return Adjoint(operator), codomain

    return Template(f"{inner.name}.H", backwards(inner, Adjoint, hints), on_codomain, causes=inner.causes, size=inner.size)


def pseudo_inverse(inner: Template, span: Span, hints: tuple[AnySpace, ...] = ()) -> Template:
    """pinv(inner): the least-squares solution of smallest norm."""
    if not inner.is_linear:
        raise Refused(NotAnAdjoint(span, f"`{inner.name}`", "a pseudo-inverse"))

    def on_codomain(space: AnySpace, place: Span) -> Built:
        operator, codomain = inner.on(space, place)
        return PseudoInverse(operator), codomain

    return Template(
        f"pinv({inner.name})", backwards(inner, PseudoInverse, hints), on_codomain, causes=inner.causes, size=inner.size
    )


def stack(parts: list[Template], span: Span) -> Template:
    """x ↦ (A₁ x, A₂ x, …)"""
    refuse_maps(parts, span)

    def on(space: AnySpace, place: Span) -> Built:
        built = [p.on(space, place) for p in parts]
        return Stack(tuple(b[0] for b in built)), product([b[1] for b in built], span)

    def on_codomain(space: AnySpace, place: Span) -> Built:
        check_parts(space, len(parts), place, "a stack")
        operator, domain = parts[0].on_codomain(space.parts[0], place)  # type: ignore[union-attr]
        operators = [operator, *(p.on(domain, place)[0] for p in parts[1:])]
        return Stack(tuple(operators)), domain

    return Template(f"Stack({names_of(parts)})", on, on_codomain, size=added_size(parts, span))


def row(parts: list[Template], span: Span) -> Template:
    """(x₁, x₂, …) ↦ A₁ x₁ + A₂ x₂ + …"""
    refuse_maps(parts, span)

    def on(space: AnySpace, place: Span) -> Built:
        check_parts(space, len(parts), place, "a row")
        built = over_one_field([p.on(s, place) for p, s in zip(parts, space.parts, strict=True)])  # type: ignore[union-attr]
        for part, (_, out) in zip(parts[1:], built[1:], strict=True):
            if out != built[0][1]:
                called, gives = (f"`{parts[0].name}`", f"`{part.name}`"), (axes_text(built[0][1]), axes_text(out))
                raise Refused(DoNotAdd(span, called, gives, (field_of(built[0][1]), field_of(out))))
        return Row(tuple(b[0] for b in built)), built[0][1]

    def on_codomain(space: AnySpace, place: Span) -> Built:
        built = [p.on_codomain(space, place) for p in parts]
        return Row(tuple(b[0] for b in built)), product([b[1] for b in built], span)

    return Template(f"Row({names_of(parts)})", on, on_codomain, size=added_size(parts, span))


def block_diagonal(parts: list[Template], span: Span) -> Template:
    """(x₁, x₂, …) ↦ (A₁ x₁, A₂ x₂, …)"""
    refuse_maps(parts, span)

    def each(way: str) -> Callable[[AnySpace, Span], Built]:
        def on(space: AnySpace, place: Span) -> Built:
            check_parts(space, len(parts), place, "a block-diagonal operator")
            built = [getattr(p, way)(s, place) for p, s in zip(parts, space.parts, strict=True)]  # type: ignore[union-attr]
            return BlockDiagonal(tuple(b[0] for b in built)), product([b[1] for b in built], span)

        return on

    return Template(f"BlockDiagonal({names_of(parts)})", each("on"), each("on_codomain"), size=added_size(parts, span))


def names_of(parts: list[Template]) -> str:
    return ", ".join(p.name for p in parts)


def check_parts(space: AnySpace, count: int, place: Span, what: str) -> None:
    if not isinstance(space, Product) or len(space.parts) != count:
        found = f"{len(space.parts)} parts" if isinstance(space, Product) else f"one array, {space}"
        hint = "for several unknowns write the sum out: `A @ x + B @ z`" if what == "a row" else None
        raise Refused(NotExpected(place, found, f"{count} arrays side by side for {what}", hint))


def product(spaces: list[AnySpace], span: Span) -> Product:
    """Spaces side by side; stacks inside of stacks are refused."""
    for space in spaces:
        if isinstance(space, Product):
            hint = "put all operators into one Stack"
            raise Refused(NotExpected(span, "a stack inside of a stack", "operators that give one array each", hint))
    return Product(tuple(spaces))  # type: ignore[arg-type]


def unknown_domain(name: str, span: Span) -> Refused:
    return Refused(SpaceNotKnown(span, f"`{name}`"))


def named_as(template: Template, name: str, on: Callable[..., Any], on_codomain: Callable[..., Any]) -> Template:
    """The template under the name of a `let`, which messages use for it."""

    def named(space: AnySpace, place: Span) -> Built:
        try:
            return on(space, place)
        except Refused as refused:
            if isinstance(refused.mistake, DoNotMeet) and refused.mistake.giver is None:
                raise Refused(replace(refused.mistake, taker=f"`{name}`")) from None
            raise

    return replace(template, name=name, on=named, on_codomain=on_codomain)
