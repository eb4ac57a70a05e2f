"""A picture from one pixel and 4096 patterns."""

from pathlib import Path

import torch

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("single_pixel.inv"), dtype="float32")
x = torch.from_numpy(fit_picture(picture("camera"), [128, 128])).float()
y = m.simulate(x, seed=0)["y"]
for name in m.estimators:
    save_png(m[name](y).numpy(), f"{name}.png")
