"""Spaces as patterns: fitting a signature's space to the space at hand, axis by axis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from invlang.graph.spaces import AnySpace, Axis, Product, Size, Space, floor_divide, show_size, size
from invlang.graph.values import Number, SizeValue
from invlang.meaning.meanings import Array, AxisList, AxisRef, SizeList
from invlang.meaning.mistake import plural
from invlang.syntax import tree


class Misfit(Exception):
    """A space does not have the pattern; says why in a few words."""


Names = dict[str, Any]


def fit(pattern: tree.Space, actual: Space, names: Names, stretch: bool = False) -> Space:
    """Binds the pattern's names to the axes of the space; returns the space with the names' labels.

    stretch: an axis of size 1 fits anything and leading axes may be missing (arrays that are multiplied, such as masks).
    """
    fit_field(pattern, actual, names)
    before, after = split(pattern)
    middle = [a for a in pattern.axes[len(before) : len(pattern.axes) - len(after)]]
    variadic = next((a for a in middle if isinstance(a, tree.Splat)), None)
    lone = stretch and len(pattern.axes) == 1
    alone = variadic if len(middle) == 1 and stretch else None
    counted = count_of(variadic, names, actual, len(before) + len(after), lone or alone is not None) if variadic else 0
    fixed = max(1, len(before) + len(after) + counted) if lone else len(before) + len(after) + counted
    has_rest = any(isinstance(a, tree.Ellipsis_) for a in middle)
    if 0 < len(actual.axes) < fixed and stretch and has_rest:
        actual = Space(actual.field, (*(Axis(size(1)) for _ in range(fixed - len(actual.axes))), *actual.axes))
    if len(actual.axes) < fixed or (len(actual.axes) > fixed and not has_rest):
        raise Misfit(f"{plural(fixed, 'axis')}{' or more' if has_rest else ''} wanted, {plural(len(actual.axes), 'axis')} found")
    axes = list(actual.axes)
    for i, wanted in enumerate(before):
        axes[i] = fit_axis(wanted, i, names, stretch, axes)
    start = len(axes) - len(after)
    for i, wanted in enumerate(after):
        axes[start + i] = fit_axis(wanted, start + i, names, stretch, axes)
    if variadic is not None:
        bound = names.get(variadic.name.text)
        if isinstance(bound, AxisList):
            check_variadic(bound, axes[start - counted : start], stretch)
        else:
            bind_variadic(variadic, axes, start - counted, counted, names)
    return replace(actual, axes=tuple(axes))


def check_variadic(bound: AxisList, axes: list[Axis], stretch: bool) -> None:
    """Axes that have been named already have the sizes of those named, in the order in which the image has them."""
    for ref, axis in zip(sorted(bound.axes, key=lambda a: a.position or 0), axes, strict=True):
        if axis.size != ref.size and not (stretch and axis.size == 1):
            raise unequal(axis, ref.size)


def split(pattern: tree.Space) -> tuple[list, list]:
    """The axes before and after the pattern's variable stretch (`...`, `axes...`)."""
    loose = [i for i, a in enumerate(pattern.axes) if isinstance(a, tree.Ellipsis_ | tree.Splat)]
    if not loose:
        return list(pattern.axes), []
    return list(pattern.axes[: loose[0]]), list(pattern.axes[loose[-1] + 1 :])


def count_of(variadic: tree.Splat, names: Names, actual: Space, fixed: int, lone: bool) -> int:
    """How many axes a variadic name stands for.  lone: nothing else of an array is open, so the array itself says it."""
    bound = names.get(variadic.name.text)
    if isinstance(bound, AxisList | SizeList):
        return len(bound.axes if isinstance(bound, AxisList) else bound.sizes)
    if lone:
        return max(0, len(actual.axes) - fixed)
    others = [len(v.axes) for v in names.values() if isinstance(v, AxisList)]
    return others[0] if others else names.get("#default", len(actual.axes) - fixed)


def bind_variadic(variadic: tree.Splat, axes: list[Axis], start: int, count: int, names: Names) -> None:
    refs = []
    for i in range(start, start + count):
        label = axes[i].name
        if label is None or [a.name for a in axes].count(label) > 1:
            label = fresh_label(variadic.name.text, axes)
            axes[i] = Axis(axes[i].size, label)
        refs.append(AxisRef(label, axes[i].size, i - len(axes)))
    names[variadic.name.text] = AxisList(tuple(refs))


def fit_axis(wanted: Any, index: int, names: Names, stretch: bool, axes: list[Axis]) -> Axis:
    axis = axes[index]
    if isinstance(wanted, tree.Name) and wanted.text not in names:
        label = axis.name
        if label is None or [a.name for a in axes].count(label) > 1:
            label = fresh_label(wanted.text, axes)
        if not (stretch and axis.size == 1):
            names[wanted.text] = AxisRef(label, axis.size, None if stretch else index - len(axes))
        return Axis(axis.size, label)
    expected = size_of(wanted, names)
    if expected is None or axis.size == expected or (stretch and axis.size == 1):
        return axis
    raise unequal(axis, expected)


def unequal(axis: Axis, expected: Size) -> Misfit:
    samples = "one sample" if axis.size == 1 else f"{show_size(axis.size)} samples"
    return Misfit(f"an axis of {samples} stands where one of {show_size(expected)} is wanted")


def fresh_label(name: str, axes: list[Axis]) -> str:
    taken = {a.name for a in axes}
    while name in taken:
        name += "°"
    return name


def fit_field(pattern: tree.Space, actual: Space, names: Names) -> None:
    wanted = pattern.field.text
    found = "real" if actual.field in ("binary", "integer") else actual.field
    if wanted == "number":
        if names.setdefault("number", found) != found:
            names["number"] = "complex"
    elif wanted in ("real", "binary", "integer", "boolean") and found == "complex":
        raise Misfit("its values are complex, and real ones are wanted")


def build(pattern: tree.Space, names: Names, rest: tuple[Axis, ...]) -> Space:
    """The space that a pattern describes once its names are bound.  rest: what `...` stands for."""
    axes: list[Axis] = []
    for wanted in pattern.axes:
        match wanted:
            case tree.Ellipsis_():
                axes.extend(rest)
            case tree.Splat():
                axes.extend(spread(names.get(wanted.name.text), names))
            case _:
                axes.append(build_axis(wanted, names))
    field = pattern.field.text
    return Space(names.get("number", "real") if field == "number" else field, tuple(axes))


def spread(meaning: Any, names: Names) -> list[Axis]:
    if isinstance(meaning, AxisList):
        return [Axis(a.size, a.label) for a in meaning.axes]
    if not isinstance(meaning, SizeList):
        raise Misfit("nothing says how many axes it has")
    labels = names["axes"].axes if "axes" in names else ()
    named = [a.label for a in labels] if len(labels) == len(meaning.sizes) else [None] * len(meaning.sizes)
    return [Axis(s, n) for s, n in zip(meaning.sizes, named, strict=True)]


def build_axis(wanted: Any, names: Names) -> Axis:
    if isinstance(wanted, tree.Name):
        meaning = names.get(wanted.text)
        if isinstance(meaning, AxisRef):
            return Axis(meaning.size, meaning.label)
        expression = size_of(wanted, names)
        if expression is None:
            raise Misfit(f"nothing says how long the axis `{wanted.text}` is")
        return Axis(expression, wanted.text)
    expression = size_of(wanted, names)
    if expression is None:
        raise Misfit("nothing says how long one of its axes is")
    mentioned = {n.text for n in names_in(wanted) if isinstance(names.get(n.text), AxisRef)}
    label = names[mentioned.pop()].label if len(mentioned) == 1 else None
    return Axis(expression, label)


def names_in(node: Any) -> list[tree.Name]:
    match node:
        case tree.Name():
            return [node]
        case tree.Binary(_, left, right):
            return names_in(left) + names_in(right)
        case tree.Negate(operand):
            return names_in(operand)
    return []


def size_of(node: Any, names: Names) -> Size | None:
    """The value of a size expression, or None where a name of it is not bound yet."""
    match node:
        case tree.Number(text):
            if not text.isdigit():
                raise Misfit(f"a size is a whole number, and `{text}` is not")
            if len(text) > DIGITS:
                raise Misfit("no image is that large")
            return size(int(text))
        case tree.Name(text):
            return size_from(names.get(text)) if text in names else None
        case tree.Negate(operand):
            inner = size_of(operand, names)
            return None if inner is None else -inner
        case tree.Binary(operator, left, right):
            a, b = size_of(left, names), size_of(right, names)
            return None if a is None or b is None else calculate(operator, a, b)
    raise Misfit("a size is made of whole numbers, dims and + - * // ^")


DIGITS = 12
LARGEST = 10**DIGITS


def calculate(operator: str, a: Size, b: Size) -> Size:
    """One step of arithmetic with sizes.  Raises Misfit where it has no answer, or one that no image has."""
    result = calculated(operator, a, b)
    if result.is_Integer and abs(int(result)) > LARGEST:
        raise Misfit("no image is that large")
    if not result.is_Integer and result.count_ops() > 60:
        raise Misfit("its formula is too long")
    return result


def calculated(operator: str, a: Size, b: Size) -> Size:
    if b == 0 and operator in ("/", "//"):
        raise Misfit("it is divided by zero")
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return sympy.expand(a * b)
        case "//" | "/":
            return floor_divide(a, b)
        case "^" if b.is_Integer and 0 <= int(b) <= (40 if a.is_Integer else 4):
            return a**b
        case "^":
            raise Misfit("its exponent is too large" if b.is_Integer and b > 0 else "its exponent is no whole number")
    raise Misfit(f"sizes cannot be combined with `{operator}`")


def size_from(meaning: Any) -> Size | None:
    """A meaning as a size, or None where it is none."""
    match meaning:
        case AxisRef(size=expression):
            return expression
        case Array(SizeValue(expression)):
            return expression
        case Array(Number(value)) if isinstance(value, int):
            return size(value)
    return None


def axes_of_pattern(pattern: tree.Space, names: Names) -> tuple[tuple[str, ...], frozenset[str]]:
    """A pattern's axes for a message, with sizes where they are known; and the names that stand for any size."""
    texts: list[str] = []
    free: set[str] = set()
    for wanted in pattern.axes:
        match wanted:
            case tree.Ellipsis_():
                texts.append("…")
            case tree.Splat(name):
                meaning = names.get(name.text)
                count = max((len(m.axes) for m in names.values() if isinstance(m, AxisList)), default=0)
                known = [show_size(a.size) for a in meaning.axes] if isinstance(meaning, AxisList) else ["any"] * count or ["…"]
                texts += known if texts[-1:] != ["…"] or known != ["…"] else []
            case _:
                text = size_text(wanted, names)
                if text is None:
                    free.add(wanted.span.text)
                texts.append(text or wanted.span.text)
    return tuple(texts), frozenset(free)


def size_text(node: Any, names: Names) -> str | None:
    try:
        expression = size_of(node, names)
    except Misfit:
        return None
    return None if expression is None else show_size(expression)


def axes_text(space: AnySpace) -> tuple[str, ...]:
    """The axes of a space for a message."""
    if isinstance(space, Product):
        return tuple(str(p) for p in space.parts)
    return tuple(show_size(a.size) for a in space.axes)
