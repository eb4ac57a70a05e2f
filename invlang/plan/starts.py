"""Where an algorithm begins: where the program says, at Aᴴ y, or near what nonlinear data tell."""

from __future__ import annotations

from invlang.graph.apply import apply
from invlang.graph.arithmetic import (
    ONE,
    ZERO,
    add,
    divide,
    is_binary,
    is_complex_value,
    is_number,
    is_scalar,
    multiply,
    number,
    pointwise,
)
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Adjoint, Operator
from invlang.graph.program import EstimatorOf, Measurement, Program, UnknownOf
from invlang.graph.spaces import Space
from invlang.graph.values import Apply, Bundle, Call, Known, Number, Pointwise, Reduce, Value, operands_of
from invlang.meaning.templates import embed
from invlang.plan.spectral import spectral_estimate
from invlang.rules.derivative import filled, pulled_back, put, substitute
from invlang.rules.facts import norm_squared_bound
from invlang.rules.parts import acts_on, part_of
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify


def starting_point(wanted: EstimatorOf, program: Program) -> Value | None:
    """The first iterate, a bundle where there are several unknowns; None where nothing says one."""
    told = wanted.start or (None,) * len(program.unknowns)
    default: Value | None = None
    if None in told:
        default = from_data(wanted.terms, program)
        if default is None:
            return None
    defaults = default.parts if isinstance(default, Bundle) else (default,)
    like = any_data(program)
    pairs = zip(told, defaults if default is not None else told, program.unknowns, strict=True)
    parts = tuple(laid_out(s if s is not None else d, u.space, like) for s, d, u in pairs)  # type: ignore[arg-type]
    if wanted.inner:
        assert isinstance(program.variable, Bundle)
        found = parts[: len(parts) - len(wanted.inner)]
        known: dict[Value, Value] = dict(zip(program.variable.parts, found, strict=False))  # type: ignore[arg-type]
        parts = (*known.values(), *(put(begin, known, {}) for _, begin in wanted.inner))
    return parts[0] if len(parts) == 1 else Bundle(parts)  # type: ignore[arg-type]


def any_data(program: Program) -> Value:
    """A measurement, whose batch axes the first iterate takes."""
    value = program.measurements[0].value
    return value.parts[0] if isinstance(value, Bundle) else value


def laid_out(value: Value, space: Space, like: Value) -> Value:
    """The value over the whole space, complex where that is."""
    if space.field == "complex" and not is_complex_value(value) and not is_scalar(value) and value.space.sizes == space.sizes:
        return Apply(embed(space), value)
    if value.space.sizes == space.sizes and space.rank:
        return value
    ones = Call("arrays", "ones", (like,), (("space", space),), space)
    return multiply(value, ones)


def from_data(terms: tuple[Term, ...], program: Program) -> Value | None:
    """Of each unknown what the first linear data term that sees it tells, else what the first nonlinear measurement tells."""
    ordered = (*(t for t in terms if t.source == "data"), *terms)
    told = [(simplify(t.operator), y) for t in ordered if (y := data_in(t)) is not None]
    if not told:
        bent = next((m for m in program.measurements if m.operator is None and any(reads(t, m) for t in terms)), None)
        return None if bent is None else from_nonlinear(bent, program)
    if len(program.unknowns) == 1:
        return seen_back(*told[0])
    return Bundle(tuple(seen_by_first(told, i) for i in range(len(program.unknowns))))


def seen_by_first(told: list[tuple[Operator, Value]], index: int) -> Value:
    """One of several unknowns, as the first data tell it whose operator acts on it; where none does it is zero."""
    operator, data = next(((k, y) for k, y in told if acts_on(k, index)), told[0])
    alone = part_of(operator)
    if alone is not None and alone[0] == index:
        return seen_back(alone[1], data)
    back = seen_back(operator, data)
    assert isinstance(back, Bundle)
    return back.parts[index]


def seen_back(operator: Operator, data: Value) -> Value:
    """c Aᴴ y, c such that A c Aᴴ y is about as large as y."""
    return scaled_back(operator, apply(normal(Adjoint(operator), 2), data))


def scaled_back(operator: Operator, image: Value) -> Value:
    """Aᴴ y over ‖A‖² where that is known exactly; else times the factor that fits A Aᴴ y best to y."""
    bound = norm_squared_bound(operator)
    if bound is not None and bound[1]:
        return image if is_at_most_one(bound[0]) else multiply(divide(ONE, bound[0]), image)
    energy = sum_of_squares(image)
    return multiply(divide(energy, pointwise("maximum", sum_of_squares(apply(operator, image)), Number(1e-30))), image)


def is_at_most_one(value: Value) -> bool:
    inner = value.operand if isinstance(value, Reduce) else value
    return is_number(inner, 1) or is_binary(inner)


def sum_of_squares(value: Value) -> Value:
    parts = value.parts if isinstance(value, Bundle) else (value,)
    squares = (pointwise("abs2", p) for p in parts)
    return add(*(Reduce("sum", v, tuple(range(-v.space.rank, 0))) for v in squares))


def reads(term: Term, measurement: Measurement) -> bool:
    """Whether a term speaks of a measurement."""
    values = (
        [term.atom.value] if isinstance(term.atom, SmoothAtom) else [v for _, v in term.atom.arguments if isinstance(v, Value)]
    )
    return measurement.value in {k for v in values for k in knowns_in(v)}


def from_nonlinear(measurement: Measurement, program: Program) -> Value:
    """The middle of each interval; without one by the spectral method where the data are |A x|², else Jᵀ y at zero."""
    y, mean = measurement.value, measurement.mean
    variables = program.variable.parts if isinstance(program.variable, Bundle) else (program.variable,)
    inside = modulus_of(mean) if len(variables) == 1 and has_no_middle(program.unknowns[0]) else None
    if inside is not None:
        found = spectral_estimate(inside, variables[0], y)  # type: ignore[arg-type]
        if found is not None:
            return found
    middles = tuple(middle_of(u, v, any_data(program)) for u, v in zip(program.unknowns, variables, strict=True))
    whole = middles[0] if len(middles) == 1 else Bundle(middles)
    parts = []
    for unknown, variable, middle in zip(program.unknowns, variables, middles, strict=True):
        back = pulled_back(mean, variable, y) if has_no_middle(unknown) else middle
        parts.append(filled(substitute(back, program.variable, whole), middle) if back is not ZERO else middle)
    return parts[0] if len(parts) == 1 else Bundle(tuple(parts))


def modulus_of(mean: Value) -> Value | None:
    """A x of |A x|²"""
    if isinstance(mean, Pointwise) and (mean.function == "abs2" or mean.function == "power" and is_number(mean.operands[1], 2)):
        return mean.operands[0]
    return None


def has_no_middle(unknown: UnknownOf) -> bool:
    return unknown.interval is None or any(abs(v) == float("inf") for v in unknown.interval)


def middle_of(unknown: UnknownOf, variable: Value, like: Value) -> Value:
    """The middle of an unknown's interval; zero where it has none, the border where it has one."""
    space = variable.space
    kind = "zeros"
    middle = 0.0
    if unknown.interval is not None:
        low, high = unknown.interval
        finite = [v for v in (low, high) if abs(v) != float("inf")]
        middle = sum(finite) / len(finite) if finite else 0.0
        kind = "ones" if middle else "zeros"
    made = Call("arrays", kind, (like,), (("space", space),), space)
    return multiply(number(middle), made) if middle else made


def data_in(term: Term) -> Value | None:
    if isinstance(term.atom, Atom):
        y = dict(term.atom.arguments).get("y")
        if isinstance(y, Value):
            return y if term.offset is None else add(y, multiply(number(-1), term.offset))
        return None if term.offset is None else multiply(number(-1), term.offset)
    if term.offset is not None:
        return multiply(number(-1), term.offset)
    return next((k for k in knowns_in(term.atom.value) if k.origin == "data" and k.space == term.operator.domain), None)


def knowns_in(value: Value) -> list[Known]:
    found = [value] if isinstance(value, Known) else []
    return [*found, *(k for o in operands_of(value) for k in knowns_in(o))]
