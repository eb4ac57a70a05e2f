"""Derivatives of what is found, not of the rounds that find it: where the objective's gradient vanishes, or where a round changes nothing."""

from __future__ import annotations

from invlang.graph.apply import components
from invlang.graph.program import EstimatorOf
from invlang.graph.spaces import parts_of
from invlang.graph.values import Bundle, Iterative, Value, variable
from invlang.plan.attempt import Chosen
from invlang.plan.gradient import gradient
from invlang.plan.mistakes import CannotDifferentiate
from invlang.plan.steps import Implicit
from invlang.rules.derivative import put


def implicit_of(wanted: EstimatorOf, chosen: Chosen, level: int) -> Implicit | CannotDifferentiate | None:
    """How an estimator that says `implicit` is differentiated; None where it does not, or where nothing is repeated.

    With a gradient everywhere by ∇E(x) = 0 and its Hessian; else by the algorithm's round, for algorithms that claim to be
    `stationary`: at the solution a round changes none of their arrays.
    """
    if not wanted.implicit or chosen.loop.direct:
        return None
    if has_slope(chosen):
        return Implicit(at_stationary_point(chosen, level))
    if any(f.name.text == "stationary" for f in chosen.contract.algorithm.facts):
        return Implicit(None)
    assert wanted.span is not None
    return CannotDifferentiate(wanted.algorithm_span or wanted.span, chosen.contract.name)


def has_slope(chosen: Chosen) -> bool:
    """Whether the objective has a gradient everywhere, which its Hessian tells the derivatives by."""
    return chosen.loop.iterate is not None and all(t.atom.has("smooth") and not t.atom.has("indicator") for t in chosen.terms)


def in_words(chosen: Chosen) -> str:
    """Where the derivatives come from, for a derivation."""
    if has_slope(chosen):
        return "derivatives are the minimiser's, of ∇E(x) = 0: −H⁻¹ ∂∇E, the Hessian H inverted by conjugate gradients"
    return "derivatives are the minimiser's, of x = s(x) with a round s: (1 − ∂s/∂x)⁻¹ ∂s, summed over as many rounds"


def at_stationary_point(chosen: Chosen, level: int) -> Value:
    """The result, with the derivatives of the x where the gradient of the objective vanishes."""
    x = chosen.loop.iterate
    assert x is not None
    probe = variable("v", x.space)
    ranks = tuple(p.rank for p in parts_of(x.space))
    options = (("rank", ranks[0] if len(ranks) == 1 else ranks),)
    found: Value = Iterative("at_stationary_point", probe, gradient(chosen.terms, probe, level), (x,), options, x.space)  # type: ignore[arg-type]
    if not isinstance(x, Bundle):
        return put(chosen.result, {x: found}, {})
    return put(chosen.result, dict(zip(x.parts, components(found), strict=True)), {})
