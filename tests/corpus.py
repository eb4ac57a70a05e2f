"""Operators that rules are tried on: those of the library's tests, products of blocks, complex multiples, inverses, and random ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from invlang.graph.arithmetic import number
from invlang.graph.operators import (
    Adjoint,
    BlockDiagonal,
    Compose,
    Diagonal,
    Inverse,
    Leaf,
    Operator,
    PseudoInverse,
    Row,
    Stack,
    Sum,
    Zero,
)
from invlang.graph.spaces import Axis, Space, size
from invlang.graph.values import Call, Known
from tests.dense import a_value
from tests.random_operators import Sample, samples
from tests.rule_equations import COMPLEX, REAL
from tests.test_laws import OF_UNKNOWN_SIZE, cases, operators_of
from tests.test_rules import operator_of


@cache
def corpus() -> tuple[Sample, ...]:
    found = [Sample(*operators_of(name)) for name in cases() if name not in OF_UNKNOWN_SIZE]
    found += [*made(), gathered()]

    @settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate,))  # fmt: skip
    @given(samples())
    def collect(sample: Sample) -> None:
        found.append(sample)

    collect()
    return tuple(found)


def blocks(*parts: Operator) -> Operator:
    """One operator beside the other, as the parts of several unknowns."""
    return BlockDiagonal(parts)


def kept_real(transform: Operator, spectrum: Diagonal, weights: Diagonal, real_part: Operator) -> Operator:
    """Whether a real image stays real where its spectrum is multiplied by what another spectrum is through weights."""
    options = (("axes", (-2, -1)), ("ranks", (2, 2)))
    through = Call("nearest", "seen_through", (spectrum.value, weights.value), options, spectrum.value.space.over("real"))
    circulant = Compose((Adjoint(transform), Diagonal(through, spectrum.space), transform))
    return Compose((real_part, circulant, real_part))


def times_i(operator: Operator) -> Operator:
    return Sum(((number(1j), operator),))


# What no program says in so many words: a space, operators on it, and what is made of them.
MADE: tuple[tuple[str, tuple[str, ...], Callable[..., Operator]], ...] = (
    (COMPLEX, ("Fourier(H, W)", "Diagonal(e)"), blocks),
    (COMPLEX, ("Diagonal(e)", "Fourier(H, W)"), blocks),
    (COMPLEX, ("Identity()", "Complex @ Real"), blocks),
    (COMPLEX, ("0 * Identity()", "0 * Diagonal(e)"), blocks),
    (COMPLEX, ("Blur(h)", "Identity()"), lambda a, b: blocks(a, times_i(b))),
    (COMPLEX, ("Diagonal(m)", "Fourier(H, W, centred)", "Blur(h)"), blocks),
    (COMPLEX, ("Dense(i, axis = W) + Diagonal(e)", "Blur(h)"), blocks),
    (COMPLEX, ("Blur(h)", "Diagonal(e)", "Fourier(H, W)"), lambda a, b, c: Sum(((number(2), Compose((Stack((a, b)), Row((b, c))))), (number(3), blocks(a, c))))),
    (COMPLEX, ("Blur(h)", "Diagonal(e)", "Fourier(H, W)"), lambda a, b, c: Compose((blocks(a, b), blocks(b, c)))),
    (COMPLEX, ("Blur(h)", "Diagonal(e)", "Fourier(H, W)"), lambda a, b, c: Compose((Row((a, b)), blocks(b, c)))),
    (COMPLEX, ("Blur(h)", "Diagonal(e)", "Fourier(H, W)"), lambda a, b, c: Compose((blocks(a, b), Stack((b, c))))),
    (COMPLEX, ("Blur(h)", "Identity()"), lambda a, one: Stack((a, Zero(one.domain, one.domain)))),
    (COMPLEX, ("Blur(h)",), lambda a: Compose((a, Diagonal(number(2), a.domain)))),  # type: ignore[arg-type]
    (COMPLEX, ("Fourier(H, W)",), times_i),
    (COMPLEX, ("Fourier(H, W)", "Diagonal(m)", "Diagonal(d)", "Complex @ Real"), kept_real),
    (COMPLEX, ("Fourier(H, W)", "Diagonal(laplacian(H, W, circular))", "Diagonal(e)", "Complex @ Real"), kept_real),
    (COMPLEX, ("Complex @ Real @ Diagonal(e)",), times_i),
    (COMPLEX, ("Complex @ Real", "Dense(i, axis = W)"), lambda a, b: Compose((b, times_i(a)))),
    (COMPLEX, ("Dense(b, axis = W)", "Dense(f, axis = H)", "Complex @ Real"),
     lambda a, b, c: Compose((c, Sum(((number(1), a), (number(1j), b))), c))),
    (REAL, ("Complex @ Dense(b, axis = W)", "Complex @ Dense(f, axis = H)"),
     lambda a, b: Sum(((number(1), a), (number(1j), b)))),
    (COMPLEX, ("Dense(i, axis = W)",), Inverse),
    (COMPLEX, ("Dense(i, axis = W) + 2 * Diagonal(e)",), Inverse),
    (COMPLEX, ("Crop(W, size = 3) @ Dense(i, axis = W)",), PseudoInverse),
)  # fmt: skip


def made() -> Iterator[Sample]:
    for space, texts, build in MADE:
        parts, values = zip(*(operator_of(space, text) for text in texts), strict=True)
        yield Sample(build(*parts), {k: v for more in values for k, v in more.items()})


def gathered() -> Sample:
    """The samples where a mask is 1 of a weighed image; as many as this mask has, so that the matrix has a size."""
    leaf, values = operators_of("samples")
    assert isinstance(leaf, Leaf)
    mask = next(v for k, v in values.items() if k.origin == "given")
    sized = replace(leaf, to=Space("complex", (Axis(size(int(mask.sum()))),)))
    weight = Known("e", leaf.of, "given")
    return Sample(Compose((sized, Diagonal(weight, leaf.of))), {**values, weight: a_value(leaf.of, np.random.default_rng(1))})
