"""Which names mean what, from the inside out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from invlang.graph.spaces import AnySpace
from invlang.graph.values import Value
from invlang.source import Span


@dataclass(frozen=True)
class Unknown:
    """All unknowns of an objective together.  space: of the whole;  variable: its value, a bundle where there are several.

    inner: the arrays among them that only a term of the objective is minimised over.
    """

    space: AnySpace
    variable: Value
    inner: tuple[Value, ...] = ()


@dataclass
class Effort:
    """How much more of a program may be evaluated; definitions that call each other twice double it at each step.

    arrays: how many arrays the terms of an objective have been minimised over so far.
    """

    left: int = 100_000
    arrays: int = 0


@dataclass(frozen=True)
class Scope:
    """names: what is declared here.  outer: where to look next.  library: names of the library, found on demand.

    unknown: the space and the variable of what is sought, where expressions may depend on it.
    hints: spaces that an operator may act on where nothing else says it: those of the unknowns.
    places: where each name of the file is declared, above or below.
    """

    names: Mapping[str, Any]
    outer: Scope | None = None
    library: Callable[[str], Any] | None = None
    every: Callable[[], tuple[str, ...]] | None = None
    unknown: Unknown | None = None
    hints: tuple[AnySpace, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)

    def find(self, name: str) -> Any | None:
        """The meaning of a name, or None."""
        if name in self.names:
            return self.names[name]
        if self.outer is not None:
            return self.outer.find(name)
        return self.library(name) if self.library else None

    def library_scope(self) -> Scope:
        """The outermost scope, in which the library's names are found."""
        return self if self.outer is None else self.outer.library_scope()

    def inner(self, names: Mapping[str, Any]) -> Scope:
        """The same with more names, which hide those outside."""
        return replace(self, names=names, outer=self)

    def with_unknown(self, unknown: Unknown | None) -> Scope:
        return replace(self, unknown=unknown)

    def hinting(self, space: AnySpace | None) -> Scope:
        """The same with a space that an operator may act on before the others."""
        return self if space is None else replace(self, hints=(space, *self.hints))

    def called_from(self, caller: Scope, names: Mapping[str, Any]) -> Scope:
        """A definition's own scope with its parameters, where the caller's unknown may be spoken of."""
        return replace(self, names=names, outer=self, unknown=caller.unknown, hints=caller.hints, effort=caller.effort)

    def place_of(self, name: str) -> Span | None:
        """Where the file declares a name, above or below."""
        return self.places.get(name)

    def known_names(self) -> Iterator[str]:
        """All names that mean something here, the innermost first."""
        yield from self.names
        if self.outer is not None:
            yield from self.outer.known_names()
        elif self.every:
            yield from self.every()
