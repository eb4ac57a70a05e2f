"""Random operators: every operator of the library by its example lines, every combinator, small spaces, awkward numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from invlang.documentation import code_of
from invlang.graph.arithmetic import number
from invlang.graph.operators import (
    Adjoint,
    BlockDiagonal,
    Compose,
    Diagonal,
    Identity,
    Leaf,
    Operator,
    Row,
    Stack,
    Sum,
    Zero,
    children_of,
)
from invlang.graph.show import show
from invlang.graph.spaces import SCALAR, AnySpace, Axis, Product, Space, size
from invlang.graph.values import Aligned, Known, Value, operands_of
from invlang.meaning import library
from invlang.meaning.elaborate import elaborate
from invlang.source import Source
from invlang.syntax.parse import parse
from tests.dense import widths
from tests.matrices import matrix

EXAMPLE = re.compile(r"^\s+example (?P<call>.+?) on (?P<space>\w+\[.*\])\s*$", re.M)
NAMES = ("A4", "A3", "C", "H", "W")
GIVENS = {
    "h": "real[3, 3]",
    "k": "complex[2, 3]",
    "d": "real[H, W]",
    "e": "complex[H, W]",
    "m": "binary[H, W]",
    "l": "binary[1, W]",
    "a": "real[2, W]",
    "b": "complex[H, H]",
    "s": "complex[K, H, W]",
    "w": "real[C]",
    "p": "integer[2, 2]",
    "t": "real[2]",
    "q": "real[5, 2]",
    "f": "real[K, 3, 3]",
    "v": "real[C, 3, 3]",
    "j": "binary[C, H, W]",
    "g": "real[K, H, W]",
    "i": "binary[K, H, W]",
    "n": "real[C, 4]",
    "c": "real[3, 20]",
    "o": "real[2, 2, 2]",
}
EXTRA = (
    *("Diagonal(d)", "Diagonal(e)", "Diagonal(m)", "Dense(a, axis = W)", "Dense(b, axis = H)", "Repeat(K)", "Weigh(C, w)"),
    *("MRI(m)", "MRI(l)", "MultiCoilMRI(s, m)", "Convolve(k)", "Downsample(H, W, factor = 2)", "Fourier(W)", "Fourier(H)"),
    *("Gradient(W)", "Gradient(H, W, boundary = circular)", "Shift(H, W, offset = [1, -2])", "Shift(W, offset = [2])", "Complex"),
    *(
        "Fourier(H, W)",
        "Fourier(H, W, centred)",
        "Cosine(H)",
        "Fold(H, W, factor = 2)",
        "Real",
        "Pad(W, before = [1], after = [0])",
    ),
    *("Tomography(t, detectors = 3)", "FBP(t, detectors = 3).H", "PlaneWaveUltrasound(t, t, w, times = 5)"),
    "Patches(H, W, at = p, size = [1, 1], wrap)",
    "NonUniformFourier(points = q)",
)
NUMBERS: tuple[complex, ...] = (0, 1, -1, 1e-9, 1 + 5e-6, 2.5, -0.5, 1j, 0.3 - 0.7j)
SHAPES = ((3, 4), (4, 4), (5, 2), (1, 4), (3, 1), (2, 4, 2), (2, 2, 2), (1, 3, 4), (3, 2, 1))
LARGEST = 64


@cache
def calls() -> tuple[str, ...]:
    """The calls of all example lines of operators, and some more."""
    entries = [e for e in library.entries().values() if e.keyword in ("primitive", "operator")]
    found = [m["call"] for e in entries for m in EXAMPLE.finditer(code_of(e))]
    return tuple(dict.fromkeys((*found, *EXTRA)))


def renamed(call: str, space: Space) -> tuple[str, list[str]]:
    """The call with givens whose names say their shapes, so that no two of one name differ; and their declarations."""
    dims = {n: a.size for n, a in zip(NAMES[len(NAMES) - space.rank :], space.axes, strict=True)} | {"K": 2}
    lines = []
    for name in set(re.findall(r"\b[a-z]\b", call)) & set(GIVENS):
        field, axes = GIVENS[name].rstrip("]").split("[")
        sizes = [str(dims.get(a.strip(), a.strip())) for a in axes.split(",")]
        given = "_".join((name, *sizes))
        call = re.sub(rf"\b{name}\b", given, call)
        lines.append(f"given {given} : {field}[{axes}]")
    return call, lines


@cache
def element(call: str, space: Space) -> Operator | None:
    """The operator of that call on a space, or None where it does not take the space."""
    names = NAMES[len(NAMES) - space.rank :]
    dims = ", ".join(f"{n} = {a.size}" for n, a in zip(names, space.axes, strict=True))
    called, givens = renamed(call, space)
    lines = [f"dim {dims}, K = 2", *givens, f"unknown x : {space.field}[{', '.join(names)}]", f"let A = {called}"]
    source = Source("element.inv", "\n".join((*lines, "data y ~ Normal(A @ x)", "")))
    syntax, mistakes = parse(source)
    program = None if mistakes else elaborate(syntax, source, Path("."), (), False)[0]
    if program is None or program.measurements[0].operator is None:
        return None
    operator = program.operators[0].operator
    fits = is_small(operator.codomain) and operator.domain == space and is_inside(operator)
    return operator if fits else None


def zeros_of(space: Space) -> torch.Tensor:
    return torch.zeros([int(s) for s in space.sizes], dtype=torch.int64 if space.field == "integer" else torch.float64)


def is_inside(operator: Operator) -> bool:
    """Whether no window reaches beyond the image's border: such a program fails when it is run."""
    try:
        matrix(operator, {k: zeros_of(k.of) for k in knowns_of(operator)})
    except RuntimeError:
        return False
    return True


def is_small(space: AnySpace) -> bool:
    parts = space.parts if isinstance(space, Product) else (space,)
    return all(a.size.is_Integer and a.size > 0 for p in parts for a in p.axes) and sum(widths(space)) <= LARGEST


@cache
def elements(space: AnySpace) -> tuple[Operator, ...]:
    if not isinstance(space, Space) or not 1 <= space.rank <= len(NAMES):
        return ()
    return tuple(e for c in calls() if (e := element(c, space)) is not None)


# ---- strategies


def spaces() -> st.SearchStrategy[Space]:
    build = lambda field, shape: Space(field, tuple(Axis(size(n)) for n in shape))
    return st.builds(build, st.sampled_from(("real", "complex")), st.sampled_from(SHAPES))


@st.composite
def scalars(draw: Any, space: AnySpace) -> Value:
    """A number of the pool, complex only where the space is; or a parameter."""
    real = any(p.field != "complex" for p in (space.parts if isinstance(space, Product) else (space,)))
    pool = [n for n in NUMBERS if not real or not isinstance(n, complex)]
    parameter = Known("p", SCALAR, "parameter", -0.7)
    return draw(st.sampled_from([*map(number, pool), parameter]))


@st.composite
def operators(draw: Any, domain: AnySpace, depth: int = 3) -> Operator:
    """Any linear map from the space."""
    kind = (
        draw(st.sampled_from(("element", "element", "product", "product", "sum", "stack", "square", "blocks")))
        if depth
        else "element"
    )
    match kind:
        case "product":
            first = draw(operators(domain, depth - 1))
            return Compose((draw(operators(first.codomain, depth - 1)), first))
        case "sum":
            first = draw(operators(domain, depth - 1))
            other = draw(
                st.sampled_from((first, Zero(domain, first.codomain), Compose((first, draw(squares(domain, depth - 1))))))
            )
            after = draw(squares(first.codomain, depth - 1))
            terms = (first, other, Compose((after, first)))
            return Sum(tuple((draw(scalars(first.codomain)), t) for t in terms))
        case "stack" if isinstance(domain, Space):
            parts = draw(st.lists(operators(domain, depth - 1), min_size=2, max_size=2))
            if all(isinstance(p.codomain, Space) for p in parts) and is_small(Stack(tuple(parts)).codomain):
                return Stack(tuple(parts))
        case "square":
            return draw(squares(domain, depth))
        case "blocks" if isinstance(domain, Product):
            blocks = [draw(operators(p, 0)) for p in domain.parts]
            return BlockDiagonal(tuple(blocks))
    found = elements(domain)
    return draw(st.sampled_from(found)) if found else Identity(domain)


@st.composite
def squares(draw: Any, space: AnySpace, depth: int = 2) -> Operator:
    """Any linear map of a space to itself."""
    kinds = ("number", "element", "gram", "there and back", "sum", "adjoint", "row")
    match draw(st.sampled_from(kinds)) if depth else "element":
        case "number":
            return Sum(((draw(scalars(space)), Identity(space)),))
        case "gram":
            inner = draw(operators(space, depth - 1))
            return Compose((Adjoint(inner), inner))
        case "there and back":
            inner = draw(operators(space, depth - 1))
            return Compose((Adjoint(inner), draw(squares(inner.codomain, depth - 1)), inner))
        case "sum":
            count = draw(st.integers(1, 3))
            return Sum(tuple((draw(scalars(space)), draw(squares(space, depth - 1))) for _ in range(count)))
        case "adjoint":
            return Adjoint(draw(squares(space, depth - 1)))
        case "row" if isinstance(space, Space):
            parts = tuple(draw(squares(space, depth - 1)) for _ in range(2))
            return Compose((Row(parts), Stack(tuple(draw(squares(space, 0)) for _ in range(2)))))
    found = [e for e in elements(space) if e.codomain == space]
    return draw(st.sampled_from(found)) if found else Identity(space)


# ---- arrays


@dataclass(frozen=True)
class Sample:
    """An operator and values for the arrays it is made of."""

    operator: Operator
    values: dict[Known, torch.Tensor]

    def __repr__(self) -> str:
        return (
            f"{show(self.operator)} on {self.operator.domain}, with {dict((k.name, v.tolist()) for k, v in self.values.items())}"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def givens(self) -> tuple[Known, ...]:
        return tuple(k for k in self.values if k.origin == "given")


@st.composite
def samples(draw: Any, depth: int = 3) -> Sample:
    operator = draw(operators(draw(spaces()), depth))
    return draw(with_values(operator))


@st.composite
def with_values(draw: Any, operator: Operator) -> Sample:
    return Sample(operator, {k: draw(arrays(k)) for k in sorted(knowns_of(operator), key=lambda k: k.name)})


@st.composite
def arrays(draw: Any, known: Known) -> torch.Tensor:
    """An array of that space: random, with awkward entries, all zero, all one, of mean zero, or not contiguous."""
    if known.default is not None:
        return torch.tensor(known.default, dtype=torch.float64)
    shape = tuple(int(s) for s in known.of.sizes)
    generator = np.random.default_rng(draw(st.integers(0, 3)))
    kind = draw(st.sampled_from(("random", "random", "awkward", "zero", "one", "zero mean")))
    if known.of.field == "integer":
        return torch.zeros(shape, dtype=torch.int64)
    if known.of.field == "binary":
        fill = {"zero": 0.0, "one": 1.0}.get(kind)
        return torch.tensor(generator.integers(0, 2, shape) if fill is None else np.full(shape, fill), dtype=torch.float64)
    values = generator.normal(size=shape).astype(complex)
    if known.of.field == "complex":
        values = values + 1j * generator.normal(size=shape)
    if kind == "awkward":
        values = np.where(generator.uniform(size=shape) < 0.5, generator.choice(NUMBERS, size=shape), values)
    if kind == "zero mean":
        values = values - values.mean()
    if kind in ("zero", "one"):
        values = np.full(shape, complex(kind == "one"))
    array = torch.tensor(values if known.of.field == "complex" else values.real)
    return array.flip(-1).flip(-1) if kind != "awkward" else torch.stack([array, array], dim=-1)[..., 0]


def knowns_of(operator: Operator) -> set[Known]:
    found: set[Known] = set()
    match operator:
        case Leaf():
            found |= {k for v in operator.arrays for k in knowns_in(v)}
        case Diagonal(value):
            found |= knowns_in(value)
        case Sum(terms):
            found |= {k for c, _ in terms for k in knowns_in(c)}
    return found | {k for c in children_of(operator) for k in knowns_of(c)}


def knowns_in(value: Value) -> set[Known]:
    if isinstance(value, Known):
        return {value}
    inner = (value.operand,) if isinstance(value, Aligned) else operands_of(value)
    return {k for o in inner for k in knowns_in(o)}


def primitives_of(operator: Operator) -> set[str]:
    own = {operator.primitive.name} if isinstance(operator, Leaf) else set()
    return own | {n for c in children_of(operator) for n in primitives_of(c)}
