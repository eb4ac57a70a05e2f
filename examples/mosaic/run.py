"""A colour photograph from one colour a pixel."""

from pathlib import Path

import torch

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("mosaic.inv"), dtype="float32")
x = torch.from_numpy(fit_picture(picture("astronaut"), [3, 256, 256])).float()
y = m.simulate(x, seed=0)["y"]
for name in m.estimators:
    save_png(m[name](y).numpy(), f"{name}.png")
