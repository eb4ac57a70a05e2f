"""The engine: one law at a time, innermost first, until none applies; every step is kept."""

from __future__ import annotations

from functools import lru_cache

from invlang.graph.operators import Compose, Operator, children_of, with_children
from invlang.rules import adjoint, composition, copies, fields, groups, matrices, selections, shifts, sums, transforms
from invlang.rules.declared import declared
from invlang.rules.law import Derivation, Law, Step

LAWS: tuple[Law, ...] = (
    *adjoint.LAWS,
    *composition.LAWS,
    *fields.LAWS,
    *transforms.LAWS,
    *shifts.LAWS,
    *selections.LAWS,
    *copies.LAWS,
    *matrices.LAWS,
    *groups.LAWS,
    *sums.LAWS,
)
WHOLE = tuple(law for law in LAWS if law.width == 0)
WINDOWS = tuple(law for law in LAWS if law.width > 0)
ONLY_ADJOINTS: tuple[Law, ...] = (*adjoint.LAWS, composition.flatten_product, sums.flatten_sum)


@lru_cache(maxsize=20_000)
def rewrite_once(term: Operator) -> tuple[Operator, str, str] | None:
    """The term after one law, with the law's name and reason; None where the term is in normal form."""
    children = children_of(term)
    for i, child in enumerate(children):
        rewritten = rewrite_once(child)
        if rewritten is not None:
            new, name, because = rewritten
            return with_children(term, (*children[:i], new, *children[i + 1 :])), name, because
    for law in WHOLE:
        result = law.rewrite(term)
        if result is not None and result is not term:
            return result, law.name, law.because  # type: ignore[return-value]
    if isinstance(term, Compose):
        for law in WINDOWS:
            found = in_window(term, law)
            if found is not None:
                return found, law.name, law.because
    return declared(term)


def in_window(term: Compose, law: Law) -> Operator | None:
    factors = term.factors
    for i in range(len(factors) - law.width + 1):
        replaced = law.rewrite(*factors[i : i + law.width])
        if replaced is not None:
            return composition.product((*factors[:i], *replaced, *factors[i + law.width :]), term.domain)  # type: ignore[misc]
    return None


@lru_cache(maxsize=4_000)
def derive(term: Operator) -> Derivation:
    """The chain of laws from a term to its normal form."""
    steps: list[Step] = []
    current = term
    while (rewritten := rewrite_once(current)) is not None:
        new, name, because = rewritten
        steps.append(Step(name, because, current, new))
        current = new
        assert len(steps) < 2000, f"no end to the rewriting of {term}"
    return Derivation(term, tuple(steps))


def simplify(term: Operator) -> Operator:
    """The normal form."""
    return derive(term).result


@lru_cache(maxsize=4_000)
def only_adjoints(term: Operator) -> Operator:
    """The term as written, its adjoints pushed to the leaves and definitions of the library unfolded: what -O0 runs."""
    children = tuple(only_adjoints(c) for c in children_of(term))
    current = with_children(term, children)
    for law in ONLY_ADJOINTS:
        result = law.rewrite(current)
        if result is not None and result is not current:
            return only_adjoints(result)  # type: ignore[arg-type]
    if not children:
        found = declared(current)
        if found is not None:
            return only_adjoints(found[0])
    return current
