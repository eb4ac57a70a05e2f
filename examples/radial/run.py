"""A head along 32 spokes: weighted, and reconstructed."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("radial.inv"), dtype="float32")
y = m.simulate(fit_picture(picture("brain"), [160, 160]), seed=0)["y"]
save_png(m.gridding(y).numpy(), "gridding.png", high=None)
save_png(m.tv(y).numpy(), "tv.png", high=None)
