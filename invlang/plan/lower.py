"""Running an algorithm's text on symbols: what comes out are the steps, as values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.apply import apply
from invlang.graph.arithmetic import ONE, add, divide, multiply, negate, number, pointwise, reciprocal
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, Compose, Identity, Operator, Stack
from invlang.graph.values import Bundle, Call, Number, Reduce, Value, variable
from invlang.meaning.functionals import primitive_functional
from invlang.plan.gradient import gradient, gram
from invlang.plan.magnitudes import balance, lipschitz, norm_squared, weighted_norm_squared
from invlang.plan.steps import State
from invlang.rules.facts import scaled_identity
from invlang.rules.inverse import Refusal, Solved, solve
from invlang.rules.proximal import constant_gradient, dual_prox, normal, prox
from invlang.rules.simplify import simplify
from invlang.syntax import tree


class DoesNotFit(Exception):
    """An algorithm cannot be written down for an objective; says why in words."""


@dataclass(frozen=True)
class Role:
    """A functional in an algorithm's text: terms, and what scales or dualises them."""

    terms: tuple[Term, ...]
    scale: Value = ONE
    conjugate: bool = False


@dataclass(frozen=True)
class Map:
    """A linear map in an algorithm's text."""

    operator: Operator


@dataclass(frozen=True)
class Free:
    """operator · v + offset: an expression of the variable of an argmin."""

    operator: Operator
    offset: Value | None


@dataclass(frozen=True)
class Energy:
    """A sum of terms of the variable of an argmin."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Curried:
    """prox(g), grad(f), …: a function that waits for its point."""

    name: str
    role: Role


@dataclass(frozen=True)
class Touch:
    """A proximal map that was taken: of which block of a role, scaled by step, at which point, and what it gave.

    terms: the role's own;  block: those of them that act together here, as functionals of the point.
    """

    terms: tuple[Term, ...]
    index: int
    block: tuple[Term, ...]
    step: Value
    point: Value
    value: Value
    conjugate: bool


@dataclass
class Run:
    """One execution.  solves: the linear solves that were used;  names: what values were called;  proxes: how each was found;
    touches: the proximal maps of the loop."""

    level: int
    names: list[tuple[Value, str]] = field(default_factory=list)
    solves: list[Solved] = field(default_factory=list)
    proxes: list[tuple[str, str]] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)

    def keep(self, system: Solved) -> None:
        """Keeps a linear system that is one: dividing by a number is none."""
        if scaled_identity(system.forward) is None:
            self.solves.append(system)


@dataclass(frozen=True)
class Loop:
    """states: the loop variables;  result: what x is in the end, in terms of them;  iterate: the variable of x, if it has one;
    touches: the proximal maps of a round."""

    states: tuple[State, ...]
    result: Value
    direct: bool
    iterate: Value | None = None
    touches: tuple[Touch, ...] = ()


def run(algorithm: tree.Algorithm, names: dict[str, Any], start: Value, level: int) -> tuple[Loop, Run]:
    """Executes the algorithm's text.  names: roles and parameters;  start: the first x."""
    record = Run(level)
    env: dict[str, Any] = {**names, "x": start}
    states: tuple[State, ...] = ()
    iterate: Value | None = None
    looped = False
    touches: tuple[Touch, ...] = ()
    for statement in algorithm.body:
        match statement:
            case tree.Assign(name, value):
                env[name.text] = evaluate(value, env, record)
            case tree.Repeat(body):
                assert not looped, f"{algorithm.name.text} has two loops"
                looped = True
                record.touches.clear()
                states, env = run_loop(body, env, record)
                iterate, touches = env["x"], tuple(record.touches)
    return Loop(states, env["x"], not looped, iterate, touches), record


def run_loop(body: tuple[tree.Assign, ...], env: dict[str, Any], record: Run) -> tuple[tuple[State, ...], dict[str, Any]]:
    assigned = list(dict.fromkeys(s.name.text.rstrip("'") for s in body))
    carried = [n for n in assigned if isinstance(env.get(n), Value)]
    variables = {n: loop_variable(n, env[n]) for n in carried}
    inner = {**env, **variables}
    for statement in body:
        value = evaluate(statement.value, inner, record)
        inner[statement.name.text] = value
        if isinstance(value, Value):
            record.names.append((value, statement.name.text.replace("'", "_next")))
    states = tuple(State(variables[n], env[n], inner.get(f"{n}'", inner[n])) for n in carried)
    return states, {**env, **variables}


def loop_variable(name: str, start: Value) -> Value:
    if isinstance(start, Bundle):
        return Bundle(tuple(variable(f"{name}{i + 1}", p.space) for i, p in enumerate(start.parts)))
    return variable(name, start.space)


# ---- expressions


def evaluate(node: Any, env: dict[str, Any], record: Run) -> Any:
    match node:
        case tree.Name(text):
            if text not in env:
                raise AssertionError(f"an algorithm of the library uses `{text}`, which it does not define")
            return env[text]
        case tree.Number(text):
            return number(float(text))
        case tree.Negate(operand):
            return times(number(-1), evaluate(operand, env, record))
        case tree.Binary(operator, left, right):
            return binary(operator, evaluate(left, env, record), evaluate(right, env, record))
        case tree.Attribute(inner, name) if name.text == "H":
            return Map(normal(Adjoint(evaluate(inner, env, record).operator), record.level))
        case tree.Call():
            return call(node, env, record)
    raise AssertionError(f"an algorithm cannot say {type(node).__name__}")


def binary(operator: str, left: Any, right: Any) -> Any:
    match operator:
        case "@":
            assert isinstance(left, Map)
            if isinstance(right, Free):
                moved = None if right.offset is None else apply(left.operator, right.offset)
                return Free(Compose((left.operator, right.operator)), moved)
            return apply(left.operator, right)
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, times(number(-1), right))
        case "*":
            return times(left, right)
        case "/":
            return times(divided(ONE, right), left) if isinstance(left, Role | Energy) else divided(left, right)
        case "^":
            return arithmetic.power(left, right.value)
    raise AssertionError(operator)


def divided(a: Value, b: Value) -> Value:
    if isinstance(b, Bundle):
        tops = a.parts if isinstance(a, Bundle) else (a,) * len(b.parts)
        return Bundle(tuple(divide(p, q) for p, q in zip(tops, b.parts, strict=True)))
    return divide(a, b)


def plus(left: Any, right: Any) -> Any:
    if isinstance(left, Energy) and isinstance(right, Energy):
        return Energy(left.terms + right.terms)
    if isinstance(left, Free) and isinstance(right, Value):
        return replace(left, offset=right if left.offset is None else add(left.offset, right))
    if isinstance(left, Value) and isinstance(right, Bundle) and not isinstance(left, Bundle):
        return Bundle(tuple(add(left, p) for p in right.parts))
    return add(left, right)


def times(left: Any, right: Any) -> Any:
    match left, right:
        case Value(), Role():
            return replace(right, scale=times(left, right.scale))
        case Value(), Energy(terms):
            factors = left.parts if isinstance(left, Bundle) else (left,) * len(terms)
            return Energy(tuple(replace(t, weight=multiply(f, t.weight)) for f, t in zip(factors, terms, strict=True)))
        case Bundle(a), Bundle(b):
            return Bundle(tuple(multiply(p, q) for p, q in zip(a, b, strict=True)))
        case Energy(), Value():
            return times(right, left)
    return multiply(left, right)


def call(node: tree.Call, env: dict[str, Any], record: Run) -> Any:
    if isinstance(node.function, tree.Call):
        curried = call(node.function, env, record)
        return at_point(curried, evaluate(node.arguments[0].value, env, record), record)
    assert isinstance(node.function, tree.Name)
    name = node.function.text
    if name == "argmin":
        return argmin(node.arguments[0].value, env, record)
    arguments = [evaluate(a.value, env, record) for a in node.arguments]
    if name in env and isinstance(env[name], Role):
        return energy_of(env[name], arguments[0])
    return FUNCTIONS[name](record, env, *arguments)


def energy_of(role: Role, point: Any) -> Any:
    """f(v) inside an argmin."""
    assert isinstance(point, Free), "functionals are evaluated inside argmin only"
    return Energy(tuple(replace(t, weight=multiply(role.scale, t.weight)) for t in role.terms))


def square(record: Run, env: dict[str, Any], free: Any) -> Any:
    """sq(K v − c): one term a block."""
    assert isinstance(free, Free)
    operators = stacked_parts(free.operator)
    offsets = free.offset.parts if isinstance(free.offset, Bundle) else (free.offset,) * len(operators)
    square_atom = primitive_functional("sq")
    return Energy(tuple(Term(ONE, Atom(square_atom, (), k.codomain), k, c) for k, c in zip(operators, offsets, strict=True)))


def stacked_parts(operator: Operator) -> tuple[Operator, ...]:
    match operator:
        case Stack(parts):
            return parts
        case Compose((Stack(parts), *rest)):
            tail = Compose(tuple(rest)) if len(rest) > 1 else rest[0]
            return tuple(p if isinstance(tail, Identity) else Compose((p, tail)) for p in parts)
    return (operator,)


def at_point(curried: Curried, point: Value, record: Run) -> Value:
    role = curried.role
    terms, level = role.terms, record.level
    match curried.name:
        case "grad":
            return multiply(role.scale, gradient(terms, point, level))
        case "hessian":
            hessian = gram(terms, level)
            assert hessian is not None
            return apply(hessian, point)
        case "em_ratio":
            return em_ratio(terms, point, level)
    return separately(role, point, record)


def separately(role: Role, point: Value, record: Run) -> Value:
    """A prox; one for each block where the point is a bundle that blocks of terms act on, and the point where there are no terms."""
    if not role.terms and not role.conjugate:
        return point
    blocks = isinstance(point, Bundle) and all(isinstance(t.operator, Block) for t in role.terms)
    if not blocks:
        return found(role, 0, role.terms, role.scale, point, record)
    assert isinstance(point, Bundle)
    scales = role.scale.parts if isinstance(role.scale, Bundle) else (role.scale,) * len(point.parts)
    peeled = [replace(t, operator=t.operator.inner) for t in role.terms]  # type: ignore[attr-defined]
    blocks_of = enumerate(zip(peeled, scales, point.parts, strict=True))
    return Bundle(tuple(found(role, i, (t,), s, p, record) for i, (t, s, p) in blocks_of))


def found(role: Role, index: int, terms: tuple[Term, ...], step: Value, point: Value, record: Run) -> Value:
    terms = tuple(replace(t, operator=t.operator.inner) if isinstance(t.operator, Block) else t for t in terms)
    goal = dual_prox if role.conjugate else prox
    result = goal(terms, step, point, record.level)
    if isinstance(result, Refusal):
        raise DoesNotFit(result.because)
    if result.solved is not None:
        record.keep(result.solved)
    record.proxes.append((" + ".join(t.label or t.text for t in terms), result.how))
    record.touches.append(Touch(role.terms, index, terms, step, point, result.value, role.conjugate))
    return result.value


@dataclass(frozen=True, eq=False)
class Block(Operator):
    """What is left of a term's operator after K was peeled off: it acts on one block of K's codomain."""

    inner: Operator
    index: int

    @property
    def domain(self) -> Any:
        return self.inner.domain

    @property
    def codomain(self) -> Any:
        return self.inner.codomain


def argmin(function: Any, env: dict[str, Any], record: Run) -> Value:
    """argmin v -> quadratic energy: its normal equations, solved by the best way there is."""
    assert isinstance(function, tree.Lambda)
    space = env["x"].space
    energy = evaluate(function.body, {**env, function.parameter.text: Free(Identity(space), None)}, record)
    assert isinstance(energy, Energy)
    squares = tuple(
        (multiply(number(2), t.weight), normal(t.operator, record.level)) for t in energy.terms if t.atom.has("quadratic")
    )
    constants = [constant_gradient(t, record.level) for t in energy.terms]
    solved = solve(squares, None, record.level)
    record.keep(solved)
    right = add(*(negate(c) for c in constants if c is not None))
    return apply(solved.operator, right)


def em_ratio(terms: tuple[Term, ...], point: Value, level: int) -> Value:
    """Aᴴ (y / A x) / Aᴴ 1"""
    (term,) = terms
    assert isinstance(term.atom, Atom)
    y = term.atom.argument("y")
    forward = apply(normal(term.operator, level), point)
    if term.offset is not None:
        forward = add(forward, term.offset)
    back = normal(Adjoint(term.operator), level)
    ones = Call("arrays", "ones", (y,), (("space", y.space),), y.space)
    tiny = Number(1e-12)
    ratio = divide(y, pointwise("maximum", forward, tiny))
    return divide(apply(back, ratio), pointwise("maximum", apply(back, ones), tiny))


# ---- the functions that algorithms know


def reduced(function: str, value: Value) -> Value:
    if isinstance(value, Bundle):
        return add(*(reduced(function, p) for p in value.parts))
    return Reduce(function, value, tuple(range(-value.space.rank, 0))) if value.space.rank else value


def inner_product(record: Run, env: dict[str, Any], a: Value, b: Value) -> Value:
    return inner_of(a, b)


def inner_of(a: Value, b: Value) -> Value:
    """Re⟨a, b⟩, of all parts together"""
    return reduced("sum", each("real", multiply(each("conj", a), b)))


def each(function: str, *values: Value) -> Value:
    bundles = [v for v in values if isinstance(v, Bundle)]
    if not bundles:
        return pointwise(function, *values)
    columns = [v.parts if isinstance(v, Bundle) else (v,) * len(bundles[0].parts) for v in values]
    return Bundle(tuple(pointwise(function, *row) for row in zip(*columns, strict=True)))


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
    constant = lipschitz(role.terms, record.level)
    if constant is None:
        raise DoesNotFit("the gradient of its smooth part has no known Lipschitz constant")
    return constant


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


FUNCTIONS: dict[str, Any] = {
    "prox": lambda record, env, role: Curried("prox", role),
    "grad": lambda record, env, role: Curried("grad", role),
    "hessian": lambda record, env, role: Curried("hessian", role),
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
    "abs": lambda record, env, v: each("abs", v),
    "abs2": lambda record, env, v: Bundle(tuple(map(arithmetic.abs2, v.parts))) if isinstance(v, Bundle) else arithmetic.abs2(v),
    "sum": lambda record, env, v: reduced("sum", v),
    "inner": inner_product,
}


def peeled_terms(role: Role) -> tuple[Term, ...]:
    return tuple(replace(t, operator=t.operator.inner) if isinstance(t.operator, Block) else t for t in role.terms)
