"""Named streams: (seed, name, epoch, sample) fixes a draw, whatever the batch, its order and the device."""

from __future__ import annotations

import pytest
import torch

import invlang
from invlang.errors import InvError
from invlang.seeds import batch_of, samples_of, stream, streams

PROGRAM = """
dim C = 2, H = 8, W = 16
given maps : complex[C, H, W] = birdcage_maps()
given m : binary[1, W] ~ CartesianMask(acceleration = 2)
given k : binary[H, W] ~ BernoulliMask(keep = 0.5)
unknown x : complex[H, W]
let A = MultiCoilMRI(maps, m)
data y ~ Normal(A @ x, sigma = 0.1)
data z ~ Poisson(k * abs2(x), gain = 0.1)
reconstruct r { minimize fidelity(y) + 0.1 * TV(x) by PDHG(iterations = 5) }
"""


@pytest.fixture(scope="module")
def model():
    return invlang.loads(PROGRAM, dtype="float64")


@pytest.fixture
def x():
    return torch.randn(2, 3, 8, 16, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))


def test_streams_are_distinct_and_repeat():
    names = [
        (seed, name, epoch, sample) for seed in (0, 1, 2**32) for name in ("a", "b") for epoch in (0, 1) for sample in (0, 1)
    ]
    draws = [tuple(torch.rand(4, generator=stream(*n)).tolist()) for n in names]
    assert len(set(draws)) == len(names)
    assert draws == [tuple(torch.rand(4, generator=stream(*n)).tolist()) for n in names]


def test_torch_alone_would_share_streams():
    """Why the whole state is filled: torch's own seeds count to 2³² only."""
    first, second = (torch.rand(4, generator=torch.Generator().manual_seed(s)) for s in (1, 1 + 2**32))
    assert torch.equal(first, second)


def test_streams_have_the_moments_of_independent_numbers():
    draws = torch.stack([torch.randn(5, generator=g, dtype=torch.float64) for g in streams(0, "a", 0, list(range(20_000)))])
    torch.testing.assert_close(draws.mean(0), torch.zeros(5, dtype=torch.float64), atol=0.03, rtol=0)
    torch.testing.assert_close(torch.cov(draws.T), torch.eye(5, dtype=torch.float64), atol=0.04, rtol=0)


@pytest.mark.parametrize("batch", [(), (4,), (2, 3), (1, 2, 1)])
def test_samples_of_a_batch(batch):
    samples = samples_of(5, batch)
    assert batch_of(samples) == batch
    assert len(streams(0, "a", 0, samples)) == torch.Size(batch).numel()


def test_a_batch_is_its_samples_one_by_one(model, x):
    masks, whole = model.given("m", (2, 3)), model.simulate(x, seed=3)
    found = model.r(whole["y"])
    for i in range(2):
        for j in range(3):
            n = 3 * i + j
            alone = model.draw(sample=n)
            assert torch.equal(alone.given("m"), masks[i, j])
            again = model.simulate(x[i, j], seed=3, sample=n)
            for name in ("y", "z"):
                torch.testing.assert_close(again[name], whole[name][i, j], atol=1e-12, rtol=0)
            assert torch.equal(again["z"].isnan(), whole["z"][i, j].isnan())
            torch.testing.assert_close(alone.A(x[i, j]), model.A(x)[i, j])
            torch.testing.assert_close(alone.r(again["y"]), found[i, j])


def test_the_order_of_a_batch_does_not_matter(model, x):
    flat = x.flatten(0, 1)
    whole = model.simulate(flat, seed=1)["y"]
    order = [4, 0, 3]
    torch.testing.assert_close(model.simulate(flat[order], seed=1, sample=order)["y"], whole[order], atol=1e-12, rtol=0)
    part = model.draw(sample=torch.tensor(order))
    torch.testing.assert_close(part.simulate(flat[order], seed=1)["y"], whole[order], atol=1e-12, rtol=0)


def test_epochs_seeds_and_names_have_their_own_draws(model):
    draws = [model.given("k"), model.draw(epoch=1).given("k"), model.draw(seed=1).given("k"), model.draw(sample=1).given("k")]
    assert all(not torch.equal(a, b) for i, a in enumerate(draws) for b in draws[:i])
    assert torch.equal(model.draw(epoch=2, sample=3).draw().given("k"), draws[0])


def test_one_image_seen_through_several_masks(model, x):
    several = model.draw(sample=[2, 5])
    assert several.A(x[0, 0]).shape == (2, 2, 8, 16)
    y = several.simulate(x[0, 0])["y"]
    torch.testing.assert_close(y[1], model.simulate(x[0, 0], sample=5)["y"], atol=1e-12, rtol=0)
    with pytest.raises(InvError, match="2 samples were drawn, and the batch has 3"):
        several.A(x[0])


def test_adjoints_meet_in_a_batch_of_masks(model, x):
    image = model.A(x)
    y = torch.randn(image.shape, dtype=image.dtype, generator=stream(0, "y"))
    left, right = (image.conj() * y).real.sum(), (x.conj() * model.A.H(y)).real.sum()
    torch.testing.assert_close(left, right, atol=1e-10, rtol=0)
    torch.testing.assert_close(model.A.gram(x), model.A.H(image))


def test_a_measurement_more_does_not_change_the_others(model, x):
    alone = invlang.loads(PROGRAM.replace("data z ~ Poisson(k * abs2(x), gain = 0.1)\n", ""), dtype="float64")
    assert torch.equal(alone.simulate(x)["y"], model.simulate(x)["y"])


def test_what_is_passed_is_not_drawn(x):
    mask = torch.zeros(1, 16)
    mask[:, 4:12] = 1
    model = invlang.loads(PROGRAM, m=mask, dtype="float64")
    assert torch.equal(model.draw(sample=7).given("m").double(), mask.double())


@pytest.mark.parametrize(
    "wrong", [{"sample": 1.5}, {"sample": -1}, {"sample": "a"}, {"epoch": -1}, {"epoch": 0.5}, {"seed": "0"}]
)
def test_what_is_no_sample(model, wrong):
    with pytest.raises(InvError, match="is a whole number|is the index of a sample"):
        model.draw(**wrong)


def test_the_generated_module_draws_the_same(model, tmp_path):
    space: dict = {}
    exec(compile(model.source, "program.py", "exec"), space)
    built = space["Program"](samples=[0, 1, 2])
    torch.testing.assert_close(built.m.flatten(), model.given("m", 3).flatten().to(built.m.dtype))
