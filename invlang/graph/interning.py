"""Terms that are built twice are one object: equality is identity, hashing is free, sharing is the rule."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

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
