"""Sizes and spaces as declarations write them."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import Axis, Space
from invlang.meaning.draft import Draft
from invlang.meaning.meanings import (
    AxisRef,
    Broken,
    describe,
)
from invlang.meaning.mistakes import (
    DeclaredBelow,
    NotExpected,
    Refused,
    TooLarge,
    UnknownName,
    WrongSize,
    shortened,
)
from invlang.meaning.shapes import LARGEST, Misfit, names_in, size_of
from invlang.meaning.synonyms import nearest
from invlang.syntax import tree

FIELDS = ("real", "complex", "binary", "integer")
MOST_AXES = 32  # arrays have at most 64, and operators add some of their own


def whole_size(draft: Draft, node: Any) -> int:
    expression = axis_size(draft, node)
    if not expression.is_Integer:
        hint = "a dim has a number, or no value: then data or the caller say it"
        raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`", "a whole number above 0", hint))
    return int(expression)


def axis_size(draft: Draft, node: Any) -> Any:
    """The size that an expression writes.  Raises Refused where it is none."""
    for name in names_in(node):
        check_size_name(draft, name)
    text = f"`{shortened(node.span.text)}`"
    try:
        expression = size_of(node, draft.names)
    except Misfit as misfit:
        raise Refused(WrongSize(node.span, text, str(misfit))) from None
    if expression is None:
        raise Refused(NotExpected(node.span, text, "a size"))
    if expression.is_Integer and not 1 <= expression <= LARGEST:
        why = "sizes are at least 1" if expression < 1 else "no image is that large"
        raise Refused(WrongSize(node.span, text if str(expression) == node.span.text else f"{text}, which is {expression},", why))
    return expression


def check_size_name(draft: Draft, name: tree.Name) -> None:
    """A name in a size is a dim."""
    meaning = draft.names.get(name.text)
    if isinstance(meaning, Broken):
        raise Refused(None)
    if isinstance(meaning, AxisRef):
        return
    place = draft.everywhere.get(name.text)
    if meaning is None and place is not None:
        raise Refused(DeclaredBelow(name.span, name.text, place, causes=((place, "declared here"),)))
    if meaning is None:
        dims = tuple(n for n, m in draft.names.items() if isinstance(m, AxisRef))
        hint = f"declare it above, such as `dim {name.text}`"
        raise Refused(
            UnknownName(name.span, name.text, "dim", nearest(name.text, dims) if len(name.text) > 1 else None, (), hint)
        )
    hint = f"a size is declared with `dim {name.text} = …`"
    causes = ((place, "declared here"),) if place else ()
    raise Refused(NotExpected(name.span, f"`{name.text}`, {describe(meaning)}", "a dim as a size", hint, causes=causes))


def space_of(draft: Draft, node: tree.Space) -> Space:
    """The space that a declaration writes."""
    field = node.field.text
    if field not in FIELDS:
        hint = "`number` belongs to the signatures of definitions; say real or complex" if field == "number" else None
        close = None if hint else nearest(field, FIELDS)
        raise Refused(UnknownName(node.field.span, field, "kind of number", close, () if hint else FIELDS, hint))
    if len(node.axes) > MOST_AXES:
        raise Refused(TooLarge(node.span, f"a space of {len(node.axes)} axes"))
    axes = []
    for written in node.axes:
        if isinstance(written, tree.Ellipsis_ | tree.Splat):
            hint = "`...` belongs to the signatures of definitions"
            raise Refused(NotExpected(written.span, f"`{written.span.text}`", "a size", hint))
        axes.append(Axis(axis_size(draft, written), written.text if isinstance(written, tree.Name) else None))
    return Space(field, tuple(axes))
