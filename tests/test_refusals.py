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
