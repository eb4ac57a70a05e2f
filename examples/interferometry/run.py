"""Galaxies in radio waves: weighted, and sparse."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("interferometry.inv"), dtype="float32")
y = m.simulate(fit_picture(picture("hubble"), [192, 192]), seed=0)["y"]
save_png(m.weighted(y).numpy(), "weighted.png", high=None)
save_png(m.sparse(y).numpy(), "sparse.png", high=None)
