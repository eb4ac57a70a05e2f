"""Colours at a quarter of the resolution and one gray picture, each alone and together."""

from pathlib import Path

import torch

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("pansharpening.inv"), dtype="float32")
x = torch.from_numpy(fit_picture(picture("hubble"), [3, 256, 256])).float()
y = m.simulate(x, seed=0)
save_png(m.one(y["colours"]).numpy(), "one.png")
save_png(m.both(y["colours"], y["gray"]).numpy(), "both.png")
