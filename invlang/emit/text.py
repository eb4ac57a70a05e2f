"""Pieces of Python text that know how tightly they bind, so that parentheses stand only where they are needed."""

from __future__ import annotations

from dataclasses import dataclass

ATOM, POWER, UNARY, PRODUCT, SUM, LOOSE = 9, 8, 7, 6, 5, 0


@dataclass(frozen=True)
class Text:
    """source: an expression; binding: its loosest operator, ATOM for names, calls and brackets."""

    source: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """The source where an operator of that binding (or a tighter one) surrounds it."""
        return self.source if self.binding >= binding else f"({self.source})"

    @property
    def atom(self) -> str:
        return self.within(ATOM)


def call(function: str, *arguments: str) -> Text:
    return Text(f"{function}({', '.join(arguments)})")


def method(owner: Text, name: str, *arguments: str) -> Text:
    """owner.name(arguments); a literal number in front of a dot stands in parentheses."""
    left = f"({owner.source})" if owner.source[0].isdigit() else owner.atom
    return Text(f"{left}.{name}({', '.join(arguments)})")


def index(owner: Text, *entries: str) -> Text:
    return Text(f"{owner.atom}[{', '.join(entries)}]")


def product(factors: list[Text]) -> Text:
    """a * b * …, a leading −1 as a sign."""
    if len(factors) > 1 and factors[0].source in ("-1", "-1.0"):
        rest = product(factors[1:])
        return Text(f"-{rest.within(PRODUCT)}", UNARY if rest.binding > PRODUCT else PRODUCT)
    if len(factors) == 1:
        return factors[0]
    first, *rest_ = factors
    return Text(" * ".join([first.within(PRODUCT), *(f.within(POWER) for f in rest_)]), PRODUCT)


def quotient(top: Text, bottom: Text) -> Text:
    return Text(f"{top.within(PRODUCT)} / {bottom.within(POWER)}", PRODUCT)


def total(terms: list[Text]) -> Text:
    """a + b − c …; a term without a sign comes first where there is one."""
    if len(terms) == 1:
        return terms[0]
    lead = next((i for i, t in enumerate(terms) if not has_sign(t)), 0)
    ordered = [terms[lead], *terms[:lead], *terms[lead + 1 :]]
    source = ordered[0].within(SUM)
    for term in ordered[1:]:
        source += f" - {term.source[1:]}" if has_sign(term) else f" + {term.within(PRODUCT)}"
    return Text(source, SUM)


def has_sign(text: Text) -> bool:
    return text.source.startswith("-") and text.binding >= PRODUCT


def raised(base: Text, exponent: Text) -> Text:
    """base**exponent, spaced as formatters do it: tight between simple operands only."""
    simple = all(is_simple(t) for t in (base, exponent))
    return Text(f"{base.atom}{'**' if simple else ' ** '}{exponent.within(UNARY)}", POWER)


def is_simple(text: Text) -> bool:
    """A name, a number or a dotted name, its sign included."""
    return text.source.lstrip("-").replace(".", "").replace("_", "").isalnum()


def literal(value: object) -> Text:
    """A number, string, boolean, None or a tuple of them."""
    if isinstance(value, complex):
        return Text(repr(value), ATOM) if value.real == 0 else Text(repr(value)[1:-1], SUM)
    if isinstance(value, bool) or value is None:
        return Text(repr(value))
    if isinstance(value, int | float):
        source = f'float("{value}")' if value in (float("inf"), float("-inf")) or value != value else repr(value)
        return Text(source, UNARY if source.startswith("-") else ATOM)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return Text(f'"{escaped}"')
    raise AssertionError(value)


def tuple_of(items: list[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
