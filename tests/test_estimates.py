"""Direct estimates of the library, against dense matrices and by their formulas: unfolding, sharpening, matched filters; places of probes."""

from __future__ import annotations

import pytest
import torch
from dense import matrix_of

import invlang
from invlang.errors import InvError
from invlang.graph.spaces import Axis, Space, size


def draw(*sizes: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*sizes, dtype=dtype, generator=torch.Generator().manual_seed(seed))


SENSE = """
dim C = {coils}, H = 3, W = {width}
unknown x : complex[H, W]
given   s : complex[C, H, W]
given   m : binary[1, W] = RegularMask(factor = {factor})
let     A = MultiCoilMRI(s, m)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct unfolded {{ estimate SENSE(y, s, factor = {factor}{ridge}) }}
"""


@pytest.mark.parametrize(("coils", "width", "factor"), [(3, 6, 2), (4, 9, 3), (2, 12, 3), (3, 5, 1)])
def test_unfolding_is_the_pseudo_inverse(coils: int, width: int, factor: int) -> None:
    """Odd and even sizes, batches, more pixels on each other than coils too."""
    text = SENSE.format(coils=coils, width=width, factor=factor, ridge="")
    m = invlang.loads(text, dtype="float64", s=draw(coils, 3, width, dtype=torch.complex128))
    space = Space("complex", (Axis(size(3)), Axis(size(width))))
    out = Space("complex", (Axis(size(coils)), Axis(size(3)), Axis(size(width))))
    matrix = torch.tensor(matrix_of(m.A, space, out))
    y = m.A(draw(2, 3, width, seed=1, dtype=torch.complex128))
    wanted = torch.view_as_complex((torch.view_as_real(y).flatten(1) @ torch.linalg.pinv(matrix).T).reshape(2, 3, width, 2))
    assert torch.allclose(m.unfolded(y), wanted, atol=1e-10)


def test_a_ridge_keeps_unfolding_small() -> None:
    s, y = draw(3, 3, 6, dtype=torch.complex128), draw(3, 3, 6, seed=1, dtype=torch.complex128)
    bare, held = (
        invlang.loads(SENSE.format(coils=3, width=6, factor=2, ridge=r), dtype="float64", s=s) for r in ("", ", ridge = 10")
    )
    assert held.unfolded(y).norm() < 0.5 * bare.unfolded(y).norm()


@pytest.mark.parametrize(
    ("factor", "ridge", "says"), [(4, "", "4 does not divide 6"), (2, ", ridge = -1", "at least 0"), (0, "", "above 0")]
)
def test_foldings_that_cannot_be(factor: int, ridge: str, says: str) -> None:
    text = SENSE.replace("RegularMask(factor = {factor})", "RegularMask()").format(coils=3, width=6, factor=factor, ridge=ridge)
    with pytest.raises(InvError, match=says):
        invlang.loads(text, s=draw(3, 3, 6, dtype=torch.complex128))


def test_a_factor_that_the_size_of_the_data_is_no_multiple_of_is_refused_in_words() -> None:
    text = SENSE.replace("C = {coils}, H = 3, W = {width}", "C, H, W").replace("RegularMask(factor = {factor})", "RegularMask()")
    m = invlang.loads(text.format(factor=4, ridge=""), s=draw(3, 3, 6, dtype=torch.complex128))
    with pytest.raises(InvError, match="4 does not divide 6") as refused:
        m.unfolded(draw(3, 3, 6, dtype=torch.complex128))
    assert "--> program.inv:8:" in str(refused.value)


def test_brovey_gives_colours_the_brightness_of_the_gray_picture() -> None:
    text = """
unknown x : real[3, 8, 12] in [0, 1]
let     A = Pansharpen(factor = 4, filter = bilinear, response = rec601)
data    y ~ Normal(A @ x, sigma = 0.01)
reconstruct sharp { estimate Brovey(part(y, 1), part(y, 2), response = rec601) }
"""
    m = invlang.loads(text, dtype="float64")
    x = torch.rand(2, 3, 8, 12, dtype=torch.float64) + 0.2
    gray = m.A(x)[1]
    sharp = m.sharp(m.A(x))
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)
    assert torch.allclose(torch.einsum("c,bchw->bhw", weights, sharp)[:, None], gray)
    flat = torch.full((3, 8, 12), 0.5, dtype=torch.float64) * torch.tensor([1.0, 0.5, 0.2], dtype=torch.float64)[:, None, None]
    assert torch.allclose(m.sharp(m.A(flat)), flat, atol=1e-10)


@pytest.mark.parametrize(
    ("written", "says"), [("part(y, 3)", "from 1 to 2"), ("part(x, 1)", "several parts"), ("part(y)", "no number")]
)
def test_parts_that_are_not_there(written: str, says: str) -> None:
    text = "unknown x : real[3, 8, 12]\ndata y ~ Normal(Pansharpen(factor = 2, filter = none) @ x, sigma = 1)\n"
    with pytest.raises(InvError, match=says):
        invlang.loads(text + f"reconstruct r {{ estimate {written} }}\n")


LIDAR = """
dim T = 24, H = 3, W = 4
unknown d : real[1, H, W]
given   t : real[T, 1, 1] = ramp()
given   h : real[7, 1, 1]
data    y ~ Poisson(SinglePhotonLidar(d, 50 + 0 * d, 1 + 0 * d, time = t, irf = h))
reconstruct depth { estimate MatchedFilter(y, h) }
"""
PULSE = torch.tensor([0.0, 0.1, 0.5, 1.0, 0.3, 0.1, 0.0], dtype=torch.float64).reshape(7, 1, 1)


def test_a_measured_pulse_is_linear_between_bins() -> None:
    m = invlang.loads(LIDAR, dtype="float64", h=PULSE)
    d = 6 + 10 * torch.rand(2, 1, 3, 4, dtype=torch.float64)
    away = torch.arange(24.0, dtype=torch.float64).reshape(24, 1, 1) - d
    low = away.floor()
    tap = lambda k: PULSE.flatten()[(k + 3).clamp(0, 6).long()] * ((k >= -3) & (k <= 3))
    wanted = 1 + 50 * ((1 - (away - low)) * tap(low) + (away - low) * tap(low + 1))
    assert torch.allclose(m.mean_of_y(d), wanted, atol=1e-10)
    v, small = draw(2, 1, 3, 4), 1e-7
    change = (m.mean_of_y(d + small * v) - m.mean_of_y(d - small * v)) / (2 * small)
    assert torch.allclose(m.mean_of_y.jvp(d, v), change, atol=1e-5)


def test_the_matched_filter_finds_depths_between_bins() -> None:
    m = invlang.loads(LIDAR, dtype="float64", h=PULSE)
    d = 6 + 10 * torch.rand(2, 1, 3, 4, dtype=torch.float64)
    assert (m.depth(m.mean_of_y(d)) - d).abs().max() < 0.3
    whole = d.round()
    assert (m.depth(m.mean_of_y(whole)).round() == whole).all()


PATCHES = """
dim H = 8, W = 9, S
unknown x : real[H, W]
given at : integer[S, 2]
let A = Patches(H, W, at = at, size = [3, 4]{wrap})
data y ~ Normal(A @ x, sigma = 1)
"""


def test_patches_that_leave_the_image_are_refused_unless_it_goes_on() -> None:
    at = torch.tensor([[0, 0], [5, 5], [6, 1]])
    with pytest.raises(InvError, match="a patch of 3 samples at 6 leaves the 8 samples"):
        invlang.loads(PATCHES.format(wrap=""), at=at).A(torch.zeros(8, 9))
    with pytest.raises(InvError, match="at -1 leaves the 9 samples"):
        invlang.loads(PATCHES.format(wrap=""), at=at[:2] - torch.tensor([0, 1])).A(torch.zeros(8, 9))
    x = draw(8, 9)
    assert torch.equal(invlang.loads(PATCHES.format(wrap=""), at=at[:2]).A(x)[1], x[5:8, 5:9])
    assert torch.equal(invlang.loads(PATCHES.format(wrap=", wrap"), at=at).A(x)[2], x[[6, 7, 0], 1:5])


def test_places_that_overlap() -> None:
    text = "dim S = 9\nunknown x : real[40, 40]\ngiven at : integer[S, 2] = overlapping_shifts(size = 16, overlap = 0.75)\n"
    m = invlang.loads(text + "data y ~ Normal(Patches(at = at, size = [16, 16]) @ x, sigma = 1)\n")
    at = m.given("at", 1).reshape(9, 2)
    assert at[:, 0].tolist() == [0, 0, 0, 4, 4, 4, 8, 8, 8] and at[:3, 1].tolist() == [0, 4, 8]
    with pytest.raises(InvError, match="at least 0 and below 1"):
        invlang.loads((text + "data y ~ Normal(x, sigma = 1)\n").replace("0.75", "1"))
