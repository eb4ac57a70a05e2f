"""Primitives of the library as objects: their facts and symbols, read once from their declarations."""

from __future__ import annotations

from functools import cache

from invlang.graph.declarations import FunctionalPrimitive, Primitive
from invlang.meaning import library
from invlang.syntax import tree

KERNEL_NAMES = {"Complex": "complex_from_real", "Conjugate": "conjugate"}


@cache
def primitive_named(name: str) -> Primitive:
    """The library's primitive of that name."""
    definition = library.definition(name)
    assert isinstance(definition, tree.Definition), name
    return primitive_of(definition, library.entries()[name].stem)


@cache
def primitive_of(definition: tree.Definition, stem: str) -> Primitive:
    name = definition.name.text
    kernel = text_of(definition, "kernel") or KERNEL_NAMES.get(name) or snake(name)
    return Primitive(
        name=name,
        kernel=kernel,
        stem=text_of(definition, "kernel_file") or stem,
        definition=definition,
        facts=frozenset(f.name.text for f in definition.facts if word_of(f, definition) is None),
        symbol=text_of(definition, "symbol") or name,
        symbols_of_words=tuple(
            (h.parameters[0].text, h.value.text)
            for h in definition.formulas
            if h.name.text == "symbol" and h.parameters and isinstance(h.value, tree.Text)
        ),
        facts_of_words=frozenset((w, f.name.text) for f in definition.facts if (w := word_of(f, definition)) is not None),
    )


@cache
def functional_of(definition: tree.Definition) -> FunctionalPrimitive:
    return FunctionalPrimitive(
        name=definition.name.text,
        definition=definition,
        facts=frozenset(f.name.text for f in definition.facts),
        symbol=text_of(definition, "symbol") or definition.name.text,
    )


def word_of(fact: tree.Fact, definition: tree.Definition) -> str | None:
    """The choice that a claim is bound to: `is isometry(zero)` holds where a parameter is the word zero."""
    written = fact.arguments[0].value if len(fact.arguments) == 1 else None
    words = {n.text for p in definition.parameters if isinstance(p.kind, tree.Choices) for n in p.kind.names}
    return written.text if isinstance(written, tree.Name) and written.text in words else None


def formula(definition: tree.Definition, name: str) -> tree.Has | None:
    """The `has NAME(…) = …` of a declaration."""
    return next((h for h in definition.formulas if h.name.text == name), None)


def text_of(definition: tree.Definition, name: str) -> str | None:
    has = formula(definition, name)
    return has.value.text if has is not None and isinstance(has.value, tree.Text) else None


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
