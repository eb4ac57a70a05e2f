"""The nodes of statements, one function per rule of the grammar: from a rule's children to its node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.source import Span
from invlang.syntax import build_expressions as expressions
from invlang.syntax import mistakes_statements as wrong
from invlang.syntax import tree
from invlang.syntax.build_expressions import Children, as_test, children, name, names, nodes, positional, span_of, spread_over
from invlang.syntax.mistake import SyntaxMistake
from invlang.syntax.token import Token
from invlang.syntax.words import spelt_out


class Misbuilt(Exception):
    """A statement that reads well but says too little or too much."""

    def __init__(self, mistake: SyntaxMistake):
        self.mistake = mistake
        super().__init__(mistake.headline())


def use(c: Children) -> tree.Use:
    module = expressions.text([c[2]]) if c[2].type == "TEXT" else name([c[2]])
    return tree.Use(module, name([c[4]]) if c[4] else None, c[1] is not None, span=span_of(c))


def dim(c: Children) -> tree.Dim:
    return tree.Dim(tuple(nodes(c)), span=span_of(c))


def dim_item(c: Children) -> tree.DimItem:
    return tree.DimItem(name(c), c[2], span=span_of(c))


def given(c: Children) -> tree.Given:
    sign = c[4].text if c[4] else None
    value, law_ = (c[5], None) if sign == "=" else (None, c[5])
    return tree.Given(name(c[1:]), c[3], value, law_, span=span_of(c))


def unknown(c: Children) -> tree.Unknown:
    return tree.Unknown(name(c[1:]), c[3], c[5], span=span_of(c))


def _names_a_value(kind: type) -> Callable[[Children], Any]:
    return lambda c: kind(name(c[1:]), c[3], span=span_of(c))


def simulate(c: Children) -> tree.Simulate:
    return tree.Simulate(name(c[1:]), c[3], c[2].text == "~", span=span_of(c))


def body(c: Children) -> tuple[str, Any, Span]:
    return "body", c[1], span_of(c)


def facts(c: Children) -> tuple[str, Any, Span]:
    return "facts", tuple(nodes(c)), span_of(c)


def fact(c: Children) -> tree.Fact:
    words = [child.text for child in c if type(child) is Token and child.type == "NAME"]
    last = c[-1] if isinstance(c[-1], list) else []
    tokens = [child for child in c if type(child) is Token]
    whole = span_of(tokens)
    title = tree.Name("_".join(map(spelt_out, words)), span=whole)
    return tree.Fact(title, tuple(nodes(last)), span=whole.to(spread_over(last)) if last else whole)


def law(c: Children) -> tuple[str, Any, Span]:
    return "laws", (tree.Law(c[1], c[3], span=span_of(c)),), span_of(c)


def example(c: Children) -> tuple[str, Any, Span]:
    return "examples", (tree.Example(c[1], c[3], span=span_of(c)),), span_of(c)


def has(c: Children) -> tuple[str, Any, Span]:
    formula = tree.Has(name(c[1:]), names(c[2:-2]), c[-1], span=span_of(c))
    return "formulas", (formula,), span_of(c)


def template(c: Children) -> tuple[str, Any, Span]:
    return "template", (c[0].text, c[1]), span_of(c)


def _gathered(parts: list[tuple[str, Any, Span]], once: dict[str, str]) -> dict[str, Any]:
    """Parts of the same kind, joined; those that may be said once are not tuples of many."""
    found: dict[str, Any] = {}
    places: dict[str, Span] = {}
    for kind, value, span in parts:
        if kind in once and kind in found:
            raise Misbuilt(wrong.SaidTwice(span, places[kind], once[kind]))
        found[kind] = value if kind in once else found.get(kind, ()) + value
        places[kind] = span
    return found


def definition(c: Children) -> tree.Definition:
    keyword, of, title, parameter_list, signature_ = c[:5]
    parts = c[5:]
    found = _gathered(parts, {"body": "the equation"})
    ends = [keyword.span, title.span]
    ends += [spread_over(parameter_list)] if parameter_list else []
    ends += [signature_.span] if signature_ else []
    ends += [span for _, _, span in parts]
    return tree.Definition(
        keyword.text,
        name([title]),
        tuple(nodes(parameter_list or [])),
        signature_,
        **found,
        of=of.text if of else None,
        span=keyword.span.to(ends[-1]),
    )


def algorithm(c: Children) -> tree.Algorithm:
    parts = [child for child in c if type(child) is tuple]
    found = _gathered(parts, {"template": "what the algorithm solves"})
    if "template" not in found:
        raise Misbuilt(wrong.MissingTemplate(c[1].span))
    verb, formula = found["template"]
    steps = tuple(child for child in c[3:] if isinstance(child, tree.Assign | tree.Repeat))
    last = [child for child in c if child is not None][-1]
    return tree.Algorithm(
        name(c[1:]), tuple(nodes(c[2])), verb, formula, steps, found.get("facts", ()), span=c[0].span.to(last.span)
    )


def repeat(c: Children) -> tree.Repeat:
    return tree.Repeat(tuple(nodes(c)), span=span_of(c))


def assign(c: Children) -> tree.Assign:
    return tree.Assign(name(c), c[2], span=span_of(c))


def objective(c: Children) -> tuple[str, Any, Span]:
    verb, count, over, formula = c[0], None, None, c[1]
    if verb.text == "sample":
        count, formula = c[1], c[3]
    elif len(c) > 2:
        over = name(c[3:])
    for part in c[4:] if verb.text == "minimize" else ():
        formula = expressions.where([formula, part])
    places = [child.span if not isinstance(child, list) else spread_over(child) for child in c if child is not None]
    return "objective", {"verb": verb.text, "objective": formula, "count": count, "over": over}, places[0].to(places[-1])


def reconstruct(c: Children) -> tree.Reconstruct:
    objectives = [child for child in c if type(child) is tuple]
    if not objectives:
        raise Misbuilt(wrong.MissingObjective(c[1].span))
    found = _gathered(objectives, {"objective": f"what `{c[1].text}` minimizes, samples or estimates"})["objective"]
    clauses = tuple(child for child in c if isinstance(child, tree.Clause))
    return tree.Reconstruct(name(c[1:]), clauses=clauses, **found, span=span_of(c))


def train(c: Children) -> tree.Train:
    return tree.Train(name(c[1:]), tuple(nodes(c[2])), span=c[0].span.to(spread_over(c[2])))


def evaluate(c: Children) -> tree.Evaluate:
    block = c[-1] or []
    ends = [child for child in c if type(child) is Token] + list(block)
    return tree.Evaluate(names(c), tuple(nodes(block)), span=span_of(ends))


def clause(c: Children) -> tree.Clause:
    block = next((child for child in c if isinstance(child, list)), [])
    word = tree.Name(c[0].text, span=c[0].span)
    values = tuple(positional(child) for child in nodes(c) if not isinstance(child, list))
    ends = [child for child in c if not isinstance(child, list) and child is not None] + list(block)
    return tree.Clause(word, values, tuple(nodes(block)), span=span_of(ends))


def per(c: Children) -> tree.Call:
    """`step per iteration` is the call per(step, iteration)."""
    values = tuple(positional(name([child])) for child in (c[0], c[2]))
    return tree.Call(tree.Name("per", span=c[1].span), values, span=span_of(c))


def when(c: Children) -> tree.Comparison:
    return replace(as_test(c[1]), span=span_of(c))


_STATEMENTS = (
    use, dim, dim_item, given, unknown, simulate, body, facts, fact, law, example, has, template, definition, algorithm, repeat, assign,
    objective, reconstruct, train, evaluate, clause, per, when,
)  # fmt: skip

ACTIONS: dict[str, Callable[[Children], Any]] = {
    **expressions.ACTIONS,
    **{action.__name__: action for action in _STATEMENTS},
    "block": children,
    "let": _names_a_value(tree.Let),
    "data": _names_a_value(tree.Data),
    "observe": _names_a_value(tree.Observe),
    "network": _names_a_value(tree.Network),
}
