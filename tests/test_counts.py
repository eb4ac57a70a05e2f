"""How many transforms and shifts the compiled code executes, counted on what torch dispatches."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import invlang
from invlang.errors import InvError
from tests.dense import build, program_of

TRANSFORMS = ("_fft_r2c", "_fft_c2r", "_fft_c2c")


class Counting(TorchDispatchMode):
    """Counts the operations that torch executes, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, int] = {}

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = function.name().split("::")[1].split(".")[0]
        self.seen[name] = self.seen.get(name, 0) + 1
        return function(*args, **(kwargs or {}))

    @property
    def transforms(self) -> int:
        return sum(self.seen.get(t, 0) for t in TRANSFORMS)


def counted(function: Any, *arguments: Any) -> Counting:
    with torch.no_grad(), Counting() as counting:
        function(*arguments)
    return counting


def model_of(text: str) -> Any:
    return build(program_of(text), 2).model


def complex_images(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.complex128)


COILS = """
dim C = 4, H = 9, W = 8
unknown x : complex[H, W]
given s : complex[C, H, W]
given m : binary[H, W]
let A = MultiCoilMRI(s, m)
data y ~ Normal(A @ x, sigma = 0.1)
"""


@pytest.mark.parametrize("batch", [(), (1,), (3,), (2, 3)])
def test_a_multi_coil_gram_is_one_pair_and_no_roll(batch):
    counting = counted(model_of(COILS).A_gram, complex_images(*batch, 9, 8))
    assert counting.transforms == 2
    assert "roll" not in counting.seen


@pytest.mark.parametrize("mask", ["binary[H, W]", "binary[1, W]"])
def test_a_cartesian_gram_is_one_pair_and_no_roll_for_odd_sizes_too(mask):
    text = f"""
dim H = 9, W = 7
unknown x : complex[H, W]
given m : {mask}
let A = MRI(m)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    counting = counted(model_of(text).A_gram, complex_images(2, 9, 7))
    assert counting.transforms == 2
    assert "roll" not in counting.seen


def test_the_gram_of_lines_transforms_one_axis():
    text = """
dim H = 9, W = 7
unknown x : complex[H, W]
given m : binary[1, W]
let A = MRI(m)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    compiled = build(program_of(text), 2)
    gram = compiled.text.split("def A_gram")[1].split("def ")[0]
    assert "dim=(-1,)" in gram or "fft(" in gram


def test_blur_after_blur_is_one_pair():
    text = """
unknown x : real[3, 12, 10]
given h : real[3, 3]
given k : real[5, 4]
let A = Blur(k) @ Blur(h)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    assert counted(model_of(text).A_gram, torch.randn(2, 3, 12, 10, dtype=torch.float64)).transforms == 2


def test_the_solve_of_downsampled_blur_is_one_pair_with_a_weight_per_sample():
    text = """
unknown x : real[3, 12, 8]
given h : real[3, 3]
let A = Downsampling(factor = 2, filter = h)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    counting = counted(
        model_of(text).A_solve, torch.randn(2, 3, 12, 8, dtype=torch.float64), torch.tensor([0.1, 2.0], dtype=torch.float64)
    )
    assert counting.transforms == 2


@pytest.mark.parametrize("algorithm", ["PGD", "FISTA"])
def test_proximal_gradients_take_a_gram_a_round_and_one_adjoint(algorithm):
    text = f"""
unknown x : real[12, 10]
given h : real[3, 3]
let A = Blur(h)
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct sparse {{
  minimize fidelity(y) + 0.1 * norm1(x)
  by {algorithm}(iterations = 7)
}}
"""
    built = build(program_of(text), 2)
    estimator = estimator_of(built, "Sparse")
    assert counted(estimator, torch.randn(12, 10, dtype=torch.float64)).transforms == 2 * 7 + 2


def test_total_variation_deblurring_is_one_pair_a_round():
    text = """
unknown x : real[3, 12, 10] in [0, 1]
given h : real[3, 3]
let A = Blur(h)
data y ~ Normal(A @ x, sigma = 0.1)
reconstruct tv { minimize fidelity(y) + 2 * TV(x) }
"""
    built = build(program_of(text), 2)
    estimator = estimator_of(built, "Tv")
    y = torch.rand(3, 12, 10, dtype=torch.float64)
    few, many = (counted_with(estimator, n, y) for n in (5, 15))
    assert many - few == 2 * 10


def counted_with(estimator: Any, iterations: int, y: torch.Tensor) -> int:
    estimator.iterations = iterations
    return counted(estimator, y).transforms


def estimator_of(built: Any, name: str) -> Any:
    from invlang.emit.load import load_module

    module = load_module(built.text, f"counted_{name}")
    made = type(built.model)
    estimator = getattr(module, name)
    assert made.__name__ == built.program.name
    return estimator(built.model)


REGULAR = """
dim C = {coils}, H = 3, W = {width}
unknown x : complex[H, W]
given s : complex[C, H, W]
given m : binary[1, W] = RegularMask(factor = {factor})
let A = MultiCoilMRI(s, m)
data y ~ Normal(A @ x, sigma = 0.1)
"""


@pytest.mark.parametrize(("coils", "width", "factor"), [(4, 12, 2), (2, 12, 3), (6, 9, 3)])
def test_regular_lines_need_no_transform_only_small_matrices(coils, width, factor):
    """The Gram is f multiplications a pixel; the solve inverts matrices of f × f and is exact, with a weight for each sample."""
    model = model_of(REGULAR.format(coils=coils, width=width, factor=factor))
    x, rho = complex_images(2, 3, width), torch.tensor([0.1, 2.0], dtype=torch.float64)
    assert counted(model.A_gram, x).transforms == 0 == counted(model.A_solve, x, rho).transforms
    torch.testing.assert_close(model.A_gram(x), model.A_adjoint(model.A(x)))
    solved = model.A_solve(x, rho)
    torch.testing.assert_close(model.A_gram(solved) + rho[:, None, None] * solved, x)


def test_lines_that_the_size_does_not_divide_keep_their_transforms():
    model = model_of(REGULAR.format(coils=3, width=7, factor=2))
    x = complex_images(3, 7)
    assert counted(model.A_gram, x).transforms == 2
    torch.testing.assert_close(model.A_gram(x), model.A_adjoint(model.A(x)))


SIGNS = """
dim H = 8, W = 8
unknown x : {field}[H, W]
given d : {field}[2, H, W] ~ {law}
let A = StructuredRandom(d, transform = {transform}, size = [4, 8])
data y ~ Normal(A @ x, sigma = 0.1)
"""


@pytest.mark.parametrize(
    ("field", "law", "transform"),
    [("real", "RandomSigns()", "hadamard"), ("real", "RandomSigns()", "cosine"), ("complex", "RandomPhases()", "fourier")],
)
def test_signs_and_phases_squared_are_one_so_that_random_projections_are_solved_in_closed_form(field, law, transform):
    """(Aᴴ A + ρ)⁻¹ = (1 − Aᴴ A / (1 + ρ)) / ρ: one A and one Aᴴ, no iteration."""
    m = invlang.loads(SIGNS.format(field=field, law=law, transform=transform), dtype="float64")
    x = torch.randn(3, 8, 8, dtype=torch.float64 if field == "real" else torch.complex128)
    solved = m.A.solve(x, 0.3)
    torch.testing.assert_close(m.A.H(m.A(solved)) + 0.3 * solved, x)
    assert "conjugate_gradient" not in m.source.split("def A_solve")[1].split("def ")[0]


@pytest.mark.parametrize(
    ("law", "wrong", "says"), [("RandomSigns()", 2.0, "signs or phases"), ("RegularMask(factor = 2)", 1.0, "every 2nd line")]
)
def test_arrays_that_are_not_what_was_declared_are_refused(law, wrong, says):
    space, sign = ("binary", "=") if "Mask" in law else ("real", "~")
    text = f"unknown x : real[3, 4]\ngiven d : {space}[3, 4] {sign} {law}\ndata y ~ Normal(d * x, sigma = 1)\n"
    with pytest.raises(InvError, match=says):
        invlang.loads(text, d=torch.full((3, 4), wrong))
    assert invlang.loads(text).given("d", ()).shape == (3, 4)


NON_UNIFORM = """
dim C = 3, H = 9, W = 8, S = 40
unknown x : {field}[H, W]
given p : real[S, 2]
given w : real[S]
given s : complex[C, H, W]
let A = {operator}
data y ~ Normal(A @ x, sigma = 0.1)
"""


@pytest.mark.parametrize(
    ("field", "operator"),
    [
        ("complex", "NonUniformFourier(points = p)"),
        ("real", "2 * Diagonal(w) @ NonUniformFourier(points = p)"),
        ("complex", "Diagonal(w) @ NonUniformFourier(points = p) @ Diagonal(s) @ Repeat(C)"),
        ("real", "-1 * NonUniformFourier(points = p) @ Diagonal(s) @ Repeat(C)"),
    ],
)
def test_a_non_uniform_gram_is_one_pair_on_the_double_grid(field, operator):
    """Weights, numbers, coils and the real part are no obstacle; the transform itself is not called."""
    model = model_of(NON_UNIFORM.format(field=field, operator=operator))
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    counting = counted(model.A_gram, x if field == "real" else x + 0j)
    assert counting.transforms == 2
    assert not {"exp", "roll", "bmm", "index_add"} & set(counting.seen)


@pytest.mark.parametrize("operator", ["Blur(h)", "Blur(h) @ Blur(h)", "Downsample(H, W, factor = 2) @ Blur(h)"])
def test_a_gram_has_transforms_without_a_factor(operator):
    text = f"""
dim H = 12, W = 8
unknown x : real[H, W]
given h : real[3, 3]
let A = {operator}
data y ~ Normal(A @ x, sigma = 0.1)
"""
    gram = build(program_of(text), 2).text.split("def A_gram")[1].split("def ")[0]
    assert "ortho" not in gram and counted(model_of(text).A_gram, torch.randn(12, 8, dtype=torch.float64)).transforms == 2


def test_transforms_of_two_sizes_keep_their_factors():
    text = """
dim H = 12, W = 8
unknown x : real[H, W]
given h : real[3, 3]
let A = Downsample(H, W, factor = 2) @ Blur(h)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    forward = build(program_of(text), 2).text.split("def A(")[1].split("def ")[0]
    assert forward.count("ortho") == 2


def test_transforms_of_convolutions_with_a_border_have_lengths_of_small_primes():
    text = """
dim H = 22, W = 29
unknown x : real[H, W]
given h : real[4, 10]
let A = Blur(h, boundary = BORDER)
data y ~ Normal(A @ x, sigma = 0.1)
"""
    for border, wide in (("reflect", "(25, 40)"), ("zero", "(25, 40)"), ("valid", "(22, 30)")):
        source = build(program_of(text.replace("BORDER", border)), 2).text
        assert f"s={wide}" in source.split("def A(")[1].split("def ")[0]
        assert f"s={wide}" in source.split("def A_adjoint(")[1].split("def ")[0]
        m, plain = (build(program_of(text.replace("BORDER", border)), level).model for level in (2, 0))
        x = torch.randn(2, 22, 29, dtype=torch.float64)
        torch.testing.assert_close(m.A(x), plain.A(x))
        torch.testing.assert_close(m.A_adjoint(m.A(x)), plain.A_adjoint(m.A(x)))
