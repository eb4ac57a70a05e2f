"""The numbers of a law: which values they may have, by what the law claims of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    "parts": (lambda v: 0 <= v <= 1, "is between 0 and 1", "is a part of the whole"),
    "fractions": (
        lambda v: 0 < v < 1,
        "is above 0 and below 1",
        "is the part that is kept: at 0 nothing would be, at 1 everything",
    ),
    "overlaps": (
        lambda v: 0 <= v < 1,
        "is at least 0 and below 1",
        "is the part of a side that neighbours share: at 1 nothing would move",
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
    "squares": (
        lambda v: 0 <= v < float("inf") and round(v**0.5) ** 2 == v,
        "is a square number, 1, 4, 9, 16 …",
        "counts the places of a square grid",
    ),
    "counts": (lambda v: 1 <= v < float("inf") and v == int(v), "is a whole number of at least 1", "counts something"),
}
OF_SEVERAL: dict[str, tuple[Callable[..., bool], str, str]] = {
    "shares": (lambda a, b: a + b <= 1, "{0} and {1} together are at most 1", "probabilities of what excludes each other"),
    "ascending": (lambda a, b: a < b, "{0} is below {1}", "the lower and the upper one"),
    "ordered": (lambda a, b: a <= b, "{0} is at most {1}", "the lower and the upper one"),
    "at_most": (lambda a, b: a <= b, "{0} is at most {1}", "how many are kept and how many there are"),
    "smaller": (lambda a, b: a < b, "{0} is less than {1}", "a part and the whole"),
    "dividing": (lambda a, b: b % a == 0, "{1} is a multiple of {0}", "a part and the whole"),
    "leaving": (lambda c, a: a == 1 or c * a < 1, "{0} is below 1 / {1}", "the part of the lines in the middle, and how many times fewer there are"),
    "keeping": (lambda a, n: n / a >= 0.5, "{0} leaves at least one of {1}", "how many times fewer lines are measured, and the lines there are"),
    "sampled": (lambda a, p, w: a * p <= w / 2, "{0} · {1} is at most half of {2}", "the aperture, the distance of samples, and the wavelength they have to show"),
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
    kinds = str if fact == "filters" else int | float
    if not (isinstance(number, kinds) and holds(number)):
        raise Refused(WrongDomain(span, f"`{name}` {says}, and here it is {number}", why.format(kind)))


def check_together(law: LawCall, numbers: Mapping[str, Any], span: Span) -> None:
    """Refuses numbers that are fine by themselves and not together."""
    for fact, names in claims_of(law):
        if fact in OF_SEVERAL and all(isinstance(numbers.get(n), int | float) for n in names):
            check_several(fact, names, numbers, span, law.definition.name.text)


def check_several(fact: str, names: tuple[str, ...], numbers: Mapping[str, Any], span: Span, law: str) -> None:
    holds, says, kind = OF_SEVERAL[fact]
    if not holds(*(numbers[n] for n in names)):
        listing = listed(f"`{n}`" for n in names)
        found = listed(f"`{n}` is {numbers[n]:g}" for n in names)
        says = says.format(*(f"`{n}`" for n in names))
        raise Refused(WrongDomain(span, f"{says}, and here {found}", f"{listing} of `{law}` are {kind}"))


def listed(words: Iterable[str]) -> str:
    """
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def check_claims(definition: tree.Definition, numbers: Mapping[str, Any], places: Mapping[str, Span], span: Span) -> None:
    """Refuses numbers that a generator's parameters cannot be, at their place.  numbers: of parameters and axes; lists as tuples."""
    law = definition.name.text
    for fact, names in claims_in(definition):
        for name in names if fact in OF_ONE else ():
            place = places.get(name, span)
            if numbers.get(name) == ():
                raise Refused(WrongDomain(place, f"`{name}` holds nothing", f"`{law}` chooses from `{name}`; say one at least"))
            for number in entries_of(numbers.get(name)):
                check_one(fact, name, number, place, f"`{name}` of `{law}` {{}}")
        if fact in OF_SEVERAL and len(names) > 1 and all(isinstance(numbers.get(n), int | float) for n in names):
            place = next((places[n] for n in names if n in places), span)
            check_several(fact, names, numbers, place, law)


def entries_of(number: Any) -> tuple[Any, ...]:
    return number if isinstance(number, tuple) else () if number is None else (number,)
