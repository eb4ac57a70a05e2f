"""Terms that are built twice are one object: equality is identity, hashing is free, sharing is the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache, wraps
from typing import Any, TypeVar
from weakref import WeakValueDictionary

Term = TypeVar("Term")
Answer = TypeVar("Answer")

_table: WeakValueDictionary[tuple, Any] = WeakValueDictionary()


class Interned(type):
    """The metaclass of terms: a call returns the one instance with these fields."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = super().__call__(*args, **kwargs)
        values = [getattr(instance, name) for name in names_of(cls)]
        return _table.setdefault((cls, *map(type, values), *values), instance)


@cache
def names_of(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls))


def remembered(question: Callable[[Term], Answer]) -> Callable[[Term], Answer]:
    """The same function of a term, whose answer each term keeps: terms never change, share their parts and are asked often."""
    name = f"_{question.__name__}"

    @wraps(question)
    def asked(term: Term) -> Answer:
        kept = vars(term)
        if name not in kept:
            kept[name] = question(term)
        return kept[name]

    return asked
