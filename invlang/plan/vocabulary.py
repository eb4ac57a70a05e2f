"""The functions that algorithms know: inner products, steps, balances, ordered subsets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.apply import apply
from invlang.graph.arithmetic import ONE, add, divide, is_number, multiply, pointwise, reciprocal
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, Compose
from invlang.graph.spaces import AnySpace, Product
from invlang.graph.values import Bundle, Call, Known, Number, Pointwise, Value, known_inside
from invlang.meaning.functionals import primitive_functional
from invlang.plan.forms import stacked_parts
from invlang.plan.linearised import stiffness
from invlang.plan.magnitudes import balance, lipschitz, norm_squared, weighted_norm_squared
from invlang.plan.memory import combined, inner_of_carried, newest, recent, shares, two_loop
from invlang.plan.misfits import Obstacle
from invlang.plan.pieces import WORDS
from invlang.plan.products import each, reduced
from invlang.plan.roles import Block, Carried, Curried, DoesNotFit, Energy, Free, Map, Role, Run, Wrapped
from invlang.plan.tangents import cauchy_step, rounding
from invlang.plan.turning import curvature, em_ratio_of_expression, parabola
from invlang.rules.facts import scaled_identity
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify


def square(record: Run, env: dict[str, Any], free: Any) -> Any:
    """sq(K v − c): one term a block."""
    assert isinstance(free, Free)
    operators = stacked_parts(free.operator)
    offsets = free.offset.parts if isinstance(free.offset, Bundle) else (free.offset,) * len(operators)
    square_atom = primitive_functional("sq")
    return Energy(tuple(Term(ONE, Atom(square_atom, (), k.codomain), k, c) for k, c in zip(operators, offsets, strict=True)))


def curvature_of(env: dict[str, Any], level: int) -> Value:
    smooth = next((v for k, v in env.items() if k == "f" and isinstance(v, Role)), None)
    constant = lipschitz(smooth.terms, level) if smooth is not None else None
    return constant if constant is not None else ONE


def scales_of(k: Map | None) -> tuple[Value | None, ...]:
    """μ of each block of K that keeps all lengths, up to a factor: Kᵢᴴ Kᵢ = μ I; None of the others.  Nothing without a K."""
    if k is None:
        return ()
    return tuple(scaled_identity(simplify(Compose((Adjoint(block), block)))) for block in stacked_parts(k.operator))


def lipschitz_of(record: Run, env: dict[str, Any], role: Role) -> Value:
    """Of what is left of terms after K was peeled off, one for each block."""
    if role.terms and all(isinstance(t.operator, Block) for t in role.terms):
        constants = tuple(lipschitz_of(record, env, replace(role, terms=(t,))) for t in peeled_terms(role))
        return constants[0] if len(constants) == 1 else Bundle(constants)
    constant = lipschitz(role.terms, record.level)
    if constant is None:
        raise DoesNotFit("the gradient of its smooth part has no known Lipschitz constant", Obstacle.NO_STEP)
    return constant


def stiffness_of(record: Run, env: dict[str, Any], role: Role) -> Value:
    """How curved the parabola above a sum of (|A x| − a)² is, the same in every direction."""
    found = stiffness(role.terms, 2)
    if found is None:
        raise DoesNotFit(
            "the maps in its moduli do not keep the lengths of images together: Σ Aᴴ A is not known to be a multiple of I"
        )
    return multiply(role.scale, found)


def preimage(record: Run, env: dict[str, Any], role: Role, k: Map, z: Value, otherwise: Value) -> Value:
    """The v with Kᵢ v = zᵢ for the first unitary block of K whose term is finite everywhere; the other value where there is none."""
    blocks = stacked_parts(k.operator)
    points = z.parts if isinstance(z, Bundle) and len(blocks) > 1 else (z,)
    for term, block, point in zip(role.terms, blocks, points, strict=True):
        back = normal(Adjoint(block), record.level)
        scale, same = (scaled_identity(simplify(Compose(pair))) for pair in ((back, block), (block, back)))
        if scale is not None and same is not None and not term.atom.has("indicator"):
            return multiply(reciprocal(scale), apply(back, point))
    return otherwise


def mass(role: Role) -> Value:
    """Σ w y of counts: how curved they are in the geometry of Burg's entropy."""
    counts = [(t.weight, dict(t.atom.arguments)) for t in role.terms if isinstance(t.atom, Atom)]
    return add(*(multiply(w, reduced("sum", multiply(told["weight"], told["y"]))) for w, told in counts))


def total_and_axes(role: Role) -> tuple[Value, tuple[int, ...]]:
    """What entries of x sum to, and along which axes."""
    atom = role.terms[0].atom
    assert isinstance(atom, Atom)
    axis = atom.argument("axis")
    return atom.argument("total"), axis if isinstance(axis, tuple) else (axis,)


def ones(record: Run, env: dict[str, Any], of: Value) -> Value:
    """Ones as many as a value has entries, as precise as the data."""
    if isinstance(of, Bundle):
        return Bundle(tuple(ones(record, env, p) for p in of.parts))
    data = [k for role in env.values() if isinstance(role, Role) for t in role.terms for k in data_of(t)]
    return Call("arrays", "ones", (data[0] if data else of,), (("space", of.space),), of.space)


def either(record: Run, env: dict[str, Any], test: Value, a: Any, b: Any) -> Any:
    """a where the test gave 1, b where it gave 0; of all that is carried."""
    if isinstance(a, Carried):
        return Carried(tuple(p if p is q else each("where", test, p, q) for p, q in zip(a.values, b.values, strict=True)))
    return each("where", test, a, b)


def image(record: Run, env: dict[str, Any], carried: Carried) -> Value:
    """The unknown among all that an algorithm carries."""
    wrapped = next(v for v in env.values() if isinstance(v, Wrapped))
    assert wrapped.loop is not None
    return next(v for s, v in zip(wrapped.governing, carried.values, strict=True) if s.variable is wrapped.loop.iterate)


def is_nothing(value: Value) -> bool:
    """Is it 0, or the zeros that are left of a difference of one array and itself?"""
    if isinstance(value, Bundle):
        return all(map(is_nothing, value.parts))
    return is_number(value.operands[0] if isinstance(value, Pointwise) and value.function == "multiply" else value, 0)


def em_ratio(terms: tuple[Term, ...], point: Value, level: int) -> Value:
    """Aᴴ (y / A x) / Aᴴ 1"""
    (term,) = terms
    if not isinstance(term.atom, Atom):
        return em_ratio_of_expression(term, point)
    y = term.atom.argument("y")
    forward = apply(normal(term.operator, level), point)
    if term.offset is not None:
        forward = add(forward, term.offset)
    back = normal(Adjoint(term.operator), level)
    like = next(iter(data_of(term)), y)
    tiny = Number(1e-12)
    ratio = each("divide", y, each("maximum", forward, tiny))
    return divide(apply(back, ratio), pointwise("maximum", apply(back, ones_of(y.space, like)), tiny))


def ones_of(space: AnySpace, like: Value) -> Value:
    """Ones wherever there are data."""
    if isinstance(space, Product):
        return Bundle(tuple(ones_of(s, like) for s in space.parts))
    return Call("arrays", "ones", (like,), (("space", space),), space)


def sensitivity(record: Run, env: dict[str, Any], role: Role) -> Value:
    """Σ Aᴴ w of Poisson likelihoods with weights w: how much all data together see of each entry."""

    def of(term: Term) -> Value:
        assert isinstance(term.atom, Atom)
        y, weight = term.atom.argument("y"), term.atom.argument("weight")
        seen = apply(normal(Adjoint(term.operator), record.level), ones_of(y.space, next(iter(data_of(term)), y)))
        return multiply(term.weight, weight, seen)

    return add(*map(of, role.terms))


def data_of(term: Term) -> list[Known]:
    """The measurements that a term compares with."""
    beside = [v for _, v in term.atom.arguments if isinstance(v, Value)] if isinstance(term.atom, Atom) else []
    found = known_inside(beside if term.offset is None else [*beside, term.offset])
    return sorted((k for k in found if k.origin == "data" and k.space.rank), key=lambda k: k.name)


FUNCTIONS: dict[str, Any] = {
    **WORDS,
    "prox": lambda record, env, role: Curried("prox", role),
    "grad": lambda record, env, role: Curried("grad", role),
    "hessian": lambda record, env, role: Curried("hessian", role),
    "residual": lambda record, env, role: Curried("residual", role),
    "curvature": lambda record, env, role, at: curvature(role.terms, at, record.level),
    "parabola": lambda record, env, role, at: parabola(role.terms, at, record.level),
    "mass": lambda record, env, role: mass(role),
    "total": lambda record, env, role: total_and_axes(role)[0],
    "shared": lambda record, env, role: Curried("shared", role),
    "value": lambda record, env, role: Curried("value", role),
    "gauss_newton": lambda record, env, role, at: Curried("gauss_newton", role, (at,)),
    "damped": lambda record, env, role, at, damping: Curried("damped", role, (at, damping)),
    "at_most": lambda record, env, a, b: pointwise("less_equal", a, b),
    "em_ratio": lambda record, env, role: Curried("em_ratio", role),
    "conjugate": lambda record, env, role: replace(role, conjugate=True),
    "lipschitz": lipschitz_of,
    "norm2": lambda record, env, k, s=ONE: weighted_norm_squared(k.operator, s),
    "norm": lambda record, env, k: pointwise("sqrt", norm_squared(k.operator)),
    "balance": lambda record, env, role, z: balance(
        peeled_terms(role), z, curvature_of(env, record.level), scales_of(env.get("K"))
    ),
    "sq": square,
    "preimage": preimage,
    "sqrt": lambda record, env, v: each("sqrt", v),
    "max": lambda record, env, a, b: each("maximum", a, b),
    "min": lambda record, env, a, b: each("minimum", a, b),
    "exp": lambda record, env, v: each("exp", v),
    "abs": lambda record, env, v: each("abs", v),
    "abs2": lambda record, env, v: Bundle(tuple(map(arithmetic.abs2, v.parts))) if isinstance(v, Bundle) else arithmetic.abs2(v),
    "sum": lambda record, env, v: reduced("sum", v),
    "rounding": lambda record, env, v: rounding(v),
    "inner": lambda record, env, a, b: inner_of_carried(a, b),
    "recent": lambda record, env, x, count: recent(x, count),
    "newest": lambda record, env, kept, x: newest(kept, x),
    "shares": lambda record, env, steps, changes, moved: shares(steps, changes, moved),
    "combined": lambda record, env, kept, weights: combined(kept, weights),
    "rise": lambda record, env, role, at: Curried("rise", role, (at,)),
    "cauchy_step": lambda record, env, role, at: cauchy_step(role.terms, at, record.level),
    "either": either,
    "two_loop": lambda record, env, steps, changes, slope: two_loop(steps, changes, slope),
    "stiffness": stiffness_of,
    "image": image,
    "sensitivity": sensitivity,
    "ones": ones,
}


def peeled_terms(role: Role) -> tuple[Term, ...]:
    return tuple(replace(t, operator=t.operator.inner) if isinstance(t.operator, Block) else t for t in role.terms)
