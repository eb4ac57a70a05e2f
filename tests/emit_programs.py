"""Plans written by hand, as the planner would: what the tests of the emitter run."""

from __future__ import annotations

import sympy

from invlang.graph.arithmetic import abs2, add, conj, divide, multiply, pointwise, power, reciprocal, subtract
from invlang.graph.declarations import Primitive
from invlang.graph.operators import Leaf
from invlang.graph.spaces import Axis, Space, dim, size
from invlang.graph.values import Apply, Call, Known, Number, Random, Reduce, Value, Variable
from invlang.plan.steps import Estimator, Function, GivenArray, ModelModule, State

C, H, W = dim("C"), dim("H"), dim("W")
PLANE = (-2, -1)


def axis(length: sympy.Expr | int, name: str | None = None) -> Axis:
    return Axis(size(length) if isinstance(length, int) else length, name)


def real(*sizes: sympy.Expr | int) -> Space:
    return Space("real", tuple(axis(s, str(s) if isinstance(s, sympy.Symbol) else None) for s in sizes))


def cplx(*sizes: sympy.Expr | int) -> Space:
    return real(*sizes).over("complex")


def primitive(kernel: str, stem: str) -> Primitive:
    return Primitive(kernel.title().replace("_", ""), kernel, stem, None)  # type: ignore[arg-type]


FOURIER, HALF, GRADIENT, REPEAT = (
    primitive(k, s)
    for k, s in [("fourier", "fourier"), ("half_fourier", "fourier"), ("gradient", "differences"), ("repeat", "channels")]
)


def half_fourier(x: Value) -> Value:
    *head, last = x.space.axes
    return Call("fourier", "half_fourier", (x,), (("axes", PLANE),), Space("complex", (*head, axis(last.size // 2 + 1))))


def half_inverse(y: Value, to: Space) -> Value:
    return Call("fourier", "half_fourier_inverse", (y,), (("axes", PLANE), ("sizes", to.sizes[-2:])), to)


def fourier(x: Value) -> Value:
    space = x.space.over("complex")
    return Apply(Leaf(FOURIER, (("axes", PLANE),), space, space), x)


def fourier_adjoint(x: Value) -> Value:
    return Apply(Leaf(FOURIER, (("axes", PLANE),), x.space, x.space, adjoint=True), x)


def gradient_leaf(space: Space) -> Leaf:
    to = Space(space.field, (*space.axes[:-2], axis(2), *space.axes[-2:]))
    return Leaf(GRADIENT, (("axes", PLANE), ("boundary", "neumann")), space, to)


def gradient(x: Value) -> Value:
    return Apply(gradient_leaf(x.space), x)


def gradient_adjoint(g: Value, space: Space) -> Value:
    return Apply(gradient_leaf(space).flipped, g)


def total(x: Value) -> Value:
    return Reduce("sum", x, tuple(range(-x.space.rank, 0)))


def sq(x: Value) -> Value:
    return total(abs2(x))


def clamp(x: Value, low: float = 0, high: float = 1) -> Value:
    return pointwise("clamp", x, Number(low), Number(high))


def deblur() -> ModelModule:
    """TV deblurring by PDHG, the first program of the language."""
    image = real(3, H, W)
    h = Known("h", real(9, 9), "given")
    sigma = Known("sigma", real(), "parameter", 0.02)
    weight, tau, s = (Known(n, real(), "parameter", v) for n, v in (("weight", 20.0), ("tau", 1e-4), ("s", 1000.0)))
    y, x, rho = Known("y", image, "data"), Known("x", image, "argument"), Known("rho", real(), "argument")
    spectrum = Call("fourier", "half_spectrum", (h,), (("axes", PLANE), ("sizes", (H, W))), cplx(H, W // 2 + 1))
    gram = abs2(spectrum)

    def A(v: Value) -> Value:
        return half_inverse(multiply(spectrum, half_fourier(v)), image)

    def A_adjoint(v: Value) -> Value:
        return half_inverse(multiply(conj(spectrum), half_fourier(v)), image)

    noise = Random("standard_normal", "y", (), image)
    functions = (
        Function("A", (x,), A(x)),
        Function("A_adjoint", (y,), A_adjoint(y)),
        Function("A_gram", (x,), half_inverse(multiply(gram, half_fourier(x)), image), "Aᴴ A = Fᴴ |ĥ|² F"),
        Function(
            "A_solve", (y, rho), half_inverse(divide(half_fourier(y), add(gram, rho)), image), "(Aᴴ A + ρ)⁻¹ = Fᴴ (|ĥ|² + ρ)⁻¹ F"
        ),
        Function("simulate", (x,), add(A(x), multiply(sigma, noise)), doc="A measurement of x, with noise."),
    )
    v, p, q, ahead = (Variable("x", image), Variable("p", real(3, 2, H, W)), Variable("q", image), Variable("ahead", image))
    p_next = Call("functionals", "project_to_balls", (add(p, multiply(s, gradient(ahead))), weight), (("axis", -3),), p.of)
    moved = add(q, multiply(s, ahead))
    q_next = subtract(moved, multiply(s, clamp(divide(moved, s))))
    r = divide(tau, power(sigma, 2))
    gain = reciprocal(add(Number(1), multiply(r, gram)))
    bias = multiply(r, gain, conj(spectrum), half_fourier(y))
    step = subtract(v, multiply(tau, add(gradient_adjoint(p_next, image), q_next)))
    x_next = half_inverse(add(multiply(gain, half_fourier(step)), bias), image)
    states = (
        State(v, A_adjoint(y), x_next),
        State(ahead, A_adjoint(y), subtract(multiply(Number(2), x_next), v)),
        State(p, multiply(Number(0), gradient(A_adjoint(y))), p_next),
        State(q, multiply(Number(0), A_adjoint(y)), q_next),
    )
    unknown = Variable("u", image)
    lengths = Reduce("norm2", gradient(unknown), (-3,))
    objective = add(divide(sq(subtract(A(unknown), y)), multiply(Number(2), power(sigma, 2))), multiply(weight, total(lengths)))
    tv = Estimator(
        "Tv",
        "argmin 1/(2σ²) ‖A x − y‖² + 20 TV(x), 0 ≤ x ≤ 1, by primal–dual splitting (Chambolle, Pock 2011).",
        ("Converges: τ s ‖K‖² = 1 with K = (∇, I) and ‖K‖² ≤ ‖∇‖² + ‖I‖² = 9.", "Each iteration: one pair of real transforms."),
        (weight, tau, s),
        (y,),
        states,
        clamp(v),
        300,
        unknown,
        objective,
        ((gain, "gain"), (bias, "bias"), (r, "r"), (unknown, "x")),
        (
            (gain, "(I + r Aᴴ A)⁻¹ in Fourier space"),
            (bias, "… applied to r Aᴴ y"),
            (p, "dual of TV"),
            (q, "dual of the box"),
            (q_next, "prox of the conjugate of the box (Moreau)"),
        ),
    )
    return ModelModule(
        "Deblur",
        "deblur.inv",
        "Recover a photograph from a blurred, noisy copy.",
        ("unknown  x : real[3, H, W],  0 ≤ x ≤ 1", "data     y ~ Normal(A x, σ = 0.02)         A = Blur(h), circular"),
        (H, W),
        (GivenArray(h),),
        (sigma,),
        functions,
        (tv,),
        ((spectrum, "spectrum"), (gram, "power")),
        ((spectrum, "ĥ"), (gram, "|ĥ|²")),
    )
