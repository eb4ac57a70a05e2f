"""How large maps are: Lipschitz constants, norms, and the balance between a term and what it acts on."""

from __future__ import annotations

from functools import reduce

from invlang.graph.apply import apply
from invlang.graph.arithmetic import ONE, ZERO, add, divide, multiply, number, pointwise
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, BlockDiagonal, Compose, Diagonal, Identity, Operator, Stack, Sum, Zero
from invlang.graph.several import selector
from invlang.graph.spaces import SCALAR, Product, Space, parts_of, size
from invlang.graph.values import Bundle, Iterative, Known, Number, Reduce, SizeValue, Value, variable
from invlang.plan.gradient import gram
from invlang.rules.atoms import declared_formula
from invlang.rules.facts import inner_of_basis, largest, norm_squared_bound
from invlang.rules.norms import largest_by_ends, norm_of
from invlang.rules.simplify import simplify

SAFE = 1e-8
OF_SEVERAL = (
    3  # times the largest length: to 1e-4, TGV deblurring at 64² takes 266 rounds, by 1 it takes 363 and by 10 it takes 614
)
LEAST_SHARE = 0.01  # of a square's argument that its residual is at least taken for
NOISES_AWAY = 3  # how many times the noise a residual is on the way to the solution


def lipschitz(terms: tuple[Term, ...], level: int = 2) -> Value | None:
    """A Lipschitz constant of the gradient of smooth terms; None where one of them has none that is known."""
    parts: list[Value] = []
    hessian = gram(terms, level)
    if hessian is not None:
        parts.append(largest_eigenvalue(hessian))
    for term in terms:
        if term.atom.has("quadratic") or term.atom.has("linear"):
            continue
        if not isinstance(term.atom, Atom) or not declares(term.atom, "lipschitz"):
            return None
        constant = declared_formula(term.atom, "lipschitz", None, variable("x", term.atom.space))
        parts.append(multiply(term.weight, constant, norm_squared(term.operator)))
    return add(*parts) if parts else ZERO


def has_lipschitz(term: Term) -> bool:
    """Whether a smooth term's gradient has a Lipschitz constant that is known."""
    simple = term.atom.has("quadratic") or term.atom.has("linear")
    return simple or isinstance(term.atom, Atom) and declares(term.atom, "lipschitz")


def declares(atom: Atom, name: str) -> bool:
    return any(h.name.text == name for h in atom.primitive.definition.formulas)


def largest_eigenvalue(operator: Operator) -> Value:
    """The largest eigenvalue of a positive operator: read off its diagonal form, bounded by norms, or by power iteration."""
    core = inner_of_basis(operator)
    target = core if core is not None else operator
    if isinstance(target, Diagonal):
        return largest(target.value)
    split = squared_form(target)
    if split is not None:
        return split
    if isinstance(operator.domain, Product):
        return largest_of_several(target)
    probe = variable("v", operator.domain)
    body = apply(operator, probe)
    return Iterative("power_iteration", probe, body, (), (("rank", operator.domain.rank),), SCALAR)  # type: ignore[arg-type]


def largest_of_several(operator: Operator) -> Value:
    """Of a positive operator on several unknowns: the largest of its blocks where no unknown meets another, else at most their sum."""
    if isinstance(operator, BlockDiagonal):
        return reduce(lambda a, b: pointwise("maximum", a, b), map(largest_eigenvalue, operator.parts))
    spaces = parts_of(operator.domain)
    picks = (selector(spaces, i) for i in range(len(spaces)))
    return add(*(largest_eigenvalue(simplify(Compose((p, operator, Adjoint(p))))) for p in picks))


def squared_form(operator: Operator) -> Value | None:
    """A bound of a sum of scaled parts, each with a known bound."""
    match operator:
        case Identity():
            return ONE
        case Zero():
            return ZERO
        case Sum(terms):
            bounds = [largest_known(t) for _, t in terms]
            if None in bounds:
                return None
            return add(*(multiply(c, b) for (c, _), b in zip(terms, bounds, strict=True)))  # type: ignore[arg-type]
        case Compose():
            return largest_known(operator)
    return None


def largest_known(operator: Operator) -> Value | None:
    core = inner_of_basis(operator)
    if isinstance(core, Diagonal):
        return largest(core.value)
    by_ends = largest_by_ends(operator)
    if by_ends is not None:
        return by_ends
    bound = norm_squared_bound(operator)
    return None if bound is None else pointwise("sqrt", bound[0])


def norm_squared(operator: Operator) -> Value:
    """An upper bound of ‖A‖², by facts or by power iteration on AᴴA."""
    operator = simplify(operator)
    read_off = norm_of(operator)
    if read_off is not None:
        return read_off[0]
    return largest_eigenvalue(simplify(Compose((Adjoint(operator), operator))))


def weighted_norm_squared(operator: Operator, weights: Value) -> Value:
    """Σ sᵢ ‖Kᵢ‖² for a stack K and one weight a block."""
    if isinstance(operator, Stack):
        parts = weights.parts if isinstance(weights, Bundle) else (weights,) * len(operator.parts)
        return add(*(multiply(s, norm_squared(k)) for s, k in zip(parts, operator.parts, strict=True)))
    return multiply(weights, norm_squared(operator))


def balance(terms: tuple[Term, ...], point: Value, curvature: Value, scales: tuple[Value | None, ...]) -> Value:
    """One penalty a term: how steep the term is against how large its argument is at the point.

    A norm of weight w: w / (1.5 mean length).  A square of weight w: the slope of w ‖v + b‖² over the size of v.  A constraint: half of what the others have, as much as it weighs in x where their
    map keeps lengths (scales: μ of each map with Kᴴ K = μ I), or a tenth of the data's curvature where it stands alone.
    Counts y: w / mean y.  What denoises: w times the data's curvature, so that it begins with noise as large as theirs.
    """
    points = point.parts if isinstance(point, Bundle) else (point,) * len(terms)
    steep = [
        multiply(t.weight, curvature) if t.atom.has("denoises") else steepness(t, p, length)
        for t, p, length in zip(terms, points, lengths(terms, points), strict=True)
    ]
    scales = scales or (ONE,) * len(steep)  # without a map, terms act on x itself
    found = [multiply(m if m is not None else number(0.5), s) for s, m in zip(steep, scales, strict=True) if s is not None]
    rest = found[0] if found else multiply(number(0.1), curvature)
    values = tuple(s if s is not None else rest for s in steep)
    return Bundle(values) if isinstance(point, Bundle) else next(iter(values), rest)


def lengths(terms: tuple[Term, ...], points: tuple[Value, ...]) -> tuple[Value | None, ...]:
    """What norms act on, by its mean length; one length for all where a term has arrays of its own, as TGV its slopes.

    These begin at zero, and steps that go by that would hold the others up.
    """
    own = tuple(mean_length(t, p) if t.atom.has("norm") else None for t, p in zip(terms, points, strict=True))
    found = [length for length in own if length is not None]
    if len(found) < 2 or not any(t.inner for t in terms):
        return own
    common = multiply(number(OF_SEVERAL), reduce(lambda a, b: pointwise("maximum", a, b), found))
    return tuple(None if length is None else common for length in own)


def mean_length(term: Term, point: Value) -> Value:
    """The mean length of what a norm adds up."""
    assert isinstance(term.atom, Atom)
    seen = apply(simplify(term.operator), point)
    moved = seen if term.offset is None else add(seen, term.offset)
    return divide(declared_formula(term.atom, "value", None, moved), count_of(term.atom, moved))


def steepness(term: Term, point: Value, length: Value | None) -> Value | None:
    atom = term.atom
    if not isinstance(atom, Atom) or atom.has("indicator"):
        return None
    if length is not None:
        return divide(multiply(number(2 / 3), term.weight), pointwise("maximum", length, Number(SAFE)))
    data = dict(atom.arguments).get("y")
    if isinstance(data, Value):
        mean = Reduce("mean", data, tuple(range(-data.space.rank, 0)))
        return divide(term.weight, pointwise("maximum", mean, Number(SAFE)))
    return steepness_of_square(term, point) if atom.has("quadratic") else term.weight


def steepness_of_square(term: Term, point: Value) -> Value:
    """The slope 2 w (A v + b) of w ‖A v + b‖² at the solution, over A v; both by their root mean squares, as few samples may hold most.

    Of a likelihood it is three times that of the noise, which is of size 1 / √(2 w): the start is farther away.  Elsewhere the
    residual is taken for half of what it is here.
    """
    if term.offset is None:
        return term.weight
    predicted = apply(simplify(term.operator), point)
    seen = pointwise("maximum", root_mean_square(predicted), Number(SAFE))
    if term.source == "data":
        return divide(multiply(number(NOISES_AWAY), pointwise("sqrt", multiply(number(2), term.weight))), seen)
    share = divide(root_mean_square(add(predicted, term.offset)), seen)
    return multiply(term.weight, pointwise("minimum", pointwise("maximum", share, number(LEAST_SHARE)), ONE))


def root_mean_square(value: Value) -> Value:
    """√ of the mean of |v|² over all entries; of several parts √ of the mean of theirs."""
    parts = value.parts if isinstance(value, Bundle) else (value,)
    means = [
        Reduce("mean", pointwise("abs2", p), tuple(range(-p.space.rank, 0))) if p.space.rank else pointwise("abs2", p)
        for p in parts
    ]
    return pointwise("sqrt", means[0] if len(means) == 1 else divide(add(*means), number(len(means))))


def count_of(atom: Atom, point: Value) -> Value:
    """How many lengths a norm adds up; of a norm of matrices, at most how many singular values."""
    spaces = parts_of(point.space)
    if atom.has("undivided"):
        return Number(len(spaces))
    grouped = (-1,) if atom.has("singular") else dict(atom.arguments).get("axis", ())
    total = size(0)
    for space in spaces:
        assert isinstance(space, Space)
        count = size(1)
        for position, axis in enumerate(space.axes, -space.rank):
            if position not in grouped:
                count = count * axis.size
        total = total + count
    return SizeValue(total) if not total.is_Integer else Number(int(total))


def known_number(value: Value) -> float | None:
    """The number a value is with its parameters' defaults, where nothing of it depends on data."""
    match value:
        case Number(v) if isinstance(v, int | float):
            return float(v)
        case SizeValue(e):
            return float(e) if e.is_Integer else None
        case Known(default=d) if d is not None and value.origin == "parameter":
            return float(d)
    operands = getattr(value, "operands", None)
    if operands and hasattr(value, "function"):
        numbers = [known_number(o) for o in operands]
        if None not in numbers:
            folded = pointwise(value.function, *(Number(n) for n in numbers))  # type: ignore[attr-defined]
            return float(folded.value) if isinstance(folded, Number) and not isinstance(folded.value, complex) else None
    return None
