"""A program while it is being read: what is declared so far, and every mistake found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invlang.diagnostics import Diagnostic
from invlang.graph.program import DimOf, EstimatorOf, EvaluationOf, File, GivenOf, Measurement, UnknownOf
from invlang.graph.spaces import AnySpace, Product, Space
from invlang.graph.values import Bundle, Known, Value, Variable
from invlang.meaning import library
from invlang.meaning.meanings import Declared
from invlang.meaning.mistakes import DeclaredTwice, Mistake, is_in_library
from invlang.meaning.scope import Effort, Scope, Unknown
from invlang.source import Source, Span
from invlang.syntax import tree


def from_library(name: str) -> Declared | None:
    """The library's definition of that name, not called yet."""
    definition = library.definition(name)
    if definition is None or isinstance(definition, tree.Network):
        return None
    return Declared(definition, LIBRARY, library.entries()[name].stem)


LIBRARY = Scope({}, library=from_library, every=lambda: tuple(library.entries()), effort=Effort(10**12))


@dataclass
class Draft:
    """spaces: of all unknowns of the file, those further down included.  everywhere: where each name of the file is declared.

    uses: the spaces that each `let` was used on.  sought: the names of all estimators.
    """

    source: Source
    folder: Path
    allowed: tuple[Path, ...]
    allow_python: bool
    spaces: dict[str, Space] = field(default_factory=dict)
    everywhere: dict[str, Span] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    mistakes: list[Diagnostic] = field(default_factory=list)
    dims: list[DimOf] = field(default_factory=list)
    givens: list[GivenOf] = field(default_factory=list)
    unknowns: list[UnknownOf] = field(default_factory=list)
    lets: list[tuple[str, Span]] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    observed: list[tuple[str, File]] = field(default_factory=list)
    simulated: list[tuple[str, File]] = field(default_factory=list)
    pictures: list[tuple[str, Value]] = field(default_factory=list)
    estimators: list[EstimatorOf] = field(default_factory=list)
    evaluations: list[EvaluationOf] = field(default_factory=list)
    parameters: dict[str, Known] = field(default_factory=dict)
    not_yet: list[tuple[Span, str]] = field(default_factory=list)
    uses: dict[str, list[AnySpace]] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    opened: tuple[Path, ...] = ()
    is_unknown_refused: bool = False
    sought: tuple[str, ...] = ()

    def refuse(self, mistake: Mistake | None) -> None:
        """Notes a mistake; what the library's own text is blamed for is a bug of ours."""
        if mistake is not None:
            assert not is_in_library(mistake.span), f"{mistake.headline()} at {mistake.span!r}"
            self.mistakes.append(mistake.diagnostic())

    def declare(self, name: tree.Name, meaning: Any) -> None:
        if name.text in self.places:
            self.refuse(DeclaredTwice(name.span, name.text, causes=((self.places[name.text], "declared here first"),)))
            return
        self.places[name.text] = name.span
        self.names[name.text] = meaning

    @property
    def scope(self) -> Scope:
        return Scope(self.names, LIBRARY, unknown=self.unknown, hints=self.hints, places=self.everywhere, effort=self.effort)

    @property
    def snapshot(self) -> Scope:
        """The scope as it is now: what a definition may speak of, which is never itself or what comes below."""
        return Scope(dict(self.names), LIBRARY, places=self.everywhere, effort=self.effort)

    @property
    def hints(self) -> tuple[AnySpace, ...]:
        whole = (self.unknown.space,) if self.unknown and len(self.spaces) > 1 else ()
        return (*self.spaces.values(), *whole)

    @property
    def unknown(self) -> Unknown | None:
        """All unknowns of the file together."""
        if not self.spaces:
            return None
        variables = tuple(Variable(name, space) for name, space in self.spaces.items())
        if len(variables) == 1:
            return Unknown(variables[0].space, variables[0])
        return Unknown(Product(tuple(self.spaces.values())), Bundle(variables))
