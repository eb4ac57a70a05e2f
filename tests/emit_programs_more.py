"""More plans written by hand: MRI with momentum, conjugate gradients, several data and unknowns, given arrays drawn at random."""

from __future__ import annotations

from emit_programs import (
    PLANE,
    REPEAT,
    C,
    H,
    W,
    axis,
    clamp,
    cplx,
    fourier,
    fourier_adjoint,
    gradient,
    gradient_adjoint,
    real,
    sq,
    total,
)

from invlang.graph.arithmetic import abs2, add, conj, divide, multiply, pointwise, power, subtract
from invlang.graph.operators import Leaf
from invlang.graph.spaces import Product, Space
from invlang.graph.values import Apply, Bundle, Call, Iterative, Known, Number, Random, Reduce, SizeValue, Value, Variable
from invlang.plan.steps import Estimator, Function, GivenArray, ModelModule, State

SCALAR = real()


def parameter(name: str, default: float) -> Known:
    return Known(name, SCALAR, "parameter", default)


def module(name: str, dims, givens, parameters=(), functions=(), estimators=()) -> ModelModule:
    arrays = tuple(g if isinstance(g, GivenArray) else GivenArray(g) for g in givens)
    return ModelModule(name, f"{name.lower()}.inv", f"{name}.", (), dims, arrays, parameters, functions, estimators)


def mri() -> ModelModule:
    """Several coils, FISTA on the image's modulus."""
    image, coils = cplx(H, W), cplx(C, H, W)
    mask = Known("mask", Space("binary", (axis(1), axis(W, "W"))), "given")
    maps = Known("maps", coils, "given")
    y, x = Known("y", coils, "data"), Known("x", image, "argument")
    sigma, weight, step = parameter("sigma", 0.1), parameter("lambda", 0.3), parameter("step", 0.2)
    copies = Leaf(REPEAT, (("axis", -3), ("count", C)), image, coils)

    def A(v: Value) -> Value:
        return multiply(mask, fourier(multiply(maps, Apply(copies, v))))

    def A_adjoint(v: Value) -> Value:
        return Apply(copies.flipped, multiply(conj(maps), fourier_adjoint(multiply(mask, v))))

    v, z, t = Variable("x", image), Variable("z", image), Variable("t", SCALAR)
    slope = divide(A_adjoint(subtract(A(z), y)), power(sigma, 2))
    scaled = multiply(step, power(sigma, 2))
    shrunk = Call("functionals", "soft_threshold", (subtract(z, multiply(scaled, slope)), multiply(scaled, weight)), (), image)
    t_next = divide(add(Number(1), pointwise("sqrt", add(Number(1), multiply(Number(4), power(t, 2))))), Number(2))
    z_next = add(shrunk, multiply(divide(subtract(t, Number(1)), t_next), subtract(shrunk, v)))
    states = (State(v, A_adjoint(y), shrunk), State(z, A_adjoint(y), z_next), State(t, Number(1), t_next))
    u = Variable("x", image)
    objective = add(
        divide(sq(subtract(A(u), y)), multiply(Number(2), power(sigma, 2))), multiply(weight, total(pointwise("abs", u)))
    )
    fista = Estimator(
        "Fista", "argmin 1/(2σ²) ‖A x − y‖² + λ ‖x‖₁ by FISTA.", (), (weight, step), (y,), states, v, 100, u, objective
    )
    functions = (Function("A", (x,), A(x)), Function("A_adjoint", (y,), A_adjoint(y)))
    return module("Mri", (H,), (mask, maps), (sigma,), functions, (fista,))


def ridge() -> ModelModule:
    """(w + μ ∇ᴴ∇) x = w y by conjugate gradients, once alone and once in every round of a loop."""
    image = real(H, W)
    w = Known("w", image, "given")
    y, mu = Known("y", image, "data"), parameter("mu", 0.5)
    v = Variable("v", image)

    def solve(right: Value) -> Value:
        smooth = multiply(mu, gradient_adjoint(gradient(v), image))
        body = add(multiply(add(Number(1), abs2(w)), v), smooth)
        return Iterative("conjugate_gradient", v, body, (right,), (("iterations", 5),), image)

    u = Variable("x", image)
    direct = Estimator("Direct", "(1 + w² + μ ∇ᴴ∇)⁻¹ w y", (), (mu,), (y,), (), solve(multiply(w, y)), 0, u)
    x = Variable("x", image)
    mean = Reduce("mean", x, PLANE)
    moved = add(multiply(w, y), multiply(mean, x))
    looped = Estimator("Looped", "The same, again and again.", (), (mu,), (y,), (State(x, y, solve(moved)),), x, 3, u)
    return module("Ridge", (H, W), (w,), (), (), (direct, looped))


def joint() -> ModelModule:
    """Two data and two unknowns; every round swaps what it updates."""
    colour, grey = real(3, H, W), real(H, W)
    y1, y2 = Known("y1", colour, "data"), Known("y2", grey, "data")
    response = Known("response", real(3), "given")
    a, b, c = Variable("a", colour), Variable("b", colour), Variable("c", grey)
    step = parameter("step", 0.3)
    grey_of_a = Reduce("sum", a, (-3,))
    rate = divide(step, multiply(SizeValue(H), SizeValue(W)))
    states = (
        State(Bundle((a, b)), Bundle((y1, multiply(Number(2), y1))), Bundle((b, subtract(a, multiply(rate, subtract(b, y1)))))),
        State(c, y2, add(grey_of_a, multiply(step, subtract(c, y2)), Reduce("sum", multiply(step, b), (-3,)))),
    )
    u = Bundle((Variable("u1", colour), Variable("u2", grey)))
    objective = add(sq(subtract(u.parts[0], y1)), multiply(step, sq(subtract(u.parts[1], y2))))
    estimator = Estimator("Swap", "Two images.", (), (step,), (y1, y2), states, Bundle((clamp(a), c)), 4, u, objective)
    x = Known("x", colour, "argument")
    mixed = Call("dense", "dense", (Reduce("mean", x, PLANE), Known("m", real(2, 3), "given")), (), real(2))
    both = Function("both", (x,), Bundle((mixed, multiply(Reduce("norm2", x, (-3, -2, -1), True), x))))
    return module("Joint", (H, W), (response, Known("m", real(2, 3), "given")), (), (both,), (estimator,))


def coupled() -> ModelModule:
    """Two unknowns in one linear system, solved by conjugate gradients on pairs."""
    colour, grey = real(3, H, W), real(H, W)
    y1, y2, mu = Known("y1", colour, "data"), Known("y2", grey, "data"), parameter("mu", 0.5)
    a, b = Variable("v1", colour), Variable("v2", grey)
    mean = multiply(Number(0.1), Reduce("sum", a, (-3,)))
    body = Bundle((add(multiply(Number(2), a), multiply(Number(0.1), b)), add(multiply(add(Number(2), mu), b), mean)))
    product = Product((colour, grey))

    def solve(right: Value) -> Value:
        return Iterative("conjugate_gradient", Bundle((a, b)), body, (right,), (("iterations", 4),), product)  # type: ignore

    x = Bundle((Variable("x1", colour), Variable("x2", grey)))
    direct = Estimator("Both", "A pair.", (), (mu,), (y1, y2), (), solve(Bundle((y1, y2))), 0, x)
    moved = Bundle((add(y1, x.parts[0]), x.parts[1]))
    looped = Estimator("Rounds", "Pairs.", (), (mu,), (y1, y2), (State(x, Bundle((y1, y2)), solve(moved)),), x, 3, x)
    return module("Coupled", (H, W), (), (), (), (direct, looped))


def drawn() -> ModelModule:
    """Givens that the caller may leave out."""
    weights = Known("weights", real(H, W), "given")
    noise = Random("bernoulli_splitting_mask", "weights", (), real(H, W), (("sizes", (H, W)),))
    x = Known("x", real(H, W), "argument")
    given = GivenArray(weights, add(Number(1), multiply(Number(0.5), noise)))
    return module("Drawn", (H, W), (given,), (), (Function("A", (x,), multiply(weights, x)),))


def rotation(order: tuple[int, ...]) -> ModelModule:
    """Iterates that only change places: number i becomes number order[i]."""
    y = Known("y", real(H, W), "data")
    iterates = [Variable(name, real(H, W)) for name in "abcd"[: len(order)]]
    starts = [multiply(Number(i + 2), y) for i in range(len(order))]
    states = tuple(State(v, s, iterates[j]) for v, s, j in zip(iterates, starts, order, strict=True))
    result = add(*(multiply(Number(10**i), v) for i, v in enumerate(iterates)))
    estimator = Estimator("Rotate", "Nothing but a permutation.", (), (), (y,), states, result, 3, iterates[0])
    return module("Places", (H, W), (), (), (), (estimator,))
