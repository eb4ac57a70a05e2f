"""What a module needs as a whole, noted down while its parts are written: buffers, sizes, kernels, imports.

A module is written twice: the first time notes who needs what, the second time knows it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import sympy

from invlang.emit.names import MODULE_ATTRIBUTES, NameTable, noun, python_name
from invlang.emit.paste import kernel_index
from invlang.graph.values import Known, Table, Value
from invlang.plan.steps import ModelModule


@dataclass
class Ledger:
    """buffers: set-up value → its attribute; ranks: at which ranks it is read; kernels: (stem, function) in order of need.

    before: the ledger of the first writing.
    """

    spec: ModelModule
    before: Ledger | None = None
    buffers: dict[Value, str] = field(default_factory=dict)
    ranks: dict[Value, set[int]] = field(default_factory=dict)
    raw: set[Value] = field(default_factory=set)
    kernels: dict[tuple[str, str], None] = field(default_factory=dict)
    transforms: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)
    dims: set[sympy.Symbol] = field(default_factory=set)
    local_dims: set[sympy.Symbol] = field(default_factory=set)
    layouts: dict[tuple[str, Value], set[int]] = field(default_factory=dict)
    tables: dict[Table, str] = field(default_factory=dict)
    tuples: Counter[tuple] = field(default_factory=Counter)
    attributes: NameTable = field(default_factory=NameTable)

    def __post_init__(self) -> None:
        spec = self.spec
        self.names = {v: python_name(n) for v, n in spec.names}
        self.comments = dict(spec.comments)
        fixed = [f.name for f in spec.functions] + [k.name for k in spec.parameters] + [str(d) for d in spec.dims]
        arrays = [g.known.name for g in spec.givens if self.before is None or g.known in self.before.buffers]
        self.attributes.taken |= MODULE_ATTRIBUTES
        for name in fixed + arrays:
            self.attributes.taken.add(python_name(name))
        user = {python_name(n) for n in fixed + [g.known.name for g in spec.givens]}
        for estimator in spec.estimators:
            user |= {python_name(k.name) for k in (*estimator.data, *estimator.parameters)} | {estimator.name}
            user |= {python_name(n) for _, n in estimator.names}
        self.user_names = user
        self.attributes.taken |= {"size", "size2", "size3"}

    def buffer(self, value: Value, rank: int) -> str:
        """The attribute that holds a set-up value, wanted at that rank."""
        self.ranks.setdefault(value, set()).add(rank)
        if value not in self.buffers:
            known = isinstance(value, Known)
            wanted = self.names.get(value) or noun(value, self.buffers)
            self.buffers[value] = python_name(value.name) if known else self.attributes.claim(wanted)  # type: ignore[attr-defined]
        return self.buffers[value]

    def held_rank(self, value: Value) -> int:
        """The rank at which a buffer is held: the one at which all read it, if they agree."""
        ranks = self.before.ranks.get(value, set()) if self.before else set()
        return next(iter(ranks)) if len(ranks) == 1 else value.space.rank

    def is_raw(self, value: Value) -> bool:
        return self.before is not None and value in self.before.raw

    def kernel(self, function: str, stem: str | None = None) -> str:
        """Asks for a kernel to be carried along; gives the name to call it by."""
        self.kernels[stem or kernel_index()[function], function] = None
        return self.called(function)

    def called(self, function: str) -> str:
        return f"{function}_kernel" if function in self.user_names else function

    def need(self, name: str) -> str:
        """A kernel of samples.py or special.py, or a module of Python."""
        if name == "math":
            self.modules.add(name)
            return name
        return self.kernel(name)

    def dim(self, symbol: sympy.Symbol, stored: bool) -> str:
        """A size; stored: it is read from the model, not in its constructor."""
        (self.dims if stored else self.local_dims).add(symbol)
        return python_name(str(symbol))

    def lays_out(self, method: str, value: Value, rank: int) -> bool:
        """Notes that a method lays a number out for that rank; does it so for other ranks as well?"""
        self.layouts.setdefault((method, value), set()).add(rank)
        return self.before is not None and len(self.before.layouts.get((method, value), set())) > 1

    @property
    def known_dims(self) -> set[sympy.Symbol]:
        """The sizes that the constructor is told, or reads off the shape of a given array."""
        shapes = {a.size for g in self.spec.givens for a in g.known.of.axes if isinstance(a.size, sympy.Symbol)}
        return {*self.spec.dims, *shapes}

    def table(self, table: Table) -> str:
        """The constant that holds a long row of literal numbers."""
        if table not in self.tables:
            used = {*self.tables.values(), *self.user_names}
            name = python_name(table.name).upper()
            self.tables[table] = name if name not in used else f"{name}_{len(self.tables) + 1}"
        return self.tables[table]

    def size_tuple(self, sizes: tuple) -> str | None:
        """The attribute of sizes that are read together in several places."""
        self.tuples[sizes] += 1
        often = [t for t, count in self.before.tuples.items() if count > 1] if self.before else []
        return ["size", "size2", "size3"][often.index(sizes)] if sizes in often[:3] else None

    @property
    def reserved(self) -> set[str]:
        """Names that no local variable may hide."""
        known = self.before or self
        return {self.called(f) for _, f in known.kernels} | known.transforms
