"""What somebody reads in a generated module: names of classes, starts of duals, nothing worked out twice."""

from __future__ import annotations

import re

import torch

import invlang

PICTURE = """dim H = 8, W = 6
unknown x : real[H, W] in [0, 1]
data    y ~ Normal(x, sigma = 0.1)
"""
FILM = """dim T = 4, H = 8, W = 6
unknown L : complex[T, H, W]
unknown S : complex[T, H, W]
given   m : binary[T, 1, W]
data    y ~ Normal(DynamicMRI(m) @ (L + S), sigma = 0.1)
reconstruct split { minimize fidelity(y) + 2 * LowRank(L) + norm1(Fourier(T) @ S) by PDHG }
"""


def test_an_estimator_may_be_called_like_its_file_and_like_another():
    """So each class has a name of its own."""
    names = ("blurred", "tv", "Tv", "tensor")
    blocks = "".join(f"reconstruct {n} {{ minimize fidelity(y) + {i + 1} * Tikhonov(x) }}\n" for i, n in enumerate(names))
    m = invlang.loads(PICTURE + blocks, name="blurred.inv")
    y = torch.rand(8, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert re.findall(r"^class (\w+)", m.source, re.MULTILINE) == ["BlurredModel", "Blurred", "Tv", "Tv2", "Tensor_"]
    for i, name in enumerate(names):
        torch.testing.assert_close(getattr(m, name)(y), (y / (1 + 0.01 * (i + 1))).clamp(0, 1), atol=1e-6, rtol=0)


def test_duals_begin_as_plain_zeros():
    source = invlang.loads(FILM, m=torch.ones(4, 1, 6)).source
    assert "p = torch.zeros_like(y)" in source
    assert not re.search(r"= \(?0 [*/]", source)


def test_two_unknowns_share_one_adjoint():
    source = invlang.loads(FILM, m=torch.ones(4, 1, 6)).source
    loop = source[source.index("for k in ") : source.index("return x1, x2")]
    assert len(re.findall(r"ifft2\(|A_adjoint\(", loop)) == 1
