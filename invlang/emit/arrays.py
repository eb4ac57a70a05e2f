"""New arrays as expressions: zeros, ones, constants, literal tables, masks as numbers; as precise as the arrays around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invlang.emit.text import Text, call, index, method, total, tuple_of
from invlang.graph.arithmetic import multiply
from invlang.graph.spaces import Space, is_complex
from invlang.graph.values import Bundle, Call, Known, Pointwise, Random, Table, Value, inside

if TYPE_CHECKING:
    from invlang.emit.block import Block


SHORT = 50


def render_array(block: Block, value: Call) -> Text:
    """zeros, ones (with batch axes), full (the operand stretched), spread (laid out where it was reduced), component."""
    (operand,) = value.operands
    if value.function == "component":
        return index(block.write(operand), str(dict(value.options)["index"]))
    if value.function in ("zeros", "ones"):
        return render_constant(block, value.function, operand, value.of)
    if value.function == "full":
        return stretched(block, block.write(operand, value.of.rank), block.method.kind(operand), value.of)
    assert value.function == "spread", value.function
    return stretched(block, render_spread(block, value, value.of.rank), block.method.kind(operand), value.of)


def is_spread(value: Value) -> bool:
    return isinstance(value, Call) and value.stem == "arrays" and value.function == "spread"


def render_spread(block: Block, value: Value, rank: int) -> Text:
    """A reduced value with singleton axes where it was reduced."""
    assert isinstance(value, Call)
    (operand,) = value.operands
    axes = dict(value.options)["axes"]
    if not axes or not operand.space.rank:
        return block.write(operand, rank)
    inner = block.write(operand)
    tokens = ["None" if a in axes else ":" for a in range(-value.of.rank, 0)]
    return index(inner, "...", *["None"] * (rank - value.of.rank), *tokens)


def stretched(block: Block, text: Text, kind: str, space: Space) -> Text:
    """The value repeated over all of the space."""
    model, known = like(block), like_known(block)
    if space.field == "real" and known is not None and known.of.field == "complex":
        model = Text(f"{model.atom}.real")
    sizes = tuple_of([block.size(s).source for s in space.sizes])
    if kind == "number":
        return method(model, "new_full", sizes, text.source)
    return total([text, method(model, "new_zeros", sizes)])


def render_constant(block: Block, function: str, model: Value, space: Space) -> Text:
    """Zeros or ones of a space, with the batch axes of `model`."""
    if isinstance(model, Bundle):
        model = model.parts[0]
    source = block.write(model)
    if model.space == space:
        return call(f"torch.{function}_like", source.source)
    sizes = [block.size(s).source for s in space.sizes]
    batch = f"*{source.atom}.shape[:-{model.space.rank}]" if model.space.rank else f"*{source.atom}.shape"
    kind = []
    if space.field == "complex" and not is_complex(model.space):
        kind = [f"dtype={source.atom}.dtype.to_complex()"]
    if space.field != "complex" and is_complex(model.space):
        kind = [f"dtype={source.atom}.dtype.to_real()"]
    return method(source, f"new_{function}", *([tuple_of([batch, *sizes])] if kind else [batch, *sizes]), *kind)


def like(block: Block) -> Text:
    """An array whose kind and place new arrays take."""
    known = like_known(block)
    return call("torch.empty", "0") if known is None else block.write(known)


def like_known(block: Block) -> Known | None:
    found = (k for k in block.method.arguments if k.of.rank and k.of.field in ("real", "complex"))
    return next(found, None)


def render_table(block: Block, value: Table) -> Text:
    """The numbers as an array, as precise as the arrays around it."""
    known = like_known(block)
    numbers = tuple_of([repr(n) for n in value.numbers])
    if len(numbers) > SHORT:
        numbers = block.ledger.table(value)
    if known is None:
        return call("torch.tensor", numbers)
    source = block.write(known).atom
    return call(f"{source}.real.new_tensor" if known.of.field == "complex" else f"{source}.new_tensor", numbers)


def as_numbers(block: Block, text: Text) -> Text:
    """A mask or counts to calculate with."""
    model = like(block)
    return call(block.ledger.need("as_numbers"), text.source, *[model.source] * (model.source != "torch.empty(0)"))


def random_like(block: Block, value: Random) -> Text:
    """An array of the space of the draw."""
    for known in block.method.arguments:
        if known.space.sizes == value.of.sizes:
            return block.write(known)
    if block.method.arguments and block.method.model:
        return render_constant(block, "zeros", block.method.arguments[0], value.of)
    return call("torch.empty", tuple_of([block.size(s).source for s in value.of.sizes]))


def batch_of(block: Block, body: Value) -> list[str]:
    """The batch axes that a function brings along: those of the arrays in it, spread out as sizes."""
    shapes = [f"{block.known(k).atom}.shape[:-{k.space.rank}]" for k in arrays_in(body)]
    return [f"*{shapes[0] if len(shapes) == 1 else call('torch.broadcast_shapes', *shapes).source}"] if shapes else []


def arrays_in(body: Value) -> list[Known]:
    """The arrays that a function was given, in the order of their names."""
    known = (k for k in inside(body) if isinstance(k, Known) and k.space.rank)
    return sorted(known, key=lambda k: k.name)


def like_inside(block: Block, body: Value) -> Text:
    """What new arrays of a function are like: an array of the method's, or one that the function was given."""
    given = [k for k in arrays_in(body) if k.of.field in ("real", "complex")]
    return like(block) if like_known(block) or not given else block.known(given[0])


def zero_like(block: Block, zero: Pointwise) -> Value | None:
    """An array as large as 0 · v, as simple as possible: v where it has a name, an argument of the same space, or v itself."""
    product = multiply(*(o for o in zero.operands if o.space.rank))
    known = (a for a in block.method.arguments if a.space == zero.space and not block.ledger.is_raw(a))
    found = product if block.find(product, product.space.rank) else next(known, product)
    return found if found.space == zero.space and block.method.kind(found) == "tensor" else None
