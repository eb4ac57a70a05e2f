"""What follows from a noise law: each question that may be asked of it as a function of the generated module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy

from invlang.graph.arithmetic import ONE, abs2, add, conj, divide, is_complex_value, multiply, negate, number, pointwise, subtract
from invlang.graph.functionals import SmoothAtom
from invlang.graph.noise import NoiseForms
from invlang.graph.program import Measurement, Program
from invlang.graph.spaces import SCALAR, Space, dim
from invlang.graph.values import Bundle, Call, Known, Random, Reduce, SizeValue, Value, inside
from invlang.meaning.noise import SHARE
from invlang.plan.gradient import gradient
from invlang.plan.objective import term_value
from invlang.plan.resolve import resolve, term
from invlang.plan.steps import Function, GivenArray, ModelModule
from invlang.rules.derivative import filled
from invlang.rules.inverse import Refusal
from invlang.rules.proximal import prox

STEP = Known("step", SCALAR, "argument", None, frozenset({"positive"}))
TAU = Known("tau", SCALAR, "argument", None, frozenset({"positive"}))


def noise_module(program: Program, measurement: Measurement) -> ModelModule:
    """A module of the law alone: it takes only what the law's formulas are made of."""
    assert measurement.forms is not None
    functions = tuple(noise_functions(worked_out(measurement.forms())))
    made_of = inside(*(f.result for f in functions))
    dims = {s for v in made_of for s in symbols_of(v)}
    name = measurement.name
    return ModelModule(
        name=f"NoiseOf{name[:1].upper()}{name[1:]}",
        file=program.source.name.rsplit("/", 1)[-1],
        doc=f"The noise of {name}: what its law {measurement.law} says of any mean and any data.",
        summary=(" ".join(measurement.span.source.text.splitlines()[measurement.span.line - 1].split("#")[0].split()),),
        dims=tuple(dim(d.name) for d in program.dims if d.name in dims and d.size is None),
        givens=tuple(GivenArray(g.known, g.default) for g in program.givens if g.known in made_of),
        parameters=tuple(p for p in program.parameters if p in made_of),
        functions=functions,
        estimators=(),
    )


def worked_out(forms: NoiseForms) -> NoiseForms:
    """The formulas without operators that are only named."""
    formulas = {n: resolve(v, 2) for n, v in forms.formulas.items()}
    return replace(forms, terms=tuple(term(t, 2) for t in forms.terms), formulas=formulas)


def symbols_of(value: Value) -> Iterator[str]:
    """The sizes that a value must be told."""
    if isinstance(value, SizeValue):
        yield from map(str, value.expression.free_symbols)
    if isinstance(value, Call) and value.function != "spread":
        yield from (str(s) for _, option in value.options for s in free_symbols(option))


def free_symbols(option: Any) -> set[Any]:
    if isinstance(option, sympy.Expr):
        return set(option.free_symbols)
    if isinstance(option, tuple):
        return {s for item in option for s in free_symbols(item)}
    lengths: tuple[Any, ...] = option.sizes if isinstance(option, Space) else ()
    return {s for length in lengths for s in length.free_symbols}


def variance_follows_mean(forms: NoiseForms) -> bool:
    """Whether brighter means have other noise."""
    return any(k in inside(forms.formulas["variance"]) for k in forms.mean)


# ---- the functions


def noise_functions(forms: NoiseForms) -> Iterator[Function]:
    """Those that the law has; a question without an answer has no function."""
    mean, data = forms.mean, forms.data
    point, y = together(mean), together(data)
    formulas = forms.formulas
    yield Function("sample", mean, formulas["sample"], doc="A draw of the data around that mean.")
    yield from density_functions(forms, point)
    if "variance" in formulas:
        spread = each(lambda v, m: real_and_filled(v, m), formulas["variance"], point)
        yield Function("variance", mean, spread, doc="The variance of every real number of the data.")
        total = added([multiply(parts_in(m), summed(v)) for v, m in zip(parts(spread), mean, strict=True)])
        yield Function("discrepancy", mean, total, doc="What ‖y − mean‖² is on average.")
    if "stabilise" in formulas:
        yield Function("stabilise", data, formulas["stabilise"], doc="The data with noise of variance 1, nearly.")
        yield Function("unstabilise", forms.stabilised, formulas["unstabilise"], doc="The data that stabilise gives these.")
    if "part" in formulas:
        yield recorruption(forms)
    if "tweedie" in formulas:
        score = tuple(Known(k.name.replace("y", "score"), k.of, "argument") for k in data)
        yield Function("tweedie", (*data, *score), formulas["tweedie"], doc="The mean that data y and ∇ log p(y) speak of.")
    if forms.exact_risk:
        probe = each(lambda v: Random("random_signs", "probe", (v,), v.space), y)
        yield Function("probe", data, probe, doc="Independent ±1, as large as the data.")
        yield risk(forms)


def density_functions(forms: NoiseForms, point: Value) -> Iterator[Function]:
    """−log p without its constant, its gradient in the mean, its proximal map."""
    if not forms.terms:
        return
    value = added([multiply(t.weight, term_value(t, point, 2)) for t in forms.terms])
    yield Function("nll", (*forms.mean, *forms.data), value, doc="−log p(y | mean) without the constant, one number per sample.")
    kinks = any(isinstance(t.atom, SmoothAtom) and not t.atom.smooth for t in forms.terms)
    if not kinks and not any(t.atom.has("indicator") for t in forms.terms):
        slope = gradient(forms.terms, point)
        yield Function("gradient", (*forms.mean, *forms.data), slope, doc="The gradient of nll in the mean.")
    v = tuple(replace(k, name=k.name.replace("mean", "v")) for k in forms.mean)
    found = prox(forms.terms, STEP, together(v))
    if not isinstance(found, Refusal):
        doc = f"argmin over z of step · nll(z, y) + ½ ‖z − v‖²: {found.how}."
        yield Function("prox", (*v, *forms.data, STEP), found.value, doc=doc)


def recorruption(forms: NoiseForms) -> Function:
    """y = p + (y − p) where the part p has share · mean and is independent of the rest: two data of one mean."""
    rest = subtract(ONE, SHARE)
    first = each(lambda y, p: divide(subtract(y, p), rest), together(forms.data), forms.formulas["part"])
    second = each(lambda p: divide(p, SHARE), forms.formulas["part"])
    doc = "Two independent data with the mean of y, the first made of 1 − share of it, the second of share."
    return Function("recorrupt", (*forms.data, SHARE), Bundle((*parts(first), *parts(second))), doc=doc)


def risk(forms: NoiseForms) -> Function:
    """Stein's estimate of the mean of |estimate − mean|²: |f − y|² − V + 2 V · ∂f, with b · (f(y + τ b) − f(y)) / τ for ∂f."""
    probe, estimate, moved = (
        tuple(Known(k.name.replace("y", name), k.of, "argument") for k in forms.data) for name in ("probe", "estimate", "moved")
    )
    means = []
    spread = parts(forms.formulas["variance_at_data"])
    for y, v, b, f, g in zip(forms.data, spread, probe, estimate, moved, strict=True):
        slope = divide(pointwise("real", multiply(conj(b), subtract(g, f))), TAU)
        misfit = abs2(subtract(f, y))
        means.append(mean_of(add(misfit, negate(multiply(parts_in(y), real_and_filled(v, y))), multiply(number(2), v, slope))))
    doc = "An unbiased estimate of the mean squared error of an estimate f(y); moved is f(y + tau · probe)."
    total = divide(added(means), number(len(means)))
    return Function("risk", (*forms.data, *probe, *estimate, *moved, TAU), total, doc=doc)


# ---- data of several parts


def together(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else Bundle(values)


def parts(value: Value) -> tuple[Value, ...]:
    return value.parts if isinstance(value, Bundle) else (value,)


def each(make: Any, *values: Value) -> Value:
    """make(…) of every part."""
    return together(tuple(make(*row) for row in zip(*map(parts, values), strict=True)))


def added(values: list[Value]) -> Value:
    return add(*values)


def real_and_filled(value: Value, like: Value) -> Value:
    return filled(pointwise("real", value), like)


def parts_in(value: Value) -> Value:
    """How many real numbers an entry has."""
    return number(2 if is_complex_value(value) else 1)


def summed(value: Value) -> Value:
    return Reduce("sum", value, tuple(range(-value.space.rank, 0))) if value.space.rank else value


def mean_of(value: Value) -> Value:
    return Reduce("mean", value, tuple(range(-value.space.rank, 0))) if value.space.rank else value
