"""The laws that stand beside operators in the library, read forwards and from the other side."""

from __future__ import annotations

from invlang.graph.operators import Adjoint, Compose, Leaf, Operator
from invlang.meaning.laws import laws_of
from invlang.rules.adjoint import adjoint
from invlang.rules.composition import is_embedding, over_field, product
from invlang.rules.facts import claims
from invlang.rules.law import Factors


def declared(term: Operator) -> tuple[Operator, str, str] | None:
    """The first law declared beside a primitive that fits somewhere in the term: the new term, the law's name and reason."""
    found = declared_forwards(term)
    return found if found is not None else declared_backwards(term)


def declared_backwards(term: Operator) -> tuple[Operator, str, str] | None:
    """A law of a product is one of its adjoint too: L R = X says Rᴴ Lᴴ = Xᴴ."""
    if not isinstance(term, Compose):
        return None
    found = declared_forwards(Compose(tuple(map(adjoint, reversed(term.factors)))), shortest=2)
    return None if found is None else (Adjoint(found[0]), found[1], f"the adjoint of {found[2]}")


def declared_forwards(term: Operator, shortest: int = 1) -> tuple[Operator, str, str] | None:
    """shortest: the least number of factors that a law takes."""
    factors = term.factors if isinstance(term, Compose) else (term,)
    for i, factor in enumerate(factors):
        if not isinstance(factor, Leaf):
            continue
        for rule in laws_of(factor.primitive):
            if rule.width < shortest:
                continue
            window = factors[i : i + rule.width]
            if len(window) == rule.width:
                built = rule.rewrite(window)
                if built is not None:
                    whole = product((*factors[:i], built, *factors[i + rule.width :]), term.domain)
                    return whole, factor.primitive.name, rule.reason
            across = past_embedding(factors, i, rule.width)
            if across is not None:
                lifted, after = across
                built = rule.rewrite(lifted)
                if built is not None:
                    whole = product((*factors[:i], after, built, *factors[i + rule.width + 1 :]), term.domain)
                    return whole, factor.primitive.name, rule.reason
    return None


def past_embedding(factors: Factors, i: int, width: int) -> tuple[Factors, Operator] | None:
    """L Real B as Real (L B), for a real L: the factors that a law of L can look at, and the embedding before them."""
    window = factors[i : i + width + 1]
    leaf = window[0]
    if width < 2 or len(window) <= width or not is_embedding(window[1], adjoint=True):
        return None
    if not isinstance(leaf, Leaf) or not claims(leaf, "real"):
        return None
    complexified = over_field(leaf, "complex")
    embedding = window[1]
    outer = Leaf(embedding.primitive, (), leaf.codomain, leaf.codomain.over("complex"), adjoint=True)
    return (complexified, *window[2:]), outer
