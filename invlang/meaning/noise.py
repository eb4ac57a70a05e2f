"""A noise law at a measurement, read as formulas of any mean and any data."""

from __future__ import annotations

from typing import Any

from invlang.graph.noise import NoiseForms
from invlang.graph.operators import Identity
from invlang.graph.spaces import SCALAR, AnySpace, parts_of
from invlang.graph.values import Bundle, Known, Value, variable
from invlang.meaning.constructs import law_names
from invlang.meaning.domains import claims_of
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import Affine, Array, LawCall, Terms, describe
from invlang.meaning.mistakes import NotAFunctional, NotExpected, Refused
from invlang.meaning.numbers import as_array
from invlang.meaning.primitives import formula
from invlang.meaning.scope import Unknown

SHARE = Known("share", SCALAR, "argument", None, frozenset({"positive"}))
OF_MEAN, OF_DATA = ("sample", "variance"), ("stabilise", "unstabilise", "part", "tweedie")


def forms_of(law: LawCall, space: AnySpace) -> NoiseForms:
    """The formulas that a law declares, for data of that space."""
    mean, data, stabilised = (arguments(name, space) for name in ("mean", "y", "z"))
    formulas: dict[str, Value] = {}
    for name in (*OF_MEAN, *OF_DATA):
        if formula(law.definition, name) is not None:
            given = stabilised if name == "unstabilise" else data
            made = [declared(law, name, parts, i) for i, parts in enumerate(zip(mean, given, strict=True))]
            formulas[name] = together(made)
    if "variance" in formulas:
        formulas["variance_at_data"] = together([declared(law, "variance", (y, y), i) for i, y in enumerate(data)])
    claims = {fact for fact, _ in claims_of(law)}
    return NoiseForms(space, mean, data, stabilised, terms_of(law, space, data), formulas, "stein" in claims)


def arguments(name: str, space: AnySpace) -> tuple[Known, ...]:
    parts = parts_of(space)
    return tuple(Known(name if len(parts) == 1 else f"{name}{i + 1}", p, "argument") for i, p in enumerate(parts))


def together(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else Bundle(tuple(values))


def declared(law: LawCall, name: str, parts: tuple[Known, Known], i: int) -> Value:
    """One formula for the i-th part of the data.  parts: the mean and the data there."""
    mean, data = (Array(p, p.of) for p in parts)
    score = Known(parts[1].name.replace("y", "score"), parts[1].of, "argument")
    names = {n: part_of(m, i) for n, m in law_names(law).items()}
    names[law.definition.parameters[0].name.text] = mean
    has = formula(law.definition, name)
    assert has is not None
    second = Array(SHARE, SCALAR) if name == "part" else Array(score, score.of)
    for parameter, value in zip(has.parameters, (data, second), strict=False):
        names[parameter.text] = value
    found = as_array(evaluate(has.value, law.scope.inner(names)))
    if not isinstance(found, Array):
        raise Refused(NotExpected(has.value.span, describe(found), f"an array as `{name}`"))
    return found.value


def part_of(meaning: Any, i: int) -> Any:
    value = getattr(meaning, "value", None)
    return Array(value.parts[i], value.parts[i].space) if isinstance(value, Bundle) else meaning


def terms_of(law: LawCall, space: AnySpace, data: tuple[Known, ...]) -> tuple[Any, ...]:
    """The law's fidelity as terms of the mean."""
    has = formula(law.definition, "fidelity")
    if has is None:
        return ()
    unknown = variable("mean", space)
    names = law_names(law)
    names[law.definition.parameters[0].name.text] = Affine(Identity(space), None, space, unknown)
    names[has.parameters[0].text] = Array(together(list(data)), space)
    result = evaluate(has.value, law.scope.inner(names).with_unknown(Unknown(space, unknown)))
    if not isinstance(result, Terms):
        raise Refused(NotAFunctional(has.value.span, describe(result), "it should end in a sum or a norm of the mean"))
    return result.terms
