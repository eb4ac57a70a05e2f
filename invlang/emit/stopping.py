"""The test that ends a loop: some rounds apart, so that a device is not waited for in between."""

from __future__ import annotations

from invlang.emit.block import Block
from invlang.emit.method import Line
from invlang.emit.stages import count_uses
from invlang.graph.values import Value
from invlang.plan.steps import State, Stopping

LARGEST = ".max().item()"


def write_test(stage: Block, stopping: Stopping, result: Value, names: dict[Value, str], depth: int) -> list[Line]:
    """if k % 10 == 9: what is measured, the largest of a batch, told to who looks, and against the tolerance."""
    method = stage.method
    before = method.uses
    method.uses = count_uses([stopping.value, *([result] if stopping.seen else [])], method.children)
    block = stage.inner((*names, *stopping.seen), [*names.values(), *seen_names(stopping)])
    block.depth = depth + 1
    quantity = method.names.claim(stopping.quantity)
    text = block.fitted(stopping.value, 0, len(f"{quantity} = {LARGEST}"))
    block.line(f"{quantity} = {text.atom}{LARGEST}")
    block.line("if looked is not None:")
    block.lines.append(Line(f"looked(k + 1, {quantity})", depth=block.depth + 1))
    block.line(f"if {quantity} < self.tolerance:")
    block.lines.append(Line("break", depth=block.depth + 1))
    if stopping.seen:
        block.statement(f"{', '.join(seen_names(stopping))} = ", result)
    method.uses = before
    test = f"if k % {stopping.every} == {stopping.every - 1} or k == self.iterations - 1:"
    return [Line(test, depth=depth), *block.lines]


def write_first_look(root: Block, stopping: Stopping, result: Value, states: tuple[State, ...], names: list[str]) -> None:
    """What there is to look back at before the first round."""
    if stopping.seen:
        begin = root.inner(tuple(s.variable for s in states), names)
        begin.depth = root.depth
        begin.statement(f"{', '.join(seen_names(stopping))} = ", result)
        root.lines += begin.lines


def seen_names(stopping: Stopping) -> list[str]:
    return [f"seen{i + 1}" if len(stopping.seen) > 1 else "seen" for i in range(len(stopping.seen))]
