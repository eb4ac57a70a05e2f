"""Random laws as programs name them: each has streams of its own, and a draw is the same whatever the batch, the order or the type."""

from __future__ import annotations

import pytest
import torch

import invlang
from invlang.meaning import library

LAWS = {
    "BernoulliSplittingMask": ("binary[12, 16]", "BernoulliSplittingMask(ratio = 0.3)"),
    "BernoulliMask": ("binary[3, 12, 16]", "BernoulliMask(keep = 0.3)"),
    "GaussianSplittingMask": ("binary[2, 24, 32]", "GaussianSplittingMask(ratio = 0.6, std_scale = 4, centre = 8)"),
    "Artifact2ArtifactSplitting": ("binary[8, 6, 5]", "Artifact2ArtifactSplitting(size = 2)"),
    "MultiplicativeSplittingMask": ("binary[6, 64]", "MultiplicativeSplittingMask(known, BernoulliSplittingMask())"),
    "CartesianMask": ("binary[5, 1, 64]", "CartesianMask(acceleration = 4)"),
    "RandomMask": ("binary[1, 64]", "RandomMask(acceleration = 4)"),
    "GaussianMask": ("binary[5, 1, 64]", "GaussianMask(acceleration = 4)"),
    "EquispacedMask": ("binary[5, 1, 64]", "EquispacedMask(acceleration = 4)"),
    "PolyOrderMask": ("binary[5, 1, 64]", "PolyOrderMask(acceleration = 4)"),
    "GaussianBlur": ("real[9, 9]", "GaussianBlur()"),
    "MotionBlur": ("real[2, 15, 16]", "MotionBlur()"),
    "~Downsampling": ("real[7, 7, 7]", "Downsampling(factors = [2, 3], filters = [gaussian, bilinear, bicubic, sinc])"),
    "TiledBlur": ("real[4, 9, 9]", "TiledBlur(MotionBlur())"),
    "DiffractionBlur": ("real[9, 9]", "DiffractionBlur()"),
    "DiffractionBlur3D": ("real[3, 9, 9]", "DiffractionBlur3D()"),
    "ConfocalBlur3D": ("real[3, 9, 9]", "ConfocalBlur3D()"),
    "Sigma": ("real", "Sigma()"),
    "Gain": ("real", "Gain()"),
    "GaussianMatrix": ("complex[5, 7]", "GaussianMatrix()"),
    "RandomSigns": ("real[9, 9]", "RandomSigns()"),
    "RandomPhases": ("complex[9, 9]", "RandomPhases()"),
    "RandomEllipses": ("real[3, 24, 20]", "RandomEllipses()"),
    "DeadLeaves": ("real[3, 24, 20]", "DeadLeaves(count = 100)"),
}
NAMES = sorted(LAWS)


def model_of(name: str, dtype: str = "float64"):
    space, call = LAWS[name]
    known = "given known : binary[6, 64]\n" if "known" in call else ""
    text = f"{known}dim H = 4\ngiven a : {space} ~ {call}\ngiven b : {space} ~ {call}\nunknown x : real[H]\ndata y ~ Normal(x)\n"
    return invlang.loads(text, dtype=dtype, **({"known": torch.ones(6, 64)} if known else {}))


def test_every_law_of_the_library_is_drawn_here():
    random = {
        key
        for key, entry in library.entries().items()
        if entry.family == "generators" and not any(f.name.text == "fixed" for f in library.definition(key).facts)
    }
    named_again = {"gaussian_blur"}
    assert random - named_again == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_its_samples_in_any_order(name):
    model = model_of(name)
    batch = model.given("a", 4)
    assert batch.shape[0] == 4 and str(list(batch.shape[1:])) == str(list(model.given("a").shape))
    for i in (0, 3):
        assert torch.equal(model.draw(sample=i).given("a"), batch[i])
    order = [2, 0]
    assert torch.equal(model.draw(sample=torch.tensor(order)).given("a"), batch[order])
    assert torch.equal(model.given("a", (2, 2)).flatten(0, 1), batch)


@pytest.mark.parametrize("name", NAMES)
def test_names_epochs_and_seeds_have_draws_of_their_own(name):
    """Over eight samples, since a law of few outcomes gives some of them twice."""
    model = model_of(name)
    draws = [
        model.given("a", 8),
        model.given("b", 8),
        model.draw(epoch=1).given("a", 8),
        model.draw(seed=1).given("a", 8),
    ]
    assert all(not torch.equal(first, second) for i, first in enumerate(draws) for second in draws[:i])


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_is_the_same_in_every_precision(name):
    single, double = model_of(name, "float32").given("a", 2), model_of(name).given("a", 2)
    assert single.dtype != double.dtype or not single.dtype.is_floating_point
    torch.testing.assert_close(single.to(double.dtype), double, atol=1e-6, rtol=1e-5)


def test_a_law_of_two_draws_has_two_streams():
    """The lines that a product of two masks keeps are those of independent draws: a quarter, not a half."""
    text = "dim H = 4\ngiven m : binary[200, 200] ~ BernoulliMask() * BernoulliMask()\nunknown x : real[H]\ndata y ~ Normal(x)\n"
    assert float(invlang.loads(text).given("m").double().mean()) == pytest.approx(0.25, abs=0.01)


def test_a_split_is_independent_of_the_mask_that_it_splits():
    text = (
        "dim H = 4\ngiven m : binary[200, 200] ~ BernoulliMask()\n"
        "given s : binary[200, 200] ~ MultiplicativeSplittingMask(m, BernoulliSplittingMask())\n"
        "unknown x : real[H]\ndata y ~ Normal(x)\n"
    )
    model = invlang.loads(text)
    mask, split = model.given("m").double(), model.given("s").double()
    assert float((split * (1 - mask)).sum()) == 0
    assert float(split.mean()) == pytest.approx(0.25, abs=0.01)


def test_a_picture_that_is_drawn_has_a_stream_of_its_own():
    """The truth and a mask of the same law and place differ; the truths of samples differ."""
    text = (
        "dim H = 24, W = 20\ngiven m : real[H, W] ~ RandomEllipses()\nunknown x : real[H, W]\ndata y ~ Normal(m * x)\n"
        "simulate x ~ RandomEllipses()\n"
    )
    model = invlang.loads(text)
    truths = model.truth("x", 3)
    assert not torch.equal(truths[0], model.given("m")) and not torch.equal(truths[0], truths[1])
    assert torch.equal(model.draw(sample=2).truth("x"), truths[2])


@pytest.mark.parametrize("name", [n for n in NAMES if "Mask" in n or "Splitting" in n])
def test_a_mask_is_of_zeros_and_ones_and_not_empty(name):
    masks = model_of(name).given("a", 20).double()
    assert set(masks.unique().tolist()) <= {0.0, 1.0}
    assert (masks.flatten(1).sum(1) > 0).all()


def test_the_last_line_is_drawn_as_often_as_its_place_allows():
    """deepinv 0.5.0 stops one line before the end of its equispaced masks."""
    text = "dim H = 4\ngiven m : binary[1, 128] ~ EquispacedMask(centre = 0.08)\nunknown x : real[H]\ndata y ~ Normal(x)\n"
    last = invlang.loads(text).given("m", 500)[..., -1].double()
    assert float(last.mean()) == pytest.approx(0.2, abs=0.06)


def test_a_noise_level_and_a_gain_of_one_seed_are_independent():
    """deepinv 0.5.0 draws both from the same numbers."""
    text = "dim H = 4\ngiven s : real ~ Sigma()\ngiven g : real ~ Gain()\nunknown x : real[H]\ndata y ~ Normal(x)\n"
    model = invlang.loads(text)
    both = torch.stack([model.given("s", 500), model.given("g", 500)])
    assert abs(float(torch.corrcoef(both)[0, 1])) < 0.15


def test_a_path_uses_all_of_its_points():
    """deepinv 0.5.0 counts 159 of 1000."""
    text = "dim H = 4\ngiven h : real[31, 31] ~ MotionBlur(steps = 1000)\nunknown x : real[H]\ndata y ~ Normal(x)\n"
    kernels = invlang.loads(text, dtype="float64").given("h", 20)
    dwelt = 1000 * kernels
    torch.testing.assert_close(dwelt, dwelt.round(), atol=1e-9, rtol=0)
    assert min(float(h[h > 0].min()) for h in kernels) == pytest.approx(1 / 1000)


LEARNT = "dim T, H, W\nunknown x : real[T, H, W]\ngiven m : {}\ndata y ~ Normal(m * x)\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("binary[1, W] ~ CartesianMask(acceleration = 100)", "`acceleration` is 100 and `W` is 16"),
        ("binary[H, W] ~ GaussianSplittingMask(centre = 40)", "`centre` is 40 and `H` is 16"),
        (
            "binary[T, H, W] ~ Artifact2ArtifactSplitting(size = 2)",
            "`T` is a multiple of `size`, and here `size` is 2 and `T` is 7",
        ),
        ("real[T, H, W] = tile_windows()", "`K` is a square number, 1, 4, 9, 16 …, and here it is 7"),
    ],
)
def test_sizes_that_only_the_image_tells_are_looked_at_too(given, said):
    x = torch.ones(7, 16, 16)
    with pytest.raises(invlang.InvError, match=said):
        invlang.loads(LEARNT.format(given)).simulate(x)


def test_what_is_passed_need_not_be_drawn():
    model = invlang.loads(LEARNT.format("binary[T, H, W] ~ Artifact2ArtifactSplitting(size = 2)"), m=torch.ones(7, 16, 16))
    assert model.simulate(torch.ones(7, 16, 16))["y"].shape == (7, 16, 16)


def test_a_truth_is_calculated_from_what_is_known() -> None:
    model = invlang.loads(
        "unknown x : real[3, 5]\ngiven s : real[3, 5]\ndata y ~ Poisson(x, gain = 1)\nsimulate x = 40 * abs(s) + 1",
        s=-torch.ones(3, 5, dtype=torch.float64),
    )
    assert torch.equal(model.truth("x"), torch.full((3, 5), 41, dtype=torch.float64))


def test_a_truth_may_be_what_an_operator_gives() -> None:
    text = """
dim H = 6, W = 6
given    h : real[3, 3] = gaussian_kernel(sigma = 1)
given    s : binary[H, W] ~ BernoulliMask(keep = 0.3)
unknown  x : real[H, W]
let      A = Blur(h)
data     y ~ Normal(x, sigma = 1)
simulate x = A @ (3 * s)
"""
    m = invlang.loads(text, dtype="float64")
    torch.testing.assert_close(m.truth("x"), m.A(3 * m.given("s").double()))
