"""The undecimated wavelet transform as a prior: what it is of, what its Gram is, and what a loop with it costs."""

from __future__ import annotations

from itertools import product

import pytest
import torch

import invlang

TEXT = """
dim H = 8, W = 4
given   h : real[3, 3]
unknown x : FIELD[H, W]
let     U = UndecimatedWavelet("db2", levels = 2)
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct basis { minimize fidelity(y) + WaveletSparse(x, "db2", levels = 2) }
reconstruct every { minimize fidelity(y) + UndecimatedWaveletSparse(x, "db2", levels = 2) }
reconstruct plain { minimize fidelity(y) + 2 * norm1(U @ x) }
"""


def model(field: str = "real", dtype: str = "float64") -> invlang.model.Model:
    h = torch.rand(3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64) / 4.5
    return invlang.loads(TEXT.replace("FIELD", field), h=h, dtype=dtype)


def draw(*sizes: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*sizes, generator=torch.Generator().manual_seed(2), dtype=dtype)


@pytest.mark.parametrize("field", ["real", "complex"])
def test_the_prior_is_the_mean_of_that_of_a_basis_over_all_moves(field: str) -> None:
    m, dtype = model(field), torch.float64 if field == "real" else torch.complex128
    x, y = draw(8, 4, dtype=dtype), draw(8, 4, dtype=dtype)
    prior = lambda block, v: float(block.objective(v, y)) - float((m.A(v) - y).abs().square().sum()) / 0.02
    moves = [x.roll(move, (0, 1)) for move in product(range(4), repeat=2)]
    assert prior(m.every, x) == pytest.approx(sum(prior(m.basis, v) for v in moves) / 16, rel=1e-12)


def test_the_gram_is_the_identity_and_written_so() -> None:
    m = model()
    x = draw(3, 8, 4)
    assert torch.equal(m.U.gram(x), x)
    torch.testing.assert_close(m.U.pinv(m.U(x)), x)
    assert float(m.U.norm) == 1


@pytest.mark.parametrize("name", ["every", "plain"])
def test_a_round_is_one_transform_there_and_back_and_one_solve_by_the_spectrum(name: str) -> None:
    loop = model().source.split(f"class {name.capitalize()}(")[1].split("for k in ")[1].split("watch is not None")[0]
    calls = loop.replace("m.U(", "undecimated_wavelet(").replace("m.U_adjoint(", "undecimated_wavelet_adjoint(")
    assert calls.count("undecimated_wavelet(") == calls.count("undecimated_wavelet_adjoint(") == 1
    assert "conjugate_gradient" not in loop


@pytest.mark.parametrize("field", ["real", "complex"])
def test_batches_and_single_precision(field: str) -> None:
    m, single = model(field), model(field, "float32")
    y = draw(2, 8, 4, dtype=torch.float64 if field == "real" else torch.complex128)
    torch.testing.assert_close(m.every(y), torch.stack([m.every(y[0]), m.every(y[1])]))
    short = y.float() if field == "real" else y.to(torch.complex64)
    torch.testing.assert_close(single.every(short).to(y.dtype), m.every(y), atol=1e-3, rtol=1e-3)
