"""Preconditioners: the operator that is diagonal under the Fourier transform and nearest to a self-adjoint one, read off its structure.

The diagonal of F X Fᴴ is the spectrum of T. Chan's optimal circulant: no other circulant is nearer to X in Frobenius' norm, and it is
positive where X is. [Chan 1988; Chan, Ng 1996]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from invlang.graph.arithmetic import ONE, abs2, add, conj, literal_factor, multiply, number
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, Sum, children_of
from invlang.graph.spaces import Space
from invlang.graph.values import Aligned, Call, Reduce, SizeValue, Value, operands_of
from invlang.meaning.primitives import primitive_named
from invlang.rules.composition import product
from invlang.rules.facts import claims
from invlang.rules.fields import hermitian_part
from invlang.rules.matrices import as_vector, is_matrix
from invlang.rules.simplify import simplify
from invlang.rules.traits import is_constant_along

Axes = tuple[int, ...]


def preconditioned(forward: Operator) -> tuple[Operator, Operator] | None:
    """(L, L X L) for X = `forward` and L = Fᴴ diag(d)^(−½) F with the nearest spectrum d; None where X is not near to any.

    X⁻¹ = L (L X L)⁻¹ L, and conjugate gradients find the inner inverse in fewer rounds.
    """
    space = forward.domain
    axes = axes_of_transforms(forward)
    if not isinstance(space, Space) or axes is None or -axes[0] > space.rank:
        return None
    spectrum = nearest_spectrum(forward, axes)
    if spectrum is None or is_flat(spectrum, axes) or is_rough(spectrum):
        return None
    whole = space.over("complex")
    root = Call("nearest", "inverse_root", (spectrum,), (("axes", axes),), spectrum.space)
    transform = Leaf(primitive_named("Fourier"), (("axes", axes), ("centred", False)), whole, whole)
    inside = Compose((transform.flipped, Diagonal(root, whole), transform))
    embedding = Leaf(primitive_named("Complex"), (), space, whole) if space.field != "complex" else None
    half = simplify(inside if embedding is None else Compose((embedding.flipped, inside, embedding)))
    return half, simplify(Compose((half, forward, half)))


def is_rough(value: Value) -> bool:
    """Whether neighbouring frequencies may differ much: of samples anywhere between them, unless coils' maps are in front."""
    if isinstance(value, Call) and value.function in ("toeplitz_spectrum", "seen_through"):
        return value.function == "toeplitz_spectrum"
    return any(map(is_rough, operands_of(value)))


def axes_of_transforms(operator: Operator) -> Axes | None:
    """The axes of all Fourier transforms inside, where there is one."""
    axes = {a for leaf in leaves_of(operator) if claims(leaf, "spectral") for a in leaf.argument("axes")}
    return tuple(sorted(axes)) or None


def leaves_of(operator: Operator) -> Iterator[Leaf]:
    if isinstance(operator, Leaf):
        yield operator
    for child in children_of(operator):
        yield from leaves_of(child)


def nearest_spectrum(operator: Operator, axes: Axes, several: bool = False) -> Value | None:
    """The diagonal of F X Fᴴ for a self-adjoint X of images; None where something in X is not known well enough.

    several: X is what one of several views of an image sees.
    """
    match operator:
        case Identity():
            return ONE
        case Diagonal(value):
            return mean_along(value, axes)
        case Sum():
            return sum_of(operator, axes, nearest_spectrum)
        case Compose(factors):
            return of_product(factors, axes, several)
    return None


def sum_of(operator: Sum, axes: Axes, of: Callable[[Operator, Axes], Value | None]) -> Value | None:
    parts: list[Value] = []
    for c, t in operator.terms:
        part = of(t, axes)
        if part is None:
            return None
        parts.append(multiply(c, part))
    return add(*parts)


def mean_along(value: Value, axes: Axes) -> Value:
    varying = tuple(a for a in axes if not is_constant_along(value, a))
    return Reduce("mean", value, varying, keep=True) if varying else value


def is_flat(value: Value, axes: Axes) -> bool:
    """Whether a value is the same along the axes."""
    return mean_along(value, axes) is value


def of_product(factors: tuple[Operator, ...], axes: Axes, several: bool) -> Value | None:
    """Of a product Yᴴ Z Y, from the outside in."""
    first, *middle, last = factors
    inner = product(tuple(middle), first.domain)
    if isinstance(first, Diagonal) and isinstance(last, Diagonal):
        within = nearest_spectrum(inner, axes)
        return None if within is None else seen_through(within, first, last, axes, several)
    if not (isinstance(first, Leaf) and isinstance(last, Leaf) and first.flipped is last):
        return None
    if claims(last, "spectral"):
        return diagonal_in_spectrum(inner, axes) if not last.adjoint and last.argument("axes") == axes else None
    if claims(last, "translation"):
        return nearest_spectrum(inner, axes)
    if claims(last, "embedding"):
        within = nearest_spectrum(inner, axes, several)
        return within if within is None or last.adjoint else hermitian_part(within, axes)
    if claims(last, "copies") and not last.adjoint:
        return of_copies(nearest_spectrum(inner, axes, True), last)
    if is_matrix(last) and not last.adjoint and not middle and last.argument("axis") not in axes:
        energies = Reduce("sum", abs2(last.argument("matrix")), (-2,)) if last.argument("matrix").space.rank > 1 else None
        return Aligned(abs2(as_vector(last.argument("matrix"))) if energies is None else energies, last.argument("axis"))
    if claims(last, "window") and set(last.argument("axes")) <= set(axes):
        return of_window(inner, last, axes)
    return None


def of_copies(within: Value | None, copies: Leaf) -> Value | None:
    """Rᴴ Z R adds up what the copies see."""
    if within is None:
        return None
    axis = copies.argument("axis")
    if is_constant_along(within, axis):
        return multiply(SizeValue(copies.to.axes[axis].size), within) if -axis > within.space.rank else None
    return Reduce("sum", within, (axis,))


def of_window(inner: Operator, window: Leaf, axes: Axes) -> Value | None:
    """Of Cᴴ C, which keeps a part of all samples, and of a padded image that something larger sees; borders are taken for zeros."""
    small, large = (window.to, window.of) if "coisometry" in window.primitive.facts else (window.of, window.to)
    if window.domain == large:
        shares = (SizeValue(small.axes[a].size / large.axes[a].size) for a in window.argument("axes"))
        return multiply(*shares) if isinstance(inner, Identity) else None
    within = nearest_spectrum(inner, axes)
    if within is None or is_flat(within, axes):
        return within
    sizes = tuple(small.axes[a].size for a in axes)
    shape = (*within.space.axes[: within.space.rank + axes[0]], *small.axes[axes[0] :])
    return Call("nearest", "toeplitz_mean", (within,), (("axes", axes), ("sizes", sizes)), Space("real", tuple(shape)))


def seen_through(within: Value, first: Diagonal, last: Diagonal, axes: Axes, several: bool) -> Value | None:
    """Of c Dᴴ Z D: every frequency is a mean of those of Z, with the power of the weights' spectrum between them.

    What the weights of a single view hide stays a null space that no circulant has; other views see it.
    """
    weights = multiply(first.value, last.value)
    if is_flat(weights, axes) or is_flat(within, axes):
        return multiply(within, mean_along(weights, axes))
    (c, outer), (k, inner) = literal_factor(first.value), literal_factor(last.value)
    if not several or outer is not conj(inner):
        return None
    options = (("axes", axes), ("ranks", (within.space.rank, inner.space.rank)))
    return multiply(number(c), number(k), Call("nearest", "seen_through", (within, inner), options, last.space.over("real")))


def diagonal_in_spectrum(operator: Operator, axes: Axes) -> Value | None:
    """The diagonal of a self-adjoint Y of spectra."""
    match operator:
        case Identity():
            return ONE
        case Diagonal(value):
            return value
        case Sum():
            return sum_of(operator, axes, diagonal_in_spectrum)
        case Compose((first, *middle, last)):
            inner = product(tuple(middle), first.domain)
            if isinstance(first, Diagonal) and isinstance(last, Diagonal):
                within = diagonal_in_spectrum(inner, axes)
                return None if within is None else multiply(first.value, within, last.value)
            if isinstance(first, Leaf) and isinstance(last, Leaf) and first.flipped is last and claims(last, "spectral"):
                return nearest_spectrum(inner, axes) if last.adjoint and last.argument("axes") == axes else None
    return None
