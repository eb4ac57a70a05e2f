"""Estimators: what `reconstruct` minimises or evaluates, and what `evaluate` compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.functionals import Atom, Term
from invlang.graph.program import EstimatorOf, EvaluationOf, Measurement, UnknownOf
from invlang.graph.several import selector
from invlang.graph.spaces import Product, Space, parts_of
from invlang.graph.values import Known, Number, Value, Variable
from invlang.meaning.algorithms import algorithm_of, options_of
from invlang.meaning.choices import choice_in, chosen_number, rule_of
from invlang.meaning.expressions import evaluate, literal
from invlang.meaning.functionals import primitive_functional
from invlang.meaning.infima import gathered
from invlang.meaning.later import ALGORITHMS
from invlang.meaning.meanings import Affine, Array, Curve, Later, Mapped, Template, Terms, describe
from invlang.meaning.mistakes import (
    Mistake,
    NotAFunctional,
    NotExpected,
    Refused,
    UnknownChoice,
    WrongSpace,
    shortened,
)
from invlang.meaning.repairs import grouped, hint_for
from invlang.meaning.scope import Scope, Unknown
from invlang.meaning.shapes import axes_text
from invlang.meaning.starts import first_iterate
from invlang.meaning.stops import when_to_end
from invlang.meaning.synonyms import nearest
from invlang.syntax import tree

METRICS = ("psnr", "ssim", "mse", "nmse", "mae")
LATER = ("unroll", "equilibrium", "report", "accelerate", "learn")


def read(
    statement: tree.Reconstruct,
    scope: Scope,
    unknown: Unknown | None,
    unknowns: tuple[UnknownOf, ...],
    measurements: tuple[Measurement, ...],
) -> tuple[EstimatorOf, str | None]:
    """An estimator, and what of it this version cannot run yet."""
    if unknown is None:
        hint = "declare what is sought above: `unknown x : real[H, W]`"
        raise Refused(NotExpected(statement.name.span, "an estimator of nothing", "an estimator of an unknown", hint))
    not_yet = later_words(statement)
    terms: tuple[Term, ...] = ()
    inner: tuple[tuple[Variable, Value], ...] = ()
    expression: Value | None = None
    if statement.verb == "estimate":
        found = estimated(statement, scope)
    else:
        found = objective(statement, scope)
    if isinstance(found, Later):
        not_yet = not_yet or f"`{found.what}`"
    elif isinstance(found, tuple):
        terms, inner = gathered(found + constraints(unknowns, unknown), unknown)
    else:
        expression = found
    by = next((c for c in statement.clauses if c.word.text == "by"), None)
    algorithm, arguments, span = algorithm_of(by, scope) if by is not None else (None, (), None)
    if algorithm in ALGORITHMS:
        not_yet, algorithm, arguments, span = not_yet or f"`{algorithm}`", None, (), None
    text = " ".join(statement.objective.span.text.split())
    place = statement.name.span
    if not_yet:
        terms, expression = (), None
    words = {c.word.text: c for c in statement.clauses}
    return EstimatorOf(
        statement.name.text,
        statement.verb,
        terms,
        expression,
        algorithm,
        arguments,
        text,
        statement.doc,
        place,
        span,
        not_yet,
        first_iterate(words["start"], scope, unknowns) if "start" in words else (),
        "nonconvex" in words,
        when_to_end(words["stop"], statement, scope) if "stop" in words else None,
        choice_in(statement, measurements, len(unknowns)) if statement.verb == "minimize" else None,
        inner,
        is_implicit(words, statement),
        options_of(by, scope) if by is not None and not not_yet else (),
    ), not_yet


def is_implicit(words: dict[str, tree.Clause], statement: tree.Reconstruct) -> bool:
    """Whether derivatives are asked for by the implicit function theorem."""
    if "implicit" in words and statement.verb == "estimate":
        found = "`implicit` where nothing is repeated: an estimate is differentiated as it stands"
        raise Refused(NotExpected(words["implicit"].span, found, "`implicit` in a block that minimises"))
    return "implicit" in words


def later_words(statement: tree.Reconstruct) -> str | None:
    if statement.verb == "sample":
        return "`sample`"
    if statement.over is not None:
        return "`minimize … over`"
    return next((f"`{c.word.text}`" for c in statement.clauses if c.word.text in LATER), None)


def objective(statement: tree.Reconstruct, scope: Scope) -> tuple[Term, ...] | Later:
    """The terms of a sum, each with the number in front of it as a parameter that a caller may change."""
    scope.effort.arrays = 0
    node, inner = unbound(statement.objective, scope)
    parts = addends(node)
    found: list[Term] = []
    later: Later | None = None
    weighed = [p for p in parts if leading_number(p) is not None]
    for part in parts:
        number = leading_number(part)
        body = part.right if number is not None and isinstance(part, tree.Binary) else part
        meaning = evaluate(body, inner)
        if isinstance(meaning, Later):
            later = later or meaning
            continue
        if isinstance(meaning, Array) and arithmetic.is_scalar(meaning.value):
            continue
        if not isinstance(meaning, Terms):
            raise Refused(NotAFunctional(part.span, describe(meaning), hint_for(meaning, part)))
        found += [told(t, part, number, len(weighed) == 1, found) for t in meaning.terms]
    if later is not None:
        return later
    if not found:
        raise Refused(NotAFunctional(statement.objective.span, "the same for every image"))
    return tuple(found)


def unbound(node: Any, scope: Scope) -> tuple[Any, Scope]:
    """The body of `… where a = …`, and the scope in which its names mean something."""
    if not isinstance(node, tree.Where):
        return node, scope
    for binding in node.bindings:
        name, is_chosen = binding.name.text, rule_of(binding.value) is not None
        scope = scope.inner({name: chosen_number(name) if is_chosen else evaluate(binding.value, scope)})
    return node.body, scope


def told(term: Term, part: Any, number: float | int | None, alone: bool, found: list[Term]) -> Term:
    """The term with its text and, where a number stands in front, a parameter in its place."""
    text = " ".join(part.span.text.split())
    if number is not None:
        name = unique("weight" if alone else f"{snake(term.label)}_weight", found)
        parameter = Known(name, Space("real"), "parameter", number, nonnegative(number))
        term = replace(term, weight=arithmetic.multiply(parameter, term.weight))
    return replace(term, text=text, span=part.span)


def addends(node: Any) -> list[Any]:
    """The parts of a sum as it is written."""
    if isinstance(node, tree.Binary) and node.operator == "+":
        return [*addends(node.left), *addends(node.right)]
    return [node]


def nonnegative(number: float) -> frozenset[str]:
    return frozenset({"positive"} if number > 0 else ())


def leading_number(node: Any) -> float | int | None:
    """20 of `20 * TV(x)`."""
    if isinstance(node, tree.Binary) and node.operator == "*" and isinstance(node.left, tree.Number):
        return literal(node.left.text)
    return None


def snake(label: str) -> str:
    word = "".join(
        f"_{c.lower()}" if c.isupper() and i and not label[i - 1].isupper() else c.lower() for i, c in enumerate(label)
    )
    return "".join(c if c.isalnum() else "_" for c in word).strip("_") or "term"


def unique(name: str, found: list[Term]) -> str:
    taken = {k.name for t in found for k in knowns(t.weight)}
    candidate, n = name, 2
    while candidate in taken:
        candidate, n = f"{name}{n}", n + 1
    return candidate


def knowns(value: Value) -> list[Known]:
    if isinstance(value, Known):
        return [value]
    return [k for o in getattr(value, "operands", ()) for k in knowns(o)]


def constraints(unknowns: tuple[UnknownOf, ...], unknown: Unknown) -> tuple[Term, ...]:
    """`unknown x … in [0, 1]` as a term that is infinite outside."""
    spaces = parts_of(unknown.space)
    found = []
    for i, one in enumerate(unknowns):
        if one.interval is None:
            continue
        lower, upper = (Number(v) for v in one.interval)
        atom = Atom(primitive_functional("box"), (("lower", lower), ("upper", upper)), one.space)
        text = f"{one.name} in [{short(one.interval[0])}, {short(one.interval[1])}]"
        found.append(Term(arithmetic.ONE, atom, selector(spaces, i), None, text, "constraint", text, one.span))
    return tuple(found)


def short(number: float) -> str:
    return f"{number:g}"


def estimated(statement: tree.Reconstruct, scope: Scope) -> Value | Later:
    """What `estimate` evaluates: an image made of data and known quantities."""
    meaning = evaluate(statement.objective, scope)
    if isinstance(meaning, Later):
        return meaning
    span = statement.objective.span
    if isinstance(meaning, Affine | Curve | Mapped | Terms):
        hint = "what is evaluated is made of the data, such as `A.H @ y`"
        raise Refused(NotExpected(span, "what depends on the unknown", "an expression of the data", hint))
    if not isinstance(meaning, Array):
        hint = "apply it to the data: `… @ y`" if isinstance(meaning, Template) else None
        raise Refused(NotExpected(span, describe(meaning), "an image", hint))
    assert scope.unknown is not None
    wanted = scope.unknown.space
    if not same_image(meaning.space, wanted):
        rows = (("the unknown is", axes_text(wanted)), ("this is", axes_text(meaning.space)))
        found = str(meaning.space) if axes_text(meaning.space) else "a number"
        rows = rows if axes_text(meaning.space) else ()
        hint = adjoint_instead(statement.objective, scope, wanted)
        raise Refused(WrongSpace(span, "what is estimated", str(wanted), found, (), rows, hint))
    return meaning.value


def adjoint_instead(node: Any, scope: Scope, wanted: Any) -> str | None:
    """`A.H @ y` in place of `A @ y`, where that gives an image."""
    if not isinstance(node, tree.Binary) or node.operator != "@":
        return None
    turned = tree.Attribute(node.left, tree.Name("H", span=node.left.span), span=node.left.span)
    try:
        meaning = evaluate(replace(node, left=turned), scope)
    except Refused:
        return None
    fits = isinstance(meaning, Array) and same_image(meaning.space, wanted)
    return f"{grouped(node.left)}.H @ {node.right.span.text}" if fits else None


def same_image(found: Any, wanted: Any) -> bool:
    """Whether an estimate has the unknown's axes; its values may be of the other kind."""
    if isinstance(found, Product) or isinstance(wanted, Product):
        return found == wanted or any(same_image(found, p) for p in parts_of(wanted)) and not isinstance(found, Product)
    return found.sizes == wanted.sizes


def read_evaluate(statement: tree.Evaluate, refuse: Callable[[Mistake | None], None]) -> EvaluationOf:
    """Which estimators are compared, by which metrics."""
    metrics: list[str] = []
    for clause in statement.clauses:
        if clause.word.text != "metrics":
            refuse(NotExpected(clause.word.span, f"`{clause.word.text}`", "`metrics psnr, ssim`"))
            continue
        for argument in clause.arguments:
            text = argument.value.text if isinstance(argument.value, tree.Name) else argument.span.text
            if text not in METRICS:
                refuse(UnknownChoice(argument.span, shortened(text), "metrics", METRICS, nearest(text, METRICS)))
            metrics.append(text)
    return EvaluationOf(tuple(n.text for n in statement.names), tuple(metrics) or ("psnr", "ssim"))
