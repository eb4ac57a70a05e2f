"""What does not change from round to round is worked out before the rounds: fewer passes over memory, the same result."""

from __future__ import annotations

import pytest
import torch
from emit_programs import real
from torch.utils._python_dispatch import TorchDispatchMode

import invlang
from invlang.graph.apply import apply
from invlang.graph.arithmetic import add, divide, multiply, number, pointwise
from invlang.graph.values import Known, Value, Variable
from invlang.plan.scales import scaling
from tests.test_rules import operator_of

PROGRAM = """
dim H = 16, W = 12
unknown x : {field}[H, W]
given a : {field}[{shape}]
let A = {operator}
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct best {{ minimize fidelity(y) + {prior} by ADMM(iterations = 30) }}
"""
PROGRAMS = {
    "blur": ("real", "5, 5", "Blur(a, boundary = circular)", "2 * TV(x)"),
    "blur in a box": ("real", "5, 5", "Blur(a, boundary = circular)", "2 * TV(x) + box(x, 0, 1)"),
    "complex blur": ("complex", "5, 5", "Blur(a, boundary = circular)", '2 * norm1(Wavelet("haar") @ x)'),
    "coarse": ("real", "5, 5", "Downsample(H, W, factor = 2) @ Blur(a, boundary = circular)", "2 * TV(x) + box(x, 0, 1)"),
    "weighed Fourier": ("complex", "1, W", "Diagonal(a) @ Fourier()", "2 * TV(x)"),
}


class Passes(TorchDispatchMode):
    """Counts what torch executes on whole images."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        self.count += isinstance(result, torch.Tensor) and result.numel() > 100 and not func.is_view
        return result


def passes_of_a_round(model, y) -> int:
    counts = []
    for iterations in (10, 11):
        with Passes() as passes, torch.no_grad():
            model.best(y, iterations=iterations)
        counts.append(passes.count)
    return counts[1] - counts[0]


@pytest.mark.parametrize("name", PROGRAMS)
def test_rounds_are_shorter_and_end_at_the_same_image(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field, shape, operator, prior = PROGRAMS[name]
    draw = torch.Generator().manual_seed(5)
    dtype = torch.float64 if field == "real" else torch.complex128
    a = torch.randn(*((5, 5) if shape == "5, 5" else (1, 12)), generator=draw, dtype=dtype)
    y = torch.randn(2, *((8, 6) if name == "coarse" else (16, 12)), generator=draw, dtype=dtype)
    text = PROGRAM.format(field=field, shape=shape, operator=operator, prior=prior)
    fewer = invlang.loads(text, a=a)
    monkeypatch.setattr("invlang.plan.polish.scaling", lambda nexts: lambda value: value)
    more = invlang.loads(text, a=a)
    assert passes_of_a_round(fewer, y) < passes_of_a_round(more, y)
    assert torch.allclose(fewer.best(y), more.best(y), rtol=0, atol=1e-10)
    weights = torch.tensor([1.0, 3.0], dtype=torch.float64)
    assert torch.allclose(fewer.best(y, weight=weights), more.best(y, weight=weights), rtol=0, atol=1e-10)


def test_what_is_read_elsewhere_too_is_not_transformed_twice() -> None:
    """g F(s v) is (g s) F v; where F(s v) is of use by itself as well, that would be a second transform."""
    fourier, _ = operator_of("complex[H, W]", "Fourier()")
    v, g = Variable("v", fourier.domain), Known("g", fourier.codomain, "given")
    s = Known("s", real(), "parameter")
    spectrum = apply(fourier, multiply(s, v))
    alone: list[Value] = [multiply(g, spectrum)]
    assert [scaling(alone)(n) for n in alone] == [multiply(g, s, apply(fourier, v))]
    shared = [multiply(g, spectrum), pointwise("exp", spectrum)]
    assert [scaling(shared)(n) for n in shared] == shared


def test_scales_meet_where_they_are_multiples_of_each_other() -> None:
    """g (2 a v / b + a w / b) is (g 2 a / b) (v + w / 2); unlike scales stay where they are."""
    image = real(16, 12)
    v, w, g = Variable("v", image), Variable("w", image), Known("g", image, "given")
    a, b = Known("a", real(), "parameter"), Known("b", real(), "parameter")
    whole = multiply(g, add(multiply(number(2), divide(a, b), v), multiply(divide(a, b), w)))
    assert scaling([whole])(whole) == multiply(g, divide(multiply(number(2), a), b), add(v, multiply(number(0.5), w)))
    unlike = multiply(g, add(multiply(a, v), multiply(b, w)))
    assert scaling([unlike])(unlike) == unlike
