"""(AᴴA + ρ)⁻¹ of the cameras has a closed form, and costs what the structure says: counts of what torch executes."""

from __future__ import annotations

import pytest
import torch

from tests.dense import build, program_of
from tests.test_algebra import K33, program
from tests.test_counts import counted

MASK, BANK = "given m : binary[4, 8]", "given a : real[3, 5]"
# name: the case, how its solve is closed, transforms and matrix products of one solve
CASES = {
    "inpainting": (("real[3, 4, 8]", "Inpainting(m)", MASK), "closed form", 0, 0),
    "samples in a row": (("real[3, 4, 8]", "Inpainting(m, gather)", MASK), "closed form", 0, 0),
    "demosaicing": (("real[3, 4, 8]", "Demosaicing()", ""), "closed form", 0, 0),
    "mosaic": (("real[3, 4, 8]", "Demosaicing(mosaic = true)", ""), "Woodbury", 0, None),
    "colour": (("real[3, 4, 8]", "Decolorize()", ""), "Woodbury", 0, None),
    "blurred colour": (("real[3, 4, 8]", "Decolorize() @ Blur(h)", K33), "Woodbury", 2, None),
    "pan-sharpening": (("real[3, 4, 8]", "Pansharpen(factor = 2, filter = none)", ""), "Woodbury", 0, None),
    "downsampled blur": (("real[3, 4, 8]", "Downsampling(factor = 2, filter = h)", K33), "Woodbury", 2, 0),
    "unmixing": (("real[3, 4, 8]", "HyperSpectralUnmixing(a)", BANK), "closed form", 0, 2),
    "blurred unmixing": (("real[3, 4, 8]", "HyperSpectralUnmixing(a) @ Blur(h)", f"{BANK}\n{K33}"), "closed form", 2, 2),
    "snapshot": (("real[3, 4, 8]", "CompressiveSpectralImaging(m)", MASK), "Woodbury", 0, None),
    "snapshot between prisms": (("real[3, 4, 8]", "CompressiveSpectralImaging(m, ss)", MASK), "Woodbury", 0, None),
    "snapshot around the border": (("real[3, 4, 8]", "CompressiveSpectralImaging(m, wrap, mean)", MASK), "Woodbury", 0, None),
    "random numbers": (("real[2, 3, 4]", "CompressedSensing(b)", "given b : real[5, 12]"), "Woodbury", 0, None),
    "one pixel": (("real[2, 4, 8]", "SinglePixelCamera(m = 9)", ""), "closed form", 0, None),
    "weighted spectrum": (("complex[4, 8]", "MRI(m)", MASK), "closed form", 2, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_solve_is_closed_and_costs_no_more_than_its_structure_says(name: str) -> None:
    case, how, transforms, products = CASES[name]
    built = build(program_of(program(case)), 2)
    (planned,) = built.planned.operators
    assert planned.solved.how == how
    b = torch.randn(2, *(int(s) for s in planned.named.domain.sizes), dtype=torch.float64)
    b = b + 0j if planned.named.domain.field == "complex" else b
    counting = counted(built.model.A_solve, b, torch.tensor([0.1, 2.0], dtype=torch.float64))
    assert counting.transforms == transforms
    if products is not None:
        assert sum(counting.seen.get(f, 0) for f in ("mm", "bmm", "addmm", "baddbmm", "mv")) == products
