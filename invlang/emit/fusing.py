"""Sums inside a loop in as few passes over memory as torch has words for: torch.lerp, torch.addcmul, torch.add(…, alpha=c).

2 (v − p) − v becomes v − 2 p;  v + w (q − v) becomes lerp(v, q, w);  2 q − v becomes
lerp(v, q, 2);  b + s g becomes addcmul(b, s, g);  b + c g, of a number c, becomes add(b, g, alpha=c).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from invlang.emit.grouping import is_invariant, main_operands, with_operands
from invlang.emit.names import is_negative
from invlang.emit.stages import count_uses, kind_of
from invlang.graph.arithmetic import add, divide, literal_factor, multiply, number
from invlang.graph.fractions import fraction
from invlang.graph.values import Known, Number, Pointwise, Value, Variable


def gather(value: Value, memory: dict[Value, Value]) -> Value:
    """The value with like terms met inside sums, and with steps of an iterate towards something as such."""
    if value not in memory:
        old = main_operands(value)
        new = tuple(gather(o, memory) for o in old)
        memory[value] = as_step(spread(value if new == old else with_operands(value, new)))
    return memory[value]


def is_sum(value: Value) -> bool:
    return isinstance(value, Pointwise) and value.function == "add" and value.space.rank > 0


def spread(value: Value) -> Value:
    """2 (v − p) − v = v − 2 p: a multiple of a sum is multiplied out where one of its terms meets another."""
    if not is_sum(value):
        return value
    terms = value.operands  # type: ignore[attr-defined]
    for position, term in enumerate(terms):
        literal, factor = literal_factor(term)
        inner = terms_of(factor)
        others = {literal_factor(t)[1] for i, t in enumerate(terms) if i != position}
        if len(inner) > 1 and others & {literal_factor(t)[1] for t in inner}:
            products = [multiply(number(literal), t) for t in inner]
            return spread(add(*terms[:position], *products, *terms[position + 1 :]))
    return value


def as_step(value: Value) -> Value:
    """v + w (q − v) = lerp(v, q, w), of an iterate v and a number w;  2 q − v = lerp(v, q, 2)."""
    if not is_sum(value) or len(value.operands) != 2:  # type: ignore[attr-defined]
        return value
    (one, first), (other, second) = map(multiple, value.operands)  # type: ignore[attr-defined]
    if {one, other} == {2, -1} and first.space == second.space and first.space.field == "real":
        return Pointwise("lerp", (*((second, first) if one == 2 else (first, second)), Number(2)))
    for iterate, term in (value.operands, value.operands[::-1]):  # type: ignore[attr-defined]
        if isinstance(iterate, Variable) and isinstance(term, Pointwise) and term.function == "multiply":
            sums = [f for f in term.operands if f.space.rank]
            target = end_of_step(iterate, sums[0]) if len(sums) == 1 else None
            if target is not None:
                weight = multiply(*(f for f in term.operands if not f.space.rank))
                return Pointwise("lerp", (iterate, target, weight))
    return value


def multiple(value: Value) -> tuple[int | float | complex, Value]:
    """c and v of c v;  2 and (a / b) v of (2 a / b) v, with numbers a and b."""
    if isinstance(value, Pointwise) and value.function == "multiply":
        for number_ in (o for o in value.operands if not o.space.rank and not isinstance(o, Number)):
            literal, top, bottom = fraction(number_)
            if literal == 2:
                return 2, multiply(divide(top, bottom), *(o for o in value.operands if o is not number_))
    return literal_factor(value)


def end_of_step(iterate: Variable, step: Value) -> Value | None:
    """q of q − v: an array of the iterate's space."""
    if not is_sum(step):
        return None
    ends = spread(add(step, iterate))
    count = len(step.operands)  # type: ignore[attr-defined]
    reaches = ends.space == iterate.space and not isinstance(ends, Known) and iterate not in terms_of(ends)
    return ends if reaches and len(terms_of(ends)) <= count else None


def terms_of(value: Value) -> tuple[Value, ...]:
    return value.operands if is_sum(value) else (value,)  # type: ignore[attr-defined]


def fuse(values: tuple[Value, ...], kinds: Mapping[Value, str]) -> tuple[Value, ...]:
    """The values with their sums of products in one pass for each product.  kinds: those of iterates that are numbers."""
    uses = count_uses(values, main_operands)

    def alone(term: Value, total: Value) -> bool:
        return uses[term] == 1 and is_fusible(term, total, kinds)

    memory: dict[Value, Value] = {}
    return tuple(fused(v, alone, memory) for v in values)


def fused(value: Value, fits: Callable[[Value, Value], bool], memory: dict[Value, Value]) -> Value:
    if value not in memory:
        old = main_operands(value)
        products = [o for o in old if fits(o, value)] if is_sum(value) and not is_invariant(value) else []
        rest = [o for o in old if o not in products]
        if not any(is_base(o, value) for o in rest):  # the first product stays as it is
            products, rest = products[1:], [*products[:1], *rest]
        if not products or not any(is_base(o, value) for o in rest):
            products, rest = [], list(old)
        new = tuple(fused(o, fits, memory) for o in rest)
        total = new[0] if products and len(new) == 1 else value if new == old else with_operands(value, new)
        for product in products:
            literal, factors = split_product(product)
            total = Pointwise("fused_add", (total, *(fused(f, fits, memory) for f in factors), Number(literal)))
        memory[value] = total
    return memory[value]


def is_base(term: Value, total: Value) -> bool:
    """Can a sum begin with it?"""
    return term.space == total.space and not is_negative(term)


def split_product(value: Value) -> tuple[int | float | complex, tuple[Value, ...]]:
    """−2 and (s, g) of −2 s g, numbers before arrays."""
    literal, rest = literal_factor(value)
    again, inner = literal_factor(rest)
    if again != 1:
        literal, rest = literal * again, inner
    factors = rest.operands if isinstance(rest, Pointwise) and rest.function == "multiply" else (rest,)
    return literal, tuple(sorted(factors, key=lambda f: f.space.rank > 0))


def is_fusible(term: Value, total: Value, kinds: Mapping[Value, str]) -> bool:
    """Is it c g of a literal c other than ±1, or ±s g of two arrays, or of a number and an array?"""
    if not isinstance(term, Pointwise) or term.function != "multiply" or is_invariant(term):
        return False
    literal, factors = split_product(term)
    if isinstance(literal, complex) or len(factors) > 2 or term.space != total.space:
        return False
    if len(factors) == 1:
        return abs(literal) != 1
    tensors = [kind_of(f, kinds) == "tensor" and is_numbers(f) for f in factors]
    return literal in (1, -1) and tensors[-1] and (tensors[0] or not factors[0].space.rank)


def is_numbers(value: Value) -> bool:
    """Not a mask or a count, which may be stored as other than floating-point numbers."""
    return not isinstance(value, Known) or value.of.field in ("real", "complex")
