"""An estimator as an nn.Module: what does not depend on the iterate first, then the loop."""

from __future__ import annotations

from collections.abc import Iterable

from invlang.emit.arrays import render_constant
from invlang.emit.block import Block
from invlang.emit.calls import depends_on_iterates, find_calls
from invlang.emit.layout import docstring, signature
from invlang.emit.ledger import Ledger
from invlang.emit.method import Line, Method
from invlang.emit.names import NameTable, noun, python_name
from invlang.emit.preparing import Loop, number_kinds
from invlang.emit.rounds import Repeated, heading_of_rounds, heading_of_stages, without_derivatives, write_round, write_stage
from invlang.emit.stages import count_uses, has_random, is_trivial, parts, variables_of
from invlang.emit.stopping import write_first_look, write_test
from invlang.emit.text import Text, call, literal
from invlang.emit.updates import order_updates
from invlang.graph.spaces import Space
from invlang.graph.values import Known, Number, Value, inside
from invlang.plan.steps import ORDER, ROUND, TURN, Estimator, State
from invlang.rules.derivative import substitute

GENERATOR = "generator: torch.Generator | None = None"
STREAM = ["seed: int = 0", "epoch: int = 0", "samples: int | list = 0"]  # what a drawn quantity is drawn from


def write_estimator(ledger: Ledger, estimator: Estimator, loop: Loop) -> list[list[Line]]:
    """The class: its docstring, then __init__, forward and objective, each a list of lines."""
    head = [Line(f"class {python_name(estimator.name)}(nn.Module):"), *docstring([estimator.title, *estimator.doc], 1)]
    methods = [write_init(ledger, estimator), write_forward(ledger, estimator, loop)]
    if estimator.objective is not None:
        methods.append(write_objective(ledger, estimator, estimator.objective))
    return [head, *methods]


def parameter_text(known: Known) -> str:
    """A parameter of a constructor: a number, or one number per sample."""
    kind = "Tensor" if known.of.rank else "Tensor | float"
    default = f" = {literal(known.default).source}" if known.default is not None else ""
    return f"{python_name(known.name)}: {kind}{default}"


def output_type(result: Value) -> str:
    count = len(parts(result))
    return f"tuple[{', '.join(['Tensor'] * count)}]" if count > 1 else "Tensor"


def argument_text(known: Known) -> str:
    return f"{python_name(known.name)}: {'Tensor' if known.of.rank else 'Tensor | float'}"


def write_init(ledger: Ledger, estimator: Estimator) -> list[Line]:
    ordered = sorted(estimator.parameters, key=lambda k: k.default is not None)
    loop = [f"iterations: int = {estimator.iterations}"] if estimator.states else []
    loop += [f"tolerance: float = {estimator.stopping.tolerance!r}"] if estimator.stopping is not None else []
    head = [f"model: {python_name(ledger.spec.name)}", *map(parameter_text, ordered), *loop]
    stored = ["model", *(python_name(k.name) for k in ordered), *(n.split(":")[0] for n in loop)]
    targets = ", ".join(f"self.{n}" for n in stored)
    drawn = any(ORDER in variables_of(s.next) for s in estimator.states)
    return [
        *signature("__init__", [*head, *STREAM[:2] * drawn]),
        Line("super().__init__()", depth=2),
        Line(f"{targets} = {', '.join(stored)}", depth=2),
        *([order_line(ledger, estimator)] if drawn else []),
    ]


def order_line(ledger: Ledger, estimator: Estimator) -> Line:
    """The stream that the order of the parts of the data is drawn from: the estimator's own."""
    key = call(ledger.need("stream_key"), "seed", f'"order of {estimator.called}"', "epoch")
    return Line(f"self.order = {key.source}", depth=2)


def write_objective(ledger: Ledger, estimator: Estimator, objective: Value) -> list[Line]:
    unknowns = parts(estimator.unknown)
    method = new_method(ledger, estimator, "objective", [objective])
    names = [method.names.claim(method.wanted.get(v) or noun(v, {})) for v in unknowns]
    method.sums_up = True
    block = Block(method)
    for variable, name in zip(unknowns, names, strict=True):
        block.bound[variable, variable.space.rank] = name
    block.statement("return ", objective)
    arguments = [f"{n}: Tensor" for n in names] + [argument_text(k) for k in estimator.data]
    return [*signature("objective", arguments, "Tensor"), *with_model(block)]


def new_method(ledger: Ledger, estimator: Estimator, label: str, roots: Iterable[Value]) -> Method:
    """What the blocks of one method of an estimator share."""
    arguments = [python_name(k.name) for k in estimator.data]
    names = NameTable({*ledger.reserved, *arguments, "k", "rounds", "stage"})
    model = names.claim("m" if "m" not in names.taken else "the_model")
    method = Method(ledger, model, names, arguments=estimator.data, own=frozenset(estimator.parameters), binds_lifts=True)
    method.label = f"{estimator.name}.{label}"
    method.usual_rank = parts(estimator.unknown)[0].space.rank
    method.wanted = {v: python_name(n) for v, n in estimator.names}
    method.comments = dict(estimator.comments)
    roots = tuple(roots)
    method.calls = find_calls(roots, ledger.spec.functions, depends_on_iterates)
    method.uses = count_uses(roots, method.children)
    return method


def with_model(block: Block) -> list[Line]:
    """The lines of a method's body, the model's short name first where it is read."""
    head = [Line(f"{block.method.model} = self.model", depth=2)] if block.method.reads_model else []
    return [*head, *block.lines]


# ---- forward


def write_forward(ledger: Ledger, estimator: Estimator, loop: Loop) -> list[Line]:
    states, result, stopping, implicit = loop
    tested = [] if stopping is None else [stopping.value]
    tested += [] if implicit is None or implicit.value is None else [implicit.value]
    roots = [*dict.fromkeys(s.start for s in states), *(s.next for s in states), result, *tested]
    method = new_method(ledger, estimator, "forward", roots)
    arguments = [argument_text(k) for k in estimator.data]
    if any(has_random(v) for s in states for v in (s.start, s.next)) or has_random(result):
        arguments.append(GENERATOR)
    output = output_type(result)
    root = Block(method)
    if not states:
        root.statement("return ", result)
        return [*signature("forward", arguments, output), *with_model(root)]
    lookers = ["watch=None"] if stopping is None else ["watch=None", "looked=None"]
    return [
        *signature("forward", [*arguments, *lookers], output),
        *write_loop(root, loop, estimator),
    ]


def write_loop(root: Block, prepared: Loop, estimator: Estimator) -> list[Line]:
    (states, result, stopping, implicit), method, settling = prepared, root.method, estimator.settling
    method.scalars = {ROUND: "number", TURN: "number", ORDER: "number", **number_kinds(states)}
    root.bound[ORDER, 0] = "self.order"
    variables = tuple(s.variable for s in states)
    names = [method.names.claim(method.wanted.get(v) or noun(v, {})) for v in variables]
    both = method.uses
    method.uses = count_uses([*dict.fromkeys(s.start for s in states), *(s.next for s in states)], method.children)
    stage = root if settling is None else write_stage(root, settling, dict(zip(variables, names, strict=True)))
    loop = stage.inner((*variables, ROUND), [*names, "k"])
    loop.draws = True
    write_round(loop, order_updates(states, method.children, method.uses), dict(zip(variables, names, strict=True)))
    repeated = Repeated(stage, loop, names) if implicit is None else without_derivatives(stage, loop, names, implicit)
    method.uses = count_uses([result], method.children)
    watched = stage.inner(variables, names)
    watched.depth = repeated.depth + 1
    watched.statement("watch(k, ", result, finish=")")
    tests = (
        [] if stopping is None else write_test(stage, stopping, result, dict(zip(variables, names, strict=True)), repeated.depth)
    )
    given = result if implicit is None or implicit.value is None else implicit.value
    method.uses = count_uses([given], method.children)
    final = stage.inner(variables, names)
    final.depth = 2
    final.lines += repeated.afterwards
    final.statement("return ", given)
    method.uses = both
    hoisted, root.lines = root.lines, []
    write_starts(root, states, names)
    if stopping is not None:
        begun = result if settling is None else substitute(result, settling.point, settling.iterate)
        write_first_look(root, stopping, begun, states, names)
    return [
        *with_heading(method, hoisted),
        *root.lines,
        *heading_of_stages(estimator, stage),
        *repeated.before,
        heading_of_rounds(root, estimator, repeated.depth - 1),
        *repeated.lines,
        Line("if watch is not None:", depth=repeated.depth),
        *watched.lines,
        *tests,
        *final.lines,
    ]


def with_heading(method: Method, hoisted: list[Line]) -> list[Line]:
    head = [Line(f"{method.model} = self.model", depth=2), Line("")] if method.reads_model else []
    if not hoisted:
        return head[:1]
    return [*head, Line("# before the loop: what does not depend on the iterate", depth=2), *hoisted, Line("")]


def write_starts(root: Block, states: tuple[State, ...], names: list[str]) -> None:
    """Where the iterates start; one that another start is made of comes before it."""
    groups: dict[tuple[Value, Space | None], list[int]] = {}
    for i, state in enumerate(states):
        groups.setdefault((state.start, state.variable.space if isinstance(state.start, Number) else None), []).append(i)
    starts = {start for start, _ in groups}
    ordered = sorted(groups.items(), key=lambda g: len(inside(g[0][0]).keys() & starts))
    for (start, _), members in ordered:
        chain = " = ".join(names[i] for i in members)
        variable = states[members[0]].variable
        comment = start_comment(root.method, [states[i].variable for i in members])
        if isinstance(start, Number) and variable.space.rank:
            root.line(f"{chain} = {constant_text(root, start, variable.space).source}", comment)
            continue
        root.forced.discard(start)
        own = start.space.rank
        text = root.find(start, own) or (root.write(start) if is_trivial(start) else root.fitted(start, own, len(chain) + 3))
        if root.method.kind(variable) == "tensor" != root.method.kind(start):
            text = as_tensor(root, text)
        root.line(f"{chain} = {text.source}", comment)
        if not is_trivial(start):
            root.bound.setdefault((start, own), names[members[0]])


def as_tensor(root: Block, text: Text) -> Text:
    """A number that later rounds replace by arrays, as an array from the start."""
    data = next((k for k in root.method.arguments if k.space.rank), root.method.arguments[0])
    source = root.write(data).atom
    kind = f"{source}.real.dtype" if data.space.field == "complex" else f"{source}.dtype"
    return call("torch.as_tensor", text.source, f"dtype={kind}", f"device={source}.device")


def constant_text(root: Block, start: Number, space: Space) -> Text:
    zeros = render_constant(root, "zeros", root.method.arguments[0], space)
    return zeros if start.value == 0 else Text(f"{zeros.source} + {literal(start.value).within(6)}", 5)


def start_comment(method: Method, variables: list[Value]) -> str:
    """What is known of the iterates: the author's words, and the space of arrays."""
    words = [method.comments[v] for v in variables if v in method.comments]
    spaces = dict.fromkeys(str(v.space) for v in variables if v.space.rank)
    return ": ".join([*words, *([", ".join(spaces)] if spaces else [])])
