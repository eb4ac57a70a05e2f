"""Measurements that are not linear: their derivatives against torch.func and finite differences, their estimators, what is refused."""

from __future__ import annotations

import pytest
import torch

import invlang

NORMAL = "data y ~ Normal({mean}, sigma = 0.1)\n"
HAZE = """dim H = 5, W = 4
unknown I : real[3, H, W] in [0, 1]
unknown d : real[1, H, W] in [0, 4]
data y ~ Normal(I * exp(-0.5 * d) + 0.8 * (1 - exp(-0.5 * d)), sigma = 0.1)
"""
MEANS = {
    "phase retrieval": ("complex[5, 4]", "abs2(Fourier(H, W) @ x)"),
    "modulus": ("complex[5, 4]", "abs(Fourier(H, W) @ x)"),
    "real image": ("real[5, 4]", "abs2(Fourier(H, W) @ x)"),
    "products": ("real[5, 4]", "x * (Blur(box_h) @ x) + sin(x)^2"),
    "parts": ("complex[5, 4]", "real(x * x) + imag(conj(x) * exp(x))"),
    "fractions": ("real[5, 4]", "exp(x) / (1 + x^2) + log(2 + cos(x)) + sqrt(1 + x^2)"),
    "a number": ("real[5, 4]", "x * mean(x, axis = [H, W]) + sum(x, axis = H) * 0.1"),
    "extremes": ("real[5, 4]", "max(x, 0.2) + min(x^2, 0.3)"),
}


def model_of(kind: str, mean: str) -> invlang.Model:
    space = kind.replace("5, 4", "H, W")
    text = f"dim H = 5, W = 4\nunknown x : {space}\ngiven box_h : real[3, 3] = box_kernel()\n" + NORMAL.format(mean=mean)
    return invlang.loads(text, dtype="float64")


def random(kind: str, *sizes: int) -> torch.Tensor:
    return torch.randn(sizes, dtype=torch.complex128 if kind.startswith("complex") else torch.float64)


def inner(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a.conj() * b).real.sum()


@pytest.mark.parametrize("name", MEANS)
def test_derivatives_are_those_of_torch_and_of_differences(name: str) -> None:
    torch.manual_seed(1)
    kind, mean = MEANS[name]
    m = model_of(kind, mean)
    x, v = random(kind, 2, 5, 4), random(kind, 2, 5, 4)
    forward = m.mean_of_y
    value, change = torch.func.jvp(forward, (x,), (v,))
    w = torch.randn_like(value)
    (back,) = torch.func.vjp(forward, x)[1](w)
    assert torch.allclose(forward.jvp(x, v), change, atol=1e-10)
    assert torch.allclose(forward.vjp(x, w), back, atol=1e-10)
    assert torch.allclose(inner(w, forward.jvp(x, v)), inner(forward.vjp(x, w), v), atol=1e-10)
    small = 1e-6
    assert torch.allclose((forward(x + small * v) - forward(x - small * v)) / (2 * small), change, atol=1e-6)


def test_derivatives_of_two_unknowns() -> None:
    torch.manual_seed(2)
    m = invlang.loads(HAZE, dtype="float64")
    x = torch.rand(2, 3, 5, 4, dtype=torch.float64), torch.rand(2, 1, 5, 4, dtype=torch.float64)
    v = tuple(torch.randn_like(p) for p in x)
    value, change = torch.func.jvp(m.mean_of_y, x, v)
    w = torch.randn_like(value)
    assert torch.allclose(m.mean_of_y.jvp(x, v), change, atol=1e-12)
    for found, wanted in zip(m.mean_of_y.vjp(x, w), torch.func.vjp(m.mean_of_y, *x)[1](w), strict=True):
        assert found.shape == wanted.shape and torch.allclose(found, wanted, atol=1e-12)


def test_a_map_with_a_name_has_derivatives_too() -> None:
    text = "dim H = 5, W = 4\nunknown x : complex[H, W]\nlet P = abs2 @ Fourier(H, W)\n"
    m = invlang.loads(text + NORMAL.format(mean="P @ x"))
    x, v = random("complex", 5, 4), random("complex", 5, 4)
    assert torch.allclose(m.P.jvp(x, v), torch.func.jvp(m.P, (x,), (v,))[1])
    assert "not linear" in repr(m.P)


def test_all_unknowns_are_found_together() -> None:
    m = invlang.loads(HAZE + "reconstruct r { minimize fidelity(y) + 0.01 * sq(d)  by PGD(step = 0.002)  nonconvex }\n")
    image, depth = torch.rand(2, 3, 5, 4, dtype=torch.float64), torch.rand(2, 1, 5, 4, dtype=torch.float64) * 3
    y = m.simulate(image, depth)["y"]
    found = m.r(y)
    assert [p.shape for p in found] == [image.shape, depth.shape]
    assert (m.r.objective(*found, y) < 0.2 * m.r.objective(torch.full_like(image, 0.5), torch.full_like(depth, 2.0), y)).all()
    assert "not convex · PGD, as asked · converges to a stationary point" in repr(m)
    first = m.r(y, iterations=1, step=1e-12)
    assert torch.allclose(first[0], torch.full_like(image, 0.5)) and torch.allclose(first[1], torch.full_like(depth, 2.0))


PHASE = """dim H = 6, W = 5, S = 4, p = 6, q = 5
unknown x : complex[H, W]
given masks : complex[S, H, W]
let B = Fourier(H, W) @ Diagonal(masks) @ Repeat(S)
data y ~ Normal(abs2(B @ x), sigma = 0.01)
"""


def coded() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(3)
    masks = torch.polar(torch.ones(4, 6, 5, dtype=torch.float64), 6.28 * torch.rand(4, 6, 5, dtype=torch.float64))
    return masks, random("complex", 2, 6, 5)


def error_up_to_a_phase(found: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    turn = (found.conj() * x).sum((-2, -1), keepdim=True)
    return (found * turn / turn.abs() - x).abs().square().sum((-2, -1)) / x.abs().square().sum((-2, -1))


def test_phases_are_retrieved_from_the_spectral_start() -> None:
    masks, x = coded()
    text = PHASE + "reconstruct r { minimize fidelity(y)  by GD(step = 0.000001, iterations = 4000)  nonconvex }\n"
    m = invlang.loads(text, masks=masks)
    y = m.B(x).abs().square()
    start = m.r(y, iterations=1, step=1e-30)
    assert (error_up_to_a_phase(start, x) < 0.6).all()
    assert (error_up_to_a_phase(m.r(y, step=0.000004), x) < 1e-3).all()


def test_a_start_that_is_said_is_taken() -> None:
    masks, x = coded()
    text = PHASE + "reconstruct r { minimize fidelity(y)  start 2 * (B.H @ sqrt(y))  by GD(step = 0.000001)  nonconvex }\n"
    m = invlang.loads(text, masks=masks)
    y = m.B(x).abs().square()
    assert torch.allclose(m.r(y, iterations=1, step=1e-30), 2 * m.B.H(y.sqrt() + 0j))


def test_what_is_not_convex_is_minimised_only_where_the_program_says_so() -> None:
    with pytest.raises(invlang.InvError, match="write `nonconvex`"):
        invlang.loads(PHASE + "reconstruct r { minimize fidelity(y)  by GD(step = 0.001) }\n")
    with pytest.raises(invlang.InvError, match="write `nonconvex`"):
        invlang.loads(PHASE + "reconstruct r { minimize fidelity(y) }\n")


@pytest.mark.parametrize("sizes", [(6, 5), (4, 4)])
def test_patches_and_their_adjoint(sizes: tuple[int, int]) -> None:
    height, width = sizes
    text = f"""dim H = {height}, W = {width}, S = 4, p = 3, q = 2
unknown x : complex[H, W]
given probe : complex[p, q] = build_probe(radius = 1.5)
given at : integer[S, 2] = generate_shifts(height = {height - 1}, width = {width - 1})
let B = PtychographyLinearOperator(probe, at, wrap)
let P = Ptychography(probe, at, wrap)
let Q = PhaseRetrieval(B)
"""
    m = invlang.loads(text + NORMAL.format(mean="P @ x"), dtype="float64")
    x = random("complex", 2, height, width)
    y = m.B(x)
    w = torch.randn_like(y)
    assert torch.allclose(inner(w, y), inner(m.B.H(w), x))
    assert torch.allclose(m.P(x), y.abs().square()) and torch.allclose(m.Q(x), m.P(x))
    rows = torch.arange(3)[:, None] + torch.tensor([0, 0, height - 1, height - 1])[:, None, None]
    columns = torch.arange(2)[None, :] + torch.tensor([0, width - 1, 0, width - 1])[:, None, None]
    probe = torch.hypot(torch.arange(3.0)[:, None] - 1, torch.arange(2.0)[None, :] - 1) < 1.5
    patches = x[:, rows % height, columns % width] * probe
    wanted = torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(patches, dim=(-2, -1)), norm="ortho"), dim=(-2, -1))
    assert torch.allclose(y, wanted)


def test_lidar_is_its_formula_for_any_batch() -> None:
    text = """dim T = 20, H = 3, W = 4
unknown d : real[1, H, W]
unknown r : real[1, H, W]
unknown b : real[1, H, W]
given t : real[T, 1, 1] = ramp()
data y ~ Normal(SinglePhotonLidar(d, r, b, time = t, width = 1.5), sigma = 0.1)
"""
    m = invlang.loads(text, dtype="float64")
    torch.manual_seed(4)
    d, r, b = (torch.rand(2, 5, 1, 3, 4, dtype=torch.float64) for _ in range(3))
    d = 7 + 5 * d
    bins = torch.arange(20, dtype=torch.float64)[:, None, None]
    pulse = torch.exp(-0.5 * ((bins - d) / 1.5) ** 2)
    wanted = r * pulse / pulse.sum(-3, keepdim=True) + b
    assert torch.allclose(m.mean_of_y(d, r, b), wanted, atol=1e-5)
    v = tuple(torch.randn_like(p) for p in (d, r, b))
    assert torch.allclose(m.mean_of_y.jvp((d, r, b), v), torch.func.jvp(m.mean_of_y, (d, r, b), v)[1], atol=1e-12)


@pytest.mark.parametrize(
    ("law", "formula"),
    [
        ("SpatialUnwrapping(x)", lambda x: x - 2 * torch.pi * torch.round(x / (2 * torch.pi))),
        ("Quantise(x, step = 0.5)", lambda x: 0.5 * torch.round(x / 0.5)),
        ("Clip(x, low = 0, high = 1)", lambda x: x.clamp(0, 1)),
    ],
)
def test_sensors_are_their_formulas_and_pass_derivatives_straight_through(law: str, formula) -> None:  # noqa: ANN001
    m = invlang.loads("dim H = 5, W = 4\nunknown x : real[H, W]\n" + NORMAL.format(mean=law))
    x, v = 5 * random("real", 2, 5, 4), random("real", 2, 5, 4)
    assert torch.allclose(m.mean_of_y(x), formula(x))
    assert torch.allclose(m.mean_of_y.jvp(x, v), v) and torch.allclose(m.mean_of_y.vjp(x, v), v)


def test_itoh_unwraps_a_smooth_phase() -> None:
    text = "dim H = 12, W = 9\nunknown x : real[H, W]\n" + NORMAL.format(mean="SpatialUnwrapping(x)")
    m = invlang.loads(text + "reconstruct r { minimize Itoh(x, y) + 0.000001 * sq(x) }\n", dtype="float64")
    x = torch.linspace(0, 11, 12, dtype=torch.float64)[:, None] * torch.linspace(0.2, 1.5, 9, dtype=torch.float64)
    x = x - x.mean()
    assert torch.allclose(m.r(m.mean_of_y(x)), x, atol=1e-3)


def test_phase_retrieval_acts_on_the_last_two_axes_where_none_has_a_name():
    m, x = random("complex", 30, 20), random("complex", 2, 5, 4)
    text = "unknown x : complex[5, 4]\ngiven m : complex[30, 20]\n" + NORMAL.format(mean="RandomPhaseRetrieval(m) @ x")
    seen = invlang.loads(text, m=m, dtype="float64").mean_of_y(x)
    assert torch.allclose(seen, (x.flatten(-2) @ m.T).abs().square())
