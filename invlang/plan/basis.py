"""Rounds in the basis in which they are diagonal: z = F x is kept instead of x, so that no round goes back and forth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from invlang.graph.arithmetic import ONE, add, multiply
from invlang.graph.values import Apply, Call, Pointwise, Value, Variable, inside
from invlang.plan.device import typical_seconds
from invlang.plan.factors import image_of, inverted, is_linear
from invlang.plan.steps import Estimator, State
from invlang.plan.work import COMPLEX, MAP, MEMORY, REAL, any_variable, counts, work_of_round
from invlang.rules.derivative import put, rebuilt
from invlang.rules.traits import is_real


def in_its_basis(estimator: Estimator) -> Estimator:
    """The same loop over the spectra of its images, where its rounds need fewer transforms then; their number may be none.

    A loop whose numbers are read off an image, or whose derivatives are those of one round, stays as it is.
    """
    if estimator.settling is not None or estimator.implicit is not None or bends([s.next for s in estimator.states]):
        return estimator
    best = estimator
    for transform in transforms([s.next for s in estimator.states]):
        turned = Turning(transform).turned(estimator)
        if is_shorter(turned, best):
            best = turned
    return best


def bends(values: list[Value]) -> bool:
    """Whether a round does to images what no basis makes diagonal: a clamp, a threshold."""
    moving: dict[Value, bool] = {}
    calls = (v for v in inside(*values) if isinstance(v, Call) and any_variable(v, moving))
    return any(not is_linear(c) for c in calls)


def transforms(values: list[Value]) -> Iterator[Apply | Call]:
    """The transforms, each applied to something that changes from round to round; one of each kind."""
    kinds: set[object] = set()
    for value in inside(*values):
        if isinstance(value, Apply | Call) and inverted(value, value) is not None:
            kind = applied(value, Variable("·", image_of(value).space))
            if kind not in kinds:
                kinds.add(kind)
                yield kind


def applied(transform: Apply | Call, value: Value) -> Apply | Call:
    """The same transform of something else."""
    return replace(transform, operand=value) if isinstance(transform, Apply) else replace(transform, operands=(value,))


def is_one(value: Value, transform: Apply | Call) -> TypeGuard[Apply | Call]:
    """Whether a value is that transform of anything."""
    if isinstance(value, Apply) or isinstance(transform, Apply):
        return isinstance(value, Apply) and isinstance(transform, Apply) and value.leaf == transform.leaf
    alike = lambda call: (call.function, call.options, call.of)
    return isinstance(value, Call) and alike(value) == alike(transform)


def is_shorter(one: Estimator, other: Estimator) -> bool:
    after, before = (counts(work_of_round(s.next for s in e.states)) for e in (one, other))
    return all_transforms(after) < all_transforms(before) and after[MEMORY] <= before[MEMORY]


def all_transforms(found: dict[str, int]) -> int:
    return found[COMPLEX] + found[REAL] + found[MAP]


@dataclass
class Turning:
    """A loop over images as one over their transforms; remembers what it has rewritten, so that sharing is kept."""

    transform: Apply | Call
    done: dict[Value, Value] = field(default_factory=dict)
    spectra: dict[Value, Value] = field(default_factory=dict)
    moving: dict[Value, bool] = field(default_factory=dict)

    def turned(self, estimator: Estimator) -> Estimator:
        space = image_of(self.transform).space
        images = [s.variable for s in estimator.states if s.variable.space == space and isinstance(s.variable, Variable)]
        spectra: dict[Value, Value] = {v: Variable(f"{v.name}_hat", self.transform.space) for v in images}
        back: dict[Value, Value] = {v: self.inverse(z) for v, z in spectra.items()}
        memory: dict[Value, Value] = {}
        said = lambda value: self.rewrite(put(value, back, memory))
        kept = lambda variable, value: self.forward(value) if variable in spectra else value
        return replace(
            estimator,
            states=tuple(
                State(
                    spectra.get(s.variable, s.variable),
                    self.rewrite(kept(s.variable, s.start)),
                    self.rewrite(kept(s.variable, put(s.next, back, memory))),
                )
                for s in estimator.states
            ),
            result=said(estimator.result),
            stopping=None if estimator.stopping is None else replace(estimator.stopping, value=said(estimator.stopping.value)),
            names=tuple((said(v), n) for v, n in estimator.names),
            comments=tuple((said(v), c) for v, c in estimator.comments),
            in_basis=True,
        )

    def forward(self, value: Value) -> Value:
        return applied(self.transform, value)

    def inverse(self, value: Value) -> Apply | Call:
        found = inverted(self.transform, value)
        assert found is not None
        return found

    def rewrite(self, value: Value) -> Value:
        if value not in self.done:
            again = rebuilt(value, self.rewrite)
            self.done[value] = self.spectrum(image_of(again)) if is_one(again, self.transform) else again
        return self.done[value]

    def spectrum(self, value: Value) -> Value:
        """F v: of a sum as the sum of what is known of its parts and of F of the rest."""
        if value not in self.spectra:
            self.spectra[value] = self.pushed(value)
        return self.spectra[value]

    def pushed(self, value: Value) -> Value:
        if is_one(value, self.inverse(self.transform)):
            return image_of(value)
        match value:
            case Pointwise("add", operands) if all(o.space.sizes == value.space.sizes for o in operands):
                known = [o for o in operands if self.is_known(o)]
                rest = [o for o in operands if o not in known]
                return self.gathered(add(*map(self.spectrum, known), *([self.forward(add(*rest))] if rest else [])))
            case Pointwise("multiply", operands) if self.is_known(value) and (numbers := [o for o in operands if is_number(o)]):
                return multiply(*numbers, self.spectrum(multiply(*(o for o in operands if o not in numbers))))
        return self.forward(value)

    def is_known(self, value: Value) -> bool:
        """Whether F of a value takes no transform in a round: F z is kept, or the value stays the same."""
        if not any_variable(value, self.moving) or is_one(value, self.inverse(self.transform)):
            return True
        match value:
            case Pointwise("add", operands):
                return all(o.space.sizes == value.space.sizes and self.is_known(o) for o in operands)
            case Pointwise("multiply", operands):
                arrays = [o for o in operands if not is_number(o)]
                return len(arrays) == 1 and self.is_known(arrays[0])
        return False

    def gathered(self, value: Value) -> Value:
        """a z + c (b z + w) as (a + c b) z + c w, where a, b and c stay the same from round to round, and that is less to do."""
        if not (isinstance(value, Pointwise) and value.function == "add"):
            return value
        gains: dict[Value, list[Value]] = {}
        terms = list(self.terms(value, ONE))
        for fixed, moving in terms:
            gains.setdefault(moving, []).append(fixed)
        found = add(*(multiply(add(*fixed), moving) for moving, fixed in gains.items()))
        is_less = len(gains) < len(terms) and typical_seconds([found]) <= typical_seconds([value])
        return found if is_less and found.space == value.space else value

    def terms(self, value: Value, gain: Value) -> Iterator[tuple[Value, Value]]:
        """The summands of a value: each as what stays the same times what does not."""
        for summand in value.operands if isinstance(value, Pointwise) and value.function == "add" else (value,):
            factors = summand.operands if isinstance(summand, Pointwise) and summand.function == "multiply" else (summand,)
            moving = [f for f in factors if any_variable(f, self.moving)]
            fixed = multiply(gain, *(f for f in factors if f not in moving))
            if len(moving) == 1 and len(factors) > 1 and isinstance(moving[0], Pointwise) and moving[0].function == "add":
                yield from self.terms(moving[0], fixed)
            else:
                yield fixed, multiply(*moving) if moving else ONE


def is_number(value: Value) -> bool:
    return not value.space.rank and is_real(value)
