"""Sensitivity maps as a calculation with the data of coils."""

from __future__ import annotations

from typing import Any

from invlang.graph.spaces import Product, Space, numeric
from invlang.graph.values import Call
from invlang.meaning.meanings import Array, describe
from invlang.meaning.mistakes import NotExpected, Refused, WrongArgument, WrongDomain, WrongSpace
from invlang.meaning.numbers import number_of
from invlang.source import Span
from invlang.spelling import closest

OPTIONS = {"calibration": int, "kernel": int, "threshold": float, "crop": float}


def espirit(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """Maps of coils from the middle of their k-space, one for each of the third axis from the end."""
    if len(arguments) != 1 or not isinstance(arguments[0], Array):
        found = describe(arguments[0]) if arguments else "nothing"
        raise Refused(NotExpected(span, found, "the k-space of several coils", "as in `espirit(y)`"))
    space = arguments[0].space
    if isinstance(space, Product) or space.field != "complex" or space.rank < 3:
        why = "k-space has complex numbers, and axes for the coils, the rows and the columns"
        raise Refused(WrongSpace(span, "what `espirit` is given", "complex[..., C, H, W]", str(space), (why,)))
    options = tuple((name, option(name, meaning, span)) for name, meaning in keywords.items())
    return Array(Call("coils", "espirit", (arguments[0].value,), options, space), space)


def option(name: str, meaning: Any, span: Span) -> int | float:
    if name not in OPTIONS:
        what = f"`espirit` has no argument called `{name}`"
        raise Refused(WrongArgument(span, what, ", ".join(("y", *OPTIONS)), closest(name, tuple(OPTIONS))))
    number = number_of(meaning)
    wanted = "a whole number above 0" if OPTIONS[name] is int else "a number between 0 and 1"
    if number is None or (not isinstance(number, int) or number < 1 if OPTIONS[name] is int else not 0 <= number <= 1):
        raise Refused(NotExpected(span, describe(meaning) if number is None else f"{number}", f"{wanted} as `{name}`"))
    return number


def unfold(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """unfold(images, maps, ridge): the image of which coils see as many pixels on each other as the maps are wider than the images."""
    (images, maps), ridge = arguments, number_of(keywords["ridge"])
    if ridge is None or ridge < 0:
        raise Refused(WrongDomain(span, f"`ridge` is {ridge}", "it is added to squares: a number of at least 0"))
    space = Space("complex", (*images.space.axes[:-3], images.space.axes[-2], maps.space.axes[-1]))
    return Array(Call("coils", "unfold", (images.value, maps.value), (("ridge", float(ridge)),), numeric(space)), space)


BUILDERS = {"espirit": espirit, "unfold": unfold}
