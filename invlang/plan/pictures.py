"""What a program makes or draws by itself, as functions of a module of its own: known quantities, and truths to measure."""

from __future__ import annotations

from invlang.graph.program import Program
from invlang.graph.values import Known
from invlang.plan.module import dims_of
from invlang.plan.resolve import resolve
from invlang.plan.steps import Function, GivenArray, ModelModule


def picture_module(program: Program) -> ModelModule:
    """A module that has a function `value_of_NAME` for each known quantity and each truth that the program says how to make."""
    spaces = {u.name: u.space for u in program.unknowns}
    truths = tuple(GivenArray(Known(f"truth_of_{n}", spaces[n], "given"), resolve(value, 2)) for n, value in program.pictures)
    givens = (*(GivenArray(g.known, g.default) for g in program.givens), *truths)
    return ModelModule(
        name=f"PicturesOf{program.name}",
        file=program.source.name.rsplit("/", 1)[-1],
        doc="What the program makes and draws by itself.",
        summary=(),
        dims=dims_of(program),
        givens=givens,
        parameters=program.parameters,
        functions=tuple(Function(f"value_of_{g.known.name}", (), g.known) for g in givens),
        estimators=(),
    )
