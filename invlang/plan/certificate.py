"""How far an objective can be above its least value: a bound that a round of any algorithm gives along the way.

Every proximal map that a round takes gives a point z and a slope q of its term there, q ∈ ∂g(z); a smooth term has its gradient
at x.  With r = Σ Kᵢᴴ qᵢ + ∇f(x) and any minimiser x*, convexity says

    F(x) − F(x*)  ≤  Σ gᵢ(Kᵢ x) − gᵢ(zᵢ) − ⟨qᵢ, Kᵢ x − zᵢ⟩  +  ⟨r, x − x*⟩.

The last product is at most what the interval of x allows, entry by entry; where x has no end on that side, ‖r‖ ‖x‖, which holds
as soon as x* is no further from x than ‖x‖.  Terms that are met or not (constraints through maps) count with their size.
"""

from __future__ import annotations

from invlang.graph.apply import apply
from invlang.graph.arithmetic import ZERO, add, divide, multiply, number, pointwise, subtract
from invlang.graph.functionals import Atom, Term
from invlang.graph.operators import Adjoint, Operator
from invlang.graph.values import Bundle, Value
from invlang.plan.attempt import Chosen
from invlang.plan.existence import on_unknown
from invlang.plan.forms import stacked_parts
from invlang.plan.gradient import gradient
from invlang.plan.objective import objective_value
from invlang.plan.products import each, inner_of, reduced
from invlang.plan.roles import Touch
from invlang.rules.proximal import normal

TINY = number(1e-30)


def relative_gap(chosen: Chosen, level: int) -> Value | str:
    """The bound over |F(x)| at the result, one number per sample; or why there is none, in words."""
    bent = next((t for t in chosen.terms if not t.is_convex), None)
    if bent is not None:
        return f"{bent.label or bent.text} is not convex, and only a convex objective tells how far its least value is"
    x, slope = chosen.result, None
    total: Value = ZERO
    for role, terms in chosen.fitted.groups:
        touched, maps = touches_of(chosen, role), maps_of(chosen, role)
        if all(on_unknown(t) is not None for t in terms):
            continue
        if touched:
            touched = tuple(t for t in touched if not maps or on_unknown(terms[t.index]) is None)
            excess, back = from_touches(touched, maps, x, level)
            total = add(total, excess)
        elif all(t.atom.has("smooth") for t in terms):
            back = gradient(terms, x, level)
        else:
            return f"{chosen.contract.name} takes no proximal map of {terms[0].label or terms[0].text} in a round"
        slope = back if slope is None else each("add", slope, back)
    if slope is not None:
        total = add(total, reach(slope, x, chosen.terms))
    value = pointwise("abs", objective_value(chosen.terms, x, level))
    return divide(total, pointwise("maximum", value, TINY))


def touches_of(chosen: Chosen, role: str) -> tuple[Touch, ...]:
    """The proximal maps of a role in a round, the last of each block."""
    terms = chosen.fitted.names[role].terms
    last = {t.index: t for t in chosen.loop.touches if t.terms is terms or t.terms == terms}
    return tuple(last[i] for i in sorted(last))


def maps_of(chosen: Chosen, role: str) -> tuple[Operator, ...]:
    """K of each block; nothing for a role of x itself."""
    through = next(s.through for s in chosen.contract.slots if s.role == role)
    return () if through is None else stacked_parts(chosen.fitted.names[through].operator)


def from_touches(touched: tuple[Touch, ...], maps: tuple[Operator, ...], x: Value, level: int) -> tuple[Value, Value]:
    """Σ |g(K x) − g(z) − ⟨q, K x − z⟩| and Σ Kᴴ q."""
    excess: Value = ZERO
    slopes: list[Value] = []
    for touch in touched:
        moved = each("divide", each("subtract", touch.point, touch.value), touch.step)
        z, q = (moved, touch.value) if touch.conjugate else (touch.value, moved)
        k = normal(maps[touch.index], level) if maps else None
        at = x if k is None else apply(k, x)
        rise = subtract(objective_value(touch.block, at, level), objective_value(touch.block, z, level))
        excess = add(excess, pointwise("abs", subtract(rise, inner_of(q, each("subtract", at, z)))))
        slopes.append(q if k is None else apply(normal(Adjoint(maps[touch.index]), level), q))
    total = slopes[0]
    for one in slopes[1:]:
        total = each("add", total, one)
    return excess, total


def reach(slope: Value, x: Value, terms: tuple[Term, ...]) -> Value:
    """The most that ⟨r, x − u⟩ can be over what u may be."""
    slopes, points = (v.parts if isinstance(v, Bundle) else (v,) for v in (slope, x))
    limits = dict(found for t in terms if (found := on_unknown(t)) is not None)
    within: Value = ZERO
    beyond: Value = ZERO
    lengths: Value = ZERO
    for i, (r, at) in enumerate(zip(slopes, points, strict=True)):
        inside, outside = split(r, at, limits.get(i))
        within = add(within, inside)
        beyond = add(beyond, squared(outside))
        lengths = add(lengths, squared(at) if outside is not ZERO else ZERO)
    return within if beyond is ZERO else add(within, pointwise("sqrt", multiply(beyond, lengths)))


def split(r: Value, x: Value, limit: Term | None) -> tuple[Value, Value]:
    """⟨r, x − its nearest end⟩ over the entries that have an end on that side, and r where they have none."""
    if limit is None or not isinstance(limit.atom, Atom):
        return ZERO, r
    low, high = (limit.atom.argument(n) for n in ("lower", "upper"))
    rising, falling = pointwise("maximum", r, ZERO), pointwise("minimum", r, ZERO)
    inside: Value = ZERO
    outside: Value = ZERO
    for part, end in ((rising, low), (falling, high)):
        if abs(end.value) == float("inf"):
            outside = add(outside, part)
        else:
            inside = add(inside, reduced("sum", multiply(part, subtract(x, end))))
    return inside, outside


def squared(value: Value) -> Value:
    return ZERO if value is ZERO else reduced("sum", pointwise("abs2", value))
