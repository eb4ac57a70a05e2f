"""The numbers of a noise law: which values they may have, by what the law claims of them."""

from __future__ import annotations

from typing import Any

from invlang.meaning.meanings import LawCall
from invlang.meaning.mistakes import Refused, WrongDomain
from invlang.source import Span

OF_ONE = {
    "positive": (lambda v: 0 < v < float("inf"), "is above 0 and finite", "cannot be 0 or below"),
    "nonnegative": (lambda v: 0 <= v < float("inf"), "is at least 0 and finite", "cannot be below 0"),
    "shares": (lambda v: 0 <= v <= 1, "is between 0 and 1", "is a probability"),
}
OF_TWO = {
    "shares": (lambda a, b: a + b <= 1, "together are at most 1", "probabilities of what excludes each other"),
    "ascending": (lambda a, b: a < b, "ascend", "the ends of an interval"),
}


def claims_of(law: LawCall) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a law claims of its parameters, its mean and its data: (fact, their names)."""
    return tuple((f.name.text, tuple(a.value.span.text for a in f.arguments)) for f in law.definition.facts)


def claimed(law: LawCall, fact: str) -> frozenset[str]:
    """The names of which a law claims a fact."""
    return frozenset(n for f, names in claims_of(law) if f == fact for n in names)


def check_number(law: LawCall, name: str, number: Any, span: Span) -> None:
    """Refuses a number that a parameter cannot be."""
    for fact, (holds, says, kind) in OF_ONE.items():
        if name in claimed(law, fact) and not (isinstance(number, int | float) and holds(number)):
            why = f"`{name}` of `{law.definition.name.text}` {kind}; a caller may change it, but not to this"
            raise Refused(WrongDomain(span, f"`{name}` {says}, and here it is {number}", why))


def check_together(law: LawCall, numbers: dict[str, Any], span: Span) -> None:
    """Refuses numbers that are fine by themselves and not together."""
    for fact, names in claims_of(law):
        if fact in OF_TWO and all(isinstance(numbers.get(n), int | float) for n in names):
            holds, says, kind = OF_TWO[fact]
            if not holds(*(numbers[n] for n in names)):
                listing = " and ".join(f"`{n}`" for n in names)
                found = " and ".join(f"{numbers[n]:g}" for n in names)
                why = f"{listing} of `{law.definition.name.text}` are {kind}"
                raise Refused(WrongDomain(span, f"{listing} {says}, and here they are {found}", why))
