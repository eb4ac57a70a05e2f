"""Plans that need the rarer kinds of values: draws, tables, samples by index, norms by power iteration, constants laid out."""

from __future__ import annotations

from emit_programs import H, W, axis, gradient_leaf, primitive, real, sq, total
from emit_programs_more import module, parameter

from invlang.graph.arithmetic import add, divide, multiply, pointwise, subtract
from invlang.graph.operators import Leaf
from invlang.graph.spaces import Space, dim
from invlang.graph.values import Aligned, Apply, Call, Iterative, Known, Number, Random, Reduce, Table, Variable
from invlang.plan.steps import Estimator, Function, GivenArray, ModelModule, State

IMAGE, COLOUR, PLANE = real(H, W), real(3, H, W), (-2, -1)
Y = Known("y", IMAGE, "data")


def sampled() -> ModelModule:
    """Only the samples that a mask names are measured; how many, only the mask knows."""
    mask = Known("mask", Space("binary", (axis(H, "H"), axis(W, "W"))), "given")
    count = dim("count_mask")
    index = Call("selection", "sample_index", (mask,), (), Space("integer", (axis(count),)))
    data, x = real(count), Known("x", IMAGE, "argument")
    leaf = Leaf(primitive("sample", "selection"), (("index", index), ("axes", PLANE)), IMAGE, data)
    y = Known("y", data, "data")
    fill = multiply(subtract(Number(1), mask), x)
    ones = Call("arrays", "full", (Number(2),), (("space", data),), data)
    functions = (
        Function("A", (x,), Apply(leaf, x)),
        Function("A_adjoint", (y,), Apply(leaf.flipped, y)),
        Function("rest", (x,), fill),
        Function("doubled", (y,), multiply(ones, y)),
    )
    return module("Sampled", (), (mask,), (), functions)


def langevin() -> ModelModule:
    """A random walk: a new draw in every round, one before the loop."""
    x, step = Variable("x", IMAGE), parameter("step", 0.1)
    noise = Random("standard_normal", "walk", (x,), IMAGE)
    moved = add(x, multiply(Number(-1), step, subtract(x, Y)), multiply(pointwise("sqrt", multiply(Number(2), step)), noise))
    first = Random("standard_normal", "start", (Y,), IMAGE)
    walk = Estimator("Walk", "Langevin.", (), (step,), (Y,), (State(x, first, moved),), x, 5, Variable("x", IMAGE))
    return module("Langevin", (), (), (), (), (walk,))


def colours() -> ModelModule:
    """A table along one axis, a wavelet's filter, a norm by power iteration."""
    x, y = Known("x", COLOUR, "argument"), Known("y", COLOUR, "data")
    table = Aligned(Table((0.299, 0.587, 0.114), "weights"), -3)
    taps = Table((0.7071067811865476, 0.7071067811865476), "haar")
    bank = Call("wavelets", "filter_bank", (taps,), (), Space("real", (axis(2), axis(16), axis(18))))
    arguments = (("axes", PLANE), ("bank", bank), ("levels", 1))
    wavelet = Leaf(primitive("wavelet", "wavelets"), arguments, COLOUR, COLOUR)
    h = Known("h", COLOUR, "given")
    probe = Variable("v", COLOUR)
    leaf = gradient_leaf(COLOUR)
    body = add(multiply(h, h, probe), Apply(leaf.flipped, Apply(leaf, probe)))
    norm = Iterative("power_iteration", probe, body, (), (("rank", 3),), real())
    functions = (
        Function("A", (x,), Reduce("sum", multiply(table, x), (-3,))),
        Function("W", (x,), Apply(wavelet, x)),
        Function("scaled", (x,), divide(x, norm)),
    )
    u = Variable("x", COLOUR)
    step = divide(Number(1), norm)
    states = (State(u, y, subtract(u, multiply(step, subtract(Apply(wavelet.flipped, Apply(wavelet, u)), y)))),)
    descent = Estimator("Descent", "By its norm.", (), (), (y,), states, u, 5, u, sq(subtract(u, y)))
    return module("Colours", (H, W), (h,), (), functions, (descent,))


def spread_out() -> ModelModule:
    """Reduced values laid out over their axes again, ones and zeros of other spaces."""
    x = Known("x", COLOUR, "argument")

    def spread(value, axes, keep=False):
        return Call("arrays", "spread", (value,), (("axes", () if keep else axes), ("space", COLOUR)), COLOUR)

    length = Reduce("norm2", x, (-3, -1))
    kept = Reduce("norm2", x, (-2,), True)
    ones = Call("arrays", "ones", (x,), (("space", IMAGE),), IMAGE)
    zeros = Call("arrays", "zeros", (x,), (("space", IMAGE.over("complex")),), IMAGE.over("complex"))
    functions = (
        Function("one", (x,), divide(x, spread(length, (-3, -1)))),
        Function("two", (x,), Apply(gradient_leaf(COLOUR), spread(length, (-3, -1)))),
        Function("three", (x,), add(spread(kept, (-2,), True), spread(total(x), (-3, -2, -1)))),
        Function("four", (x,), add(ones, multiply(Number(2), zeros), Reduce("mean", x, (-3,)))),
    )
    return module("Spread", (H, W), (), (), functions)


def defaults() -> ModelModule:
    """A kernel that is a Gaussian, and a mask that is drawn, unless the caller has others."""
    h, mask = Known("h", real(5, 5), "given"), Known("mask", Space("binary", (axis(H, "H"), axis(W, "W"))), "given")
    kernel = Call("filters", "gaussian_kernel", (), (("sizes", (5, 5)), ("sigma", 1.5)), real(5, 5))
    drawn = Random("bernoulli_splitting_mask", "mask", (), mask.of, (("sizes", (H, W)), ("ratio", 0.4)))
    x = Known("x", IMAGE, "argument")
    functions = (Function("A", (x,), multiply(Reduce("sum", h, PLANE), mask, x)),)
    return module("Defaults", (H, W), (GivenArray(h, kernel), GivenArray(mask, drawn)), (), functions)
