"""Waves and what scatters them: against Bessel functions, dense systems, torch.func and finite differences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from dense import compare
from scipy.special import hankel1

import invlang
from invlang.errors import InvError
from invlang.kernels.iterative import fixed_point
from invlang.kernels.waves import of_distance, outgoing_wave, waves_to
from tests.test_algebra import program

K = 0.9
TEXT = """dim A = 3, E = 7, H = 6, W = 5
unknown f : {field}[H, W]
given u : complex[A, H, W]
given r : real[E, 2] = circle_of_places(radius = 9)
data y ~ Normal(Scattering(f, u, r, wavenumber = 0.9), sigma = 0.01)
"""


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def draw(*sizes: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*sizes, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def dense(height: int, width: int, receivers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """k² G from pixel to pixel, and from pixels to receivers."""
    rows, columns = torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2
    pixels = torch.cartesian_prod(rows, columns)
    exact = {"compute_mode": "donot_use_mm_for_euclid_dist"}
    return tuple(K**2 * of_distance(torch.cdist(p, pixels, **exact), K) for p in (pixels, receivers))  # type: ignore[return-value]


def test_a_pixel_sends_out_hankels_function_over_its_disk() -> None:
    """Far away it is i/4 H₀⁽¹⁾(k r) times a factor that tends to 1; the middle is the mean over a fine grid."""
    r, radius = torch.tensor([1.0, 3.0, 40.0]), torch.pi**-0.5
    n = 1200
    grid = (torch.arange(n) + 0.5) / n * 2 * radius - radius
    inside = torch.cartesian_prod(grid, grid)
    inside = inside[inside.square().sum(-1) < radius**2]
    cell = (2 * radius / n) ** 2
    for away, found in zip((0.0, *r), (of_distance(torch.tensor([0.0]), K)[0], *of_distance(r, K)), strict=True):
        distance = torch.hypot(inside[:, 0] - away, inside[:, 1])
        assert complex(found) == pytest.approx(complex(0.25j * hankel1(0, K * distance.numpy()).sum() * cell), rel=1e-3)


def test_kernels_are_waves_of_the_same_distances() -> None:
    wave = outgoing_wave(K, (4, 3))
    assert wave.shape == (7, 5)
    at = torch.tensor([[0.5, 0.0]])
    assert torch.allclose(waves_to(at, K, (4, 3))[0].reshape(4, 3), wave[1:5, 1:4])


CASES = {
    "waves": ("complex[5, 4]", "Helmholtz(wavenumber = 0.8)", ""),
    "waves of films": ("complex[2, 4, 5]", "Helmholtz(wavenumber = 1.3)", ""),
    "receivers": ("complex[2, 5, 4]", "Receivers(r, wavenumber = 0.9)", "given r : real[6, 2]"),
    "born": ("complex[5, 4]", "Born(u, r, wavenumber = 0.9)", "given u : complex[2, 5, 4]\ngiven r : real[3, 2]"),
    "born of a real contrast": ("real[4, 3]", "Born(u, r, wavenumber = 1)", "given u : complex[2, 4, 3]\ngiven r : real[4, 2]"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_linear_map_of_waves_is_its_matrix(name: str) -> None:
    assert compare(program(CASES[name])) == []


@pytest.mark.parametrize("field", ["real", "complex"])
def test_scattering_solves_the_equation_of_lippmann_and_schwinger(field: str) -> None:
    """Far beyond weak scattering, where Born's series diverges; each sample by itself."""
    u, f = draw(3, 6, 5, dtype=torch.complex128), 1.5 * draw(2, 6, 5, seed=1, dtype=getattr(torch, f"{field}128", torch.float64))
    m = invlang.loads(TEXT.format(field=field), dtype="float64", u=u)
    inner, outer = dense(6, 5, m.given("r", 1).reshape(7, 2))
    for i in range(2):
        medium = torch.diag(f[i].flatten() + 0j)
        assert torch.linalg.matrix_norm(inner @ medium, 2) > 1.5
        whole = torch.linalg.solve(torch.eye(30) - inner @ medium, u.flatten(1).mT)
        assert torch.allclose(m.mean_of_y(f)[i], (outer @ medium @ whole).mT, atol=1e-10)


def test_its_derivatives_are_those_of_the_solution() -> None:
    m = invlang.loads(TEXT.format(field="real"), dtype="float64", u=draw(3, 6, 5, dtype=torch.complex128))
    f, v = draw(2, 6, 5), draw(2, 6, 5, seed=1)
    value, change = torch.func.jvp(m.mean_of_y, (f,), (v,))
    w = torch.randn_like(value)
    assert torch.allclose(m.mean_of_y.jvp(f, v), change, atol=1e-10)
    assert torch.allclose(m.mean_of_y.vjp(f, w), torch.func.vjp(m.mean_of_y, f)[1](w)[0], atol=1e-10)
    small = 1e-5
    assert torch.allclose((m.mean_of_y(f + small * v) - m.mean_of_y(f - small * v)) / (2 * small), change, atol=1e-7)


def test_what_scatters_weakly_is_borns_approximation() -> None:
    u, f = draw(3, 6, 5, dtype=torch.complex128), 1e-6 * draw(6, 5)
    m = invlang.loads(TEXT.format(field="real") + "let B = Born(u, r, wavenumber = 0.9)\n", dtype="float64", u=u)
    off = (m.mean_of_y(f) - m.B(f)).abs().max() / m.B(f).abs().max()
    assert 1e-9 < off < 1e-4


def test_a_fixed_point_of_a_map_that_is_not_affine() -> None:
    found = fixed_point(lambda x: torch.cos(x), torch.zeros(2, 3), 40)
    assert torch.allclose(found, torch.full((2, 3), 0.7390851332151607), atol=1e-12)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("fixed_point(v -> 0.5 * v, f, rounds = 0)", "a whole number of rounds"),
        ("fixed_point(f, f)", "a function"),
        ("fixed_point(v -> v)", "takes a function and a start"),
        ("fixed_point(v -> sum(v, axis = H), f)", "what is repeated"),
    ],
)
def test_fixed_points_that_are_none(written: str, says: str) -> None:
    with pytest.raises(InvError, match=says):
        invlang.loads(f"dim H = 4, W = 3\nunknown f : real[H, W]\ndata y ~ Normal({written}, sigma = 1)\n")
