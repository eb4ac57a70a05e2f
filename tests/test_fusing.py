"""Sums inside loops in few passes over memory: like terms meet, steps and sums of products have words of their own."""

import pytest
import torch

import invlang
from invlang.emit.functions import Operand, pointwise_text
from invlang.emit.fusing import fuse, gather
from invlang.emit.text import Text
from invlang.graph.arithmetic import ONE, add, divide, multiply, number, subtract
from invlang.graph.spaces import SCALAR, Axis, Space, size
from invlang.graph.values import Pointwise, Variable
from invlang.kernels.samples import add_scaled, lerp_complex

IMAGE = Space("real", (Axis(size(4)), Axis(size(3))))
V, P, Q = (Variable(name, IMAGE) for name in "vpq")
W = Variable("w", SCALAR)
TV = """
unknown x : {field}[6, 5]
data    y ~ Normal({mean} @ x, sigma = 0.1)
reconstruct r {{
  minimize fidelity(y) + 2 * TV(x, boundary = circular)
  by       ADMM
}}
"""


def test_like_terms_meet_inside_a_multiple_of_a_sum():
    assert gather(subtract(multiply(number(2), subtract(V, P)), V), {}) == subtract(V, multiply(number(2), P))
    apart = subtract(multiply(number(2), add(Q, P)), V)
    assert gather(apart, {}) == Pointwise("lerp", (V, add(Q, P), number(2)))


def test_twice_a_quotient_less_an_iterate_reads_the_quotient():
    """(2 / (1 + w)) q − v, where the round works out (1 / (1 + w)) q as well."""
    weighted = multiply(divide(ONE, add(ONE, W)), Q)
    assert gather(subtract(multiply(number(2), weighted), V), {}) == Pointwise("lerp", (V, weighted, number(2)))


def test_a_step_of_an_iterate_towards_something_is_said_as_one():
    assert gather(add(V, multiply(W, subtract(Q, V))), {}) == Pointwise("lerp", (V, Q, W))
    assert gather(add(V, multiply(W, subtract(Q, subtract(V, P)))), {}) == Pointwise("lerp", (V, add(Q, P), W))
    no_step = add(V, multiply(W, subtract(Q, P)))
    assert gather(no_step, {}) == no_step


def test_products_are_added_in_one_pass():
    step = add(V, multiply(W, Q))
    assert fuse((step,), {}) == (Pointwise("fused_add", (V, W, Q, number(1))),)
    assert fuse((step, multiply(W, Q)), {}) == (step, multiply(W, Q))
    assert fuse((subtract(multiply(number(3), Q), V),), {}) == (subtract(multiply(number(3), Q), V),)


@pytest.mark.parametrize("weight", [1.5, torch.tensor(0.3), torch.tensor([0.3, 2.0])[:, None]])
def test_complex_numbers_step_as_real_ones_do(weight):
    start, end = torch.randn(2, 2, 3, dtype=torch.complex64).conj()
    assert torch.allclose(lerp_complex(start, end, weight), start + weight * (end - start), atol=1e-6)


@pytest.mark.parametrize("field, mean", [("real", "Identity()"), ("complex", "Fourier()")])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_numbers_of_each_sample_may_have_another_precision_than_the_data(field, mean, kind):
    y = torch.randn(2, 6, 5, dtype=torch.float64)
    m = invlang.loads(TV.format(field=field, mean=mean))
    y = m.A(y) if hasattr(m, "A") else torch.complex(y, y) if field == "complex" else y
    both = m.r(y, relax=torch.tensor([1.0, 1.5], dtype=kind), iterations=5)
    for i, relax in enumerate((1.0, 1.5)):
        assert torch.allclose(both[i], m.r(y[i], relax=relax, iterations=5), atol=1e-10)


def test_each_has_its_word():
    operands = lambda *names: [Operand(Text(n)) for n in names]
    need = lambda name: name
    assert pointwise_text("lerp", operands("v", "q", "w"), need).source == "torch.lerp(v, q, w)"
    assert pointwise_text("fused_add", operands("v", "p", "-2"), need).source == "torch.sub(v, p, alpha=2)"
    assert pointwise_text("fused_add", operands("v", "s", "p", "-1"), need).source == "torch.addcmul(v, s, p, value=-1)"
    v, s, p, one = operands("v", "s", "p", "1")
    number_of = lambda kind: [v, Operand(Text("s"), kind), p, one]
    assert pointwise_text("fused_add", number_of("number"), need).source == "torch.add(v, p, alpha=s)"
    assert pointwise_text("fused_add", number_of("either"), need).source == "add_scaled(v, s, p)"


@pytest.mark.parametrize("amount", [1.5, torch.tensor(0.3), torch.tensor([0.3, 2.0], dtype=torch.float64)[:, None, None]])
def test_a_multiple_of_a_number_or_of_one_per_sample_is_added(amount):
    start, step = torch.randn(2, 2, 3, 4)
    assert torch.allclose(add_scaled(start, amount, step).double(), start + amount * step.double(), atol=1e-6)
