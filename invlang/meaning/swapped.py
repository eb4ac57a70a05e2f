"""Two arguments in each other's place: what does not fit where it stands, and would where the other one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from invlang.meaning.arguments import Given
from invlang.meaning.mistake import Refused
from invlang.meaning.parameters import fit_parameter
from invlang.meaning.shapes import Names
from invlang.source import Span
from invlang.syntax import tree


def perhaps_swapped(
    refused: Refused, parameter: tree.Parameter, definition: tree.Definition, bound: Mapping[str, Given], names: Names, call: Span
) -> Refused:
    """The mistake of an argument, with the other order where that fits.  names: what is known before any argument is."""
    given = bound[parameter.name.text]
    for other in definition.parameters:
        found = bound.get(other.name.text)
        if found is None or other is parameter or given.name_span or found.name_span or refused.mistake is None:
            continue
        if fits(definition, other, given, names, call) and fits(definition, parameter, found, names, call):
            exchanged = {parameter.name.text: found, other.name.text: given}
            named = {n: f"{n} = " if g.name_span else "" for n, g in bound.items()}
            order = (named[n] + exchanged.get(n, g).span.text for n, g in bound.items())
            hint = f"they fit in the other order: `{definition.name.text}({', '.join(order)})`"
            return Refused(replace(refused.mistake, asides=(*refused.mistake.asides, hint)))
    return refused


def fits(definition: tree.Definition, parameter: tree.Parameter, given: Given, names: Names, call: Span) -> bool:
    if not isinstance(parameter.kind, tree.Space):
        return False
    try:
        fit_parameter(definition.name.text, parameter, given, dict(names), call)
    except Refused:
        return False
    return True
