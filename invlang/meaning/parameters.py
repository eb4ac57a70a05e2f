"""One argument and its parameter: its space is fitted, its kind is checked, and it becomes the plain data of an operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from invlang.graph.spaces import Axis, Space, known_size, show_size
from invlang.graph.values import Known, Number, SizeValue
from invlang.meaning.arguments import Given, is_array_instead, is_boolean
from invlang.meaning.meanings import Array, AxisList, AxisRef, Flag, Items, SizeList, TextOf, Unsized, Word, describe
from invlang.meaning.mistakes import (
    AmbiguousAxis,
    DoesNotDivide,
    DoNotMeet,
    NoSuchAxis,
    NotAPowerOfTwo,
    NotExpected,
    OutsideImage,
    Refused,
    WrongArgument,
    WrongSpace,
    is_in_library,
    plural,
    shortened,
)
from invlang.meaning.repairs import axis_remark
from invlang.meaning.shapes import Misfit, Names, axes_of_pattern, axes_text, fit, size_from
from invlang.meaning.synonyms import nearest
from invlang.source import Span
from invlang.syntax import tree


def fit_parameter(called: str, parameter: tree.Parameter, given: Given, names: Names, call: Span) -> Any:
    """The argument with the labels that its parameter gives its axes.  Raises Refused where it is of another kind or shape."""
    kind, meaning = parameter.kind, given.meaning
    if is_array_instead(parameter, meaning):
        kind = kind.array  # type: ignore[union-attr]
        parameter = replace(parameter, kind=kind)
    if not isinstance(kind, tree.Space):
        return meaning
    if not kind.axes:
        check_scalar(called, parameter, given)
        return meaning
    if kind.field.text == "integer":
        sizes = as_sizes(meaning, names)
        if sizes is not None:
            check_count(called, parameter.name.text, len(sizes.sizes), names, given.span)
            return sizes
    if not isinstance(meaning, Array) or not isinstance(meaning.space, Space):
        wanted = f"an array {kind.span.text} as `{parameter.name.text}` of `{called}`"
        raise Refused(NotExpected(given.span, describe(meaning), wanted, size_hint(parameter, given)))
    return fit_array(called, parameter, given, names, call)


def check_count(called: str, name: str, count: int, names: Names, span: Span) -> None:
    """Whole numbers, as `offset : integer[k]`, are as many as the axes that are acted on."""
    axes = names.get("axes")
    if isinstance(axes, AxisList) and len(axes.axes) != count:
        acts, has = plural(len(axes.axes), "axis"), plural(count, "number")
        raise Refused(WrongArgument(span, f"`{called}` acts on {acts} here, and `{name}` has {has}"))


def size_hint(parameter: tree.Parameter, given: Given) -> str | None:
    """How a kernel or a mask gets a size: it fills the space of the name that it is given to."""
    if not isinstance(given.meaning, Unsized) or not isinstance(parameter.kind, tree.Space):
        return None
    name = parameter.name.text
    written = parameter.kind.span.text
    space = "integer[9, 2]" if written.startswith("integer") else "real[9, 9]" if "taps" in written else "real[H, W]"
    return f"give it its size first, `given {name} : {space} = {shortened(given.span.text)}`, and write `{name}` here"


def as_sizes(meaning: Any, names: Names) -> SizeList | None:
    """Whole numbers, one for each axis; a single one stands for all."""
    if isinstance(meaning, SizeList):
        return meaning
    if isinstance(meaning, AxisList):
        return SizeList(tuple(a.size for a in meaning.axes), tuple(a.label for a in meaning.axes))
    expression = size_from(meaning)
    axes = names.get("axes")
    if expression is None:
        return None
    return SizeList((expression,) * (len(axes.axes) if isinstance(axes, AxisList) else 1))


def fit_array(called: str, parameter: tree.Parameter, given: Given, names: Names, call: Span) -> Array:
    meaning, saved = given.meaning, names.pop("number", None)
    try:
        labelled = fit_space(called, parameter, given, names, call, stretch=True)
    finally:
        names.pop("number", None)
        if saved is not None:
            names["number"] = saved
    return Array(meaning.value, replace(labelled, field=meaning.space.field))


def fit_space(called: str, parameter: tree.Parameter, given: Given, names: Names, call: Span, stretch: bool = False) -> Space:
    """The space of what is given, with the labels that its parameter gives its axes.  Raises Refused where it has another shape."""
    before = dict(names)
    try:
        return fit(parameter.kind, given.meaning.space, names, stretch=stretch)
    except Misfit as misfit:
        raise Refused(misfitting(called, parameter, given, before, str(misfit), call)) from None


def misfitting(called: str, parameter: tree.Parameter, given: Given, names: Names, why: str, call: Span) -> Any:
    """The mistake of an array that is not what its parameter declares, or not what the image asks of it."""
    kind, space = parameter.kind, given.meaning.space
    wanted, free = axes_of_pattern(kind, names)
    name = parameter.name.text
    own = f"`{given.span.text}`" if len(given.span.text) < 20 else f"`{name}`"
    if space.field == "complex" and kind.field.text != "complex" and "complex" in why:
        return WrongSpace(given.span, f"`{name}` of `{called}`", kind.span.text, str(space), (why,), causes=given.causes)
    meant = written_axes(kind, names)
    bound = any(m is not None and (not isinstance(a, tree.Name) or a.text not in free) for a, m in meant)
    if not bound or len(meant) > space.rank:
        rows = ((f"{own} is".replace("`", ""), axes_text(space)), ("wanted", wanted))
        return WrongSpace(given.span, f"`{name}` of `{called}`", kind.span.text, str(space), (why,), rows, causes=given.causes)
    axes = tuple(Axis(r.size, r.label) for _, r in meant if r is not None)
    remarks = axis_remark(axes, space.axes, ("the image", own)) or (why,)
    taker = f"`{called}`, on this image,"
    return DoNotMeet(given.span, own, taker, axes_text(space), wanted, remarks, free=free | {"1"}, verb="is", causes=given.causes)


def written_axes(kind: tree.Space, names: Names) -> list[tuple[Any, AxisRef | None]]:
    """The axes that a pattern writes, each with the axis of the image that it is, where that is known."""
    found: list[tuple[Any, AxisRef | None]] = []
    for wanted in kind.axes:
        meaning = names.get(wanted.name.text if isinstance(wanted, tree.Splat) else wanted.span.text)
        if isinstance(wanted, tree.Splat):
            found += [(wanted, r) for r in meaning.axes] if isinstance(meaning, AxisList) else []
        elif not isinstance(wanted, tree.Ellipsis_):
            found.append((wanted, meaning if isinstance(meaning, AxisRef) else None))
    return found


def check_scalar(called: str, parameter: tree.Parameter, given: Given) -> None:
    """A number, a whole number, a text: what a parameter without axes takes."""
    if is_in_library(given.span) or is_boolean(parameter):
        return
    name, meaning = parameter.name.text, given.meaning
    match parameter.kind.field.text:
        case "text" if not isinstance(meaning, TextOf):
            raise Refused(not_a_text(called, name, given))
        case "integer":
            check_whole(called, name, given)
        case "real" | "complex" | "number":
            scalar = (
                isinstance(meaning, AxisRef)
                or isinstance(meaning, Array)
                and isinstance(meaning.space, Space)
                and not meaning.space.rank
            )
            if not scalar:
                raise Refused(NotExpected(given.span, describe(meaning), f"a number as `{name}` of `{called}`"))


def not_a_text(called: str, name: str, given: Given) -> NotExpected:
    hint = f'write it in quotes: `"{given.meaning.text}"`' if isinstance(given.meaning, Word) else None
    return NotExpected(given.span, describe(given.meaning), f"a text as `{name}` of `{called}`", hint)


def check_whole(called: str, name: str, given: Given) -> None:
    meaning = given.meaning
    expression = size_from(meaning)
    wanted = f"a whole number above 0 as `{name}` of `{called}`"
    if expression is None:
        if isinstance(meaning, Array) and isinstance(meaning.value, Known):
            hint = f"sizes depend on it, so it is written down, or declared as a size: `dim {meaning.value.name} = …`"
            raise Refused(NotExpected(given.span, f"`{meaning.value.name}`, a number that a caller may change", wanted, hint))
        number = meaning.value.value if isinstance(meaning, Array) and isinstance(meaning.value, Number) else None
        raise Refused(NotExpected(given.span, describe(meaning) if number is None else f"{number}", wanted))
    if expression.is_Integer and expression < 1:
        raise Refused(NotExpected(given.span, f"{expression}", wanted))


def check_facts(definition: tree.Definition, names: Names, bound: Mapping[str, Given], call: Span) -> None:
    """What a definition asks: `divides(factor)`, that it divides the size of each axis; `powers_of_two`, that the sizes are some;
    `within(start, size)`, that so many samples from there on are inside the image;
    `trailing(points)`, that the axes are the last ones, in their order, as many as `points` has columns.
    """
    for fact in definition.facts:
        if fact.name.text == "powers_of_two":
            check_powers(definition.name.text, names.get("axes"), call)
        if fact.name.text == "within":
            check_window(*(names.get(a.value.text) for a in fact.arguments), names.get("axes"), bound, call)  # type: ignore[union-attr]
        if fact.name.text == "trailing":
            check_trailing(definition, names, bound, call, fact.arguments[0].value.text)  # type: ignore[union-attr]
        if fact.name.text != "divides":
            continue
        factor_name = fact.arguments[0].value.text  # type: ignore[union-attr]
        factor, axes = size_from(names.get(factor_name)), names.get("axes")
        if factor is None or not factor.is_Integer or not isinstance(axes, AxisList):
            continue
        for axis in axes.axes:
            if axis.size.is_Integer and axis.size % factor != 0:
                given = bound.get(factor_name)
                label = "" if axis.label.endswith("°") or axis.label == "axes" else axis.label
                place = given.span if given else call
                raise Refused(DoesNotDivide(place, str(factor), show_size(axis.size), label))


def check_powers(called: str, axes: Any, call: Span) -> None:
    for axis in axes.axes if isinstance(axes, AxisList) else ():
        if axis.size.is_Integer and not is_power_of_two(int(axis.size)):
            label = "" if axis.label.endswith("°") or axis.label == "axes" else axis.label
            raise Refused(NotAPowerOfTwo(call, called, show_size(axis.size), label))


def check_window(start: Any, taken: Any, axes: Any, bound: Mapping[str, Given], call: Span) -> None:
    if not (isinstance(start, SizeList) and isinstance(taken, SizeList) and isinstance(axes, AxisList)):
        return
    for first, count, axis in zip(start.sizes, taken.sizes, axes.axes, strict=False):
        if first.is_Integer and count.is_Integer and axis.size.is_Integer and not is_inside(first, count, axis.size):
            label = "" if axis.label.endswith("°") or axis.label == "axes" else axis.label
            place = bound["start" if count <= axis.size and "start" in bound else "size"].span if "size" in bound else call
            raise Refused(OutsideImage(place, str(first), str(count), show_size(axis.size), label))


def is_inside(first: int, count: int, length: int) -> bool:
    return 0 <= first and first + count <= length


def is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def check_trailing(definition: tree.Definition, names: Names, bound: Mapping[str, Given], call: Span, columns: str) -> None:
    axes, points = names.get("axes"), names.get(columns)
    if not isinstance(axes, AxisList) or not isinstance(points, Array):
        return
    called, place = f"`{definition.name.text}`", bound[columns].span if columns in bound else call
    count, width = len(axes.axes), points.space.axes[-1].size
    if width.is_Integer and int(width) != count:
        what = f"{called} acts on {plural(count, 'axis')} here, and its `{columns}` have {plural(int(width), 'coordinate')} each"
        raise Refused(WrongArgument(place, what))
    if [a.position for a in axes.axes] != list(range(-count, 0)):
        listing = ", ".join(a.label for a in axes.axes)
        what = f"{called} acts on the last axes of an image in their order, and {listing} are others"
        raise Refused(WrongArgument(call, what))


def in_order(arguments: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The axes ascending, and the lists that go with them in the same order."""
    axes = dict(arguments).get("axes")
    if not isinstance(axes, tuple) or list(axes) == sorted(axes):
        return arguments
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    return [(n, tuple(v[i] for i in order) if isinstance(v, tuple) and len(v) == len(axes) else v) for n, v in arguments]


def resolve(axis: AxisRef, space: Space, place: Span) -> int:
    """The position from the end of the axis that bears this label."""
    positions = space.named(axis.label)
    if len(positions) == 1:
        return positions[0]
    if positions:
        raise Refused(AmbiguousAxis(place, axis.label, str(space)))
    nameless = axis.label.rstrip("°") == "axes"  # of a variadic name, where the caller named none
    if nameless and axis.position is not None and space.rank >= -axis.position and space.axes[axis.position].size == axis.size:
        return axis.position
    names = tuple(a.name for a in space.axes if a.name)
    raise Refused(NoSuchAxis(place, axis.label, str(space), names, nearest(axis.label, names)))


def located(axis: AxisRef, space: Space, place: Span) -> AxisRef:
    position = resolve(axis, space, place)
    return AxisRef(axis.label, space.axes[position].size, position)


def plain(meaning: Any, span: Span) -> Any:
    """A meaning as the plain data that a leaf holds."""
    match meaning:
        case AxisRef(size=expression):
            return expression
        case Array(SizeValue(expression)):
            return known_size(expression) if known_size(expression) is not None else expression
        case Array(Number(value), space) if isinstance(space, Space) and not space.rank:
            return value
        case Array(value):
            return value
        case Word(text) | TextOf(text):
            return text
        case Flag(value):
            return value
        case SizeList(sizes):
            return tuple(known_size(s) if known_size(s) is not None else s for s in sizes)
        case Items(items):
            return tuple(plain(i, span) for i in items)
        case tuple() | None:
            return meaning
    raise Refused(NotExpected(span, describe(meaning), "a number, a word, a size or an array"))
