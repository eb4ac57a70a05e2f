"""Arrays that the language can make: spectra, kernels, masks, eigenvalues.  Each names the kernel that calculates it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.spaces import Axis, Size, Space, dim, floor_divide, known_size, size
from invlang.graph.values import Aligned, Call, Reduce, SizeValue, Table
from invlang.kernels.wavelet_filters import wavelet_filter
from invlang.meaning import coils, nonuniform, parts_of_data, waves
from invlang.meaning.arguments import means_no_value
from invlang.meaning.meanings import Array, AxisList, AxisRef, TextOf, Word, describe
from invlang.meaning.mistake import is_in_library
from invlang.meaning.mistakes import KernelTooLong, NotExpected, Refused, UnknownChoice, shortened
from invlang.meaning.scanners import BUILDERS as SCANNERS
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import size_from
from invlang.source import Span
from invlang.spelling import closest
from invlang.syntax import tree

Evaluate = Callable[[Any, Scope], Any]
Builder = Callable[[list[Any], dict[str, Any], Span], Any]


def build(builder: Builder, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in node.arguments:
        value = argument.value
        bare = isinstance(value, tree.Name) and means_no_value(value.text, scope)
        meaning = Word(value.text) if bare else evaluate(value, scope)
        if argument.name is not None:
            keywords[argument.name.text] = meaning
        elif isinstance(meaning, AxisList):
            positional += meaning.axes
        else:
            positional.append(meaning)
    try:
        return builder(positional, keywords, node.span)
    except (IndexError, ValueError, TypeError, AttributeError):  # builders are made for the calls of the library
        if is_in_library(node.span):
            raise
        name = node.function.text if isinstance(node.function, tree.Name) else "this function"
        wanted = f"the arguments that `{name}` takes in the library"
        raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`", wanted)) from None


def axes_in(arguments: list[Any]) -> list[AxisRef]:
    return [a for a in arguments if isinstance(a, AxisRef)]


def positions(axes: list[AxisRef]) -> tuple[int, ...]:
    """Where the axes stand, from the end; in the order given where nothing says."""
    return tuple(a.position if a.position is not None else i - len(axes) for i, a in enumerate(axes))


def trailing(axes: list[AxisRef], field: str, sizes: list[Size] | None = None) -> tuple[Space, tuple[int, ...], tuple[Any, ...]]:
    """The space that reaches from the first of the axes to the end, 1 where no axis is meant; positions and sizes ascending."""
    where = positions(axes)
    order = sorted(range(len(axes)), key=lambda i: where[i])
    lengths = sizes or [a.size for a in axes]
    result = [Axis(size(1))] * -min(where)
    for i in order:
        result[where[i]] = Axis(lengths[i], axes[i].label)
    plain = tuple(known_size(lengths[i]) if known_size(lengths[i]) is not None else lengths[i] for i in order)
    return Space(field, tuple(result)), tuple(where[i] for i in order), plain


def array_in(arguments: list[Any], span: Span) -> Array:
    found = next((a for a in arguments if isinstance(a, Array)), None)
    if found is None:
        raise Refused(NotExpected(span, "no array", "an array"))
    return found


def spectrum(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The spectrum of a convolution kernel, or of each of several, at the size of the image."""
    h, axes = array_in(arguments, span), axes_in(arguments)
    plane, where, sizes = trailing(axes, "complex")
    bank = h.space.rank - len(axes)
    space = Space("complex", (*h.space.axes[:bank], *plane.axes))
    for taps, axis in zip(h.space.sizes[bank:], axes, strict=True):
        if taps.is_Integer and axis.size.is_Integer and taps > axis.size:
            label = "" if axis.label.rstrip("°") == "axes" else axis.label
            raise Refused(KernelTooLong(span, str(taps), str(axis.size), label))
    return Array(Call("fourier", "spectrum", (h.value,), (("axes", where), ("sizes", sizes)), space), space)


def laplacian(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The eigenvalues of ∇ᴴ∇ in the basis that its border fits."""
    axes = axes_in(arguments)
    boundary = next(a.text for a in arguments if isinstance(a, Word))
    space, where, sizes = trailing(axes, "real")
    options: tuple[tuple[str, Any], ...] = (("sizes", aligned(where, sizes)), ("boundary", boundary))
    if boundary == "dirichlet" and where != tuple(range(-len(axes), 0)):
        options += (("axes", where),)
    return Array(Call("differences", "laplacian_eigenvalues", (), options, space), space)


def modulation(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """ω^k, what a shift is in a spectrum: `modulation(axes..., offset = k)`."""
    axes, offsets = axes_in(arguments), keywords["offset"].sizes
    space, where, sizes = trailing(axes, "complex")
    order = sorted(range(len(axes)), key=positions(axes).__getitem__)
    moves: list[Any] = [0] * -min(where)
    for position, i in zip(where, order, strict=True):
        moves[position] = int(offsets[i]) if offsets[i].is_Integer else offsets[i]
    options = (("sizes", aligned(where, sizes)), ("offsets", tuple(moves)))
    return Array(Call("fourier", "modulation", (), options, space), space)


def aligned(where: tuple[int, ...], sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sizes with 1 in the gaps between axes, for arrays that reach to the end."""
    result: list[Any] = [1] * -min(where)
    for position, length in zip(where, sizes, strict=True):
        result[position] = length
    return tuple(result)


def comb(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    axes = axes_in(arguments)
    space, where, sizes = trailing(axes, "binary")
    options = (("axes", where), ("sizes", sizes), ("factor", whole(keywords["factor"], span)))
    return Array(Call("selection", "comb", (), options, space.over("real")), space)


def fold_mean(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The mean over the frequencies that alias."""
    d, axes = array_in(arguments, span), axes_in(arguments)
    factor = whole(keywords["factor"], span)
    where = tuple(sorted(positions(axes)))
    lengths = list(d.value.space.axes)
    for p in where:
        if -p <= len(lengths) and lengths[p].size != 1:
            lengths[p] = Axis(floor_divide(lengths[p].size, size(factor)), lengths[p].name)
    space = Space(d.value.space.field, tuple(lengths))
    return Array(Call("fourier", "fold_mean", (d.value,), (("axes", where), ("factor", factor)), space), space)


def whole(meaning: Any, span: Span) -> int:
    value = getattr(getattr(meaning, "value", meaning), "value", None)
    if not isinstance(value, int) or value < 1:
        raise Refused(NotExpected(span, describe(meaning), "a whole number above 0"))
    return value


def filter_bank(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The filters of an orthonormal wavelet as the matrices that its transform is made of."""
    low = filter_table(arguments, keywords, span)
    taps = len(low.value.numbers)  # type: ignore[attr-defined]
    block = max(16, taps)
    space = Space("real", (Axis(size(2)), Axis(size(block)), Axis(size(block + taps))))
    return Array(Call("wavelets", "filter_bank", (low.value,), (), space), space)


def filter_table(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The low-pass filter of an orthonormal wavelet."""
    name = arguments[0].text if arguments and isinstance(arguments[0], TextOf | Word) else ""
    try:
        taps = wavelet_filter(name)
    except (KeyError, ValueError):
        known = (
            "haar",
            *(f"db{n}" for n in range(1, 21)),
            *(f"sym{n}" for n in range(2, 21)),
            *(f"coif{n}" for n in range(1, 6)),
        )
        choices = ("haar", "db1 … db20", "sym2 … sym20", "coif1 … coif5")
        raise Refused(UnknownChoice(span, name, "filter", choices, closest(name, known))) from None
    table = Table(tuple(taps), name)
    return Array(table, table.space)


def level_weights(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """For each band of an undecimated transform, how many times as dense as a basis's its coefficients are, under a root: 2^(−jk/2) at
    level j of k axes, the coarse part first."""
    k, levels = len(axes_in(arguments)), whole(keywords["levels"], span)
    depths = [levels, *(levels - i // (2**k - 1) for i in range(levels * (2**k - 1)))]
    weights = Aligned(Table(tuple(2 ** (-j * k / 2) for j in depths), "level_weights"), -k - 1)
    return Array(weights, weights.space)


def sample_index(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    mask = array_in(arguments, span)
    count = dim(f"count_{getattr(mask.value, 'name', 'mask')}")
    space = Space("integer", (Axis(count),))
    return Array(Call("selection", "sample_index", (mask.value,), (), space), space)


def bayer(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The Bayer pattern as three masks: R at [1::2, 1::2], G at [0::2, 1::2] and [1::2, 0::2], B at [0::2, 0::2]."""
    plane, _, sizes = trailing(axes_in(arguments), "binary")
    space = Space("binary", (Axis(size(3)), *plane.axes))
    return Array(Call("masks", "bayer", (), (("sizes", sizes),), space.over("real")), space)


def rec601(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    table = Table((0.299, 0.587, 0.114), "rec601")
    return Array(table, table.space)


def inner_differences(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """0 where a circular difference wraps around the border, one mask an axis; before as many axes as are meant, as in ∇."""
    axes = axes_in(arguments)
    plane, where, sizes = trailing(axes, "binary")
    count = len(axes)
    space = Space("binary", (*plane.axes[:-count], Axis(size(count), "gradient"), *plane.axes[-count:]))
    options: tuple[tuple[str, Any], ...] = (("sizes", aligned(where, sizes)),)
    if positions(axes) != tuple(range(-count, 0)):
        options += (("axes", positions(axes)),)
    return Array(Call("masks", "inner_differences", (), options, space), space)


def copies_of(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """In how many patches of that size each sample lies, of those from every `every`-th place on."""
    lengths, every = arguments[0].sizes, whole(arguments[1], span)
    total = size(1)
    for length in lengths:
        if length.is_Integer and length % every:
            raise Refused(
                NotExpected(span, f"a step of {every} between patches of {length} samples", "a step that divides their size")
            )
        total = total * floor_divide(length, size(every))
    return Array(SizeValue(total), Space("integer"))


def sum_along(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    """The sum of a diagonal over an axis along which images are copies of each other."""
    d = array_in(arguments, span)
    axis, length = (size_from(a) for a in arguments[1:])
    assert axis is not None and length is not None
    position, space = int(axis), d.value.space
    if -position > space.rank:
        value = arithmetic.multiply(SizeValue(length), d.value)
    elif space.axes[position].size == 1 and length != 1:
        value = arithmetic.multiply(SizeValue(length), Reduce("sum", d.value, (position,)))
    else:
        value = Reduce("sum", d.value, (position,))
    return Array(value, value.space)


def count(arguments: list[Any], keywords: dict[str, Any], span: Span) -> Array:
    return Array(SizeValue(size(len(axes_in(arguments)))), Space("integer"))


BUILDERS: dict[str, Builder] = {
    **SCANNERS,
    "spectrum": spectrum,
    "laplacian": laplacian,
    "modulation": modulation,
    "comb": comb,
    "fold_mean": fold_mean,
    "wavelet_filter": filter_table,
    "filter_bank": filter_bank,
    "level_weights": level_weights,
    "sample_index": sample_index,
    "bayer": bayer,
    "rec601": rec601,
    "count": count,
    "inner_differences": inner_differences,
    "sum_along": sum_along,
    "copies_of": copies_of,
    **coils.BUILDERS,
    **nonuniform.BUILDERS,
    **waves.BUILDERS,
    **parts_of_data.BUILDERS,
}
