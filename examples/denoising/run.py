"""Denoise several pictures at once: leading axes are batches."""

from pathlib import Path

import numpy as np

import invlang
from invlang.data.fit import resize
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("denoising.inv"), dtype="float32")
pictures = np.stack([resize(picture(name), 256, 256) for name in ("camera", "coins", "moon")])
y = m.simulate(pictures, seed=0)["y"]
for name, found in zip(("camera", "coins", "moon"), m.tv(y), strict=True):
    save_png(found.numpy(), f"{name}.png")
