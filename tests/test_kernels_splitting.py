"""Tests of splitting masks."""

import pytest
import torch

from invlang.kernels.splitting import (
    artifact2_artifact_splitting,
    bernoulli_splitting_mask,
    gaussian_splitting_mask,
    phase2_phase_splitting,
)
from invlang.kernels.streams import stream

LIKE = torch.empty(0, dtype=torch.float64)


def test_a_bernoulli_mask_keeps_its_ratio():
    mask = bernoulli_splitting_mask((300, 400), LIKE, 0.3, stream(0, "m"))
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert float(mask.mean()) == pytest.approx(0.3, abs=0.005)


@pytest.mark.parametrize(("sizes", "ratio"), [((32, 32), 0.6), ((2, 31, 40), 0.8), ((9, 9), 0.9)])
def test_a_gaussian_splitting_mask_keeps_its_ratio_and_the_centre(sizes, ratio):
    mask = gaussian_splitting_mask(sizes, LIKE, ratio, 4.0, 8, stream(0, "m"))
    h, w = sizes[-2:]
    assert ((1 - mask).sum((-2, -1)) == torch.tensor((1 - ratio) * h * w - 1e-9).ceil()).all()
    assert mask[..., h // 2 - 4 : h // 2 + 4, w // 2 - 4 : w // 2 + 4].all()


def test_a_gaussian_splitting_mask_takes_more_from_the_middle():
    """The first removed entry has the chances of the Gaussian outside of the block."""
    masks = torch.stack([gaussian_splitting_mask((16, 16), LIKE, 1 - 1 / 256, 4.0, 4, stream(0, "m", 0, i)) for i in range(4000)])
    seen = 1 - masks.mean(0)
    away = (torch.arange(16, dtype=torch.float64) - 8) / 4
    chances = torch.exp(-(away[:, None].square() + away.square()) / 2)
    chances[6:10, 6:10] = 0
    chances = chances / chances.sum()
    assert float(seen.sum()) == pytest.approx(1)
    assert float((seen - chances).abs().sum()) < 0.25
    assert float(seen[4:12, 4:12].sum()) == pytest.approx(float(chances[4:12, 4:12].sum()), abs=0.03)


def test_phases():
    mask = phase2_phase_splitting((5, 2, 3), LIKE)
    assert mask[:, 0, 0].tolist() == [1, 0, 1, 0, 1]
    assert torch.equal(mask + phase2_phase_splitting((5, 2, 3), LIKE, True), torch.ones(5, 2, 3, dtype=torch.float64))


def test_chunks():
    seen = set()
    for sample in range(50):
        mask = artifact2_artifact_splitting((2, 8, 1, 3), LIKE, 2, stream(0, "m", 0, sample))
        frames = mask[0, :, 0, 0].nonzero().flatten().tolist()
        assert len(frames) == 2 and frames[1] == frames[0] + 1 and frames[0] % 2 == 0 and mask.sum() == 12
        seen.add(frames[0])
    assert seen == {0, 2, 4, 6}
