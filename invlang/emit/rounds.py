"""The rounds of an estimator's loop: what one does, the heads above them, and how they are made without derivatives."""

from __future__ import annotations

from dataclasses import dataclass

from invlang.emit.block import Block
from invlang.emit.method import Line
from invlang.emit.stages import parts
from invlang.emit.updates import Update
from invlang.graph.values import Value, Variable
from invlang.plan.steps import Estimator, Implicit, Settling


@dataclass(frozen=True)
class Repeated:
    """The lines of a round, the iterates' names, what stands before the loop's head and behind the loop."""

    stage: Block
    loop: Block
    names: list[str]
    before: tuple[Line, ...] = ()
    body: tuple[Line, ...] | None = None
    afterwards: tuple[Line, ...] = ()

    @property
    def depth(self) -> int:
        """How far the loop's body is indented."""
        return self.stage.depth + (1 if self.body is None else 2)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self.loop.lines) if self.body is None else self.body


def without_derivatives(stage: Block, loop: Block, names: list[str], implicit: Implicit) -> Repeated:
    """Rounds that nothing is kept of; one as a function, where it tells the derivatives."""
    depth = stage.depth
    quiet = Line("with torch.no_grad():", depth=depth)
    if implicit.value is not None:
        return Repeated(stage, loop, names, (quiet,), tuple(Line(c.code, c.comment, c.depth + 1) for c in loop.lines))
    called, kernel = loop.method.names.claim("one_round"), loop.ledger.kernel("at_fixed_point", "iterative")
    every = ", ".join(names)
    point = f"({every})" if len(names) > 1 else every
    function = (
        Line(""),
        Line(f"def {called}({every}):", depth=depth),
        *loop.lines,
        Line(f"return {every}", depth=depth + 1),
        Line(""),
    )
    body = (Line(f"{every} = {called}({every})", depth=depth + 2),)
    remembered = "one more round, with the derivatives of its fixed point"
    afterwards = (Line(f"{every} = {kernel}({called}, {point}, self.iterations)", remembered, 2),)
    return Repeated(stage, loop, names, (*function, quiet), body, afterwards)


def write_stage(root: Block, settling: Settling, names: dict[Value, str]) -> Block:
    """A stage of the loop: what is read off the iterates as they are when it begins, and kept while it lasts."""
    pairs = tuple(zip(parts(settling.point), parts(settling.iterate), strict=True))
    stage = root.inner(tuple(p for p, _ in pairs), [names[i] for _, i in pairs])
    stage.is_once = True
    return stage


def heading_of_stages(estimator: Estimator, stage: Block) -> list[Line]:
    """The head of a loop whose numbers are read off twice, and what is read off."""
    settling = estimator.settling
    if settling is None:
        return []
    stages = f"for stage in (rounds[:{settling.rounds}], rounds[{settling.rounds}:]):"
    return [
        Line("rounds = range(self.iterations)", depth=2),
        Line(stages, "numbers are read off x twice, then kept", depth=2),
        *stage.lines,
    ]


def heading_of_rounds(root: Block, estimator: Estimator, depth: int) -> Line:
    """The head of the loop itself."""
    if estimator.settling is not None:
        return Line("for k in stage:", depth=depth)
    times = "" if estimator.visits is None else f"{root.write(estimator.visits).within(6)} * "
    return Line(f"for k in range({times}self.iterations):", depth=depth)


def write_round(loop: Block, updates: tuple[Update, ...], names: dict[Value, str]) -> None:
    """The body of the loop, every new value in terms of the old ones."""
    saved = [u for u in updates if u.save]
    aliases: dict[Value, str] = {}
    for update in updates:
        variable, value = update.state.variable, update.state.next
        name, rank = names[variable], variable.space.rank
        text = loop.find(value, rank)
        if text is None:
            elsewhere = loop.is_view(value) or (loop.home(value) is not loop and not loop.is_short_number(value))
            text = loop.write(value) if elsewhere else loop.fitted(value, rank, len(name) + 3)
        if update.save:
            old = loop.method.names.claim("previous" if len(saved) == 1 else f"previous_{name}")
            loop.line(f"{old} = {name}")
            loop.bound[variable, rank] = old
        elif variable in aliases:
            loop.bound[variable, rank] = aliases[variable]
        else:
            del loop.bound[variable, rank]
        comment = loop.method.comments.get(value, "")
        if text.source != name:
            loop.line(f"{name} = {text.source}", comment)
        if isinstance(value, Variable):
            aliases[value] = name
        else:
            loop.bound[value, value.space.rank] = name
