"""What the library and the user's file declare: primitives, functionals, noise laws, algorithms.  Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from invlang.syntax import tree


@dataclass(frozen=True, eq=False)
class Primitive:
    """A linear map with a torch kernel of the same name.  stem: the file of its kernel.  facts: claims by name.

    facts_of_words: (word, claim) for claims that hold where an argument is that word;  symbols_of_words: letters alike.
    """

    name: str
    kernel: str
    stem: str
    definition: tree.Definition = field(repr=False)
    facts: frozenset[str] = frozenset()
    symbol: str = ""
    facts_of_words: frozenset[tuple[str, str]] = frozenset()
    symbols_of_words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class FunctionalPrimitive:
    """A function of an array to a number, with what is known of it.

    facts: convex, smooth, quadratic, separable, indicator, nonnegative_argument, …
    """

    name: str
    definition: tree.Definition = field(repr=False)
    facts: frozenset[str] = frozenset()
    symbol: str = ""
