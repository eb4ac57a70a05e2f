"""What operators and generators ask of sizes that only the arrays tell: that a factor divides them, that lines are left."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from math import pi
from typing import Any

import sympy

from invlang.errors import mistake
from invlang.graph.operators import Diagonal, Leaf, Operator, children_of
from invlang.graph.program import Program
from invlang.graph.spaces import size as size_of
from invlang.graph.values import Applied, Apply, Call, Random, Value, operands_of
from invlang.meaning.domains import check_claims, claims_in
from invlang.meaning.mistake import Refused
from invlang.meaning.mistakes import KernelTooLong, OutsideImage
from invlang.meaning.parameters import is_inside, is_power_of_two
from invlang.sizes import Sizes, evaluate
from invlang.source import Span

ROUNDING = 1e-5  # of single precision, in what a caller worked out


def check_sizes(
    program: Program, sizes: Sizes, passed: Container[str] = (), subsets: Iterable[tuple[Operator, Span]] = ()
) -> None:
    """Raises InvError where a size is not what an operator or a generator of the program takes.

    passed: what need not be made;  subsets: the choices of parts of the data that estimators make, and where.
    """
    for given in program.givens:
        if given.default is not None and given.known.name not in passed:
            check_asked(given.default, sizes, given.span)
    for operator, place in (*operators_in(program), *subsets):
        for leaf in leaves_of(operator):
            for i, axis in enumerate(dict(leaf.arguments).get("axes", ())):
                number = evaluate(sizes, leaf.of.axes[axis].size)
                if number is not None:
                    check_size(leaf, number, place)
                    check_window(leaf, i, number, sizes, place)
        for kernel in spectra_in(operator):
            check_kernel(kernel, sizes, place)


def check_asked(value: Value, sizes: Sizes, place: Span) -> None:
    """Raises InvError where a size is not what a generator's claims allow."""
    if isinstance(value, Call | Random) and value.asked is not None:
        definition, numbers = value.asked
        found = {n: evaluate(sizes, v) if isinstance(v, sympy.Basic) else v for n, v in numbers}
        try:
            check_claims(definition, {n: v for n, v in found.items() if v is not None}, {}, place)
        except Refused as refused:
            assert refused.mistake is not None
            raise mistake(refused.mistake.headline(), place, notes=refused.mistake.notes()) from None
    for operand in operands_of(value):
        check_asked(operand, sizes, place)


def operators_in(program: Program) -> Iterator[tuple[Operator, Span]]:
    for named in program.operators:
        yield named.operator, named.span
    for measurement in program.measurements:
        if measurement.operator is not None:
            yield measurement.operator, measurement.span
        yield from ((o, measurement.span) for o in operators_of(measurement.mean))
    for estimator in program.estimators:
        terms = (t.operator for t in estimator.terms)
        values = (v for v in (estimator.expression, *estimator.start) if v is not None)
        for operator in (*terms, *(o for v in values for o in operators_of(v))):
            yield operator, estimator.span


def operators_of(value: Value) -> Iterator[Operator]:
    """The operators that a value applies, its parts' included."""
    waiting, seen = [value], set()
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        waiting += operands_of(found)
        match found:
            case Apply(leaf):
                yield leaf
            case Applied(operator):
                yield operator


def leaves_of(operator: Operator) -> Iterator[Leaf]:
    if isinstance(operator, Leaf):
        yield operator
    for child in children_of(operator):
        yield from leaves_of(child)


def check_places(program: Program, sizes: Sizes, arrays: Mapping[str, Any]) -> None:
    """Raises InvError where a patch leaves the image, or an angle half a turn.  arrays: what is known, by its name in the program."""
    for operator, span in operators_in(program):
        for leaf in leaves_of(operator):
            at = arrays.get(getattr(dict(leaf.arguments).get("at"), "name", ""))
            if "inside" in leaf.primitive.facts and not leaf.argument("wrap") and at is not None:
                check_inside(leaf, at, sizes, span)
            claims = claims_in(leaf.primitive.definition)
            for name in (n for fact, names in claims for n in names if fact == "angles"):
                known = getattr(dict(leaf.arguments).get(name), "name", "")
                if arrays.get(known) is not None:
                    check_angles(leaf, known, arrays[known], span)


def check_angles(leaf: Leaf, known: str, angles: Any, span: Span | None) -> None:
    """Radians a pixel lie between −π and π: what is larger is of another unit, or repeats what a smaller one says."""
    if not angles.numel() or (largest := float(angles.abs().max())) <= pi * (1 + ROUNDING):
        return
    what = f"`{known}` reaches {largest:.4g}, and `{leaf.primitive.name}` takes radians a pixel, from −π to π"
    cycles = (
        f"`{known}` in cycles a pixel, from −½ to ½, is to be multiplied by 2π; in cycles a field of view of n pixels by 2π / n"
    )
    raise mistake(what, span, help=cycles)


def check_inside(leaf: Leaf, at: Any, sizes: Sizes, span: Span | None) -> None:
    for k, (axis, size) in enumerate(zip(leaf.argument("axes"), leaf.argument("size"), strict=True)):
        whole, part = evaluate(sizes, leaf.of.axes[axis].size), evaluate(sizes, size_of(size))
        places = at[..., k]
        if whole is None or part is None or not places.numel() or (0 <= places.min() and places.max() + part <= whole):
            continue
        wrong = int(places.min() if places.min() < 0 else places.max())
        what = f"a patch of {part} samples at {wrong} leaves the {whole} samples of an axis"
        raise mistake(what, span, help=f"places lie between 0 and {whole - part}; with `wrap` an image goes on at its other side")


def spectra_in(operator: Operator) -> Iterator[Call]:
    """The spectra of kernels that an operator multiplies by."""
    if isinstance(operator, Diagonal) and isinstance(operator.value, Call) and operator.value.function == "spectrum":
        yield operator.value
    for child in children_of(operator):
        yield from spectra_in(child)


def check_kernel(spectrum: Call, sizes: Sizes, place: Span) -> None:
    """A kernel has at most as many samples along each axis as the image."""
    count = len(dict(spectrum.options)["sizes"])
    for taps, axis in zip(spectrum.operands[0].space.axes[-count:], spectrum.of.axes[-count:], strict=True):
        found, room = evaluate(sizes, taps.size), evaluate(sizes, axis.size)
        if found is not None and room is not None and found > room:
            raise mistake(KernelTooLong(place, str(found), str(room), axis.name or "").headline(), place)


def check_size(leaf: Leaf, number: int, place: Span | None) -> None:
    facts, name = leaf.primitive.facts, leaf.primitive.name
    if "powers_of_two" in facts and not is_power_of_two(number):
        raise mistake(f"`{name}` takes sizes that are powers of two, and an axis has {number} samples", place)
    factor = dict(leaf.arguments).get("factor", dict(leaf.arguments).get("of"))
    if "divides" in facts and isinstance(factor, int) and number % factor:
        raise mistake(f"{factor} does not divide {number}, the size of an axis that `{name}` acts on", place)


def check_window(leaf: Leaf, index: int, number: int, sizes: Sizes, place: Span | None) -> None:
    """Raises InvError where what is cut out along one of the axes is not inside the image."""
    if "within" not in leaf.primitive.facts:
        return
    arguments = dict(leaf.arguments)
    sought = (arguments[name][index] for name in ("start", "size"))
    first, count = (evaluate(sizes, s if isinstance(s, sympy.Basic) else size_of(s)) for s in sought)
    if first is not None and count is not None and not is_inside(first, count, number):
        name = leaf.of.axes[arguments["axes"][index]].name or ""
        raise mistake(OutsideImage(place, str(first), str(count), str(number), name).headline(), place)  # type: ignore[arg-type]
