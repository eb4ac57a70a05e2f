"""What only the arrays and numbers of a caller tell is refused in words, before anything is calculated."""

from __future__ import annotations

import pytest
import torch

import invlang
from invlang import InvError

TEXT = """dim H, W
unknown x : real[H, W]
given   h : real[31, 31] = gaussian_kernel(sigma = 1)
let     A = Blur(h, boundary = BORDER)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct tv { minimize fidelity(y) + 2 * TV(x) }
"""


@pytest.mark.parametrize("border", ["circular", "valid"])
def test_a_kernel_is_at_most_as_large_as_the_image(border: str):
    m = invlang.loads(TEXT.replace("BORDER", border))
    with pytest.raises(InvError, match="larger than the image: it has 31 samples along H, and the image has 20"):
        m.simulate(torch.zeros(20, 40))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [({"weight": -1.0}, "`weight` is above 0"), ({"iterations": 2.5}, "whole number of rounds"), ({"iterations": -1}, "-1")],
)
def test_an_algorithm_runs_only_with_numbers_it_was_derived_for(numbers: dict, said: str):
    m = invlang.loads(TEXT.replace("BORDER", "reflect"))
    with pytest.raises(InvError, match=said):
        m.tv(torch.zeros(40, 40), **numbers)


def test_a_truth_with_holes_is_named():
    x = torch.zeros(40, 40)
    x[3, 3] = torch.nan
    with pytest.raises(InvError, match="`x` holds NaN, which is no number, in one entry"):
        invlang.loads(TEXT.replace("BORDER", "reflect")).simulate(x)


def test_a_list_of_numbers_is_a_vector():
    m = invlang.loads("unknown x : real[3]\ngiven r : real[3] = [0.25, -1, 2]\nlet D = Diagonal(r)\ndata y ~ Normal(D @ x)\n")
    torch.testing.assert_close(m.D(torch.ones(3)), torch.tensor([0.25, -1.0, 2.0]))


SPOKES = """dim H = 8, W = 6, S
unknown x : complex[H, W]
given   p : real[S, 2]
data    y ~ Normal(WHAT @ x, sigma = 0.1)
reconstruct r { minimize fidelity(y) + 0.1 * sq(x) }
"""


@pytest.mark.parametrize("what", ["NonUniformFourier(points = p)", "NonCartesianMRI(p)"])
@pytest.mark.parametrize("large", [6.5, -4.0, 8.0])
def test_angles_beyond_half_a_turn_are_of_another_unit(what: str, large: float):
    p = torch.full((5, 2), 0.1, dtype=torch.float64)
    p[3, 1] = large
    said = rf"`p` reaches {abs(large):g}, and `NonUniformFourier` takes radians a pixel, from −π to π(?s:.*)program.inv:4:(?s:.*)cycles a field of view"
    with pytest.raises(InvError, match=said):
        invlang.loads(SPOKES.replace("WHAT", what), p=p).simulate(torch.zeros(8, 6, dtype=torch.complex128))


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_half_a_turn_itself_is_an_angle(kind: torch.dtype):
    p = torch.tensor([[torch.pi, -torch.pi], [0, 1]], dtype=kind)
    m = invlang.loads(SPOKES.replace("WHAT", "NonUniformFourier(points = p)"), p=p)
    assert m.simulate(torch.zeros(8, 6, dtype=kind.to_complex()))["y"].shape == (2,)
