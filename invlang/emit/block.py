"""A block of code being written: which values have names by now, and the lines that gave them."""

from __future__ import annotations

import sympy

from invlang.emit.cutting import best_cut
from invlang.emit.method import LOOKS, WIDTH, Line, Method, is_held
from invlang.emit.names import noun, python_name
from invlang.emit.render import render
from invlang.emit.sizes import plain_text, size_text
from invlang.emit.stages import has_random, is_opposite, is_trivial, variables_of
from invlang.emit.text import UNARY, Text, call, index, product, tuple_of
from invlang.graph.spaces import Product
from invlang.graph.values import Bundle, Known, Pointwise, Value, inside, operands_of


class Block:
    """Lines of one method at one level: its body, the body of its loop, the body of a nested function."""

    def __init__(self, method: Method, parent: Block | None = None, variables: frozenset[Value] = frozenset(), depth: int = 2):
        self.method, self.parent, self.variables, self.depth = method, parent, variables, depth
        self.ledger = method.ledger
        self.bound: dict[tuple[Value, int], str] = {}
        self.forced: set[Value] = set()
        self.functions: dict[Value, str] = {}
        self.lines: list[Line] = []
        self.draws = False
        self.is_once = parent is None  # or what comes before a loop, where numbers are laid out once

    # ---- reading values

    def write(self, value: Value, rank: int | None = None) -> Text:
        """An expression for the value, laid out for arrays of that rank; gives names where they are due."""
        if isinstance(value, Bundle):
            return Text(tuple_of([self.write(p).source for p in value.parts]))
        own = 0 if isinstance(value.space, Product) else value.space.rank
        rank = own if rank is None else rank
        if rank == 0 and isinstance(value, Pointwise):
            self.ledger.lays_out(self.method.label, value, 0)
        found = self.find(value, rank)
        if found is not None:
            return found
        if isinstance(value, Known) and rank > own and self.method.kind(value) == "either":
            return self.lifted_number(value, rank)
        if isinstance(value, Pointwise) and is_opposite(value):
            return product([Text("-1", UNARY), self.write(value.operands[1], rank)])
        if rank > own and self.is_laid_out(value):
            return self.laid_out(value, rank)
        home = self.home(value)
        if home is not self and not self.is_view(value) and not self.is_short_number(value):
            return home.bind(value, rank)
        if not self.is_shared(value):
            return self.render(value, rank)
        if self.is_once:
            return self.bind(value, rank)
        return self.lift(self.bind(value, own), value, rank)

    def render(self, value: Value, rank: int) -> Text:
        if value in self.method.calls:
            return self.lift(self.method_call(value), value, rank)
        return render(self, value, rank)

    def find(self, value: Value, rank: int) -> Text | None:
        name = self.name_of(value, rank)
        if name is not None:
            return Text(name)
        own = 0 if isinstance(value.space, Product) else value.space.rank
        if rank > own:
            name = self.name_of(value, own)
            if name is not None and not self.is_laid_out(value):
                return self.lift(Text(name), value, rank)
        return self.held(value, rank) if is_held(value, self.method) else None

    def name_of(self, value: Value, rank: int) -> str | None:
        block: Block | None = self
        while block is not None:
            if (value, rank) in block.bound:
                return block.bound[value, rank]
            block = block.parent
        return None

    def held(self, value: Value, rank: int) -> Text:
        """A buffer of the model."""
        text = self.model_attribute(self.ledger.buffer(value, rank))
        if self.ledger.held_rank(value) == rank:
            return text
        return self.lift(text, value, rank)

    def model_attribute(self, name: str) -> Text:
        self.method.reads_model = True
        return Text(f"{self.method.model}.{name}" if self.method.model else name)

    def lift(self, text: Text, value: Value, rank: int) -> Text:
        """An array with batch axes made to meet arrays of a higher rank: singleton axes between the batch and its own axes."""
        own = 0 if isinstance(value.space, Product) else value.space.rank
        kind = self.method.kind(value)
        if rank <= own or kind == "number":
            return text
        if kind == "either":
            return call(self.ledger.need("per_sample"), text.source, str(rank))
        return index(text, "...", *["None"] * (rank - own), *[":"] * own)

    def lifted_number(self, value: Known, rank: int) -> Text:
        """A number that may be one per sample, laid out once."""
        root = self.root
        text = call(self.ledger.need("per_sample"), self.known(value).source, str(rank))
        if not root.method.binds_lifts and root.method.uses[value] < 2:
            return text
        name = python_name(value.name) + self.suffix(value, rank)
        if (value, 0) in root.bound or name in root.method.names.taken:
            name = root.method.names.claim(f"{name}_each" if (value, 0) in root.bound else name)
        else:
            root.method.names.taken.add(name)
        root.line(f"{name} = {text.source}")
        root.bound[value, rank] = name
        return Text(name)

    def is_laid_out(self, value: Value) -> bool:
        """Is it a formula of numbers of which there may be one per sample?"""
        formula = isinstance(value, Pointwise) and value.space.rank == 0 and not self.is_view(value)
        return formula and self.method.kind(value) != "number"

    def laid_out(self, value: Value, rank: int) -> Text:
        """A formula of numbers, worked out as numbers and then shaped to meet arrays of that rank."""
        home = self.home(value)
        if not home.is_once or not (home.method.binds_lifts or self.method.uses[value] > 1):
            return self.lift(self.write(value), value, rank)
        alone = not self.ledger.lays_out(self.method.label, value, rank)
        inner = home.fitted(value, 0, 40) if alone else home.write(value)
        text = home.lift(inner, value, rank)
        name = home.method.names.claim(home.noun(value) + ("" if alone else f"_{rank}"))
        home.line(f"{name} = {text.source}", home.comment_of(value) if alone else "")
        home.bound[value, rank] = name
        return Text(name)

    def comment_of(self, value: Value) -> str:
        return self.method.comments.get(value) or self.ledger.comments.get(value, "")

    def known(self, value: Known) -> Text:
        """What comes from outside, at its own rank."""
        name = python_name(value.name)
        if value in self.method.own:
            return Text(f"self.{name}")
        if value.origin in ("data", "argument") or not self.method.model:
            return Text(name)
        if value.space.rank == 0:
            return self.model_attribute(name)
        return self.held(value, value.space.rank)

    def size(self, expression: sympy.Expr) -> Text:
        return size_text(expression, self.dim)

    def plain(self, value: object) -> str:
        if isinstance(value, str):
            self.ledger.literals.add(value)
        if self.method.model and isinstance(value, tuple) and any(isinstance(v, sympy.Symbol) for v in value):
            name = self.ledger.size_tuple(value)
            if name:
                return self.model_attribute(name).source
        return plain_text(value, self.dim)

    def dim(self, symbol: sympy.Symbol) -> str:
        array = None if self.method.model else self.array_with(symbol)
        if array is not None:
            return array
        return self.model_attribute(self.ledger.dim(symbol, bool(self.method.model))).source

    def array_with(self, symbol: sympy.Symbol) -> str | None:
        """While the model is built: where a size can be read that only an array worked out before tells."""
        if symbol in self.ledger.known_dims:
            return None
        for (value, _), name in self.root.bound.items():
            if symbol in value.space.sizes:
                return f"{name}.shape[{value.space.sizes.index(symbol) - value.space.rank}]"
        return None

    def method_call(self, value: Value) -> Text:
        called, arguments = self.method.calls[value]
        name = self.model_attribute(python_name(called.name)).source
        return call(name, *(self.write(a).source for a in arguments))

    # ---- giving names

    def inner(self, variables: tuple[Value, ...], names: list[str]) -> Block:
        """The body of a function or a loop of those variables, one level further in."""
        block = Block(self.method, self, frozenset(variables), self.depth + 1)
        for variable, name in zip(variables, names, strict=True):
            block.bound[variable, variable.space.rank] = name
        return block

    def line(self, code: str, comment: str = "") -> None:
        self.lines.append(Line(code, comment, self.depth))

    @property
    def root(self) -> Block:
        return self if self.parent is None else self.parent.root

    def home(self, value: Value) -> Block:
        """The outermost block in which the value can be worked out."""
        if self.draws and has_random(value):
            return self
        return self.home_of(variables_of(value))

    def home_of(self, variables: frozenset[Value]) -> Block:
        """The outermost block that has these variables."""
        if self.parent is None or self.variables & variables:
            return self
        return self.parent.home_of(variables)

    def is_shared(self, value: Value) -> bool:
        if self.is_view(value):
            return False
        return self.method.uses[value] > 1 or value in self.forced

    def blank(self) -> None:
        self.lines.append(Line(""))

    def is_view(self, value: Value) -> bool:
        """A name, a literal, or no more than another look at one."""
        if is_trivial(value):
            return True
        if not isinstance(value, Pointwise) or not (value.function in LOOKS or is_opposite(value)):
            return False
        inner = value.operands[-1]
        return is_held(inner, self.method) or self.is_view(inner)

    def is_short_number(self, value: Value) -> bool:
        """A Python number that is one operation on what has a name."""
        return self.method.kind(value) == "number" and all(is_trivial(o) for o in operands_of(value))

    def bind(self, value: Value, rank: int, name: str | None = None) -> Text:
        """Writes `name = …` and gives the name."""
        text = self.fitted(value, rank, 14)
        name = name or self.method.names.claim(self.noun(value) + self.suffix(value, rank))
        self.line(f"{name} = {text.source}", self.comment_of(value))
        self.bound[value, rank] = name
        return Text(name)

    def suffix(self, value: Value, rank: int) -> str:
        """_4 for a number laid out for arrays of four axes, where most have another rank."""
        if not rank or isinstance(value.space, Product) or value.space.rank:
            return ""
        several = self.ledger.lays_out(self.method.label, value, rank)
        return f"_{rank}" if several and rank != self.method.usual_rank else ""

    def noun(self, value: Value) -> str:
        named: dict[Value, str] = {}
        block: Block | None = self
        while block is not None:
            named |= {v: n for (v, _), n in block.bound.items()}
            block = block.parent
        wanted = self.method.wanted.get(value) or self.ledger.names.get(value)
        if wanted:
            return wanted
        if value in self.method.calls:
            return call_noun(self.method.calls[value][0].name)
        if self.method.sums_up and value.space.rank == 0:
            return "fit" if reads_data(value) else "penalty"
        return noun(value, {v: n for v, n in named.items() if n.isidentifier()})

    def fitted(self, value: Value, rank: int, before: int) -> Text:
        """The expression, cut in two by a name as long as it does not fit on a line."""
        text = self.render(value, rank)
        while len(text.source) + before + 4 * self.depth > WIDTH:
            cut = best_cut(self, value)
            if cut is None:
                break
            self.forced.add(cut)
            text = self.render(value, rank)
        return text

    def statement(self, start: str, value: Value, comment: str = "", finish: str = "") -> None:
        """Writes start + expression + finish; of a value that has a name, the name."""
        own = None if isinstance(value, Bundle) else 0 if isinstance(value.space, Product) else value.space.rank
        found = self.find(value, own) if own is not None else None
        if found is None and (own is None or self.home(value) is not self or self.is_shared(value)):
            found = self.write(value)
        text = found or self.fitted(value, own or 0, len(start) + len(finish))
        if start == "return " and isinstance(value, Bundle) and len(value.parts) > 1:
            text = Text(text.source[1:-1], 0)
        self.line(f"{start}{text.source}{finish}", comment)


def reads_data(value: Value) -> bool:
    return any(isinstance(v, Known) and v.origin == "data" for v in inside(value))


def call_noun(name: str) -> str:
    endings = {"_adjoint": "back", "_gram": "image", "_solve": "solution", "_pinv": "image"}
    return next((n for e, n in endings.items() if name.endswith(e)), "predicted")
