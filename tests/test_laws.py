"""Laws prove themselves: each step of each derivation keeps the dense matrix, every law is used, a broken one is caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from invlang.graph.operators import Adjoint, Compose, Diagonal, Identity, Leaf, Sum
from invlang.graph.values import Number
from invlang.meaning import library
from invlang.meaning.laws import laws_of
from invlang.meaning.primitives import primitive_named
from invlang.rules import simplify as engine
from invlang.rules.inverse import Refusal, invert
from tests.dense import a_known, program_of
from tests.matrices import matrix
from tests.test_algebra import CASES, K33, NAMED

EXTRA = {
    "sum of two": ("real[3, 4]", "2 * Identity() + 3 * Diagonal(d)", "given d : real[3, 4]"),
    "negative": ("real[6, 5]", "-1 * (Blur(h) - 0.5 * Identity())", "given h : real[3, 3]"),
    "stack under a diagonal": ("real[6, 5]", "Stack(Blur(h), Diagonal(d))", "given h : real[3, 3]\ngiven d : real[6, 5]"),
    "adjoint": ("real[6, 5]", "Blur(h).H @ Blur(h)", "given h : real[3, 3]"),
    "blocks": ("real[6, 5]", "Row(Blur(h), Identity()) @ Stack(Identity(), Blur(h))", "given h : real[3, 3]"),
    "one transform": ("complex[H, W]", "Fourier(H) @ Fourier(W)", "dim H = 6, W = 5"),
    "moved in the spectrum": (
        "complex[H, W]",
        "Fourier(H, W) @ Shift(W, offset = [2]) @ Fourier(H, W).H @ Diagonal(d)",
        "dim H = 4, W = 5\ngiven d : complex[H, W]",
    ),
    "moved and blurred": ("real[H, W]", "Blur(h) + 2 * Shift(H, W, offset = [1, -2])", "dim H = 4, W = 5\ngiven h : real[3, 3]"),
    "differences by hand": ("real[H, W]", "Identity() - Shift(W, offset = [1])", "dim H = 4, W = 5"),
    "every third line": (
        "complex[3, 6]",
        "MultiCoilMRI(s, m)",
        "given s : complex[2, 3, 6]\ngiven m : binary[1, 6] = RegularMask(factor = 3)",
    ),
    "signs before a transform": (
        "real[H, W]",
        "Crop(W, size = 2) @ StructuredRandom(s)",
        "dim H = 3, W = 4\ngiven s : real[2, H, W] ~ RandomSigns()",
    ),
    "one crop of two": (
        "real[H, W]",
        "Crop(W, size = 3) @ Blur(h) - 2 * Crop(W, size = 3) @ Diagonal(d)",
        "dim H = 4, W = 5\ngiven h : real[3, 3]\ngiven d : real[H, W]",
    ),
    "two after one": (
        "real[H, W]",
        "Diagonal(d) @ Crop(W, size = 3) + Shift(W, offset = [1]) @ Crop(W, size = 3)",
        "dim H = 4, W = 5\ngiven d : real[H, 3]",
    ),
    "crop of a crop": ("real[H, W]", "Crop(W, size = 2, start = 1) @ Crop(W, size = 4, start = 1)", "dim H = 2, W = 5"),
    "pad of a pad": ("real[H, W]", "Pad(W, before = 1, after = 0) @ Pad(W, before = 2, after = 1)", "dim H = 2, W = 3"),
    "window of a moved image": ("real[H, W]", "Crop(W, size = 3, start = 1) @ Shift(W, offset = [1])", "dim H = 2, W = 5"),
    "more than a turn": ("real[H, W]", "Shift(H, W, offset = [5, -7])", "dim H = 4, W = 3"),
    "moved, then blurred": (
        "complex[H, W]",
        "Shift(W, offset = [2]) @ Blur(h) @ Shift(H, W, offset = [1, -1])",
        "dim H = 4, W = 3\n" + K33,
    ),
    "phases add up": (
        "complex[H, W]",
        "Fourier(H, W).H @ Diagonal(d) @ Fourier(H, W) @ Fourier(H, W).H @ Diagonal(modulation(H, W, offset = [1, 2])) "
        "@ Fourier(H, W) @ Shift(W, offset = [1])",
        "dim H = 4, W = 3\ngiven d : complex[H, W]",
    ),
    "some views": ("real[H, W]", "Subset(V, of = 2, part = 2) @ Tomography(a)", "dim H = 4, W = 3, V = 6\ngiven a : real[V]"),
    "some weighed views": (
        "real[H, W]",
        "Subset(V, of = 3, part = 2) @ Diagonal(w) @ Tomography(a)",
        "dim H = 4, W = 3, V = 6\ngiven a : real[V]\ngiven w : real[V, 6]",
    ),
    "some rows": ("real[H, W]", "Subset(W, of = 2, part = 2) @ Dense(a, axis = W)", "dim H = 3, W = 4\ngiven a : real[W, W]"),
    "no blocks": ("real[3, 4]", "Stack(0 * Identity(), 0 * Diagonal(d))", "given d : real[3, 4]"),
    "joined transforms": ("complex[H, W]", "Fourier(H) @ Fourier(W)", "dim H = 3, W = 4"),
    "partly cancelled": ("complex[H, W]", "Fourier(H).H @ Fourier(H, W)", "dim H = 3, W = 4"),
    "window of all": ("real[H, W]", "Crop(H, W, size = [H, W])", "dim H = 3, W = 4"),
    "matrix after matrix": (
        "real[H, W]",
        "Dense(a, axis = W) @ Dense(b, axis = W)",
        "dim H = 3, W = 4\ngiven a : real[2, 3]\ngiven b : real[3, W]",
    ),
    "matrix after blur": (
        "real[C, H, W]",
        "Dense(a, axis = C) @ Blur(h)",
        "dim C = 3, H = 3, W = 4\ngiven a : real[2, C]\n" + K33,
    ),
    "matrix before cosines": ("real[C, H]", "Cosine(H) @ Dense(a, axis = C)", "dim C = 2, H = 3\ngiven a : real[4, C]"),
    "sheared mask": (
        "real[C, W]",
        "Shear(C, W) @ Diagonal(d) @ Shear(C, W).H",
        "dim C = 2, W = 3\ngiven d : real[C, W]",
    ),
    "padded mask": ("real[C, W]", "Sum(C) @ Pad(W, before = 0, after = 2) @ Diagonal(d)", "dim C = 2, W = 3\ngiven d : real[W]"),
    "row of weights": ("real[C, W]", "Weigh(C, w) @ Diagonal(d)", "dim C = 3, W = 2\ngiven w : real[C]\ngiven d : real[C, W]"),
    "weighed patches": (
        "complex[H, W]",
        "Diagonal(d) @ Patches(H, W, at = p, size = [2, 2], wrap)",
        "dim H = 3, W = 4\ngiven p : integer[4, 2] = overlapping_shifts(size = 1)\ngiven d : complex[2, 2]",
    ),
    "patches": (
        "real[H, W]",
        "Patches(H, W, at = p, size = [2, 1], wrap)",
        "dim H = 3, W = 2\ngiven p : integer[4, 2] = overlapping_shifts(size = 1)",
    ),
    "blurs of one image": (
        "real[H, W]",
        "Sum(K) @ Diagonal(w) @ BlurEach(h) @ Repeat(K)",
        "dim H = 3, W = 4, K = 2\ngiven h : real[K, 2, 3]\ngiven w : real[K, H, W]",
    ),
    "coils of a moved image": (
        "complex[H, W]",
        "Diagonal(s) @ Shift(W, offset = [1]) @ Repeat(C)",
        "dim H = 2, W = 3, C = 2\ngiven s : complex[C, H, W]",
    ),
    "transforms of copies": (
        "complex[H, W]",
        "Diagonal(s) @ Fourier(H, W) @ Repeat(C)",
        "dim H = 2, W = 3, C = 2\ngiven s : complex[C, H, W]",
    ),
    "weighted blur": ("real[6, 5]", "Blur(h) @ Diagonal(d) @ Blur(h).H", K33 + "\ngiven d : real[6, 5]"),
    "enlarged": ("real[3, 2]", "Upsampling(factor = 2, filter = h)", K33),
    "cancels": ("complex[6, 5]", "Blur(h) - Blur(h)", "given h : real[3, 3]"),
}


OF_UNKNOWN_SIZE = {
    "samples": ("complex[4, 3]", "Sample(m)", "given m : binary[4, 3]"),
    "samples of a film": (
        "real[T, H, W]",
        "Inpainting(m, gather) @ Blur(h)",
        "dim T = 2, H = 3, W = 3\ngiven m : binary[H, W]\n" + K33,
    ),
}


def cases() -> dict[str, tuple[str, str, str]]:
    return {**CASES, **NAMED, **EXTRA, **OF_UNKNOWN_SIZE}


def operators_of(name: str):
    space, operator, given = cases()[name]
    text = f"{given}\nunknown x : {space}\nlet A = {operator}\ndata y ~ Normal(A @ x, sigma = 0.1)\n"
    program = program_of(text)
    generator = np.random.default_rng(3)
    values = {g.known: a_known(g.known, generator) for g in program.givens}
    values |= {k: torch.tensor(float(k.default)) for k in program.parameters if k.default is not None}
    return program.operators[0].operator, values


PROVED = (
    *EXTRA,
    "diagonal complex",
    "mri odd",
    "mri lines",
    "coils lines",
    "blur circular",
    "blur circular even kernel",
    "blur valid 1-D",
    "downsampling of one channel",
    "downsampling complex",
    "fourier centred",
    "gradient circular",
    "gradient 1-D",
    "cosine",
    "shift",
    "mosaic",
    "decolorize",
    "inpainting",
)


def broken_steps(name: str) -> list[str]:
    """The laws that changed the matrix of A or of its Gram."""
    operator, values = operators_of(name)
    wrong = []
    known: dict = {}
    for start in (operator, Compose((Adjoint(operator), operator))):
        before = matrix(start, values, known)
        for step in engine.derive(start).steps:
            after = matrix(step.after, values, known)
            if after.shape != before.shape or not np.allclose(before, after, atol=1e-10 * max(1, np.abs(before).max())):
                wrong.append(step.law)
            before = after
    return wrong


@pytest.mark.parametrize("name", PROVED)
def test_every_step_keeps_the_matrix(name):
    assert broken_steps(name) == []


@pytest.fixture(scope="module")
def used() -> set[str]:
    """The laws that the corpus uses."""
    found: set[str] = set()
    for name in cases():
        operator, _ = operators_of(name)
        for start in (operator, Compose((Adjoint(operator), operator)), Compose((operator, Adjoint(operator)))):
            found |= {s.law for s in engine.derive(start).steps}
    return found


def test_every_declared_law_is_used(used):
    declared = {n for n, e in library.entries().items() if e.keyword == "primitive" and laws_of(primitive_named(n))}
    assert set(declared) - used == set()


def test_nearly_every_law_of_the_rules_is_used(used):
    """The others stand guard for terms that the language's own constructs do not build."""
    seldom = {
        "zero-in-product",
        "shift-by-nothing",
        "number-diagonal",
        "sum-of-blocks",
        "zero-in-sum",
        "real-diagonal",
    }
    assert {law.name for law in engine.LAWS} - used - seldom == set()


@pytest.mark.parametrize("name", ["blur circular", "mri", "coils", "fourier centred", "downsampling"])
def test_inverses_in_closed_form_are_inverses(name):
    operator, values = operators_of(name)
    shifted = Sum(((Number(1), Compose((Adjoint(operator), operator))), (Number(0.7), Identity(operator.domain))))
    forward = engine.simplify(shifted)
    found = invert(forward)
    if isinstance(found, Refusal):
        assert name in ("coils", "downsampling")
        return
    product = matrix(found[0], values) @ matrix(shifted, values)
    assert np.allclose(product, np.eye(len(product)), atol=1e-10)


# ---- a broken law is caught


def use(monkeypatch, name: str, rewrite) -> None:
    """The engine with one law replaced, nothing remembered from before."""
    new = tuple(replace(law, rewrite=rewrite) if law.name == name else law for law in engine.LAWS)
    monkeypatch.setattr(engine, "WHOLE", tuple(law for law in new if law.width == 0))
    monkeypatch.setattr(engine, "WINDOWS", tuple(law for law in new if law.width > 0))
    clear()


def clear() -> None:
    engine.rewrite_once.cache_clear()
    engine.derive.cache_clear()


@pytest.fixture
def clean():
    yield
    clear()


def dropped_conjugate(term):
    if isinstance(term, Adjoint) and isinstance(term.of, Diagonal):
        return term.of
    return law_named("adjoint-of-leaf").rewrite(term)


def swapped_order(term):
    if isinstance(term, Adjoint) and isinstance(term.of, Compose):
        return Compose(tuple(Adjoint(f) for f in term.of.factors))
    return None


def unguarded_cancel(left, right):
    return () if isinstance(left, Leaf) and isinstance(right, Leaf) and left.flipped is right else None


def unguarded_past_embedding(left, right):
    embedding = isinstance(right, Leaf) and "embedding" in right.primitive.facts and not right.adjoint
    return (right, Diagonal(left.value, right.domain)) if isinstance(left, Diagonal) and embedding else None


def unguarded_separable(left, middle, right):
    if isinstance(left, Leaf) and isinstance(middle, Diagonal) and left.flipped is right and "separable" in right.primitive.facts:
        return (Diagonal(middle.value, right.domain),)
    return None


def unshifted(left, right):
    shift = isinstance(left, Leaf) and "translation" in left.primitive.facts
    return (Diagonal(right.value, left.of), left) if shift and isinstance(right, Diagonal) else None


def law_named(name: str):
    return next(law for law in engine.LAWS if law.name == name)


MUTANTS = [
    ("adjoint-of-leaf", dropped_conjugate, "diagonal complex"),
    ("adjoint-of-product", swapped_order, "mri odd"),
    ("cancel", unguarded_cancel, "blur valid"),
    ("real-diagonal", unguarded_past_embedding, "mri of a real image"),
    ("separable-cancel", unguarded_separable, "blur circular"),
    ("shift-past-diagonal", unshifted, "mri odd"),
]


@pytest.mark.parametrize("name, rewrite, case", MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_broken_law_is_caught(monkeypatch, clean, name, rewrite, case):
    use(monkeypatch, name, rewrite)
    if case == "mri of a real image":
        monkeypatch.setitem(CASES, case, ("real[5, 4]", "Diagonal(d)", "given d : complex[5, 4]"))
    try:
        caught = broken_steps(case) != []
    except (AssertionError, ValueError):
        caught = True
    assert caught, f"nothing notices that {name} is broken"
