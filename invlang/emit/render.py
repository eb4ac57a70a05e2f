"""One value as one Python expression; the block it stands in knows what has a name already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from invlang.emit.arrays import (
    as_numbers,
    batch_of,
    is_spread,
    like,
    like_inside,
    random_like,
    render_array,
    render_spread,
    render_table,
    zero_like,
)
from invlang.emit.functions import Operand, pointwise_text
from invlang.emit.inline import inlined
from invlang.emit.paste import kernel_index, parameters_of
from invlang.emit.stages import is_trivial, measurement_of, parts, variables_of
from invlang.emit.text import Text, call, index, literal, method, tuple_of
from invlang.graph.arithmetic import is_scalar
from invlang.graph.operators import Leaf
from invlang.graph.spaces import Product, Space, is_complex
from invlang.graph.values import (
    Aligned,
    Apply,
    Bundle,
    Call,
    Iterative,
    Known,
    Number,
    Pointwise,
    Random,
    Reduce,
    SizeValue,
    Table,
    Value,
    Variable,
)
from invlang.rules.facts import claims

if TYPE_CHECKING:
    from invlang.emit.block import Block

REDUCE_METHODS = {"sum": "sum", "mean": "mean", "norm2": "norm", "max": "amax", "min": "amin"}


def render(block: Block, value: Value, rank: int) -> Text:
    """The expression at that rank."""
    match value:
        case Number():
            return literal(value.value)
        case SizeValue():
            return block.size(value.expression)
        case Pointwise():
            return render_pointwise(block, value, rank)
        case Aligned():
            return render_aligned(block, value, rank)
        case _:
            return block.lift(render_at_own_rank(block, value), value, rank)


def render_at_own_rank(block: Block, value: Value) -> Text:
    match value:
        case Known():
            return block.known(value)
        case Variable():
            raise AssertionError(f"{value.name} is read after it was replaced")
        case Apply():
            return render_apply(block, value)
        case Reduce():
            return render_reduce(block, value)
        case Call():
            return render_call(block, value)
        case Iterative():
            return render_iterative(block, value)
        case Random():
            return render_random(block, value)
        case Table():
            return render_table(block, value)
        case Bundle():
            return block.write(value)
    raise AssertionError(type(value))


def render_pointwise(block: Block, value: Pointwise, rank: int) -> Text:
    operands = value.operands
    if value.function == "multiply":
        alike = zero_like(block, value) if any(isinstance(o, Number) and o.value == 0 for o in operands) else None
        if alike is not None:
            return call("torch.zeros_like", block.write(alike, rank).source)
        operands = tuple(sorted(operands, key=lambda o: o.space.rank > 0))
    written = []
    spans = any(o.space == value.space and not is_spread(o) for o in operands)
    for o in operands:
        text = render_spread(block, o, rank) if spans and is_spread(o) and not block.is_shared(o) else block.write(o, rank)
        if isinstance(o, Known) and block.ledger.is_raw(o):
            text = as_numbers(block, text)
        written.append(Operand(text, block.method.kind(o), o.space.field == "complex"))
    return pointwise_text(value.function, written, block.ledger.need)


def render_aligned(block: Block, value: Aligned, rank: int) -> Text:
    """A vector with as many singleton axes behind it as its place asks for, and before it those of a higher rank."""
    inner = block.write(value.operand)
    own = value.operand.space.rank
    behind = -value.axis - 1
    before = rank - own - behind
    if not before and not behind:
        return inner
    return index(inner, "...", *["None"] * before, *[":"] * (own if before else 0), *["None"] * behind)


def render_reduce(block: Block, value: Reduce) -> Text:
    operand = block.write(value.operand)
    if not value.axes:
        return method(operand, "abs") if value.function == "norm2" else operand
    axes = tuple_of([str(a) for a in value.axes])
    name = REDUCE_METHODS[value.function]
    first = f"dim={axes}" if name == "norm" else axes
    if len(value.axes) == 1:
        first = first.replace(axes, str(value.axes[0]))
    if name == "norm" and len(value.axes) == 1:
        lengths = kernel_call(block, "functionals", "group_norm", [operand], {"axis": Text(str(value.axes[0]))})
        return lengths if value.keep else method(lengths, "squeeze", str(value.axes[0]))
    if name == "norm" and len(value.axes) > 2:
        return call("torch.linalg.vector_norm", operand.source, first, *["keepdim=True"] * value.keep)
    return method(operand, name, first, *["keepdim=True"] * value.keep)


# ---- kernels


def render_apply(block: Block, value: Apply) -> Text:
    leaf = value.leaf
    function = leaf.primitive.kernel + "_adjoint" * leaf.adjoint
    operand = block.write(value.operand)
    wanted = [p.name for p in parameters_of(leaf.primitive.stem, function)[1:]]
    arguments = {n: argument(block, v, batch_rank(leaf, v)) for n, v in leaf.arguments if n in wanted}
    for name in ("sizes", "domain"):
        if name in wanted and name not in arguments:
            arguments[name] = Text(block.plain(sizes_along(leaf)))
    return kernel_call(block, leaf.primitive.stem, function, [operand], arguments)


def sizes_along(leaf: Leaf) -> tuple[Any, ...]:
    """The sizes of the leaf's own domain along its axes, all of them where it names none."""
    axes = dict(leaf.arguments).get("axes", dict(leaf.arguments).get("axis"))
    if axes is None:
        return leaf.of.sizes
    return tuple(leaf.of.sizes[a] for a in (axes if isinstance(axes, tuple) else (axes,)))


def batch_rank(leaf: Leaf, value: Any) -> int | None:
    """The rank at which an array of a leaf is written: the image's where it stretches; where it broadcasts, two beside its leading axes."""
    if not isinstance(value, Value) or not (claims(leaf, "stretches") or claims(leaf, "broadcasts")):
        return None
    return leaf.of.rank if claims(leaf, "stretches") else 2 + leaf.of.rank - len(leaf.argument("axes"))


def argument(block: Block, value: Any, rank: int | None = None) -> Text:
    if not isinstance(value, Value):
        return Text(block.plain(value))
    if isinstance(value, Known) and value.of.field == "integer":
        block.ledger.raw.add(value)
    return block.write(value, rank)


def kernel_call(block: Block, stem: str, function: str, operands: list[Text], options: dict[str, Text]) -> Text:
    """function(operands…, **options), or its one line written out."""
    parameters = parameters_of(stem, function)
    names = [p.name for p in parameters]
    unknown = set(options) - set(names)
    assert not unknown, f"{function} has no parameter {unknown}"
    if "like" in names and "like" not in options and names.index("like") >= len(operands):
        options = {**options, "like": like(block)}
    arguments = {**dict(zip(names, operands, strict=False)), **options}
    written = inlined(stem, function, arguments)
    if written is not None:
        text, transforms, helpers = written
        block.ledger.transforms.update(transforms)
        for helper in helpers:
            block.ledger.kernel(helper, stem)
        return text
    defaults = {p.name: p.default for p in parameters}
    said: list[str] = []
    for position, name in enumerate(names[len(operands) :], start=len(operands)):
        if name in options and not is_default(defaults[name], options[name]):
            in_row = len(said) == position - len(operands) and name != "generator"
            said.append(options[name].source if in_row else f"{name}={options[name].source}")
    return call(block.ledger.kernel(function, stem), *(o.source for o in operands), *said)


def is_default(default: str | None, text: Text) -> bool:
    return default is not None and default.replace("'", '"') == text.source


def render_call(block: Block, value: Call) -> Text:
    if value.stem == "arrays":
        return render_array(block, value)
    spaces = [s for s in (value.of, *(o.space for o in value.operands)) if isinstance(s, Space)]
    highest = max(s.rank for s in spaces[:2]) if isinstance(value.of, Space) else 0  # what comes first is the point
    operands = []
    for operand in value.operands:
        scalar = isinstance(operand.space, Space) and not isinstance(operand, Bundle) and operand.space.rank == 0
        if isinstance(operand, Known):
            operands.append(argument(block, operand) if not scalar else block.write(operand, highest))
        else:
            operands.append(block.write(operand, highest if scalar else None))
    options = {n: argument(block, v) for n, v in value.options}
    if any(p.name == "generator" for p in parameters_of(value.stem, value.function)):
        options["generator"] = Text("generator")
    return kernel_call(block, value.stem, value.function, operands, options)


def render_iterative(block: Block, value: Iterative) -> Text:
    stem = kernel_index()[value.function]
    names = [p.name for p in parameters_of(stem, value.function)]
    function = bound_function(block, value)
    options = {n: argument(block, v) for n, v in value.options}
    highest = value.of.rank if isinstance(value.of, Space) else 0
    operands = [function, *(block.write(o, highest if is_scalar(o) else None) for o in value.operands)]
    if value.function == "power_iteration":
        options = {**start_of_power_iteration(block, value), **options}
    elif "rank" in names and "rank" not in options:
        ranks = [p.rank for p in value.of.parts] if isinstance(value.of, Product) else [value.of.rank]
        options["rank"] = Text(tuple_of([str(r) for r in ranks]) if len(ranks) > 1 else str(ranks[0]))
    return kernel_call(block, stem, value.function, operands, options)


def start_of_power_iteration(block: Block, value: Iterative) -> dict[str, Text]:
    """The shape, type and place of the vectors that the operator takes."""
    assert isinstance(value.variable, Variable)
    model = like_inside(block, value.body).atom
    turn = ".to_complex()" if is_complex(value.variable.of) else ".to_real()"
    shape = Text(tuple_of([*batch_of(block, value.body), *(block.plain(s) for s in value.variable.of.sizes)]))
    return {"shape": shape, "dtype": Text(f"{model}.dtype{turn}"), "device": Text(f"{model}.device")}


def bound_function(block: Block, value: Iterative) -> Text:
    """The function of the bound variable: a lambda, or a nested def where the body has lines of its own."""
    variables = parts(value.variable)
    home = block.home_of(variables_of(value.body) - frozenset(variables))
    if value in home.functions:
        return Text(home.functions[value])
    claim = block.method.names.claim
    names = [claim(v.name) for v in variables]  # type: ignore[attr-defined]
    inner = home.inner(variables, names)
    if len(variables) == 1:
        text = inner.write(value.body)
        if not inner.lines and text.source.endswith(f"({names[0]})") and text.source.count("(") == 1:
            return Text(text.source.removesuffix(f"({names[0]})"))
        if not inner.lines and len(text.source) < 60:
            return Text(f"lambda {names[0]}: {text.source}", 0)
    home.functions[value] = name = claim("apply")
    head = names[0] if len(variables) == 1 else claim("parts")
    if isinstance(value.body, Bundle):
        inner.forced.update(p for p in value.body.parts if not is_trivial(p))
    inner.statement("return ", value.body)
    if home.lines:
        home.blank()
    home.line(f"def {name}({head}):")
    if len(variables) > 1:
        home.line(f"    {', '.join(names)} = {head}")
    home.lines.extend(inner.lines)
    home.blank()
    return Text(name)


def render_random(block: Block, value: Random) -> Text:
    stem = kernel_index()[value.law]
    names = [p.name for p in parameters_of(stem, value.law)]
    if "sizes" in names:
        return render_law(block, value, stem)
    highest = max([0, *(o.space.rank for o in value.operands)])
    operands = [block.write(o, None if o.space.rank else highest) for o in value.operands]
    options = {"generator": stream_of(block, value)} if "generator" in names else {}
    if "rank" in names:
        options["rank"] = Text(str(highest))
    if not value.operands and names[0] == "like":
        operands = [random_like(block, value)]
    return kernel_call(block, stem, value.law, operands, options)


def stream_of(block: Block, value: Random) -> Text:
    """The generator of a draw: the one that is passed, of several measurements each its own."""
    if len(block.method.streams) < 2:
        return Text("generator")
    return call(block.ledger.need("generator_of"), "generator", f'"{measurement_of(value)}"')


def render_law(block: Block, value: Random, stem: str) -> Text:
    """A known quantity, while the model is built: for each sample a draw from a stream of its own."""
    options = {n: argument(block, v) for n, v in value.options}
    drawn = kernel_call(block, stem, value.law, [], {**options, "like": like(block), "generator": Text("generator")})
    each = block.ledger.need("each_sample")
    return call(each, f"lambda generator: {drawn.source}", "seed", f'"{value.stream}"', "epoch", "samples")
