"""The functions of arrays that every program knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.spaces import SCALAR, Axis, Product, Space, numeric, size
from invlang.graph.values import Call, Number, Random, Reduce, Value
from invlang.meaning.meanings import Array, AxisList, AxisRef, Items, SizeList, Word, describe
from invlang.meaning.mistakes import AmbiguousAxis, NoSuchAxis, NotExpected, Refused, WrongArgument, plural
from invlang.meaning.synonyms import nearest
from invlang.source import Span

POINTWISE = {
    "abs": 1,
    "abs2": 1,
    "exp": 1,
    "log": 1,
    "sqrt": 1,
    "sin": 1,
    "cos": 1,
    "min": 2,
    "max": 2,
    "clip": 3,
    "round": 1,
    "nearest": 1,
    "real": 1,
    "imag": 1,
    "conj": 1,
    "sign": 1,
    "log_bessel": 1,
    "bessel_ratio": 1,
    "digamma": 1,
    "trigamma": 1,
}
REDUCTIONS = ("sum", "mean", "norm2_over")
RANDOM = {
    "randn": ("standard_normal", 1),
    "rand": ("uniform", 1),
    "rand_per_sample": ("uniform_per_sample", 1),
    "random_signs": ("random_signs", 1),
    "complex_normal": ("complex_normal", 1),
    "poisson": ("poisson", 1),
    "laplace": ("laplace", 1),
    "binomial": ("binomial", 2),
    "standard_gamma": ("standard_gamma", 2),
    "standard_beta": ("standard_beta", 3),
    "salt_and_pepper": ("salt_and_pepper", 3),
}
KERNELS = {
    "soft_threshold": ("functionals", 2),
    "cut_short": ("functionals", 2),
    "group_soft_threshold": ("functionals", 3),
    "project_to_balls": ("functionals", 3),
    "group_norm": ("functionals", 2),
    "project_to_simplex": ("functionals", 3),
    "simplex_fidelity": ("functionals", 3),
    "singular_values": ("functionals", 1),
    "singular_threshold": ("functionals", 2),
    "entropy_fidelity": ("functionals", 2),
    "entropy_prox": ("functionals", 3),
    "burg_fidelity": ("functionals", 1),
    "poisson_prox": ("functionals", 3),
    "poisson_fidelity": ("functionals", 2),
    "poisson_slope": ("functionals", 2),
    "box_fidelity": ("functionals", 3),
    "relative_difference": ("neighbours", 4),
    "relative_slope": ("neighbours", 4),
    "hard_threshold": ("thresholds", 2),
    "is_present": ("thresholds", 1),
    "log_threshold": ("thresholds", 3),
    "power_threshold": ("thresholds", 3),
    "project_to_l1_ball": ("thresholds", 2),
    "mixture_energy": ("mixtures", 5),
    "mixture_gradient": ("mixtures", 5),
    "mixture_mean": ("mixtures", 6),
    "eigenvalues": ("mixtures", 1),
    "eigenvectors": ("mixtures", 1),
    "rice_variance": ("special", 2),
    "mixture_fidelity": ("special", 3),
    "mixture_slope": ("special", 3),
    "largest": ("", 1),
    "real_parts": ("", 1),
}
COLLAPSING = ("group_norm", "simplex_fidelity")
OF_SAMPLES = ("mixture_fidelity", "mixture_slope")
REAL_VALUED = ("is_present",)
OWN_SHAPES = ("mixture_energy", "mixture_gradient", "mixture_mean")
"""What takes arrays that do not stretch to the first one's shape."""
WHOLE = ("project_to_l1_ball",)
ORDERED = ("min", "max", "clip", "round", "nearest")
GRAPH_NAMES = {"min": "minimum", "max": "maximum", "clip": "clamp"}
ALL = (*POINTWISE, *REDUCTIONS, *RANDOM, *KERNELS)


def check_arity(name: str, count: int, span: Span) -> None:
    tables = {**RANDOM, **KERNELS}
    wanted = tables[name][1] if name in tables else POINTWISE.get(name, 1)
    if count != wanted:
        raise Refused(
            WrongArgument(span, f"`{name}` takes {plural(wanted, 'argument')}, and here it has {plural(count, 'argument')}")
        )


def is_complex_meaning(meaning: Any) -> bool:
    space = getattr(meaning, "space", None)
    return isinstance(space, Space) and space.field == "complex"


def axes_argument(keywords: dict[str | None, Any], argument: Any, span: Span) -> tuple[int, ...] | None:
    """The positions that `axis = …` names in the argument's space; None where all axes are meant."""
    given = keywords.pop("axis", None)
    if given is None:
        return None
    space = getattr(argument, "space", None)
    if not isinstance(space, Space):
        raise Refused(NotExpected(span, describe(argument), "an array"))
    if isinstance(given.meaning, SizeList) and all(getattr(s, "is_Integer", True) and s < 0 for s in given.meaning.sizes):
        return tuple(sorted(int(s) for s in given.meaning.sizes))
    labels = axis_labels(given.meaning, given.span)
    return tuple(sorted(position_of(label, space, given.span) for label in labels))


def axis_labels(meaning: Any, span: Span) -> list[str]:
    match meaning:
        case Word(text):
            return [text]
        case AxisRef(label=label):
            return [label]
        case AxisList(axes):
            return [a.label for a in axes]
        case Items(items):
            return [label for item in items for label in axis_labels(item, span)]
        case SizeList() | Array():
            raise Refused(NotExpected(span, "a number", "the name of an axis"))
    raise Refused(NotExpected(span, describe(meaning), "the name of an axis"))


def position_of(label: str, space: Space, span: Span) -> int:
    positions = space.named(label)
    if len(positions) > 1:
        raise Refused(AmbiguousAxis(span, label, str(space)))
    if not positions:
        has = tuple(a.name for a in space.axes if a.name)
        raise Refused(NoSuchAxis(span, label, str(space), has, nearest(label, has)))
    return positions[0]


def all_axes(space: Space) -> tuple[int, ...]:
    return tuple(range(-space.rank, 0))


def reduce_array(name: str, argument: Array, axes: tuple[int, ...] | None) -> Array:
    space = numeric(argument.space)
    function = "norm2" if name == "norm2_over" else name
    value = Reduce(function, argument.value, all_axes(space) if axes is None else axes) if space.rank else argument.value
    kept = () if axes is None else tuple(a for i, a in enumerate(space.axes, -space.rank) if i not in axes)
    return Array(value, Space("real" if function == "norm2" else space.field, kept))


def pointwise_array(name: str, arguments: list[Array], stretched: Callable[[Any, Any], Any]) -> Array:
    space = arguments[0].space
    for other in arguments[1:]:
        space = space if name in OWN_SHAPES else stretched(space, other.space)
    value = pointwise_value(name, [a.value for a in arguments])
    if isinstance(space, Product):
        return Array(value, space)
    return Array(value, Space(value.space.field, space.axes))


def pointwise_value(name: str, values: list[Value]) -> Value:
    """A function of arrays at values.  largest: the largest entry of a sample;  real_parts: real numbers in an entry, 1 or 2."""
    if name in RANDOM:
        return Random(RANDOM[name][0], name, tuple(values), space_of_draw(name, values[0].space))
    if name == "largest":
        return Reduce("max", values[0], all_axes(values[0].space))
    if name == "real_parts":
        return Number(2 if arithmetic.is_complex_value(values[0]) else 1)
    if name in OF_SAMPLES:
        return Call(KERNELS[name][0], name, tuple(values), (("rank", values[0].space.rank),), SCALAR)
    if name in KERNELS:
        options = (("rank", values[0].space.rank),) if name in WHOLE else ()
        space = values[0].space.over("real") if name in REAL_VALUED else values[0].space
        return Call(KERNELS[name][0], name, tuple(values), options, space)
    return arithmetic.pointwise(GRAPH_NAMES.get(name, name), *values)


def space_of_draw(name: str, like: Space) -> Space:
    """What a draw as large as another array is an element of."""
    fields = {"rand": "real", "complex_normal": "complex"}
    return SCALAR if name == "rand_per_sample" else like.over(fields.get(name, like.field))


def along_axes(name: str, arguments: list[Any]) -> Array:
    """A kernel that is told which axes to look along, as positions."""
    arrays = [a for a in arguments if isinstance(a, Array)]
    axes = next(a.sizes for a in arguments if isinstance(a, SizeList))
    space = arrays[0].value.space
    space = collapsed(space, axes) if name in COLLAPSING else space
    value = Call(KERNELS[name][0], name, tuple(a.value for a in arrays), (("axis", tuple(axes)),), space)
    return Array(value, space if name in COLLAPSING else arrays[0].space)


def collapsed(space: Space, axes: tuple[int, ...]) -> Space:
    """The space of one real number along these axes."""
    return Space("real", tuple(Axis(size(1)) if i in axes else a for i, a in enumerate(space.axes, -space.rank)))
