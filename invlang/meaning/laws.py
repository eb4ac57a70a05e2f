"""Laws that stand beside an operator in the library, as rewritings of neighbouring factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from invlang.graph.declarations import Primitive
from invlang.graph.operators import Compose, Diagonal, Leaf, Operator
from invlang.graph.questions import question
from invlang.graph.show import show
from invlang.graph.spaces import Axis, Space, size
from invlang.graph.values import Number, SizeValue, Value
from invlang.meaning.elaborate import LIBRARY
from invlang.meaning.expressions import evaluate
from invlang.meaning.meanings import Array, AxisList, AxisRef, Flag, SizeList, Template, Word
from invlang.meaning.primitives import formula, text_of
from invlang.meaning.templates import real_part, scalar
from invlang.syntax import tree

Names = dict[str, Any]


@dataclass(frozen=True)
class DeclaredLaw:
    """width: how many neighbouring factors its left side takes.  text: as it is written.  reason: as a derivation says it.

    rewrite: the factors → what they become, or None where the left side does not match.
    """

    width: int
    text: str
    reason: str
    rewrite: Callable[[tuple[Operator, ...]], Operator | None] = field(compare=False, repr=False)


@cache
def laws_of(primitive: Primitive) -> tuple[DeclaredLaw, ...]:
    """The laws declared beside a primitive; `has reason = "…"` says them in words."""
    reason = text_of(primitive.definition, "reason")
    return tuple(declared(law.left, law.right, law.span.text, reason) for law in primitive.definition.laws)


@cache
def forms_of(primitive: Primitive) -> tuple[DeclaredLaw, ...]:
    """Other ways to write a primitive, which a goal may choose: `has form(arguments) = …`."""
    forms = [h for h in primitive.definition.formulas if h.name.text == "form"]
    return tuple(declared(pattern_of(primitive, h), h.value, h.span.text) for h in forms)


def declared_gram(leaf: Leaf) -> Operator:
    """AᴴA as a law beside the primitive says it; as it is written where none does."""
    forward = leaf.flipped if leaf.adjoint else leaf
    window = (forward.flipped, forward)
    found = (rule.rewrite(window) for rule in laws_of(leaf.primitive) if rule.width == 2)
    return next((f for f in found if f is not None), Compose(window))


def declared_value(leaf: Leaf, name: str) -> Value | None:
    """A number that a primitive declares of itself, `has NAME = …`, for the leaf's arguments."""
    definition = leaf.primitive.definition
    has, domain = formula(definition, name), relabelled(leaf.of)
    if has is None or domain is None:
        return None
    lists = {p.name.text for p in definition.parameters if p.variadic}
    names = {n: axes_at(v, domain) if n in lists else meaning_of(v) for n, v in leaf.arguments}
    found = evaluate(has.value, LIBRARY.inner(names))
    assert isinstance(found, Array), has
    return found.value


def axes_at(positions: tuple[int, ...], domain: Space) -> AxisList:
    return AxisList(tuple(AxisRef(f"#{p}", size_at(domain, p), p) for p in positions))


def pattern_of(primitive: Primitive, form: tree.Has) -> Any:
    """The call that a form is about: its parameters are the choices it holds for; what has no default goes by its own name."""
    name = tree.Name(primitive.name, span=form.span)
    axes = tree.Argument(None, tree.Splat(tree.Name("axes", span=form.span), span=form.span), span=form.span)
    choices = tuple(tree.Argument(tree.Name("boundary", span=p.span), p, span=p.span) for p in form.parameters)
    needed = (p.name for p in primitive.definition.parameters if p.default is None and not p.variadic)
    others = tuple(tree.Argument(name, name, span=form.span) for name in needed)
    return tree.Call(name, (axes, *choices, *others), span=form.span)


def declared(left: Any, right: Any, text: str, reason: str | None = None) -> DeclaredLaw:
    patterns = factors_of(left)

    def rewrite(window: tuple[Operator, ...]) -> Operator | None:
        domain = relabelled(window[-1].domain)
        if domain is None:
            return None
        names: Names = {}
        if not all(matches(p, f, names, domain) for p, f in zip(patterns, window, strict=True)):
            return None
        return built(right, names, domain, window[0].codomain)

    text = " ".join(text.split())
    return DeclaredLaw(len(patterns), text, reason or text.removeprefix("law ").strip(), rewrite)


def factors_of(node: Any) -> list[Any]:
    if isinstance(node, tree.Binary) and node.operator == "@":
        return [*factors_of(node.left), *factors_of(node.right)]
    return [node]


def relabelled(space: Any) -> Space | None:
    """The space with a label of its own for each axis, so that a law can speak of positions."""
    if not isinstance(space, Space):
        return None
    return Space(space.field, tuple(Axis(a.size, f"#{i - space.rank}") for i, a in enumerate(space.axes)))


def matches(pattern: Any, factor: Operator, names: Names, domain: Space) -> bool:
    adjoint = isinstance(pattern, tree.Attribute)
    call = pattern.object if isinstance(pattern, tree.Attribute) else pattern
    assert isinstance(call, tree.Call) and isinstance(call.function, tree.Name)
    if isinstance(factor, Diagonal):
        if call.function.text != "Diagonal":
            return False
        names[call.arguments[0].value.text] = Array(factor.value, factor.value.space)  # type: ignore[union-attr]
        return True
    if not isinstance(factor, Leaf) or factor.primitive.name != call.function.text or factor.adjoint != adjoint:
        return False
    return all(match_argument(a, factor, names, domain) for a in call.arguments) and defaults_match(call, factor)


def defaults_match(call: tree.Call, factor: Leaf) -> bool:
    """Flags that the pattern leaves out are off."""
    mentioned = {a.name.text if a.name else getattr(a.value, "text", "") for a in call.arguments}
    return not any(v is True for n, v in factor.arguments if n not in mentioned)


def match_argument(argument: tree.Argument, factor: Leaf, names: Names, domain: Space) -> bool:
    value = argument.value
    if isinstance(value, tree.Splat):
        return bind(names, value.name.text, axes_at(factor.argument(value.name.text), domain))
    if argument.name is None:
        return isinstance(value, tree.Name) and factor.argument(value.text) is True
    held = factor.argument(argument.name.text)
    if isinstance(held, str):
        return isinstance(value, tree.Name | tree.Text) and is_chosen(factor, argument.name.text, value.text)
    assert isinstance(value, tree.Name)
    return bind(names, value.text, meaning_of(held))


@question(lambda leaf, name, word: f"the {name} of {show(leaf)} is {leaf.argument(name)}, and the law is of {word}")
def is_chosen(leaf: Leaf, name: str, word: str) -> bool:
    """Whether a primitive was given that word for a parameter."""
    return bool(leaf.argument(name) == word)


def size_at(domain: Space, position: int) -> Any:
    return domain.axes[position].size if -position <= domain.rank else size(1)


def bind(names: Names, name: str, meaning: Any) -> bool:
    if name in names:
        return names[name] == meaning
    names[name] = meaning
    return True


def meaning_of(held: Any) -> Any:
    """A leaf's argument as a meaning again."""
    match held:
        case bool():
            return Flag(held)
        case int():
            return Array(Number(held), Space("real"))
        case str():
            return Word(held)
        case tuple():
            return SizeList(tuple(size(s) if isinstance(s, int) else s for s in held))
        case Value():
            return Array(held, held.space)
    return Array(SizeValue(held), Space("integer"))


def built(right: Any, names: Names, domain: Space, codomain: Any) -> Operator:
    meaning = evaluate(right, LIBRARY.inner(names))
    if isinstance(meaning, Array):
        meaning = scalar(meaning.value)
    assert isinstance(meaning, Template), right
    operator, out = meaning.on(domain, right.span)
    if isinstance(out, Space) and out.field == "complex" and codomain.field != "complex":
        operator = Compose((real_part(codomain), operator))
    return operator
