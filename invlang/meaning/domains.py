"""The numbers of a law: which values they may have, by what the law claims of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invlang.meaning.meanings import LawCall
from invlang.meaning.mistakes import Refused, WrongDomain
from invlang.source import Span
from invlang.syntax import tree

FILTERS = ("gaussian", "bilinear", "bicubic", "sinc")
OF_ONE = {
    "positive": (lambda v: 0 < v < float("inf"), "is above 0 and finite", "cannot be 0 or below"),
    "nonnegative": (lambda v: 0 <= v < float("inf"), "is at least 0 and finite", "cannot be below 0"),
    "shares": (lambda v: 0 <= v <= 1, "is between 0 and 1", "is a probability"),
    "fractions": (
        lambda v: 0 < v < 1,
        "is above 0 and below 1",
        "is the part that is kept: at 0 nothing would be, at 1 everything",
    ),
    "accelerations": (
        lambda v: 1 <= v < float("inf"),
        "is at least 1 and finite",
        "says how many times fewer lines are measured",
    ),
    "cutoffs": (
        lambda v: 0 < v <= 0.5,
        "is above 0 and at most ½",
        "counts cycles per sample, of which ½ is the most that samples show",
    ),
    "filters": (lambda v: v in FILTERS, f"holds only {', '.join(FILTERS)}", "names the kinds of filters to choose from"),
    "squares": (lambda v: round(v**0.5) ** 2 == v, "is a square number, 1, 4, 9, 16 …", "counts the places of a square grid"),
    "counts": (lambda v: v == int(v) and v >= 1, "is a whole number of at least 1", "counts something"),
}
OF_TWO = {
    "shares": (lambda a, b: a + b <= 1, "together are at most 1", "probabilities of what excludes each other"),
    "ascending": (lambda a, b: a < b, "ascend", "the ends of an interval"),
    "ordered": (lambda a, b: a <= b, "do not descend", "the ends of an interval"),
    "at_most": (lambda a, b: a <= b, "fit", "a part and the whole, so the first is at most the second"),
    "smaller": (lambda a, b: a < b, "leave nothing", "a part and the whole, so the first is less than the second"),
    "dividing": (lambda a, b: b % a == 0, "fit", "a part and the whole, so the second is a multiple of the first"),
    "leaving": (lambda c, a: a == 1 or c * a < 1, "leave nothing else", "lines of the centre and of the rest; give the centre less than 1 / acceleration"),
    "keeping": (lambda a, n: n / a >= 0.5, "keep nothing", "an acceleration and the lines there are; at least one line must be left"),
}  # fmt: skip


def claims_in(definition: tree.Definition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a law claims of its parameters, its mean and its data: (fact, their names)."""
    return tuple((f.name.text, tuple(a.value.span.text for a in f.arguments)) for f in definition.facts)


def claims_of(law: LawCall) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return claims_in(law.definition)


def claimed(law: LawCall, fact: str) -> frozenset[str]:
    """The names of which a law claims a fact."""
    return frozenset(n for f, names in claims_of(law) if f == fact for n in names)


def check_number(law: LawCall, name: str, number: Any, span: Span) -> None:
    """Refuses a number that a parameter cannot be."""
    why = f"`{name}` of `{law.definition.name.text}` {{}}; a caller may change it, but not to this"
    for fact in OF_ONE:
        if name in claimed(law, fact):
            check_one(fact, name, number, span, why)


def check_one(fact: str, name: str, number: Any, span: Span, why: str) -> None:
    holds, says, kind = OF_ONE[fact]
    if not (isinstance(number, int | float | str) and holds(number)):
        raise Refused(WrongDomain(span, f"`{name}` {says}, and here it is {number}", why.format(kind)))


def check_together(law: LawCall, numbers: Mapping[str, Any], span: Span) -> None:
    """Refuses numbers that are fine by themselves and not together."""
    for fact, names in claims_of(law):
        if fact in OF_TWO and all(isinstance(numbers.get(n), int | float) for n in names):
            check_two(fact, names, numbers, span, law.definition.name.text)


def check_two(fact: str, names: tuple[str, ...], numbers: Mapping[str, Any], span: Span, law: str) -> None:
    holds, says, kind = OF_TWO[fact]
    if not holds(*(numbers[n] for n in names)):
        listing = " and ".join(f"`{n}`" for n in names)
        found = " and ".join(f"{numbers[n]:g}" for n in names)
        raise Refused(WrongDomain(span, f"{listing} {says}, and here they are {found}", f"{listing} of `{law}` are {kind}"))


def check_claims(definition: tree.Definition, numbers: Mapping[str, Any], places: Mapping[str, Span], span: Span) -> None:
    """Refuses numbers that a generator's parameters cannot be, at their place.  numbers: of parameters and axes; lists as tuples."""
    law = definition.name.text
    for fact, names in claims_in(definition):
        for name in names if fact in OF_ONE else ():
            for number in entries_of(numbers.get(name)):
                check_one(fact, name, number, places.get(name, span), f"`{name}` of `{law}` {{}}")
        if fact in OF_TWO and len(names) == 2 and all(isinstance(numbers.get(n), int | float) for n in names):
            place = next((places[n] for n in names if n in places), span)
            check_two(fact, names, numbers, place, law)


def entries_of(number: Any) -> tuple[Any, ...]:
    return number if isinstance(number, tuple) else () if number is None else (number,)
