"""Random value graphs: what is emitted gives what an interpreter gives, sample by sample, whatever has a batch axis."""

from __future__ import annotations

import os

import torch
from emit_programs import H, W, axis, cplx, fourier, fourier_adjoint, gradient, gradient_adjoint, real
from emit_programs_more import module
from emit_samples import check_estimator, check_function, random_arrays
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from invlang.emit.grouping import main_operands, with_operands
from invlang.graph.arithmetic import abs2, add, conj, divide, is_complex_value, multiply, negate, pointwise, power, subtract
from invlang.graph.spaces import Space, stretch
from invlang.graph.values import Aligned, Bundle, Known, Number, Reduce, SizeValue, Value, Variable
from invlang.plan.steps import Estimator, Function, State

torch.set_num_threads(1)
SIZES = {H: 4, W: 3}
IMAGE, PLANE, SCALAR, SPECTRUM = real(2, H, W), real(H, W), real(), cplx(2, H, W)
MASK = Known("mask", Space("binary", (axis(1), axis(W, "W"))), "given")
KERNEL, GAINS = Known("h", cplx(H, W), "given"), Known("gains", real(2), "given")
SIGMA, STEP = Known("sigma", SCALAR, "parameter", 0.5), Known("step", SCALAR, "parameter", 0.25)
Y, B = Known("y", IMAGE, "data"), Known("b", cplx(H, W), "data")
X, RHO = Known("x", IMAGE, "argument"), Known("rho", SCALAR, "argument")
STATES = (Variable("u", IMAGE), Variable("v", PLANE), Variable("t", SCALAR), Variable("w", SPECTRUM))
EARLY = (MASK, KERNEL, Aligned(GAINS, -3), SIGMA, STEP, Number(2), Number(-1), Number(0.5), SizeValue(H), Y, B)
EXAMPLES = int(os.environ.get("RANDOM_EXAMPLES", "60"))
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
QUICK = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=NO_SHRINKING)
KINDS = ("add", "add", "multiply", "multiply", "sum of three", "divide", "one", "one", "linear", "reduce")
PER_SAMPLE = st.sets(st.sampled_from(["mask", "h", "gains", "sigma", "step", "rho"])).map(lambda s: tuple(sorted(s)))


@st.composite
def values(draw, leaves: tuple[Value, ...], steps: int = 8) -> list[Value]:
    """A growing list of values; later ones are made of earlier ones, so that much is shared."""
    made = list(leaves)
    for _ in range(draw(st.integers(1, steps))):
        a, b, c = (made[draw(st.integers(0, len(made) - 1))] for _ in range(3))
        kind = draw(st.sampled_from(KINDS))
        value = grown(kind, a, b, c, draw(st.sampled_from(sorted(ONE))), draw(st.integers(0, 5)))
        if value is not None:
            made.append(value)
    return made[len(leaves) :]


ONE = {
    "conj": conj,
    "abs2": abs2,
    "sin": lambda v: pointwise("sin", tame(v)),
    "exp": lambda v: pointwise("exp", pointwise("sin", tame(v))),
    "sqrt": lambda v: pointwise("sqrt", add(Number(1), abs2(v))),
    "cube": lambda v: power(tame(v), 3),
    "clamp": lambda v: pointwise("clamp", tame(v), Number(-0.5), Number(float("inf"))),
    "maximum": lambda v: pointwise("maximum", tame(v), Number(0.25)),
    "negate": negate,
}


def tame(value: Value) -> Value:
    return pointwise("real", value) if is_complex_value(value) else value


def fit(*operands: Value) -> bool:
    axes = ()
    for operand in operands:
        axes = stretch(axes, operand.space.axes) if axes is not None else None
    return axes is not None


def grown(kind, a, b, c, one, number) -> Value | None:
    if kind == "one":
        return ONE[one](a)
    if kind == "linear":
        return linear(a, number)
    if kind == "reduce":
        axes = tuple(range(-a.space.rank, 0))[-1 - number % 3 :]
        functions = ("mean", "norm2") if a.space.field == "complex" else ("mean", "norm2", "max")
        return Reduce(functions[number % len(functions)], a, axes, keep=number > 3) if axes else None
    if not fit(a, b, c):
        return None
    match kind:
        case "add":
            return add(a, b)
        case "multiply":
            return multiply(a, b)
        case "sum of three":
            return add(multiply(a, b), subtract(c, a))
    return divide(a, add(Number(1), abs2(b)))


def linear(a: Value, number: int) -> Value | None:
    if a.space.sizes[-2:] != (H, W):
        return None
    match number % 3:
        case 0:
            return fourier_adjoint(fourier(a)) if a.space.field == "complex" else pointwise("real", fourier(a))
        case 1:
            return gradient_adjoint(gradient(a), a.space)
    return Reduce("mean", gradient(a), (-3,))


def shaped(value: Value, space: Space) -> Value:
    """Something of that space that depends on the value."""
    value = tame(value) if space.field == "real" else value
    value = divide(value, add(Number(1), abs2(value)))
    if value.space.rank > space.rank:
        value = Reduce("mean", value, tuple(range(-value.space.rank, -space.rank)))
    if not fit(value, Known("like", space, "data")):
        value = Reduce("mean", value, tuple(range(-value.space.rank, 0)))
    anchor = {IMAGE: X, PLANE: Reduce("mean", X, (-3,)), SCALAR: Number(0), SPECTRUM: multiply(Number(1j), X)}[space]
    return add(anchor, value)


@settings(QUICK)
@given(values((*EARLY, X, RHO), 12), PER_SAMPLE, st.integers(0, 1000))
def test_methods(made, per_sample, seed):
    if not made:
        return
    function = Function("f", (X, RHO, Y, B), Bundle(tuple(made[-3:])))
    other = Function("g", (X, RHO, Y, B), made[0])
    program = module("Random", (H,), (MASK, KERNEL, GAINS), (SIGMA, STEP), (other, function))
    arrays = random_arrays(program, SIZES, per_sample, seed)
    for method in program.functions:
        check_function(program, method, arrays, SIZES)


@settings(QUICK)
@given(values((*EARLY, *STATES), 14), st.lists(st.integers(0, 100), min_size=5, max_size=5), PER_SAMPLE, st.integers(0, 1000))
def test_loops(made, choices, per_sample, seed):
    if not made:
        return
    data = Known("y", IMAGE, "data")
    starts = (data, Reduce("mean", data, (-3,)), Number(1), multiply(Number(1j), data))
    anchored = [replaced(shaped(made[c % len(made)], v.space), data) for v, c in zip(STATES, choices, strict=False)]
    states = tuple(State(v, s, n) for v, s, n in zip(STATES, starts, anchored, strict=True))
    result = Bundle((STATES[0], STATES[1], replaced(shaped(made[choices[4] % len(made)], IMAGE), data)))
    solver = Estimator("Solver", "Anything.", (), (STEP,), (Y, B), states, result, 3, Variable("x", IMAGE))
    program = module("Random", (H,), (MASK, KERNEL, GAINS), (SIGMA,), (Function("f", (X,), multiply(MASK, X)),), (solver,))
    check_estimator(program, solver, random_arrays(program, SIZES, per_sample, seed), SIZES, iterations=3)


def replaced(value: Value, data: Known) -> Value:
    """The value with the data in place of the argument x."""
    if value is X:
        return data
    old = main_operands(value)
    return with_operands(value, tuple(replaced(o, data) for o in old)) if old else value
