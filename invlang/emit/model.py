"""The measurement as an nn.Module: arrays and sizes it is built from, buffers worked out once, and its methods."""

from __future__ import annotations

import sympy

from invlang.emit.arrays import as_numbers
from invlang.emit.block import Block
from invlang.emit.calls import depends_on_iterates, find_calls
from invlang.emit.estimator import GENERATOR, STREAM, argument_text, output_type, parameter_text
from invlang.emit.grouping import is_setup_array, regroup
from invlang.emit.layout import docstring, signature
from invlang.emit.ledger import Ledger
from invlang.emit.method import Line, Method
from invlang.emit.names import NameTable, python_name
from invlang.emit.sizes import plain_text
from invlang.emit.stages import count_uses, has_random, streams_in
from invlang.emit.text import Text
from invlang.graph.spaces import Product
from invlang.graph.values import Known, Pointwise, Random, Value, inside, operands_of
from invlang.plan.steps import Function, GivenArray


def write_model(ledger: Ledger) -> list[list[Line]]:
    """The class: its docstring, then its methods, each a list of lines.  To be called after everything that reads buffers."""
    methods = [write_function(ledger, f, i) for i, f in enumerate(ledger.spec.functions)]
    head = [Line(f"class {python_name(ledger.spec.name)}(nn.Module):"), *docstring(class_doc(ledger), 1)]
    cast = [write_cast(ledger)] if any(v.space.field == "complex" for v in ledger.buffers) else []
    return [head, write_init(ledger), *methods, *cast]


def write_cast(ledger: Ledger) -> list[Line]:
    """torch's own conversion to a real type would drop the imaginary part of complex buffers."""
    return [
        *signature("_apply", ["change", "recurse=True"]),
        Line(f"return super()._apply({ledger.need('with_complex')}(change), recurse)", depth=2),
    ]


def class_doc(ledger: Ledger) -> list[str]:
    spec = ledger.spec
    said = [f"{python_name(g.known.name)} : {g.known.of}" for g in spec.givens]
    dims = ", ".join(python_name(str(d)) for d in spec.dims)
    said += [f"{dims} : {'sizes' if len(spec.dims) > 1 else 'a size'}"] if dims else []
    numbers = ", ".join(python_name(k.name) for k in spec.parameters)
    said += [f"{numbers} : a number, or one per sample"] if numbers else []
    return ["The measurement." + (f"  {';  '.join(said)}." if said else "")]


# ---- methods


def write_function(ledger: Ledger, function: Function, position: int) -> list[Line]:
    result = regroup(function.result, is_setup_array, {})
    arguments = [python_name(a.name) for a in function.arguments]
    method = Method(ledger, "self", NameTable({*ledger.reserved, *arguments}), arguments=function.arguments)
    method.label = function.name
    method.streams = streams_in(result)
    method.calls = find_calls([result], ledger.spec.functions[:position], depends_on_iterates)
    method.uses = count_uses([result], method.children)
    block = Block(method)
    block.statement("return ", result, function.comment)
    parameters = [argument_text(a) for a in function.arguments] + [GENERATOR] * has_random(result)
    output = output_type(result)
    doc = docstring([function.doc], 2) if function.doc else []
    return [*signature(python_name(function.name), parameters, output), *doc, *block.lines]


# ---- __init__


def write_init(ledger: Ledger) -> list[Line]:
    spec = ledger.spec
    required = [argument_text(g.known) for g in spec.givens if g.default is None]
    required += [f"{python_name(str(d))}: int" for d in spec.dims]
    required += [parameter_text(p) for p in spec.parameters if p.default is None]
    optional = [f"{argument_text(g.known)} | None = None" for g in spec.givens if g.default is not None]
    optional += [parameter_text(p) for p in spec.parameters if p.default is not None]
    optional += STREAM * any(g.default is not None and has_random(g.default) for g in spec.givens)
    building = builder(ledger)
    body = write_buffers(building)
    defaults = [line for g in spec.givens for line in write_given(building, g)]
    lines = [*signature("__init__", [*required, *optional]), Line("super().__init__()", depth=2)]
    return [*lines, *defaults, *stored_numbers(ledger), *body, *sizes_of_buffers(ledger)]


def builder(ledger: Ledger) -> Block:
    """The constructor's body; the model's arrays are its arguments there."""
    spec = ledger.spec
    arguments = tuple(g.known for g in spec.givens)
    taken = {python_name(k.name) for k in (*arguments, *spec.parameters)} | {python_name(str(d)) for d in spec.dims}
    method = Method(ledger, "", NameTable({*ledger.reserved, *taken}), arguments=arguments)
    method.uses = count_uses(ledger.buffers, operands_of)
    return Block(method)


def stored_numbers(ledger: Ledger) -> list[Line]:
    """Sizes and numbers that methods read."""
    dims = sorted(ledger.dims & ledger.known_dims, key=lambda d: (d not in ledger.spec.dims, str(d)))
    ordered = [d for d in ledger.spec.dims if d in ledger.dims] + [d for d in dims if d not in ledger.spec.dims]
    sizes = [python_name(str(d)) for d in ordered]
    made = [python_name(g.known.name) for g in ledger.spec.givens if not g.known.of.rank and g.default is not None]
    scalars = [python_name(g.known.name) for g in ledger.spec.givens if not g.known.of.rank and g.default is None]
    numbers = [python_name(k.name) for k in ledger.spec.parameters]
    groups = [g for g in (sizes, [*scalars, *numbers]) if g]
    often = [t for t, count in (ledger.before or ledger).tuples.items() if count > 1][:3]
    tuples = [
        Line(f"self.{name} = {plain_text(t, lambda d: ledger.dim(d, False))}", depth=2)
        for name, t in zip(("size", "size2", "size3"), often, strict=False)
    ]
    tuples += [Line(f'self.register_buffer("{name}", torch.as_tensor({name}))', depth=2) for name in made]
    return tuples + [Line(f"{', '.join(f'self.{n}' for n in g)} = {', '.join(g)}", depth=2) for g in groups]


def write_buffers(building: Block) -> list[Line]:
    """register_buffer for every set-up value that is read, those that others are made of first."""
    ledger = building.ledger
    ordered = sorted(ledger.buffers, key=lambda v: (not isinstance(v, Known), len(inside(v))))
    arrays = {v for b in ordered if not isinstance(b, Known) for v in inside(b) if isinstance(v, Known)}
    converted = {k for k in arrays if counts(k) and not ledger.is_raw(k)}
    for known in sorted(converted, key=lambda k: k.name):
        if known not in ordered or ledger.held_rank(known) != known.space.rank:
            name = python_name(known.name)
            building.line(f"{name} = {as_numbers(building, Text(name)).source}")
    inner = read_at_own_rank(ledger, ordered)
    for value in ordered:
        write_buffer(building, value, value in converted, value in inner)
    return building.lines


def write_buffer(building: Block, value: Value, converted: bool, inner: bool) -> None:
    """One register_buffer.  converted: the argument is made of numbers by now;  inner: others are made of it as it is."""
    ledger = building.ledger
    rank, name = ledger.held_rank(value), ledger.buffers[value]
    start = f'self.register_buffer("{name}", '
    said = ledger.comments.get(value, "")
    comment = f"{said + '   ' if said else ''}{value.space}"
    if isinstance(value, Known):
        text = building.known(value)
        if counts(value) and not ledger.is_raw(value) and (not converted or rank == value.space.rank):
            text = as_numbers(building, text)
        text = building.lift(text, value, rank)
    elif inner and rank != value.space.rank:
        text = building.lift(building.bind(value, value.space.rank, building.method.names.claim(name)), value, rank)
    else:
        text = building.fitted(value, rank, len(start) + 1)
    building.line(f"{start}{text.source})", comment)
    building.bound[value, rank] = f"self.{name}"


def read_at_own_rank(ledger: Ledger, buffers: list[Value]) -> set[Value]:
    """Which buffers others are made of at another rank than the one they are held at."""
    found: set[Value] = set()
    seen: set[tuple[Value, int]] = set()

    def read(value: Value, rank: int, top: bool) -> None:
        if (value, rank) in seen and not top:
            return
        seen.add((value, rank))
        if not top and value in ledger.buffers:
            found.update([value] if rank != ledger.held_rank(value) else [])
            return
        for operand in operands_of(value):
            own = 0 if isinstance(operand.space, Product) else operand.space.rank
            read(operand, rank if isinstance(value, Pointwise) else own, False)

    for value in buffers:
        read(value, ledger.held_rank(value), True)
    return found


def counts(known: Known) -> bool:
    return known.of.field in ("binary", "integer") and known.of.rank > 0


def sizes_of_buffers(ledger: Ledger) -> list[Line]:
    """Sizes that only an array worked out here has, such as how many samples a mask keeps."""
    lines = []
    for symbol in sorted(ledger.dims - ledger.known_dims, key=str):
        for value, name in ledger.buffers.items():
            if symbol in value.space.sizes:
                position = value.space.sizes.index(symbol) - value.space.rank
                lines.append(Line(f"self.{python_name(str(symbol))} = self.{name}.shape[{position}]", depth=2))
                break
    return lines


def write_given(building: Block, given: GivenArray) -> list[Line]:
    """What an array is when the caller passes none, and the sizes that its shape tells."""
    ledger, name = building.ledger, python_name(given.known.name)
    lines = []
    if given.default is not None:
        lines.append(Line(f"if {name} is None:", depth=2))
        inner = Block(building.method, None, depth=3)
        building.method.arguments = ()
        inner.forced.update(v for v in inside(given.default) if isinstance(v, Random) and v is not given.default)
        inner.statement(f"{name} = ", given.default)
        building.method.arguments = tuple(g.known for g in ledger.spec.givens)
        lines += inner.lines
    return lines + shape_lines(ledger, given)


def shape_lines(ledger: Ledger, given: GivenArray) -> list[Line]:
    """H, W = mask.shape[-2:] for the sizes that only this array's shape fixes."""
    known = given.known
    told = set(ledger.spec.dims)
    for other in ledger.spec.givens:
        if other is given:
            break
        told |= {a.size for a in other.known.of.axes if isinstance(a.size, sympy.Symbol)}
    needed = {*ledger.dims, *ledger.local_dims, *(ledger.before.local_dims if ledger.before else ())}
    found = []
    for position, axis in enumerate(known.of.axes, start=-known.of.rank):
        if isinstance(axis.size, sympy.Symbol) and axis.size in needed and axis.size not in told:
            told.add(axis.size)
            found.append((python_name(str(axis.size)), position))
    name = python_name(known.name)
    if len(found) > 1 and [p for _, p in found] == list(range(-len(found), 0)):
        return [Line(f"{', '.join(n for n, _ in found)} = {name}.shape[-{len(found)}:]", depth=2)]
    return [Line(f"{size} = {name}.shape[{position}]", depth=2) for size, position in found]
