"""Real images through complex maps: where the embedding goes, and what taking the real part leaves of a spectrum."""

from __future__ import annotations

from typing import TypeGuard

from invlang.graph.operators import Diagonal, Leaf, Operator
from invlang.graph.spaces import Space
from invlang.graph.values import Call, Value
from invlang.rules.composition import is_embedding, over_field
from invlang.rules.facts import claims
from invlang.rules.law import Factors, law
from invlang.rules.traits import is_constant_along, is_hermitian


@law("real-map", "a real map commutes with taking the real part", 2)
def real_map(left: Operator, right: Operator) -> Factors | None:
    """Real P = P Real and P Complex = Complex P for a real P such as padding: the embedding moves to where it can cancel."""
    if is_embedding(right, adjoint=False) and is_real_map(left):
        real = over_field(left, "real")
        return embedded(right, real.codomain), real
    if is_embedding(left, adjoint=True) and is_real_map(right):
        real = over_field(right, "real")
        return real, embedded(left, real.domain)
    return None


def is_real_map(operator: Operator) -> TypeGuard[Leaf]:
    """A primitive that does the same to the real and to the imaginary part; not a shift, which goes past circulants instead."""
    return isinstance(operator, Leaf) and claims(operator, "real") and not claims(operator, "translation")


def embedded(embedding: Leaf, space: Space) -> Leaf:
    """The embedding (or its adjoint) of another space of real images."""
    return Leaf(embedding.primitive, embedding.arguments, space, space.over("complex"), embedding.adjoint)


@law("real-spectrum", "of a real image's real part only the Hermitian part of the spectrum is seen", 5)
def real_spectrum(a: Operator, b: Operator, c: Operator, d: Operator, e: Operator) -> Factors | None:
    """Real Fᴴ D F Complex = Real Fᴴ D' F Complex with d'[k] = (d[k] + conj d[−k]) / 2, which half a spectrum can say."""
    if not (is_embedding(a, adjoint=True) and is_embedding(e, adjoint=False) and isinstance(c, Diagonal)):
        return None
    if not (isinstance(b, Leaf) and isinstance(d, Leaf) and b is d.flipped and claims(d, "spectral") and not d.adjoint):
        return None
    seen = hermitian_part(c.value, d.argument("axes"))
    return None if seen is c.value else (a, b, Diagonal(seen, c.space), d, e)


def hermitian_part(value: Value, axes: tuple[int, ...]) -> Value:
    """(d[k] + conj d[−k]) / 2, for an image's spectrum over the axes."""
    varying = tuple(m for m in axes if not is_constant_along(value, m))
    if not varying or is_hermitian(value, axes):
        return value
    return Call("fourier", "hermitian_part", (value,), (("axes", varying),), value.space)


LAWS = (real_map, real_spectrum)
