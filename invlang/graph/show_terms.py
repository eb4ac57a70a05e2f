"""Terms of objectives as mathematics in one line of Unicode: 1/(2 σ²) ‖A x − y‖²."""

from __future__ import annotations

from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Compose, Diagonal, Identity, Operator, Row, Sum, Zero
from invlang.graph.show import factor, show, show_factor, show_value
from invlang.graph.values import Applied, Number, Pointwise, Value

Named = tuple[tuple[str, Operator], ...]


def show_term(term: Term, unknowns: tuple[str, ...] = ("x",), named: Named = ()) -> str:
    """A term of an objective: 1/(2 σ²) ‖A x − y‖².  named: operators of the program, which are called by their names."""
    if isinstance(term.atom, SmoothAtom):
        return term.text
    inner = seen_through_one_gain(term, unknowns, named) or shifted(show_applied(term.operator, unknowns, named), term.offset)
    return weighted(term.weight, show_atom(term.atom, inner))


def seen_through_one_gain(term: Term, unknowns: tuple[str, ...], named: Named) -> str | None:
    """g (A x − y), where the term says g A x − g y with a diagonal g."""
    match factors_of(term.operator), term.offset:
        case (Diagonal() as gain, *rest), Applied(operator, value) if operator is gain:
            inner = shifted(show_applied(Compose(tuple(rest)), unknowns, named), value)
            return f"{show(gain)} ({inner})"
    return None


def weighted(weight: Value, text: str) -> str:
    """20 ‖x‖₁;  KL(x; y) / gain, where a name of several letters in front could not be told from the function's."""
    if show_value(weight) == "1":
        return text
    if isinstance(weight, Pointwise) and weight.function == "divide":
        above, below = weight.operands
        if isinstance(above, Number) and above.value == 1 and len(show_value(below)) > 2 and show_value(below).isalpha():
            return f"{text} / {show_value(below)}"
    shown = show_value(weight)
    return f"({shown}) {text}" if isinstance(weight, Pointwise) and weight.function == "add" else f"{shown} {text}"


def shifted(inner: str, offset: Value | None) -> str:
    """A x − y, A x + b."""
    if offset is None:
        return inner
    text = show_value(offset)
    return f"{inner} − {text.removeprefix('−')}" if text.startswith("−") else f"{inner} + {text}"


def show_applied(operator: Operator, unknowns: tuple[str, ...], named: Named = ()) -> str:
    """operator · unknown: A x;  of several unknowns A u + B v, or F (u + v)."""
    factors = factors_of(operator)
    last = factors[-1] if factors else None
    if isinstance(last, Row | Sum) and len(unknowns) > 1:
        head = in_names(factors[:-1], named)
        inner, count = mixed(last, unknowns, named)
        return f"{head} ({inner})" if head and count > 1 else f"{head} {inner}".strip()
    unknown = unknowns[0] if len(unknowns) == 1 else f"({', '.join(unknowns)})"
    return f"{in_names(factors, named)} {unknown}".strip()


def mixed(operator: Row | Sum, unknowns: tuple[str, ...], named: Named) -> tuple[str, int]:
    """What a row or a sum of rows makes of several unknowns, and of how many terms it is a sum."""
    if isinstance(operator, Row):
        acting = [(p, u) for p, u in zip(operator.parts, unknowns, strict=True) if not isinstance(p, Zero)]
        texts = [show_applied(p, (u,), named) for p, u in acting]
    else:
        texts = [times_applied(c, show_applied(t, unknowns, named)) for c, t in operator.terms]
    return " + ".join(texts).replace("+ −", "− "), len(texts)


def times_applied(coefficient: Value, text: str) -> str:
    """A x, −A x, 3 (A x)"""
    if isinstance(coefficient, Number) and coefficient.value in (1, -1):
        return text if coefficient.value == 1 else f"−{text}"
    return f"{factor(coefficient)} ({text})"


def factors_of(operator: Operator) -> tuple[Operator, ...]:
    """The factors of a product of products, without identities."""
    if isinstance(operator, Compose):
        return tuple(f for part in operator.factors for f in factors_of(part))
    return () if isinstance(operator, Identity) else (operator,)


def in_names(factors: tuple[Operator, ...], named: Named) -> str:
    """A product, in which operators of the program stand by their names, the longest first."""
    for name, operator in sorted(named, key=lambda pair: -len(factors_of(pair[1]))):
        window = factors_of(operator)
        for i in range(len(factors) - len(window) + 1):
            if window and factors[i : i + len(window)] == window:
                before, after = factors[:i], factors[i + len(window) :]
                return " ".join(filter(None, (in_names(before, named), name, in_names(after, named))))
    return " ".join(filter(None, map(show_factor, factors)))


def show_interval(inner: str, lower: str, upper: str) -> str:
    """x ≥ 0, 0 ≤ x ≤ 1, …: what bounds nothing is left out.

    >>> show_interval("x", "0", "inf")
    'x ≥ 0'
    """
    if upper == "inf":
        return f"{inner} ≥ {lower}"
    return f"{inner} ≤ {upper}" if lower == "-inf" else f"{lower} ≤ {inner} ≤ {upper}"


def show_atom(atom: Atom, inner: str) -> str:
    symbol = atom.primitive.symbol
    if atom.has("indicator") and atom.has("separable"):
        limits = [show_value(v) for _, v in atom.arguments]
        return show_interval(inner, *limits)
    if "·" in symbol:
        return symbol.replace("·", inner)
    said = [(n, v) for n, v in atom.arguments if not (n == "weight" and isinstance(v, Number) and v.value == 1)]
    arguments = ", ".join(show_value(v) if isinstance(v, Value) else str(v) for _, v in said)
    return f"{symbol}({inner}{'; ' + arguments if arguments else ''})"


def derived(operator: Operator) -> Operator:
    """Without identities in products."""
    factors = factors_of(operator)
    return Compose(factors) if len(factors) > 1 else factors[0] if factors else Identity(operator.domain)
