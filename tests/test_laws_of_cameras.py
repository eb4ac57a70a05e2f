"""Anti-laws of matrices, selections and transforms: without its guard each of these laws is false, and the dense matrix says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from invlang.graph.operators import Adjoint, Compose, Diagonal, Identity, Leaf
from invlang.rules import copies, groups, matrices, selections, transforms
from invlang.rules import simplify as engine
from invlang.rules.composition import over_axes
from tests.matrices import matrix
from tests.test_laws import clean, clear, operators_of, use  # noqa: F401


def select_anything(left, middle, right):
    if isinstance(left, Leaf) and isinstance(middle, Diagonal) and isinstance(right, Leaf) and left.flipped is right:
        if "axes" in dict(left.arguments) and left.of.rank == left.to.rank:
            return (Diagonal(selections.carried(left, middle.value), left.codomain),)
    return None


def weigh_where_read(left, middle, right):
    """The same for maps that are no reading of samples."""
    if (
        isinstance(left, Leaf)
        and left.adjoint
        and isinstance(middle, Diagonal)
        and isinstance(right, Leaf)
        and left.flipped is right
    ):
        return (Diagonal(selections.back_where_read(left, middle.value), left.codomain),)
    return None


def count_where_read(left, right):
    """The same without weights."""
    if isinstance(left, Leaf) and isinstance(right, Leaf) and left.adjoint and left.flipped is right:
        return (Diagonal(selections.back_where_read(left, selections.ONE), left.codomain),)
    return None


def pass_copies_anyhow(left, right):
    """A map of the copies' own axis, as if it were one of another."""
    if copies.are_copies(right) and isinstance(left, Leaf) and left.of == left.to:
        return right, replace(left, of=right.of, to=right.of)
    return None


def pass_real_copies_anyhow(left, middle, right):
    """The same of real images."""
    if copies.is_embedding(middle, adjoint=False) and copies.are_copies(right) and isinstance(left, Leaf):
        return right, replace(left, of=right.of.over("complex"), to=right.of.over("complex")), replace(middle, of=right.of)
    return None


def move_copies_anyhow(left, right):
    """A shift along the copies' own axis goes past their sum."""
    if copies.is_shift(left) and isinstance(right, Leaf) and "copies" in right.primitive.facts and not right.adjoint:
        return right, replace(left, of=right.of, to=right.of)
    return None


def any_row(left, middle, right):
    if matrices.is_matrix(left) and isinstance(middle, Diagonal) and left.flipped is right and not left.adjoint:
        weights = matrices.abs2(matrices.as_vector(left.argument("matrix")))
        total = matrices.Reduce("sum", matrices.multiply(matrices.Aligned(weights, left.argument("axis")), middle.value),
                                (left.argument("axis"),), keep=True)  # fmt: skip
        return (Diagonal(total, left.codomain),)
    return None


def join_anything(left, right):
    if isinstance(left, Leaf) and isinstance(right, Leaf) and left.primitive is right.primitive and left.adjoint == right.adjoint:
        if "separable" in left.primitive.facts:
            return (over_axes(right, tuple(sorted({*left.argument("axes"), *right.argument("axes")}))),)
    return None


def cancel_all(left, right):
    if transforms.are_one_kind(left, right) and left.adjoint != right.adjoint:
        return ()
    return None


def any_window(term):
    return Identity(term.domain) if isinstance(term, Leaf) and "window" in term.primitive.facts else None


def multiply_crossed(left, right):
    """M N along different axes as one matrix."""
    if matrices.is_matrix(left) and matrices.is_matrix(right) and left.argument("axis") != right.argument("axis"):
        return (left,)
    return None


def pass_anything(left, right):
    """A matrix moves past a diagonal that knows its axis."""
    if matrices.is_matrix(left) and isinstance(left, Leaf) and isinstance(right, Diagonal) and matrices.shrinks(left):
        small = left.codomain
        return Diagonal(right.value, small), left
    return None


def drop_views_anywhere(left, right):
    """The same for a choice along the detectors, whose entries have no views of their own."""
    if (
        isinstance(left, Leaf)
        and isinstance(right, Leaf)
        and "viewwise" in right.primitive.facts
        and left.argument("axes") == (-1,)
    ):
        over_views = replace(
            left, arguments=tuple((n, (-2,) if n == "axes" else v) for n, v in left.arguments), of=right.to, to=left.to
        )
        fewer = selections.with_fewer_views(over_views, right)
        return None if fewer is None else (fewer,)
    return None


def drop_weighed_views_anywhere(left, middle, right):
    """The same with weights between."""
    fewer = drop_views_anywhere(left, right)
    return fewer and (Diagonal(selections.carried(left, middle.value), fewer[0].codomain), *fewer)


def pick_rows_anywhere(left, right):
    """Rows of a matrix left out for a choice along an axis that it does not make."""
    if isinstance(left, Leaf) and isinstance(right, Leaf) and "selection" in left.primitive.facts and matrices.is_matrix(right):
        axes = (right.argument("axis"),)
        return selections.fewer_rows.rewrite(replace(left, arguments=(*left.arguments[1:], ("axes", axes))), right)
    return None


def window_anywhere(left, right):
    """A window of a shifted image as a window elsewhere, also where it sees what came around the border."""
    moves = selections.moves_of(right)
    if moves is None or not isinstance(left, Leaf) or "window" not in left.primitive.facts or left.adjoint:
        return None
    start = tuple(s - moves.get(a, 0) for a, s in zip(left.argument("axes"), left.argument("start"), strict=True))
    return (replace(left, arguments=tuple((n, start if n == "start" else v) for n, v in left.arguments), of=right.domain),)


def lines_anywhere(a, back, lines, forward, b):
    """Lines at equal distances, wherever the first one is."""
    if isinstance(forward, Leaf) and isinstance(lines, Diagonal) and groups.spacing(lines.value) is not None:
        factor = groups.spacing(lines.value)
        rows, columns = groups.grouped(a.value, factor, "rows"), groups.grouped(b.value, factor, "columns")
        return (groups.groups(groups.multiply(groups.number(1 / factor), rows, columns), b.space),)
    return None


CASES = {
    "regular-lines": (lines_anywhere, "complex[H, W]", "Diagonal(s) @ Fourier(W).H @ Diagonal(m) @ Fourier(W) @ Diagonal(s)",
                      "dim H = 1, W = 4\ngiven s : complex[W]\ngiven m : binary[W] = RegularMask(factor = 4)"),
    "select-diagonal": (select_anything, "real[W]", "Gradient(W) @ Diagonal(d) @ Gradient(W).H @ Gradient(W)",
                        "dim W = 4\ngiven d : real[W]"),
    "read-diagonal": (weigh_where_read, "real[W]", "Diagonal(d) @ Gradient(W)", "dim W = 4\ngiven d : real[1, W]"),
    "read-often": (count_where_read, "real[W]", "Gradient(W)", "dim W = 4"),
    "copies-last": (pass_copies_anyhow, "complex[W]", "Fourier(C) @ Repeat(C)", "dim C = 3, W = 2"),
    "real-copies-last": (pass_real_copies_anyhow, "real[W]", "Fourier(C) @ Complex @ Repeat(C)", "dim C = 3, W = 2"),
    "shift-past-copies": (move_copies_anyhow, "complex[W]", "Diagonal(d) @ Shift(C, offset = [1]) @ Repeat(C)",
                          "dim C = 3, W = 2\ngiven d : complex[C, W]"),
    "one-row": (any_row, "real[C, W]", "Dense(a, axis = C) @ Diagonal(d) @ Dense(a, axis = C).H @ Dense(a, axis = C)",
                "dim C = 3, W = 2\ngiven a : real[2, C]\ngiven d : real[C, W]"),
    "transforms-join": (join_anything, "complex[H, W]", "Fourier(H) @ Fourier(H, W)", "dim H = 3, W = 4"),
    "transforms-cancel": (cancel_all, "complex[H, W]", "Fourier(H).H @ Fourier(H, W)", "dim H = 3, W = 4"),
    "window-of-moved": (window_anywhere, "real[W]", "Crop(W, size = [2]) @ Shift(W, offset = 1)", "dim W = 4"),
    "whole-window": (any_window, "real[H, W]", "Crop(H, W, size = [2, 4]) ", "dim H = 3, W = 4"),
    "fewer-views": (drop_views_anywhere, "real[H, W]", "Downsample(D, factor = 2) @ Tomography(a, detectors = D)",
                    "dim H = 3, W = 3, V = 4, D = 4\ngiven a : real[V]"),
    "fewer-weighed-views": (drop_weighed_views_anywhere, "real[H, W]",
                            "Downsample(D, factor = 2) @ Diagonal(d) @ Tomography(a, detectors = D)",
                            "dim H = 3, W = 3, V = 4, D = 4\ngiven a : real[V]\ngiven d : real[V, D]"),
    "fewer-rows": (pick_rows_anywhere, "real[H, W]", "Downsample(W, factor = 2) @ Dense(a, axis = H)",
                   "dim H = 4, W = 4\ngiven a : real[4, H]"),
    "matrices-multiply": (multiply_crossed, "real[H, W]", "Dense(a, axis = H) @ Dense(b, axis = W)",
                          "dim H = 3, W = 4\ngiven a : real[3, H]\ngiven b : real[4, W]"),
    "disjoint-axes": (pass_anything, "real[C, W]", "Weigh(C, w) @ Diagonal(d)",
                      "dim C = 3, W = 2\ngiven w : real[C]\ngiven d : real[C, W]"),
}  # fmt: skip


def steps_hold(start, values) -> bool:
    before = matrix(start, values, {})
    for step in engine.derive(start).steps:
        after = matrix(step.after, values, {})
        if after.shape != before.shape or not np.allclose(before, after, atol=1e-10 * max(1, np.abs(before).max())):
            return False
        before = after
    return True


@pytest.mark.parametrize("law", CASES)
def test_the_guard_of_a_law_is_needed(monkeypatch, clean, law):  # noqa: F811
    rewrite, space, operator, given = CASES[law]
    monkeypatch.setitem(__import__("tests.test_laws", fromlist=["EXTRA"]).EXTRA, law, (space, operator, given))
    start, values = operators_of(law)
    clear()
    assert steps_hold(start, values) and steps_hold(Compose((Adjoint(start), start)), values)
    use(monkeypatch, law, rewrite)
    try:
        caught = not (steps_hold(start, values) and steps_hold(Compose((Adjoint(start), start)), values))
    except (AssertionError, ValueError, RuntimeError, AttributeError, KeyError, IndexError):
        caught = True  # the terms do not even fit
    assert caught


def test_every_law_here_has_an_anti_law():
    laws = {law.name for law in (*selections.LAWS, *copies.LAWS, *matrices.LAWS, *groups.LAWS, *transforms.LAWS)}
    assert laws - set(CASES) == {
        "length-of-row",
        "singular-vectors",
        "groups-of-copies",
    }  # guarded by cost alone, and by sizes that would not fit
